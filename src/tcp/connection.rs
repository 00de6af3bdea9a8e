//! One conversation: two directions, put into an order that its acknowledgements allow.
//!
//! A captured packet may be out of place, missing, doubled or cut. Bytes go to the handler in
//! stream order; and bytes that answer something go after what they answer, even when that was
//! captured later. What waits is held back until the missing bytes arrive, until a cap is reached,
//! or until the conversation ends; only then is a hole given up and told as a gap.

use crate::capture::PacketRef;
use crate::limits;
use crate::net::{Segment, SeqNum};
use crate::tcp::event::{Closing, Direction, GapCause, Handler, Interest, StreamEvent};
use crate::tcp::flow::{Beginnings, Resting};
use crate::tcp::half::{Difference, Half, Piece, Position};

/// What a segment turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Part of the conversation.
    Used,
    /// Of a direction that nobody wants, passed over: nothing is held and nobody has heard of it.
    Skipped,
    /// Its sequence number lies outside any plausible window.
    OutsideWindow,
}

/// Bytes that come next in their direction.
struct Ready<'a> {
    /// Where they stand, if that was just seen.
    seq: Option<SeqNum>,
    bytes: &'a [u8],
    /// As [`Piece`] has them.
    cut_off: u32,
    at: PacketRef,
    needs: Position,
}

/// One conversation while it is awake. Its handler stands beside it.
#[derive(Debug, Default)]
pub(super) struct Connection {
    /// The packet that was seen last.
    pub last: u64,
    forward: Half,
    backward: Half,
    /// The sequence number each direction began with, as Wireshark takes it.
    base: [Option<SeqNum>; 2],
    closed: [bool; 2],
    ended: bool,
}

impl Connection {
    /// Goes on from what was seen while the conversation only opened. Nothing was before, or
    /// [`Connection::clear`] was called.
    pub fn begin(&mut self, seen: &Beginnings, last: u64) {
        self.last = last;
        self.base = seen.base;
        for (half, initial) in [&mut self.forward, &mut self.backward]
            .into_iter()
            .zip(seen.initial)
        {
            if let Some(initial) = initial {
                half.starts_behind(initial);
            }
        }
    }

    /// Goes on from a rest.
    pub fn wake<R>(&mut self, rest: &Resting<R>) {
        let places = rest.seq.into_iter().zip(rest.offset);
        let halves = [&mut self.forward, &mut self.backward];
        for (half, (seq, offset)) in halves.into_iter().zip(places) {
            half.go_on_at(seq, offset);
        }
    }

    /// Where it stands, and the handler packed up, if nothing waits and nobody has closed.
    pub fn rest<H: Handler>(&self, handler: &mut H) -> Option<Resting<H::Rest>> {
        let Interest::Only(wanted) = handler.interest() else {
            return None;
        };
        let (own, other) = match wanted {
            Direction::Forward => (&self.forward, &self.backward),
            Direction::Backward => (&self.backward, &self.forward),
        };
        let quiet = !self.ended && self.closed == [false, false];
        if !quiet || !own.is_even() || !other.is_even() {
            return None;
        }
        let (there, back) = (self.forward.place()?, self.backward.place()?);
        Some(Resting {
            seq: [there.0, back.0],
            offset: [there.1, back.1],
            handler: handler.rest()?,
        })
    }

    /// Ready for another conversation. Buffers of moderate size are kept.
    pub fn clear(&mut self) {
        self.forward.clear();
        self.backward.clear();
        self.base = [None; 2];
        self.closed = [false; 2];
        self.ended = false;
    }

    /// What tells an old SYN from a new one.
    pub fn beginnings(&self) -> Beginnings {
        Beginnings {
            base: self.base,
            initial: [self.forward.initial(), self.backward.initial()],
            begun: [self.forward.is_begun(), self.backward.is_begun()],
        }
    }

    /// Bytes held back in both directions.
    fn held_bytes(&self) -> usize {
        self.forward
            .held_bytes()
            .saturating_add(self.backward.held_bytes())
    }

    /// About what both directions hold in memory.
    pub fn weight(&self) -> usize {
        self.forward.weight().saturating_add(self.backward.weight())
    }

    /// Whether nothing more will be told.
    pub const fn is_ended(&self) -> bool {
        self.ended
    }

    fn half(&mut self, direction: Direction) -> &mut Half {
        match direction {
            Direction::Forward => &mut self.forward,
            Direction::Backward => &mut self.backward,
        }
    }

