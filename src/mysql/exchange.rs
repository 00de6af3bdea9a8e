//! The state machine of one login: messages in, a [`Login`] out.
//!
//! Messages come in causal order. Each is taken for what it is, also when what should have come
//! before it is missing; nothing is judged here.

use crate::capture::PacketRef;
use crate::limits;
use crate::mysql::framing::Message;
use crate::mysql::login::{
    AuthPath, Fault, Login, LoginRequest, Outcome, Round, RoundStart, Salt, SaltSource, Side, Step,
    StepKind, Transport, Turn,
};
use crate::mysql::plugin::Plugin;
use crate::mysql::wire::auth_switch::AuthSwitch;
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::captured::Captured;
use crate::mysql::wire::change_user::ChangeUser;
use crate::mysql::wire::client_first::ClientFirst;
use crate::mysql::wire::err::ErrorPacket;
use crate::mysql::wire::greeting::Greeting;
use crate::mysql::wire::handshake_response::HandshakeResponse;
use crate::mysql::wire::handshake_response_320::HandshakeResponse320;
use crate::mysql::wire::more_data::MoreDataKind;
use crate::mysql::wire::next_factor::NextFactor;
use crate::mysql::wire::ok::OkPacket;
use crate::net::Endpoint;
use crate::tcp::Closing;

/// What the connection does after a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The login goes on.
    GoOn,
    /// TLS records follow in both directions.
    Tls,
    /// The server has decided.
    Decided,
    /// The client left with COM_QUIT.
    Left,
}

/// Two copies of some bytes of the stream that differ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Differing {
    pub side: Side,
    pub offset: u64,
    pub length: u64,
    pub first: PacketRef,
    pub second: PacketRef,
}

/// One login while it runs.
#[derive(Debug)]
pub(super) struct Exchange {
    login: Login,
    /// The sequence id that comes next; `None` where a hole hides it.
    next_sequence: Option<u8>,
    /// The client's login packet has been seen, or the server's answer to it.
    requested: bool,
    /// The server asked for full authentication and the client has not answered.
    full_asked: bool,
    /// Bytes of the server are missing behind its last message.
    server_lost: bool,
    /// Where the messages stood that a verdict depends on: side, first and last offset.
    decisive: Vec<(Side, u64, u64)>,
    differing: Vec<Differing>,
}

const COM_QUIT: &[u8] = &[0x01];
const REQUEST_PUBLIC_KEY: &[u8] = &[0x02];
const REQUEST_PUBLIC_KEY_SHA256: &[u8] = &[0x01];
/// Errors by which a server notes that the client no longer answers: the network errors.
const CLIENT_IS_GONE: std::ops::RangeInclusive<u16> = 1158..=1161;
/// The sizes of an RSA block: 1024 to 4096 bits.
const RSA_BLOCKS: [u64; 4] = [128, 256, 384, 512];

impl Exchange {
    /// The connection's own login.
    pub fn begin(client: Endpoint, server: Endpoint, first: PacketRef) -> Self {
        Self::new(Login {
            attempt: 0,
            first,
            client,
            server,
            proxied_for: None,
            transport: Transport::Plain,
            server_version: None,
            greeting: None,
            request: None,
            switched: false,
            rounds: Vec::new(),
            path: None,
            outcome: Outcome::Unknown,
            steps: Vec::new(),
            faults: Vec::new(),
        })
    }

    /// A COM_CHANGE_USER on the connection of `before`.
    pub fn change_user(before: &Login, attempt: u32, message: &Message) -> Self {
        let mut exchange = Self::new(Login {
            attempt,
            first: message.at,
            request: None,
            switched: false,
            rounds: Vec::new(),
            path: None,
            outcome: Outcome::Unknown,
            steps: Vec::new(),
            faults: Vec::new(),
            ..before.clone()
        });
        exchange.step(StepKind::ChangeUser, Side::Client, message);
        exchange.take_change_user(before, message);
        exchange
    }

    fn new(login: Login) -> Self {
        Self {
            login,
            next_sequence: Some(0),
            requested: false,
            full_asked: false,
            server_lost: false,
            decisive: Vec::new(),
            differing: Vec::new(),
        }
    }

    /// Notes something that was missing or broken.
    pub fn fault(&mut self, fault: Fault) {
        if let Fault::Missing {
            side: Side::Server, ..
        } = fault
        {
            self.server_lost = true;
        }
        self.login.faults.push(fault);
    }

