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
    // Whether all are digits is asked at the end: a log is as long as the sessions are many.
    let mut strange = 0;
    for (pair, byte) in hex.as_chunks::<2>().0.iter().zip(out) {
        let [high, low] = pair.map(digit);
        strange |= high | low;
        *byte = high << 4 | low & 15;
    }
    (strange < 16).then_some(())
}

/// What a digit stands for; 16 or more for what is none.
const fn digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character & 15,
        // The low half of the code of `a` and `A` is 1.
        b'a'..=b'f' | b'A'..=b'F' => (character & 15).wrapping_add(9),
        _ => u8::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_nothing_else() {
        for character in 0..=u8::MAX {
            let expected = char::from(character)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok());
            for (pair, other) in [([character, b'c'], 0x0c), ([b'c', character], 0xc0)] {
                let shift = if other == 0x0c { 4 } else { 0 };
                let byte = expected.map(|digit| [digit << shift | other]);
                assert_eq!(fixed::<1>(&pair), byte, "{pair:?}");
            }
        }
        assert_eq!(fixed::<1>(b"123"), None);
    }
}
