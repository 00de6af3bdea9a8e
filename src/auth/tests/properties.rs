//! Whatever the password and the salt: what was made with a hypothesis is recognised as that one
//! or as a plainer one of the same bytes, and nothing matches by accident.

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::examined;
use super::logins::direct;
use crate::auth::hypotheses::Search;
use crate::auth::password_forms::password_forms;
use crate::auth::salt_forms::{SaltKind, Salts, salt_forms};
use crate::auth::schemes::{caching_sha2, native};
use crate::auth::{Candidates, Context, Match, PasswordForm, Tried, Verdict, examine};
use crate::limits;
use crate::mysql::Plugin;

/// A salt as servers make it: 20 bytes of 7 bits without NUL and `$`, then the terminator.
fn salt() -> impl Strategy<Value = Vec<u8>> {
    let byte = (1..128_u8).prop_filter("not $", |byte| *byte != b'$');
    proptest::collection::vec(byte, 20).prop_map(|mut salt| {
        salt.push(0);
        salt
    })
}

fn wire_salt() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![salt(), proptest::collection::vec(any::<u8>(), 8..33)]
}

fn password() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[ -~]{1,30}".prop_map(String::into_bytes),
        "\\PC{1,12}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 1..40),
    ]
}

fn sha2(password: &[u8], salt: &[u8]) -> [u8; 32] {
    caching_sha2::Stages::new(password).response(salt)
}

/// One mistake is looked for over all salts of others, a second one over those nearest.
#[test]
fn a_second_mistake_is_looked_for_over_the_nearest_salts_of_others() {
    let salts: Vec<Vec<u8>> = (0..64).map(|number| vec![b'!' + number; 20]).collect();
    let others: Vec<&[u8]> = salts.iter().map(Vec::as_slice).collect();
    let context = Context {
        other_salts: &others,
        ..Context::default()
    };
    let candidates = super::logins::one(b"secret".to_vec());
    let explained = |used: &[u8], place: usize| {
        let login = direct(
            Plugin::CachingSha2,
            b"the-salt-in-force-20",
            sha2(used, others[place]),
        );
        matches!(
            examine(&login, &candidates, &context).verdict,
            Verdict::Match(_)
        )
    };
    // Each salt is tried with and without a NUL behind it.
    let deep = limits::OTHER_SALTS_DEEP / 2;
    assert!(explained(b"secret", 0) && explained(b"secret", limits::OTHER_SALTS - 1));
    assert!(explained(b"secret\n", 0) && explained(b"secret\n", deep - 1));
    assert!(!explained(b"secret\n", deep) && !explained(b"of no candidate", 0));
}