    /// Notes two differing copies of the same bytes.
    pub fn differing(&mut self, differing: Differing) {
        self.differing.push(differing);
    }

    /// The real client behind a proxy.
    pub fn proxied_for(&mut self, client: Option<Endpoint>) {
        self.login.proxied_for = client;
    }

    /// Whether anything that came belongs to a login. The user's word for a port is no login yet.
    pub fn shows_a_login(&self) -> bool {
        let login = &self.login;
        login.greeting.is_some()
            || login.request.is_some()
            || login.switched
            || login.attempt > 0
            || login
                .steps
                .iter()
                .any(|step| step.kind == StepKind::Greeting)
            || matches!(&login.outcome, Outcome::Rejected(error) if self.is_of_a_login(error.code))
    }

    /// An ERR that answers a login: in place of a greeting, or an access denied.
    fn is_of_a_login(&self, code: u16) -> bool {
        let first = self.login.steps.first();
        matches!(code, 1045 | 1698) || first.is_some_and(|step| step.sequence == 0)
    }

    /// Takes the next message.
    pub fn take(&mut self, side: Side, message: &Message) -> Next {
        if self.login.steps.len() >= limits::LOGIN_STEPS {
            self.malformed(side, "more messages than any login has", message);
            return Next::Decided;
        }
        match side {
            Side::Server => self.take_server(message),
            Side::Client => self.take_client(message),
        }
    }

    fn take_server(&mut self, message: &Message) -> Next {
        self.server_lost = message.missing > 0;
        let first = message.payload.first().copied();
        match first {
            Some(0xFF) => return self.take_err(message),
            Some(0x09 | 0x0A) if self.is_unanswered() => self.take_greeting(message),
            Some(0xFE) => self.take_switch(message),
            Some(0x00)
                if self.requested && OkPacket::parse(&message.payload, message.missing).is_ok() =>
            {
                self.step(StepKind::Result, Side::Server, message);
                self.login.outcome = Outcome::Accepted;
                return Next::Decided;
            }
            Some(0x02) if self.requested && self.has_factors() => self.take_next_factor(message),
            Some(0x01) if self.requested => {
                let said = message.payload.get(1..).unwrap_or(&[]);
                self.take_more(message, said);
            }
            // Old servers and some plugins leave the 0x01 out.
            Some(_) if self.requested => self.take_more(message, &message.payload.clone()),
            _ => self.malformed(Side::Server, "a message that no server sends here", message),
        }
        Next::GoOn
    }

    /// The server has said nothing yet: what it says now is its greeting, also when the client
    /// did not wait for it.
    fn is_unanswered(&self) -> bool {
        self.login.attempt == 0
            && self
                .login
                .steps
                .iter()
                .all(|step| step.side == Side::Client)
    }

    fn has_factors(&self) -> bool {
        let request = self.login.request.as_ref();
        let capabilities = request.and_then(|request| request.capabilities);
        capabilities.is_none_or(|c| c.has(Capabilities::MULTI_FACTOR))
    }

    fn take_greeting(&mut self, message: &Message) {
        self.decisive_step(StepKind::Greeting, Side::Server, message);
        let whole = if message.missing == 0 {
            &message.payload
        } else {
            [].as_slice()
        };
        match Greeting::parse(whole) {
            Ok(greeting) => {
                self.quirks(&greeting.quirks, message.at);
                self.login.server_version = Some(greeting.server_version.clone());
                self.login.greeting = Some(greeting);
            }
            Err(_) if message.missing > 0 => {
                let partial = Greeting::parse_partial(&message.payload).unwrap_or_default();
                self.login.server_version = partial.server_version;
                self.login.greeting = partial.without_plugin;
            }
            Err(error) => self.malformed(Side::Server, &error.to_string(), message),
        }
    }

    fn take_err(&mut self, message: &Message) -> Next {
        self.step(StepKind::Result, Side::Server, message);
        match ErrorPacket::parse(&message.payload, message.missing) {
            Ok(error) => self.login.outcome = Outcome::Rejected(error),
            Err(error) => self.malformed(Side::Server, &error.to_string(), message),
        }
        Next::Decided
    }

    fn take_switch(&mut self, message: &Message) {
        self.requested = true;
        self.login.switched = true;
        self.decisive_step(StepKind::AuthSwitch, Side::Server, message);
        match AuthSwitch::parse(&message.payload, message.missing) {
            Ok(switch) if switch.bare => {
                let salt = self.greeting_salt();
                self.begin_round(Plugin::OldPassword, RoundStart::Switch, salt);
            }
            Ok(switch) => {
                self.quirks(&switch.quirks, message.at);
                let salt = Self::salt(switch.data, message.at);
                self.begin_named_round(switch.plugin, RoundStart::Switch, salt);
            }
            Err(error) => self.malformed(Side::Server, &error.to_string(), message),
        }
    }

