//! From a traffic secret of TLS 1.3 to keys, and to the next secret.
//!
//! ```text
//! HKDF-Expand-Label(secret, label, "", length) =
//!     HKDF-Expand(secret, length (2) ‖ length of label (1) ‖ "tls13 " ‖ label ‖ 00, length)
//! key = …("key"),  iv = …("iv", 12),  next secret = …("traffic upd", length of a digest)
//! ```
//!
//! Source: RFC 8446 §7.1 to §7.3, RFC 5869.

use hkdf::Hkdf;
use sha2::{Sha256, Sha384};
use zeroize::Zeroizing;

use crate::tls::hash::Hash;
use crate::tls::secret::Secret;

/// `HKDF-Expand-Label` without a context, into `out`; `None` if the secret is too short.
pub fn expand_label(hash: Hash, secret: &[u8], label: &[u8], out: &mut [u8]) -> Option<()> {
    let length = u16::try_from(out.len()).ok()?.to_be_bytes();
    let label_length = u8::try_from(label.len()).ok()?.checked_add(6)?;
    let info: [&[u8]; 5] = [&length, &[label_length], b"tls13 ", label, &[0]];
    match hash {
        Hash::Sha256 => Hkdf::<Sha256>::from_prk(secret)
            .ok()?
            .expand_multi_info(&info, out)
            .ok(),
        Hash::Sha384 => Hkdf::<Sha384>::from_prk(secret)
            .ok()?
            .expand_multi_info(&info, out)
            .ok(),
        Hash::Md5 | Hash::Sha1 => None,
    }
}

/// The secret behind a `KeyUpdate`.
pub fn next_secret(hash: Hash, secret: &Secret) -> Option<Secret> {
    let mut next = Zeroizing::new([0; Secret::CAPACITY]);
    let next = next.get_mut(..hash.size())?;
    expand_label(hash, secret.bytes(), b"traffic upd", next)?;
    Secret::new(next)
}
