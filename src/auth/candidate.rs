//! The passwords to try, and what is computed of each once for a whole run.
//!
//! A secret is never printed: nothing here has `Debug`, `Display` or `Serialize`, and everything
//! derived from a secret is wiped when dropped.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use memchr::memmem;
use secrecy::{ExposeSecret, SecretBox, SecretSlice};
use smallvec::SmallVec;

use super::password_forms::password_forms;
use super::prepared::Prepared;
use super::verdict::PasswordForm;
use crate::mysql::Plugin;

/// A password, or what a server stores of it.
pub enum Secret {
    /// The password's bytes, perhaps none.
    Password(SecretSlice<u8>),
    /// SHA1(SHA1(password)), as `mysql.user` has it behind the `*`.
    NativeHash(SecretBox<[u8; 20]>),
    /// The public key that MariaDB's ed25519 plugin stores.
    Ed25519Public([u8; 32]),
}

impl Secret {
    /// A password.
    #[must_use]
    pub fn password(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Password(SecretSlice::from(bytes.into()))
    }
}

/// A secret to try, for one user or for any.
pub struct Candidate {
    /// What reports call it. Never derived from the secret.
    pub label: String,
    /// The user it belongs to; `None` for any.
    pub user: Option<Vec<u8>>,
    secret: Secret,
    forms: OnceLock<Vec<Prepared>>,
}

impl Candidate {
    /// A candidate called `label`.
    #[must_use]
    pub const fn new(label: String, user: Option<Vec<u8>>, secret: Secret) -> Self {
        let forms = OnceLock::new();
        Self {
            label,
            user,
            secret,
            forms,
        }
    }

    /// The secret.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The password's bytes, if it is a password.
    pub(crate) fn password(&self) -> Option<&[u8]> {
        match &self.secret {
            Secret::Password(bytes) => Some(bytes.expose_secret()),
            Secret::NativeHash(_) | Secret::Ed25519Public(_) => None,
        }
    }

    /// Whether it is the empty password.
    pub(crate) fn is_empty(&self) -> bool {
        self.password().is_some_and(<[u8]>::is_empty)
    }

    /// Whether it can say anything about a response under this plugin.
    pub(crate) fn answers_for(&self, plugin: &Plugin) -> bool {
        match self.secret {
            Secret::Password(_) => true,
            Secret::NativeHash(_) => *plugin == Plugin::NativePassword,
            Secret::Ed25519Public(_) => *plugin == Plugin::Ed25519,
        }
    }

    /// The forms of the password, plainest first, hashed once for the whole run; none for a
    /// stored hash or key.
    pub(crate) fn forms(&self) -> &[Prepared] {
        self.forms.get_or_init(|| {
            let password = self.password();
            let forms = password.map(password_forms).unwrap_or_default();
            let prepare = |(form, bytes): (PasswordForm, _)| Prepared::new(form, bytes);
            forms.into_iter().map(prepare).collect()
        })
    }
}

/// All candidates of a run; shared between threads.
#[derive(Default)]
pub struct Candidates {
    list: Vec<Candidate>,
    /// Where those of each user stand in `list`, ascending; and those for any.
    of_user: HashMap<Vec<u8>, Vec<usize>, RandomState>,
    for_any: Vec<usize>,
}

impl Candidates {
    /// Candidates in the order in which they are tried.
    #[must_use]
    pub fn new(list: Vec<Candidate>) -> Self {
        let mut of_user: HashMap<Vec<u8>, Vec<usize>, RandomState> = HashMap::default();
        let mut for_any = Vec::new();
        for (place, candidate) in list.iter().enumerate() {
            match &candidate.user {
                Some(user) => of_user.entry(user.clone()).or_default().push(place),
                None => for_any.push(place),
            }
        }
        Self {
            list,
            of_user,
            for_any,
        }
    }

    /// Whether there are none at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Candidate> {
        self.list.iter()
    }

    /// Those given for this user or for any. A user that was not captured may be anybody: then all.
    #[must_use]
    pub fn for_user(&self, user: Option<&[u8]>) -> SmallVec<[&Candidate; 2]> {
        let Some(user) = user else {
            return self.list.iter().collect();
        };
        let own = self.of_user.get(user).map_or(&[][..], Vec::as_slice);
        let mut places: SmallVec<[usize; 2]> = own.iter().chain(&self.for_any).copied().collect();
        places.sort_unstable();
        let candidates = places.into_iter().map(|place| self.list.get(place));
        candidates.flatten().collect()
    }

    /// Where a candidate password stands inside captured text, for masking; in no order, perhaps
    /// overlapping.
    #[must_use]
    pub fn occurrences(&self, text: &[u8]) -> Vec<Range<usize>> {
        let passwords = self.list.iter().filter_map(Candidate::password);
        let mut found = Vec::new();
        for password in passwords.filter(|password| !password.is_empty()) {
            let ends = |start: usize| start..start.saturating_add(password.len());
            found.extend(memmem::find_iter(text, password).map(ends));
        }
        found
    }
}

/// A password file of 0 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file is empty (0 bytes); for the empty password it needs an empty first line")]
pub struct EmptyFile;

/// The password in a password file: its first line without the line ending (LF or CRLF).
///
/// # Errors
/// A file of 0 bytes.
pub fn first_line(file: &[u8]) -> Result<SecretSlice<u8>, EmptyFile> {
    if file.is_empty() {
        return Err(EmptyFile);
    }
    let end = memchr::memchr(b'\n', file);
    let line = end.and_then(|end| file.get(..end)).unwrap_or(file);
    let line = match end {
        Some(_) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    };
    Ok(SecretSlice::from(line.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(label: &str, user: Option<&[u8]>) -> Candidate {
        let user = user.map(<[u8]>::to_vec);
        Candidate::new(label.into(), user, Secret::password("secret"))
    }

    #[test]
    fn a_user_gets_its_own_and_those_for_any() {
        let all = Candidates::new(vec![
            named("a", Some(b"alice")),
            named("any", None),
            named("b", Some(b"bob")),
        ]);
        let labels = |user: Option<&[u8]>| {
            let list = all.for_user(user);
            list.iter().map(|c| c.label.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(labels(Some(b"alice")), ["a", "any"]);
        assert_eq!(labels(Some(b"Alice")), ["any"]);
        assert_eq!(labels(None), ["a", "any", "b"]);
    }

    #[test]
    fn the_first_line_of_a_file() {
        for (file, password) in [
            (b"secret".as_slice(), b"secret".as_slice()),
            (b"secret\n", b"secret"),
            (b"secret\r\nmore\n", b"secret"),
            (b"secret\r", b"secret\r"),
            (b" s \nx", b" s "),
            (b"\n", b""),
            (b"\r\n", b""),
        ] {
            let line = first_line(file).unwrap();
            assert_eq!(line.expose_secret(), password);
        }
        assert!(first_line(b"").is_err());
    }

    #[test]
    fn occurrences_in_captured_text() {
        let all = Candidates::new(vec![named("a", None)]);
        assert_eq!(all.occurrences(b"my secret, secret"), [3..9, 11..17]);
        assert!(all.occurrences(b"Secret").is_empty());
    }
}
