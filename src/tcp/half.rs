//! One direction of a conversation: from sequence numbers to positions, what was delivered, what
//! is held back behind a hole.
//!
//! Invariants: everything before `next` was delivered or given up; every held piece begins at or
//! behind `next`; held pieces do not overlap.

use std::collections::BTreeMap;

use crate::capture::PacketRef;
use crate::limits;
use crate::net::SeqNum;

/// A place in a direction's stream that never wraps. Positions count from an arbitrary origin;
/// the stream's offset is the distance from its first byte.
pub(super) type Position = u64;

/// The position of the first sequence number seen: far from 0, so that bytes from before it have one too.
const ORIGIN: Position = 1 << 33;

/// Bytes that wait for a hole before them to be filled, or for the other direction to catch up.
#[derive(Debug)]
pub(super) struct Piece {
    pub bytes: Vec<u8>,
    /// Bytes behind `bytes` that the snaplen cut off.
    pub cut_off: u32,
    pub at: PacketRef,
    /// All that its segment held was this one byte: it may be a keep-alive probe.
    pub lone: bool,
    /// How far the sender had received the other direction when it sent this.
    pub needs: Position,
}

/// What was delivered, kept while the login runs so that a second copy can be compared.
#[derive(Debug, Default)]
struct Delivered {
    /// The position of `bytes[0]`.
    start: Position,
    bytes: Vec<u8>,
    /// Where the payload of each packet begins.
    marks: Vec<(Position, PacketRef)>,
}

/// An overlap whose two copies differ.
#[derive(Debug)]
pub(super) struct Difference<'a> {
    pub position: Position,
    /// The first copy, from the first byte that differs.
    pub kept: Vec<u8>,
    pub other: &'a [u8],
    pub first: PacketRef,
    pub second: PacketRef,
}

/// One direction of a conversation.
#[derive(Debug, Default)]
pub(super) struct Half {
    /// A sequence number and its position; moves along so that distances stay below 2³¹.
    reference: Option<(SeqNum, Position)>,
    /// The position of the stream's first byte, once the SYN or its acknowledgement shows it.
    start: Option<Position>,
    /// The sequence number of the SYN, once that or its acknowledgement was seen.
    initial: Option<SeqNum>,
    /// Where the first delivered byte stood, if the start was never shown.
    begun: Option<Position>,
    /// Everything before was delivered or given up. Meaningful once the stream is begun.
    next: Position,
    held: BTreeMap<Position, Piece>,
    held_bytes: usize,
    delivered: Option<Box<Delivered>>,
    /// For the next time that something is kept.
    spare: Option<Box<Delivered>>,
    /// What the snaplen cut off behind the bytes delivered last.
    cut: Option<(Position, Position)>,
    /// The highest position that the other end has acknowledged.
    acknowledged: Option<(Position, PacketRef)>,
    /// The lowest one: where the other end first was.
    first_acknowledged: Option<Position>,
    fin: Option<Position>,
}

impl Half {
    /// The position of a sequence number. The first one asked about becomes the origin.
    pub fn locate(&mut self, seq: SeqNum) -> Option<Position> {
        let (known, position) = *self.reference.get_or_insert((seq, ORIGIN));
        position.checked_add_signed(i64::from(seq.distance_from(known)))
    }

    /// Moves the reference along to the end of what was seen.
    fn seen(&mut self, seq: SeqNum, position: Position) {
        if self.reference.is_none_or(|(_, known)| position > known) {
            self.reference = Some((seq, position));
        }
    }

    /// A SYN with sequence number `isn`, or the acknowledgement of one: the stream's first byte comes next.
    pub fn starts_behind(&mut self, isn: SeqNum) {
        if self.start.is_none() && self.begun.is_none() {
            let first = isn.plus(1);
            let Some(position) = self.locate(first) else {
                return;
            };
            self.start = Some(position);
            self.initial = Some(isn);
            self.next = position;
            // What lies before the first byte is of an older connection.
            self.drop_held_before(position);
        }
    }

    /// The sequence number of the SYN, once that or its acknowledgement was seen.
    pub const fn initial(&self) -> Option<SeqNum> {
        self.initial
    }

    /// Whether nothing waits and nothing is missing behind what was delivered.
    pub fn is_even(&self) -> bool {
        self.is_begun() && self.held.is_empty() && self.cut.is_none() && self.fin.is_none()
    }

    /// The next sequence number, and its stream offset.
    pub fn place(&self) -> Option<(SeqNum, u64)> {
        let (seq, position) = self.reference?;
        let [_, _, _, _, low @ ..] = self.next.wrapping_sub(position).to_be_bytes();
        Some((seq.plus(u32::from_be_bytes(low)), self.offset(self.next)))
    }

