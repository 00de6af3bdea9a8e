//! One form of one password, with the hashes that the formulas need of it computed once.

use std::sync::OnceLock;

use secrecy::{ExposeSecret, SecretSlice};

use super::schemes::{caching_sha2, native};
use super::verdict::PasswordForm;

/// One form of a password. What is derived from it is computed at first use and wiped when dropped.
pub struct Prepared {
    /// What was done to the candidate.
    pub form: PasswordForm,
    bytes: SecretSlice<u8>,
    native: OnceLock<native::Stages>,
    caching_sha2: OnceLock<caching_sha2::Stages>,
}

impl Prepared {
    pub(crate) const fn new(form: PasswordForm, bytes: SecretSlice<u8>) -> Self {
        Self {
            form,
            bytes,
            native: OnceLock::new(),
            caching_sha2: OnceLock::new(),
        }
    }

    /// The user's name in place of the password; `None` for an empty name.
    pub(crate) fn user_name(user: &[u8]) -> Option<Self> {
        let bytes = SecretSlice::from(user.to_vec());
        (!user.is_empty()).then(|| Self::new(PasswordForm::UserName, bytes))
    }

    /// The bytes that the client would have used.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.expose_secret()
    }

    /// Whether it is the empty password put through a formula that has no place for it.
    pub(crate) fn is_forced_empty(&self) -> bool {
        self.form == PasswordForm::Empty
    }

    /// For mysql_native_password.
    pub(crate) fn native(&self) -> &native::Stages {
        self.native
            .get_or_init(|| native::Stages::new(self.bytes()))
    }

    /// For caching_sha2_password.
    pub(crate) fn caching_sha2(&self) -> &caching_sha2::Stages {
        self.caching_sha2
            .get_or_init(|| caching_sha2::Stages::new(self.bytes()))
    }
}
