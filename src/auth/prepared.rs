//! One form of one password, with the hashes that the formulas need of it computed once.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use secrecy::{ExposeSecret, SecretSlice};

use super::schemes::{caching_sha2, ed25519, native, old_password, parsec};
use super::verdict::PasswordForm;
use crate::limits;

/// One form of a password. What is derived from it is computed at first use and wiped when dropped.
pub struct Prepared {
    /// What was done to the candidate.
    pub form: PasswordForm,
    bytes: SecretSlice<u8>,
    native: OnceLock<native::Stages>,
    caching_sha2: OnceLock<caching_sha2::Stages>,
    old: OnceLock<old_password::Hashed>,
    ed25519: OnceLock<ed25519::Keys>,
    parsec: Mutex<Vec<(parsec::Account, Arc<ed25519::Keys>)>>,
}

impl Prepared {
    pub(crate) const fn new(form: PasswordForm, bytes: SecretSlice<u8>) -> Self {
        Self {
            form,
            bytes,
            native: OnceLock::new(),
            caching_sha2: OnceLock::new(),
            old: OnceLock::new(),
            ed25519: OnceLock::new(),
            parsec: Mutex::new(Vec::new()),
        }
    }

    /// The bytes that the client would have used.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.expose_secret()
    }

    /// Whether it is the empty password put through a formula that has no place for it.
    pub(crate) fn is_forced_empty(&self) -> bool {
        self.form == PasswordForm::Empty
    }

    /// For `mysql_native_password`.
    pub(crate) fn native(&self) -> &native::Stages {
        self.native
            .get_or_init(|| native::Stages::new(self.bytes()))
    }

    /// For `caching_sha2_password`.
    pub(crate) fn caching_sha2(&self) -> &caching_sha2::Stages {
        self.caching_sha2
            .get_or_init(|| caching_sha2::Stages::new(self.bytes()))
    }

    /// For `mysql_old_password`.
    pub(crate) fn old(&self) -> &old_password::Hashed {
        self.old
            .get_or_init(|| old_password::Hashed::new(self.bytes()))
    }

    /// For `client_ed25519`.
    pub(crate) fn ed25519(&self) -> &ed25519::Keys {
        self.ed25519
            .get_or_init(|| ed25519::Keys::new(self.bytes()))
    }

    /// For parsec: derived once for each account's salt and number of rounds. When many accounts
    /// were seen, the oldest is forgotten.
    pub(crate) fn parsec(&self, account: &parsec::Account) -> Arc<ed25519::Keys> {
        // Only whole entries are ever in the list, so that it is sound after a panic too.
        let mut known = self.parsec.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, keys)) = known.iter().find(|(of, _)| of == account) {
            return Arc::clone(keys);
        }
        let keys = Arc::new(account.keys(self.bytes()));
        if known.len() >= limits::DERIVED_KEYS {
            known.remove(0);
        }
        known.push((*account, Arc::clone(&keys)));
        keys
    }
}
