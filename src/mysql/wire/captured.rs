//! Bytes of one field as far as the capture holds them.
//!
//! Not a wire structure of its own: what every field of a known length (or one that runs to the
//! end of its message) comes back as, because the snaplen may cut through it.

use super::field::{Broken, Step, bytes_of};
use crate::mysql::wire::field_bytes::FieldBytes;

/// The bytes of a field, and how many more it had.
#[derive(Clone, Debug, PartialEq, Eq, Default, Hash)]
pub struct Captured {
    /// The bytes that the capture holds.
    pub bytes: FieldBytes,
    /// How many bytes of the field lie behind them, uncaptured.
    pub missing: u64,
}

impl Captured {
    /// Whether all of the field is here.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.missing == 0
    }

    /// All that is left of a message, of which `missing` bytes were not captured.
    #[must_use]
    pub fn rest(bytes: &[u8], missing: u64) -> Self {
        let bytes = bytes.into();
        Self { bytes, missing }
    }
}

/// A field of `length` bytes in a message that lacks its last `missing` bytes.
pub(super) fn captured<'a>(
    field: &'static str,
    length: u64,
    missing: u64,
    input: &'a [u8],
) -> Step<'a, Captured> {
    let lacking = length.saturating_sub(input.len() as u64);
    if lacking > missing {
        return Err(Broken::short(input, field, length));
    }
    let here = usize::try_from(length).map_or(input.len(), |length| length.min(input.len()));
    let (rest, bytes) = bytes_of(field, here, input)?;
    Ok((rest, Captured::rest(bytes, lacking)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_the_cut_took() {
        let whole = captured("f", 2, 0, b"abc").unwrap();
        assert_eq!(whole, (&b"c"[..], Captured::rest(b"ab", 0)));
        let cut = captured("f", 5, 7, b"abc").unwrap();
        assert_eq!(cut, (&b""[..], Captured::rest(b"abc", 2)));
        assert!(captured("f", 5, 1, b"abc").is_err());
        assert!(captured("f", u64::MAX, 0, b"abc").is_err());
    }
}
