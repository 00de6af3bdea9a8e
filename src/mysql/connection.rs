//! One TCP conversation on its way from bytes to logins.
//!
//! It is watched until it shows what it is; then its login is decoded; after that only the
//! client's side is watched, for COM_CHANGE_USER, and the rest costs nothing. Called by the
//! reassembly with each event, asked by `analyze` for the logins found.

mod handler;

use std::mem;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::capture::PacketRef;
use crate::mysql::compression::{Unpacked, Unpacker};
use crate::mysql::detect::Elsewhere;
use crate::mysql::exchange::{Differing, Exchange, Next};
use crate::mysql::framing::{Framer, Message, Want};
use crate::mysql::login::{Fault, Login, MissingCause, Outcome, Side};
use crate::mysql::past::Past;
use crate::mysql::surroundings::Surroundings;
use crate::mysql::watching::{Event, Shown, Watching};
use crate::mysql::wire::header::Header;
use crate::net::Endpoint;
use crate::tcp::{Closing, Conversation, Direction, GapCause};
use crate::tls::Session;

const COM_CHANGE_USER: u8 = 0x11;
/// The first byte of an error.
const ERR: u8 = 0xFF;
/// A record of TLS, read as a message, is longer: its version stands in the upper bytes of the length.
const LONGEST_ERROR: u32 = 0xFFFF;

/// Decodes one conversation.
#[derive(Debug)]
pub struct Connection {
    conversation: Conversation,
    surroundings: Arc<Surroundings>,
    /// The client's direction, once it is known.
    client: Option<Direction>,
    framers: [Framer; 2],
    /// Once TLS has begun.
    tls: Option<Box<Session>>,
    /// Once the login has agreed on the compressed protocol.
    unpackers: Option<Box<[Unpacker; 2]>>,
    stage: Stage,
    closings: SmallVec<[(Direction, Closing, PacketRef); 2]>,
    /// Boxed: they go through many hands.
    found: SmallVec<[Box<Login>; 1]>,
}

#[derive(Debug)]
enum Stage {
    /// It has not shown what it is.
    Watching(Watching),
    /// A login runs.
    Login(Box<Exchange>),
    /// Past the login; a COM_CHANGE_USER may come.
    Commands(Box<Past>),
    /// Nothing more is wanted of it.
    Done(Option<Elsewhere>),
}

impl Connection {
    /// A conversation that has just begun.
    #[must_use]
    pub fn new(conversation: Conversation, surroundings: Arc<Surroundings>) -> Self {
        Self {
            conversation,
            surroundings,
            client: None,
            framers: [Framer::default(), Framer::default()],
            tls: None,
            unpackers: None,
            stage: Stage::Watching(Watching::default()),
            closings: SmallVec::new(),
            found: SmallVec::new(),
        }
    }

    /// The logins that were completed since this was last asked.
    pub fn take_logins(&mut self) -> SmallVec<[Box<Login>; 1]> {
        mem::take(&mut self.found)
    }

    /// What the conversation was instead of MySQL, and its server's port; `None` while that is
    /// open, or if it was MySQL.
    #[must_use]
    pub fn elsewhere(&self) -> Option<(Elsewhere, u16)> {
        let Stage::Done(Some(kind)) = &self.stage else {
            return None;
        };
        let (client, server) = (self.conversation.from.port, self.conversation.to.port);
        let port = match self.client {
            Some(Direction::Forward) => server,
            Some(Direction::Backward) => client,
            None => client.min(server),
        };
        Some((*kind, port))
    }

    fn side(&self, direction: Direction) -> Side {
        if self.client == Some(direction) {
            Side::Client
        } else {
            Side::Server
        }
    }

    fn endpoint(&self, direction: Direction) -> Endpoint {
        match direction {
            Direction::Forward => self.conversation.from,
            Direction::Backward => self.conversation.to,
        }
    }

    fn framer(&mut self, direction: Direction) -> &mut Framer {
        let [forward, backward] = &mut self.framers;
        match direction {
            Direction::Forward => forward,
            Direction::Backward => backward,
        }
    }

    fn unpacker(&mut self, direction: Direction) -> Option<&mut Unpacker> {
        let [forward, backward] = self.unpackers.as_deref_mut()?;
        Some(match direction {
            Direction::Forward => forward,
            Direction::Backward => backward,
        })
    }

    /// Keeps an event until it is known what the conversation is.
    fn watch(&mut self, event: Event) {
        if let Stage::Watching(watching) = &mut self.stage {
            watching.push(event);
            self.decide(false);
        }
    }

