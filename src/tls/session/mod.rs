//! One TLS session: records in, plaintext out.
//!
//! Called by the owner of the conversation with the bytes of both directions, in an order in which
//! nothing comes before what it answers. Once sealed, records are only counted ([`Record`]).

mod half;
mod messages;
mod told;

use std::borrow::Cow;
use std::fmt;
use std::mem;
use std::sync::Arc;

use self::half::{Early, Half};
use self::messages::malformed;
use super::cipher::Side;
use super::deframer::Framed;
use super::joiner::Joiner;
use super::keys::Keys;
use super::negotiation::Negotiation;
use super::sealed::Sealed;
use super::shape::{self, Inferred};
use super::suite::Suite;
use super::wire::record::{ContentType, RecordHeader};
use super::wire::version::Version;
use crate::capture::PacketRef;
use crate::limits;

pub use self::told::{Alert, Plain, Plains, Record};

/// Records of most sessions: what a login and a question take.
const USUAL_RECORDS: usize = 16;

/// A TLS session.
pub struct Session {
    keys: Arc<Keys>,
    negotiation: Negotiation,
    client: Half,
    server: Half,
    version: Option<Version>,
    suite: Option<Suite>,
    plain: Plains,
    alerts: Vec<Alert>,
    records: Vec<Record>,
    sealed: Option<Sealed>,
}

impl Session {
    /// A session that begins with the next bytes.
    #[must_use]
    pub fn new(keys: Arc<Keys>) -> Self {
        Self {
            keys,
            negotiation: Negotiation::default(),
            client: Half::default(),
            server: Half::default(),
            version: None,
            suite: None,
            plain: Plains::new(),
            alerts: Vec::new(),
            records: Vec::with_capacity(USUAL_RECORDS),
            sealed: None,
        }
    }

    /// Takes the next bytes of one direction.
    pub fn data(&mut self, from_client: bool, mut bytes: &[u8], at: PacketRef) {
        let side = side(from_client);
        while !self.half(side).lost && !self.is_done() {
            match self.half(side).deframer.next(&mut bytes) {
                Framed::NeedMore => return,
                Framed::NotTls => {
                    self.half(side).lost = true;
                    self.seal(if self.negotiation.has_begun() {
                        Sealed::NotTls { at }
                    } else {
                        Sealed::NotCaptured
                    });
                }
                Framed::Record(header, body) => {
                    self.note(side, header, at);
                    if self.sealed.is_none() {
                        if let Err(sealed) = self.record(side, header, body, at) {
                            self.seal(sealed);
                        }
                    } else if is_clear_alert(header) {
                        self.alert(side, &body, false, at);
                    }
                }
            }
        }
    }

    /// Bytes of one direction are missing.
    pub fn gap(&mut self, from_client: bool, _length: u64, at: PacketRef) {
        self.half(side(from_client)).lost = true;
        self.seal(if self.negotiation.has_begun() {
            Sealed::Gap { at }
        } else {
            Sealed::NotCaptured
        });
    }

    /// Whether a direction was followed so far, and no record of it has begun that is not whole.
    #[must_use]
    pub fn is_between_records(&mut self, from_client: bool) -> bool {
        let half = self.half(side(from_client));
        !half.lost && half.deframer.is_empty()
    }

    /// What was decrypted since this was last asked.
    pub fn take_plain(&mut self) -> Plains {
        mem::take(&mut self.plain)
    }

    /// The version spoken, once the server has chosen it.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// The suite in use, once the server has chosen it.
    #[must_use]
    pub const fn suite(&self) -> Option<Suite> {
        self.suite
    }

    /// Why it is not decrypted, or not further.
    #[must_use]
    pub fn sealed(&self) -> Option<Sealed> {
        let unopened = || {
            let at = self.client.early.first?;
            Some(Sealed::EarlyData { at })
        };
        self.sealed.or_else(unopened)
    }

    /// The alerts that could be read.
    #[must_use]
    pub fn alerts(&self) -> &[Alert] {
        &self.alerts
    }

    /// The encrypted records from the outside, the first [`limits::TLS_RECORDS_NOTED`].
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// What the sizes of the encrypted records tell, where they look like a login.
    #[must_use]
    pub fn shape(&self) -> Option<Inferred> {
        shape::infer(self.version?, self.suite?, &self.records)
    }