    fn take_next_factor(&mut self, message: &Message) {
        self.decisive_step(StepKind::NextFactor, Side::Server, message);
        match NextFactor::parse(&message.payload, message.missing) {
            Ok(next) => {
                self.quirks(&next.quirks, message.at);
                let salt = Self::salt(next.data, message.at);
                self.begin_named_round(next.plugin, RoundStart::NextFactor, salt);
            }
            Err(error) => self.malformed(Side::Server, &error.to_string(), message),
        }
    }

    fn take_more(&mut self, message: &Message, said: &[u8]) {
        self.step(StepKind::MoreData, Side::Server, message);
        let kind = self
            .plugin()
            .map(|plugin| MoreDataKind::of(said, message.missing, plugin));
        match kind {
            Some(MoreDataKind::FastAuthOk) => self.login.path = Some(AuthPath::Fast),
            Some(MoreDataKind::FullAuthNeeded) => self.full_asked = true,
            _ => {}
        }
        self.turn(Side::Server, said, message);
    }

    fn take_client(&mut self, message: &Message) -> Next {
        if self.is_quit(message) {
            return Next::Left;
        }
        if !self.requested {
            return self.take_first(message);
        }
        if self.ignores_switch(message) {
            self.login
                .faults
                .push(Fault::SwitchIgnored { at: message.at });
            return Next::Left;
        }
        self.take_response(message);
        Next::GoOn
    }

    /// The client's first message: an SSLRequest or its login packet.
    fn take_first(&mut self, message: &Message) -> Next {
        let greeting = self.login.greeting.as_ref();
        let server = greeting.map(|greeting| greeting.capabilities);
        let first = ClientFirst::parse(&message.payload, message.missing, server);
        if let Ok(ClientFirst::SslRequest(_)) = first {
            self.step(StepKind::SslRequest, Side::Client, message);
            return Next::Tls;
        }
        // Behind a hole it may be anything, and nothing says that it is wrong.
        if first.is_err() && message.after_gap {
            return Next::GoOn;
        }
        if self.login.steps.is_empty() && !message.after_gap {
            self.login.faults.push(Fault::SpokeFirst { at: message.at });
        }
        self.requested = true;
        self.decisive_step(StepKind::Login, Side::Client, message);
        match first {
            Ok(ClientFirst::Login(response)) => self.take_request(response, message),
            Ok(ClientFirst::OldLogin(response)) => self.take_old_request(response, message),
            Ok(ClientFirst::SslRequest(_)) => {}
            Err(error) => self.malformed(Side::Client, &error.to_string(), message),
        }
        Next::GoOn
    }

    /// COM_QUIT: a command of its own, so its sequence id begins at 0 again.
    fn is_quit(&self, message: &Message) -> bool {
        message.payload == COM_QUIT && message.sequence == 0
    }

    /// A command where the answer to a switch was due.
    fn ignores_switch(&self, message: &Message) -> bool {
        let unanswered =
            self.login.rounds.last().is_some_and(|round| {
                round.begun_by == RoundStart::Switch && round.turns.is_empty()
            });
        unanswered && message.sequence == 0 && self.next_sequence != Some(0)
    }

    fn take_request(&mut self, response: HandshakeResponse, message: &Message) {
        self.quirks(&response.quirks, message.at);
        let greeting = self.login.greeting.as_ref();
        let greeted = greeting.and_then(|greeting| greeting.plugin.clone());
        let named = response.plugin.filter(|plugin| !plugin.name().is_empty());
        let plugin = named.clone().or(greeted).unwrap_or(Plugin::NativePassword);
        self.login.request = Some(LoginRequest {
            user: response.user,
            database: response.database,
            plugin: named,
            attributes: response.attributes,
            capabilities: Some(response.capabilities),
            max_packet: response.max_packet,
            character_set: response.character_set,
            missing: message.missing,
        });
        let salt = self.greeting_salt();
        self.begin_round(plugin, RoundStart::Login, salt);
        self.answer(response.auth_response, message.at);
    }

