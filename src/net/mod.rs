//! From packets to TCP segments: link headers and the IP layer.
//!
//! Owns every header between the start of a packet and the TCP payload. Keeps no state: fragments are
//! named, not put together, and tunnels are not entered. Reads headers only, and never copies. The
//! analysis calls [`decode`] for each packet; what it answers goes to `tcp` or to the diagnostics.
//!
//! ```text
//! link (ethernet ─ vlan ─ llc, sll, sll2, loopback) ──► ipv4 | ipv6 ──► extension ──► tcp_header
//! ```

mod checksum;
mod ethernet;
mod extension;
mod ipv4;
mod ipv6;
mod layer;
mod link;
mod llc;
mod loopback;
mod plain;
mod segment;
mod sll;
mod sll2;
mod tcp_header;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests;
mod undecodable;
mod vlan;

pub use checksum::Checksum;
pub use segment::{Endpoint, Segment, SeqNum, TcpFlags};
pub use undecodable::Undecodable;

use self::layer::{Next, Rest};
use crate::capture::Packet;

/// What a packet is to us.
#[derive(Clone, Copy, Debug)]
pub enum Decoded<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// Understood as far as needed, and not TCP.
    Other,
    /// It may be TCP, but cannot be decoded.
    Undecodable(Undecodable),
}

/// Walks the headers of a packet, down to TCP if it is that.
#[inline]
#[must_use]
pub fn decode<'a>(packet: &Packet<'a>) -> Decoded<'a> {
    if let Some(segment) = plain::segment(packet) {
        return Decoded::Tcp(segment);
    }
    match walk(packet) {
        Ok(Some(segment)) => Decoded::Tcp(segment),
        Ok(None) => Decoded::Other,
        Err(why) => Decoded::Undecodable(why),
    }
}

/// Any packet. Each step takes a header off the front of what is left, so that the walk ends with the packet.
fn walk<'a>(packet: &Packet<'a>) -> Result<Option<Segment<'a>>, Undecodable> {
    let mut next = link::first(packet.link, Rest::of_packet(packet))?;
    loop {
        next = match next {
            Next::EtherType(kind, rest) => ethernet::by_type(kind, rest)?,
            Next::Llc(rest) => llc::next(rest)?,
            Next::Ip(rest) => match rest.data.first().map(|first| first >> 4) {
                Some(6) => ipv6::next(rest)?,
                _ => ipv4::next(rest)?,
            },
            Next::Ipv6(rest) => ipv6::next(rest)?,
            Next::Tcp(ip, rest) => return tcp_header::segment(packet.at, ip, rest).map(Some),
            Next::Nothing => return Ok(None),
        };
    }
}