    /// Goes on if the conversation has shown what it is. With `now`, nothing more will come.
    fn decide(&mut self, now: bool) {
        let Stage::Watching(watching) = &mut self.stage else {
            return;
        };
        let surroundings = &self.surroundings;
        match watching.show(now, &self.conversation, &surroundings.server_ports) {
            Shown::Open => {}
            Shown::MySql { client } => {
                self.client = Some(client);
                self.begin_login(client);
            }
            Shown::Other(Elsewhere::Tls) if self.tls.is_none() && surroundings.keys.may_open() => {
                self.begin_inside_tls();
            }
            Shown::Other(kind) => {
                self.client = self.client.or(watching.client);
                let kind = if self.tls.is_some() {
                    Elsewhere::Tls
                } else {
                    kind
                };
                self.stage = Stage::Done(Some(kind));
            }
        }
    }

    /// TLS from the first byte, and keys that may open it: watches what is inside.
    fn begin_inside_tls(&mut self) {
        let inside = Stage::Watching(Watching::default());
        let Stage::Watching(outside) = mem::replace(&mut self.stage, inside) else {
            return;
        };
        self.client = outside.client.or_else(|| outside.says_client_hello());
        self.tls = Some(Box::new(Session::new(Arc::clone(&self.surroundings.keys))));
        if let Stage::Watching(inside) = &mut self.stage {
            inside.begin_inside(self.client, outside.proxied_for);
        }
        let mut events = outside.events;
        events.retain(|event| !matches!(event, Event::MidStream { .. }));
        self.replay(events, false);
    }

    /// It is MySQL: decodes what has come so far.
    fn begin_login(&mut self, client: Direction) {
        let Stage::Watching(watching) = mem::replace(&mut self.stage, Stage::Done(None)) else {
            return;
        };
        let Some(first) = watching.events.iter().find_map(Event::data_at) else {
            return;
        };
        let (client, server) = (self.endpoint(client), self.endpoint(client.opposite()));
        let mut exchange = Exchange::begin(client, server, first);
        exchange.proxied_for(watching.proxied_for);
        if self.tls.is_some() {
            exchange.begin_tls();
        }
        self.stage = Stage::Login(Box::new(exchange));
        let greeted = self
            .client
            .is_some_and(|client| watching.is_greeted_by(client.opposite()));
        let whole = [Direction::Forward, Direction::Backward]
            .map(|direction| watching.begins_whole(direction));
        let mut events = watching.events;
        // Where only the SYN is missing, nothing is.
        events.retain(|event| match event {
            Event::MidStream { direction, awaited } => {
                let first = *awaited && greeted && self.client == Some(*direction);
                !first && whole.get(*direction as usize) != Some(&true)
            }
            _ => true,
        });
        self.replay(events, self.tls.is_some());
    }

    /// The first bytes of all are a whole greeting, in the clear.
    fn begin_greeted(&mut self, at: PacketRef) {
        let Some(client) = self.client else {
            return;
        };
        let (client, server) = (self.endpoint(client), self.endpoint(client.opposite()));
        let exchange = Exchange::begin(client, server, at);
        self.stage = Stage::Login(Box::new(exchange));
    }

    /// Takes up events that were kept. `opened` says that the bytes were inside TLS and are out of
    /// it already.
    fn replay(&mut self, events: Vec<Event>, opened: bool) {
        for event in events {
            match event {
                Event::MidStream { direction, .. } => self.mid_stream(direction, false),
                Event::Data {
                    direction,
                    offset,
                    bytes,
                    at,
                } if opened => {
                    self.opened(direction, offset, &bytes, at);
                }
                Event::Data {
                    direction,
                    offset,
                    bytes,
                    at,
                } => self.data(direction, offset, &bytes, at),
                Event::Gap {
                    direction,
                    length,
                    cause,
                    at,
                } => self.gap(direction, length, cause, at),
                Event::Conflict {
                    direction,
                    offset,
                    kept,
                    other,
                    first,
                    second,
                } => self.conflict(direction, offset, [&kept, &other], [first, second]),
            }
        }
    }

    fn data(&mut self, direction: Direction, offset: u64, bytes: &[u8], at: PacketRef) {
        let from_client = self.client == Some(direction);
        if self.tls.is_none() || (!from_client && self.is_refused_with(direction, bytes)) {
            return self.opened(direction, offset, bytes, at);
        }
        let Some(session) = &mut self.tls else {
            return;
        };
        session.data(from_client, bytes, at);
        for plain in session.take_plain() {
            // Early data is told with what comes behind it: it need not be of this direction.
            let other = plain.from_client != from_client;
            let direction = if other {
                direction.opposite()
            } else {
                direction
            };
            self.opened(direction, offset, &plain.bytes, plain.at);
        }
        self.look_at_tls();
    }

