//! The IP packets of a capture that came in fragments.
//!
//! Owns which of them are waited for, and for how long: number, bytes and age have caps in
//! [`limits`](crate::limits). Time is that of the packets. What is given up is told, once for each kind.
//! Called by the [`Decoder`](super::Decoder).

use std::collections::{BTreeMap, HashMap};

use etherparse::IpNumber;

use super::fragment::{Fragment, Key, LONGEST, Pieces, Whole};
use super::{Undecodable, extension, udp};
use crate::capture::PacketRef;
use crate::diagnostic::Diagnostics;
use crate::limits;

/// UDP's protocol number.
const UDP: u8 = 17;

/// What is known of one packet in pieces.
#[derive(Debug)]
enum State {
    Collecting(Pieces),
    /// Its fragments contradict each other.
    Spoiled,
    /// It is UDP and no tunnel's.
    NotOurs,
    /// It was put together; what still comes of it are second copies.
    Done,
}

#[derive(Debug)]
struct Entry {
    key: Key,
    begun: PacketRef,
    state: State,
    /// Bytes of memory that its pieces take.
    bytes: usize,
    protocol: u8,
    /// It was put together before: what comes now may be a second copy of a part.
    again: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    /// In the order in which they began.
    entries: BTreeMap<u64, Entry>,
    places: HashMap<Key, u64>,
    begun: u64,
    bytes: usize,
}

/// What became of a fragment.
pub(super) enum Taken {
    /// More is waited for, or nothing is wanted of it.
    Kept,
    Whole(Whole),
}

impl Fragments {
    /// Takes a fragment, and answers the packet if it is complete now.
    pub(super) fn take(
        &mut self,
        fragment: &Fragment<'_>,
        at: PacketRef,
        diagnostics: &mut Diagnostics,
    ) -> Result<Taken, Undecodable> {
        let length = fragment.payload.wire_len();
        let end = fragment.offset.saturating_add(length);
        let broken = fragment.more && !length.is_multiple_of(8);
        if length == 0 || end > LONGEST || broken {
            return Err(Undecodable::IpMalformed);
        }
        self.forget_old(at, diagnostics);
        let place = self.place(fragment, at, diagnostics);
        let Some(entry) = self.entries.get_mut(&place) else {
            return Ok(Taken::Kept);
        };
        if fragment.offset == 0 {
            entry.protocol = fragment.protocol;
            let is_v6 = fragment.key.source.is_ipv6();
            let ours = is_ours(fragment.protocol, is_v6, Some(fragment.payload.data));
            match (&entry.state, ours) {
                (State::NotOurs, true) => entry.state = State::Collecting(Pieces::new(at)),
                (State::Collecting(_), false) => {
                    self.close(place, State::NotOurs);
                    return Ok(Taken::Kept);
                }
                _ => {}
            }
        }
        let State::Collecting(pieces) = &mut entry.state else {
            return Ok(Taken::Kept);
        };
        let Ok(bytes) = pieces.add(fragment) else {
            self.close(place, State::Spoiled);
            let message = "fragments of an IP packet contradict each other: the packet was left out, as receivers do";
            diagnostics.note("fragments-conflict", message, Some(at.number), None);
            return Ok(Taken::Kept);
        };
        entry.bytes = entry.bytes.saturating_add(bytes);
        self.bytes = self.bytes.saturating_add(bytes);
        if let Some(whole) = pieces.whole() {
            self.close(place, State::Done);
            return Ok(Taken::Whole(whole));
        }
        while self.bytes > limits::FRAGMENT_BYTES && self.drop_oldest(OVER_CAP, diagnostics) {}
        Ok(Taken::Kept)
    }

    /// Where the packet of a fragment stands; begins it if it is the first.
    fn place(
        &mut self,
        fragment: &Fragment<'_>,
        at: PacketRef,
        diagnostics: &mut Diagnostics,
    ) -> u64 {
        let known = self.places.get(&fragment.key).copied();
        let again = match known.and_then(|place| Some((place, self.entries.get(&place)?))) {
            None => false,
            Some((place, entry)) if matches!(entry.state, State::Done) => {
                self.entries.remove(&place);
                true
            }
            Some((place, _)) => return place,
        };
        while self.entries.len() >= limits::FRAGMENTED_PACKETS
            && self.drop_oldest(OVER_CAP, diagnostics)
        {}
        let place = self.begun;
        self.begun = self.begun.saturating_add(1);
        self.places.insert(fragment.key, place);
        let entry = Entry {
            key: fragment.key,
            begun: at,
            state: State::Collecting(Pieces::new(at)),
            bytes: 0,
            protocol: fragment.protocol,
            again,
        };
        self.entries.insert(place, entry);
        place
    }

    /// Lets go of the pieces of a packet.
    fn close(&mut self, place: u64, state: State) {
        if let Some(entry) = self.entries.get_mut(&place) {
            self.bytes = self.bytes.saturating_sub(entry.bytes);
            entry.bytes = 0;
            entry.state = state;
        }
    }

    /// Gives up those that began too long before this packet.
    fn forget_old(&mut self, at: PacketRef, diagnostics: &mut Diagnostics) {
        while let Some((_, oldest)) = self.entries.first_key_value() {
            let (Some(now), Some(begun)) = (at.time, oldest.begun.time) else {
                return;
            };
            if now.since(begun).saturating_abs() <= limits::FRAGMENT_AGE_NANOS {
                return;
            }
            self.drop_oldest(INCOMPLETE, diagnostics);
        }
    }

    /// Gives up the oldest. Answers whether there was one.
    fn drop_oldest(
        &mut self,
        why: (&'static str, &'static str),
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let Some((place, entry)) = self.entries.pop_first() else {
            return false;
        };
        self.bytes = self.bytes.saturating_sub(entry.bytes);
        if self.places.get(&entry.key) == Some(&place) {
            self.places.remove(&entry.key);
        }
        if let State::Collecting(pieces) = &entry.state
            && !entry.again
            && is_ours(entry.protocol, entry.key.source.is_ipv6(), pieces.begin())
        {
            let (kind, message) = why;
            let packet = Some(pieces.at.number);
            diagnostics.note(kind, message, packet, None);
        }
        true
    }

    /// Nothing more will come: what is waited for is missing.
    pub(super) fn finish(&mut self, diagnostics: &mut Diagnostics) {
        while self.drop_oldest(INCOMPLETE, diagnostics) {}
    }
}

const INCOMPLETE: (&str, &str) = (
    "fragments-incomplete",
    "of an IP packet in fragments not all are in the capture: it was left out",
);
const OVER_CAP: (&str, &str) = (
    "fragments-over-cap",
    "too many IP packets in fragments were waiting for the rest: the oldest were left out",
);

/// Whether it may be TCP or a tunnel: by what the first fragment begins with, where that has come. UDP is
/// most likely neither.
fn is_ours(protocol: u8, is_v6: bool, begin: Option<&[u8]>) -> bool {
    match protocol {
        UDP => begin.and_then(udp::hint).is_some(),
        other => extension::is_ours(IpNumber(other), is_v6),
    }
}
