//! A conversation that has not shown yet what it is: its first events, kept, and what they show.

use crate::capture::PacketRef;
use crate::limits;
use crate::mysql::detect::{self, Elsewhere, Told};
use crate::mysql::framing::Framer;
use crate::mysql::wire::proxy_protocol::{self, Parsed};
use crate::net::Endpoint;
use crate::tcp::{Conversation, Direction, GapCause};
use crate::tls;

/// What a conversation has shown of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Nothing that decides.
    Open,
    /// It is MySQL.
    MySql {
        /// The client's direction.
        client: Direction,
    },
    /// It is something else.
    Other(Elsewhere),
}

/// What came while the conversation had not shown what it is.
#[derive(Debug, Default)]
pub(super) struct Watching {
    pub events: Vec<Event>,
    bytes: usize,
    pub proxied_for: Option<Endpoint>,
    /// The client's direction, if the opening showed it or a PROXY header does.
    pub client: Option<Direction>,
    /// The direction whose PROXY header has been read and taken off.
    unproxied: Option<Direction>,
}

/// An event kept for later.
#[derive(Debug)]
pub(super) enum Event {
    MidStream {
        direction: Direction,
        awaited: bool,
    },
    Data {
        direction: Direction,
        offset: u64,
        bytes: Vec<u8>,
        at: PacketRef,
    },
    Gap {
        direction: Direction,
        length: u64,
        cause: GapCause,
        at: PacketRef,
    },
    Conflict {
        direction: Direction,
        offset: u64,
        kept: Vec<u8>,
        other: Vec<u8>,
        first: PacketRef,
        second: PacketRef,
    },
}

const BOTH: [Direction; 2] = [Direction::Forward, Direction::Backward];

impl Watching {
    /// About the bytes that it holds.
    pub fn weight(&self) -> usize {
        let events = self.events.len().saturating_mul(size_of::<Event>());
        self.bytes.saturating_add(events)
    }

    /// Keeps an event.
    pub fn push(&mut self, event: Event) {
        // A conflict holds two copies.
        let length = match &event {
            Event::Data { bytes, .. } => bytes.len(),
            Event::Conflict { other, .. } => other.len().saturating_mul(2),
            Event::MidStream { .. } | Event::Gap { .. } => 0,
        };
        self.bytes = self.bytes.saturating_add(length);
        self.events.push(event);
    }

    /// Whether these bytes, the first of the conversation, are one whole greeting of the end that did
    /// not open it: then nothing else can come of looking further.
    pub fn is_greeted_by_first(&self, direction: Direction, bytes: &[u8]) -> bool {
        self.events.is_empty()
            && self.client == Some(direction.opposite())
            && self.proxied_for.is_none()
            && detect::is_whole_greeting(bytes)
    }

    /// Goes on with what is inside TLS, for a client that is known and behind a header that was
    /// taken off before.
    pub fn begin_inside(&mut self, client: Option<Direction>, proxied_for: Option<Endpoint>) {
        self.client = client;
        self.proxied_for = proxied_for;
        self.unproxied = client;
    }

    /// The direction that begins with a ClientHello.
    pub fn says_client_hello(&self) -> Option<Direction> {
        BOTH.into_iter()
            .find(|direction| tls::looks_like_client_hello(&self.head(*direction)))
    }

    /// What the events show. With `now`, or at the cap, decides in any case.
    pub fn show(&mut self, now: bool, conversation: &Conversation, server_ports: &[u16]) -> Shown {
        let now =
            now || self.bytes > limits::WATCHED_BYTES || self.events.len() > limits::WATCHED_EVENTS;
        if !self.take_off_proxy_header(now) {
            return Shown::Open;
        }
        let told = BOTH.map(|direction| (direction, self.look(direction, now)));
        let side = |wanted| {
            told.iter()
                .find(|(_, told)| *told == wanted)
                .map(|(direction, _)| *direction)
        };
        let other = told.iter().find_map(|(_, told)| match told {
            Told::Other(kind) => Some(*kind),
            _ => None,
        });
        match (side(Told::Server), side(Told::Client), other) {
            (Some(server), _, _) => Shown::MySql {
                client: server.opposite(),
            },
            // What the other end has begun to say may yet be a login packet.
            (None, None, Some(Elsewhere::Unknown))
                if !now && told.iter().any(|(end, told)| self.has_begun(*end, *told)) =>
            {
                Shown::Open
            }
            (None, None, Some(Elsewhere::Unknown)) if self.is_cut_off() => {
                Shown::Other(Elsewhere::CutOff)
            }
            (None, None, Some(kind)) => Shown::Other(kind),
            // The server may still greet; without it the client's word has to do.
            (None, Some(client), _) if now => Shown::MySql { client },
            _ if now => self.take_the_users_word(conversation, server_ports),
            _ => Shown::Open,
        }
    }

    /// Whether an end has said something, and not enough to tell what.
    fn has_begun(&self, direction: Direction, told: Told) -> bool {
        let spoken = || self.events.iter().any(|event| event.is_data_of(direction));
        told == Told::Unsure && (self.unproxied == Some(direction) || spoken())
    }

