//! What a handshake agrees on, and the keys that follow from it and from what was given.
//!
//! A session begins with a handshake in the clear; before TLS 1.3 others may follow inside it
//! (renegotiation). Each `ClientHello` begins anew, but for the one behind a `HelloRetryRequest`.

use super::cipher::{KeyBlock, Protection, Side};
use super::joiner::Message;
use super::keylog::Label;
use super::keys::{Keys, resumption_name};
use super::schedule::prf::Prf;
use super::sealed::Sealed;
use super::secret::Secret;
use super::suite::{Exchange, Parameters};
use super::transcript::Transcript;
use super::wire::client_hello::ClientHello;
use super::wire::client_key_exchange::encrypted_premaster;
use super::wire::extension::ExtensionType;
use super::wire::handshake::HandshakeType;
use super::wire::server_hello::ServerHello;
use super::wire::version::Version;

/// The handshake that runs, or ran last.
#[derive(Default)]
pub(super) struct Negotiation {
    offer: Option<Offer>,
    chosen: Option<Chosen>,
    exchanged: Exchanged,
    transcript: Option<Box<Transcript>>,
}

/// What stays of a `ClientHello`.
struct Offer {
    random: [u8; 32],
    /// Names the session of the ticket in it.
    ticket: Option<[u8; 32]>,
}

/// What stays of a `ServerHello`.
struct Chosen {
    version: Version,
    parameters: Parameters,
    random: [u8; 32],
    /// Names the session by its id, if it has one.
    session: Option<[u8; 32]>,
    extended_master_secret: bool,
    encrypt_then_mac: bool,
}

/// What the `ClientKeyExchange` told.
#[derive(Default)]
enum Exchanged {
    /// There was none: not yet, or the session is resumed.
    #[default]
    Nothing,
    /// There was one that nothing opened.
    Unopened,
    /// The master secret that follows from it.
    Master(Secret),
}

/// The two sets of keys of TLS 1.3.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Epoch {
    Handshake,
    Application,
}

impl Negotiation {
    /// Whether a `ClientHello` was seen.
    pub const fn has_begun(&self) -> bool {
        self.offer.is_some()
    }

    /// Takes a message into the hash over all. To be called with each before its own function.
    pub fn hash(&mut self, keys: &Keys, message: &Message) {
        if message.kind == HandshakeType::CLIENT_HELLO {
            self.transcript = keys.opens_rsa().then(Box::default);
        }
        if let (Some(transcript), true) = (
            &mut self.transcript,
            message.kind != HandshakeType::HELLO_REQUEST,
        ) {
            transcript.message(&message.bytes);
        }
    }

    pub fn client_hello(&mut self, hello: &ClientHello) {
        self.offer = Some(Offer {
            random: hello.random,
            ticket: hello.ticket().map(resumption_name),
        });
        self.chosen = None;
        self.exchanged = Exchanged::Nothing;
    }

    /// The version and suite agreed on.
    pub fn server_hello(&mut self, keys: &Keys, hello: &ServerHello) -> Result<(), Sealed> {
        let Some(offer) = &self.offer else {
            return Err(Sealed::NotCaptured);
        };
        let version = hello.version();
        if version.name().is_none() {
            return Err(Sealed::Version(version));
        }
        let Some(parameters) = hello.suite.parameters() else {
            return Err(Sealed::Suite(hello.suite));
        };
        let separate = parameters.exchange == Exchange::Separate;
        if separate != (version == Version::TLS13) {
            return Err(Sealed::Suite(hello.suite));
        }
        if hello.compression != 0 {
            return Err(Sealed::Compression);
        }
        if keys.knows(&offer.random) {
            keys.note_match();
        }
        let id = hello.session_id;
        self.chosen = Some(Chosen {
            version,
            parameters,
            random: hello.random,
            session: (!id.is_empty()).then(|| resumption_name(id)),
            extended_master_secret: hello.has(ExtensionType::EXTENDED_MASTER_SECRET),
            encrypt_then_mac: hello.has(ExtensionType::ENCRYPT_THEN_MAC),
        });
        Ok(())
    }

    /// The premaster secret of the RSA key exchange, if something opens it.
    pub fn client_key_exchange(&mut self, keys: &Keys, body: &[u8]) {
        let master = self.exchanged_master(keys, body);
        self.exchanged = master.map_or(Exchanged::Unopened, Exchanged::Master);
    }

