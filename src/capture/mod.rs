//! From bytes to packets: capture file formats.
//!
//! Owns classic pcap and pcapng (which [`PcapNgWriter`] also writes), streamed from any source, with the packet numbers of Wireshark's
//! `frame.number`; names what it does not read, with the way out. Does not look into packets: that is
//! [`net`](crate::net). The analysis calls [`CaptureReader::next_packet`].
//!
//! ```text
//! source, read ahead of or not ──► compression ──► buffer ──► pcap | pcapng ──► reader ──► Packet
//! ```

mod buffer;
mod compression;
mod error;
mod link_type;
mod magic;
mod packet;
mod pcap;
mod pcapng;
mod reader;
mod source;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests;
mod writer;

pub use compression::UnpackError;
pub use error::CaptureError;
pub use link_type::LinkType;
pub use magic::Foreign;
pub use packet::{Compression, Format, Packet, PacketRef, Timestamp};
pub use reader::CaptureReader;
pub use source::{Ahead, ReadAhead, Source, read_ahead};
pub use writer::{Interface, PcapNgWriter};