    fn take_old_request(&mut self, response: HandshakeResponse320, message: &Message) {
        self.quirks(&response.quirks, message.at);
        self.login.request = Some(LoginRequest {
            user: response.user,
            database: response.database,
            capabilities: Some(response.capabilities),
            max_packet: response.max_packet,
            missing: message.missing,
            ..LoginRequest::default()
        });
        let salt = self.greeting_salt();
        self.begin_round(Plugin::OldPassword, RoundStart::Login, salt);
        self.answer(response.auth_response, message.at);
    }

    fn take_change_user(&mut self, before: &Login, message: &Message) {
        self.requested = true;
        let server = before
            .greeting
            .as_ref()
            .map(|greeting| greeting.capabilities);
        let client = before
            .request
            .as_ref()
            .and_then(|request| request.capabilities);
        let agreed = match (server, client) {
            (Some(server), Some(client)) => Some(server & client),
            (server, client) => client.or(server),
        };
        match ChangeUser::parse(&message.payload, message.missing, agreed) {
            Ok(change) => {
                self.quirks(&change.quirks, message.at);
                let plugin = change.plugin.clone().unwrap_or(Plugin::NativePassword);
                self.login.request = Some(LoginRequest {
                    user: change.user,
                    database: change.database,
                    plugin: change.plugin,
                    attributes: change.attributes,
                    capabilities: client,
                    max_packet: before
                        .request
                        .as_ref()
                        .and_then(|request| request.max_packet),
                    character_set: change.character_set,
                    missing: message.missing,
                });
                let last = before
                    .rounds
                    .iter()
                    .rev()
                    .find_map(|round| round.salt.clone());
                let salt = last.map(|salt| Salt {
                    source: SaltSource::ChangeUser,
                    ..salt
                });
                self.begin_round(plugin, RoundStart::ChangeUser, salt);
                self.answer(change.auth_response, message.at);
            }
            Err(error) => self.malformed(Side::Client, &error.to_string(), message),
        }
    }

    fn take_response(&mut self, message: &Message) {
        let asks_for_key = match self.plugin() {
            Some(Plugin::CachingSha2) => self.full_asked && message.payload == REQUEST_PUBLIC_KEY,
            Some(Plugin::Sha256) => message.payload == REQUEST_PUBLIC_KEY_SHA256,
            _ => false,
        };
        if asks_for_key {
            self.step(StepKind::KeyRequest, Side::Client, message);
        } else {
            self.decisive_step(StepKind::Response, Side::Client, message);
            if self.full_asked {
                self.full_asked = false;
                self.login.path = self.full_path(message);
            }
        }
        self.turn(Side::Client, &message.payload.clone(), message);
    }

    /// What the client's answer to the request for full authentication is.
    fn full_path(&self, message: &Message) -> Option<AuthPath> {
        match self.login.transport {
            Transport::Tls { .. } => Some(AuthPath::FullTls),
            Transport::Plain if RSA_BLOCKS.contains(&message.length()) => Some(AuthPath::FullRsa),
            Transport::Plain => None,
        }
    }

    fn plugin(&self) -> Option<&Plugin> {
        self.login.rounds.last().map(|round| &round.plugin)
    }

    fn begin_round(&mut self, plugin: Plugin, begun_by: RoundStart, salt: Option<Salt>) {
        self.login.rounds.push(Round {
            plugin,
            begun_by,
            salt,
            turns: Vec::new(),
        });
    }

    /// A round whose plugin's name may have been cut off; then nothing can be said of it.
    fn begin_named_round(&mut self, plugin: Option<Plugin>, by: RoundStart, salt: Option<Salt>) {
        let plugin = plugin.unwrap_or(Plugin::Other(Vec::new()));
        self.begin_round(plugin, by, salt);
    }

