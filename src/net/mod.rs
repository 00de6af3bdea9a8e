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
use self::fragments::Fragments;
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
    state: State,
    /// The packet that was put together last.
    whole: Vec<u8>,
}

/// What one packet leaves for the next ones, and for who asks.
#[derive(Debug, Default)]
struct State {
    fragments: Fragments,
    /// A packet that was just put together, and how deep in tunnels it was.
    completed: Option<(Whole, u8)>,
    diagnostics: Diagnostics,
}

impl Decoder {
    /// Walks the headers of a packet, down to TCP if it is that.
    #[inline]
    #[must_use]
    pub fn decode<'a>(&'a mut self, packet: &Packet<'a>) -> Decoded<'a> {
        match plain::Plain::of(packet) {
            Some(plain) => Decoded::Tcp(plain.segment(packet.at)),
            None => self.decode_any(packet),
        }
    }

    /// As [`Decoder::decode`], whatever the packet is.
    fn decode_any<'a>(&'a mut self, packet: &Packet<'a>) -> Decoded<'a> {
        let begin = Next::Link(packet.link, Rest::of_packet(packet));
        let decoded = decoded(packet.at, begin, 0, &mut self.state);
        if self.state.completed.is_some() {
            return self.decode_whole(packet.at);
        }
        decoded
    }

    /// As [`Decoder::decode`], for a packet that was put together. There may be fragments inside of it.
    #[cold]
    fn decode_whole(&mut self, at: PacketRef) -> Decoded<'_> {
        let mut last = Whole::default();
        let mut deepest = 0;
        while let Some((whole, depth)) = self.state.completed.take() {
            (last, deepest) = (whole, depth);
            let told = match decoded(at, last.begin(), depth, &mut self.state) {
                Decoded::Tcp(_) => continue,
                Decoded::Fragment => Decoded::Fragment,
                Decoded::Other => Decoded::Other,
                Decoded::Undecodable(why) => Decoded::Undecodable(why),
            };
            if self.state.completed.is_none() {
                return told;
            }
        }
        let Whole { data, missing } = last;
        self.whole = data;
        let data = self.whole.as_slice();
        let begin = Next::Ip(Rest { data, missing });
        // Once more, now that its bytes have their place; what it leaves was left the first time.
        match decoded(at, begin, deepest, &mut State::default()) {
            Decoded::Tcp(segment) => Decoded::Tcp(Segment {
                carried: Carried::Fragments(data),
                ..segment
            }),
            other => other,
        }
    }

    /// Nothing more will come: notes the fragments that still wait for others.
    pub fn finish(&mut self) {
        self.state.fragments.finish(&mut self.state.diagnostics);
    }

    /// What of the fragments should be told; what was taken is not given again.
    pub fn take_diagnostics(&mut self) -> Diagnostics {
        std::mem::take(&mut self.state.diagnostics)
    }
}

/// What the headers lead to.
fn decoded<'a>(at: PacketRef, begin: Next<'a>, depth: u8, state: &mut State) -> Decoded<'a> {
    match walk(at, begin, depth, state) {
        Ok(Found::Tcp(segment)) => Decoded::Tcp(segment),
        Ok(Found::Fragment) => Decoded::Fragment,
        Ok(Found::Nothing) => Decoded::Other,
        Err(why) => Decoded::Undecodable(why),
    }
}

/// Where the walk ends.
enum Found<'a> {
    Tcp(Segment<'a>),
    Fragment,
    Nothing,
}

/// Each step takes a header off the front of what is left, so that the walk ends with the packet.
#[inline]
fn walk<'a>(
    at: PacketRef,
    mut next: Next<'a>,
    mut depth: u8,
    state: &mut State,
) -> Result<Found<'a>, Undecodable> {
    let mut unlike = None;
    loop {
        next = match next {
            Next::Link(link, rest) => link::first(link, rest)?,
            Next::EtherType(kind, rest) => ethernet::by_type(kind, rest)?,
            Next::Llc(rest) => llc::next(rest)?,
            Next::Ip(rest) => match rest.data.first().map(|first| first >> 4) {
                Some(6) => ipv6::next(rest)?,
                _ => ipv4::next(rest)?,
            },
            Next::Ipv6(rest) => ipv6::next(rest)?,
            Next::Tcp(ip, rest) => {
                let carried = if depth > 0 {
                    Carried::Tunnel
                } else {
                    Carried::Plain
                };
                if let Some(message) = unlike {
                    state
                        .diagnostics
                        .note("decode-as", message, Some(at.number), None);
                }
                return tcp_header::segment(at, ip, rest, carried).map(Found::Tcp);
            }
            Next::Tunnel(tunnel, rest) => {
                depth = depth.saturating_add(1);
                if depth > limits::TUNNELS {
                    return Err(Undecodable::Nested);
                }
                unlike = unlike.or(tunnel.unlike_wireshark());
                tunnel.enter(rest)?
            }
            Next::Fragment(ip, payload) => {
                let whole = state
                    .fragments
                    .take(ip, payload, at, &mut state.diagnostics)?;
                state.completed = whole.map(|whole| (whole, depth));
                return Ok(Found::Fragment);
            }
            Next::Nothing => return Ok(Found::Nothing),
        };
    }
}
