//! The bytes of a field as it stood on the wire.

use std::fmt;
use std::ops::Deref;

use smallvec::SmallVec;

/// As long as most fields of a login: names, versions, salts, and responses of up to 32 bytes.
const USUAL: usize = 32;

/// Bytes of a field. Those of most stand in place: a login has a dozen such fields, and what is made in one thread
/// and let go in another costs most by the number of its pieces.
#[derive(Default, Eq, Hash)]
pub struct FieldBytes(SmallVec<[u8; USUAL]>);

impl FieldBytes {
    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Adds these behind them.
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

impl Deref for FieldBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for FieldBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// At once, where the standard way is byte by byte.
impl Clone for FieldBytes {
    fn clone(&self) -> Self {
        self.as_slice().into()
    }
}

impl From<&[u8]> for FieldBytes {
    fn from(bytes: &[u8]) -> Self {
        Self(SmallVec::from_slice(bytes))
    }
}

impl<const N: usize> From<&[u8; N]> for FieldBytes {
    fn from(bytes: &[u8; N]) -> Self {
        bytes.as_slice().into()
    }
}

impl<const N: usize> From<[u8; N]> for FieldBytes {
    fn from(bytes: [u8; N]) -> Self {
        bytes.as_slice().into()
    }
}

impl From<Vec<u8>> for FieldBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<FieldBytes> for Vec<u8> {
    fn from(bytes: FieldBytes) -> Self {
        bytes.0.into_vec()
    }
}

impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for FieldBytes {
    fn eq(&self, other: &T) -> bool {
        self.as_slice() == other.as_ref()
    }
}

impl fmt::Debug for FieldBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_place_or_not_they_are_the_bytes() {
        let all: Vec<u8> = (0..70).collect();
        for length in [0, 1, USUAL - 1, USUAL, USUAL + 1, all.len()] {
            let (bytes, rest) = all.split_at(length);
            let field = FieldBytes::from(bytes);
            assert_eq!(field.as_slice(), bytes);
            assert_eq!(field, FieldBytes::from(bytes.to_vec()));
            assert_eq!(format!("{field:?}"), format!("{bytes:?}"));
            let mut longer = field.clone();
            longer.extend_from_slice(rest);
            assert_eq!(Vec::from(longer), all);
            assert_eq!(Vec::from(field), bytes);
        }
    }
}