    /// Everything before this sequence number, which stands at this offset, was delivered.
    pub fn go_on_at(&mut self, seq: SeqNum, offset: u64) {
        self.next = ORIGIN.saturating_add(offset);
        self.reference = Some((seq, self.next));
        self.start = Some(ORIGIN);
    }

    /// As new; buffers of moderate size are kept.
    pub fn clear(&mut self) {
        self.stop_comparing();
        *self = Self {
            spare: self.spare.take(),
            ..Self::default()
        };
    }

    /// About what it holds in memory.
    pub fn weight(&self) -> usize {
        let delivered = self.delivered.as_ref().map_or(0, |kept| kept.bytes.len());
        let pieces = self
            .held
            .len()
            .saturating_mul(size_of::<Piece>().saturating_mul(2));
        self.held_bytes
            .saturating_add(pieces)
            .saturating_add(delivered)
    }

    fn drop_held_before(&mut self, position: Position) {
        let keep = self.held.split_off(&position);
        self.held = keep;
        self.held_bytes = self.held.values().map(|piece| piece.bytes.len()).sum();
    }

    /// Whether in-order delivery can go on: the first byte's place is known or was decided.
    pub const fn is_begun(&self) -> bool {
        self.start.is_some() || self.begun.is_some()
    }

    /// Decides that the stream begins with the earliest byte held. Answers whether that is the
    /// first byte that the other end was waiting for when it was first seen.
    pub fn begin_with_earliest(&mut self) -> bool {
        let Some((&first, _)) = self.held.first_key_value() else {
            return false;
        };
        self.begun = Some(first);
        self.next = first;
        self.first_acknowledged == Some(first)
    }

    /// Nothing of this direction was captured, but the other end acknowledges more and more of it:
    /// decides that it begins where that began. Answers whether there was any.
    pub fn begin_with_acknowledged(&mut self) -> bool {
        let (Some(first), Some((last, _))) = (self.first_acknowledged, self.acknowledged) else {
            return false;
        };
        if self.is_begun() || !self.held.is_empty() || last <= first {
            return false;
        }
        self.begun = Some(first);
        self.next = first;
        true
    }

    pub const fn next(&self) -> Position {
        self.next
    }

    /// The stream offset of a position.
    pub fn offset(&self, position: Position) -> u64 {
        position.saturating_sub(self.start.or(self.begun).unwrap_or(position))
    }

    pub const fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    pub fn held_pieces(&self) -> usize {
        self.held.len()
    }

    pub const fn fin(&self) -> Option<Position> {
        self.fin
    }

    pub fn set_fin(&mut self, position: Position) {
        self.fin.get_or_insert(position);
    }

    /// Bytes came up to `position`: a FIN before that was none of this side's.
    pub fn outgrow_fin(&mut self, position: Position) {
        self.fin = self.fin.filter(|fin| position <= *fin);
    }

    /// The other end has acknowledged everything before `position`.
    pub fn acknowledge(&mut self, position: Position, at: PacketRef) {
        if self.first_acknowledged.is_none_or(|first| position < first) {
            self.first_acknowledged = Some(position);
        }
        if self.acknowledged.is_none_or(|(known, _)| position > known) {
            self.acknowledged = Some((position, at));
        }
    }

    /// Bytes that were acknowledged and never captured, behind everything delivered: (length, witness).
    pub fn missing_tail(&self) -> Option<(u64, PacketRef)> {
        let (acknowledged, at) = self.acknowledged?;
        let end = self.fin.map_or(acknowledged, |fin| acknowledged.min(fin));
        let missing = end.checked_sub(self.next)?;
        // The acknowledgement of a FIN that was not captured looks like one byte more.
        let hidden_fin = self.fin.is_none() && missing == 1;
        (missing > 0 && missing <= limits::PLAUSIBLE_WINDOW && !hidden_fin).then_some((missing, at))
    }

    /// Whether everything up to the FIN was delivered.
    pub fn is_whole(&self) -> bool {
        self.fin == Some(self.next) && self.held.is_empty()
    }

    /// Delivers everything before `position` to nobody: the direction is not wanted now.
    pub fn skip_to(&mut self, seq: SeqNum, position: Position) {
        self.seen(seq, position);
        if position > self.next || !self.is_begun() {
            self.begun.get_or_insert(position);
            self.next = position;
        }
    }

