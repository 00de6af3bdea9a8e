//! What a client made of salt, hash and password.

use unscramble::findings::Severity::{Error, Warning};

use super::{
    Case, GREETED, NATIVE, PASSWORD, SHA2, SWITCHED, Source, asked, begun, full_asked, let_in,
    must, must_not, native, refused, refused_with, right, sample, sha2, sha2_once, sha2_reversed,
    token, with_token,
};
use crate::wire::From::{Client, Server};
use crate::wire::{Conversation, OK, error, greeting, login, switch};

pub(super) fn salts() -> Vec<Case> {
    let short = &SWITCHED[..19];
    let high = b"A1B2\x93C3D4E5F6G7H8I9J0";
    let read_as_ascii = b"A1B2?C3D4E5F6G7H8I9J0";
    vec![
        must(
            "salt-trailing-nul",
            Error,
            "21 bytes hashed, refused",
            refused(sha2(PASSWORD, SWITCHED)),
        ),
        must(
            "salt-trailing-nul",
            Warning,
            "21 bytes hashed, let in",
            let_in(sha2(PASSWORD, SWITCHED)),
        ),
        must(
            "salt-trailing-nul",
            Error,
            "21 bytes of the greeting",
            refused(sha2(PASSWORD, GREETED)),
        ),
        must_not("salt-trailing-nul", "20 bytes hashed", refused(right())),
        must(
            "stale-salt",
            Error,
            "the greeting's salt",
            refused(sha2(PASSWORD, &GREETED[..20])),
        ),
        must_not(
            "stale-salt",
            "the greeting's salt sent a second time",
            asked(NATIVE, GREETED)
                .client(3, native(PASSWORD, &GREETED[..20]))
                .server(4, error(1045))
                .closes(Server),
        ),
        must(
            "salt-truncated",
            Error,
            "19 bytes hashed",
            refused(sha2(PASSWORD, short)),
        ),
        must(
            "salt-truncated",
            Error,
            "the first 8 hashed",
            refused(sha2(PASSWORD, &SWITCHED[..8])),
        ),
        must_not("salt-truncated", "all 20 hashed", refused(right())),
        must(
            "salt-mangled",
            Error,
            "read as ASCII",
            asked(SHA2, &[&high[..20], b"\0"].concat())
                .client(3, sha2(PASSWORD, &read_as_ascii[..20]))
                .server(4, error(1045))
                .closes(Server),
        ),
        must_not(
            "salt-mangled",
            "taken as it was sent",
            asked(SHA2, &[&high[..20], b"\0"].concat())
                .client(3, sha2(PASSWORD, &high[..20]))
                .server(4, error(1045))
                .closes(Server),
        ),
        must(
            "unusual-salt",
            Warning,
            "no terminator",
            asked(SHA2, &SWITCHED[..20])
                .client(3, right())
                .server(4, OK),
        ),
        must_not(
            "unusual-salt",
            "as MySQL sends it",
            asked(SHA2, SWITCHED).client(3, right()).server(4, OK),
        ),
        sample(
            "rsa-salt-trailing-nul",
            Some(Error),
            "caching-sha2-rsa-with-key",
            "pem",
        ),
        sample(
            "rsa-salt-trailing-nul",
            None,
            "caching-sha2-rsa-with-key",
            "",
        ),
        sample(
            "rsa-salt-trailing-nul",
            None,
            "mysql-9-caching-sha2-rsa",
            "pem",
        ),
    ]
}