    /// Takes a segment of this conversation.
    pub fn push<H: Handler>(
        &mut self,
        segment: &Segment<'_>,
        direction: Direction,
        to: &mut H,
    ) -> Taken {
        self.last = segment.at.number;
        if let Some(base @ None) = self.base.get_mut(direction as usize) {
            let syn = if segment.flags.syn() { 0 } else { u32::MAX };
            *base = Some(segment.seq.plus(syn));
        }
        if self.ended {
            return Taken::Used;
        }
        self.note_opening(to, segment, direction);
        if self.closes_oddly(segment, direction) {
            return Taken::OutsideWindow;
        }
        self.note_closing(to, segment, direction);
        let taken = match to.interest() {
            Interest::Nothing => {
                self.end(to);
                return Taken::Used;
            }
            Interest::Only(wanted) if wanted != direction => {
                self.skip(segment, direction);
                Taken::Skipped
            }
            _ => self.take_data(to, segment, direction),
        };
        if self.forward.is_whole() && self.backward.is_whole() {
            self.end(to);
            return Taken::Used;
        }
        taken
    }

    fn note_opening<H: Handler>(
        &mut self,
        to: &mut H,
        segment: &Segment<'_>,
        direction: Direction,
    ) {
        if segment.flags.syn() {
            self.half(direction).starts_behind(segment.seq);
            if let Some(ack) = segment.ack {
                self.half(direction.opposite())
                    .starts_behind(ack.plus(u32::MAX));
                to.opened_by(direction.opposite());
            } else {
                to.opened_by(direction);
            }
        }
    }

    /// Whether a FIN or RST has a sequence number that its sender cannot be at: such a one is of another
    /// connection or forged, and ends nothing (RFC 9293, section 3.10.7.4; RFC 5961, section 3.2). A FIN
    /// before the end of what was sent is that too; a RST may answer what was acknowledged long ago.
    fn closes_oddly(&mut self, segment: &Segment<'_>, direction: Direction) -> bool {
        let flags = segment.flags;
        let half = self.half(direction);
        if !(flags.fin() || flags.rst()) || !half.is_begun() {
            return false;
        }
        let length = u32::try_from(segment.payload.len()).unwrap_or(0);
        let end = segment.seq.plus(length).plus(segment.cut_off);
        half.locate(end).is_none_or(|end| {
            let far = end.abs_diff(half.next()) > limits::PLAUSIBLE_WINDOW;
            far || (flags.fin() && !flags.rst() && end < half.next())
        })
    }

    fn note_closing<H: Handler>(
        &mut self,
        to: &mut H,
        segment: &Segment<'_>,
        direction: Direction,
    ) {
        let how = match segment.flags {
            flags if flags.rst() => Closing::Rst,
            flags if flags.fin() => Closing::Fin,
            _ => return,
        };
        match how {
            Closing::Rst => self.closed = [true, true],
            Closing::Fin => {
                if let Some(closed) = self.closed.get_mut(direction as usize) {
                    *closed = true;
                }
                let length = u32::try_from(segment.payload.len()).unwrap_or(0);
                let seq = segment.seq.plus(length).plus(segment.cut_off);
                if let Some(position) = self.half(direction).locate(seq) {
                    self.half(direction).set_fin(position);
                }
            }
        }
        to.event(StreamEvent::Closed {
            direction,
            how,
            at: segment.at,
        });
    }

    /// Where the other direction stood for the sender of this segment.
    fn needs(&mut self, segment: &Segment<'_>, direction: Direction) -> Position {
        let other = self.half(direction.opposite());
        let Some(position) = segment.ack.and_then(|ack| other.locate(ack)) else {
            return 0;
        };
        if position.abs_diff(other.next()) > limits::PLAUSIBLE_WINDOW && other.is_begun() {
            return 0;
        }
        other.acknowledge(position, segment.at);
        // The acknowledgement of a FIN counts one more than there are bytes.
        other.fin().map_or(position, |fin| position.min(fin))
    }

    fn skip(&mut self, segment: &Segment<'_>, direction: Direction) {
        let length = u32::try_from(segment.payload.len()).unwrap_or(u32::MAX);
        let seq = segment.seq.plus(length).plus(segment.cut_off);
        let half = self.half(direction);
        if let Some(position) = half.locate(seq) {
            half.skip_to(seq, position);
        }
    }

