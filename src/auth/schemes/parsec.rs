//! `parsec` of MariaDB 11.6 and newer.
//!
//! ```text
//! server: 32-byte nonce      client: nothing      server: 'P' ‖ e ‖ salt (18)
//! seed = PBKDF2-HMAC-SHA512(password, salt, 1024·2^e rounds, 32 bytes)
//! response (96) = client's nonce (32) ‖ Ed25519(seed, server's nonce ‖ client's nonce)
//! ```
//!
//! Source: MariaDB `plugin/auth_parsec/server_parsec.cc`, `CC plugins/auth/parsec.c`.

use pbkdf2::pbkdf2_hmac;
use sha2::Sha512;
use zeroize::Zeroizing;

use super::ed25519::{self, Keys};

/// What the server says of the account before the client answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    /// e: the rounds are 1024·2^e.
    pub exponent: u8,
    /// The account's salt.
    pub salt: [u8; 18],
}

impl Account {
    /// Reads the server's message.
    #[must_use]
    pub fn parse(message: &[u8]) -> Option<Self> {
        let (exponent, salt) = message.strip_prefix(b"P")?.split_first()?;
        // MariaDB allows 0 to 3.
        let salt = salt.try_into().ok().filter(|_| *exponent <= 3)?;
        Some(Self {
            exponent: *exponent,
            salt,
        })
    }

    /// The rounds of key derivation.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        1024_u32 << self.exponent.min(3)
    }

    /// The key pair of a password. Slow on purpose.
    #[must_use]
    pub fn keys(&self, password: &[u8]) -> Keys {
        let mut seed = Zeroizing::new([0; 32]);
        pbkdf2_hmac::<Sha512>(password, &self.salt, self.rounds(), seed.as_mut_slice());
        Keys::new(seed.as_slice())
    }
}

/// Whether the response is what these keys sign over the server's nonce and the client's own, by the
/// deterministic rule of RFC 8032 that every known client follows. Two hashes, no arithmetic on the
/// curve unless it is.
#[must_use]
pub fn signs(keys: &Keys, server_nonce: &[u8], response: &[u8; 96]) -> bool {
    let (message, signature) = signed(server_nonce, response);
    keys.signs(&message, &signature)
}

/// Whether the response is any valid signature with these keys, one with randomness mixed in too.
/// Far dearer than [`signs`].
#[must_use]
pub fn verifies(keys: &Keys, server_nonce: &[u8], response: &[u8; 96]) -> bool {
    let (message, signature) = signed(server_nonce, response);
    ed25519::verifies(keys.public(), &message, &signature)
}

/// The signed message, and the signature.
fn signed(server_nonce: &[u8], response: &[u8; 96]) -> (Vec<u8>, [u8; 64]) {
    let (client_nonce, rest) = response.split_at(32);
    let mut signature = [0; 64];
    signature.copy_from_slice(rest);
    ([server_nonce, client_nonce].concat(), signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::schemes::known::{PASSWORD, hex};

    #[test]
    fn known_answer() {
        let message: Vec<u8> = b"P\0".iter().copied().chain(0x10..0x22).collect();
        let account = Account::parse(&message).unwrap();
        let keys = account.keys(PASSWORD);
        assert_eq!(
            keys.public().as_slice(),
            hex("7730df408ac29cb56bdb27f1c257f4cedbae52601c05488fff0245433a0f7a85")
        );
        let response = hex(
            "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa369f26367de49f396e06d38691b673a9aa2b0d1ff6004e7596d78530286ae96b27f6cd666ab20c738328938e1fc44a038008d3dc3388f6290a688fdf617bd09",
        );
        let response: [u8; 96] = response.try_into().unwrap();
        let nonce: Vec<u8> = (0..32).collect();
        for proves in [signs, verifies] {
            assert!(proves(&keys, &nonce, &response));
            assert!(!proves(&keys, &nonce[..31], &response));
            assert!(!proves(&account.keys(b"other"), &nonce, &response));
        }
    }

    #[test]
    fn other_messages_are_refused() {
        assert!(Account::parse(b"").is_none());
        assert!(Account::parse(&[b'P'; 20]).is_none(), "exponent 80");
        assert!(Account::parse(&[b'P', 0, 1, 2]).is_none());
    }
}