    /// Takes up delivery at `position`, or where skipping ended.
    pub fn resume_at(&mut self, position: Option<Position>) {
        self.forget();
        if let Some(position) = position {
            self.next = position;
        }
        self.begun.get_or_insert(self.next);
        self.cut = None;
    }

    /// Second copies need not be compared any longer.
    pub fn stop_comparing(&mut self) {
        if let Some(mut kept) = self.delivered.take()
            && kept.bytes.capacity() <= limits::SPARE_BYTES
        {
            kept.bytes.clear();
            kept.marks.clear();
            self.spare = Some(kept);
        }
    }

    /// Lets go of every buffer.
    pub fn forget(&mut self) {
        self.held = BTreeMap::new();
        self.held_bytes = 0;
        self.stop_comparing();
    }

    /// Compares `bytes` at `position` with what was delivered, and cuts off what is old.
    /// Answers what is new: its position and bytes.
    pub fn trim_delivered<'a>(
        &self,
        position: Position,
        bytes: &'a [u8],
        at: PacketRef,
        differs: &mut impl FnMut(Difference<'a>),
    ) -> (Position, &'a [u8]) {
        let old = usize::try_from(self.next.saturating_sub(position)).unwrap_or(usize::MAX);
        if old == 0 || !self.is_begun() {
            return (position, bytes);
        }
        let (old, new) = bytes.split_at(old.min(bytes.len()));
        // One byte just before the next: a keep-alive probe, whose byte means nothing (RFC 9293, 3.8.4).
        let probe = bytes.len() == 1 && position.saturating_add(1) == self.next;
        if let Some(delivered) = self.delivered.as_deref().filter(|_| !probe)
            && let Some(difference) = delivered.difference(position, old, at)
        {
            differs(difference);
        }
        (self.next.max(position), new)
    }

    /// Notes that `bytes` were delivered at `next`, and moves on.
    pub fn advance(
        &mut self,
        seq: Option<SeqNum>,
        bytes: &[u8],
        cut_off: u32,
        at: PacketRef,
        keep: bool,
    ) {
        let length = bytes.len() as u64;
        if keep {
            let start = self.next;
            let spare = &mut self.spare;
            let delivered = self.delivered.get_or_insert_with(|| {
                let mut empty = spare.take().unwrap_or_default();
                empty.start = start;
                empty
            });
            delivered.push(start, bytes, at);
        }
        self.next = self.next.saturating_add(length);
        if let Some(seq) = seq {
            self.seen(seq.plus(u32::try_from(length).unwrap_or(0)), self.next);
        }
        let lost = self.next.saturating_add(u64::from(cut_off));
        self.cut = (cut_off > 0).then_some((self.next, lost));
    }

    /// Notes that the snaplen cut `cut_off` bytes off at `position`, where nothing new stood before them.
    pub fn note_cut(&mut self, position: Position, cut_off: u32) {
        let end = position.saturating_add(u64::from(cut_off));
        let lost = self.cut.filter(|(start, _)| *start == self.next);
        let (start, known) = lost.unwrap_or((self.next, self.next));
        if self.is_begun() && position <= known && end > known {
            self.cut = Some((start, end));
        }
    }

    /// Holds bytes back. Overlaps with held pieces are compared, the first copy stays; but one byte
    /// alone where a longer copy ends is a keep-alive probe, and gives way to it.
    pub fn hold<'a>(
        &mut self,
        seq: SeqNum,
        mut position: Position,
        mut bytes: &'a [u8],
        piece: &Piece,
        differs: &mut impl FnMut(Difference<'a>),
    ) {
        self.seen(
            seq.plus(u32::try_from(bytes.len()).unwrap_or(0)),
            position.saturating_add(bytes.len() as u64),
        );
        while !bytes.is_empty() {
            let before = self.held.range(..=position).next_back();
            let covering = before.filter(|(start, held)| held.end(**start) > position);
            if let Some((&start, held)) = covering {
                let inside = usize::try_from(position.saturating_sub(start)).unwrap_or(usize::MAX);
                let known = held.bytes.get(inside..).unwrap_or(&[]);
                let (copy, rest) = bytes.split_at(known.len().min(bytes.len()));
                let probe = piece.lone && known.len() == 1 && !held.lone;
                if let Some(kept) = known.get(..copy.len())
                    && kept != copy
                    && !probe
                {
                    differs(Difference {
                        position,
                        kept: kept.to_vec(),
                        other: copy,
                        first: held.at,
                        second: piece.at,
                    });
                }
                position = position.saturating_add(copy.len() as u64);
                bytes = rest;
                continue;
            }
            let room = self
                .held
                .range(position..)
                .next()
                .map(|(&start, _)| start.saturating_sub(position));
            let room = room
                .and_then(|room| usize::try_from(room).ok())
                .unwrap_or(bytes.len());
            let (new, rest) = bytes.split_at(room.min(bytes.len()));
            let cut_off = if rest.is_empty() { piece.cut_off } else { 0 };
            self.held_bytes = self.held_bytes.saturating_add(new.len());
            self.held.insert(
                position,
                Piece {
                    bytes: new.to_vec(),
                    cut_off,
                    at: piece.at,
                    lone: piece.lone,
                    needs: piece.needs,
                },
            );
            position = position.saturating_add(new.len() as u64);
            bytes = rest;
        }
    }

