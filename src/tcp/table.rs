//! The conversations of a capture, found by their four-tuple and numbered as Wireshark does.
//!
//! Owns which conversations are kept and how: see [`State`]. The index holds places in a dense list, so
//! that a large table costs little beside its entries; its hash is seeded anew in each run, so that no
//! capture can be made to collide. What a conversation needs while it is awake stands in slots that
//! are used again and keep their buffers.

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::limits;
use crate::net::{Endpoint, Segment};
use crate::tcp::connection::{Connection, Taken};
use crate::tcp::event::{Direction, Handler, StreamEvent};
use crate::tcp::flow::{Beginnings, Ends, Flow, Packed, State};

/// What the layer above is given when a conversation begins.
#[derive(Clone, Copy, Debug)]
pub struct Conversation {
    /// Its number, as Wireshark's `tcp.stream`.
    pub stream: u64,
    /// The sender of its first captured packet.
    pub from: Endpoint,
    /// The receiver of that packet.
    pub to: Endpoint,
}

/// What happened to a segment.
#[derive(Debug)]
pub struct Pushed<'t, H> {
    /// The conversation's number.
    pub stream: u64,
    /// Its handler, to be asked for what it has found; `None` while it only opens, or once it is over.
    pub handler: Option<&'t mut H>,
    /// The sequence number lies outside any plausible window: the segment was not used.
    pub outside_window: bool,
}

/// What a conversation needs while it is awake.
#[derive(Debug)]
struct Slot<H> {
    flow: u32,
    connection: Connection,
    /// `None`: the slot is free.
    handler: Option<H>,
    /// Bytes that it holds, as last counted.
    weight: usize,
}

/// Conversations that are found without the index.
const RECENT: usize = 1024;

/// Where a hash stands among the recent ones.
fn recent(hash: u64) -> usize {
    let [low, high, ..] = hash.to_le_bytes();
    usize::from(u16::from_le_bytes([low, high])) & (RECENT - 1)
}

/// All conversations of a capture.
#[derive(Debug)]
pub struct Table<H: Handler> {
    hasher: RandomState,
    /// Places in `flows`.
    index: HashTable<u32>,
    flows: Vec<Flow<H::Rest>>,
    slots: Vec<Slot<H>>,
    /// Slots to be used again.
    free: Vec<u32>,
    /// Conversations that are over, until their handlers were asked.
    over: VecDeque<(u64, H)>,
    /// Conversations that only opened and are over: their handlers are made when they are asked for. A quarter
    /// of a large table may end at once.
    opened: Vec<Conversation>,
    /// Where the last segments belonged, by their hashes: the next ones most likely belong there, too, and
    /// it is at hand, which the index of a large table is not.
    recent: Box<[(u64, u32); RECENT]>,
    next_stream: u64,
    /// Bytes that all slots hold.
    weight: usize,
    /// So many awake at once, and those that can are put to rest.
    crowd: usize,
    /// Conversations that were let go because the table was full.
    evicted: u64,
    /// Conversations that were given up because too many were awake, or held too much.
    given_up: u64,
}

impl<H: Handler> Default for Table<H> {
    fn default() -> Self {
        Self {
            hasher: RandomState::default(),
            index: HashTable::new(),
            flows: Vec::new(),
            slots: Vec::new(),
            free: Vec::new(),
            over: VecDeque::new(),
            opened: Vec::new(),
            recent: Box::new([(0, 0); RECENT]),
            next_stream: 0,
            weight: 0,
            crowd: limits::CROWD,
            evicted: 0,
            given_up: 0,
        }
    }
}

