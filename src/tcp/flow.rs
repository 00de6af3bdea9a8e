//! What the table knows of one conversation, in little more than a cache line.
//!
//! Owns the packed four-tuple and the state that a conversation is in. Most conversations of a large
//! capture are over, or have only opened, or sit idle behind their login: those must cost little.
//! Only who is awake has a [`Connection`](super::connection::Connection) with its two directions and
//! its handler. Called by [`super::table`] alone.

use std::hash::{BuildHasher, Hash};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::net::{Endpoint, Segment, SeqNum, TcpFlags};
use crate::tcp::event::Direction;

/// A four-tuple without direction, the lower end first, as it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ends {
    /// Address in bits 16 to 47, port below.
    V4(u64, u64),
    V6((Ipv6Addr, u16), (Ipv6Addr, u16)),
}

/// The same, as it is kept: the rare kind in a box, the other in the 12 bytes that it takes.
#[derive(Debug)]
pub(super) enum Key {
    V4([[u8; 6]; 2]),
    V6(Box<[(Ipv6Addr, u16); 2]>),
}

/// Address and port in one number, which is in the order of ends.
const fn pack(address: Ipv4Addr, port: u16) -> u64 {
    (address.to_bits() as u64) << 16 | port as u64
}

fn wide(end: &Endpoint) -> (Ipv6Addr, u16) {
    match end.address {
        IpAddr::V4(v4) => (v4.to_ipv6_mapped(), end.port),
        IpAddr::V6(v6) => (v6, end.port),
    }
}

impl Ends {
    /// Of a segment.
    #[inline]
    pub fn of(from: &Endpoint, to: &Endpoint) -> Self {
        if let (IpAddr::V4(a), IpAddr::V4(b)) = (from.address, to.address) {
            let (a, b) = (pack(a, from.port), pack(b, to.port));
            return Self::V4(a.min(b), a.max(b));
        }
        Self::wide(from, to)
    }

    /// Apart, so that the other kind is put together where it is looked up.
    #[cold]
    fn wide(from: &Endpoint, to: &Endpoint) -> Self {
        let (a, b) = (wide(from), wide(to));
        Self::V6(a.min(b), a.max(b))
    }

    /// Whether this, one of the two, is the lower end.
    #[inline]
    pub fn begin_with(&self, end: &Endpoint) -> bool {
        match (self, end.address) {
            (Self::V4(low, _), IpAddr::V4(address)) => *low == pack(address, end.port),
            (Self::V4(..), IpAddr::V6(_)) => false,
            (Self::V6(low, _), _) => *low == wide(end),
        }
    }

    #[inline]
    pub fn hash(&self, hasher: &impl BuildHasher) -> u64 {
        match self {
            Self::V4(low, high) => hasher.hash_one((low, high)),
            Self::V6(low, high) => hasher.hash_one((low, high)),
        }
    }
}

/// The six bytes of an end of IPv4.
const fn narrow(end: u64) -> [u8; 6] {
    let [end @ .., _, _] = end.to_le_bytes();
    end
}

#[inline]
fn widen(end: [u8; 6]) -> u64 {
    let mut wide = [0; 8];
    if let Some(place) = wide.first_chunk_mut() {
        *place = end;
    }
    u64::from_le_bytes(wide)
}

impl Key {
    pub fn ends(&self) -> Ends {
        match self {
            Self::V4(ends) => {
                let [low, high] = ends.map(widen);
                Ends::V4(low, high)
            }
            Self::V6(ends) => {
                let [low, high] = **ends;
                Ends::V6(low, high)
            }
        }
    }

    /// Whether this is the key of these ends.
    #[inline]
    pub fn is(&self, ends: &Ends) -> bool {
        match (self, ends) {
            (Self::V4(own), Ends::V4(low, high)) => own.map(widen) == [*low, *high],
            (Self::V6(own), Ends::V6(a, b)) => **own == [*a, *b],
            _ => false,
        }
    }

    /// The lower and the higher end.
    pub fn endpoints(&self) -> (Endpoint, Endpoint) {
        let v4 = |packed: u64| {
            let [_, _, a, b, c, d, high, low] = packed.to_be_bytes();
            Endpoint {
                address: IpAddr::from([a, b, c, d]),
                port: u16::from_be_bytes([high, low]),
            }
        };
        let v6 = |(address, port)| Endpoint {
            address: IpAddr::V6(address),
            port,
        };
        match self {
            Self::V4(ends) => {
                let [low, high] = ends.map(widen);
                (v4(low), v4(high))
            }
            Self::V6(ends) => {
                let [low, high] = **ends;
                (v6(low), v6(high))
            }
        }
    }
}

