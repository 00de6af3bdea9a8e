//! Which password was used, and what the server made of it.

use super::{check, to_sha2};
use crate::auth::{PasswordForm, SaltForm, Tried, Verdict};
use crate::findings::test_support::{Script, at};
use crate::mysql::{AuthPath, Fault, Plugin, Side};

fn conflict(decisive: bool) -> Fault {
    let side = Side::Client;
    Fault::Conflict {
        side,
        first: at(5),
        second: at(7),
        bytes: 4,
        digests: None,
        decisive,
    }
}

#[test]
fn password_forms_and_two_faults_at_once() {
    let form = |form| to_sha2().but(|m| m.password_form = form);
    let both = form(PasswordForm::TrailingNewline).form(SaltForm::WithNul);
    let later: &[&str] = &["W password-transformed", "W refused-after-authentication"];
    check(vec![
        (
            "newline",
            form(PasswordForm::TrailingNewline).refused(1045),
            &["E password-transformed"],
        ),
        (
            "accepted",
            form(PasswordForm::Latin1).path(AuthPath::Fast),
            &["W password-transformed"],
        ),
        (
            "refused later",
            form(PasswordForm::Quoted).refused(1049),
            later,
        ),
        (
            "both",
            both.refused(1045),
            &["E salt-trailing-nul", "E password-transformed"],
        ),
    ]);
    let text = form(PasswordForm::TrailingNewline)
        .refused(1045)
        .text("password-transformed");
    assert!(text.contains("a line ending behind it"), "{text}");
}

#[test]
fn the_password_given_was_not_used() {
    let wrong = to_sha2().mismatch().refused(1045);
    let mut reduced = wrong.clone();
    reduced.verdict = Verdict::Mismatch(Tried {
        hypotheses: 9,
        reduced: true,
    });
    let mut no_salt = wrong.clone();
    no_salt.round().salt = None;
    let mut no_greeting = wrong.clone();
    no_greeting.login.greeting = None;
    let mut cut = wrong.clone();
    cut.round().turns[0].missing = 3;
    let token = b"db:3306/?Action=connect&DBUser=app&X-Amz-Date=20260101T000000Z\0";
    let iam = Script::native()
        .switched(Plugin::Clear, 8)
        .response(token)
        .mismatch()
        .refused(1045);
    let mut untried = wrong.clone();
    untried.verdict = Verdict::Mismatch(Tried::default());
    let lost = Script::native().missing(Side::Server);
    check(vec![
        ("switch", wrong.clone(), &["E wrong-password"]),
        (
            "native",
            Script::native().mismatch().refused(1698),
            &["E wrong-password"],
        ),
        ("reduced search", reduced.clone(), &["E wrong-password"]),
        ("nothing was tried", untried, &[]),
        (
            "a switch may be lost",
            lost.clone().mismatch().refused(1045),
            &["I login-incomplete"],
        ),
        (
            "a switch may be lost, right",
            lost.clone().right().refused(1045),
            &["I login-incomplete"],
        ),
        (
            "a switch may be lost, accepted",
            lost.mismatch(),
            &["I login-incomplete"],
        ),
        ("no salt", no_salt, &[]),
        (
            "the older salt is not known",
            no_greeting,
            &["I login-incomplete"],
        ),
        ("response cut by the capture", cut, &[]),
        (
            "two versions",
            wrong.clone().fault(conflict(true)),
            &["W conflicting-data"],
        ),
        (
            "two versions of something else",
            wrong.clone().fault(conflict(false)),
            &["E wrong-password", "W conflicting-data"],
        ),
        (
            "short salt",
            wrong.clone().salt(b"short\0"),
            &["W unusual-salt"],
        ),
        (
            "odd length",
            wrong.clone().response(&[1; 20]),
            &["E response-wrong-length"],
        ),
        (
            "no authentication error",
            wrong.clone().refused(1049),
            &["W candidate-is-wrong"],
        ),
        ("too many connections", wrong.clone().refused(1040), &[]),
        ("broken handshake", wrong.clone().refused(1043), &[]),
        ("left", wrong.clone().left(Some(Side::Client)), &[]),
        ("IAM token", iam, &["W cleartext-on-plain-tcp"]),
    ]);
    assert!(
        wrong
            .text("wrong-password")
            .contains("did not use the password given to this tool")
    );
    let mut let_in = to_sha2().mismatch();
    let_in.verdict = reduced.verdict.clone();
    for (script, code) in [
        (&reduced, "wrong-password"),
        (&let_in, "candidate-is-wrong"),
    ] {
        assert!(script.text(code).contains("long search was left out"));
    }
}

