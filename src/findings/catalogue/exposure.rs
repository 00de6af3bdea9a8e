//! Texts of the findings about what an onlooker learns.

use super::{Page, Severity};

pub(super) const CLEARTEXT: Page = Page {
    title: "A password crossed the network readable",
    severity: Severity::Warning,
    changes: "",
    meaning: "The client sent its password, or an answer to the server's question for it, as text over a connection \
without TLS. Everyone on the way can read it, and so can everyone who has the capture. Whether the login worked plays \
no part.",
    proof: "A connection without TLS on which the client answered mysql_clear_password or dialog with text, or \
answered a request for the password itself with a line of text that ends in a NUL and is no RSA block. The text is not \
repeated.",
    fix: "Change the password: it is in this capture. Require TLS for the account and in the client.",
};

pub(super) const WEAK_PLUGIN: Page = Page {
    title: "The plugin protects the password badly",
    severity: Severity::Info,
    changes: "A warning for mysql_old_password.",
    meaning: "mysql_old_password: a response of 8 bytes from a weak hash that ignores spaces and tabs. \
mysql_native_password: one captured login is enough to try passwords at the speed of SHA-1, and together with the stored \
hash it is enough to log in. sha256_password: it has no fast path, the password itself crosses at each login, under TLS or \
the server's RSA key.",
    proof: "The plugin was in force and the client answered it with something not empty.",
    fix: "Move the account to caching_sha2_password (MySQL) or to ed25519 or parsec (MariaDB), with TLS. \
mysql_native_password is switched off in MySQL 8.4 and gone in 9.0.",
};
