//! Servers and clients that did not go on.

use super::check;
use crate::findings::test_support::{Script, step};
use crate::mysql::{AuthPath, Plugin, Side, StepKind};

/// An error as the only message, or after a greeting.
fn early(greeted: bool, sequence: u8) -> Script {
    let mut script = Script::native().refused(1040);
    script
        .login
        .steps
        .retain(|step| greeted && step.kind == StepKind::Greeting);
    script
        .login
        .steps
        .push(step(StepKind::Result, Side::Server, sequence, 5));
    script.login.rounds.clear();
    script.login.request = None;
    if !greeted {
        script.login.greeting = None;
    }
    if let crate::mysql::Outcome::Rejected(error) = &mut script.login.outcome {
        error.sql_state = None;
    }
    script
}

#[test]
fn no_password_was_sent() {
    let empty = Script::native().response(b"");
    let mut other_name = empty.clone();
    other_name.login.request.as_mut().unwrap().plugin = Some(Plugin::CachingSha2);
    let switched = Script::sha2()
        .response(b"")
        .switched(Plugin::NativePassword, 0);
    let dummy = Script::native().switched(Plugin::Dialog, 0);
    check(vec![
        ("native", empty.clone().refused(1045), &["E empty-response"]),
        (
            "the NUL of Connector/J",
            Script::sha2().response(&[0]).refused(1045),
            &["E empty-response"],
        ),
        (
            "with a candidate",
            empty.clone().mismatch().refused(1045),
            &["E empty-response"],
        ),
        (
            "the candidate is empty",
            empty.clone().right().refused(1045),
            &["E right-password-rejected"],
        ),
        ("accepted", empty.clone(), &[]),
        ("another error", empty.clone().refused(1129), &[]),
        ("left", empty.clone().left(None), &[]),
        (
            "answered a switch with nothing",
            switched.refused(1045),
            &["E empty-response"],
        ),
        (
            "waiting for a switch that came",
            Script::sha2()
                .response(b"")
                .switched(Plugin::NativePassword, 20)
                .refused(1045),
            &[],
        ),
        (
            "waiting for a switch that never came",
            other_name.clone().refused(1045),
            &["E empty-response"],
        ),
        (
            "part is missing",
            empty.missing(Side::Client).refused(1045),
            &["I login-incomplete"],
        ),
        ("a dialog's dummy", dummy.refused(1045), &[]),
    ]);
    let text = other_name.refused(1045).text("empty-response");
    assert!(
        text.contains("cannot be told whether the client has a password"),
        "{text}"
    );
}

#[test]
fn full_authentication_refused() {
    let asked = Script::sha2()
        .turn(Side::Server, &[4], 6)
        .path(AuthPath::FullRefused);
    let left = asked.clone().left(Some(Side::Client));
    check(vec![
        ("left", left.clone(), &["E full-auth-refused"]),
        (
            "right all the same",
            left.clone().right(),
            &["E full-auth-refused"],
        ),
        (
            "the server closed",
            asked.clone().left(Some(Side::Server)),
            &[],
        ),
        ("who closed is not known", asked.clone().left(None), &[]),
        ("the capture ends", asked.unknown(), &["I login-incomplete"]),
        (
            "the answer may be missing",
            left.clone().missing(Side::Client),
            &["I login-incomplete"],
        ),
    ]);
    assert_eq!(left.findings()[0].packets, [5, 6, 9]);
}

#[test]
fn no_plugin_in_common() {
    let unanswered = || Script::native().unanswered_switch(Plugin::from_name(b"odd"));
    let left = unanswered().left(Some(Side::Client));
    check(vec![
        (
            "1251",
            Script::native().refused(1251),
            &["E plugin-unsupported"],
        ),
        (
            "1524",
            Script::native().right().refused(1524),
            &["E plugin-unsupported"],
        ),
        ("left", left.clone(), &["E plugin-unsupported"]),
        (
            "the server closed",
            unanswered().left(Some(Side::Server)),
            &[],
        ),
        (
            "the answer may be missing",
            left.clone().missing(Side::Client),
            &["I login-incomplete"],
        ),
        (
            "answered and left",
            Script::native()
                .switched(Plugin::CachingSha2, 32)
                .left(Some(Side::Client)),
            &[],
        ),
        (
            "left without a switch",
            Script::native().left(Some(Side::Client)),
            &[],
        ),
    ]);
    let text = left.text("plugin-unsupported");
    assert!(
        text.contains("<odd>") && text.contains("cannot tell which"),
        "{text}"
    );
}

#[test]
fn what_else_may_have_made_a_client_leave() {
    let left = |salt: &[u8]| {
        let mut script = Script::native().unanswered_switch(Plugin::CachingSha2);
        script.round().salt.as_mut().unwrap().bytes = salt.into();
        script.left(Some(Side::Client)).text("plugin-unsupported")
    };
    assert!(left(b"ABCDEFGHIJKLMNOPQRST").contains("has 20 bytes where 20 and a NUL are due"));
    assert!(!left(b"ABCDEFGHIJKLMNOPQRST\0").contains("are due"));
    // The key of sha256_password was fetched, and nothing came after it.
    let fetched = |plugin: Plugin, request: u8| {
        Script::native()
            .switched(plugin, 1)
            .response(&[request])
            .turn(Side::Server, b"-----BEGIN PUBLIC KEY-----", 8)
            .left(Some(Side::Client))
    };
    check(vec![
        (
            "the key was not used",
            fetched(Plugin::Sha256, 1),
            &["E plugin-unsupported"],
        ),
        ("no request for a key", fetched(Plugin::Sha256, 9), &[]),
    ]);
}

#[test]
fn an_old_format_that_the_server_refuses_is_no_proof() {
    check(vec![
        (
            "1275",
            Script::native().right().refused(1275),
            &["E plugin-unsupported"],
        ),
        (
            "1275 and another password",
            Script::native().mismatch().refused(1275),
            &["E plugin-unsupported"],
        ),
    ]);
}

#[test]
fn refused_later() {
    let fast = Script::sha2().path(AuthPath::Fast);
    check(vec![
        (
            "after 01 03",
            fast.clone().refused(1049),
            &["W refused-after-authentication"],
        ),
        (
            "after 01 03, 1045",
            fast.refused(1045),
            &["W refused-after-authentication"],
        ),
        (
            "nothing known of the proof",
            Script::native().refused(1049),
            &[],
        ),
        (
            "nothing known of the proof, 1045",
            Script::native().refused(1045),
            &[],
        ),
    ]);
}

#[test]
fn refused_before_anything() {
    let mut tls = early(true, 2);
    tls.login
        .steps
        .push(step(StepKind::SslRequest, Side::Client, 1, 5));
    let mut state = early(false, 0);
    state = state.refused(1045);
    check(vec![
        (
            "in place of the greeting",
            early(false, 0),
            &["E server-refused-early"],
        ),
        (
            "after the greeting",
            early(true, 1),
            &["E server-refused-early"],
        ),
        (
            "the capture began in the middle",
            early(false, 2),
            &["I login-incomplete"],
        ),
        ("with an SQL state", state, &["I login-incomplete"]),
        (
            "the client's side is missing",
            early(true, 1).missing(Side::Client),
            &["I login-incomplete"],
        ),
        ("in answer to the SSLRequest", tls, &["E tls-failed"]),
    ]);
}
