//! The table plugin × hypothesis. What a client would have sent is computed here by formulas of our
//! own, written after `vectors.py` and not after the code under test; each must be recognised by
//! name.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::logins::{direct, switched};
use super::{names, recognise};
use crate::mysql::Plugin;

/// A salt of a third-party server: a NUL and a byte of 0x80 and more inside, and the terminator.
const WIRE: &[u8; 21] = b"abcdefgh\x01\x80jk\0mnopqrs\0";
const GREETING: &[u8; 21] = b"ABCDEFGHIJKLMNOPQRST\0";
const PASSWORD: &str = "S\u{e9}cret $word%40x#y";

fn sha1(parts: [&[u8]; 2]) -> Vec<u8> {
    Sha1::digest(parts.concat()).to_vec()
}

fn sha256(parts: [&[u8]; 2]) -> Vec<u8> {
    Sha256::digest(parts.concat()).to_vec()
}

fn xor(a: &[u8], b: &[u8]) -> Vec<u8> {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

/// `native` of `vectors.py`.
fn native(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let once = sha1([password, b""]);
    xor(&once, &sha1([salt, &sha1([&once, b""])]))
}

/// `csha2` of `vectors.py`.
fn caching_sha2(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let once = sha256([password, b""]);
    xor(&once, &sha256([&sha256([&once, b""]), salt]))
}

/// `csha2_rev` of `vectors.py`.
fn caching_sha2_reversed(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let once = sha256([password, b""]);
    xor(&once, &sha256([salt, &sha256([&once, b""])]))
}

fn native_reversed(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let once = sha1([password, b""]);
    xor(&once, &sha1([&sha1([&once, b""]), salt]))
}

fn native_single(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let once = sha1([password, b""]);
    xor(&once, &sha1([salt, &once]))
}

fn caching_sha2_single(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let once = sha256([password, b""]);
    xor(&once, &sha256([&once, salt]))
}

/// Shapes of the salt, by section 4 of the reference.
fn salts() -> Vec<(&'static str, Vec<u8>)> {
    let twenty = &WIRE[..20];
    let text = |replace: &[u8]| {
        let bytes = twenty.iter().map(|byte| match byte {
            0x80.. => replace.to_vec(),
            _ => vec![*byte],
        });
        bytes.collect::<Vec<_>>().concat()
    };
    vec![
        ("without_nul", twenty.to_vec()),
        ("with_nul", WIRE.to_vec()),
        ("greeting", GREETING[..20].to_vec()),
        ("greeting_with_nul", GREETING.to_vec()),
        ("cut_at_nul", b"abcdefgh\x01\x80jk".to_vec()),
        ("minus_last", twenty[..19].to_vec()),
        ("first_8", b"abcdefgh".to_vec()),
        ("last_12", twenty[8..].to_vec()),
        ("last_13", WIRE[8..].to_vec()),
        (
            "filler_nul_inside",
            [&twenty[..8], b"\0", &twenty[8..]].concat(),
        ),
        ("ascii_question_marks", text(b"?")),
        ("ascii_replacement_chars", text(b"\xef\xbf\xbd")),
        ("latin1_to_utf8", text(b"\xc2\x80")),
        ("no_salt", vec![]),
        ("zeros", vec![0; 20]),
    ]
}

/// Forms of the password, written out.
fn passwords() -> Vec<(&'static str, Vec<u8>)> {
    let text = |bytes: &str| bytes.as_bytes().to_vec();
    let utf16 = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("as_given", text(PASSWORD)),
        ("trailing_newline", text("S\u{e9}cret $word%40x#y\n")),
        ("trailing_newline", text("S\u{e9}cret $word%40x#y\r\n")),
        ("trailing_nul", text("S\u{e9}cret $word%40x#y\0")),
        ("trailing_space", text("S\u{e9}cret $word%40x#y ")),
        ("leading_space", text(" S\u{e9}cret $word%40x#y")),
        ("percent_decoded", text("S\u{e9}cret $word@x#y")),
        ("percent_encoded", text("S%C3%A9cret%20%24word%2540x%23y")),
        ("plus_as_space", text("S\u{e9}cret+$word%40x#y")),
        ("quoted", text("'S\u{e9}cret $word%40x#y'")),
        ("quoted", text("\"S\u{e9}cret $word%40x#y\"")),
        ("latin1", b"S\xe9cret $word%40x#y".to_vec()),
        ("utf16le", utf16),
        ("byte_order_mark", text("\u{feff}S\u{e9}cret $word%40x#y")),
        ("nfd", text("Se\u{301}cret $word%40x#y")),
        ("utf8", text("S\u{c3}\u{a9}cret $word%40x#y")),
        ("case_changed", text("s\u{e9}cret $word%40x#y")),
        ("case_changed", text("S\u{c9}CRET $WORD%40X#Y")),
        ("case_changed", text("S\u{e9}cret $word%40x#Y")),
        ("truncated", b"S\xc3\xa9cret ".to_vec()),
        ("cut_at_special", text("S\u{e9}cret $word%40x")),
        ("truncated", text("S\u{e9}cret")),
        ("dollar_expanded", text("S\u{e9}cret %40x#y")),
        ("user_name", text("app")),
        ("empty", vec![]),
    ]
}

