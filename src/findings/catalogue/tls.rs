//! Texts of the findings about TLS.

use super::{Page, Severity};

pub(super) const FAILED: Page = Page {
    title: "TLS was begun and failed",
    severity: Severity::Error,
    changes: "",
    meaning: "Client or server ended the TLS handshake with an alert, or the server answered the request for TLS with \
an error. The login never began, and user and password play no part. A refused certificate and protocol versions that \
do not overlap are the usual causes.",
    proof: "The alert, or the server's error, in place of a finished handshake.",
    fix: "Read the alert: unknown_ca or bad_certificate mean that one side does not trust the other's certificate; \
protocol_version and handshake_failure that they have no version or cipher in common.",
};

pub(super) const NOT_DECRYPTED: Page = Page {
    title: "The login is inside TLS and was not decrypted",
    severity: Severity::Info,
    changes: "",
    meaning: "Everything from the login packet on is encrypted: user, salt of a switch, response and outcome. Nothing \
is said of them. To see them, record the connection again together with its TLS keys (a key log, the format of \
SSLKEYLOGFILE) and pass the file with `--keylog`. Keys cannot be had afterwards. Whoever has the file can read the \
connection, so delete it when you are done.",
    proof: "The client asked for TLS, or the connection is TLS from its first byte, and no key opens it. The finding \
names the reason.",
    fix: "How to get a key log, by client.
PyMySQL, asyncmy, Connector/Python (its pure Python form, use_pure=True): start the program with \
SSLKEYLOGFILE=/path/keys.log in its environment. Tried. Python's ssl.create_default_context reads it; a context \
made in another way needs context.keylog_filename set.
aiomysql: the same, when the context passed as ssl= comes from ssl.create_default_context. Tried.
node (mysql2 and others): node --tls-keylog=/path/keys.log program.js. Tried.
Go: set KeyLogWriter in the tls.Config that the driver gets (go-sql-driver: mysql.RegisterTLSConfig). Tried.
Java: an agent such as jSSLKeyLog or extract-tls-secrets. Documented by these projects, not tried here.
Programs with OpenSSL: OpenSSL from 3.5 on when built with enable-sslkeylog, by SSLKEYLOGFILE; otherwise a preloaded \
library that calls SSL_CTX_set_keylog_callback. Documented, not tried here.
To keep keys and packets together: editcap --inject-secrets tls,keys.log in.pcapng out.pcapng. Documented by Wireshark. \
A server's RSA key (`--server-key`) helps only where RSA key exchange was used, which TLS 1.3 does not have.",
};

pub(super) const SHAPE: Page = Page {
    title: "What the record sizes inside TLS show",
    severity: Severity::Info,
    changes: "",
    meaning: "Without keys the sizes and directions of the encrypted records still show the shape of an exchange: a \
switch, an answer of a certain length, a refusal. That is an inference and is marked as one. It accuses nobody.",
    proof: "Record lengths that fit the messages named. Where several readings fit, the finding says so.",
    fix: "A key log would decide: see tls-not-decrypted for how to get one.",
};
