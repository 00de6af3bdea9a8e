//! The credentials file: which passwords belong to which users.
//!
//! ```toml
//! [[account]]
//! user = "app"                 # "*" for any
//! label = "app, from the vault"
//! password_file = "app.pw"     # or password, password_env, native_hash, ed25519_public
//! ```
//!
//! Pure: files and the environment are read by the functions the caller hands in. No error repeats
//! anything that the file holds but the line's number and the account's.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::SecretBox;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::candidate::{Candidate, EmptyFile, Secret, first_line};
use super::hex;

/// How the parser reaches what it must not reach itself.
pub struct Lookups<'a> {
    /// Reads a file; a relative path is to be taken from the credentials file's folder.
    pub file: &'a dyn Fn(&Path) -> std::io::Result<Vec<u8>>,
    /// Reads an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<Vec<u8>>,
}

/// What is wrong with a credentials file.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The text is no TOML, or has a key that is not known, or lacks one, or has one of a wrong type.
    #[error("line {line}: {problem}")]
    Syntax {
        /// Counts from 1.
        line: usize,
        /// What kind of trouble.
        problem: &'static str,
    },
    /// An account has no secret, or several.
    #[error(
        "account {account}: it needs exactly one of password, password_file, password_env, native_hash, ed25519_public"
    )]
    NotOneSecret {
        /// Counts from 1.
        account: usize,
    },
    /// A stored hash or key is not of its form.
    #[error("account {account}: {problem}")]
    BadSecret {
        /// Counts from 1.
        account: usize,
        /// What it should be.
        problem: &'static str,
    },
    /// A password file could not be read.
    #[error("account {account}: its password file cannot be read")]
    File {
        /// Counts from 1.
        account: usize,
        /// Why.
        source: std::io::Error,
    },
    /// A password file of 0 bytes.
    #[error("account {account}: its password file")]
    EmptyFile {
        /// Counts from 1.
        account: usize,
        /// What to do.
        source: EmptyFile,
    },
    /// The environment variable is not set.
    #[error("account {account}: its environment variable is not set")]
    Env {
        /// Counts from 1.
        account: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    account: Vec<Account>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    user: String,
    label: Option<String>,
    password: Option<Zeroizing<String>>,
    password_file: Option<String>,
    password_env: Option<String>,
    native_hash: Option<Zeroizing<String>>,
    ed25519_public: Option<String>,
}

/// Reads a credentials file.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn parse(text: &str, lookups: &Lookups<'_>) -> Result<Vec<Candidate>, CredentialsError> {
    let file: File = toml::from_str(text).map_err(|error| syntax(text, &error))?;
    let numbered = file.account.into_iter().zip(1..);
    numbered
        .map(|(account, number)| account.candidate(number, lookups))
        .collect()
}

/// The parser's own message quotes the file, secrets included: it is not passed on.
fn syntax(text: &str, error: &toml::de::Error) -> CredentialsError {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.as_bytes().get(..start).unwrap_or_default();
    let message = error.message();
    let problem = if message.starts_with("unknown field") {
        "a key that is not known here (an [[account]] may have user, label, password, password_file, password_env, native_hash, ed25519_public)"
    } else if message.starts_with("missing field") {
        "an [[account]] without user (\"*\" stands for any)"
    } else if message.starts_with("invalid type") {
        "a value of the wrong type: every value is text in quotes"
    } else {
        "not TOML"
    };
    CredentialsError::Syntax {
        line: memchr::memchr_iter(b'\n', before).count().saturating_add(1),
        problem,
    }
}

impl Account {
    fn candidate(
        self,
        account: usize,
        lookups: &Lookups<'_>,
    ) -> Result<Candidate, CredentialsError> {
        let label = self.label.clone();
        let label = label.unwrap_or_else(|| format!("account {account}"));
        let user = (self.user != "*").then(|| self.user.clone().into_bytes());
        Ok(Candidate::new(label, user, self.secret(account, lookups)?))
    }

    fn secret(self, account: usize, lookups: &Lookups<'_>) -> Result<Secret, CredentialsError> {
        let bad = |problem| CredentialsError::BadSecret { account, problem };
        match (
            self.password,
            self.password_file,
            self.password_env,
            self.native_hash,
            self.ed25519_public,
        ) {
            (Some(password), None, None, None, None) => Ok(Secret::password(password.as_bytes())),
            (None, Some(path), None, None, None) => {
                let read = (lookups.file)(Path::new(&path));
                let read = read.map_err(|source| CredentialsError::File { account, source })?;
                let line = first_line(&Zeroizing::new(read));
                line.map(Secret::Password)
                    .map_err(|source| CredentialsError::EmptyFile { account, source })
            }
            (None, None, Some(name), None, None) => {
                let value = (lookups.env)(&name);
                value
                    .map(Secret::password)
                    .ok_or(CredentialsError::Env { account })
            }
            (None, None, None, Some(hash), None) => native_hash(&hash)
                .ok_or_else(|| bad("native_hash is `*` and 40 hex digits, as in mysql.user")),
            (None, None, None, None, Some(key)) => ed25519_public(&key)
                .ok_or_else(|| bad("ed25519_public is 43 characters of base64, as in mysql.user")),
            _ => Err(CredentialsError::NotOneSecret { account }),
        }
    }
}

