//! Texts of the findings about how a response was computed.

use super::{LESS_IF_ACCEPTED, Page, Severity};

pub(super) const ORDER_REVERSED: Page = Page {
    title: "Salt and hash were joined in the wrong order",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "caching_sha2_password hashes the password's hash and then the salt; mysql_native_password hashes the \
salt first. The client used the order of the other plugin. A MySQL server then asks for full authentication at every \
login, which works; a proxy that checks the response itself refuses the login.",
    proof: "The response matches with the two parts exchanged and not in the plugin's own order.",
    fix: "Upgrade the client library, or report the fault to it.",
};

pub(super) const NOT_DOUBLED: Page = Page {
    title: "The password was hashed once where the plugin hashes twice",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "The formulas of mysql_native_password and caching_sha2_password hash the password twice before the salt \
is added. The client did so once.",
    proof: "The response matches with the single hash and not with the double one.",
    fix: "Mend the client: the plugin's formula stands in the MySQL Source Code Documentation.",
};

pub(super) const TRUNCATED: Page = Page {
    title: "The response was sent cut short",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "The bytes that the client sent are the beginning of the right response, and the rest was not sent. \
Responses are binary and often hold a NUL: code that handles them as C strings stops there, and only some logins fail.",
    proof: "The message itself is shorter than the plugin's response, all of it was captured, and its bytes match as \
far as they go. A response that only the capture cut is not this finding; nor is one that another tool cut before \
it was pasted to `verify`.",
    fix: "Mend the client, or the proxy in between, so that it sends the response with its length.",
};

pub(super) const EXTRA_NUL: Page = Page {
    title: "A NUL was sent behind the response",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "The client ended the response with a NUL that does not belong to it. A server that checks the length \
refuses that: mysql_native_password with error 1043, caching_sha2_password with 1045.",
    proof: "The response is one byte longer than the plugin's, the last byte is NUL, and the rest matches. \
mysql_old_password and the plugins that send the password as text end in a NUL by rule and are never reported.",
    fix: "Upgrade the client library, or mend the proxy in between that adds the NUL.",
};

pub(super) const WRONG_PLUGIN: Page = Page {
    title: "The response was computed for another plugin",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "Client and server had agreed on one plugin, and the client answered with the formula of another one.",
    proof: "The response matches the other plugin's formula and not that of the plugin in force. A client that names \
its own plugin in the login packet and answers for that one does nothing wrong, and is not reported.",
    fix: "Upgrade the client library, or report the fault to it: after an auth switch the plugin named there counts.",
};

pub(super) const WRONG_LENGTH: Page = Page {
    title: "The response's length is not the plugin's",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "A response of the plugin in force has a fixed length, and what the client sent has another, whatever \
the password. What it is instead is not known: no formula and no form of the password given explains it.",
    proof: "All of the message was captured, it is not empty, its length differs from the plugin's, and nothing that \
was tried matches.",
    fix: "Look at what the client's library does for this plugin, and whether anything between client and server \
rewrites logins.",
};

pub(super) const FAST_NEVER: Page = Page {
    title: "The fast path of caching_sha2_password never succeeds",
    severity: Severity::Warning,
    changes: "",
    meaning: "After a first login with full authentication the server remembers the account, and the next login of a \
client that answers right is verified by its fast response alone. Here a client's logins take the long way again and \
again, although the server accepts its password. That costs time at each login, and it fails where full authentication \
is not possible. Either the client computes the fast response wrong, or the server forgets.",
    proof: "At least two accepted logins of the same client, user and server, every one of them by full \
authentication, and one of them began after another had ended. What the recomputation says of their responses is told \
with it: a fault found there is the cause; right responses point to the server, whose memory is lost when it is \
restarted or its privileges are flushed, or to several servers behind one address; without a password it stays open.",
    fix: "Give unscramble the password, so that the response can be recomputed. If it is wrong, upgrade the client; \
if it is right, look for what empties the server's cache.",
};