    fn take_data<H: Handler>(
        &mut self,
        to: &mut H,
        segment: &Segment<'_>,
        direction: Direction,
    ) -> Taken {
        let needs = self.needs(segment, direction);
        if segment.flags.rst() || (segment.payload.is_empty() && segment.cut_off == 0) {
            self.drain(to);
            return Taken::Used;
        }
        let seq = segment.seq.plus(u32::from(segment.flags.syn()));
        let lone = segment.payload.len() == 1 && segment.cut_off == 0 && !segment.flags.syn();
        let half = self.half(direction);
        let Some(position) = half.locate(seq) else {
            return Taken::OutsideWindow;
        };
        if half.is_begun() && position.abs_diff(half.next()) > limits::PLAUSIBLE_WINDOW {
            return Taken::OutsideWindow;
        }
        let differences = &mut Vec::new();
        let (at, new) = half.trim_delivered(position, segment.payload, segment.at, &mut |d| {
            differences.push(d);
        });
        let skipped = segment.payload.len().saturating_sub(new.len());
        let seq = seq.plus(u32::try_from(skipped).unwrap_or(0));
        let end = at.saturating_add(new.len() as u64);
        half.outgrow_fin(end);
        half.drop_probe_at_end_of(at, new, lone);
        let in_order = half.is_begun()
            && at == half.next()
            && half.first_held().is_none_or(|(held, _)| held >= end);
        let other = self.half(direction.opposite()).next();
        let all = to.interest() == Interest::Both;
        if in_order && !new.is_empty() && (needs <= other || !all) {
            let bytes = Ready {
                seq: Some(seq),
                bytes: new,
                cut_off: segment.cut_off,
                at: segment.at,
                needs,
            };
            self.deliver(to, direction, &bytes);
        } else if new.is_empty() {
            let end = position.saturating_add(segment.payload.len() as u64);
            self.half(direction).note_cut(end, segment.cut_off);
        } else {
            let piece = Piece {
                bytes: Vec::new(),
                cut_off: segment.cut_off,
                at: segment.at,
                lone,
                needs,
            };
            self.half(direction)
                .hold(seq, at, new, &piece, &mut |d| differences.push(d));
        }
        for difference in differences.drain(..) {
            self.tell(to, direction, &difference);
        }
        self.drain(to);
        while self.is_over_cap() && self.force_one(to) {}
        Taken::Used
    }

    fn held_pieces(&self) -> usize {
        self.forward
            .held_pieces()
            .saturating_add(self.backward.held_pieces())
    }

    fn is_over_cap(&self) -> bool {
        self.held_bytes() > limits::HELD_BYTES || self.held_pieces() > limits::HELD_PIECES
    }

    fn tell<H: Handler>(&mut self, to: &mut H, direction: Direction, difference: &Difference<'_>) {
        let offset = self.half(direction).offset(difference.position);
        to.event(StreamEvent::Conflict {
            direction,
            offset,
            kept: &difference.kept,
            other: difference.other,
            first: difference.first,
            second: difference.second,
        });
    }

    fn deliver<H: Handler>(&mut self, to: &mut H, direction: Direction, ready: &Ready<'_>) {
        let Ready {
            seq,
            bytes,
            cut_off,
            at,
            needs,
        } = *ready;
        let before = to.interest();
        let half = self.half(direction);
        let offset = half.offset(half.next());
        half.advance(seq, bytes, cut_off, at, before == Interest::Both);
        to.event(StreamEvent::Data {
            direction,
            offset,
            bytes,
            at,
        });
        let after = to.interest();
        if after != before {
            self.change_interest(after, direction, needs);
        }
    }

    /// Lets go of what is no longer wanted; takes up what is wanted again.
    fn change_interest(&mut self, interest: Interest, direction: Direction, needs: Position) {
        match interest {
            Interest::Nothing => {
                self.forward.forget();
                self.backward.forget();
            }
            Interest::Only(wanted) => {
                self.half(wanted).stop_comparing();
                self.half(wanted.opposite()).forget();
            }
            // The other direction goes on where the sender had received it up to.
            Interest::Both => {
                let position = (needs > 0).then_some(needs);
                self.half(direction.opposite()).resume_at(position);
            }
        }
    }

    /// Delivers what waits and need not wait any longer. Mostly nothing waits.
    #[inline]
    fn drain<H: Handler>(&mut self, to: &mut H) {
        while self.held_pieces() > 0
            && (self.drain_one(to, Direction::Forward) || self.drain_one(to, Direction::Backward))
        {
        }
    }

    fn drain_one<H: Handler>(&mut self, to: &mut H, direction: Direction) -> bool {
        let all = to.interest() == Interest::Both;
        let other = self.half(direction.opposite());
        let (reached, fin) = (other.next(), other.fin());
        let half = self.half(direction);
        let ready = half.is_begun()
            && half.first_held().is_some_and(|(position, piece)| {
                position <= half.next() && (!all || piece.needs <= reached || fin == Some(reached))
            });
        if !ready {
            return false;
        }
        let Some((_, piece)) = half.take_first() else {
            return false;
        };
        let bytes = Ready {
            seq: None,
            bytes: &piece.bytes,
            cut_off: piece.cut_off,
            at: piece.at,
            needs: piece.needs,
        };
        self.deliver(to, direction, &bytes);
        true
    }

