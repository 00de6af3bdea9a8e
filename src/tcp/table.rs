//! The conversations of a capture, found by their four-tuple and numbered as Wireshark does.

use std::collections::HashMap;

use crate::limits;
use crate::net::{Endpoint, Segment};
use crate::tcp::connection::{Connection, Taken};
use crate::tcp::event::{Direction, Handler};

/// A four-tuple without direction: the lower end first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct FlowKey {
    low: Endpoint,
    high: Endpoint,
}

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
    /// Its handler, to be asked for what it has found.
    pub handler: &'t mut H,
    /// The sequence number lies outside any plausible window: the segment was not used.
    pub outside_window: bool,
}

/// All conversations of a capture.
#[derive(Debug)]
pub struct Table<H> {
    flows: HashMap<FlowKey, (Endpoint, Connection<H>)>,
    /// Conversations whose ports were used again, until their handlers were asked.
    replaced: Vec<(u64, H)>,
    next_stream: u64,
    held_bytes: usize,
    /// Conversations that were let go because the table was full.
    evicted: u64,
}

impl<H> Default for Table<H> {
    fn default() -> Self {
        Self {
            flows: HashMap::new(),
            replaced: Vec::new(),
            next_stream: 0,
            held_bytes: 0,
            evicted: 0,
        }
    }
}

impl<H: Handler> Table<H> {
    /// Takes a segment. `begin` makes the handler of a new conversation.
    pub fn push(
        &mut self,
        segment: &Segment<'_>,
        begin: impl FnOnce(Conversation) -> H,
    ) -> Pushed<'_, H> {
        let (low, high) = if segment.from <= segment.to {
            (segment.from, segment.to)
        } else {
            (segment.to, segment.from)
        };
        let key = FlowKey { low, high };
        // Only a SYN without ACK makes a conversation of its own, as Wireshark counts. Where that was
        // not captured its answer shows the new connection, which then shares the number.
        let mut shared = None;
        if let Some((opener, connection)) = self.flows.get(&key) {
            let direction = direction_of(segment, *opener);
            if segment.flags.syn() && connection.is_reused_by(direction, segment.seq) {
                shared = segment.flags.ack().then_some(connection.stream);
                self.let_go(key);
            }
        } else if self.flows.len() >= limits::CONVERSATIONS {
            self.evict();
        }
        if self.held_bytes > limits::HELD_BYTES_TOTAL {
            self.give_up_oldest();
        }
        let next_stream = &mut self.next_stream;
        let (opener, connection) = self.flows.entry(key).or_insert_with(|| {
            let stream = shared.unwrap_or(*next_stream);
            *next_stream = stream.saturating_add(1).max(*next_stream);
            let handler = begin(Conversation {
                stream,
                from: segment.from,
                to: segment.to,
            });
            (segment.from, Connection::new(stream, handler))
        });
        let direction = direction_of(segment, *opener);
        let before = connection.held_bytes();
        let taken = connection.push(segment, direction);
        let after = connection.held_bytes();
        self.held_bytes = self.held_bytes.saturating_sub(before).saturating_add(after);
        Pushed {
            stream: connection.stream,
            handler: &mut connection.handler,
            outside_window: taken == Taken::OutsideWindow,
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

    /// The conversations that ended because their ports were used again or the table was full.
    pub fn take_replaced(&mut self) -> Vec<(u64, H)> {
        std::mem::take(&mut self.replaced)
    }

    fn let_go(&mut self, key: FlowKey) {
        if let Some((_, mut connection)) = self.flows.remove(&key) {
            self.held_bytes = self.held_bytes.saturating_sub(connection.held_bytes());
            connection.end();
            self.replaced.push((connection.stream, connection.handler));
        }
    }

    /// Makes room: first what is closed, then what was quiet longest. Half the table goes at
    /// once, so that the cost per conversation stays constant.
    fn evict(&mut self) {
        let mut ages: Vec<_> = self
            .flows
            .iter()
            .map(|(key, (_, connection))| {
                let done = connection.is_ended() || connection.is_closed();
                (!done, connection.last, *key)
            })
            .collect();
        ages.sort_unstable_by_key(|(open, last, _)| (*open, *last));
        for (_, _, key) in ages.into_iter().take(limits::CONVERSATIONS / 2) {
            self.let_go(key);
            self.evicted = self.evicted.saturating_add(1);
        }
    }

    /// Too much is held back in all: the conversations quiet longest give up their holes.
    fn give_up_oldest(&mut self) {
        let mut waiting: Vec<_> = self
            .flows
            .iter()
            .filter(|(_, (_, connection))| connection.held_bytes() > 0)
            .map(|(key, (_, connection))| (connection.last, *key))
            .collect();
        waiting.sort_unstable_by_key(|(last, _)| *last);
        let half = waiting.len().div_ceil(2);
        for (_, key) in waiting.into_iter().take(half) {
            if let Some((_, connection)) = self.flows.get_mut(&key) {
                self.held_bytes = self.held_bytes.saturating_sub(connection.held_bytes());
                connection.end();
            }
        }
    }

    /// Ends every conversation and gives back the handlers, by stream number.
    #[must_use]
    pub fn finish(mut self) -> Vec<(u64, H)> {
        let mut all = std::mem::take(&mut self.replaced);
        for (_, (_, mut connection)) in self.flows.drain() {
            connection.end();
            all.push((connection.stream, connection.handler));
        }
        all.sort_by_key(|(stream, _)| *stream);
        all
    }
}

fn direction_of(segment: &Segment<'_>, opener: Endpoint) -> Direction {
    if segment.from == opener {
        Direction::Forward
    } else {
        Direction::Backward
    }
}
