//! How logins end, in which order messages come, and what an onlooker learns.

use unscramble::findings::Severity::{Error, Info, Warning};

use super::{
    CLEAR, Case, GREETED, NATIVE, PASSWORD, SHA2, SWITCHED, asked, begun, must, must_not, native,
    refused, refused_with, right, sample,
};
use crate::wire::From::{Client, Server};
use crate::wire::{Conversation, OK, change_user, early_error, error, greeting, login, packet};

pub(super) fn refusals() -> Vec<Case> {
    let after = [1040, 1044, 1049, 1203, 1226, 1862, 3118];
    let mut cases: Vec<Case> = after
        .map(|code| {
            must(
                "refused-after-authentication",
                Warning,
                "right, another error",
                refused_with(right(), code),
            )
        })
        .into();
    cases.extend([1040, 1129, 1130, 1203].map(|code| {
        let one = Conversation::new()
            .server(0, early_error(code))
            .closes(Server);
        must(
            "server-refused-early",
            Error,
            "in place of the greeting",
            one,
        )
    }));
    cases.extend([1251, 1275, 1524].map(|code| {
        let one = begun().server(2, error(code)).closes(Server);
        must("plugin-unsupported", Error, "the server's error", one)
    }));
    cases.extend([
        must_not(
            "refused-after-authentication",
            "right, 1045",
            refused_with(right(), 1045),
        ),
        must_not(
            "refused-after-authentication",
            "another password, 1049",
            refused_with([0x77; 32], 1049),
        ),
        must_not(
            "refused-after-authentication",
            "the old format, 1275",
            begun().server(2, error(1275)).closes(Server),
        ),
        must_not(
            "server-refused-early",
            "after the login packet",
            begun().server(2, error(1040)).closes(Server),
        ),
        must(
            "plugin-unsupported",
            Error,
            "left at the switch",
            asked(SHA2, SWITCHED).closes(Client),
        ),
        must_not(
            "plugin-unsupported",
            "the server closed",
            asked(SHA2, SWITCHED).closes(Server),
        ),
        must_not(
            "plugin-unsupported",
            "left after an answer",
            asked(SHA2, SWITCHED).client(3, right()).closes(Client),
        ),
        must_not(
            "plugin-unsupported",
            "the answer may be lost",
            asked(SHA2, SWITCHED).lost(Client, 36).closes(Client),
        ),
    ]);
    cases
}

pub(super) fn protocol() -> Vec<Case> {
    let spoke_first = |response: &[u8]| {
        Conversation::new()
            .client(1, login(NATIVE, response))
            .server(0, greeting(NATIVE, GREETED))
            .server(2, OK)
            .closes(Client)
    };
    vec![
        must(
            "auth-switch-ignored",
            Error,
            "a statement in place of the answer",
            asked(SHA2, SWITCHED)
                .client(0, b"\x03SELECT 1")
                .server(1, error(1156))
                .closes(Server),
        ),
        must_not("auth-switch-ignored", "an answer", refused(right())),
        must(
            "sequence-error",
            Error,
            "5 where 3 is due",
            asked(SHA2, SWITCHED).client(5, right()).server(6, OK),
        ),
        must_not(
            "sequence-error",
            "3",
            asked(SHA2, SWITCHED).client(3, right()).server(4, OK),
        ),
        must_not(
            "sequence-error",
            "the server's error took the client's number",
            begun().server(1, error(1159)).closes(Server),
        ),
        must(
            "health-check",
            Info,
            "no password, before the greeting",
            spoke_first(b""),
        ),
        must_not("health-check", "with a response", spoke_first(&[0x77; 20])),
        must_not(
            "health-check",
            "no password, after the greeting",
            Conversation::new()
                .server(0, greeting(NATIVE, GREETED))
                .client(1, login(NATIVE, b""))
                .server(2, OK),
        ),
        must(
            "login-incomplete",
            Info,
            "the end is not there",
            asked(SHA2, SWITCHED).client(3, right()),
        ),
        must(
            "login-incomplete",
            Info,
            "the greeting is not there",
            Conversation::begun_before()
                .client(1, login(NATIVE, &[0x77; 20]))
                .server(2, error(1045))
                .closes(Server),
        ),
        must_not("login-incomplete", "all of it", refused(right())),
        must_not(
            "login-incomplete",
            "a COM_CHANGE_USER behind a whole login",
            begun()
                .server(2, OK)
                .client(0, change_user(&native(PASSWORD, &GREETED[..20])))
                .server(1, OK)
                .closes(Client),
        ),
        sample("tls-failed", Some(Error), "tls-1.2-certificate-refused", ""),
        sample("tls-failed", None, "tls-not-decrypted", ""),
        sample("tls-not-decrypted", Some(Info), "mysql-9-full-tls", ""),
        sample("tls-not-decrypted", None, "mysql-9-full-tls", "keylog"),
        sample("tls-shape", Some(Info), "mysql-9-full-tls", ""),
        sample("tls-shape", None, "mysql-9-full-tls", "keylog"),
    ]
}

pub(super) fn exposure() -> Vec<Case> {
    let text = [PASSWORD, b"\0"].concat();
    let twice = |second: &[u8]| {
        asked(SHA2, SWITCHED)
            .client(3, right())
            .again(Client, packet(3, second))
            .server(4, error(1045))
            .closes(Server)
    };
    vec![
        must(
            "cleartext-on-plain-tcp",
            Warning,
            "the clear text plugin",
            asked(CLEAR, b"")
                .client(3, &text)
                .server(4, OK)
                .closes(Client),
        ),
        must_not(
            "cleartext-on-plain-tcp",
            "nothing sent for it",
            asked(CLEAR, b"")
                .client(3, b"\0")
                .server(4, error(1045))
                .closes(Server),
        ),
        must_not("cleartext-on-plain-tcp", "hashed", refused(right())),
        sample("cleartext-on-plain-tcp", None, "mysql-9-full-tls", "keylog"),
        must(
            "weak-plugin",
            Info,
            "native",
            begun().server(2, OK).closes(Client),
        ),
        sample("weak-plugin", Some(Warning), "old-password", ""),
        must_not("weak-plugin", "caching_sha2_password", refused(right())),
        must(
            "conflicting-data",
            Warning,
            "the response twice, with other bytes",
            twice(&[0x77; 32]),
        ),
        must_not(
            "conflicting-data",
            "the response twice, the same",
            twice(&right()),
        ),
    ]
}