    /// Gives up one thing that is waited for: the beginning of a stream, a hole, or the other
    /// direction. Answers whether there was any.
    fn force_one<H: Handler>(&mut self, to: &mut H) -> bool {
        let held = |half: &Half| {
            half.first_held()
                .map(|(position, piece)| (piece.at.number, position, piece.needs, piece.at))
        };
        let (forward, backward) = (held(&self.forward), held(&self.backward));
        let direction = match (forward, backward) {
            (Some(f), Some(b)) if f.0 <= b.0 => Direction::Forward,
            (Some(_), None) => Direction::Forward,
            (_, Some(_)) => Direction::Backward,
            (None, None) => return false,
        };
        let (own, other) = match direction {
            Direction::Forward => (forward, backward),
            Direction::Backward => (backward, forward),
        };
        let Some((_, position, needs, at)) = own else {
            return false;
        };
        if !self.half(direction).is_begun() {
            self.begin_mid_stream(to, direction);
        } else if needs > self.half(direction.opposite()).next() && to.interest() == Interest::Both
        {
            self.force_other(
                to,
                direction.opposite(),
                needs,
                other.map(|o| (o.1, o.3)),
                at,
            );
        } else {
            self.give_up(to, direction, position, at);
        }
        self.drain(to);
        true
    }

    /// The SYN was not captured: begins with the earliest byte that was.
    fn begin_mid_stream<H: Handler>(&mut self, to: &mut H, direction: Direction) {
        let awaited = self.half(direction).begin_with_earliest();
        to.event(StreamEvent::MidStream { direction, awaited });
    }

    /// The other direction is waited for up to `needs`: gives up its first hole before that.
    fn force_other<H: Handler>(
        &mut self,
        to: &mut H,
        direction: Direction,
        needs: Position,
        held: Option<(Position, PacketRef)>,
        at: PacketRef,
    ) {
        let begun = self.half(direction).is_begun();
        match held {
            Some(_) if !begun => {
                self.begin_mid_stream(to, direction);
            }
            Some((position, witness)) if position > self.half(direction).next() => {
                self.give_up(to, direction, position.min(needs), witness);
            }
            // Nothing of it is held before `needs`: the acknowledgement alone shows the loss (but
            // that of one byte may be that of a FIN which was not captured).
            None if begun && needs.saturating_sub(self.half(direction).next()) > 1 => {
                self.give_up(to, direction, needs, at);
            }
            None if !begun && self.half(direction).begin_with_acknowledged() => {
                to.event(StreamEvent::MidStream {
                    direction,
                    awaited: true,
                });
            }
            _ => self.half(direction.opposite()).release_first(),
        }
    }

    /// Tells the hole between what was delivered and `position`.
    fn give_up<H: Handler>(
        &mut self,
        to: &mut H,
        direction: Direction,
        position: Position,
        at: PacketRef,
    ) {
        let half = self.half(direction);
        let (from, offset) = (half.next(), half.offset(half.next()));
        let missing = position.saturating_sub(from);
        let by_snaplen = half.give_up_to(position);
        let parts = [
            (0, by_snaplen, GapCause::Snaplen),
            (by_snaplen, missing, GapCause::NotCaptured),
        ];
        for (begin, end, cause) in parts {
            let length = end.saturating_sub(begin);
            if length > 0 {
                let offset = offset.saturating_add(begin);
                to.event(StreamEvent::Gap {
                    direction,
                    offset,
                    length,
                    cause,
                    at,
                });
            }
        }
    }

    /// Gives up everything waited for and tells the handler that nothing more will come.
    pub fn end<H: Handler>(&mut self, to: &mut H) {
        if self.ended {
            return;
        }
        self.ended = true;
        if to.interest() != Interest::Nothing {
            while self.force_one(to) {}
            for direction in [Direction::Forward, Direction::Backward] {
                self.tell_missing_tail(to, direction);
            }
        }
        to.event(StreamEvent::End);
        self.forward.forget();
        self.backward.forget();
    }

    fn tell_missing_tail<H: Handler>(&mut self, to: &mut H, direction: Direction) {
        let last = PacketRef {
            number: self.last,
            time: None,
        };
        let half = self.half(direction);
        if !half.is_begun() {
            return;
        }
        let tail = half.missing_tail();
        let acknowledged = tail.and_then(|(missing, _)| half.next().checked_add(missing));
        let end = half.cut_tail().max(acknowledged);
        if let Some(end) = end {
            self.give_up(to, direction, end, tail.map_or(last, |(_, at)| at));
        }
    }
}
