//! What a server says during a login.

use super::{Exchange, Next};
use crate::mysql::framing::Message;
use crate::mysql::login::{AuthPath, Outcome, RoundStart, Side, StepKind};
use crate::mysql::plugin::Plugin;
use crate::mysql::wire::auth_switch::AuthSwitch;
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::err::ErrorPacket;
use crate::mysql::wire::greeting::Greeting;
use crate::mysql::wire::more_data::MoreDataKind;
use crate::mysql::wire::next_factor::NextFactor;
use crate::mysql::wire::ok::OkPacket;

/// The OK of a login in protocols before 4.1: no status either, unless transactions were announced.
const OK_BEFORE_41: &[u8] = &[0, 0, 0];

impl Exchange {
    /// Takes a message of the server for what its first byte says.
    pub(super) fn take_server(&mut self, message: &Message<'_>) -> Next {
        if self.is_past_the_login(message) {
            self.server_lost = true;
            return Next::Decided;
        }
        if self.requested && message.payload.first() != Some(&0xFE) {
            self.begin_lost_round(message);
        }
        self.server_lost = message.missing > 0;
        let requested = self.requested || self.answers_lost_request(message);
        let first = message.payload.first().copied();
        match first {
            Some(0xFF) => return self.take_err(message),
            Some(0x09 | 0x0A) if self.is_unanswered() => self.take_greeting(message),
            Some(0xFE) => self.take_switch(message),
            Some(0x00) if requested && self.is_ok(message) => {
                self.step(StepKind::Result, Side::Server, message);
                self.login.outcome = Outcome::Accepted;
                return Next::Decided;
            }
            Some(0x02) if self.requested && self.has_factors() => self.take_next_factor(message),
            Some(0x01) if requested => {
                let said = message.payload.get(1..).unwrap_or(&[]);
                self.take_more(message, said);
            }
            // Old servers and some plugins leave the 0x01 out.
            Some(_) if self.requested => self.take_more(message, &message.payload),
            _ => self.malformed(Side::Server, "a message that no server sends here", message),
        }
        Next::GoOn
    }

    /// Behind a hole: the end of a result set, which begins as a switch does, or an answer to a command. The
    /// server's decision is in the hole then, if it is not this message.
    fn is_past_the_login(&self, message: &Message) -> bool {
        if !self.is_behind_a_hole(message) {
            return false;
        }
        match message.payload.as_ref() {
            // EOF_Packet has 5 bytes; the OK in its place begins with no rows where a switch has a name.
            [0xFE, _, _, _, _] | [0xFE, 0, ..] => message.missing == 0,
            _ if self.commanded.is_none() => false,
            [0x00, ..] => message.sequence < 2 || !self.is_ok(message),
            [0xFF, 0x15, 0x04, ..] => message.sequence < 2,
            _ => true,
        }
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

    /// It comes behind the greeting with a message of the client between, which the capture lost.
    fn answers_lost_request(&self, message: &Message<'_>) -> bool {
        message.sequence >= 2
            && self.login.step(StepKind::Greeting).is_some()
            && self.has_lost(Side::Client)
    }

    fn is_ok(&self, message: &Message<'_>) -> bool {
        let request = self.login.request.as_ref();
        let spoken = request.and_then(|request| request.capabilities);
        let before_41 = spoken.is_some_and(|c| !c.has(Capabilities::PROTOCOL_41));
        OkPacket::parse(&message.payload, message.missing).is_ok()
            || (before_41 && *message.payload == *OK_BEFORE_41)
    }

    fn has_factors(&self) -> bool {
        let request = self.login.request.as_ref();
        let capabilities = request.and_then(|request| request.capabilities);
        capabilities.is_none_or(|c| c.has(Capabilities::MULTI_FACTOR))
    }

    fn take_greeting(&mut self, message: &Message<'_>) {
        self.step(StepKind::Greeting, Side::Server, message);
        let whole = if message.missing == 0 {
            &*message.payload
        } else {
            [].as_slice()
        };
        match Greeting::parse(whole) {
            Ok(greeting) => {
                self.quirks(&greeting.quirks, message.at);
                self.login.server_version = Some(greeting.server_version.clone());
                self.login.greeting = Some(greeting);
                self.greeting = whole.into();
            }
            Err(_) if message.missing > 0 => {
                let partial = Greeting::parse_partial(&message.payload).unwrap_or_default();
                self.login.server_version = partial.server_version;
                self.login.greeting = partial.without_plugin;
            }
            Err(error) => self.malformed(Side::Server, &error.to_string(), message),
        }
    }

    fn take_err(&mut self, message: &Message<'_>) -> Next {
        self.step(StepKind::Result, Side::Server, message);
        match ErrorPacket::parse(&message.payload, message.missing) {
            Ok(error) => self.login.outcome = Outcome::Rejected(error),
            Err(error) => self.malformed(Side::Server, &error.to_string(), message),
        }
        Next::Decided
    }

    fn take_switch(&mut self, message: &Message<'_>) {
        self.requested = true;
        self.login.switched = true;
        self.step(StepKind::AuthSwitch, Side::Server, message);
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

    fn take_next_factor(&mut self, message: &Message<'_>) {
        self.step(StepKind::NextFactor, Side::Server, message);
        match NextFactor::parse(&message.payload, message.missing) {
            Ok(next) => {
                self.quirks(&next.quirks, message.at);
                let salt = Self::salt(next.data, message.at);
                self.begin_named_round(next.plugin, RoundStart::NextFactor, salt);
            }
            Err(error) => self.malformed(Side::Server, &error.to_string(), message),
        }
    }

    fn take_more(&mut self, message: &Message<'_>, said: &[u8]) {
        // In the other of two copies it may be a switch.
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
}
