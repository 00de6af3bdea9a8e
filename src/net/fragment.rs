//! One IP packet in pieces: what of it has come, and whether that is all.
//!
//! Owns the pieces of one packet: pieces may come in any order, twice, and overlap. Two versions of the
//! same bytes spoil it: receivers of today drop such a packet (RFC 8200, section 4.5, for IPv6; Linux does
//! so for both), and which version an older one takes, the capture does not say. Called by [`super::fragments`].

use std::collections::BTreeMap;
use std::net::IpAddr;

use etherparse::checksum::Sum16BitWords;

use super::layer::{Next, Rest};
use crate::capture::PacketRef;

/// What fragments of one packet have in common (RFC 791, section 3.2; RFC 8200, section 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) identification: u32,
    /// IPv4's protocol; of IPv6 only the first fragment says it, and it is no part of the key.
    pub(super) protocol: u8,
}

/// A fragment as it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fragment<'a> {
    pub(super) key: Key,
    /// What the whole packet holds, by this fragment.
    pub(super) protocol: u8,
    /// The IP header; of IPv6 with the extension headers up to the fragment header, that included.
    pub(super) header: &'a [u8],
    /// Where its payload belongs, in bytes.
    pub(super) offset: usize,
    /// More follow.
    pub(super) more: bool,
    pub(super) payload: Rest<'a>,
}

/// The longest payload that offsets can reach.
pub(super) const LONGEST: usize = 65_535;

#[derive(Debug)]
struct Piece {
    /// Up to the first byte that the snaplen cut off.
    bytes: Vec<u8>,
    /// Where it ended on the wire.
    end: usize,
}

/// A packet of which not all has come.
#[derive(Debug)]
pub(super) struct Pieces {
    /// The header of the first fragment, once that has come.
    header: Option<Vec<u8>>,
    /// They do not overlap.
    kept: BTreeMap<usize, Piece>,
    /// Bytes that have come, as on the wire.
    covered: usize,
    /// The whole length, once the last fragment has come.
    total: Option<usize>,
    /// The packet that held its first fragment.
    pub(super) at: PacketRef,
}

/// Two fragments contradict each other.
#[derive(Debug)]
pub(super) struct Contradiction;

/// A packet put together.
#[derive(Debug)]
pub(super) struct Whole {
    /// Its header, made to say that it is no fragment, and its payload up to the first byte that is missing.
    pub(super) data: Vec<u8>,
    /// Bytes behind `data` that the snaplen cut off.
    pub(super) missing: usize,
}

impl Whole {
    /// The first step of its walk.
    pub(super) fn begin(&self) -> Next<'_> {
        Next::Ip(Rest {
            data: &self.data,
            missing: self.missing,
        })
    }
}

impl Pieces {
    pub(super) fn new(at: PacketRef) -> Self {
        Self {
            header: None,
            kept: BTreeMap::new(),
            covered: 0,
            total: None,
            at,
        }
    }

    /// Adds a fragment. Answers how many bytes of memory that took.
    pub(super) fn add(&mut self, fragment: &Fragment<'_>) -> Result<usize, Contradiction> {
        let start = fragment.offset;
        let end = start.saturating_add(fragment.payload.wire_len());
        if !fragment.more {
            if self.total.is_some_and(|total| total != end) {
                return Err(Contradiction);
            }
            self.total = Some(end);
        }
        let last = self.kept.last_key_value();
        let reached = last.map_or(0, |(_, piece)| piece.end).max(end);
        if self.total.is_some_and(|total| reached > total) {
            return Err(Contradiction);
        }
        let mut taken = 0_usize;
        if start == 0 && self.header.is_none() {
            self.header = Some(fragment.header.to_vec());
            taken = fragment.header.len();
        }
        Ok(taken.saturating_add(self.put(start, end, fragment.payload.data)?))
    }

    /// Compares with what is there, and keeps what is not.
    fn put(&mut self, start: usize, end: usize, bytes: &[u8]) -> Result<usize, Contradiction> {
        let mut taken = 0_usize;
        let mut here = start;
        while here < end {
            let from = here.saturating_sub(start);
            let rest = bytes.get(from..).unwrap_or_default();
            let before = self.kept.range(..=here).next_back();
            if let Some((known, piece)) = before.filter(|(_, piece)| piece.end > here) {
                let inside = here.saturating_sub(*known);
                let first = piece.bytes.get(inside..).unwrap_or_default();
                if first.iter().zip(rest).any(|(one, other)| one != other) {
                    return Err(Contradiction);
                }
                here = piece.end;
                continue;
            }
            let next = self.kept.range(here..).next();
            let stop = next.map_or(end, |(next, _)| end.min(*next));
            let length = stop.saturating_sub(here);
            let bytes = rest.get(..length).unwrap_or(rest).to_vec();
            taken = taken.saturating_add(bytes.len()).saturating_add(PIECE);
            self.covered = self.covered.saturating_add(length);
            self.kept.insert(here, Piece { bytes, end: stop });
            here = stop;
        }
        Ok(taken)
    }

    /// The packet, if all of it has come.
    pub(super) fn whole(&self) -> Option<Whole> {
        let total = self.total.filter(|total| *total == self.covered)?;
        let mut data = self.header.clone()?;
        let header = data.len();
        for (start, piece) in &self.kept {
            data.extend_from_slice(&piece.bytes);
            if start.saturating_add(piece.bytes.len()) < piece.end {
                break;
            }
        }
        let missing = total.saturating_sub(data.len().saturating_sub(header));
        say_whole(&mut data, header, total);
        Some(Whole { data, missing })
    }

