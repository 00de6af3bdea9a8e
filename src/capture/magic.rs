//! What a file is, from its first bytes.
//!
//! Owns the magic numbers of what is read and of what is only named. Does not read: it looks at the
//! bytes [`CaptureReader::open`](super::CaptureReader::open) has.
//!
//! Sources: draft-ietf-opsawg-pcap (section 4) and draft-ietf-opsawg-pcapng (section 4.1) for the two
//! formats; RFC 1952, RFC 8878, the LZ4 frame and .xz format descriptions for the compressions; the
//! headers of Wireshark's wiretap for the kinds that are only named; for event traces the structures
//! `WMI_BUFFER_HEADER` and `SYSTEM_TRACE_HEADER` of the Windows SDK.

use super::{CaptureError, Compression, Format};

/// A kind of file that is known and not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Foreign {
    /// pcap with Alexey Kuznetzov's longer record header.
    ModifiedPcap,
    /// pcap as IXIA's hardware and software write it.
    Ixia,
    /// Solaris snoop.
    Snoop,
    /// Windows event trace (`netsh trace`, `pktmon`).
    EventTrace,
    /// Microsoft Network Monitor.
    NetworkMonitor,
    /// Network General Sniffer.
    Sniffer,
    /// Sniffer for Windows, before that `NetXRay`.
    NetXray,
    /// AIX iptrace.
    IpTrace,
    /// Bluetooth HCI snoop.
    BtSnoop,
    /// Tektronix K12 text.
    K12Text,
    /// bzip2.
    Bzip2,
    /// ZIP.
    Zip,
}

impl Foreign {
    /// What it is, with its article.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ModifiedPcap => "a \"modified\" pcap file (Kuznetzov's patch of libpcap)",
            Self::Ixia => "an IXIA pcap file",
            Self::Snoop => "a Solaris snoop file",
            Self::EventTrace => "a Windows event trace (.etl)",
            Self::NetworkMonitor => "a Microsoft Network Monitor file",
            Self::Sniffer => "a Network General Sniffer file",
            Self::NetXray => "a NetXRay file",
            Self::IpTrace => "an AIX iptrace file",
            Self::BtSnoop => "a Bluetooth snoop file",
            Self::K12Text => "a K12 text file",
            Self::Bzip2 => "compressed with bzip2",
            Self::Zip => "a ZIP archive",
        }
    }

    /// What to do with it.
    #[must_use]
    pub const fn way_out(self) -> &'static str {
        match self {
            Self::EventTrace => "convert it: etl2pcapng FILE OUT.pcapng",
            Self::Bzip2 => "unpack it first: bzip2 -dc FILE | unscramble scan -",
            Self::Zip => "unpack it first: unzip -p FILE | unscramble scan -",
            _ => "convert it: editcap -F pcapng FILE OUT.pcapng",
        }
    }

    /// Whether it is a container that may hold anything, rather than a capture.
    #[must_use]
    pub const fn is_archive(self) -> bool {
        matches!(self, Self::Bzip2 | Self::Zip)
    }
}

/// First bytes that settle it alone.
const FOREIGN: &[(&[u8], Foreign)] = &[
    (&[0x34, 0xcd, 0xb2, 0xa1], Foreign::ModifiedPcap),
    (&[0xa1, 0xb2, 0xcd, 0x34], Foreign::ModifiedPcap),
    (&[0x1c, 0x00, 0x01, 0xac], Foreign::Ixia),
    (&[0xac, 0x01, 0x00, 0x1c], Foreign::Ixia),
    (&[0x1c, 0x00, 0x01, 0xab], Foreign::Ixia),
    (&[0xab, 0x01, 0x00, 0x1c], Foreign::Ixia),
    (b"snoop\0\0\0", Foreign::Snoop),
    (b"RTSS", Foreign::NetworkMonitor),
    (b"GMBU", Foreign::NetworkMonitor),
    (b"TRSNIFF data    \x1a", Foreign::Sniffer),
    (b"XCP\0", Foreign::NetXray),
    (b"iptrace 1.0", Foreign::IpTrace),
    (b"iptrace 2.0", Foreign::IpTrace),
    (b"btsnoop\0", Foreign::BtSnoop),
    (b"+---------+---------------+----------+", Foreign::K12Text),
    (b"BZh", Foreign::Bzip2),
    (b"PK\x03\x04", Foreign::Zip),
];

/// First bytes of the compressions.
const COMPRESSED: &[(&[u8], Compression)] = &[
    (&[0x1f, 0x8b], Compression::Gzip),
    (&[0x28, 0xb5, 0x2f, 0xfd], Compression::Zstd),
    (&[0x04, 0x22, 0x4d, 0x18], Compression::Lz4),
    // and 'Z', 0 behind it: four bytes tell it from all else
    (&[0xfd, b'7', b'z', b'X'], Compression::Xz),
];

/// The compression that begins with these bytes.
#[must_use]
pub(super) fn compression(head: [u8; 4]) -> Option<Compression> {
    let found = COMPRESSED.iter().find(|(magic, _)| head.starts_with(magic));
    found.map(|(_, compression)| *compression)
}

/// Whether this is the magic of a skippable frame, which zstd and lz4 share (`0x184D2A50` to `…5F`).
#[must_use]
pub(super) const fn is_skippable(head: [u8; 4]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18])
}