    /// Nothing shows what it is; the user's word for the port may.
    fn take_the_users_word(&self, conversation: &Conversation, server_ports: &[u16]) -> Shown {
        let has_data = |direction| self.events.iter().any(|event| event.is_data_of(direction));
        let speakers = BOTH.map(has_data);
        if speakers == [false, false] {
            return Shown::Other(if self.is_cut_off() {
                Elsewhere::CutOff
            } else if self.events.is_empty() {
                Elsewhere::Silent
            } else {
                Elsewhere::MidStream
            });
        }
        let named =
            [conversation.from, conversation.to].map(|end| server_ports.contains(&end.port));
        match named {
            [false, true] => {
                return Shown::MySql {
                    client: Direction::Forward,
                };
            }
            [true, false] => {
                return Shown::MySql {
                    client: Direction::Backward,
                };
            }
            _ => {}
        }
        let is_hole = |event: &Event| matches!(event, Event::MidStream { .. } | Event::Gap { .. });
        Shown::Other(if speakers != [true, true] {
            Elsewhere::OneDirection
        } else if self.events.iter().any(is_hole) {
            Elsewhere::MidStream
        } else {
            Elsewhere::Unknown
        })
    }

    /// Whether the snaplen cut bytes off.
    fn is_cut_off(&self) -> bool {
        let cut = |event: &Event| {
            matches!(
                event,
                Event::Gap {
                    cause: GapCause::Snaplen,
                    ..
                }
            )
        };
        self.events.iter().any(cut)
    }

    /// What one direction shows.
    fn look(&self, direction: Direction, now: bool) -> Told {
        let events = || {
            self.events
                .iter()
                .filter(|event| event.direction() == direction)
        };
        let is_whole = |event: &Event| matches!(event, Event::Data { .. } | Event::Conflict { .. });
        let broken = events().position(|event| !is_whole(event));
        if broken.is_some_and(|place| place == 0 || now) && !self.begins_whole(direction) {
            let mut told = events().map(Event::told_alone);
            return told
                .find(|told| *told != Told::Unsure)
                .unwrap_or(Told::Unsure);
        }
        let head = self.head(direction);
        if head.is_empty() {
            return Told::Unsure;
        }
        let whole = now || broken.is_some_and(|place| place > 0);
        match self.client {
            Some(client) if client == direction => detect::client_bytes(&head, whole),
            Some(_) => detect::server_bytes(&head, whole),
            None => match detect::server_bytes(&head, whole) {
                Told::Other(_) => detect::client_bytes(&head, whole),
                told => told,
            },
        }
    }

    /// Takes a PROXY protocol header off the front of a stream. Answers false while it is incomplete.
    fn take_off_proxy_header(&mut self, now: bool) -> bool {
        for direction in BOTH {
            let head = if self.unproxied.is_none() {
                self.head(direction)
            } else {
                Vec::new()
            };
            if head.is_empty() {
                continue;
            }
            match proxy_protocol::parse(&head) {
                Parsed::Complete {
                    header_len, source, ..
                } => {
                    self.proxied_for = source;
                    self.unproxied = Some(direction);
                    self.drop_front(direction, header_len);
                    self.client = Some(direction);
                }
                Parsed::NeedMore if !now => return false,
                Parsed::NeedMore | Parsed::NotProxy => {}
            }
        }
        true
    }

    /// The first bytes of one direction, up to its first hole.
    fn head(&self, wanted: Direction) -> Vec<u8> {
        let mut head = Vec::new();
        for event in &self.events {
            match event {
                Event::Data {
                    direction, bytes, ..
                } if *direction == wanted => head.extend_from_slice(bytes),
                Event::Gap { direction, .. } if *direction == wanted => break,
                _ => {}
            }
        }
        head
    }

    /// Whether the SYN of a direction is all that was not captured: its bytes begin with a
    /// greeting or a login packet all the same.
    pub fn begins_whole(&self, wanted: Direction) -> bool {
        let first = self.events.iter().find(|event| event.direction() == wanted);
        let Some(Event::MidStream { .. }) = first else {
            return false;
        };
        let head = self.head(wanted);
        detect::server_bytes(&head, false) == Told::Server
            || detect::client_bytes(&head, false) == Told::Client
    }

    /// Whether this end's first captured bytes are a greeting, which nothing of it comes before.
    pub fn is_greeted_by(&self, server: Direction) -> bool {
        detect::server_bytes(&self.head(server), true) == Told::Server
    }

    /// Takes `length` bytes off the front of one direction.
    fn drop_front(&mut self, wanted: Direction, mut length: usize) {
        for event in &mut self.events {
            if let Event::Data {
                direction,
                offset,
                bytes,
                ..
            } = event
                && *direction == wanted
            {
                let cut = length.min(bytes.len());
                bytes.drain(..cut);
                *offset = offset.saturating_add(cut as u64);
                length = length.saturating_sub(cut);
            }
        }
        self.events
            .retain(|event| !matches!(event, Event::Data { bytes, .. } if bytes.is_empty()));
    }
}

impl Event {
    fn direction(&self) -> Direction {
        match self {
            Self::MidStream { direction, .. }
            | Self::Data { direction, .. }
            | Self::Gap { direction, .. }
            | Self::Conflict { direction, .. } => *direction,
        }
    }

    /// The packet of a segment with data.
    pub fn data_at(&self) -> Option<PacketRef> {
        match self {
            Self::Data { at, .. } => Some(*at),
            _ => None,
        }
    }

    fn is_data_of(&self, wanted: Direction) -> bool {
        matches!(self, Self::Data { direction, .. } if *direction == wanted)
    }

    /// What the messages of one segment show, where nothing is known of what came before.
    fn told_alone(&self) -> Told {
        let Self::Data {
            bytes, offset, at, ..
        } = self
        else {
            return Told::Unsure;
        };
        let mut framer = Framer::default();
        framer.lose();
        let (mut rest, mut offset) = (bytes.as_slice(), *offset);
        while let Some(message) = framer.next(&mut rest, &mut offset, *at) {
            let told = detect::lone_message(message.sequence, &message.payload);
            if told != Told::Unsure {
                return told;
            }
        }
        Told::Unsure
    }
}
