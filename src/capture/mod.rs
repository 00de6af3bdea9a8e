//! From bytes to packets: capture file formats.

mod packet;

pub use packet::{Compression, Format, LinkType, Packet, PacketRef, Timestamp};