impl From<Ends> for Key {
    fn from(ends: Ends) -> Self {
        match ends {
            Ends::V4(low, high) => Self::V4([low, high].map(narrow)),
            Ends::V6(low, high) => Self::V6(Box::new([low, high])),
        }
    }
}

/// The sequence numbers by which a SYN is told to be old or new, for each direction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beginnings {
    /// The number each direction began with, as Wireshark takes it.
    pub base: [Option<SeqNum>; 2],
    /// The number of the SYN, once that or its acknowledgement was seen.
    pub initial: [Option<SeqNum>; 2],
    /// The place of the first byte is known or was decided.
    pub begun: [bool; 2],
}

/// How a conversation is kept.
#[derive(Debug)]
pub(super) enum State<R> {
    /// Nothing but a SYN, and perhaps its answer and the acknowledgement of that.
    Opening,
    /// Awake, in this slot of the table.
    Awake(u32),
    /// Past its login, with nothing waiting.
    Resting(Box<Resting<R>>),
    /// Nothing more is told of it. It still has its number.
    Ended,
}

/// A conversation at rest: where both directions stand, and the handler, packed.
#[derive(Debug)]
pub(super) struct Resting<R> {
    /// The next sequence number of each direction, and its stream offset.
    pub seq: [SeqNum; 2],
    pub offset: [u64; 2],
    pub handler: R,
}

/// One conversation.
#[derive(Debug)]
pub(super) struct Flow<R> {
    pub key: Key,
    /// Its number, as Wireshark's `tcp.stream`.
    pub stream: u64,
    /// The packet that was seen last.
    pub last: u64,
    pub beginnings: Packed,
    /// The sender of its first captured packet is the lower end.
    pub from_low: bool,
    pub state: State<R>,
}

impl<R> Flow<R> {
    /// The lower, the sooner it is let go.
    pub const fn rank(&self) -> u8 {
        match self.state {
            State::Ended => 0,
            State::Opening | State::Resting(_) => 1,
            State::Awake(_) => 2,
        }
    }

    /// Takes note of a segment that does nothing but open the conversation; false if it does more.
    pub fn opens(&mut self, segment: &Segment<'_>, direction: Direction) -> bool {
        const OTHERS: u8 = TcpFlags::FIN | TcpFlags::RST;
        if !matches!(self.state, State::Opening) {
            return false;
        }
        let bare = segment.payload.is_empty() && segment.cut_off == 0 && segment.trouble.is_none();
        if !bare || segment.flags.0 & OTHERS != 0 {
            return false;
        }
        let seen = Beginnings::from(self.beginnings);
        let [forward, backward] = seen.initial;
        let acknowledged = |initial: Option<SeqNum>| {
            let next = initial.map(|initial| initial.plus(1));
            next.is_some() && next == segment.ack
        };
        match (segment.flags.syn(), segment.flags.ack(), direction) {
            (true, false, Direction::Forward)
                if forward.is_none_or(|known| known == segment.seq) =>
            {
                if forward.is_none() && seen.base != [None; 2] {
                    return false;
                }
            }
            (true, true, Direction::Backward)
                if acknowledged(forward) && backward.is_none_or(|known| known == segment.seq) => {}
            (false, true, _) => {
                let (own, other) = match direction {
                    Direction::Forward => (forward, backward),
                    Direction::Backward => (backward, forward),
                };
                let next = own.map(|own| own.plus(1));
                return next == Some(segment.seq) && acknowledged(other);
            }
            _ => return false,
        }
        self.beginnings.begin(direction, segment.seq);
        true
    }
}

/// [`Beginnings`] in 20 bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Packed {
    base: [u32; 2],
    initial: [u32; 2],
    bits: u8,
}

impl Packed {
    /// Whether the base of a direction is known.
    pub const fn knows(self, direction: Direction) -> bool {
        self.bits >> (direction as u8) & 1 != 0
    }