impl<H: Handler> Table<H> {
    /// Takes a segment. `begin` makes the handler of a conversation, when its first bytes come.
    pub fn push(
        &mut self,
        segment: &Segment<'_>,
        begin: impl FnOnce(Conversation) -> H,
    ) -> Pushed<'_, H> {
        let ends = Ends::of(&segment.from, &segment.to);
        let from_low = ends.begin_with(&segment.from);
        let hash = ends.hash(&self.hasher);
        let place = match self.find(&ends, hash) {
            Some(place) => {
                if segment.flags.syn() {
                    self.begin_again(place, segment, from_low);
                }
                place
            }
            None => self.insert(ends, hash, from_low),
        };
        if let Some(recent) = self.recent.get_mut(recent(hash)) {
            *recent = (hash, place);
        }
        let Some(flow) = self.flows.get_mut(place as usize) else {
            return Pushed::nothing(0);
        };
        flow.last = segment.at.number;
        let stream = flow.stream;
        let direction = if flow.from_low == from_low {
            Direction::Forward
        } else {
            Direction::Backward
        };
        match flow.state {
            State::Awake(slot) => self.give(slot, segment, direction),
            State::Ended => {
                if !flow.beginnings.knows(direction) {
                    let mut beginnings = Beginnings::from(flow.beginnings);
                    beginnings.see(direction, segment.seq, segment.flags.syn());
                    flow.beginnings = beginnings.into();
                }
                Pushed::nothing(stream)
            }
            State::Opening | State::Resting(_) => {
                if flow.opens(segment, direction) {
                    return Pushed::nothing(stream);
                }
                let slot = self.wake(place, begin);
                self.give(slot, segment, direction)
            }
        }
    }

    fn find(&self, ends: &Ends, hash: u64) -> Option<u32> {
        let is_it = |place: &u32| {
            let flow = self.flows.get(*place as usize);
            flow.is_some_and(|flow| flow.key.is(ends))
        };
        let recent = self.recent.get(recent(hash));
        let at_hand = recent.filter(|(known, place)| *known == hash && is_it(place));
        match at_hand {
            Some((_, place)) => Some(*place),
            None => self.index.find(hash, is_it).copied(),
        }
    }

    /// A conversation of which nothing was seen yet.
    fn insert(&mut self, ends: Ends, hash: u64, from_low: bool) -> u32 {
        if self.flows.len() >= limits::CONVERSATIONS {
            self.evict();
        }
        let place = u32::try_from(self.flows.len()).unwrap_or(u32::MAX);
        let stream = self.next_stream;
        self.next_stream = stream.saturating_add(1);
        self.flows.push(Flow {
            key: ends.into(),
            stream,
            last: 0,
            beginnings: Packed::default(),
            from_low,
            state: State::Opening,
        });
        let (flows, hasher) = (&self.flows, &self.hasher);
        let rehash = |place: &u32| {
            let flow = flows.get(*place as usize);
            flow.map_or(0, |flow| flow.key.ends().hash(hasher))
        };
        self.index.insert_unique(hash, place, rehash);
        place
    }

    /// Only a SYN without ACK makes a conversation of its own, as Wireshark counts. Where that was
    /// not captured its answer shows the new connection, which then shares the number.
    fn begin_again(&mut self, place: u32, segment: &Segment<'_>, from_low: bool) {
        let Some(flow) = self.flows.get(place as usize) else {
            return;
        };
        let direction = if flow.from_low == from_low {
            Direction::Forward
        } else {
            Direction::Backward
        };
        let beginnings = match flow.state {
            State::Awake(slot) => self
                .slots
                .get(slot as usize)
                .map_or_else(Beginnings::default, |slot| slot.connection.beginnings()),
            _ => flow.beginnings.into(),
        };
        if !beginnings.is_reused_by(direction, segment.seq) {
            return;
        }
        self.finish_one(place);
        let stream = self.next_stream;
        if let Some(flow) = self.flows.get_mut(place as usize) {
            if !segment.flags.ack() {
                flow.stream = stream;
                self.next_stream = stream.saturating_add(1);
            }
            flow.beginnings = Packed::default();
            flow.from_low = from_low;
            flow.state = State::Opening;
        }
    }

    /// Gives a segment to a conversation that is awake.
    fn give(&mut self, number: u32, segment: &Segment<'_>, direction: Direction) -> Pushed<'_, H> {
        let Some(slot) = self.slots.get_mut(number as usize) else {
            return Pushed::nothing(0);
        };
        let place = slot.flow as usize;
        let stream = self.flows.get(place).map_or(0, |flow| flow.stream);
        let Some(handler) = &mut slot.handler else {
            return Pushed::nothing(stream);
        };
        let taken = slot.connection.push(segment, direction, handler);
        let outside_window = taken == Taken::OutsideWindow;
        if slot.connection.is_ended() {
            self.retire(number);
            return Pushed {
                stream,
                handler: self.over.back_mut().map(|(_, handler)| handler),
                outside_window,
            };
        }
        // What most segments of result sets are changes no weight.
        if !segment.payload.is_empty() && taken != Taken::Skipped {
            let weight = slot.connection.weight().saturating_add(handler.weight());
            self.weight = self
                .weight
                .saturating_sub(slot.weight)
                .saturating_add(weight);
            slot.weight = weight;
            if self.weight > limits::AWAKE_BYTES {
                self.make_light();
            }
        }
        let slot = self.slots.get_mut(number as usize);
        Pushed {
            stream,
            handler: slot.and_then(|slot| slot.handler.as_mut()),
            outside_window,
        }
    }

    /// Gives a conversation a slot, with what it had seen before.
    fn wake(&mut self, place: u32, begin: impl FnOnce(Conversation) -> H) -> u32 {
        if self.awake() >= self.crowd {
            self.thin_out();
        }
        let number = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot {
                flow: place,
                connection: Connection::default(),
                handler: None,
                weight: 0,
            });
            u32::try_from(self.slots.len().saturating_sub(1)).unwrap_or(u32::MAX)
        });
        let (flow, slot) = (
            self.flows.get_mut(place as usize),
            self.slots.get_mut(number as usize),
        );
        let (Some(flow), Some(slot)) = (flow, slot) else {
            return number;
        };
        let mut handler = begin(flow.conversation());
        let beginnings = Beginnings::from(flow.beginnings);
        slot.flow = place;
        slot.connection.begin(&beginnings, flow.last);
        match std::mem::replace(&mut flow.state, State::Awake(number)) {
            State::Resting(resting) => {
                slot.connection.wake(&resting);
                handler.wake(resting.handler);
            }
            _ if beginnings.initial != [None; 2] => handler.opened_by(Direction::Forward),
            _ => {}
        }
        slot.handler = Some(handler);
        number
    }

    fn awake(&self) -> usize {
        self.slots.len().saturating_sub(self.free.len())
    }

    /// A conversation that has ended gives up its slot.
    fn retire(&mut self, number: u32) {
        let Some(slot) = self.slots.get_mut(number as usize) else {
            return;
        };
        let Some(handler) = slot.handler.take() else {
            return;
        };
        self.weight = self.weight.saturating_sub(slot.weight);
        slot.weight = 0;
        if let Some(flow) = self.flows.get_mut(slot.flow as usize) {
            flow.beginnings = slot.connection.beginnings().into();
            flow.state = State::Ended;
            self.over.push_back((flow.stream, handler));
        }
        slot.connection.clear();
        self.free.push(number);
    }

    /// Too many are awake: those that can rest do. If that is not enough, those quiet longest are
    /// given up.
    #[cold]
    fn thin_out(&mut self) {
        for number in 0..self.slots.len() {
            self.put_to_rest(number);
        }
        let most = limits::AWAKE / 2;
        if self.awake() > most {
            self.give_up(self.awake().saturating_sub(most), |_| true);
        }
        self.crowd = self.awake().saturating_mul(2).max(limits::CROWD);
    }

    fn put_to_rest(&mut self, number: usize) {
        let Some(slot) = self.slots.get_mut(number) else {
            return;
        };
        let (Some(handler), Some(flow)) =
            (&mut slot.handler, self.flows.get_mut(slot.flow as usize))
        else {
            return;
        };
        let Some(resting) = slot.connection.rest(handler) else {
            return;
        };
        flow.beginnings = slot.connection.beginnings().into();
        flow.state = State::Resting(Box::new(resting));
        self.weight = self.weight.saturating_sub(slot.weight);
        slot.weight = 0;
        slot.handler = None;
        slot.connection.clear();
        self.free.push(u32::try_from(number).unwrap_or(u32::MAX));
    }

    /// Too much is held: the half that was quiet longest is given up.
    #[cold]
    fn make_light(&mut self) {
        let heavy = self.slots.iter().filter(|slot| slot.weight > 0).count();
        self.give_up(heavy.div_ceil(2), |slot| slot.weight > 0);
    }

    /// Ends so many of those awake that were quiet longest. They keep their numbers.
    fn give_up(&mut self, count: usize, which: impl Fn(&Slot<H>) -> bool) {
        let awake = self.slots.iter().zip(0..);
        let awake = awake.filter(|(slot, _)| slot.handler.is_some() && which(slot));
        let mut quiet: Vec<(u64, u32)> = awake
            .map(|(slot, number)| (slot.connection.last, number))
            .collect();
        quiet.sort_unstable();
        for (_, number) in quiet.into_iter().take(count) {
            self.end(number);
            self.given_up = self.given_up.saturating_add(1);
        }
    }

    /// Ends a conversation that is awake.
    fn end(&mut self, number: u32) {
        if let Some(slot) = self.slots.get_mut(number as usize)
            && let Some(handler) = &mut slot.handler
        {
            slot.connection.end(handler);
            self.retire(number);
        }
    }

    /// Ends a conversation, whatever it was.
    fn finish_one(&mut self, place: u32) {
        let Some(flow) = self.flows.get_mut(place as usize) else {
            return;
        };
        match flow.state {
            State::Awake(number) => self.end(number),
            State::Opening => {
                self.opened.push(flow.conversation());
                flow.state = State::Ended;
            }
            // A handler at rest has told all that it had to tell.
            State::Resting(_) | State::Ended => flow.state = State::Ended,
        }
    }

    /// Makes room: first what cannot become a login any more, then what only opened or is past
    /// its login, then the rest; of each, what was quiet longest.
    #[cold]
    fn evict(&mut self) {
        let mut ranks: Vec<(u8, u64, u32)> = self
            .flows
            .iter()
            .zip(0..)
            .map(|(flow, place)| (flow.rank(), flow.last, place))
            .collect();
        let count = limits::CONVERSATIONS / 4;
        if ranks.len() > count {
            ranks.select_nth_unstable(count);
            ranks.truncate(count);
        }
        for (_, _, place) in &ranks {
            self.finish_one(*place);
            if let Some(flow) = self.flows.get_mut(*place as usize) {
                flow.last = u64::MAX;
            }
        }
        self.evicted = self.evicted.saturating_add(ranks.len() as u64);
        self.flows.retain(|flow| flow.last != u64::MAX);
        self.index.clear();
        let (flows, hasher) = (&self.flows, &self.hasher);
        let hash = |flow: &Flow<H::Rest>| flow.key.ends().hash(hasher);
        for (flow, place) in flows.iter().zip(0..) {
            let rehash = |place: &u32| flows.get(*place as usize).map_or(0, hash);
            self.index.insert_unique(hash(flow), place, rehash);
            if let State::Awake(number) = flow.state
                && let Some(slot) = self.slots.get_mut(number as usize)
            {
                slot.flow = place;
            }
        }
    }

    /// Conversations seen so far.
    #[must_use]
    pub const fn conversations(&self) -> u64 {
        self.next_stream
    }

    /// Conversations that were let go because the table was full; above 0, stream numbers may be
    /// higher than Wireshark's.
    #[must_use]
    pub const fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Conversations that were given up in their middle because too many ran at once, or held too
    /// much.
    #[must_use]
    pub const fn given_up(&self) -> u64 {
        self.given_up
    }

    /// The next of the conversations that are over, in the order in which they ended; then those that only
    /// opened, whose handlers `begin` makes.
    #[inline]
    pub fn next_over(&mut self, begin: impl FnOnce(Conversation) -> H) -> Option<(u64, H)> {
        if let Some(over) = self.over.pop_front() {
            return Some(over);
        }
        let opened = self.opened.pop()?;
        let mut handler = begin(opened);
        handler.opened_by(Direction::Forward);
        handler.event(StreamEvent::End);
        Some((opened.stream, handler))
    }

    /// Ends every conversation, by stream number, and gives each handler back.
    pub fn finish(
        mut self,
        mut begin: impl FnMut(Conversation) -> H,
        mut over: impl FnMut(u64, H),
    ) {
        let mut order: Vec<(u64, u32)> =
            self.flows.iter().map(|flow| flow.stream).zip(0..).collect();
        order.sort_unstable();
        for (_, place) in order {
            self.finish_one(place);
            while let Some((stream, handler)) = self.next_over(&mut begin) {
                over(stream, handler);
            }
        }
    }
}

impl<H> Pushed<'_, H> {
    const fn nothing(stream: u64) -> Self {
        Self {
            stream,
            handler: None,
            outside_window: false,
        }
    }
}

impl<R> Flow<R> {
    fn conversation(&self) -> Conversation {
        let (low, high) = self.key.endpoints();
        let (from, to) = if self.from_low {
            (low, high)
        } else {
            (high, low)
        };
        Conversation {
            stream: self.stream,
            from,
            to,
        }
    }
}
