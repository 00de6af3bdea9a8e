//! From a record's length to that of its content.
//!
//! | | around the content |
//! |---|---|
//! | TLS 1.3 | tag, 1 byte of type (and padding, which nobody in this field uses) |
//! | TLS 1.2, GCM and CCM | 8 bytes of nonce, tag |
//! | TLS 1.2, ChaCha20 | tag |
//! | CBC | IV from TLS 1.1 on, MAC, 1 to 16 bytes of padding, in whichever order of MAC and encryption |

use crate::tls::suite::{AeadKind, Bulk, Parameters};
use crate::tls::wire::version::Version;

const BLOCK: usize = 16;

/// A number of bytes, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// At least.
    pub least: usize,
    /// At most.
    pub most: usize,
}

impl Size {
    /// Whether it may be this many.
    #[must_use]
    pub const fn may_be(self, size: usize) -> bool {
        self.least <= size && size <= self.most
    }

    /// Whether it may be one from `least` to `most`.
    #[must_use]
    pub const fn may_lie_in(self, least: usize, most: usize) -> bool {
        self.least <= most && least <= self.most
    }

    /// The number, if there is but one.
    #[must_use]
    pub const fn exact(self) -> Option<usize> {
        if self.least == self.most {
            Some(self.least)
        } else {
            None
        }
    }
}

/// The size of the content of a record of `length` bytes behind its header; `None` if no record of
/// this protection is so short.
pub(super) fn content(version: Version, parameters: Parameters, length: usize) -> Option<Size> {
    match parameters.bulk {
        Bulk::Aead(kind) => {
            let beside = match kind {
                _ if version == Version::TLS13 => 1,
                AeadKind::ChaCha20Poly1305 => 0,
                _ => 8_usize,
            };
            let size = length.checked_sub(beside)?.checked_sub(kind.tag_size())?;
            Some(Size {
                least: size,
                most: size,
            })
        }
        Bulk::Cbc { mac, .. } => {
            let iv = if version == Version::TLS10 { 0 } else { BLOCK };
            let padded = length.checked_sub(iv)?.checked_sub(mac.size())?;
            Some(Size {
                least: padded.saturating_sub(BLOCK),
                most: padded.checked_sub(1)?,
            })
        }
    }
}
