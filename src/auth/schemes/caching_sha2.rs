//! `caching_sha2_password`: the hashed (fast) response.
//!
//! ```text
//! response (32) = SHA256(password) XOR SHA256(SHA256(SHA256(password)) ‖ salt)
//! ```
//!
//! The salt comes last, unlike in `mysql_native_password`. The empty password is answered with
//! nothing or with a single NUL. What follows on `01 04` (the password inside TLS or under RSA) is
//! in [`super::clear`] and [`super::rsa`]. Source: "`Caching_sha2_password` information" in the MySQL
//! Source Code Documentation (`sql/auth/sha2_password_common.cc`).

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::short::sha256;
use super::xor;

/// The two hashes of a password that the formula needs, wiped when dropped.
pub struct Stages {
    once: Zeroizing<[u8; 32]>,
    twice: Zeroizing<[u8; 32]>,
}

impl Stages {
    /// Hashes the password once and twice.
    #[must_use]
    pub fn new(password: &[u8]) -> Self {
        let once: Zeroizing<[u8; 32]> = Zeroizing::new(Sha256::digest(password).into());
        let twice = Zeroizing::new(Sha256::digest(once.as_slice()).into());
        Self { once, twice }
    }

    /// SHA256(SHA256(password)), what the server's cache holds.
    #[must_use]
    pub fn cached(&self) -> &[u8; 32] {
        &self.twice
    }

    /// The response as the plugin prescribes it.
    #[must_use]
    pub fn response(&self, salt: &[u8]) -> [u8; 32] {
        xor(sha256(self.twice.as_slice(), salt), &self.once)
    }

    /// With salt and hash in the wrong order: SHA256(password) XOR SHA256(salt ‖ SHA256(SHA256(password))).
    #[must_use]
    pub fn response_reversed(&self, salt: &[u8]) -> [u8; 32] {
        xor(sha256(salt, self.twice.as_slice()), &self.once)
    }

    /// With the inner hash taken once only: SHA256(password) XOR SHA256(SHA256(password) ‖ salt).
    #[must_use]
    pub fn response_single_hash(&self, salt: &[u8]) -> [u8; 32] {
        xor(sha256(self.once.as_slice(), salt), &self.once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::schemes::known::{PASSWORD, SALT_21, hex, salt_20};

    #[test]
    fn known_answers() {
        let stages = Stages::new(PASSWORD);
        assert_eq!(
            stages.response(salt_20()).as_slice(),
            hex("7d925f88e29026cd45eec0caa37e63487697df8c1d9552f57d17dfd6b4ec7253")
        );
        assert_eq!(
            stages.response(SALT_21).as_slice(),
            hex("2e6404fe23cfc68cfac2a01d8608199819298fe2023400e43c81065f76b7170c")
        );
        assert_eq!(
            stages.response_reversed(salt_20()).as_slice(),
            hex("d9f4de42e2beb693ef54d9810b4e968b305b28ce138b98b5211be537e9ac4253")
        );
        assert_eq!(
            stages.response_reversed(SALT_21).as_slice(),
            hex("c98c2eba58b5f7a6b3b073e9c7f54a116070ff2539861734fc259bc26cc93f1b")
        );
        assert_eq!(
            stages.cached().as_slice(),
            hex("3881219d087dd9c634373fd33dfa33a2cb6bfc6c520b64b8bb60ef2ceb534ae7")
        );
    }

    /// go-sql-driver/mysql `auth_test.go`, `TestScrambleSHA256Pass`.
    #[test]
    fn answers_known_to_go_sql_driver() {
        let salt = [
            10, 47, 74, 111, 75, 73, 34, 48, 88, 76, 114, 74, 37, 13, 3, 80, 82, 2, 23, 21,
        ];
        assert_eq!(
            Stages::new(b"secret").response(&salt).as_slice(),
            hex("f490e76f66d9d86665ce54d98c78d0acfe2fb0b08b423da807144873d30b312c")
        );
    }
}
