//! Salts, exposure, holes, and facts from elsewhere.

use super::check;
use crate::findings::test_support::{Script, at, flat, said};
use crate::findings::{Facts, FullFault, RsaXor, Severity, Subject, TlsEnd, TokenFault, judge};
use crate::mysql::{Fault, MissingCause, Plugin, SaltSource, Side, Transport};
use crate::tls::shape::Inferred;

#[test]
fn salts_of_other_servers() {
    let salt = |bytes: &[u8]| Script::sha2().salt(bytes);
    let ed25519 = Script::native()
        .switched(Plugin::Ed25519, 64)
        .salt(&[0; 32]);
    let clear = Script::sha2()
        .unanswered_switch(Plugin::Clear)
        .salt(b"")
        .left(None);
    let mut pam = salt(b"abcdefghijklmnopqrst");
    pam.login.greeting.as_mut().unwrap().plugin = Some(Plugin::from_name(b"pam"));
    let odd: &[&str] = &["W unusual-salt"];
    check(vec![
        ("usual", salt(b"abcdefghijklmnopqrst\0"), &[]),
        ("NUL inside", salt(b"abcd\0fghijklmnopqrst\0"), odd),
        ("high byte", salt(b"abcd\x80fghijklmnopqrst\0"), odd),
        ("no terminator", salt(b"abcdefghijklmnopqrst"), odd),
        ("another byte for it", salt(b"abcdefghijklmnopqrstu"), odd),
        ("too long", salt(b"abcdefghijklmnopqrst\0\0"), odd),
        ("too short", salt(b"abcd\0"), odd),
        (
            "length unsure",
            salt(b"abcd\0").missing(Side::Server),
            &["I login-incomplete"],
        ),
        ("ed25519 may hold anything", ed25519, &[]),
        ("clear text has none", clear, &[]),
        ("a greeting for a plugin without salt", pam, &[]),
    ]);
    let text = salt(b"abcd\0fghijklmnopqr\xFFt\0").text("unusual-salt");
    assert!(
        text.contains("byte 5 of 20") && text.contains("byte 19 of 20"),
        "{text}"
    );
}

