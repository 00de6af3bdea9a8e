//! Why a packet that may be TCP cannot be decoded.
//!
//! Owns the names and the wording; made by the headers, noted in the diagnostics by the analysis.

use std::borrow::Cow;

use crate::capture::LinkType;

/// Why a packet that may be TCP cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Undecodable {
    /// A link type that is not read.
    LinkType(LinkType),
    /// The packet ends within its link header.
    LinkTruncated,
    /// The snaplen cut the IP header.
    IpTruncated,
    /// An IP header that contradicts itself.
    IpMalformed,
    /// Within something that is not entered; its name.
    Tunnel(&'static str),
    /// Tunnels in tunnels, more than are entered.
    Nested,
    /// Encrypted by the network it went through; its name.
    Protected(&'static str),
    /// The frame was damaged on its way, by its own check sequence.
    FrameDamaged,
    /// The snaplen cut the TCP header before its flags.
    TcpTruncated,
    /// A TCP header that contradicts itself.
    TcpMalformed,
}

impl Undecodable {
    /// Its short, stable name.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::LinkType(_) => "link-type-unsupported",
            Self::LinkTruncated => "link-truncated",
            Self::IpTruncated => "ip-truncated",
            Self::IpMalformed => "ip-malformed",
            Self::Tunnel(_) => "tunnel-unsupported",
            Self::Nested => "tunnels-nested",
            Self::Protected(_) => "frame-encrypted",
            Self::FrameDamaged => "frame-damaged",
            Self::TcpTruncated => "tcp-truncated",
            Self::TcpMalformed => "tcp-malformed",
        }
    }

    /// What is wrong, in words. Never holds text out of the capture.
    #[must_use]
    pub fn message(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::LinkType(link) => {
                return format!("packets of link type {link} are not read").into();
            }
            Self::Tunnel(name) => return format!("what is inside of {name} is not read").into(),
            Self::Protected(name) => return format!("{name} frames are encrypted").into(),
            Self::LinkTruncated => "the packet ends within its link header",
            Self::IpTruncated => "the packet was cut within its IP header",
            Self::IpMalformed => "the IP header contradicts itself",
            Self::Nested => "the packet is inside of more tunnels than are entered",
            Self::FrameDamaged => "the frame was damaged on its way: its check sequence is wrong",
            Self::TcpTruncated => "the packet was cut within its TCP header",
            Self::TcpMalformed => "the TCP header contradicts itself",
        })
    }
}
