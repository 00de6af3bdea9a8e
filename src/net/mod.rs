//! From packets to TCP segments: link headers, tunnels and the IP layer.
//!
//! Owns every header between the start of a packet and the TCP payload, and the fragments of IP packets
//! until they can be put together. Reads headers only, and copies nothing but fragments. The analysis gives
//! each packet to a [`Decoder`]; what that answers goes to `tcp` or to the diagnostics.
//!
//! ```text
//! link (ethernet ─ vlan ─ llc, sll, sll2, loopback, ppp, wireless) ──► ipv4 | ipv6 ──► extension ──► tcp_header
//!                                                        ▲  fragments ◄──┘  │              │
//!                                                        └── tunnel (gre, vxlan, mpls …) ◄─┘
//! ```

mod checksum;
mod erspan;
mod ethernet;
mod extension;
mod fragment;
mod fragments;
mod geneve;
mod gre;
mod ipv4;
mod ipv6;
mod layer;
mod link;
mod llc;
mod loopback;
mod mpls;
mod plain;
mod ppp;
mod pppoe;
mod radiotap;
mod segment;
mod sll;
mod sll2;
mod tcp_header;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests;
mod tunnel;
mod udp;
mod undecodable;
mod vlan;
mod vxlan;
mod wireless;

pub use checksum::Checksum;
pub use segment::{Carried, Endpoint, Segment, SeqNum, TcpFlags};
pub use undecodable::Undecodable;

use self::fragment::Whole;
use self::fragments::{Fragments, Taken};
use self::layer::{Next, Rest};
use crate::capture::{Packet, PacketRef};
use crate::diagnostic::Diagnostics;
use crate::limits;

/// What a packet is to us.
#[derive(Clone, Copy, Debug)]
pub enum Decoded<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// A fragment of an IP packet that is not whole yet, or that nothing is wanted of.
    Fragment,
    /// Understood as far as needed, and not TCP.
    Other,
    /// It may be TCP, but cannot be decoded.
    Undecodable(Undecodable),
}

/// Decodes the packets of one capture.
#[derive(Debug, Default)]
pub struct Decoder {
    fragments: Fragments,
    /// The packet that was put together last.
    whole: Vec<u8>,
    diagnostics: Diagnostics,
}

impl Decoder {
    /// Walks the headers of a packet, down to TCP if it is that.
    #[inline]
    #[must_use]
    pub fn decode<'a>(&'a mut self, packet: &Packet<'a>) -> Decoded<'a> {
        match plain::segment(packet) {
            Some(segment) => Decoded::Tcp(segment),
            None => self.decode_any(packet),
        }
    }

    /// The same for a packet of any kind.
    fn decode_any<'a>(&'a mut self, packet: &Packet<'a>) -> Decoded<'a> {
        let begin = link::first(packet.link, Rest::of_packet(packet));
        let Self {
            fragments,
            diagnostics,
            ..
        } = self;
        let found = begin.and_then(|next| walk(packet.at, next, 0, fragments, diagnostics));
        match found {
            Ok(Found::Tcp(segment)) => Decoded::Tcp(segment),
            Ok(Found::Whole(whole, depth)) => self.decode_whole(packet.at, whole, depth),
            Ok(Found::Kept) => Decoded::Fragment,
            Ok(Found::Nothing) => Decoded::Other,
            Err(why) => Decoded::Undecodable(why),
        }
    }

    /// As [`Decoder::decode`], for a packet that was put together. There may be fragments inside of it.
    #[cold]
    fn decode_whole(&mut self, at: PacketRef, mut whole: Whole, mut depth: u8) -> Decoded<'_> {
        let Self {
            fragments,
            diagnostics,
            ..
        } = self;
        loop {
            match walk(at, whole.begin(), depth, fragments, diagnostics) {
                Ok(Found::Tcp(_)) => break,
                Ok(Found::Whole(inside, deeper)) => (whole, depth) = (inside, deeper),
                Ok(Found::Kept) => return Decoded::Fragment,
                Ok(Found::Nothing) => return Decoded::Other,
                Err(why) => return Decoded::Undecodable(why),
            }
        }
        let Whole { data, missing } = whole;
        self.whole = data;
        let data = self.whole.as_slice();
        let next = Next::Ip(Rest { data, missing });
        match walk(at, next, depth, fragments, diagnostics) {
            Ok(Found::Tcp(segment)) => Decoded::Tcp(Segment {
                carried: Carried::Fragments(data),
                ..segment
            }),
            _ => Decoded::Other,
        }
    }

    /// Nothing more will come: notes the fragments that still wait for others.
    pub fn finish(&mut self) {
        self.fragments.finish(&mut self.diagnostics);
    }

    /// What of the fragments should be told; what was taken is not given again.
    pub fn take_diagnostics(&mut self) -> Diagnostics {
        std::mem::take(&mut self.diagnostics)
    }
}

/// What the headers lead to.
enum Found<'a> {
    Tcp(Segment<'a>),
    /// A packet put together, and how deep in tunnels it was.
    Whole(Whole, u8),
    Kept,
    Nothing,
}

/// Each step takes a header off the front of what is left, so that the walk ends with the packet.
#[inline]
fn walk<'a>(
    at: PacketRef,
    mut next: Next<'a>,
    mut depth: u8,
    fragments: &mut Fragments,
    diagnostics: &mut Diagnostics,
) -> Result<Found<'a>, Undecodable> {
    let mut unlike = None;
    loop {
        next = match next {
            Next::EtherType(kind, rest) => ethernet::by_type(kind, rest)?,
            Next::Llc(rest) => llc::next(rest)?,
            Next::Ip(rest) => match rest.data.first().map(|first| first >> 4) {
                Some(6) => ipv6::next(rest)?,
                _ => ipv4::next(rest)?,
            },
            Next::Ipv6(rest) => ipv6::next(rest)?,
            Next::Tcp(ip, rest) => {
                let mut segment = tcp_header::segment(at, ip, rest)?;
                if depth > 0 {
                    segment.carried = Carried::Tunnel;
                }
                if let Some(message) = unlike {
                    diagnostics.note("decode-as", message, Some(at.number), None);
                }
                return Ok(Found::Tcp(segment));
            }
            Next::Tunnel(tunnel, rest) => {
                depth = depth.saturating_add(1);
                if depth > limits::TUNNELS {
                    return Err(Undecodable::Nested);
                }
                unlike = unlike.or(tunnel.unlike_wireshark());
                tunnel.enter(rest)?
            }
            Next::Fragment(fragment) => {
                return Ok(match fragments.take(&fragment, at, diagnostics)? {
                    Taken::Whole(whole) => Found::Whole(whole, depth),
                    Taken::Kept => Found::Kept,
                });
            }
            Next::Nothing => return Ok(Found::Nothing),
        };
    }
}
