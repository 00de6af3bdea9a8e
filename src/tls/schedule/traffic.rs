//! From a traffic secret of TLS 1.3 to keys, and to the next secret.
//!
//! ```text
//! HKDF-Expand-Label(secret, label, "", length) =
//!     HKDF-Expand(secret, length (2) ‖ length of label (1) ‖ "tls13 " ‖ label ‖ 00, length)
//! key = …("key"),  iv = …("iv", 12),  next secret = …("traffic upd", length of a digest)
//! ```
//!
//! Source: RFC 8446 §7.1 to §7.3, RFC 5869.

use hkdf::hmac::Hmac;
use hkdf::{GenericHkdf, HmacImpl};
use sha2::{Sha256, Sha384};
use zeroize::Zeroizing;

use crate::tls::hash::Hash;
use crate::tls::secret::Secret;

/// `HKDF-Expand-Label` without a context for each label, into what stands with it; `None` if the
/// secret is too short.
pub fn expand_labels<const N: usize>(
    hash: Hash,
    secret: &[u8],
    wanted: [(&[u8], &mut [u8]); N],
) -> Option<()> {
    match hash {
        Hash::Sha256 => expand::<Hmac<Sha256>, N>(secret, wanted),
        Hash::Sha384 => expand::<Hmac<Sha384>, N>(secret, wanted),
        Hash::Md5 | Hash::Sha1 => None,
    }
}

fn expand<H: HmacImpl, const N: usize>(
    secret: &[u8],
    wanted: [(&[u8], &mut [u8]); N],
) -> Option<()> {
    let hkdf = GenericHkdf::<H>::from_prk(secret).ok()?;
    for (label, out) in wanted {
        let length = u16::try_from(out.len()).ok()?.to_be_bytes();
        let label_length = u8::try_from(label.len()).ok()?.checked_add(6)?;
        let info: [&[u8]; 5] = [&length, &[label_length], b"tls13 ", label, &[0]];
        hkdf.expand_multi_info(&info, out).ok()?;
    }
    Some(())
}

/// The secret behind a `KeyUpdate`.
pub fn next_secret(hash: Hash, secret: &Secret) -> Option<Secret> {
    let mut next = Zeroizing::new([0; Secret::CAPACITY]);
    let next = next.get_mut(..hash.size())?;
    expand_labels(hash, secret.bytes(), [(b"traffic upd", &mut *next)])?;
    Secret::new(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::tests::hex;

    /// RFC 8448 §3: the server's handshake traffic keys.
    #[test]
    fn rfc8448() {
        let secret = hex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
        let (mut key, mut iv) = ([0; 16], [0; 12]);
        let wanted = [(&b"key"[..], &mut key[..]), (b"iv", &mut iv)];
        expand_labels(Hash::Sha256, &secret, wanted).unwrap();
        assert_eq!(key.to_vec(), hex("3fce516009c21727d0f2e4e86ee403bc"));
        assert_eq!(iv.to_vec(), hex("5d313eb2671276ee13000b30"));
        for (hash, secret) in [(Hash::Sha256, &secret[1..]), (Hash::Sha1, &secret)] {
            assert_eq!(expand_labels(hash, secret, [(b"iv", &mut iv[..])]), None);
        }
    }

    /// RFC 5869 A.1: what the label is wrapped around.
    #[test]
    fn rfc5869() {
        let (salt, info) = (
            hex("000102030405060708090a0b0c"),
            hex("f0f1f2f3f4f5f6f7f8f9"),
        );
        let mut out = [0; 42];
        let hkdf = hkdf::Hkdf::<Sha256>::new(Some(&salt), &[0x0b; 22]);
        hkdf.expand(&info, &mut out).unwrap();
        let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf\
                        34007208d5b887185865";
        assert_eq!(out.to_vec(), hex(expected));
    }
}
