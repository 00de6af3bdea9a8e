//! The plugins beside native and `caching_sha2`, and what they send in several turns.

use std::sync::Arc;

use crate::tls::ServerKey;
use secrecy::SecretBox;

use super::logins::{client, direct, login, one, round, server};
use super::{examined, found, names, recognise};
use crate::auth::schemes::ed25519::Keys;
use crate::auth::schemes::known::{SALT_21, hex};
use crate::auth::schemes::native::Stages;
use crate::auth::schemes::rsa::tests::{KEY, LONG, LONG_20, LONG_21, SECRET_20};
use crate::auth::{
    Candidate, Candidates, Context, FullAuthKind, SaltForm, Secret, Unverifiable, Verdict, examine,
};
use crate::mysql::{Plugin, RoundStart, Turn};

fn stored(secret: Secret) -> Candidates {
    Candidates::new(vec![Candidate::new("stored".into(), None, secret)])
}

fn named(
    formula: &str,
    salt: &'static str,
    form: &'static str,
) -> (String, &'static str, &'static str) {
    (formula.to_owned(), salt, form)
}

#[test]
fn old_password() {
    for response in ["494258474a425051", "494258474a42505100"] {
        let login = direct(Plugin::OldPassword, SALT_21, hex(response));
        let found = recognise(&login, b"secret");
        assert_eq!(
            names(&found),
            named("mysql_old_password", "first_8", "as_given")
        );
        assert!(found.weak.is_some() && !found.extra_nul);
        let blanks = recognise(&login, b"sec ret");
        assert_eq!(blanks.password_form.name(), "as_given");
    }
}

#[test]
fn ed25519() {
    let falling: Vec<u8> = (0..32).rev().collect();
    for (response, salt) in [
        (
            "71472a7696f029cd227822cf26fec53b15c99571b14db9e79ba1f486dfa98a06a45b888ead2cb15d1b55ea76493a36d3263d98b26836ccdbf3adaf105dcafa01",
            "raw",
        ),
        (
            "a0f5eff69f077a466877bb2e0c2bcdc367073a461bd0fa55ab43d2805fa5918047a5d36a40d005fcf404abd223b73db117d20b6aa5c42a096322ff17c2425909",
            "nuls_stripped",
        ),
    ] {
        let login = direct(Plugin::Ed25519, &falling, hex(response));
        let matched = recognise(&login, b"secret");
        assert_eq!(names(&matched), named("client_ed25519", salt, "as_given"));
        let public = stored(Secret::Ed25519Public(*Keys::new(b"secret").public()));
        let matched = found(examine(&login, &public, &Context::default()).verdict);
        assert_eq!(matched.salt_form.map(SaltForm::name), Some(salt));
        let other = stored(Secret::Ed25519Public(*Keys::new(b"other").public()));
        let verdict = examine(&login, &other, &Context::default()).verdict;
        assert!(matches!(verdict, Verdict::Mismatch(_)));
    }
    let empty = Keys::new(b"").sign(&falling);
    let login = direct(Plugin::Ed25519, &falling, empty);
    assert_eq!(recognise(&login, b"").password_form.name(), "as_given");
}

#[test]
fn native_from_the_stored_hash() {
    let stages = Stages::new(b"secret");
    let response = stages.response(SALT_21);
    let login = direct(Plugin::NativePassword, SALT_21, response);
    let hash = || Secret::NativeHash(SecretBox::new(Box::new(*stages.stored())));
    let matched = found(examine(&login, &stored(hash()), &Context::default()).verdict);
    assert_eq!(
        names(&matched),
        named("mysql_native_password", "with_nul", "as_given")
    );
    // It says nothing of another plugin.
    let login = direct(Plugin::CachingSha2, SALT_21, [7; 32]);
    let verdict = examine(&login, &stored(hash()), &Context::default()).verdict;
    assert_eq!(verdict, Verdict::NoPassword);
}

fn parsec_turns(response: &str) -> Vec<Turn> {
    let account: Vec<u8> = b"P\0".iter().copied().chain(0x10..0x22).collect();
    vec![client([]), server(account), client(hex(response))]
}

#[test]
fn parsec() {
    let response = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa369f26367de49f396e06d38691b673a9aa2b0d1ff6004e7596d78530286ae96b27f6cd666ab20c738328938e1fc44a038008d3dc3388f6290a688fdf617bd09";
    let nonce: Vec<u8> = (0..32).collect();
    let turns = parsec_turns(response);
    let switched = login(vec![round(
        Plugin::Parsec,
        RoundStart::Switch,
        &nonce,
        turns,
    )]);
    let matched = recognise(&switched, b"secret");
    assert_eq!(names(&matched), named("parsec", "raw", "as_given"));
    let matched = recognise(&switched, b"'secret'");
    assert_eq!(matched.password_form.name(), "unquoted");
    let mut lost = switched;
    lost.rounds[0].turns.remove(1);
    let verdict = examined(&lost, b"secret").verdict;
    assert_eq!(
        verdict,
        Verdict::Unverifiable(Unverifiable::SaltNotCaptured)
    );
}

