//! A secret of a session: overwritten when dropped, never printed.

use zeroize::Zeroize;

/// Up to 48 bytes: a master secret, a traffic secret, a digest on the way to one. It has no `Debug`.
#[derive(Clone)]
pub(super) struct Secret {
    bytes: [u8; Self::CAPACITY],
    length: u8,
}

impl Secret {
    /// As long as a master secret or a SHA-384 digest.
    pub const CAPACITY: usize = 48;

    /// `None` if the bytes are too many.
    pub fn new(from: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::CAPACITY];
        bytes.get_mut(..from.len())?.copy_from_slice(from);
        let length = u8::try_from(from.len()).ok()?;
        Some(Self { bytes, length })
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}
