//! The frame that every pcapng block has, and the block types (draft-ietf-opsawg-pcapng, section 3.1).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | block type |
//! | 4 | 4 | total length in bytes, this frame among them; a multiple of 4 |
//! | 8 | | body |
//! | total length - 4 | 4 | total length again |

/// Bytes of the head: type and length.
pub(super) const HEAD: usize = 8;
/// Bytes of the length at the end.
pub(super) const TRAILER: usize = 4;
/// The least total length: a frame without a body.
pub(super) const SHORTEST: u32 = 12;
/// Where the byte-order magic ends in a section header.
pub(super) const ORDER_END: usize = 12;
/// What is wrong with a block whose two lengths are not the same.
pub(super) const LENGTHS_DIFFER: &str = "the two length fields of a block differ";

/// The byte order of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    /// From the byte-order magic `0x1a2b3c4d` in a section header.
    pub(super) fn of_section(block: &[u8]) -> Option<Self> {
        match block.get(HEAD..ORDER_END)? {
            [0x4d, 0x3c, 0x2b, 0x1a] => Some(Self::Little),
            [0x1a, 0x2b, 0x3c, 0x4d] => Some(Self::Big),
            _ => None,
        }
    }

    /// Two bytes of this order.
    #[inline]
    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    /// Four bytes of this order.
    #[inline]
    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    /// A 64-bit number in two words of this order, the high one first, as time stamps are written.
    #[inline]
    pub(super) fn high_low(self, high: [u8; 4], low: [u8; 4]) -> u64 {
        (u64::from(self.u32(high)) << 32) | u64::from(self.u32(low))
    }
}

/// A block type. Unknown codes stay visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockType(pub(super) u32);

impl BlockType {
    pub(super) const SECTION_HEADER: Self = Self(0x0a0d_0d0a);
    pub(super) const INTERFACE_DESCRIPTION: Self = Self(1);
    pub(super) const OBSOLETE_PACKET: Self = Self(2);
    pub(super) const SIMPLE_PACKET: Self = Self(3);
    pub(super) const NAME_RESOLUTION: Self = Self(4);
    pub(super) const INTERFACE_STATISTICS: Self = Self(5);
    pub(super) const ENHANCED_PACKET: Self = Self(6);
    pub(super) const JOURNAL_EXPORT: Self = Self(9);
    pub(super) const DECRYPTION_SECRETS: Self = Self(10);
    pub(super) const SYSDIG_EVENT: Self = Self(0x0204);
    pub(super) const SYSDIG_EVENT_V2: Self = Self(0x0216);
    pub(super) const SYSDIG_EVENT_V2_LARGE: Self = Self(0x0221);
    pub(super) const CUSTOM: Self = Self(0x0000_0bad);
    pub(super) const CUSTOM_NOT_COPIED: Self = Self(0x4000_0bad);
    pub(super) const PROCESS_INFORMATION: Self = Self(0x8000_0001);

    /// Blocks that are no packet and that Wireshark (4.0) numbers as a frame all the same.
    pub(super) fn is_frame_without_packet(self) -> bool {
        matches!(
            self,
            Self::CUSTOM
                | Self::CUSTOM_NOT_COPIED
                | Self::JOURNAL_EXPORT
                | Self::SYSDIG_EVENT
                | Self::SYSDIG_EVENT_V2
                | Self::SYSDIG_EVENT_V2_LARGE
        )
    }

    /// Blocks that hold nothing for us, or nothing yet: decryption secrets are for TLS.
    pub(super) fn is_known(self) -> bool {
        matches!(
            self,
            Self::NAME_RESOLUTION
                | Self::INTERFACE_STATISTICS
                | Self::DECRYPTION_SECRETS
                | Self::PROCESS_INFORMATION
        )
    }
}

/// Whether the next block begins a section. Its type reads the same in both byte orders.
pub(super) fn begins_section(bytes: &[u8]) -> bool {
    bytes.starts_with(&BlockType::SECTION_HEADER.0.to_le_bytes())
}

/// The head of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockHead {
    pub(super) kind: BlockType,
    /// Total length as it stands there.
    pub(super) len: u32,
}

impl BlockHead {
    #[inline]
    pub(super) fn parse(bytes: &[u8], order: ByteOrder) -> Option<Self> {
        let ([kind, len], _) = bytes.first_chunk::<HEAD>()?.as_chunks() else {
            return None;
        };
        Some(Self {
            kind: BlockType(order.u32(*kind)),
            len: order.u32(*len),
        })
    }

    /// Bytes the block takes in the file. The length should be a multiple of 4; where it is not, the
    /// padding is there and only not counted, and that is how Wireshark reads it.
    #[inline]
    pub(super) fn padded_len(self) -> usize {
        (self.len as usize).saturating_add(3) & !3
    }

    /// Whether a block, or its end, ends in the length it began with.
    #[inline]
    pub(super) fn ends_right(self, block: &[u8], order: ByteOrder) -> bool {
        block
            .last_chunk()
            .is_some_and(|trailer| order.u32(*trailer) == self.len)
    }
}
