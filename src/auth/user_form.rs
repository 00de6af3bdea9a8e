//! The hypothesis that a user's name was sent in place of the password.
//!
//! Owns when that is tried. Most logins are explained before, and nothing is prepared for them.

use std::cell::OnceCell;

use secrecy::SecretSlice;

use super::candidate::Candidate;
use super::prepared::Prepared;
use super::verdict::PasswordForm;

/// The user's name in place of the password, prepared when that is tried first.
pub(crate) struct UserForm<'u> {
    user: &'u [u8],
    prepared: OnceCell<Prepared>,
}

impl<'u> UserForm<'u> {
    pub(crate) fn of(user: Option<&'u [u8]>) -> Self {
        Self {
            user: user.unwrap_or_default(),
            prepared: OnceCell::new(),
        }
    }

    /// In place of this candidate; none in place of the empty one, and none of an empty name.
    pub(crate) fn instead_of(&self, candidate: &Candidate) -> Option<&Prepared> {
        if self.user.is_empty() || candidate.is_empty() {
            return None;
        }
        Some(self.prepared.get_or_init(|| {
            let bytes = SecretSlice::from(self.user.to_vec());
            Prepared::new(PasswordForm::UserName, bytes)
        }))
    }
}
