//! What a client says during a login. Its messages have no tag: the state says what they are.

use super::{Exchange, Next};
use crate::mysql::detect;
use crate::mysql::framing::Message;
use crate::mysql::login::{AuthPath, Fault, LoginRequest, RoundStart, Side, StepKind, Transport};
use crate::mysql::past::Past;
use crate::mysql::plugin::Plugin;
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::change_user::ChangeUser;
use crate::mysql::wire::client_first::ClientFirst;
use crate::mysql::wire::handshake_response::HandshakeResponse;
use crate::mysql::wire::handshake_response_320::HandshakeResponse320;

/// A command, with nothing behind its byte.
const COM_QUIT: &[u8] = &[0x01];
/// caching_sha2_password asks for the server's public key with this byte …
const REQUEST_PUBLIC_KEY: &[u8] = &[0x02];
/// … and sha256_password with this one.
const REQUEST_PUBLIC_KEY_SHA256: &[u8] = &[0x01];
/// The sizes of an RSA block: 1024 to 4096 bits.
const RSA_BLOCKS: [u64; 4] = [128, 256, 384, 512];

impl Exchange {
    /// Takes a message of the client.
    pub(super) fn take_client(&mut self, message: &Message<'_>) -> Next {
        if is_quit(message) {
            // A health check says all it has to say before the greeting; the server still answers.
            let spoke_first = |fault: &Fault| matches!(fault, Fault::SpokeFirst { .. });
            let answered = self
                .login
                .steps
                .iter()
                .any(|step| step.side == Side::Server);
            let ahead = self.login.faults.iter().any(spoke_first) && !answered;
            if ahead {
                return Next::GoOn;
            }
            // Sent along with a response that the server still has to answer: its word counts.
            if self.owes_an_answer() {
                self.left.get_or_insert(message.at);
                return Next::GoOn;
            }
            return Next::Left;
        }
        if self.is_command(message) {
            self.commanded = Some(message.at);
            return Next::GoOn;
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

    /// Sequence ids count on through a login and begin at 0 with each command. Without a hole before
    /// it, it is a fault of the client.
    fn is_command(&self, message: &Message) -> bool {
        message.sequence == 0
            && self.is_behind_a_hole(message)
            && (self.requested || self.was_greeted())
    }

    /// The client has said something last that the server answers with more than silence.
    fn owes_an_answer(&self) -> bool {
        self.login.steps.last().is_some_and(|step| {
            step.side == Side::Client && matches!(step.kind, StepKind::Login | StepKind::Response)
        })
    }

    /// The client's first message: an SSLRequest or its login packet.
    fn take_first(&mut self, message: &Message<'_>) -> Next {
        let greeting = self.login.greeting.as_ref();
        let server = greeting.map(|greeting| greeting.capabilities);
        // Behind a hole it may be anything, and nothing says that it is wrong: a statement or an RSA
        // block reads as a login packet of before 4.1. Only what can be nothing else counts.
        if (message.after_gap || self.has_lost(Side::Client)) && !is_surely_login(message) {
            return Next::GoOn;
        }
        let first = ClientFirst::parse(&message.payload, message.missing, server);
        if let Ok(ClientFirst::SslRequest(_)) = first {
            self.step(StepKind::SslRequest, Side::Client, message);
            return Next::Tls;
        }
        if self.login.steps.is_empty() && !message.after_gap {
            self.login.faults.push(Fault::SpokeFirst { at: message.at });
        }
        self.requested = true;
        self.step(StepKind::Login, Side::Client, message);
        match first {
            Ok(ClientFirst::Login(response)) => self.take_request(response, message),
            Ok(ClientFirst::OldLogin(response)) => self.take_old_request(response, message),
            Ok(ClientFirst::SslRequest(_)) => {}
            Err(error) => self.malformed(Side::Client, &error.to_string(), message),
        }
        Next::GoOn
    }

    /// A command where the answer to a switch was due.
    fn ignores_switch(&self, message: &Message<'_>) -> bool {
        let unanswered =
            self.login.rounds.last().is_some_and(|round| {
                round.begun_by == RoundStart::Switch && round.turns.is_empty()
            });
        unanswered && message.sequence == 0 && self.next_sequence != Some(0)
    }

    fn take_request(&mut self, response: HandshakeResponse, message: &Message<'_>) {
        self.quirks(&response.quirks, message.at);
        let greeting = self.login.greeting.as_ref();
        let greeted = greeting.and_then(|greeting| greeting.plugin.clone());
        let named = response.plugin.filter(|plugin| !plugin.name().is_empty());
        // A client that knows no plugins answers with the one formula of the 4.1 protocol.
        let knows_plugins = response.capabilities.has(Capabilities::PLUGIN_AUTH);
        let greeted = greeted.filter(|_| knows_plugins);
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

    fn take_old_request(&mut self, response: HandshakeResponse320, message: &Message<'_>) {
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

    pub(super) fn take_change_user(&mut self, before: &Past, message: &Message<'_>) {
        self.requested = true;
        let greeting = self.login.greeting.as_ref();
        let server = greeting.map(|greeting| greeting.capabilities);
        let client = before.capabilities();
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
                    max_packet: before.max_packet(),
                    character_set: change.character_set,
                    missing: message.missing,
                });
                let salt = before.last_salt();
                self.begin_round(plugin, RoundStart::ChangeUser, salt);
                self.answer(change.auth_response, message.at);
            }
            Err(error) => self.malformed(Side::Client, &error.to_string(), message),
        }
    }

    fn take_response(&mut self, message: &Message<'_>) {
        self.begin_lost_round(message);
        let asks_for_key = match self.plugin() {
            Some(Plugin::CachingSha2) => self.full_asked && *message.payload == *REQUEST_PUBLIC_KEY,
            Some(Plugin::Sha256) => *message.payload == *REQUEST_PUBLIC_KEY_SHA256,
            _ => false,
        };
        if asks_for_key {
            self.step(StepKind::KeyRequest, Side::Client, message);
        } else {
            self.step(StepKind::Response, Side::Client, message);
            if self.full_asked {
                self.full_asked = false;
                self.login.path = self.full_path(message);
            }
        }
        self.turn(Side::Client, &message.payload, message);
    }

    /// What the client's answer to the request for full authentication is.
    fn full_path(&self, message: &Message<'_>) -> Option<AuthPath> {
        match self.login.transport {
            Transport::Tls { .. } => Some(AuthPath::FullTls),
            Transport::Plain if RSA_BLOCKS.contains(&message.length()) => Some(AuthPath::FullRsa),
            Transport::Plain => None,
        }
    }
}

/// The form that every client since 4.1 uses, under a sequence id that a login packet can have.
fn is_surely_login(message: &Message<'_>) -> bool {
    (1..=2).contains(&message.sequence) && detect::is_login(&message.payload, message.missing)
}

/// COM_QUIT: a command of its own, so its sequence id begins at 0 again.
fn is_quit(message: &Message<'_>) -> bool {
    *message.payload == *COM_QUIT && message.sequence == 0
}