fn native_hash(text: &str) -> Option<Secret> {
    let digits = text.strip_prefix('*').filter(|digits| digits.len() == 40)?;
    let bytes = Zeroizing::new(hex::parse(digits).ok()?);
    let bytes: [u8; 20] = bytes.as_slice().try_into().ok()?;
    Some(Secret::NativeHash(SecretBox::new(Box::new(bytes))))
}

fn ed25519_public(text: &str) -> Option<Secret> {
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    Some(Secret::Ed25519Public(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Candidate>, CredentialsError> {
        let file = |path: &Path| match path.to_str() {
            Some("there") => Ok(b"from file\r\n".to_vec()),
            Some("empty") => Ok(Vec::new()),
            _ => Err(std::io::ErrorKind::NotFound.into()),
        };
        let env = |name: &str| (name == "SET").then(|| b"from env".to_vec());
        let lookups = Lookups {
            file: &file,
            env: &env,
        };
        parse(text, &lookups)
    }

    fn account(line: &str) -> Result<Vec<Candidate>, CredentialsError> {
        read(&format!("[[account]]\nuser = \"app\"\n{line}\n"))
    }

    #[test]
    fn each_kind_of_secret() {
        for (line, password) in [
            ("password = 'se\"cret'", b"se\"cret".as_slice()),
            ("password = ''", b""),
            ("password_file = 'there'", b"from file"),
            ("password_env = 'SET'", b"from env"),
        ] {
            let accounts = account(line).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(accounts[0].password(), Some(password));
            assert_eq!(accounts[0].user.as_deref(), Some(b"app".as_slice()));
            assert_eq!(accounts[0].label, "account 1");
        }
        let hash = "native_hash = '*14E65567ABDB5135D0CFD9A70B3032C179A49EE7'";
        let accounts = account(hash).unwrap_or_else(|error| panic!("{error}"));
        assert!(matches!(accounts[0].secret(), Secret::NativeHash(_)));
        let key = "ed25519_public = 'ZIgURERSDk9WBDouySFeY755ktLSe8bcruhz42Fkhgk'";
        let accounts = account(key).unwrap_or_else(|error| panic!("{error}"));
        assert!(matches!(accounts[0].secret(), Secret::Ed25519Public(_)));
        let any = "[[account]]\nuser = '*'\nlabel = 'L'\npassword = 'x'";
        let accounts = read(any).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(accounts[0].user, None);
        assert_eq!(accounts[0].label, "L");
    }

    #[test]
    fn errors_name_the_place_and_no_secret() {
        for (line, said) in [
            ("password = 'hunter2", "line 3: not TOML"),
            ("password = hunter2", "line 3: not TOML"),
            ("password = 7777777", "line 3: a value of the wrong type"),
            ("pasword = 'hunter2'", "line 3: a key that is not known"),
            ("hunter2 = 'x'", "line 3: a key that is not known"),
            ("", "account 1: it needs exactly one of"),
            (
                "password = 'hunter2'\npassword_env = 'SET'",
                "account 1: it needs exactly one of",
            ),
            (
                "password_file = 'hunter2'",
                "account 1: its password file cannot be read",
            ),
            ("password_file = 'empty'", "account 1: its password file"),
            (
                "password_env = 'hunter2'",
                "account 1: its environment variable",
            ),
            ("native_hash = 'hunter2'", "account 1: native_hash is"),
            (
                "native_hash = '*14E65567ABDB5135D0CFD9A70B3032C179A49E:E7'",
                "account 1: native_hash is",
            ),
            ("ed25519_public = 'hunter2'", "account 1: ed25519_public is"),
        ] {
            let error = account(line).err().map(|error| error.to_string());
            let error = error.unwrap_or_else(|| panic!("{line} is taken"));
            assert!(error.starts_with(said), "{line}: {error}");
            assert!(!error.contains("hunter2") && !error.contains("7777777"));
        }
        let nobody = read("[[account]]\npassword = 'hunter2'").err();
        let said = nobody.map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains("without user") && !said.contains("hunter2"));
    }
}
