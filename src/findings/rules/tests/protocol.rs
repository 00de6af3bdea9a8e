//! TLS, and messages out of order.

use super::check;
use crate::findings::test_support::{Script, at, step};
use crate::mysql::{Fault, Plugin, Side, StepKind, Transport};

fn sealed(script: Script) -> Script {
    let mut script = script;
    script.login.transport = Transport::Tls {
        version: Some("TLSv1.3"),
        cipher: None,
        sealed: Some("no key for this connection".into()),
    };
    script.login.rounds.clear();
    script.login.request = None;
    script
}

#[test]
fn inside_tls() {
    let mut asked = sealed(Script::native());
    asked
        .login
        .steps
        .push(step(StepKind::SslRequest, Side::Client, 1, 5));
    check(vec![
        ("sealed", asked.clone().unknown(), &["I tls-not-decrypted"]),
        (
            "sealed with a hole",
            asked.missing(Side::Server).unknown(),
            &["I tls-not-decrypted", "I login-incomplete"],
        ),
    ]);
    let text = sealed(Script::native()).unknown().text("tls-not-decrypted");
    assert!(
        text.contains("TLSv1.3") && text.contains("no key for this connection"),
        "{text}"
    );
}

#[test]
fn messages_out_of_order() {
    let ignored = Script::native().unanswered_switch(Plugin::CachingSha2);
    let ignored = ignored.fault(Fault::SwitchIgnored { at: at(7) });
    let sequence = |side, expected, found, packet| Fault::SequenceError {
        side,
        expected,
        found,
        at: at(packet),
    };
    let client = Script::native().fault(sequence(Side::Client, 1, 3, 5));
    check(vec![
        (
            "switch ignored",
            ignored.clone().left(Some(Side::Client)),
            &["E auth-switch-ignored"],
        ),
        (
            "perhaps lost",
            ignored.missing(Side::Client).left(None),
            &["I login-incomplete"],
        ),
        ("client", client.clone(), &["E sequence-error"]),
        (
            "behind a hole",
            client.missing(Side::Client),
            &["I login-incomplete"],
        ),
        (
            "the server, in the packet of its error",
            Script::native()
                .refused(1045)
                .fault(sequence(Side::Server, 2, 1, 6)),
            &["E sequence-error"],
        ),
    ]);
}

#[test]
fn health_checks_are_no_failures() {
    let spoke = |script: Script| script.fault(Fault::SpokeFirst { at: at(3) });
    check(vec![
        (
            "HAProxy",
            spoke(Script::native().response(b"")).refused(1251),
            &["I health-check"],
        ),
        (
            "only the capture is out of order",
            spoke(Script::native().mismatch()).refused(1045),
            &["E wrong-password"],
        ),
    ]);
}