#[test]
fn candidates_are_shared_between_threads() {
    const fn shared<T: Send + Sync>() {}
    shared::<Candidates>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_matches_by_accident(
        password in password(),
        salt in wire_salt(),
        response in proptest::collection::vec(any::<u8>(), 65),
        length in prop_oneof![Just(20_usize), Just(32), Just(64), 9..65_usize],
    ) {
        for plugin in [Plugin::NativePassword, Plugin::CachingSha2, Plugin::Ed25519] {
            let login = direct(plugin, &salt, &response[..length]);
            let verdict = examined(&login, &password).verdict;
            prop_assert!(!matches!(verdict, Verdict::Match(_)), "{:?}", verdict);
        }
    }

    #[test]
    fn a_right_response_is_plain(password in password(), salt in salt()) {
        let login = direct(Plugin::CachingSha2, &salt, sha2(&password, &salt[..20]));
        prop_assert!(examined(&login, &password).is_plain());
        let response = native::Stages::new(&password).response(&salt[..20]);
        let login = direct(Plugin::NativePassword, &salt, response);
        prop_assert!(examined(&login, &password).is_plain());
    }

    #[test]
    fn form_over_salt_is_recognised(
        password in password(),
        salt in wire_salt(),
        form in any::<proptest::sample::Index>(),
        over in any::<proptest::sample::Index>(),
    ) {
        let forms = password_forms(&password);
        let salts = salt_forms(SaltKind::Twenty, &Salts { current: Some(&salt), ..Salts::default() });
        let salts: Vec<_> = salts.iter().collect();
        let (form, bytes) = form.get(&forms);
        let (salt_form, salted) = *over.get(&salts);
        let login = direct(Plugin::CachingSha2, &salt, sha2(bytes.expose_secret(), salted));
        let Verdict::Match(found) = examined(&login, &password).verdict else {
            return Err(TestCaseError::fail("not recognised"));
        };
        prop_assert_eq!((found.password_form, found.salt_form), (*form, Some(salt_form)));
    }

    #[test]
    fn a_wrong_password_is_a_mismatch(salt in salt(), password in "[a-z]{8}", other in "[A-Z]{9,12}") {
        let login = direct(Plugin::CachingSha2, &salt, sha2(password.as_bytes(), &salt[..20]));
        let verdict = examined(&login, other.as_bytes()).verdict;
        prop_assert!(matches!(verdict, Verdict::Mismatch(tried) if !tried.reduced));
    }

    #[test]
    fn the_reduced_search_finds_single_deviations(password in password(), salt in salt()) {
        let context = Context { search: Search::Reduced, ..Context::default() };
        let newline = [password.as_slice(), b"\n"].concat();
        for (used, over) in [(&newline, &salt[..20]), (&password, &salt[..])] {
            let login = direct(Plugin::CachingSha2, &salt, sha2(used, over));
            let verdict = examine(&login, &super::logins::one(password.clone()), &context).verdict;
            let one_deviation = matches!(&verdict, Verdict::Match(found)
                if found.password_form != PasswordForm::Empty);
            prop_assert!(one_deviation);
        }
    }

    #[test]
    fn with_passwords_as_given_only_the_salt_may_differ(password in password(), salt in salt()) {
        let context = Context { search: Search::AsGiven, ..Context::default() };
        let newline = [password.as_slice(), b"\n"].concat();
        for (used, over, found) in [(&password, &salt[..20], true), (&password, &salt[..], true), (&newline, &salt[..20], false)] {
            let login = direct(Plugin::CachingSha2, &salt, sha2(used, over));
            let verdict = examine(&login, &super::logins::one(password.clone()), &context).verdict;
            let as_told = match verdict {
                Verdict::Match(matched) => found && matched.password_form == PasswordForm::AsGiven,
                Verdict::Mismatch(tried) => !found && tried.reduced,
                _ => false,
            };
            prop_assert!(as_told);
        }
    }

    #[test]
    fn the_search_with_other_salts_goes_on_where_the_first_ended(
        password in password(),
        salt in salt(),
        others in prop::collection::vec(salt(), 1..4),
        over in any::<prop::sample::Index>(),
        changed: bool,
        explained: bool,
        reduced: bool,
    ) {
        let used = if changed { [password.as_slice(), b"\n"].concat() } else { password.clone() };
        let used = if explained { used } else { b"of no candidate".to_vec() };
        let login = direct(Plugin::CachingSha2, &salt, sha2(&used, &over.get(&others)[..20]));
        let candidates = super::logins::one(password);
        let search = if reduced { Search::Reduced } else { Search::Full };
        let others: Vec<&[u8]> = others.iter().map(Vec::as_slice).collect();
        let whole = Context { other_salts: &others, search, ..Context::default() };
        let first = examine(&login, &candidates, &Context { search, ..Context::default() });
        prop_assume!(matches!(first.verdict, Verdict::Mismatch(_)));
        let again = Context { again: true, ..whole };
        // But for the effort.
        let told = |context| match examine(&login, &candidates, context).verdict {
            Verdict::Match(found) => Ok(Match { tried: Tried::default(), ..found }),
            Verdict::Mismatch(tried) => Err(Ok(tried.reduced)),
            other => Err(Err(other)),
        };
        prop_assert_eq!(told(&whole), told(&again));
    }
}
