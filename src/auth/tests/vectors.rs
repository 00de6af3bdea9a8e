//! Every row of `vectors.out` (here `vectors.txt`, printed by a program in another language that is
//! checked against upstream's vectors): each response is recognised by name, each value on the way
//! to one comes out of the schemes.

use std::collections::BTreeMap;

use super::logins::{client, direct, login, round, server};
use super::{names, recognise};
use crate::auth::schemes::known::{SALT_21, hex, salt_20};
use crate::auth::schemes::rsa::masked;
use crate::auth::schemes::{caching_sha2, ed25519, native, parsec};
use crate::mysql::{Login, Plugin, RoundStart};

const ROWS: &str = include_str!("vectors.txt");
const LONG: &[u8] = b"correct horse battery staple";

/// The rows by name: the value is the last word, the name all before it. Rows of one name (the two
/// signatures) keep their order.
fn rows() -> BTreeMap<String, Vec<String>> {
    let mut rows = BTreeMap::<String, Vec<String>>::new();
    for line in ROWS.lines() {
        let (name, value) = line.rsplit_once(' ').unwrap_or((line, ""));
        let values = rows.entry(name.trim_end().to_owned()).or_default();
        values.push(value.to_owned());
    }
    rows
}

/// A response under a plugin, and the formula, salt form and password form to be named.
type Row = (&'static str, Plugin, [&'static str; 3]);

fn responses() -> Vec<Row> {
    let sha2 = |name, salt| {
        (
            name,
            Plugin::CachingSha2,
            ["caching_sha2_password", salt, "as_given"],
        )
    };
    let reversed = |name, salt| {
        (
            name,
            Plugin::CachingSha2,
            ["caching_sha2_reversed", salt, "as_given"],
        )
    };
    let form = |name, form| {
        (
            name,
            Plugin::CachingSha2,
            ["caching_sha2_password", "without_nul", form],
        )
    };
    let native = |name, salt| {
        (
            name,
            Plugin::NativePassword,
            ["mysql_native_password", salt, "as_given"],
        )
    };
    vec![
        sha2("csha2 20B correct", "without_nul"),
        sha2("csha2 21B (PyMySQL<=1.1.1)", "with_nul"),
        reversed("csha2 reversed 20B (sqlx/myxql)", "without_nul"),
        reversed("csha2 reversed 21B (bun)", "with_nul"),
        sha2("csha2 8B", "first_8"),
        sha2("csha2 last12", "last_12"),
        sha2("csha2 19B", "minus_last"),
        sha2("csha2 8+NUL+12", "filler_nul_inside"),
        sha2("csha2 no nonce", "no_salt"),
        sha2("csha2 zero20", "zeros"),
        form("csha2 pw+\\n 20B", "trailing_newline"),
        form("csha2 pw+NUL 20B", "trailing_nul"),
        form("csha2 pw+space", "trailing_space"),
        native("native 20B", "without_nul"),
        native("native 21B", "with_nul"),
        native("native 8B", "first_8"),
        native("native wrong-plugin+NUL", "without_nul"),
        (
            "old323",
            Plugin::OldPassword,
            ["mysql_old_password", "first_8", "as_given"],
        ),
    ]
}

fn take(rows: &mut BTreeMap<String, Vec<String>>, name: &str) -> Vec<u8> {
    let values = rows
        .get_mut(name)
        .unwrap_or_else(|| panic!("no row {name}"));
    let value = values.remove(0);
    if values.is_empty() {
        rows.remove(name);
    }
    hex(&value)
}

fn check(login: &Login, wanted: [&'static str; 3], row: &str) {
    let found = recognise(login, b"secret");
    let [formula, salt, form] = wanted;
    assert_eq!(names(&found), (formula.to_owned(), salt, form), "{row}");
}

#[test]
fn every_row() {
    let mut rows = rows();
    for (name, plugin, wanted) in responses() {
        let response = take(&mut rows, name);
        check(&direct(plugin, SALT_21, response.clone()), wanted, name);
        // A native scramble where caching_sha2_password was asked for, and the other way round.
        for other in [Plugin::NativePassword, Plugin::CachingSha2] {
            check(&direct(other, SALT_21, response.clone()), wanted, name);
        }
    }
    assert_eq!(
        rows.remove("seed nonce20 50013806443c5442477f28202d19185b2c3d490a len"),
        Some(vec!["21".into()])
    );
    assert_eq!(
        take(&mut rows, "sha1sha1 stored"),
        native::Stages::new(b"secret").stored()
    );
    let cached = caching_sha2::Stages::new(b"secret");
    assert_eq!(take(&mut rows, "sha256sha256 cache"), cached.cached());

    assert_eq!(
        take(&mut rows, "rsa plain 20B"),
        *masked(b"secret", salt_20())
    );
    assert_eq!(
        take(&mut rows, "rsa plain long 20B"),
        *masked(LONG, salt_20())
    );
    assert_eq!(
        take(&mut rows, "rsa plain long 21B"),
        *masked(LONG, SALT_21)
    );

    let keys = ed25519::Keys::new(b"secret");
    assert_eq!(take(&mut rows, "ed25519 pub"), keys.public());
    for nonce in ["ed25519 nonce", "ed25519 nonce endsNUL"] {
        let nonce = take(&mut rows, nonce);
        let signature = take(&mut rows, "ed25519 sig");
        let wanted = ["client_ed25519", "raw", "as_given"];
        check(
            &direct(Plugin::Ed25519, &nonce, signature),
            wanted,
            "ed25519 sig",
        );
        if nonce.ends_with(b"\0") {
            let cut = take(&mut rows, "ed25519 sig 31B cut");
            let wanted = ["client_ed25519", "nuls_stripped", "as_given"];
            check(&direct(Plugin::Ed25519, &nonce, cut), wanted, "31B cut");
        }
    }

    let account = [b"P\0".as_slice(), &take(&mut rows, "parsec salt18")].concat();
    let derived = parsec::Account::parse(&account).unwrap().keys(b"secret");
    assert_eq!(take(&mut rows, "parsec pub"), derived.public());
    let seed = ed25519::Keys::new(&take(&mut rows, "parsec dk"));
    assert_eq!(seed.public(), derived.public());
    let nonce = take(&mut rows, "parsec srv");
    let response = take(&mut rows, "parsec resp96");
    assert!(response.starts_with(&take(&mut rows, "parsec cli")));
    let turns = vec![client([]), server(account), client(response)];
    let login_of = login(vec![round(
        Plugin::Parsec,
        RoundStart::Switch,
        &nonce,
        turns,
    )]);
    check(&login_of, ["parsec", "raw", "as_given"], "parsec resp96");

    let proof = rows.remove("scram-sha1 rfc5802");
    assert_eq!(
        proof,
        Some(vec!["v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=".into()]),
        "see `scram`"
    );
    // What that program says of its own checks.
    for said in [
        "upstream cross-checks",
        "parsec verified w/",
        "all printable?",
    ] {
        assert!(rows.remove(said).is_some(), "{said}");
    }
    assert!(rows.is_empty(), "rows that nothing checks: {rows:?}");
}
