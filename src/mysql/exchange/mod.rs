//! The state machine of one login: messages in, a [`Login`] out.
//!
//! Messages come in causal order. Each is taken for what it is, also when what should have come
//! before it is missing; nothing is judged here. What a server may say is in [`server`], what a
//! client may say in [`client`]; both write into the login through the methods here.

mod client;
mod server;
mod versions;

use crate::capture::PacketRef;
use crate::limits;
use crate::mysql::framing::Message;
use crate::mysql::login::{
    AuthPath, Fault, Login, Outcome, Round, RoundStart, Salt, SaltSource, Side, Step, StepKind,
    TlsFailure, Transport, Turn, Turns,
};
use crate::mysql::past::Past;
use crate::mysql::plugin::Plugin;
use crate::mysql::wire::captured::Captured;
use crate::net::Endpoint;
use crate::tcp::Closing;
use crate::tls::wire::version::Version;
use crate::tls::{Sealed, Session};

pub(super) use versions::Differing;
use versions::Heard;

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

/// One login while it runs.
#[derive(Debug)]
pub(super) struct Exchange {
    login: Box<Login>,
    /// The payload of the greeting, if that was parsed whole.
    greeting: Box<[u8]>,
    /// Bytes of its messages, and what is noted of each.
    weight: usize,
    /// The sequence id that comes next; `None` where a hole hides it.
    next_sequence: Option<u8>,
    /// The client's login packet has been seen, or the server's answer to it.
    requested: bool,
    /// The server asked for full authentication and the client has not answered.
    full_asked: bool,
    /// Bytes of the server are missing behind its last message.
    server_lost: bool,
    differing: Vec<Differing>,
    /// Messages so far, also those that were no step.
    messages: usize,
    heard: Heard,
    /// The client left with COM_QUIT before the server had answered its last message.
    left: Option<PacketRef>,
    /// Where the client gave a command behind a hole: what the server decided is in the hole.
    commanded: Option<PacketRef>,
}

/// What most logins have, so that one allocation does for each list: messages and rounds.
const USUAL_MESSAGES: usize = 6;
const USUAL_ROUNDS: usize = 2;