    fn quirks(&mut self, quirks: &[&'static str], at: PacketRef) {
        let quirks = quirks.iter().map(|what| Fault::Quirk { what, at });
        self.login.faults.extend(quirks);
    }

    fn greeting_salt(&self) -> Option<Salt> {
        let greeting = self.login.greeting.as_ref()?;
        let at = self.login.step(StepKind::Greeting)?.at;
        let bytes = greeting.salt.clone();
        (!bytes.is_empty()).then_some(Salt {
            bytes,
            source: SaltSource::Greeting,
            at,
        })
    }

    /// The salt in a switch; none where the plugin sends none or the capture lacks a part of it.
    fn salt(data: Captured, at: PacketRef) -> Option<Salt> {
        let whole = data.is_whole() && !data.bytes.is_empty();
        whole.then_some(Salt {
            bytes: data.bytes,
            source: SaltSource::AuthSwitch,
            at,
        })
    }

    /// The response that a login packet or a COM_CHANGE_USER carries.
    fn answer(&mut self, response: Option<Captured>, at: PacketRef) {
        if let Some(Captured { bytes, missing }) = response {
            self.push_turn(Turn {
                side: Side::Client,
                bytes,
                missing,
                at,
            });
        }
    }

    fn turn(&mut self, side: Side, said: &[u8], message: &Message) {
        self.push_turn(Turn {
            side,
            bytes: said.to_vec(),
            missing: message.missing,
            at: message.at,
        });
    }

    fn push_turn(&mut self, turn: Turn) {
        if let Some(round) = self.login.rounds.last_mut() {
            round.turns.push(turn);
        }
    }

    /// A message whose bytes a verdict depends on.
    fn decisive_step(&mut self, kind: StepKind, side: Side, message: &Message) {
        self.decisive.push((
            side,
            message.offset,
            message
                .offset
                .saturating_add(message.length())
                .saturating_add(4),
        ));
        self.step(kind, side, message);
    }

    fn step(&mut self, kind: StepKind, side: Side, message: &Message) {
        self.check_sequence(kind, side, message);
        self.login.steps.push(Step {
            kind,
            side,
            sequence: message.sequence,
            length: message.length(),
            at: message.at,
        });
    }

    /// Sequence ids count on across both sides. A server that gives up on its own (a time-out, a
    /// shutdown) does not know the client's: its ERR may repeat an id or begin at 0.
    fn check_sequence(&mut self, kind: StepKind, side: Side, message: &Message) {
        if let Some(expected) = self.next_sequence
            && expected != message.sequence
            && !message.after_gap
            && !self
                .login
                .faults
                .iter()
                .any(|fault| matches!(fault, Fault::Missing { .. } | Fault::SpokeFirst { .. }))
            && !(kind == StepKind::Result && side == Side::Server)
        {
            let found = message.sequence;
            self.login.faults.push(Fault::SequenceError {
                side,
                expected,
                found,
                at: message.at,
            });
        }
        self.next_sequence = Some(message.sequence.wrapping_add(1));
    }

    fn malformed(&mut self, side: Side, what: &str, message: &Message) {
        self.login.faults.push(Fault::Malformed {
            side,
            what: what.to_owned(),
            at: message.at,
        });
    }

    /// The login is inside TLS that is not read.
    pub fn seal(&mut self, reason: &str) {
        self.login.transport = Transport::Tls {
            version: None,
            cipher: None,
            sealed: Some(reason.to_owned()),
        };
    }

    /// Who closed first, where the server had not decided before; and what that says of the path.
    fn settle_outcome(&mut self, closings: &[(Side, Closing, PacketRef)], left: Option<PacketRef>) {
        let complaint = match &self.login.outcome {
            Outcome::Unknown => None,
            // The server's complaint that the client has gone is no decision about the login.
            Outcome::Rejected(error) if CLIENT_IS_GONE.contains(&error.code) => {
                self.login.steps.last()
            }
            _ => return,
        };
        let sealed = matches!(
            self.login.transport,
            Transport::Tls {
                sealed: Some(_),
                ..
            }
        );
        if sealed || (self.server_lost && complaint.is_none()) {
            return;
        }
        let first = closings.first().map(|(side, _, at)| (*side, *at));
        let Some((by, at)) = left.map(|at| (Side::Client, at)).or(first) else {
            return;
        };
        if complaint.is_some_and(|complaint| by != Side::Client || complaint.at < at) {
            return;
        }
        let (by, at) = (Some(by), Some(at));
        self.login.outcome = Outcome::Abandoned { by, at };
        if self.full_asked && by == Some(Side::Client) {
            self.login.path = Some(AuthPath::FullRefused);
        }
    }

    /// Nothing more will come. `closings` are in the order of their packets.
    pub fn finish(
        mut self,
        closings: &[(Side, Closing, PacketRef)],
        left: Option<PacketRef>,
    ) -> Login {
        self.settle_outcome(closings, left);
        for differing in &self.differing {
            let end = differing.offset.saturating_add(differing.length);
            let decisive = self.decisive.iter().any(|(side, from, to)| {
                *side == differing.side && differing.offset < *to && *from < end
            });
            self.login.faults.push(Fault::Conflict {
                side: differing.side,
                first: differing.first,
                second: differing.second,
                bytes: differing.length,
                decisive,
            });
        }
        self.login
    }
}