    /// Whether these bytes of the server are an ERR in the clear: in place of its hello, perhaps behind an alert.
    fn is_refused_with(&mut self, direction: Direction, bytes: &[u8]) -> bool {
        let inside = self.framer(direction).is_inside(ERR);
        self.tls.as_mut().is_some_and(|session| {
            let begins = is_an_error(bytes) && session.is_between_records(false);
            session.version().is_none() && (inside || begins)
        })
    }

    /// A TLS session that tells nothing more ends what is watched or decoded inside.
    fn look_at_tls(&mut self) {
        if self.tls.as_ref().is_some_and(|session| session.is_done()) {
            self.end();
        }
    }

    /// Bytes that are not inside TLS, or no longer.
    fn opened(&mut self, direction: Direction, offset: u64, bytes: &[u8], at: PacketRef) {
        if self.unpackers.is_none() {
            self.plain(direction, offset, bytes, at);
        } else {
            self.unpack(direction, offset, bytes, at);
        }
    }

    /// Bytes that are compressed. Apart, as what unpacks them takes much of the stack.
    #[cold]
    fn unpack(&mut self, direction: Direction, mut offset: u64, mut bytes: &[u8], at: PacketRef) {
        while let Some((began, unpacked)) = self
            .unpacker(direction)
            .and_then(|unpacker| unpacker.next(&mut bytes, &mut offset))
        {
            match unpacked {
                Unpacked::Bytes(inside) => self.plain(direction, began, &inside, at),
                Unpacked::Lost(length) => self.lose(direction, length, at),
            }
        }
    }

    /// Bytes that are not compressed, or no longer.
    fn plain(&mut self, direction: Direction, mut offset: u64, mut bytes: &[u8], at: PacketRef) {
        loop {
            match &self.stage {
                Stage::Watching(watching)
                    if self.tls.is_none() && watching.is_greeted_by_first(direction, bytes) =>
                {
                    // The usual beginning, decided at once.
                    self.client = Some(direction.opposite());
                    self.begin_greeted(at);
                }
                Stage::Watching(_) => {
                    let bytes = bytes.to_vec();
                    return self.watch(Event::Data {
                        direction,
                        offset,
                        bytes,
                        at,
                    });
                }
                Stage::Commands(_) if self.client != Some(direction) => return,
                Stage::Done(_) => return,
                Stage::Login(_) | Stage::Commands(_) => {}
            }
            // Looked at where it was put: to move it would be to wait until all of it is written.
            let message = self.framer(direction).next(&mut bytes, &mut offset, at);
            let Some(message) = &message else {
                return;
            };
            let clear = self.tls.is_none();
            self.take(direction, message);
            if clear && self.tls.is_some() {
                // What follows an SSLRequest in the same segment is TLS.
                return self.data(direction, offset, bytes, at);
            }
        }
    }

    /// Bytes of the stream of messages that cannot be had.
    fn lose(&mut self, direction: Direction, length: u64, at: PacketRef) {
        if let Some(message) = self.framer(direction).gap(length, at) {
            self.take(direction, &message);
        }
    }

    fn take(&mut self, direction: Direction, message: &Message<'_>) {
        let side = self.side(direction);
        match &mut self.stage {
            Stage::Login(exchange) => match exchange.take(side, message) {
                Next::GoOn => {}
                Next::Tls => {
                    exchange.begin_tls();
                    self.tls = Some(Box::new(Session::new(Arc::clone(&self.surroundings.keys))));
                }
                Next::Decided => self.finish_login(None),
                Next::Left => self.finish_login(Some(message.at)),
            },
            Stage::Commands(before) if side == Side::Client => {
                let (client, server) = match direction {
                    Direction::Forward => (self.conversation.from, self.conversation.to),
                    Direction::Backward => (self.conversation.to, self.conversation.from),
                };
                let exchange = Exchange::change_user(client, server, before, message);
                self.stage = Stage::Login(Box::new(exchange));
                for framer in &mut self.framers {
                    framer.want(Want::All);
                }
                self.framer(direction.opposite()).restart();
                if let Some(unpacker) = self.unpacker(direction.opposite()) {
                    *unpacker = Unpacker::default();
                }
            }
            _ => {}
        }
    }

