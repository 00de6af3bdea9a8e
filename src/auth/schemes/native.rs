//! `mysql_native_password`.
//!
//! ```text
//! response (20) = SHA1(password) XOR SHA1(salt ‖ SHA1(SHA1(password)))
//! ```
//!
//! The empty password is answered with nothing. The server stores `*` and the hex of
//! SHA1(SHA1(password)), which is enough to check a response. Source: "Native Authentication" in
//! the MySQL Source Code Documentation (`sql/auth/sql_authentication.cc`, `sql/auth/password.cc`).

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::short::sha1;
use super::xor;

/// The two hashes of a password that the formula needs, wiped when dropped.
pub struct Stages {
    once: Zeroizing<[u8; 20]>,
    twice: Zeroizing<[u8; 20]>,
}

impl Stages {
    /// Hashes the password once and twice.
    #[must_use]
    pub fn new(password: &[u8]) -> Self {
        let once: Zeroizing<[u8; 20]> = Zeroizing::new(Sha1::digest(password).into());
        let twice = Zeroizing::new(Sha1::digest(once.as_slice()).into());
        Self { once, twice }
    }

    /// SHA1(SHA1(password)), what `mysql.user` holds.
    #[must_use]
    pub fn stored(&self) -> &[u8; 20] {
        &self.twice
    }

    /// The response as the plugin prescribes it.
    #[must_use]
    pub fn response(&self, salt: &[u8]) -> [u8; 20] {
        xor(sha1(salt, self.twice.as_slice()), &self.once)
    }

    /// With salt and hash in the wrong order: SHA1(password) XOR SHA1(SHA1(SHA1(password)) ‖ salt).
    #[must_use]
    pub fn response_reversed(&self, salt: &[u8]) -> [u8; 20] {
        xor(sha1(self.twice.as_slice(), salt), &self.once)
    }

    /// With the inner hash taken once only: SHA1(password) XOR SHA1(salt ‖ SHA1(password)).
    #[must_use]
    pub fn response_single_hash(&self, salt: &[u8]) -> [u8; 20] {
        xor(sha1(salt, self.once.as_slice()), &self.once)
    }
}

/// Whether whoever made `response` knew a password whose stored hash is `stored`:
/// SHA1(response XOR SHA1(salt ‖ stored)) = stored.
#[must_use]
pub fn proves(response: [u8; 20], salt: &[u8], stored: &[u8; 20]) -> bool {
    unmasked_is(response, &sha1(salt, stored), stored)
}

/// The same for the wrong order of salt and hash.
#[must_use]
pub fn proves_reversed(response: [u8; 20], salt: &[u8], stored: &[u8; 20]) -> bool {
    unmasked_is(response, &sha1(stored, salt), stored)
}

fn unmasked_is(response: [u8; 20], mask: &[u8; 20], stored: &[u8; 20]) -> bool {
    let once = Zeroizing::new(xor(response, mask));
    Sha1::digest(once.as_slice()).ct_eq(stored).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::schemes::known::{PASSWORD, SALT_21, hex, salt_20};

    #[test]
    fn known_answers() {
        let stages = Stages::new(PASSWORD);
        for (salt, response) in [
            (salt_20(), "5e3c6af6afee628c006b183c7a9f093b56dd0fb0"),
            (SALT_21, "f8c5643654bf441eda49741560c726d71d2466da"),
            (&SALT_21[..8], "e439c47a27f8d986b3e25aff4e904df7abfd1fb3"),
        ] {
            assert_eq!(stages.response(salt).as_slice(), hex(response));
        }
        let stored = hex("14e65567abdb5135d0cfd9a70b3032c179a49ee7");
        assert_eq!(stages.stored().as_slice(), stored);
    }

    #[test]
    fn the_stored_hash_alone_checks_a_response() {
        let stages = Stages::new(PASSWORD);
        let response = stages.response(salt_20());
        assert!(proves(response, salt_20(), stages.stored()));
        assert!(!proves(response, SALT_21, stages.stored()));
        assert!(!proves(response, salt_20(), Stages::new(b"other").stored()));
        let reversed = stages.response_reversed(salt_20());
        assert!(proves_reversed(reversed, salt_20(), stages.stored()));
        assert!(!proves(reversed, salt_20(), stages.stored()));
    }
}
