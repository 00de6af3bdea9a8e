//! The hashes of TLS, and HMAC over them (RFC 2104).

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384};

use super::secret::Secret;

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// MD5, in the PRF of TLS 1.0 and 1.1.
    Md5,
    /// SHA-1
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
}

impl Hash {
    /// Bytes of a digest.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    /// HMAC over the parts, one behind the other.
    pub(super) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Option<Secret> {
        match self {
            Self::Md5 => mac::<Hmac<Md5>>(key, parts),
            Self::Sha1 => mac::<Hmac<Sha1>>(key, parts),
            Self::Sha256 => mac::<Hmac<Sha256>>(key, parts),
            Self::Sha384 => mac::<Hmac<Sha384>>(key, parts),
        }
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Option<Secret> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Secret::new(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::tests::hex;

    /// RFC 2202 and RFC 4231, test case 2.
    #[test]
    fn hmac() {
        let table = [
            (Hash::Md5, "750c783e6ab0b503eaa86e310a5db738"),
            (Hash::Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (
                Hash::Sha256,
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                Hash::Sha384,
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
                 8e2240ca5e69e2c78b3239ecfab21649",
            ),
        ];
        for (hash, expected) in table {
            let mac = hash.hmac(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
            assert_eq!(mac.unwrap().bytes(), hex(expected));
            assert_eq!(hash.size() * 2, expected.len());
        }
    }
}
