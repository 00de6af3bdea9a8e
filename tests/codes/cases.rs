//! The table: a code, what happens, and whether it must be said.

mod answers;
mod ends;

use sha1::Sha1;
use sha2::{Digest, Sha256};
use unscramble::findings::Severity;

use crate::wire::From::{Client, Server};
use crate::wire::{Conversation, OK, error, greeting, login, switch};

pub const PASSWORD: &[u8] = b"Kestrel-Harbor-42";
const GREETED: &[u8] = b"abcdefghijklmnopqrst\0";
const SWITCHED: &[u8] = b"A1B2C3D4E5F6G7H8I9J0\0";
const NATIVE: &str = "mysql_native_password";
const SHA2: &str = "caching_sha2_password";
const CLEAR: &str = "mysql_clear_password";

/// Where a capture comes from.
pub enum Source {
    Built(Vec<Conversation>),
    /// A sample's name, and which of the files beside it is given too: `keylog`, `pem`, or none.
    Sample(&'static str, &'static str),
}

/// One capture and what it must show of one code.
pub struct Case {
    pub code: &'static str,
    /// How bad it must be; `None` where it must not be said.
    pub severity: Option<Severity>,
    pub what: &'static str,
    pub source: Source,
}

fn xor(a: &[u8], b: &[u8]) -> Vec<u8> {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

fn sha1(parts: &[&[u8]]) -> Vec<u8> {
    Sha1::digest(parts.concat()).to_vec()
}

fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    Sha256::digest(parts.concat()).to_vec()
}

fn native(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let once = sha1(&[password]);
    xor(&once, &sha1(&[salt, &sha1(&[&once])]))
}

fn sha2(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let once = sha256(&[password]);
    xor(&once, &sha256(&[&sha256(&[&once]), salt]))
}

fn sha2_reversed(salt: &[u8]) -> Vec<u8> {
    let once = sha256(&[PASSWORD]);
    xor(&once, &sha256(&[salt, &sha256(&[&once])]))
}

fn sha2_once(salt: &[u8]) -> Vec<u8> {
    let once = sha256(&[PASSWORD]);
    xor(&once, &sha256(&[&once, salt]))
}

/// The right answer to the switch.
fn right() -> Vec<u8> {
    sha2(PASSWORD, &SWITCHED[..20])
}

/// Greeted with native, answered right.
fn begun() -> Conversation {
    Conversation::new()
        .server(0, greeting(NATIVE, GREETED))
        .client(1, login(NATIVE, &native(PASSWORD, &GREETED[..20])))
}

/// Switched to a plugin over a salt, unanswered.
fn asked(plugin: &str, salt: &[u8]) -> Conversation {
    begun().server(2, switch(plugin, salt))
}

/// Switched to `caching_sha2_password`, answered with these bytes, and refused.
fn refused(answer: impl AsRef<[u8]>) -> Conversation {
    asked(SHA2, SWITCHED)
        .client(3, answer)
        .server(4, error(1045))
        .closes(Server)
}

/// The same other password many times, then the right one with a line ending behind it.
pub fn changed_after_many_failures() -> Vec<Conversation> {
    let salt = &SWITCHED[..20];
    let stale = (0..200).map(|_| refused(sha2(b"Another-Quarry-17", salt)));
    stale
        .chain([refused(sha2(b"Kestrel-Harbor-42\n", salt))])
        .collect()
}

/// The same, and let in by full authentication.
fn let_in(answer: impl AsRef<[u8]>) -> Conversation {
    asked(SHA2, SWITCHED)
        .client(3, answer)
        .server(4, b"\x01\x04")
        .client(5, b"\x02")
        .server(6, b"\x01-----BEGIN PUBLIC KEY-----\n")
        .client(7, [0x93; 256])
        .server(8, OK)
        .closes(Client)
}

/// Refused with another error.
fn refused_with(answer: impl AsRef<[u8]>, code: u16) -> Conversation {
    asked(SHA2, SWITCHED)
        .client(3, answer)
        .server(4, error(code))
        .closes(Server)
}

/// `caching_sha2_password` from the greeting on, and the request for full authentication.
fn full_asked() -> Conversation {
    Conversation::new()
        .server(0, greeting(SHA2, GREETED))
        .client(1, login(SHA2, &sha2(PASSWORD, &GREETED[..20])))
        .server(2, b"\x01\x04")
}

/// A token of AWS IAM, made at this time.
fn token(user: &str, made: &str) -> Vec<u8> {
    let signature = "a".repeat(64);
    format!(
        "db.example.com:3306/?Action=connect&DBUser={user}&X-Amz-Date={made}&X-Amz-Expires=900&X-Amz-Signature={signature}\0"
    )
    .into()
}

fn with_token(token: &[u8]) -> Conversation {
    asked(CLEAR, b"")
        .client(3, token)
        .server(4, error(1045))
        .closes(Server)
}

fn must(code: &'static str, severity: Severity, what: &'static str, one: Conversation) -> Case {
    Case {
        code,
        severity: Some(severity),
        what,
        source: Source::Built(vec![one]),
    }
}

fn must_not(code: &'static str, what: &'static str, one: Conversation) -> Case {
    Case {
        code,
        severity: None,
        what,
        source: Source::Built(vec![one]),
    }
}

fn sample(
    code: &'static str,
    severity: Option<Severity>,
    name: &'static str,
    option: &'static str,
) -> Case {
    Case {
        code,
        severity,
        what: name,
        source: Source::Sample(name, option),
    }
}

pub fn all() -> Vec<Case> {
    let answers = [answers::salts(), answers::responses(), answers::passwords()];
    let ends = [ends::refusals(), ends::protocol(), ends::exposure()];
    answers.into_iter().chain(ends).flatten().collect()
}
