//! One TCP conversation on its way from bytes to logins.
//!
//! It is watched until it shows what it is; then its login is decoded; after that only the
//! client's side is watched, for COM_CHANGE_USER, and the rest costs nothing. Called by the
//! reassembly with each event, asked by `analyze` for the logins found.

use std::mem;
use std::sync::Arc;

use crate::capture::PacketRef;
use crate::limits;
use crate::mysql::detect::{self, Elsewhere, Told};
use crate::mysql::exchange::{Differing, Exchange, Next};
use crate::mysql::framing::{Framer, Message, Want};
use crate::mysql::login::{Fault, Login, MissingCause, Outcome, Side};
use crate::mysql::wire::proxy_protocol::{self, Parsed};
use crate::net::Endpoint;
use crate::tcp::{Closing, Conversation, Direction, GapCause, Handler, Interest, StreamEvent};

const COM_CHANGE_USER: u8 = 0x11;

/// Decodes one conversation.
#[derive(Debug)]
pub struct Connection {
    conversation: Conversation,
    /// Ports that the user says are servers'.
    server_ports: Arc<[u16]>,
    /// The client's direction, once it is known.
    client: Option<Direction>,
    framers: [Framer; 2],
    stage: Stage,
    closings: Vec<(Direction, Closing, PacketRef)>,
    found: Vec<Login>,
}

#[derive(Debug)]
enum Stage {
    /// It has not shown what it is.
    Watching(Box<Watching>),
    /// A login runs.
    Login(Box<Exchange>),
    /// Past the login; a COM_CHANGE_USER may come.
    Commands(Box<Login>),
    /// Nothing more is wanted of it.
    Done(Option<Elsewhere>),
}

/// What came while the conversation had not shown what it is.
#[derive(Debug, Default)]
struct Watching {
    events: Vec<Event>,
    bytes: usize,
    proxied_for: Option<Endpoint>,
    /// The direction whose PROXY header has been read and taken off.
    unproxied: Option<Direction>,
}

/// An event kept for later.
#[derive(Debug)]
enum Event {
    MidStream(Direction),
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
        length: u64,
        first: PacketRef,
        second: PacketRef,
    },
}