    /// A direction began with the SYN that has this number. In place, as each conversation comes here twice.
    fn begin(&mut self, direction: Direction, initial: SeqNum) {
        let side = direction as usize;
        for numbers in [&mut self.base, &mut self.initial] {
            if let Some(number) = numbers.get_mut(side) {
                *number = initial.0;
            }
        }
        self.bits |= 0b01_01_01 << side;
    }
}

impl From<Beginnings> for Packed {
    #[inline]
    fn from(full: Beginnings) -> Self {
        let number = |seq: Option<SeqNum>| seq.map_or(0, |seq| seq.0);
        let flags = [
            full.base[0].is_some(),
            full.base[1].is_some(),
            full.initial[0].is_some(),
            full.initial[1].is_some(),
            full.begun[0],
            full.begun[1],
        ];
        Self {
            base: full.base.map(number),
            initial: full.initial.map(number),
            bits: flags
                .into_iter()
                .rev()
                .fold(0, |bits, flag| bits << 1 | u8::from(flag)),
        }
    }
}

impl From<Packed> for Beginnings {
    fn from(packed: Packed) -> Self {
        let has = |bit: u8| packed.bits >> bit & 1 != 0;
        let [forward, backward] = packed.base;
        let [first, second] = packed.initial;
        Self {
            base: [
                has(0).then_some(SeqNum(forward)),
                has(1).then_some(SeqNum(backward)),
            ],
            initial: [
                has(2).then_some(SeqNum(first)),
                has(3).then_some(SeqNum(second)),
            ],
            begun: [has(4), has(5)],
        }
    }
}

impl Beginnings {
    /// Whether a SYN with this sequence number begins another conversation on the same ports
    /// (as Wireshark counts: the same sequence number is a retransmission). Where packets are out
    /// of order, a SYN just before everything held back belongs to it.
    pub fn is_reused_by(&self, direction: Direction, isn: SeqNum) -> bool {
        let side = direction as usize;
        let Some(base) = self.base.get(side).copied().flatten() else {
            return false;
        };
        let begun = self.begun.get(side).copied().unwrap_or(false);
        let known = self.initial.get(side).copied().flatten();
        let late = !begun && (0..crate::limits::LATE_SYN).contains(&base.distance_from(isn));
        base != isn && !late && known != Some(isn)
    }

    /// Notes the first segment of a direction.
    pub fn see(&mut self, direction: Direction, seq: SeqNum, syn: bool) {
        if let Some(base @ None) = self.base.get_mut(direction as usize) {
            let before = if syn { 0 } else { u32::MAX };
            *base = Some(seq.plus(before));
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let some = Some(SeqNum(u32::MAX));
        for bits in 0..64_u8 {
            let has = |bit: u8| bits >> bit & 1 != 0;
            let full = Beginnings {
                base: [some.filter(|_| has(0)), some.filter(|_| has(1))],
                initial: [some.filter(|_| has(2)), some.filter(|_| has(3))],
                begun: [has(4), has(5)],
            };
            let again = Beginnings::from(Packed::from(full));
            assert_eq!(format!("{again:?}"), format!("{full:?}"));
        }
    }

    #[test]
    fn both_ways_have_one_key() {
        for (one, other) in [
            ("1.2.3.4:5", "1.2.3.4:6"),
            ("[::1]:5", "[fe80::]:5"),
            ("1.2.3.4:5", "[::1]:6"),
        ] {
            let end = |text: &str| {
                let parsed: std::net::SocketAddr = text.parse().unwrap();
                Endpoint {
                    address: parsed.ip(),
                    port: parsed.port(),
                }
            };
            let (one, other) = (end(one), end(other));
            let there = Ends::of(&one, &other);
            assert_eq!(there, Ends::of(&other, &one));
            let low = there.begin_with(&one);
            assert_ne!(low, there.begin_with(&other));
            let (a, b) = Key::from(there).endpoints();
            let wide = |end: Endpoint| match end.address {
                IpAddr::V4(v4) if one.address.is_ipv4() != other.address.is_ipv4() => {
                    v4.to_ipv6_mapped().into()
                }
                address => address,
            };
            let (first, second) = if low { (one, other) } else { (other, one) };
            assert_eq!((a.address, b.address), (wide(first), wide(second)));
        }
    }

    #[test]
    fn is_compact() {
        assert!(size_of::<Flow<u64>>() <= 72, "{}", size_of::<Flow<u64>>());
    }
}
