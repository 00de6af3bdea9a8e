//! The server's private key: with the RSA key exchange it opens what its clients sent.

use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};
use zeroize::Zeroizing;

use super::secret::Secret;

/// An RSA private key. It has no `Debug`.
pub struct ServerKey(RsaPrivateKey);

/// The file holds no key that can be used. The message never repeats what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No private key in PEM form.
    #[error(
        "no private key in PEM form (`-----BEGIN PRIVATE KEY-----` or `-----BEGIN RSA PRIVATE KEY-----`)"
    )]
    NotPem,
    /// Locked with a passphrase.
    #[error(
        "the key is locked with a passphrase; unlock it with `openssl pkey -in KEY -out UNLOCKED`"
    )]
    Encrypted,
    /// Not RSA, or damaged.
    #[error("not an RSA key, or damaged")]
    NotRsa,
}

impl ServerKey {
    /// Reads a key in PEM form, PKCS #8 or PKCS #1; a certificate may stand in front of it.
    ///
    /// # Errors
    ///
    /// If there is none, or it is locked, or not RSA.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        if let Some(block) = block(text, "RSA PRIVATE KEY") {
            if block.contains("ENCRYPTED") {
                return Err(KeyError::Encrypted);
            }
            let key = RsaPrivateKey::from_pkcs1_pem(block);
            key.map(Self).map_err(|_| KeyError::NotRsa)
        } else if let Some(block) = block(text, "PRIVATE KEY") {
            let key = RsaPrivateKey::from_pkcs8_pem(block);
            key.map(Self).map_err(|_| KeyError::NotRsa)
        } else if block(text, "ENCRYPTED PRIVATE KEY").is_some() {
            Err(KeyError::Encrypted)
        } else {
            Err(KeyError::NotPem)
        }
    }

    /// The key itself, for what else is sent under it.
    pub(crate) const fn rsa(&self) -> &RsaPrivateKey {
        &self.0
    }

    /// The premaster secret out of a `ClientKeyExchange`; `None` if it is not under this key.
    pub(super) fn premaster(&self, encrypted: &[u8]) -> Option<Secret> {
        let plain = self.0.decrypt(Pkcs1v15Encrypt, encrypted).ok()?;
        let plain = Zeroizing::new(plain);
        if plain.len() != Secret::CAPACITY {
            return None;
        }
        Secret::new(&plain)
    }
}

/// The first PEM block of a kind, with its marks.
fn block<'a>(text: &'a str, kind: &str) -> Option<&'a str> {
    let (begin, end) = (
        format!("-----BEGIN {kind}-----"),
        format!("-----END {kind}-----"),
    );
    let from = text.find(&begin)?;
    let length = text.get(from..)?.find(&end)?.checked_add(end.len())?;
    text.get(from..)?.get(..length)
}