#[test]
fn readable_passwords() {
    let clear = Script::native()
        .switched(Plugin::Clear, 1)
        .response(b"hunter2\0");
    let mut tls = clear.clone();
    tls.login.transport = Transport::Tls {
        version: None,
        cipher: None,
        sealed: None,
    };
    let asked = || Script::sha2().turn(Side::Server, &[4], 6);
    let dialog = |kind: u8| {
        let mut script = Script::native().unanswered_switch(Plugin::Dialog);
        script.round().salt.as_mut().unwrap().bytes = [kind].into();
        script
            .round()
            .turns
            .push(said(Side::Client, b"hunter2\0", 7));
        script
    };
    let warned: &[&str] = &["W cleartext-on-plain-tcp"];
    check(vec![
        ("clear", clear.clone(), warned),
        ("inside TLS", tls, &[]),
        ("empty", clear.clone().response(&[0]), &[]),
        (
            "full authentication",
            asked().turn(Side::Client, b"hunter2\0", 7),
            warned,
        ),
        ("a key request", asked().turn(Side::Client, &[2], 7), &[]),
        (
            "an RSA block",
            asked().turn(Side::Client, &[0; 256], 7),
            &[],
        ),
        (
            "a short binary block",
            asked().turn(Side::Client, b"\x90\x91\x92\0", 7),
            &[],
        ),
        (
            "without being asked",
            Script::sha2().turn(Side::Client, b"hunter2\0", 7),
            &[],
        ),
        (
            "sha256_password",
            Script::plain(Plugin::Sha256, 1).response(b"hunter2\0"),
            warned,
        ),
        (
            "a hash for sha256_password",
            Script::plain(Plugin::Sha256, 32),
            &[],
        ),
        (
            "dialog, hidden answer",
            dialog(4).unknown(),
            &["W cleartext-on-plain-tcp", "I login-incomplete"],
        ),
        (
            "dialog, shown answer",
            dialog(2).unknown(),
            &["I login-incomplete"],
        ),
    ]);
    let text = clear.text("cleartext-on-plain-tcp");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn weak_plugins() {
    let severity = |script: Script| {
        let findings = script.findings();
        let weak = findings
            .iter()
            .find(|finding| finding.code.as_str() == "weak-plugin");
        weak.map(|finding| finding.severity)
    };
    assert_eq!(severity(Script::native()), Some(Severity::Info));
    assert_eq!(
        severity(Script::plain(Plugin::Sha256, 1)),
        Some(Severity::Info).filter(|_| true)
    );
    assert_eq!(
        severity(Script::plain(Plugin::OldPassword, 9)),
        Some(Severity::Warning)
    );
    assert_eq!(severity(Script::sha2()), None);
    assert_eq!(severity(Script::native().response(b"")), None);
    assert_eq!(
        severity(Script::native().unanswered_switch(Plugin::OldPassword)),
        None
    );
}

#[test]
fn holes_are_told_with_their_size() {
    let hole = |cause| {
        Script::native().fault(Fault::Missing {
            side: Side::Client,
            bytes: 12,
            at: Some(at(5)),
            cause,
        })
    };
    let snaplen = hole(MissingCause::Snaplen).text("login-incomplete");
    assert!(
        snaplen.contains("12 bytes of the client were cut off by the capture's snaplen (packet 5)"),
        "{snaplen}"
    );
    let mut middle = Script::native().switched(Plugin::CachingSha2, 32);
    middle.login.greeting = None;
    middle.login.request = None;
    let text = middle.text("login-incomplete");
    assert!(
        text.contains("greeting") && text.contains("login packet"),
        "{text}"
    );
    check(vec![
        ("whole", Script::native(), &[]),
        (
            "no end",
            Script::native().unknown(),
            &["I login-incomplete"],
        ),
        (
            "begun before",
            hole(MissingCause::BeforeCapture),
            &["I login-incomplete"],
        ),
    ]);
    let mut later = Script::native();
    later.login.attempt = 1;
    later.login.greeting = None;
    later.round().salt.as_mut().unwrap().source = SaltSource::ChangeUser;
    assert!(
        later.codes().is_empty(),
        "a COM_CHANGE_USER has no greeting"
    );
}

#[test]
fn facts_from_elsewhere() {
    let script = Script::sha2();
    let with = |facts: Facts<'_>| {
        let findings = judge(&Subject {
            facts,
            ..script.subject(3)
        });
        let brief = findings
            .iter()
            .map(|finding| (finding.code.to_string(), flat(&finding.summary)));
        brief.collect::<Vec<_>>()
    };
    let rsa = |period| Facts {
        rsa: Some(RsaXor { period, at: at(7) }),
        ..Facts::default()
    };
    assert_eq!(with(rsa(21))[0].0, "rsa-salt-trailing-nul");
    assert!(with(rsa(20)).is_empty());
    for fault in [
        FullFault::KeyRequestInsideTls,
        FullFault::RsaInsideTls,
        FullFault::ReadableWithoutTls,
        FullFault::NoNul,
        FullFault::OaepSha256,
        FullFault::Nothing,
    ] {
        let full = with(Facts {
            full: Some((fault, at(7))),
            ..Facts::default()
        });
        assert_eq!(full[0].0, "full-auth-wrong-form", "{fault:?}");
    }
    for fault in [FullFault::Overwritten, FullFault::SomethingElse] {
        let unknown = with(Facts {
            full: Some((fault, at(7))),
            ..Facts::default()
        });
        assert!(unknown.is_empty(), "{fault:?}");
    }
    let token = with(Facts {
        token: &[TokenFault::Expired(61), TokenFault::OtherUser],
        ..Facts::default()
    });
    assert_eq!(token[0].0, "iam-token");
    assert!(token[0].1.contains("61 seconds") && token[0].1.contains("another user"));
    let end = TlsEnd {
        by: Side::Client,
        alert: "unknown_ca",
        at: at(7),
    };
    let failed = with(Facts {
        tls_end: Some(end),
        ..Facts::default()
    });
    assert_eq!(failed[0].0, "tls-failed");
    assert!(
        failed[0]
            .1
            .contains("The client ended TLS with the alert unknown_ca")
    );
    let inferred = Inferred {
        steps: Vec::new(),
        outcome: None,
        sentence: "Inferred.".into(),
        ambiguous: true,
    };
    assert_eq!(
        with(Facts {
            tls_shape: Some(&inferred),
            ..Facts::default()
        })[0]
            .0,
        "tls-shape"
    );
}

#[test]
fn pasted_bytes_have_no_packets() {
    let mut script = Script::sha2().right();
    script.pasted = true;
    let findings = script.findings();
    assert_eq!(findings[0].code.as_str(), "right-password-rejected");
    assert_eq!(findings[0].stream, None);
}