    fn exchanged_master(&self, keys: &Keys, body: &[u8]) -> Option<Secret> {
        let (offer, chosen) = (self.offer.as_ref()?, self.chosen.as_ref()?);
        if chosen.parameters.exchange != Exchange::Rsa || !keys.opens_rsa() {
            return None;
        }
        let premaster = keys.premaster(encrypted_premaster(body)?)?;
        let prf = chosen.prf();
        if chosen.extended_master_secret {
            let session_hash = self.transcript.as_ref()?.session_hash(prf);
            prf.extended_master_secret(premaster.bytes(), &session_hash)
        } else {
            prf.master_secret(premaster.bytes(), &offer.random, &chosen.random)
        }
    }

    /// The session can be resumed with this ticket.
    pub fn ticket(&self, keys: &Keys, ticket: &[u8]) {
        if let (true, Ok(master)) = (keys.opens_rsa(), self.master(keys)) {
            keys.remember(resumption_name(ticket), &master);
        }
    }

    /// The master secret of TLS 1.0 to 1.2.
    fn master(&self, keys: &Keys) -> Result<Secret, Sealed> {
        let (Some(offer), Some(chosen)) = (&self.offer, &self.chosen) else {
            return Err(Sealed::NotCaptured);
        };
        if let Exchanged::Master(master) = &self.exchanged {
            return Ok(master.clone());
        }
        if let Some(master) = keys.master(&offer.random) {
            return Ok(master);
        }
        let resumed = matches!(self.exchanged, Exchanged::Nothing);
        if resumed {
            let mut names = offer.ticket.iter().chain(chosen.session.iter());
            if let Some(master) = names.find_map(|name| keys.remembered(name)) {
                return Ok(master);
            }
        }
        Err(match chosen.parameters.exchange {
            _ if keys.is_empty() => Sealed::NoKeys,
            Exchange::Rsa if resumed && !keys.has_logs() => Sealed::Resumed,
            Exchange::Rsa if keys.has_server_keys() => Sealed::OtherServerKey,
            _ if keys.has_logs() => Sealed::NoKey {
                sessions: keys.sessions(),
            },
            _ => Sealed::NotRsaExchange,
        })
    }

    /// The keys of one side behind its `ChangeCipherSpec`, before TLS 1.3.
    pub fn agreed(&self, keys: &Keys, side: Side) -> Result<Option<Protection>, Sealed> {
        let (Some(offer), Some(chosen)) = (&self.offer, &self.chosen) else {
            return Err(Sealed::NotCaptured);
        };
        let master = self.master(keys)?;
        if let (true, Some(name)) = (keys.opens_rsa(), chosen.session) {
            keys.remember(name, &master);
        }
        let (bulk, version) = (chosen.parameters.bulk, chosen.version);
        let randoms = (offer.random.as_slice(), chosen.random.as_slice());
        let block = KeyBlock::new(chosen.prf(), &master, randoms, bulk, version);
        let etm = chosen.encrypt_then_mac;
        Ok(block.and_then(|block| Protection::from_key_block(&block, side, etm, version)))
    }

    /// The keys of one side of TLS 1.3. `None` if the log's secret has the wrong length.
    pub fn traffic(
        &self,
        keys: &Keys,
        side: Side,
        epoch: Epoch,
    ) -> Result<Option<Protection>, Sealed> {
        let (Some(offer), Some(chosen)) = (&self.offer, &self.chosen) else {
            return Err(Sealed::NotCaptured);
        };
        let label = match (side, epoch) {
            (Side::Client, Epoch::Handshake) => Label::ClientHandshake,
            (Side::Server, Epoch::Handshake) => Label::ServerHandshake,
            (Side::Client, Epoch::Application) => Label::ClientTraffic,
            (Side::Server, Epoch::Application) => Label::ServerTraffic,
        };
        let Some(secret) = keys.traffic(&offer.random, label) else {
            return Err(if keys.knows(&offer.random) {
                Sealed::NoTrafficSecret {
                    label: label.name(),
                }
            } else if keys.has_logs() {
                let sessions = keys.sessions();
                Sealed::NoKey { sessions }
            } else if keys.is_empty() {
                Sealed::NoKeys
            } else {
                Sealed::NotRsaExchange
            });
        };
        Ok(Protection::tls13(chosen.parameters, &secret))
    }
}

impl Chosen {
    fn prf(&self) -> Prf {
        if self.version < Version::TLS12 {
            Prf::Md5Sha1
        } else {
            Prf::Single(self.parameters.hash)
        }
    }
}