#[test]
fn right_and_refused() {
    let right = to_sha2().right().refused(1045);
    let rsa = right.clone().path(AuthPath::FullRsa);
    let long = rsa.clone().but(|m| m.long_password = true);
    check(vec![
        ("sha2", right.clone(), &["E right-password-rejected"]),
        (
            "1698",
            to_sha2().right().refused(1698),
            &["E right-password-rejected"],
        ),
        ("rsa", rsa.clone(), &["E right-password-rejected"]),
        (
            "fast",
            right.path(AuthPath::Fast),
            &["E right-password-rejected"],
        ),
        (
            "database",
            to_sha2().right().refused(1049),
            &["W refused-after-authentication"],
        ),
        (
            "locked in MariaDB",
            to_sha2().right().refused(4151),
            &["W refused-after-authentication"],
        ),
        ("handshake", to_sha2().right().refused(1043), &[]),
        ("left", to_sha2().right().left(None), &[]),
        (
            "unknown",
            to_sha2().right().unknown(),
            &["I login-incomplete"],
        ),
    ]);
    assert!(rsa.text("right-password-rejected").contains("--server-key"));
    assert!(!rsa.text("right-password-rejected").contains("21 bytes"));
    assert!(long.text("right-password-rejected").contains("21 bytes"));
    let nul = Script::sha2()
        .switched(Plugin::NativePassword, 20)
        .response(&[0; 20])
        .right()
        .refused(1045);
    assert!(nul.text("right-password-rejected").contains("ProxySQL"));
}

#[test]
fn accepted_and_unexplained() {
    check(vec![
        (
            "native",
            Script::native().mismatch(),
            &["W candidate-is-wrong"],
        ),
        (
            "full",
            to_sha2().mismatch().path(AuthPath::FullTls),
            &["W candidate-is-wrong"],
        ),
        (
            "no password",
            Script::native().response(b"").mismatch(),
            &["W candidate-is-wrong"],
        ),
        (
            "fast and refused",
            to_sha2().mismatch().path(AuthPath::Fast).refused(1045),
            &["W refused-after-authentication", "W candidate-is-wrong"],
        ),
        (
            "odd length",
            to_sha2().response(&[1; 9]).mismatch(),
            &["W response-wrong-length"],
        ),
    ]);
    let full = to_sha2()
        .mismatch()
        .path(AuthPath::FullTls)
        .text("candidate-is-wrong");
    assert!(full.contains("is possible too"), "{full}");
}

#[test]
fn what_a_refusal_of_the_right_password_may_come_from() {
    let text = |script: Script| script.right().refused(1045).text("right-password-rejected");
    let mut own = Script::native();
    own.login.greeting.as_mut().unwrap().plugin = Some(Plugin::CachingSha2);
    assert!(text(own).contains("sent no auth switch"));
    assert!(!text(Script::native()).contains("auth switch"));
    let asked = |request: u8| {
        Script::sha2()
            .turn(Side::Server, &[4], 6)
            .turn(Side::Client, &[request], 7)
    };
    assert!(text(asked(2)).contains("RSA key"));
    assert!(!text(asked(3)).contains("RSA key"));
}

#[test]
fn plugins_that_know_no_empty_answer() {
    let empty = |plugin| {
        let script = Script::native().switched(plugin, 0).refused(1045);
        script.text("empty-response")
    };
    assert!(empty(Plugin::Ed25519).contains("has no empty answer"));
    assert!(!empty(Plugin::NativePassword).contains("has no empty answer"));
}
