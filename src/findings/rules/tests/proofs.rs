//! What recomputed responses prove.

use super::{check, to_sha2};
use crate::auth::{Formula, SaltForm};
use crate::findings::test_support::{GREETING_SALT, Script};
use crate::mysql::{AuthPath, Plugin};

#[test]
fn correct_logins_are_left_alone() {
    check(vec![
        ("native", Script::native().right(), &[]),
        ("sha2", Script::sha2().right(), &[]),
        (
            "sha2 fast",
            Script::sha2().right().path(AuthPath::Fast),
            &[],
        ),
        (
            "sha2 full",
            Script::sha2().right().path(AuthPath::FullRsa),
            &[],
        ),
        ("switch", to_sha2().right(), &[]),
        ("no candidate", to_sha2(), &[]),
        (
            "ed25519",
            Script::native()
                .switched(Plugin::Ed25519, 64)
                .salt(&[0; 32])
                .right(),
            &[],
        ),
        (
            "old password and its NUL",
            Script::plain(Plugin::OldPassword, 9).but(|m| {
                m.salt_form = Some(SaltForm::First8);
                m.extra_nul = true;
            }),
            &[],
        ),
        (
            "empty response that a switch follows",
            Script::sha2()
                .response(b"")
                .switched(Plugin::NativePassword, 20)
                .right(),
            &[],
        ),
        ("no password needed", Script::native().response(b""), &[]),
    ]);
}

#[test]
fn salt_faults() {
    use SaltForm as S;
    let rows = [
        (S::WithNul, vec!["salt-trailing-nul"]),
        (S::Greeting, vec!["stale-salt"]),
        (S::GreetingWithNul, vec!["salt-trailing-nul", "stale-salt"]),
        (S::Earlier, vec!["stale-salt"]),
        (S::OtherConnection, vec!["stale-salt"]),
        (S::CutAtNul, vec!["salt-truncated"]),
        (S::MinusLast, vec!["salt-truncated"]),
        (S::Last12, vec!["salt-truncated"]),
        (S::Last13, vec!["salt-trailing-nul", "salt-truncated"]),
        (S::First8, vec!["salt-truncated"]),
        (S::None, vec!["salt-truncated"]),
        (S::Zeros, vec!["salt-mangled"]),
        (S::HexText, vec!["salt-mangled"]),
        (S::Latin1ToUtf8, vec!["salt-mangled"]),
        (S::FillerNulInside, vec!["salt-mangled"]),
        (S::Mixed, vec!["salt-mangled"]),
    ];
    for (form, codes) in rows {
        let with = |severity: &str| -> Vec<String> {
            codes
                .iter()
                .map(|code| format!("{severity} {code}"))
                .collect()
        };
        let login = to_sha2().form(form);
        assert_eq!(login.clone().refused(1045).codes(), with("E"), "{form:?}");
        assert_eq!(
            login.clone().path(AuthPath::FullRsa).codes(),
            with("W"),
            "{form:?}"
        );
        assert_eq!(login.left(None).codes(), with("E"), "{form:?}");
    }
}

#[test]
fn salts_that_cannot_be_wrong() {
    let resent = to_sha2()
        .salt(GREETING_SALT)
        .form(SaltForm::Greeting)
        .refused(1045);
    let ed25519 = Script::native()
        .switched(Plugin::Ed25519, 64)
        .form(SaltForm::WithNul)
        .refused(1045);
    check(vec![
        ("the greeting's salt sent again is not stale", resent, &[]),
        (
            "the greeting's salt without a switch",
            Script::native().form(SaltForm::Greeting),
            &[],
        ),
        ("32 bytes have no terminator", ed25519, &["E salt-mangled"]),
    ]);
}

#[test]
fn formulas_and_lengths() {
    let formula = |formula: Formula| to_sha2().but(|m| m.formula = formula).refused(1045);
    let single = Formula::SingleHash(Plugin::CachingSha2);
    let prefix = |script: Script| {
        script
            .but(|m| m.prefix = Some(12))
            .response(&[7; 12])
            .refused(1045)
    };
    let mut cut_by_capture = prefix(to_sha2());
    cut_by_capture.round().turns[0].missing = 20;
    let mut pasted = prefix(to_sha2());
    pasted.pasted = true;
    let nul = |plugin, length| {
        Script::plain(plugin, length)
            .but(|m| m.extra_nul = true)
            .refused(1045)
    };
    check(vec![
        (
            "reversed",
            formula(Formula::CachingSha2Reversed),
            &["E hash-order-reversed"],
        ),
        ("single", formula(single), &["E hash-not-doubled"]),
        (
            "other plugin",
            formula(Formula::Plugin(Plugin::NativePassword)),
            &["E wrong-plugin-response"],
        ),
        (
            "other and reversed",
            formula(Formula::NativeReversed),
            &["E hash-order-reversed", "E wrong-plugin-response"],
        ),
        (
            "cut by the client",
            prefix(to_sha2()),
            &["E response-truncated"],
        ),
        ("cut by the capture", cut_by_capture, &[]),
        (
            "cut by another tool",
            pasted,
            &["E right-password-rejected"],
        ),
        (
            "extra NUL, native",
            nul(Plugin::NativePassword, 21),
            &["E response-extra-nul"],
        ),
        (
            "extra NUL, sha2",
            nul(Plugin::CachingSha2, 33),
            &["E response-extra-nul"],
        ),
        (
            "clear text ends in NUL",
            {
                let mut script = nul(Plugin::Clear, 7);
                script.login.transport = crate::mysql::Transport::Tls {
                    version: None,
                    cipher: None,
                    sealed: None,
                };
                script
            },
            &["E right-password-rejected"],
        ),
    ]);
}

#[test]
fn a_client_may_answer_for_the_plugin_it_names() {
    // The greeting names caching_sha2_password, the client says native and answers native.
    let mut own = Script::sha2()
        .response(&[7; 20])
        .but(|m| m.formula = Formula::Plugin(Plugin::NativePassword));
    own.login.request.as_mut().unwrap().plugin = Some(Plugin::NativePassword);
    let mut unnamed = own.clone();
    unnamed.login.request.as_mut().unwrap().plugin = None;
    let mut nameless = own.clone();
    nameless.login.request.as_mut().unwrap().plugin = Some(Plugin::from_name(b""));
    let mut unknown = own.clone();
    unknown.round().plugin = Plugin::from_name(b"somebodys_own");
    check(vec![
        ("named", own.refused(1045), &["E right-password-rejected"]),
        ("an empty name counts as none", nameless, &[]),
        ("a plugin of unknown formula", unknown, &[]),
        ("a client that knows no plugins", unnamed, &[]),
    ]);
}

#[test]
fn the_trailing_nul_names_everything() {
    let text = to_sha2()
        .client("pymysql", Some("1.1.1"))
        .form(SaltForm::WithNul)
        .refused(1045)
        .text("salt-trailing-nul");
    for part in [
        "<pymysql> <1.1.1>",
        "auth switch (packet 6)",
        "21 bytes",
        "response (packet 7)",
        "caching_sha2_password",
        "error 1045 (packet 8)",
        "1.1.2",
        "PyMySQL/pull/1200",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let findings = to_sha2().form(SaltForm::WithNul).refused(1045).findings();
    assert_eq!(findings[0].packets, [6, 7, 8]);
}
