//! A TCP segment as it came out of its packet, and the sequence arithmetic it needs.

use std::fmt;
use std::net::IpAddr;

use super::Undecodable;
use crate::capture::PacketRef;

/// One end of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// IPv4 or IPv6 address.
    pub address: IpAddr,
    /// TCP port.
    pub port: u16,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            IpAddr::V4(v4) => write!(f, "{v4}:{}", self.port),
            IpAddr::V6(v6) => write!(f, "[{v6}]:{}", self.port),
        }
    }
}

/// A TCP sequence number. It has no order of its own (RFC 9293, section 3.4: it wraps at 2³²);
/// only the distance between two of them means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeqNum(pub u32);

impl SeqNum {
    /// How far `self` lies after `other`: negative if before. Right while the two are less than 2³¹ apart.
    #[must_use]
    pub const fn distance_from(self, other: Self) -> i32 {
        self.0.wrapping_sub(other.0).cast_signed()
    }

    /// The sequence number `bytes` later.
    #[must_use]
    pub const fn plus(self, bytes: u32) -> Self {
        Self(self.0.wrapping_add(bytes))
    }
}

/// The flag bits of a TCP header (RFC 9293, section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TcpFlags(pub u8);

impl TcpFlags {
    /// No more data from the sender.
    pub const FIN: u8 = 0x01;
    /// Synchronise sequence numbers.
    pub const SYN: u8 = 0x02;
    /// Reset the connection.
    pub const RST: u8 = 0x04;
    /// Push.
    pub const PSH: u8 = 0x08;
    /// The acknowledgement number is valid.
    pub const ACK: u8 = 0x10;
    /// The urgent pointer is valid.
    pub const URG: u8 = 0x20;

    /// Whether FIN is set.
    #[must_use]
    pub const fn fin(self) -> bool {
        self.0 & Self::FIN != 0
    }

    /// Whether SYN is set.
    #[must_use]
    pub const fn syn(self) -> bool {
        self.0 & Self::SYN != 0
    }

    /// Whether RST is set.
    #[must_use]
    pub const fn rst(self) -> bool {
        self.0 & Self::RST != 0
    }

    /// Whether URG is set.
    #[must_use]
    pub const fn urg(self) -> bool {
        self.0 & Self::URG != 0
    }

    /// Whether ACK is set.
    #[must_use]
    pub const fn ack(self) -> bool {
        self.0 & Self::ACK != 0
    }
}

/// One TCP segment, borrowed from its packet.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// The packet that carried it.
    pub at: PacketRef,
    /// The sender.
    pub from: Endpoint,
    /// The receiver.
    pub to: Endpoint,
    /// Sequence number of the first payload byte (of the SYN, if that is set).
    pub seq: SeqNum,
    /// Acknowledgement number; `None` without the ACK flag.
    pub ack: Option<SeqNum>,
    /// The header's flags.
    pub flags: TcpFlags,
    /// The payload bytes that were captured; link-layer padding is not among them.
    pub payload: &'a [u8],
    /// Payload bytes that were on the wire behind `payload` and that the snaplen cut off.
    pub cut_off: u32,
    /// The TCP header and payload as captured, for [`Segment::checksum`].
    pub tcp: &'a [u8],
    /// The IP header, with options or extension headers, for [`Segment::ip_checksum`].
    pub ip: &'a [u8],
    /// What is wrong with the TCP header, though its ports and numbers could be read: then there is no
    /// payload. The segment belongs to its conversation all the same.
    pub trouble: Option<Undecodable>,
    /// How it lay in its packet.
    pub carried: Carried<'a>,
}

/// How a segment lay in its packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Carried<'a> {
    /// In an IP packet behind the link header.
    #[default]
    Plain,
    /// In an IP packet inside of one tunnel or several.
    Tunnel,
    /// In an IP packet that came in fragments: the one that was put together, in a tunnel or out of
    /// one. `at` is the packet that completed it.
    Fragments(&'a [u8]),
}