#[test]
fn scram() {
    let turns = vec![
        client(b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"),
        server(b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"),
        client(
            b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        ),
    ];
    let rounds = |name: &[u8]| {
        let turns = turns.clone();
        login(vec![round(
            Plugin::LdapSasl,
            RoundStart::Switch,
            name,
            turns,
        )])
    };
    let matched = recognise(&rounds(b"SCRAM-SHA-1"), b"pencil");
    assert_eq!(
        names(&matched),
        named("authentication_ldap_sasl_client", "-", "as_given")
    );
    let verdict = examined(&rounds(b"GSSAPI"), b"pencil").verdict;
    assert!(matches!(
        verdict,
        Verdict::Unverifiable(Unverifiable::PluginNotComputable(_))
    ));
}

#[test]
fn clear_text() {
    for (plugin, response, form, missing_nul) in [
        (Plugin::Clear, b"secret\0".as_slice(), "as_given", false),
        (Plugin::Clear, b"secret", "as_given", true),
        (Plugin::Clear, b"secret\n\0", "trailing_newline", false),
        (Plugin::Dialog, b"secret\0", "as_given", false),
        (Plugin::Sha256, b"secret\0", "as_given", false),
        (Plugin::CachingSha2, b"secret\0", "as_given", false),
    ] {
        let login = direct(plugin.clone(), SALT_21, response);
        let examination = examined(&login, b"secret");
        assert!(examination.response_is_secret && examination.recomputed.is_none());
        let matched = found(examination.verdict);
        let formula = match plugin {
            Plugin::CachingSha2 => "mysql_clear_password".to_owned(),
            own => own.to_string(),
        };
        assert_eq!(names(&matched), named(&formula, "-", form));
        assert_eq!(matched.missing_nul, missing_nul);
    }
    let unknown = direct(Plugin::Clear, b"", b"another\0");
    assert!(examined(&unknown, b"secret").response_is_secret);
}

#[test]
fn a_token_cut_anywhere() {
    let token: Vec<u8> = (0..600_u32)
        .map(|n| b'a' + u8::try_from(n * n % 23).unwrap())
        .collect();
    let response = [&token[..477], b"\0"].concat();
    let login = direct(Plugin::Clear, b"", response);
    assert_eq!(recognise(&login, &token).password_form.name(), "truncated");
}

#[test]
fn pam_asks_twice() {
    let turns = vec![
        client([]),
        server(b"\x04Password: "),
        client(b"secret\0"),
        server(b"\x05Code: "),
        client(b"123456\0"),
    ];
    let login = login(vec![round(Plugin::Dialog, RoundStart::Switch, b"", turns)]);
    assert_eq!(
        recognise(&login, b"secret").password_form.name(),
        "as_given"
    );
    assert_eq!(
        recognise(&login, b"123456").password_form.name(),
        "as_given"
    );
    assert!(matches!(
        examined(&login, b"other").verdict,
        Verdict::Mismatch(_)
    ));
}

fn with_key(login: &crate::mysql::Login, password: &[u8]) -> crate::auth::Examination {
    let keys = [Arc::new(ServerKey::from_pem(KEY).unwrap())];
    let context = Context {
        server_keys: &keys,
        ..Context::default()
    };
    examine(login, &one(password), &context)
}

#[test]
fn sha256_under_rsa() {
    for (block, password, salt) in [
        (SECRET_20, b"secret".as_slice(), "without_nul"),
        (LONG_20, LONG, "without_nul"),
        (LONG_21, LONG, "with_nul"),
    ] {
        let turns = vec![
            client([1]),
            server(b"-----BEGIN PUBLIC KEY-----"),
            client(hex(block)),
        ];
        let login = login(vec![round(
            Plugin::Sha256,
            RoundStart::Login,
            SALT_21,
            turns,
        )]);
        let matched = found(with_key(&login, password).verdict);
        assert_eq!(names(&matched), named("sha256_password", salt, "as_given"));
        assert_eq!(matched.long_password, password.len() > 19);
        let verdict = with_key(&login, b"wrong").verdict;
        assert!(matches!(verdict, Verdict::Mismatch(_)));
        let verdict = examined(&login, password).verdict;
        assert_eq!(verdict, Verdict::Unverifiable(Unverifiable::RsaKeyMissing));
    }
    let other = direct(Plugin::Sha256, SALT_21, [7; 128]);
    let verdict = with_key(&other, b"secret").verdict;
    assert_eq!(verdict, Verdict::Unverifiable(Unverifiable::RsaKeyWrong));
}

#[test]
fn caching_sha2_full_authentication() {
    let fast = crate::auth::schemes::caching_sha2::Stages::new(LONG).response(SALT_21);
    let turns = vec![
        client(fast),
        server([4]),
        client([2]),
        server(b"-----BEGIN PUBLIC KEY-----"),
        client(hex(LONG_21)),
    ];
    let under_rsa = login(vec![round(
        Plugin::CachingSha2,
        RoundStart::Login,
        SALT_21,
        turns,
    )]);
    let examination = with_key(&under_rsa, LONG);
    let matched = found(examination.verdict);
    assert_eq!(matched.salt_form.map(SaltForm::name), Some("with_nul"));
    let full = examination.full_auth.unwrap();
    assert_eq!((full.kind, full.place.turn), (FullAuthKind::Rsa, 4));
    let proof = full.proof.unwrap();
    assert_eq!(proof.salt_form.map(SaltForm::name), Some("with_nul"));
    assert!(proof.long_password);

    let turns = vec![client([7; 32]), server([4]), client(b"secret\0")];
    let unknown_hash = login(vec![round(
        Plugin::CachingSha2,
        RoundStart::Login,
        SALT_21,
        turns,
    )]);
    let examination = examined(&unknown_hash, b"secret");
    assert_eq!(examination.full_auth.unwrap().kind, FullAuthKind::Clear);
    assert!(
        matches!(
            examination.verdict,
            Verdict::Unverifiable(Unverifiable::Malformed(_))
        ),
        "no accusation where the password itself was seen"
    );
}