    /// Whether further bytes tell nothing more.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let full = self.records.len() >= limits::TLS_RECORDS_NOTED;
        self.sealed.is_some() && (full || (self.client.lost && self.server.lost))
    }

    fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// The first reason counts.
    fn seal(&mut self, sealed: Sealed) {
        if self.sealed.is_none() {
            self.sealed = Some(sealed);
            self.negotiation = Negotiation::default();
            for half in [&mut self.client, &mut self.server] {
                half.joiner = Joiner::default();
                half.protection = None;
            }
        }
    }

    /// Notes an encrypted record from the outside.
    fn note(&mut self, side: Side, header: RecordHeader, at: PacketRef) {
        let content = header.content;
        let tls13 = self.version == Some(Version::TLS13);
        let changed = self.half(side).changed && !tls13;
        self.half(side).changed |= content == ContentType::CHANGE_CIPHER_SPEC;
        let encrypted = content == ContentType::APPLICATION_DATA || changed;
        if encrypted && self.records.len() < limits::TLS_RECORDS_NOTED {
            self.records.push(Record {
                from_client: side == Side::Client,
                content,
                length: header.length,
                at,
            });
        }
    }

    fn record(
        &mut self,
        side: Side,
        header: RecordHeader,
        body: Cow<'_, [u8]>,
        at: PacketRef,
    ) -> Result<(), Sealed> {
        let tls13 = self.version == Some(Version::TLS13);
        // Both may come in the clear in TLS 1.3: the one means nothing, the other is sent by who
        // could not agree on keys.
        let clear =
            tls13 && (header.content == ContentType::CHANGE_CIPHER_SPEC || is_clear_alert(header));
        let half = self.half(side);
        if let (Some(missing), false) = (half.missing, clear) {
            return Err(missing);
        }
        let Some(protection) = half.protection.as_mut().filter(|_| !clear) else {
            return self.content(side, header.content, &body, false, at);
        };
        let Some(opened) = protection.open(header, body.into_owned()) else {
            let unused = protection.is_unused();
            return if unused && half.early.offered && half.early.pass_over(at) {
                Ok(())
            } else {
                Err(Sealed::NotAuthentic { at })
            };
        };
        half.early = Early::default();
        if opened.content == ContentType::APPLICATION_DATA {
            if !opened.bytes.is_empty() {
                self.plain.push(Plain {
                    from_client: side == Side::Client,
                    bytes: opened.bytes,
                    at,
                });
            }
            return Ok(());
        }
        self.content(side, opened.content, &opened.bytes, true, at)
    }

    /// What a record carries beside application data that was decrypted.
    fn content(
        &mut self,
        side: Side,
        content: ContentType,
        bytes: &[u8],
        authentic: bool,
        at: PacketRef,
    ) -> Result<(), Sealed> {
        match content {
            ContentType::CHANGE_CIPHER_SPEC => self.change_cipher_spec(side, at),
            ContentType::ALERT => {
                self.alert(side, bytes, authentic, at);
                Ok(())
            }
            ContentType::HANDSHAKE => {
                let mut fragment = bytes;
                loop {
                    match self.half(side).joiner.next(&mut fragment) {
                        Ok(None) => return Ok(()),
                        Ok(Some(message)) => self.message(side, &message, at)?,
                        Err(_) => return Err(malformed("handshake message", at)),
                    }
                }
            }
            ContentType::APPLICATION_DATA if self.half(side).early.pass_over(at) => Ok(()),
            ContentType::APPLICATION_DATA if self.negotiation.has_begun() => {
                Err(malformed("application data", at))
            }
            ContentType::APPLICATION_DATA => Err(Sealed::NotCaptured),
            _ => Ok(()),
        }
    }
}

/// No encrypted alert is this short.
fn is_clear_alert(header: RecordHeader) -> bool {
    header.content == ContentType::ALERT && header.length == 2
}

const fn side(from_client: bool) -> Side {
    if from_client {
        Side::Client
    } else {
        Side::Server
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("version", &self.version)
            .field("suite", &self.suite)
            .field("sealed", &self.sealed)
            .finish_non_exhaustive()
    }
}
