//! What cannot be judged is not judged.

use super::logins::{AT, client, direct, login, one, round, switched};
use super::{examined, recognise};
use crate::auth::schemes::known::{SALT_21, hex};
use crate::auth::schemes::native::Stages;
use crate::auth::{
    Candidate, Candidates, Context, SaltForm, Secret, Unverifiable, Verdict, examine,
};
use crate::mysql::{Fault, Login, Outcome, Plugin, RoundStart, Side, Transport};

fn right() -> Login {
    let response = Stages::new(b"secret").response(&SALT_21[..20]);
    direct(Plugin::NativePassword, SALT_21, response)
}

fn reason(login: &Login) -> Unverifiable {
    match examined(login, b"secret").verdict {
        Verdict::Unverifiable(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_missing() {
    let mut sealed = right();
    sealed.transport = Transport::Tls {
        version: None,
        cipher: None,
        sealed: Some("no key".into()),
    };
    assert_eq!(reason(&sealed), Unverifiable::Encrypted("no key".into()));

    let mut no_salt = right();
    no_salt.rounds[0].salt = None;
    assert_eq!(reason(&no_salt), Unverifiable::SaltNotCaptured);

    let mut incomplete = right();
    let response = &mut incomplete.rounds[0].turns[0];
    response.bytes = response.bytes[..15].into();
    response.missing = 5;
    let (captured, missing) = (15, 5);
    assert_eq!(
        reason(&incomplete),
        Unverifiable::ResponseIncomplete { captured, missing }
    );

    let mut silent = switched(SALT_21, Plugin::CachingSha2, SALT_21, []);
    silent.rounds[1].turns.clear();
    assert_eq!(reason(&silent), Unverifiable::NoResponse);
    silent.outcome = Outcome::Unknown;
    assert_eq!(reason(&silent), Unverifiable::ResponseNotCaptured);

    let unknown = direct(Plugin::from_name(b"auth_gssapi_client"), b"", [1, 2, 3]);
    assert!(matches!(
        reason(&unknown),
        Unverifiable::PluginNotComputable(_)
    ));
}

#[test]
fn an_empty_response_under_another_name_waits_for_a_switch() {
    let mut waiting = direct(Plugin::CachingSha2, SALT_21, []);
    assert!(matches!(
        examined(&waiting, b"secret").verdict,
        Verdict::Mismatch(_)
    ));
    let greeting = waiting.greeting.as_mut().unwrap();
    greeting.plugin = Some(Plugin::NativePassword);
    assert_eq!(reason(&waiting), Unverifiable::NoResponse);
    waiting.outcome = Outcome::Unknown;
    assert_eq!(reason(&waiting), Unverifiable::ResponseNotCaptured);
}

#[test]
fn conflicting_bytes_spoil_all_but_a_plain_match() {
    let conflict = Fault::Conflict {
        side: Side::Server,
        first: AT,
        second: AT,
        bytes: 4,
        digests: None,
        decisive: true,
    };
    let mut plain = right();
    plain.faults.push(conflict.clone());
    assert!(matches!(
        examined(&plain, b"secret").verdict,
        Verdict::Match(_)
    ));
    let mut odd = direct(
        Plugin::NativePassword,
        SALT_21,
        hex("f8c5643654bf441eda49741560c726d71d2466da"),
    );
    odd.faults.push(conflict);
    assert_eq!(reason(&odd), Unverifiable::Conflicting);
    assert!(matches!(
        examined(&plain, b"other").verdict,
        Verdict::Unverifiable(Unverifiable::Conflicting)
    ));
}

#[test]
fn a_response_of_no_known_length_accuses_nobody() {
    for length in [5, 16, 25] {
        let odd = direct(Plugin::NativePassword, SALT_21, vec![7; length]);
        assert!(
            matches!(reason(&odd), Unverifiable::Malformed(_)),
            "{length}"
        );
    }
}

#[test]
fn candidates_of_other_users() {
    let secret = Secret::password("secret");
    let bound = Candidate::new("pw".into(), Some(b"other".to_vec()), secret);
    let candidates = Candidates::new(vec![bound]);
    let mut login = direct(Plugin::NativePassword, SALT_21, [7; 20]);
    let verdict = |login: &Login| examine(login, &candidates, &Context::default()).verdict;
    assert_eq!(verdict(&login), Verdict::NoPassword);
    login.request = None;
    assert_eq!(verdict(&login), Verdict::NoPassword, "may be anybody");
    let none = Candidates::default();
    let verdict = examine(&right(), &none, &Context::default()).verdict;
    assert_eq!(verdict, Verdict::NoPassword);
}

#[test]
fn the_first_factor_that_fails_decides() {
    let factor = |begun_by, password: &[u8]| {
        let response = Stages::new(password).response(&SALT_21[..20]);
        round(
            Plugin::NativePassword,
            begun_by,
            SALT_21,
            vec![client(response)],
        )
    };
    let both = |first: &[u8], second: &[u8]| {
        login(vec![
            factor(RoundStart::Switch, first),
            factor(RoundStart::NextFactor, second),
        ])
    };
    assert_eq!(
        recognise(&both(b"secret", b"secret"), b"secret").password,
        "pw"
    );
    for (first, second, at) in [("other", "secret", 0), ("secret", "other", 1)] {
        let login = both(first.as_bytes(), second.as_bytes());
        let examination = examine(&login, &one("secret"), &Context::default());
        assert!(matches!(examination.verdict, Verdict::Mismatch(_)));
        assert_eq!(examination.response.map(|place| place.round), Some(at));
    }
}

#[test]
fn a_plugin_that_was_not_captured_accuses_nobody() {
    // The login packet is cut behind the response: the client may have named its plugin there.
    let sha2 = hex("7d925f88e29026cd45eec0caa37e63487697df8c1d9552f57d17dfd6b4ec7253");
    let mut cut = direct(Plugin::NativePassword, SALT_21, sha2);
    cut.request.as_mut().unwrap().missing = 30;
    assert!(matches!(reason(&cut), Unverifiable::PluginNotComputable(_)));
    // What is of the greeting's plugin is proven all the same.
    let with_nul = hex("f8c5643654bf441eda49741560c726d71d2466da");
    cut.rounds[0].turns = vec![client(with_nul)].into();
    assert_eq!(
        recognise(&cut, b"secret").salt_form.map(SaltForm::name),
        Some("with_nul")
    );

    let turns = vec![client([7; 20])];
    let lost = round(
        Plugin::Other(vec![]),
        RoundStart::NotCaptured,
        SALT_21,
        turns,
    );
    let lost = login(vec![lost]);
    assert_eq!(reason(&lost), Unverifiable::SaltNotCaptured);
}