    /// The beginning of the payload, if that has come.
    pub(super) fn begin(&self) -> Option<&[u8]> {
        self.kept.get(&0).map(|piece| piece.bytes.as_slice())
    }
}

/// What a piece costs beside its bytes.
const PIECE: usize = 96;

/// Makes a header that is no fragment's out of the first fragment's.
fn say_whole(data: &mut [u8], header: usize, total: usize) {
    let is_v6 = data.first().is_some_and(|first| first >> 4 == 6);
    let length = if is_v6 {
        header.saturating_sub(40)
    } else {
        header
    };
    // 0 says that the packet's own length counts, which is known as well.
    let length = u16::try_from(length.saturating_add(total)).unwrap_or(0);
    let put = |data: &mut [u8], at: usize, bytes: [u8; 2]| {
        let place = data.get_mut(at..).and_then(<[u8]>::first_chunk_mut);
        if let Some(place) = place {
            *place = bytes;
        }
    };
    if is_v6 {
        put(data, 4, length.to_be_bytes());
        // offset and flag of the fragment header: what is left is an atomic fragment (RFC 6946)
        put(data, header.saturating_sub(6), [0, 0]);
    } else {
        put(data, 2, length.to_be_bytes());
        put(data, 6, [0, 0]);
        put(data, 10, [0, 0]);
        let sum = Sum16BitWords::new().add_slice(data.get(..header).unwrap_or_default());
        // The sum is one of words as they lie in memory.
        put(data, 10, sum.ones_complement().to_ne_bytes());
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests {
    use super::*;

    /// Offset, bytes, whether more follow, bytes cut off.
    type Came = (usize, &'static str, bool, usize);

    const FIRST: PacketRef = PacketRef {
        number: 1,
        time: None,
    };

    /// After each fragment: the payload, if it is whole, and what is missing of it.
    fn outcome(fragments: &[Came]) -> String {
        let mut pieces = Pieces::new(FIRST);
        let mut header = [0; 20];
        header[0] = 0x45;
        let key = Key {
            source: IpAddr::from([10, 0, 0, 1]),
            destination: IpAddr::from([10, 0, 0, 2]),
            identification: 1,
            protocol: 6,
        };
        let mut said = Vec::new();
        for (offset, bytes, more, missing) in fragments {
            let fragment = Fragment {
                key,
                protocol: 6,
                header: &header,
                offset: *offset,
                more: *more,
                payload: Rest {
                    data: bytes.as_bytes(),
                    missing: *missing,
                },
            };
            if pieces.add(&fragment).is_err() {
                return "contradiction".into();
            }
            said.push(pieces.whole().map_or("-".into(), |whole| {
                let total = u16::from_be_bytes([whole.data[2], whole.data[3]]);
                let payload = String::from_utf8_lossy(&whole.data[20..]).into_owned();
                assert_eq!(usize::from(total), 20 + payload.len() + whole.missing);
                format!("{payload}+{}", whole.missing)
            }));
        }
        said.join(" ")
    }

    #[test]
    fn any_order_and_any_overlap_that_agrees() {
        let table: &[(&[Came], &str)] = &[
            (
                &[(0, "abcdefgh", true, 0), (8, "ij", false, 0)],
                "- abcdefghij+0",
            ),
            (
                &[(8, "ij", false, 0), (0, "abcdefgh", true, 0)],
                "- abcdefghij+0",
            ),
            (
                &[
                    (0, "abcdefgh", true, 0),
                    (0, "abcdefgh", true, 0),
                    (8, "ij", false, 0),
                ],
                "- - abcdefghij+0",
            ),
            (
                &[
                    (8, "ijklmnop", true, 0),
                    (16, "q", false, 0),
                    (0, "abcdefghijklmnop", true, 0),
                ],
                "- - abcdefghijklmnopq+0",
            ),
            (
                &[
                    (0, "abcdefgh", true, 0),
                    (16, "qr", false, 0),
                    (0, "abcdefghijklmnopqr", false, 0),
                ],
                "- - abcdefghijklmnopqr+0",
            ),
            // what differs, what ends twice, what goes on behind the end
            (
                &[(0, "abcdefgh", true, 0), (0, "abcdefgX", true, 0)],
                "contradiction",
            ),
            (
                &[(8, "ij", false, 0), (8, "ijk", false, 0)],
                "contradiction",
            ),
            (
                &[(16, "qrstuvwx", true, 0), (8, "ij", false, 0)],
                "contradiction",
            ),
            (
                &[(8, "ij", false, 0), (16, "qrstuvwx", true, 0)],
                "contradiction",
            ),
            // cut by the snaplen: what is behind the cut is not at hand
            (
                &[(0, "abcdefgh", true, 0), (8, "i", false, 5)],
                "- abcdefghi+5",
            ),
            (&[(0, "abcd", true, 4), (8, "ij", false, 0)], "- abcd+6"),
            // no first one, no last one
            (&[(8, "ijklmnop", true, 0), (16, "q", false, 0)], "- -"),
            (&[(0, "abcdefgh", true, 0)], "-"),
        ];
        for (fragments, expected) in table {
            assert_eq!(outcome(fragments), *expected, "{fragments:?}");
        }
    }
}