/// Errors by which a server notes that the client no longer answers: the network errors.
const CLIENT_IS_GONE: std::ops::RangeInclusive<u16> = 1158..=1161;

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
            rounds: Vec::with_capacity(USUAL_ROUNDS),
            path: None,
            outcome: Outcome::Unknown,
            steps: Vec::with_capacity(USUAL_MESSAGES),
            faults: Vec::new(),
            tls: crate::mysql::TlsFacts::default(),
            other_version: None,
            earlier_salts: Vec::new(),
        })
    }

    /// A COM_CHANGE_USER on the connection that `before` was logged in on.
    pub fn change_user(
        client: Endpoint,
        server: Endpoint,
        before: &Past,
        message: &Message<'_>,
    ) -> Self {
        let mut exchange = Self::new(Login {
            attempt: before.attempt.saturating_add(1),
            first: message.at,
            client,
            server,
            proxied_for: before.proxied_for(),
            transport: before.transport(),
            server_version: before.server_version(),
            greeting: before.greeting(),
            request: None,
            switched: false,
            rounds: Vec::with_capacity(USUAL_ROUNDS),
            path: None,
            outcome: Outcome::Unknown,
            steps: Vec::with_capacity(USUAL_MESSAGES),
            faults: Vec::new(),
            tls: crate::mysql::TlsFacts::default(),
            other_version: None,
            earlier_salts: before.salts(),
        });
        exchange.greeting = before.greeting_bytes();
        exchange.step(StepKind::ChangeUser, Side::Client, message);
        exchange.take_change_user(before, message);
        exchange
    }

    fn new(login: Login) -> Self {
        Self {
            login: Box::new(login),
            greeting: Box::default(),
            weight: 0,
            next_sequence: Some(0),
            requested: false,
            full_asked: false,
            server_lost: false,
            differing: Vec::new(),
            messages: 0,
            heard: Heard::default(),
            left: None,
            commanded: None,
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
        if self.login.faults.len() < limits::LOGIN_FAULTS {
            self.login.faults.push(fault);
        }
    }

    /// Notes two differing copies of the same bytes.
    pub fn differing(&mut self, mut differing: Differing) {
        if self.differing.len() >= limits::CONFLICTS {
            return;
        }
        let held = self.differing.iter().map(|d| d.other.len());
        let held = held.fold(differing.other.len(), usize::saturating_add);
        if held > limits::LOGIN_HEARD {
            differing.kept = Vec::new();
            differing.other = Vec::new();
        }
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

    /// Bytes of this side are missing before what comes next.
    pub fn has_lost(&self, wanted: Side) -> bool {
        let lost = |fault: &Fault| matches!(fault, Fault::Missing { side, .. } if *side == wanted);
        self.login.faults.iter().any(lost)
    }

    /// Bytes of either side are missing before this message.
    fn is_behind_a_hole(&self, message: &Message) -> bool {
        message.after_gap || self.has_lost(Side::Client) || self.has_lost(Side::Server)
    }

    /// The server's first words were captured: its greeting.
    pub fn was_greeted(&self) -> bool {
        self.login.step(StepKind::Greeting).is_some()
    }

    /// About the bytes that it holds.
    pub const fn weight(&self) -> usize {
        self.weight
    }

    /// Takes the next message.
    pub fn take(&mut self, side: Side, message: &Message<'_>) -> Next {
        if self.messages >= limits::LOGIN_STEPS {
            self.malformed(side, "more messages than any login has", message);
            return Next::Decided;
        }
        self.messages = self.messages.saturating_add(1);
        self.heard.push(side, message);
        match side {
            Side::Server => self.take_server(message),
            Side::Client => self.take_client(message),
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
            turns: Turns::new(),
        });
    }

    /// A round whose plugin's name may have been cut off; then nothing can be said of it.
    fn begin_named_round(&mut self, plugin: Option<Plugin>, by: RoundStart, salt: Option<Salt>) {
        let plugin = plugin.unwrap_or(Plugin::Other(Vec::new()));
        self.begin_round(plugin, by, salt);
    }

    /// Messages are missing before this one, by the sequence ids, and a hole hides them. One may
    /// have been the answer to the round in force; more than that may have begun another round,
    /// of which then neither plugin nor salt is known.
    fn begin_lost_round(&mut self, message: &Message<'_>) {
        let has_hole = |fault: &Fault| matches!(fault, Fault::Missing { .. });
        let (Some(expected), true) = (self.next_sequence, self.login.faults.iter().any(has_hole))
        else {
            return;
        };
        let lost = message.sequence.wrapping_sub(expected);
        let unanswered = self
            .login
            .rounds
            .last()
            .is_some_and(|round| round.response().is_none());
        if lost > u8::from(unanswered) && lost < 128 && !self.login.rounds.is_empty() {
            self.begin_round(Plugin::Other(Vec::new()), RoundStart::NotCaptured, None);
        }
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

    fn turn(&mut self, side: Side, said: &[u8], message: &Message<'_>) {
        self.push_turn(Turn {
            side,
            bytes: said.into(),
            missing: message.missing,
            at: message.at,
        });
    }

    fn push_turn(&mut self, turn: Turn) {
        if let Some(round) = self.login.rounds.last_mut() {
            round.turns.push(turn);
        }
    }

    fn step(&mut self, kind: StepKind, side: Side, message: &Message<'_>) {
        let weight = message.payload.len().saturating_add(size_of::<Step>());
        self.weight = self.weight.saturating_add(weight);
        self.check_sequence(kind, side, message);
        self.login.steps.push(Step {
            kind,
            side,
            sequence: message.sequence,
            length: message.length(),
            offset: message.offset,
            at: message.at,
        });
    }

    /// Sequence ids count on across both sides. A server that gives up on its own (a time-out, a
    /// shutdown) does not know the client's: its ERR may repeat an id or begin at 0.
    fn check_sequence(&mut self, kind: StepKind, side: Side, message: &Message<'_>) {
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

    fn malformed(&mut self, side: Side, what: &str, message: &Message<'_>) {
        self.fault(Fault::Malformed {
            side,
            what: what.to_owned(),
            at: message.at,
        });
    }

    /// A side has closed the connection within this message, which is not cut by a hole.
    pub fn ended_within(&mut self, side: Side, message: &Message) {
        if message.missing > 0 && !self.has_lost(side) {
            let length = message.length();
            let what = format!("a message of {length} bytes, not all of which were sent");
            self.malformed(side, &what, message);
        }
    }

    /// Whether the server has decided.
    pub fn is_decided(&self) -> bool {
        !matches!(self.login.outcome, Outcome::Unknown)
    }

    /// Whether the server's decision was an ERR.
    fn is_refused(&self) -> bool {
        matches!(self.login.outcome, Outcome::Rejected(_))
    }

    /// What follows is inside TLS.
    pub fn begin_tls(&mut self) {
        self.login.transport = Transport::Tls {
            version: None,
            cipher: None,
            sealed: None,
        };
    }

    /// What the TLS session was, and why it was not decrypted (further), if that is so.
    pub fn settle_tls(&mut self, session: &Session, sealed: Option<Sealed>) {
        self.login.transport = Transport::Tls {
            version: session.version().and_then(Version::name),
            cipher: session.suite().map(|suite| suite.to_string()),
            sealed: sealed.map(|sealed| sealed.to_string()),
        };
        let fatal = session.alerts().iter().find(|alert| alert.is_failure());
        let name = fatal.and_then(|alert| alert.description.name());
        let begun = self.login.request.is_some() || self.is_decided() && !self.is_refused();
        if let (Some(alert), Some(name), false) = (fatal, name, begun) {
            let by = if alert.from_client {
                Side::Client
            } else {
                Side::Server
            };
            let at = alert.at;
            self.login.tls.failure = Some(TlsFailure {
                by,
                alert: name,
                at,
            });
            if !self.is_decided() {
                self.login.outcome = Outcome::Abandoned {
                    by: Some(by),
                    at: Some(at),
                };
            }
        }
        if sealed.is_some() {
            self.login.tls.inferred = session.shape();
        }
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

    /// Nothing more will come: the login, and the payload of the greeting, if that was parsed whole. `closings`
    /// are in the order of their packets.
    pub fn finish(
        mut self,
        closings: &[(Side, Closing, PacketRef)],
        left: Option<PacketRef>,
    ) -> (Box<Login>, Box<[u8]>) {
        self.settle_outcome(closings, left.or(self.left));
        self.login.other_version = self.other_version();
        self.settle_conflicts();
        (self.login, self.greeting)
    }

    /// Says which of the copies that differ a verdict depends on.
    fn settle_conflicts(&mut self) {
        for differing in &self.differing {
            let end = differing.offset.saturating_add(differing.length);
            let decisive = self.login.steps.iter().any(|step| {
                step.kind.is_decisive()
                    && step.side == differing.side
                    && differing.offset < step.end()
                    && step.offset < end
            });
            self.login.faults.push(Fault::Conflict {
                side: differing.side,
                first: differing.first,
                second: differing.second,
                bytes: differing.length,
                digests: differing.digests(),
                decisive,
            });
        }
        // Where the copies differ, so may the messages they make; their sequence proves nothing.
        if !self.differing.is_empty() {
            let proven = |fault: &Fault| !matches!(fault, Fault::SequenceError { .. });
            self.login.faults.retain(proven);
        }
    }
}

#[cfg(test)]
mod tests;
