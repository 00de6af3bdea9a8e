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
    /// A fragment of an IP packet.
    IpFragment,
    /// Within a tunnel that is not entered; its name.
    Tunnel(&'static str),
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
            Self::IpFragment => "ip-fragment",
            Self::Tunnel(_) => "tunnel-unsupported",
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
            Self::LinkTruncated => "the packet ends within its link header",
            Self::IpTruncated => "the packet was cut within its IP header",
            Self::IpMalformed => "the IP header contradicts itself",
            Self::IpFragment => "a fragment of an IP packet; fragments are not put together",
            Self::TcpTruncated => "the packet was cut within its TCP header",
            Self::TcpMalformed => "the TCP header contradicts itself",
        })
    }
}