type Formula = (&'static str, fn(&[u8], &[u8]) -> Vec<u8>);

const FORMULAS: [Formula; 6] = [
    ("caching_sha2_password", caching_sha2),
    ("caching_sha2_reversed", caching_sha2_reversed),
    ("caching_sha2_password_single_hash", caching_sha2_single),
    ("mysql_native_password", native),
    ("mysql_native_reversed", native_reversed),
    ("mysql_native_password_single_hash", native_single),
];

const PLUGINS: [Plugin; 2] = [Plugin::CachingSha2, Plugin::NativePassword];

/// After a switch whose salt and greeting differ.
fn check(
    plugin: &Plugin,
    formula: Formula,
    salt: &(&'static str, Vec<u8>),
    form: &(&'static str, Vec<u8>),
) {
    let response = formula.1(&form.1, &salt.1);
    let login = switched(GREETING, plugin.clone(), WIRE, response);
    let found = recognise(&login, PASSWORD.as_bytes());
    let wanted = (formula.0.to_owned(), salt.0, form.0);
    assert_eq!(names(&found), wanted, "{plugin} {:02x?}", form.1);
    assert!(!found.extra_nul && found.prefix.is_none() && found.weak.is_none());
}

#[test]
fn every_formula_over_every_salt() {
    for plugin in PLUGINS {
        for formula in FORMULAS {
            for salt in salts() {
                // Whatever the order of salt and hash, without a salt the bytes are the same.
                if salt.1.is_empty() && formula.0.ends_with("reversed") {
                    continue;
                }
                check(&plugin, formula, &salt, &passwords()[0]);
            }
        }
    }
}

#[test]
fn every_form_of_the_password_over_every_salt() {
    for plugin in PLUGINS {
        for formula in [FORMULAS[0], FORMULAS[3]] {
            for salt in salts() {
                for form in passwords() {
                    check(&plugin, formula, &salt, &form);
                }
            }
        }
    }
}

#[test]
fn three_faults_at_once() {
    for (formula, salt) in [(FORMULAS[1], 1), (FORMULAS[4], 2)] {
        let form = &passwords()[1];
        check(&Plugin::CachingSha2, formula, &salts()[salt], form);
    }
}

#[test]
fn a_nul_behind_the_response() {
    for (plugin, formula) in [
        (Plugin::CachingSha2, FORMULAS[0]),
        (Plugin::NativePassword, FORMULAS[3]),
    ] {
        for salt in &salts()[..4] {
            let mut response = formula.1(PASSWORD.as_bytes(), &salt.1);
            response.push(0);
            let login = switched(GREETING, plugin.clone(), WIRE, response);
            let found = recognise(&login, PASSWORD.as_bytes());
            assert_eq!(names(&found), (formula.0.to_owned(), salt.0, "as_given"));
            assert!(found.extra_nul);
        }
    }
}

/// The right answer stays the right answer, whatever the salt's bytes are and whoever else's
/// password is given beside it.
#[test]
fn right_answers_are_plain() {
    let salts: [&[u8]; 5] = [
        WIRE,
        &WIRE[..20],
        b"abcdefghijklmnopqrs\0\0",
        b"abcdefghijklmnopqrs\0",
        b"\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\xf0\xf1\xf2\xf3\0",
    ];
    let passwords: [&[u8]; 6] = [b"app", b"x", b"\xff\xfe\0\x01", b"secret\n", b"", b" "];
    for salt in salts {
        for password in passwords {
            for (plugin, formula) in [
                (Plugin::CachingSha2, FORMULAS[0]),
                (Plugin::NativePassword, FORMULAS[3]),
            ] {
                let response = match password {
                    [] => vec![],
                    some => formula.1(some, &salt[..20]),
                };
                // A switch to the same plugin that sends the greeting's salt again is normal.
                for login in [
                    direct(plugin.clone(), salt, response.clone()),
                    switched(salt, plugin.clone(), salt, response.clone()),
                ] {
                    let candidates =
                        super::logins::several(&[b"secret", b"APP", password, b"secret\n "]);
                    let context = crate::auth::Context::default();
                    let examination = crate::auth::examine(&login, &candidates, &context);
                    assert!(
                        examination.is_plain(),
                        "{plugin} {password:02x?} {salt:02x?}: {:?}",
                        examination.verdict
                    );
                }
            }
        }
    }
}
