//! One captured packet, where it stands, and when it was seen.

use super::LinkType;

/// Nanoseconds since 1970-01-01T00:00:00Z, as the capture says; negative before 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A time stamp from nanoseconds since the epoch.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the epoch.
    #[must_use]
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Nanoseconds from `earlier` to `self`; negative if the capture runs backwards.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A packet's place in its capture: every fact carries one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketRef {
    /// Counts from 1, as Wireshark's `frame.number`.
    pub number: u64,
    /// When it was captured; `None` where the format has no time (a Simple Packet Block).
    pub time: Option<Timestamp>,
}

/// One packet as the capture holds it, borrowed from the reader's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Its number and time.
    pub at: PacketRef,
    /// What kind of header `data` begins with.
    pub link: LinkType,
    /// Its length on the wire, in bytes; more than `data` where the snaplen cut it.
    pub original_len: u32,
    /// The captured bytes, link header first.
    pub data: &'a [u8],
}

/// A capture file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Classic pcap.
    Pcap,
    /// pcapng.
    PcapNg,
}

/// A compression around a capture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// gzip (RFC 1952)
    Gzip,
    /// Zstandard (RFC 8878)
    Zstd,
    /// LZ4 frames
    Lz4,
    /// xz
    Xz,
}

impl Compression {
    /// Its usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "Zstandard",
            Self::Lz4 => "LZ4",
            Self::Xz => "xz",
        }
    }

    /// The command that unpacks it to standard output.
    #[must_use]
    pub const fn unpacker(self) -> &'static str {
        match self {
            Self::Gzip => "gzip -dc",
            Self::Zstd => "zstd -dc",
            Self::Lz4 => "lz4 -dc",
            Self::Xz => "xz -dc",
        }
    }
}
