//! Why a capture cannot be read, or not any further.
//!
//! Owns the wording, with the way out where there is one. No message holds a byte of the file.
//! Made by [`CaptureReader`](super::CaptureReader); read by the scan, which skips what is no capture
//! in a folder and reports what failed.

use std::io;

use super::{Compression, Foreign, Format, UnpackError};

/// Why a capture cannot be read, or not any further. The packets before it stay analysed.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The system could not read the source.
    #[error("reading failed at byte {offset}")]
    Io {
        /// Bytes that were read before.
        offset: u64,
        /// What the system said.
        source: io::Error,
    },
    /// It cannot be unpacked, or not any further.
    #[error(transparent)]
    Unpack(UnpackError),
    /// The compressed data ends before there is anything of a capture in it.
    #[error("the compressed data is cut: nothing of a capture can be unpacked")]
    CompressedCut,
    /// There is not one byte in it.
    #[error("the file is empty")]
    Empty,
    /// It looks like text.
    #[error(
        "this looks like text, not a capture; if it is what tcpdump printed, record again with -w FILE"
    )]
    Text,
    /// It is compressed, and once more inside.
    #[error("this is compressed twice, inside with {}; unpack it first: {} FILE | unscramble scan -", .0.name(), .0.unpacker())]
    Compressed(Compression),
    /// It is of a kind that is known and not read.
    #[error("this is {}; {}", .0.name(), .0.way_out())]
    Foreign(Foreign),
    /// Nothing that is known.
    #[error("this is not a packet capture: neither pcap nor pcapng")]
    NotACapture,
    /// The file ends within its own header.
    #[error("the capture ends within its file header: there is no packet in it")]
    HeaderCut(Format),
    /// A version of the format that has another layout.
    #[error("the capture has version {major}.{minor} of its format, which is not known")]
    Version {
        /// Major version.
        major: u16,
        /// Minor version.
        minor: u16,
    },
    /// A length field that cannot be right.
    #[error(
        "damaged after packet {packet}, at byte {offset}: a record claims {len} bytes, more than any packet has"
    )]
    RecordTooLong {
        /// The last packet that was read; 0 for none.
        packet: u64,
        /// Where the record begins in the file.
        offset: u64,
        /// The length it claims.
        len: u32,
    },
    /// A block that contradicts itself.
    #[error("damaged after packet {packet}, at byte {offset}: {what}")]
    Damaged {
        /// The last packet that was read; 0 for none.
        packet: u64,
        /// Where the block begins in the file.
        offset: u64,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl CaptureError {
    /// What reading failed with; an error of unpacking travels inside one of reading.
    pub(super) fn reading(offset: u64, source: io::Error) -> Self {
        match source.downcast::<UnpackError>() {
            Ok(unpack) => Self::Unpack(unpack),
            Err(source) => Self::Io { offset, source },
        }
    }

    /// Whether this is simply no capture, so that a scan of a folder skips and counts it. Otherwise it is a
    /// capture that failed, which must be reported, as must a capture of a kind that is not read.
    #[must_use]
    pub fn is_not_a_capture(&self) -> bool {
        match self {
            Self::Empty | Self::Text | Self::Compressed(_) | Self::NotACapture => true,
            Self::Foreign(kind) => kind.is_archive(),
            Self::Io { .. }
            | Self::Unpack(_)
            | Self::CompressedCut
            | Self::HeaderCut(_)
            | Self::Version { .. }
            | Self::RecordTooLong { .. }
            | Self::Damaged { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_way_out() {
        let table = [
            (CaptureError::Empty, "the file is empty"),
            (
                CaptureError::Compressed(Compression::Gzip),
                "this is compressed twice, inside with gzip; unpack it first: gzip -dc FILE | unscramble scan -",
            ),
            (
                CaptureError::Foreign(Foreign::Snoop),
                "this is a Solaris snoop file; convert it: editcap -F pcapng FILE OUT.pcapng",
            ),
            (
                CaptureError::Damaged {
                    packet: 7,
                    offset: 1234,
                    what: "its two lengths differ",
                },
                "damaged after packet 7, at byte 1234: its two lengths differ",
            ),
        ];
        for (error, message) in table {
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn a_folder_skips_what_is_no_capture_and_reports_what_failed() {
        assert!(CaptureError::Text.is_not_a_capture());
        assert!(CaptureError::Compressed(Compression::Xz).is_not_a_capture());
        assert!(CaptureError::Foreign(Foreign::Zip).is_not_a_capture());
        assert!(!CaptureError::Foreign(Foreign::EventTrace).is_not_a_capture());
        assert!(!CaptureError::HeaderCut(Format::Pcap).is_not_a_capture());
    }
}