    /// A lone byte held where these longer bytes end was a probe, sent when they were thought lost.
    pub fn drop_probe_at_end_of(&mut self, position: Position, bytes: &[u8], lone: bool) {
        let last = position
            .saturating_add(bytes.len() as u64)
            .saturating_sub(1);
        let may_be = !lone && !bytes.is_empty() && !self.held.is_empty();
        if may_be && self.held.get(&last).is_some_and(|held| held.lone) {
            self.held.remove(&last);
            self.held_bytes = self.held_bytes.saturating_sub(1);
        }
    }

    /// The first held piece and where it begins.
    pub fn first_held(&self) -> Option<(Position, &Piece)> {
        self.held
            .first_key_value()
            .map(|(&position, piece)| (position, piece))
    }

    /// Takes the first held piece.
    pub fn take_first(&mut self) -> Option<(Position, Piece)> {
        let (position, piece) = self.held.pop_first()?;
        self.held_bytes = self.held_bytes.saturating_sub(piece.bytes.len());
        Some((position, piece))
    }

    /// Forgets what the first held piece was waiting for in the other direction.
    pub fn release_first(&mut self) {
        if let Some(mut entry) = self.held.first_entry() {
            entry.get_mut().needs = 0;
        }
    }

    /// Gives up what lies between `next` and `position`. Answers how much of it the snaplen cut off.
    pub fn give_up_to(&mut self, position: Position) -> u64 {
        let cut = self.cut.take().filter(|(start, _)| *start == self.next);
        let by_snaplen = cut.map_or(0, |(start, end)| end.min(position).saturating_sub(start));
        self.next = position;
        by_snaplen
    }

    /// What the snaplen cut off behind the last byte delivered, if nothing has filled it.
    pub fn cut_tail(&self) -> Option<Position> {
        self.cut
            .filter(|(start, _)| *start == self.next)
            .map(|(_, end)| end)
    }
}

impl Piece {
    fn end(&self, start: Position) -> Position {
        start.saturating_add(self.bytes.len() as u64)
    }
}

impl Delivered {
    fn push(&mut self, start: Position, bytes: &[u8], at: PacketRef) {
        let end = self.start.saturating_add(self.bytes.len() as u64);
        let room = limits::DELIVERED_BYTES.saturating_sub(self.bytes.len());
        if start == end && room > 0 {
            self.marks.push((start, at));
            self.bytes
                .extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or(bytes));
        } else if start > end && room > 0 {
            // A gap was given up in between: only what lies behind it can still be compared.
            *self = Self {
                start,
                bytes: Vec::new(),
                marks: vec![(start, at)],
            };
            self.bytes.extend_from_slice(
                bytes
                    .get(..limits::DELIVERED_BYTES.min(bytes.len()))
                    .unwrap_or(bytes),
            );
        }
    }

    /// The first difference between `copy` at `position`, which the packet `second` has, and what is kept.
    fn difference<'a>(
        &self,
        position: Position,
        copy: &'a [u8],
        second: PacketRef,
    ) -> Option<Difference<'a>> {
        let skip = usize::try_from(self.start.saturating_sub(position)).ok()?;
        let copy = copy.get(skip..)?;
        let from = usize::try_from(position.saturating_sub(self.start)).ok()?;
        let kept = self.bytes.get(from..)?;
        let place = kept.iter().zip(copy).position(|(a, b)| a != b)?;
        let end = kept.len().min(copy.len());
        let position = self
            .start
            .saturating_add(from as u64)
            .saturating_add(place as u64);
        let mark = self
            .marks
            .iter()
            .rev()
            .find(|(start, _)| *start <= position)?;
        Some(Difference {
            position,
            kept: kept.get(place..end)?.to_vec(),
            other: copy.get(place..end)?,
            first: mark.1,
            second,
        })
    }
}
