//! Texts of the findings about servers and clients that did not go on.

use super::{Page, Severity};

pub(super) const AFTER: Page = Page {
    title: "The proof was right and the server refused for another reason",
    severity: Severity::Warning,
    changes: "",
    meaning: "The password is not the trouble. The server refused with an error about something else: too many \
connections (1040, 1203, 1226), no right to the database or no such database (1044, 1049), an expired password (1820, \
1862), a locked or blocked account (3118, 3955, MariaDB 4151), a connection without TLS where it is required (3159).",
    proof: "The server's error is not one of authentication, and the proof is known to be right: the response was \
recomputed from the password given, or the server itself said that fast authentication succeeded, or the error is one \
that servers send after authentication and a password given explains the response.",
    fix: "Read the error's text: it names the limit, the database or the lock.",
};

pub(super) const FULL_AUTH: Page = Page {
    title: "The client gave up when full authentication was asked for",
    severity: Severity::Error,
    changes: "",
    meaning: "The server could not use the fast response of caching_sha2_password, for example because it had not seen \
the account since its start, and asked for the password itself. Without TLS a client may send it only under the \
server's RSA key, and many refuse to fetch that key unless they are told to. The client left. Typically it works again \
once another client has logged in to the account, and fails again after the server's next restart.",
    proof: "The server sent 01 04 (full authentication), and what follows in the capture is the client closing the \
connection.",
    fix: "Use TLS. Or let the client fetch the server's key (allowPublicKeyRetrieval=true in Connector/J, \
--get-server-public-key for the mysql command line), or give it the key as a file. If a fault of the response is \
reported with it, mend that too: a right fast response needs no full authentication once the server knows the account.",
};

pub(super) const FULL_AUTH_FORM: Page = Page {
    title: "The password was sent whole in a form that the server does not take",
    severity: Severity::Error,
    changes: "",
    meaning: "At full authentication a server takes the password in two forms only: readable, with a NUL behind it, \
inside TLS; or under its RSA key with OAEP and SHA-1, over a connection without TLS. The client sent another one, and the \
server refused the login, though the password is right. As long as the server remembers the account nothing is seen of \
it, so it often begins with a restart of the server.",
    proof: "The request for full authentication, what the client sent for it, and error 1045. That it is the password is \
known from the fast response or from the bytes themselves. Not said where bytes of the login are missing.",
    fix: "Upgrade the client library. A client that uses RSA inside TLS does not take its connection for secure: see how \
it is told that TLS is on. Until then another client that logs in to the account lets this one in by the fast path.",
};

pub(super) const PLUGIN: Page = Page {
    title: "Client and server have no plugin in common",
    severity: Severity::Error,
    changes: "",
    meaning: "Either the server says that the client is too old for its authentication (1251), that it takes no account \
of the old password (1275) or that the account's plugin is not loaded (1524: mysql_native_password is switched off in \
MySQL 8.4 and gone in 9.0), or the client left when the server asked for a plugin. In the latter case the plugin may be unknown to the client, switched off, or its code \
may have failed: the capture cannot tell which.",
    proof: "Error 1251, 1275 or 1524; or an auth switch with no answer, no byte of the client missing, and the client \
the one that closed. The password plays no part.",
    fix: "1524: change the account's plugin, or load it. 1251 and clients that leave: upgrade the client, enable the \
plugin there (the clear text plugins are off by default), or change the account's plugin. The client's own log has its \
reason.",
};

pub(super) const EARLY: Page = Page {
    title: "The server refused before any authentication",
    severity: Severity::Error,
    changes: "",
    meaning: "The server answered with an error before the client had said who it is: too many connections (1040, 1203), \
the host is blocked after too many broken connections (1129), the host is not allowed at all (1130). User and password \
play no part.",
    proof: "An error in place of the greeting, or after it with no login packet sent.",
    fix: "1040, 1203: raise the limit or find who holds the connections. 1129: FLUSH HOSTS, and find what breaks off \
connections (often a TCP health check). 1130: no account allows this client's address.",
};