impl Connection {
    /// A conversation that has just begun. `server_ports` are those the user named.
    #[must_use]
    pub fn new(conversation: Conversation, server_ports: Arc<[u16]>) -> Self {
        Self {
            conversation,
            server_ports,
            client: None,
            framers: [Framer::default(), Framer::default()],
            stage: Stage::Watching(Box::default()),
            closings: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The logins that were completed since this was last asked.
    pub fn take_logins(&mut self) -> Vec<Login> {
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

    /// Keeps an event until it is known what the conversation is.
    fn watch(&mut self, event: Event, length: usize) {
        let Stage::Watching(watching) = &mut self.stage else {
            return;
        };
        watching.bytes = watching.bytes.saturating_add(length);
        watching.events.push(event);
        let full = watching.bytes > limits::WATCHED_BYTES
            || watching.events.len() > limits::WATCHED_EVENTS;
        self.decide(full);
    }

    /// Decides what the conversation is, if it shows. With `now`, decides in any case.
    fn decide(&mut self, now: bool) {
        if !self.take_off_proxy_header(now) {
            return;
        }
        let told = [Direction::Forward, Direction::Backward]
            .map(|direction| (direction, self.look(direction, now)));
        let server = told.iter().find(|(_, told)| *told == Told::Server);
        let client = told.iter().find(|(_, told)| *told == Told::Client);
        let other = told.iter().find_map(|(_, told)| match told {
            Told::Other(kind) => Some(*kind),
            _ => None,
        });
        if let Some((direction, _)) = server {
            self.client = Some(direction.opposite());
            self.begin_login();
        } else if let (Some(kind), None) = (other, client) {
            self.stage = Stage::Done(Some(kind));
        } else if let (Some((direction, _)), true) = (client, now) {
            self.client = Some(*direction);
            self.begin_login();
        } else if now {
            self.give_up();
        }
    }

    /// Nothing shows what it is; the user's word for the port may.
    fn give_up(&mut self) {
        let named = |endpoint: Endpoint| self.server_ports.contains(&endpoint.port);
        let direction = match (named(self.conversation.from), named(self.conversation.to)) {
            (false, true) => Some(Direction::Forward),
            (true, false) => Some(Direction::Backward),
            _ => None,
        };
        let Stage::Watching(watching) = &self.stage else {
            return;
        };
        let has_data = |direction| !watching.head(direction).is_empty();
        let speakers = (has_data(Direction::Forward), has_data(Direction::Backward));
        let is_hole = |event: &Event| matches!(event, Event::MidStream(_) | Event::Gap { .. });
        let mid_stream = watching.events.iter().any(is_hole);
        if let (Some(client), true) = (direction, speakers.0 || speakers.1) {
            self.client = Some(client);
            self.begin_login();
            return;
        }
        self.stage = Stage::Done(Some(match speakers {
            (false, false) => Elsewhere::Silent,
            (true, false) | (false, true) => Elsewhere::OneDirection,
            (true, true) if mid_stream => Elsewhere::MidStream,
            (true, true) => Elsewhere::Unknown,
        }));
    }

    /// What one direction shows of itself.
    fn look(&self, direction: Direction, now: bool) -> Told {
        let Stage::Watching(watching) = &self.stage else {
            return Told::Unsure;
        };
        let of_direction = || {
            watching
                .events
                .iter()
                .filter(|event| event.direction() == direction)
        };
        let broken = of_direction()
            .position(|event| !matches!(event, Event::Data { .. } | Event::Conflict { .. }));
        if broken.is_some_and(|place| place == 0 || now) && !watching.begins_whole(direction) {
            let mut told = of_direction().map(Event::told_alone);
            return told
                .find(|told| *told != Told::Unsure)
                .unwrap_or(Told::Unsure);
        }
        let head = watching.head(direction);
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
        let Stage::Watching(watching) = &mut self.stage else {
            return false;
        };
        if watching.unproxied.is_some() {
            return true;
        }
        for direction in [Direction::Forward, Direction::Backward] {
            let head = watching.head(direction);
            match proxy_protocol::parse(&head) {
                Parsed::Complete {
                    header_len, source, ..
                } => {
                    watching.proxied_for = source;
                    watching.unproxied = Some(direction);
                    watching.drop_front(direction, header_len);
                    self.client = Some(direction);
                }
                Parsed::NeedMore if !now && !head.is_empty() => return false,
                Parsed::NeedMore | Parsed::NotProxy => {}
            }
        }
        true
    }

    /// It is MySQL: decodes what has come so far.
    fn begin_login(&mut self) {
        let Some(client) = self.client else {
            return;
        };
        let Stage::Watching(watching) = mem::replace(&mut self.stage, Stage::Done(None)) else {
            return;
        };
        let first = watching.events.iter().find_map(Event::data_at);
        let Some(first) = first else {
            self.stage = Stage::Watching(watching);
            return;
        };
        let (client, server) = (self.endpoint(client), self.endpoint(client.opposite()));
        let mut exchange = Exchange::begin(client, server, first);
        exchange.proxied_for(watching.proxied_for);
        self.stage = Stage::Login(Box::new(exchange));
        let whole = [Direction::Forward, Direction::Backward]
            .map(|direction| watching.begins_whole(direction));
        for event in watching.events {
            match event {
                Event::MidStream(direction) if whole.get(direction as usize) == Some(&true) => {}
                Event::MidStream(direction) => self.mid_stream(direction),
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
                    length,
                    first,
                    second,
                } => {
                    self.conflict(direction, offset, length, first, second);
                }
            }
        }
    }

    fn data(&mut self, direction: Direction, mut offset: u64, mut bytes: &[u8], at: PacketRef) {
        loop {
            match &self.stage {
                Stage::Watching(_) => {
                    let event = Event::Data {
                        direction,
                        offset,
                        bytes: bytes.to_vec(),
                        at,
                    };
                    return self.watch(event, bytes.len());
                }
                Stage::Commands(_) if self.client != Some(direction) => return,
                Stage::Done(_) => return,
                Stage::Login(_) | Stage::Commands(_) => {}
            }
            let Some(message) = self.framer(direction).next(&mut bytes, &mut offset, at) else {
                return;
            };
            self.take(direction, &message);
        }
    }

    fn take(&mut self, direction: Direction, message: &Message) {
        let side = self.side(direction);
        match &mut self.stage {
            Stage::Login(exchange) => match exchange.take(side, message) {
                Next::GoOn => {}
                Next::Tls => {
                    exchange.seal("the login is inside TLS, which was not decrypted");
                    self.finish_login(None);
                    self.stage = Stage::Done(None);
                }
                Next::Decided => self.finish_login(None),
                Next::Left => self.finish_login(Some(message.at)),
            },
            Stage::Commands(before) if side == Side::Client => {
                let attempt = before.attempt.saturating_add(1);
                let exchange = Exchange::change_user(before, attempt, message);
                self.stage = Stage::Login(Box::new(exchange));
                for framer in &mut self.framers {
                    framer.want(Want::All);
                }
                self.framer(direction.opposite()).restart();
            }
            _ => {}
        }
    }

    /// The login is over: hands it out, and goes on as its end demands.
    fn finish_login(&mut self, left: Option<PacketRef>) {
        let Stage::Login(exchange) = mem::replace(&mut self.stage, Stage::Done(None)) else {
            return;
        };
        let mut closings: Vec<_> = self
            .closings
            .iter()
            .map(|(direction, how, at)| (self.side(*direction), *how, *at))
            .collect();
        closings.sort_by_key(|(_, _, at)| *at);
        if !exchange.shows_a_login() {
            self.stage = Stage::Done(Some(Elsewhere::MidStream));
            return;
        }
        let login = exchange.finish(&closings, left);
        if matches!(login.outcome, Outcome::Accepted) {
            self.stage = Stage::Commands(Box::new(login.clone()));
            for framer in &mut self.framers {
                framer.want(Want::Command(COM_CHANGE_USER));
            }
        }
        self.found.push(login);
    }

    fn gap(&mut self, direction: Direction, length: u64, cause: GapCause, at: PacketRef) {
        if let Stage::Watching(_) = self.stage {
            return self.watch(
                Event::Gap {
                    direction,
                    length,
                    cause,
                    at,
                },
                0,
            );
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
        if let Some(message) = self.framer(direction).gap(length, at) {
            self.take(direction, &message);
        }
    }

    fn mid_stream(&mut self, direction: Direction) {
        if let Stage::Watching(_) = self.stage {
            return self.watch(Event::MidStream(direction), 0);
        }
        let side = self.side(direction);
        if let Stage::Login(exchange) = &mut self.stage {
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
        length: u64,
        first: PacketRef,
        second: PacketRef,
    ) {
        if let Stage::Watching(_) = self.stage {
            return self.watch(
                Event::Conflict {
                    direction,
                    offset,
                    length,
                    first,
                    second,
                },
                0,
            );
        }
        let side = self.side(direction);
        if let Stage::Login(exchange) = &mut self.stage {
            exchange.differing(Differing {
                side,
                offset,
                length,
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
            if let Stage::Login(_) = self.stage
                && let Some(message) = self.framer(direction).finish()
            {
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

impl Handler for Connection {
    fn event(&mut self, event: StreamEvent<'_>) {
        match event {
            StreamEvent::MidStream { direction } => self.mid_stream(direction),
            StreamEvent::Data {
                direction,
                offset,
                bytes,
                at,
            } => self.data(direction, offset, bytes, at),
            StreamEvent::Gap {
                direction,
                length,
                cause,
                at,
                ..
            } => self.gap(direction, length, cause, at),
            StreamEvent::Conflict {
                direction,
                offset,
                other,
                first,
                second,
            } => {
                self.conflict(direction, offset, other.len() as u64, first, second);
            }
            StreamEvent::Closed { direction, how, at } => {
                if self.closings.len() < limits::CLOSINGS {
                    self.closings.push((direction, how, at));
                }
            }
            StreamEvent::End => self.end(),
        }
    }

    fn opened_by(&mut self, direction: Direction) {
        if let Stage::Watching(_) = self.stage {
            self.client.get_or_insert(direction);
        }
    }

    fn interest(&self) -> Interest {
        match (&self.stage, self.client) {
            (Stage::Watching(_) | Stage::Login(_), _) => Interest::Both,
            (Stage::Commands(_), Some(client)) => Interest::Only(client),
            (Stage::Commands(_), None) | (Stage::Done(_), _) => Interest::Nothing,
        }
    }
}

impl Event {
    fn direction(&self) -> Direction {
        match self {
            Self::MidStream(direction)
            | Self::Data { direction, .. }
            | Self::Gap { direction, .. }
            | Self::Conflict { direction, .. } => *direction,
        }
    }

    fn data_at(&self) -> Option<PacketRef> {
        match self {
            Self::Data { at, .. } => Some(*at),
            _ => None,
        }
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

impl Watching {
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
    fn begins_whole(&self, wanted: Direction) -> bool {
        let first = self.events.iter().find(|event| event.direction() == wanted);
        let Some(Event::MidStream(_)) = first else {
            return false;
        };
        let head = self.head(wanted);
        detect::server_bytes(&head, false) == Told::Server
            || detect::client_bytes(&head, false) == Told::Client
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
