//! Texts of the findings about the salt.

use super::{LESS_IF_ACCEPTED, Page, Severity};

pub(super) const TRAILING_NUL: Page = Page {
    title: "The client hashed the salt's terminating NUL",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "The server sends 20 bytes of salt and a NUL that ends them. The client took the NUL for a part of the \
salt and hashed 21 bytes. A MySQL server answers such a response of caching_sha2_password with a request for full \
authentication, so the login works, but takes the long way every time. A proxy that checks the response itself \
(Amazon RDS Proxy, ProxySQL) refuses the login with error 1045, though the password is right.",
    proof: "The response was recomputed from the password over the 20 bytes and over all 21. It matches only with \
the 21st, the NUL, hashed in. By accident that happens once in 2^160 responses of 20 bytes, and still more rarely with 32. \
Not applied to client_ed25519 and parsec, whose 32 bytes have no terminator and may end in zero.",
    fix: "Upgrade the client library to a version that takes 20 bytes of salt. Until then an account whose plugin \
is the one that the server's greeting names needs no auth switch; several of the clients known for this fault get the \
salt of the greeting right and only that of the switch wrong.",
};

pub(super) const STALE: Page = Page {
    title: "An older salt was used",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "Every auth switch brings a new salt, and the answer to it must be computed over that one. The client \
went on with the salt it had before: the greeting's, that of an earlier exchange on the connection, or that of another \
connection.",
    proof: "The response matches over the older salt and not over the one in force, and the two differ. Where a \
server sends the greeting's salt a second time, which is normal for some switches, nothing can be stale and nothing \
is said.",
    fix: "Upgrade or mend the client: it must take the salt out of the AuthSwitchRequest. Where the salt belongs to \
another connection, look for a proxy in between that passes logins through.",
};

pub(super) const TRUNCATED: Page = Page {
    title: "Only a part of the salt was used",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "The client hashed fewer bytes of salt than the plugin prescribes: it stopped at a NUL inside the salt, \
dropped the last byte, or used one of the greeting's two parts. Where the salt is cut at a NUL, only some logins fail: \
those whose salt happens to hold one. MySQL, MariaDB and ProxySQL put no NUL into a 20-byte salt; other servers and \
proxies do.",
    proof: "The response matches over that part of the salt and not over the whole.",
    fix: "Upgrade the client. If the salt holds a NUL (see unusual-salt), the server or proxy that made it can be \
mended instead: bytes from 1 to 127 suit every client.",
};

pub(super) const MANGLED: Page = Page {
    title: "The salt was changed before it was hashed",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "The client read the salt as text, in ASCII, Latin-1, hex or base64, or put other bytes in its place. \
Salts are bytes. Clients that decode them as ASCII work until a server sends bytes of 0x80 and more, which MySQL, \
MariaDB and ProxySQL do not do and some other servers do.",
    proof: "The response matches over the salt changed in the way that is named, and not over the salt itself.",
    fix: "Upgrade the client, or mend the server or proxy that made the salt: bytes from 1 to 127 suit every client.",
};

pub(super) const RSA_TRAILING_NUL: Page = Page {
    title: "The RSA path used the salt's terminating NUL",
    severity: Severity::Error,
    changes: "",
    meaning: "Before the password is encrypted under the server's RSA key it is XORed with the salt, 20 bytes over and \
over. The client went through 21 bytes, the terminating NUL among them. Passwords of up to 19 characters come out the \
same; those of 20 and more are refused with error 1045, though they are right.",
    proof: "With `--server-key` the block is decrypted and XORed with the password. What remains is the keystream, \
and it repeats after 21 bytes, not after 20. The difference shows from the 21st byte on, so nothing is said of shorter \
passwords. Without the server's private key the block cannot be read.",
    fix: "Upgrade the client library, or let the login use TLS, where the password is not XORed. A password of at \
most 19 characters avoids the fault.",
};

pub(super) const UNUSUAL: Page = Page {
    title: "The salt is not of the usual form",
    severity: Severity::Warning,
    changes: "",
    meaning: "MySQL, MariaDB and ProxySQL send 20 bytes between 1 and 127, and a NUL that ends them. Here the \
salt holds a NUL or a byte of 0x80 and more, has another length, or lacks its terminator. So it comes from another \
server or a proxy. Clients that treat the salt as text fail with it, often at random.",
    proof: "Read from the salt in force, for mysql_native_password, caching_sha2_password and sha256_password. Where \
bytes of the server are missing from the capture, the length is not judged. The 32 bytes of client_ed25519 and parsec \
may hold anything and are never reported.",
    fix: "If logins fail at random, mend the server or proxy: 20 bytes between 1 and 127, not 0x24, then a NUL. If \
none fails, nothing need be done.",
};