/// The format, if the first four bytes are the magic number of one that is read. A pcapng file is only
/// likely by then: its byte-order magic follows 8 bytes in, and is checked with its header.
#[must_use]
pub(super) fn format(magic: [u8; 4]) -> Option<Format> {
    match magic {
        // 0xa1b2c3d4 for microseconds, 0xa1b23c4d for nanoseconds, in either byte order
        [0xd4, 0xc3, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0xc3, 0xd4]
        | [0x4d, 0x3c, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0x3c, 0x4d] => Some(Format::Pcap),
        [0x0a, 0x0d, 0x0d, 0x0a] => Some(Format::PcapNg),
        _ => None,
    }
}

/// What a file is that is none of the formats that are read.
#[must_use]
pub(super) fn not_a_capture(head: &[u8]) -> CaptureError {
    if head.is_empty() {
        return CaptureError::Empty;
    }
    if let Some((_, compression)) = COMPRESSED.iter().find(|(magic, _)| head.starts_with(magic)) {
        return CaptureError::Compressed(*compression);
    }
    if let Some((_, kind)) = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)) {
        return CaptureError::Foreign(*kind);
    }
    if is_event_trace(head) {
        return CaptureError::Foreign(Foreign::EventTrace);
    }
    if is_text(head) {
        return CaptureError::Text;
    }
    CaptureError::NotACapture
}

/// An event trace has no magic number. It begins with a buffer, and that with a system event:
///
/// | offset | size | field |
/// |---|---|---|
/// | 0 | 4 | size of the buffer in bytes, little endian: a power of two |
/// | 72 | 2 | version of the event's header |
/// | 74 | 1 | type of the header: 1 (32 bit) or 2 (64 bit system event) |
/// | 75 | 1 | marker: `0xc0` |
fn is_event_trace(head: &[u8]) -> bool {
    let buffer = head.first_chunk().map(|b| u32::from_le_bytes(*b));
    buffer.is_some_and(|len| len.is_power_of_two() && (1024..=16 << 20).contains(&len))
        && matches!(head.get(74..76), Some([1 | 2, 0xc0]))
}

/// Whether the beginning reads as text: UTF-8 (cut anywhere) without control characters.
fn is_text(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(text) => text,
        // a character cut at the end of what was looked at is no fault
        Err(e) if e.error_len().is_none() => {
            let valid = head.get(..e.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !whole.is_empty()
        && whole
            .chars()
            .all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\x0c' | '\x1b'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event_trace() -> Vec<u8> {
        let mut head = vec![0; 200];
        head[..4].copy_from_slice(&0x0001_0000_u32.to_le_bytes());
        head[72..76].copy_from_slice(&[2, 0, 2, 0xc0]);
        head
    }

    #[test]
    fn the_four_magics_of_pcap_and_that_of_pcapng() {
        for (magic, expected) in [
            (0xa1b2_c3d4_u32.to_le_bytes(), Some(Format::Pcap)),
            (0xa1b2_c3d4_u32.to_be_bytes(), Some(Format::Pcap)),
            (0xa1b2_3c4d_u32.to_le_bytes(), Some(Format::Pcap)),
            (0xa1b2_3c4d_u32.to_be_bytes(), Some(Format::Pcap)),
            (0x0a0d_0d0a_u32.to_le_bytes(), Some(Format::PcapNg)),
            (0xa1b2_cd34_u32.to_le_bytes(), None),
        ] {
            assert_eq!(format(magic), expected, "{magic:02x?}");
        }
    }

    #[test]
    fn what_is_no_capture_is_named() {
        let trace = event_trace();
        let table: [(&[u8], &str); 12] = [
            (b"", "the file is empty"),
            (
                &[0x34, 0xcd, 0xb2, 0xa1, 2, 0, 4, 0],
                "this is a \"modified\" pcap file",
            ),
            (
                b"snoop\0\0\0\0\0\0\x02\0\0\0\x04",
                "this is a Solaris snoop file; convert it: editcap",
            ),
            (
                &trace,
                "this is a Windows event trace (.etl); convert it: etl2pcapng",
            ),
            (b"GMBU\0\x02", "this is a Microsoft Network Monitor file"),
            (
                b"\x1f\x8b\x08\0",
                "this is compressed twice, inside with gzip; unpack it first: gzip -dc",
            ),
            (
                b"\xfd7zXZ\0\0",
                "this is compressed twice, inside with xz; unpack it first: xz -dc",
            ),
            (
                b"BZh91AY",
                "this is compressed with bzip2; unpack it first: bzip2 -dc",
            ),
            (b"PK\x03\x04\x14", "this is a ZIP archive"),
            (
                b"12:00:01.5 IP 10.0.0.1.3306 > 10.0.0.2.40000: Flags [P.]\n",
                "this looks like text",
            ),
            (
                "gr\u{fc}\u{df}e".as_bytes().split_last().unwrap().1,
                "this looks like text",
            ),
            (
                &[0x7f, b'E', b'L', b'F', 2, 1, 1, 0],
                "this is not a packet capture",
            ),
        ];
        for (head, expected) in table {
            let message = not_a_capture(head).to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }

    #[test]
    fn no_message_holds_bytes_of_the_file() {
        assert!(
            !not_a_capture(b"password=hunter2")
                .to_string()
                .contains("hunter2")
        );
    }
}
