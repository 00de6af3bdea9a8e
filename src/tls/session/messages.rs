//! What handshake messages and `ChangeCipherSpec` do to a session: the next keys; and alerts.

use super::{Alert, Session};
use crate::capture::PacketRef;
use crate::limits;
use crate::tls::cipher::{Protection, Side};
use crate::tls::joiner::Message;
use crate::tls::negotiation::Epoch;
use crate::tls::sealed::Sealed;
use crate::tls::wire::alert;
use crate::tls::wire::client_hello::ClientHello;
use crate::tls::wire::handshake::HandshakeType;
use crate::tls::wire::key_update;
use crate::tls::wire::new_session_ticket;
use crate::tls::wire::server_hello::ServerHello;
use crate::tls::wire::version::Version;

impl Session {
    /// Notes the alerts of a record.
    pub(super) fn alert(&mut self, side: Side, bytes: &[u8], authentic: bool, at: PacketRef) {
        for (level, description) in alert::parse(bytes) {
            if self.alerts.len() < limits::TLS_ALERTS {
                self.alerts.push(Alert {
                    from_client: side == Side::Client,
                    level,
                    description,
                    authentic,
                    at,
                });
            }
        }
    }

    /// Before TLS 1.3: this side's next records are under the keys just agreed on.
    pub(super) fn change_cipher_spec(&mut self, side: Side, at: PacketRef) -> Result<(), Sealed> {
        match self.version {
            // In TLS 1.3 it means nothing, and comes ahead of the answer where early data do.
            Some(Version::TLS13) => return Ok(()),
            None if self.client.early.offered => return Ok(()),
            _ => {}
        }
        let protection = self.negotiation.agreed(&self.keys, side)?;
        self.install(side, protection, None, at)
    }

    fn install(
        &mut self,
        side: Side,
        protection: Option<Protection>,
        epoch: Option<Epoch>,
        at: PacketRef,
    ) -> Result<(), Sealed> {
        let half = self.half(side);
        if !half.joiner.is_empty() {
            return Err(malformed("change of keys", at));
        }
        if protection.is_none() {
            return Err(Sealed::NotAuthentic { at });
        }
        half.protection = protection;
        half.epoch = epoch;
        Ok(())
    }

    pub(super) fn message(
        &mut self,
        side: Side,
        message: &Message,
        at: PacketRef,
    ) -> Result<(), Sealed> {
        let tls13 = self.version == Some(Version::TLS13);
        self.negotiation.hash(&self.keys, message);
        match (side, message.kind) {
            (Side::Client, HandshakeType::CLIENT_HELLO) => {
                let hello = ClientHello::parse(message.body());
                let hello = hello.ok_or(malformed("ClientHello", at))?;
                self.negotiation.client_hello(&hello);
                self.client.early.offered |= hello.offers_early_data();
                Ok(())
            }
            _ if !self.negotiation.has_begun() => Err(Sealed::NotCaptured),
            (Side::Server, HandshakeType::SERVER_HELLO) => {
                let hello = ServerHello::parse(message.body());
                self.server_hello(&hello.ok_or(malformed("ServerHello", at))?, at)
            }
            (Side::Client, HandshakeType::CLIENT_KEY_EXCHANGE) if !tls13 => {
                self.negotiation
                    .client_key_exchange(&self.keys, message.body());
                Ok(())
            }
            (Side::Server, HandshakeType::NEW_SESSION_TICKET) if !tls13 => {
                if let Some(ticket) = new_session_ticket::ticket(message.body()) {
                    self.negotiation.ticket(&self.keys, ticket);
                }
                Ok(())
            }
            (_, HandshakeType::FINISHED) if self.half(side).epoch == Some(Epoch::Handshake) => {
                self.take_traffic_keys(side, Epoch::Application, at)
            }
            (_, HandshakeType::KEY_UPDATE) if tls13 => self.key_update(side, message, at),
            _ => Ok(()),
        }
    }

    fn server_hello(&mut self, hello: &ServerHello, at: PacketRef) -> Result<(), Sealed> {
        self.version = Some(hello.version());
        if hello.is_retry() {
            return Ok(());
        }
        self.suite = Some(hello.suite);
        self.negotiation.server_hello(&self.keys, hello)?;
        if self.version == Some(Version::TLS13) {
            self.take_traffic_keys(Side::Server, Epoch::Handshake, at)?;
            self.take_traffic_keys(Side::Client, Epoch::Handshake, at)?;
        }
        Ok(())
    }

    fn take_traffic_keys(&mut self, side: Side, epoch: Epoch, at: PacketRef) -> Result<(), Sealed> {
        match self.negotiation.traffic(&self.keys, side, epoch) {
            Ok(protection) => self.install(side, protection, Some(epoch), at),
            Err(missing) => {
                let half = self.half(side);
                half.missing = Some(missing);
                half.protection = None;
                Ok(())
            }
        }
    }

    fn key_update(&mut self, side: Side, message: &Message, at: PacketRef) -> Result<(), Sealed> {
        let half = self.half(side);
        let application = half.epoch == Some(Epoch::Application);
        if !application || !key_update::is_valid(message.body()) {
            return Err(malformed("KeyUpdate", at));
        }
        let next = half.protection.as_ref().and_then(Protection::updated);
        self.install(side, next, Some(Epoch::Application), at)
    }
}

pub(super) const fn malformed(what: &'static str, at: PacketRef) -> Sealed {
    Sealed::Malformed { what, at }
}
