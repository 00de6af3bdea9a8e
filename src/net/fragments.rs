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

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests {
    use std::net::IpAddr;

    use super::super::layer::Rest;
    use super::*;
    use crate::capture::Timestamp;

    const HEADER: [u8; 20] = [
        0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
    ];

    struct Run {
        fragments: Fragments,
        diagnostics: Diagnostics,
        number: u64,
    }

    impl Run {
        fn new() -> Self {
            Self {
                fragments: Fragments::default(),
                diagnostics: Diagnostics::default(),
                number: 0,
            }
        }

        /// Answers whether the packet is whole now.
        fn take(&mut self, id: u32, protocol: u8, offset: usize, more: bool, data: &[u8]) -> bool {
            self.number += 1;
            let at = PacketRef {
                number: self.number,
                time: Some(Timestamp::from_nanos(0)),
            };
            let fragment = Fragment {
                key: Key {
                    source: IpAddr::from([10, 0, 0, 1]),
                    destination: IpAddr::from([10, 0, 0, 2]),
                    identification: id,
                    protocol,
                },
                protocol,
                header: &HEADER,
                offset,
                more,
                payload: Rest { data, missing: 0 },
            };
            let taken = self.fragments.take(&fragment, at, &mut self.diagnostics);
            matches!(taken, Ok(Taken::Whole(_)))
        }

        /// The kinds told, how often, and at which packet first.
        fn told(mut self) -> Vec<(&'static str, u64, Option<u64>)> {
            self.fragments.finish(&mut self.diagnostics);
            let told = self.diagnostics.into_vec().into_iter();
            told.map(|d| (d.kind, d.count, d.packet)).collect()
        }
    }

    #[test]
    fn the_number_that_waits_has_a_cap() {
        let mut run = Run::new();
        let over = 100;
        for id in 0..limits::FRAGMENTED_PACKETS + over {
            assert!(!run.take(u32::try_from(id).unwrap(), 6, 0, true, &[0; 8]));
            assert!(run.fragments.entries.len() <= limits::FRAGMENTED_PACKETS);
            assert_eq!(run.fragments.entries.len(), run.fragments.places.len());
        }
        assert!(
            run.take(4000, 6, 8, false, b"x"),
            "the latest are still there"
        );
        let left = limits::FRAGMENTED_PACKETS as u64 - 1;
        assert_eq!(
            run.told(),
            [
                ("fragments-over-cap", over as u64, Some(1)),
                ("fragments-incomplete", left, Some(101))
            ]
        );
    }

    #[test]
    fn their_bytes_have_a_cap() {
        let mut run = Run::new();
        let data = vec![0; 60_000];
        for id in 0..1000 {
            run.take(id, 6, 0, true, &data);
            assert!(run.fragments.bytes <= limits::FRAGMENT_BYTES);
        }
        let mut small = Run::new();
        for place in 0..8000 {
            for id in 0..40 {
                small.take(id, 6, place * 8, true, &[0; 8]);
                assert!(small.fragments.bytes <= limits::FRAGMENT_BYTES);
            }
        }
        for run in [run, small] {
            assert!(
                run.told()
                    .iter()
                    .any(|(kind, ..)| *kind == "fragments-over-cap")
            );
        }
    }

    #[test]
    fn second_copies_of_a_whole_packet_are_not_missing_anything() {
        let mut run = Run::new();
        assert!(!run.take(1, 6, 0, true, b"abcdefgh"));
        assert!(run.take(1, 6, 8, false, b"x"));
        assert!(!run.take(1, 6, 8, false, b"x"), "a copy of a part");
        assert!(run.take(1, 6, 0, true, b"ABCDEFGH"), "another packet");
        assert!(!run.take(1, 6, 0, true, b"abcdefgh"));
        assert_eq!(run.told(), []);
    }

    #[test]
    fn what_contradicts_itself_stays_left_out() {
        let mut run = Run::new();
        run.take(1, 6, 0, true, b"abcdefgh");
        run.take(1, 6, 0, true, b"abcdefgX");
        assert!(!run.take(1, 6, 8, false, b"x"));
        assert_eq!(run.fragments.bytes, 0);
        assert_eq!(run.told(), [("fragments-conflict", 1, Some(2))]);
    }

    #[test]
    fn udp_that_is_no_tunnel_is_not_kept() {
        let mut run = Run::new();
        let (dns, vxlan) = ([0, 53, 0, 53, 0, 20, 0, 0], [9, 9, 0x12, 0xb5, 0, 20, 0, 0]);
        assert!(!run.take(1, 17, 8, true, &[0; 8]), "nobody knows yet");
        assert!(!run.take(1, 17, 0, true, &dns));
        assert_eq!(run.fragments.bytes, 0);
        assert!(!run.take(1, 17, 16, false, b"x"));
        run.take(2, 17, 0, true, &vxlan);
        run.take(3, 17, 8, false, b"x");
        assert_eq!(run.told(), [("fragments-incomplete", 1, Some(4))]);
    }
}