pub(super) fn responses() -> Vec<Case> {
    let salt = &SWITCHED[..20];
    let nul = |answer: Vec<u8>| [answer, vec![0]].concat();
    let native_slot = native(PASSWORD, salt);
    let fast = || {
        Conversation::new()
            .server(0, greeting(SHA2, GREETED))
            .client(1, login(SHA2, &sha2(PASSWORD, &GREETED[..20])))
            .server(2, b"\x01\x03")
            .server(3, OK)
            .closes(Client)
    };
    let twice =
        |second: Conversation| Source::Built(vec![let_in(sha2(PASSWORD, SWITCHED)), second]);
    vec![
        must(
            "hash-order-reversed",
            Error,
            "salt before hash, refused",
            refused(sha2_reversed(salt)),
        ),
        must(
            "hash-order-reversed",
            Warning,
            "salt before hash, let in",
            let_in(sha2_reversed(salt)),
        ),
        must_not("hash-order-reversed", "hash before salt", refused(right())),
        must(
            "hash-not-doubled",
            Error,
            "hashed once",
            refused(sha2_once(salt)),
        ),
        must_not("hash-not-doubled", "hashed twice", refused(right())),
        must(
            "response-truncated",
            Error,
            "30 bytes of 32",
            refused(&right()[..30]),
        ),
        must_not("response-truncated", "all 32", refused(right())),
        must(
            "response-extra-nul",
            Error,
            "33 bytes",
            refused(nul(right())),
        ),
        must_not("response-extra-nul", "32 bytes", refused(right())),
        must(
            "wrong-plugin-response",
            Error,
            "native for caching_sha2",
            refused(&native_slot),
        ),
        must_not("wrong-plugin-response", "its own", refused(right())),
        must(
            "response-wrong-length",
            Error,
            "20 bytes of nothing known",
            refused([0x77; 20]),
        ),
        must_not(
            "response-wrong-length",
            "32 bytes of nothing known",
            refused([0x77; 32]),
        ),
        Case {
            code: "fast-auth-never-succeeds",
            severity: Some(Warning),
            what: "two logins by full authentication",
            source: twice(let_in(sha2(PASSWORD, SWITCHED))),
        },
        Case {
            code: "fast-auth-never-succeeds",
            severity: None,
            what: "the second one fast",
            source: twice(fast()),
        },
        must(
            "full-auth-refused",
            Error,
            "left at the request",
            full_asked().closes(Client),
        ),
        must_not(
            "full-auth-refused",
            "the server closed",
            full_asked().closes(Server),
        ),
        must(
            "full-auth-wrong-form",
            Error,
            "readable without TLS",
            full_asked()
                .client(3, [PASSWORD, b"\0"].concat())
                .server(4, error(1045))
                .closes(Server),
        ),
        sample(
            "full-auth-wrong-form",
            Some(Error),
            "full-auth-wrong-form-tls",
            "keylog",
        ),
        must_not("full-auth-wrong-form", "an RSA block", let_in(right())),
        sample("full-auth-wrong-form", None, "mysql-9-full-tls", "keylog"),
    ]
}

pub(super) fn passwords() -> Vec<Case> {
    let salt = &SWITCHED[..20];
    let other = sha2(b"Plum-Causeway-13", salt);
    let newline = sha2(b"Kestrel-Harbor-42\n", salt);
    let accepted = |answer: &[u8]| {
        asked(SHA2, SWITCHED)
            .client(3, answer)
            .server(4, b"\x01\x03")
            .server(5, OK)
            .closes(Client)
    };
    let empty = |code: u16| {
        Conversation::new()
            .server(0, greeting(NATIVE, GREETED))
            .client(1, login(NATIVE, b""))
            .server(2, error(code))
            .closes(Server)
    };
    vec![
        must(
            "password-transformed",
            Error,
            "a line ending, refused",
            refused(&newline),
        ),
        must(
            "password-transformed",
            Warning,
            "a line ending, let in",
            accepted(&newline),
        ),
        must_not("password-transformed", "as given", refused(right())),
        must_not("password-transformed", "another password", refused(&other)),
        must(
            "wrong-password",
            Error,
            "another password, refused",
            refused(&other),
        ),
        must_not(
            "wrong-password",
            "another password, let in",
            accepted(&other),
        ),
        must_not(
            "wrong-password",
            "the password with a line ending",
            refused(&newline),
        ),
        must_not(
            "wrong-password",
            "the switch is lost",
            begun()
                .lost(Server, 47)
                .client(3, &other)
                .server(4, error(1045))
                .closes(Server),
        ),
        must(
            "right-password-rejected",
            Error,
            "right, refused",
            refused(right()),
        ),
        must_not(
            "right-password-rejected",
            "right, let in",
            accepted(&right()),
        ),
        must_not(
            "right-password-rejected",
            "right, another error",
            refused_with(right(), 1049),
        ),
        must_not(
            "right-password-rejected",
            "a fault, refused",
            refused(sha2(PASSWORD, SWITCHED)),
        ),
        must(
            "candidate-is-wrong",
            Warning,
            "another password, let in",
            accepted(&other),
        ),
        must_not(
            "candidate-is-wrong",
            "another password, refused",
            refused(&other),
        ),
        must_not(
            "candidate-is-wrong",
            "the password given, let in",
            accepted(&right()),
        ),
        must("empty-response", Error, "nothing sent, 1045", empty(1045)),
        must_not("empty-response", "nothing sent, 1040", empty(1040)),
        must_not(
            "empty-response",
            "nothing sent under another name, switched",
            Conversation::new()
                .server(0, greeting(NATIVE, GREETED))
                .client(1, login(SHA2, b""))
                .server(2, switch(NATIVE, SWITCHED))
                .client(3, native(PASSWORD, salt))
                .server(4, error(1045))
                .closes(Server),
        ),
        must(
            "iam-token",
            Error,
            "expired an hour ago",
            with_token(&token("app", "20251231T224500Z")),
        ),
        must(
            "iam-token",
            Error,
            "for another user",
            with_token(&token("other", "20260101T000000Z")),
        ),
        must(
            "iam-token",
            Error,
            "cut",
            with_token(&token("app", "20260101T000000Z")[..140]),
        ),
        must_not(
            "iam-token",
            "fresh and for this user",
            with_token(&token("app", "20260101T000000Z")),
        ),
    ]
}