    /// The login is over: hands it out, and goes on as its end demands.
    fn finish_login(&mut self, left: Option<PacketRef>) {
        let Stage::Login(mut exchange) = mem::replace(&mut self.stage, Stage::Done(None)) else {
            return;
        };
        let mut closings: SmallVec<[_; 2]> = self
            .closings
            .iter()
            .map(|(direction, how, at)| (self.side(*direction), *how, *at))
            .collect();
        closings.sort_by_key(|(_, _, at)| *at);
        if let Some(session) = &self.tls {
            let sealed = session.sealed().filter(|_| !exchange.is_decided());
            exchange.settle_tls(session, sealed);
        }
        if !exchange.shows_a_login() {
            self.stage = Stage::Done(Some(Elsewhere::MidStream));
            return;
        }
        let (login, greeting) = exchange.finish(&closings, left);
        if matches!(login.outcome, Outcome::Accepted) {
            if login.agreed_on_compression() && self.unpackers.is_none() {
                self.unpackers = Some(Box::default());
            }
            let past = Past::of(&login, &greeting, &self.surroundings.greetings);
            self.stage = Stage::Commands(Box::new(past));
            for framer in &mut self.framers {
                framer.want(Want::Command(COM_CHANGE_USER));
            }
        }
        self.found.push(login);
    }

    fn gap(&mut self, direction: Direction, length: u64, cause: GapCause, at: PacketRef) {
        let from_client = self.client == Some(direction);
        if let Some(session) = &mut self.tls {
            session.gap(from_client, length, at);
            return self.look_at_tls();
        }
        if let Stage::Watching(_) = self.stage {
            return self.watch(Event::Gap {
                direction,
                length,
                cause,
                at,
            });
        }
        let side = self.side(direction);
        if let Stage::Login(exchange) = &mut self.stage {
            let cause = match cause {
                GapCause::Snaplen => MissingCause::Snaplen,
                GapCause::NotCaptured => MissingCause::NotCaptured,
            };
            exchange.fault(Fault::Missing {
                side,
                bytes: length,
                at: Some(at),
                cause,
            });
        }
        match self.unpacker(direction) {
            None => self.lose(direction, length, at),
            Some(unpacker) => {
                unpacker.lose();
                self.framer(direction).lose();
            }
        }
    }

    /// `awaited`: the bytes that follow are what the other side was waiting for when it was first
    /// seen. Where that side had begun with its greeting, they are this side's first.
    fn mid_stream(&mut self, direction: Direction, awaited: bool) {
        if let Stage::Watching(_) = self.stage {
            return self.watch(Event::MidStream { direction, awaited });
        }
        let side = self.side(direction);
        if let Stage::Login(exchange) = &mut self.stage {
            if awaited && exchange.was_greeted() {
                return;
            }
            let cause = MissingCause::BeforeCapture;
            exchange.fault(Fault::Missing {
                side,
                bytes: 0,
                at: None,
                cause,
            });
        }
        self.framer(direction).lose();
    }

    fn conflict(
        &mut self,
        direction: Direction,
        offset: u64,
        [kept, other]: [&[u8]; 2],
        [first, second]: [PacketRef; 2],
    ) {
        if let Stage::Watching(_) = self.stage {
            return self.watch(Event::Conflict {
                direction,
                offset,
                kept: kept.to_vec(),
                other: other.to_vec(),
                first,
                second,
            });
        }
        let side = self.side(direction);
        if let Stage::Login(exchange) = &mut self.stage {
            exchange.differing(Differing {
                side,
                offset,
                length: other.len() as u64,
                kept: kept.to_vec(),
                other: other.to_vec(),
                first,
                second,
            });
        }
    }

    fn end(&mut self) {
        if let Stage::Watching(_) = self.stage {
            self.decide(true);
        }
        for direction in [Direction::Forward, Direction::Backward] {
            let closed = self.closings.iter().any(|(by, _, _)| *by == direction);
            let side = self.side(direction);
            if let Stage::Login(_) = self.stage
                && let Some(message) = self.framer(direction).finish()
            {
                if let Stage::Login(exchange) = &mut self.stage
                    && closed
                {
                    exchange.ended_within(side, &message);
                }
                self.take(direction, &message);
            }
        }
        if let Stage::Login(_) = self.stage {
            self.finish_login(None);
        }
        if let Stage::Commands(_) = self.stage {
            self.stage = Stage::Done(None);
        }
    }
}

/// A server may refuse the request for TLS with an ERR in the clear: its beginning, or all of it.
fn is_an_error(bytes: &[u8]) -> bool {
    let Some(header) = Header::parse(bytes) else {
        return false;
    };
    let length = Header::SIZE.saturating_add(header.length as usize);
    bytes.len() <= length && header.length <= LONGEST_ERROR && bytes.get(Header::SIZE) == Some(&ERR)
}
