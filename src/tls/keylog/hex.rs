//! Hexadecimal digits, as key logs write secrets.

use zeroize::Zeroizing;

use crate::tls::secret::Secret;

/// Exactly `N` bytes.
pub(super) fn fixed<const N: usize>(hex: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    decode(hex, &mut bytes)?;
    Some(bytes)
}

/// Writes bytes as digits.
pub(super) fn push(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            out.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
}

/// A secret of one of these lengths.
pub(super) fn secret_of(hex: &[u8], lengths: &[usize]) -> Option<Secret> {
    let length = hex.len().checked_div(2)?;
    let mut bytes = Zeroizing::new([0; Secret::CAPACITY]);
    let bytes = bytes
        .get_mut(..length)
        .filter(|_| lengths.contains(&length))?;
    decode(hex, bytes)?;
    Secret::new(bytes)
}

fn decode(hex: &[u8], out: &mut [u8]) -> Option<()> {
    if hex.len() != out.len().checked_mul(2)? {
        return None;
    }
    for (pair, byte) in hex.chunks_exact(2).zip(out) {
        let digit = |place: usize| char::from(*pair.get(place)?).to_digit(16);
        *byte = u8::try_from(digit(0)? << 4 | digit(1)?).ok()?;
    }
    Some(())
}
