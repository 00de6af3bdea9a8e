//! A login as it was decoded: what each side sent, and which packet carried it.
//!
//! Nothing here is judged. [`crate::auth`] recomputes the response, [`crate::findings`] says what
//! it means. Bytes stay bytes.

use smallvec::SmallVec;

use crate::capture::PacketRef;
use crate::mysql::plugin::Plugin;
use crate::mysql::wire::attributes::Attributes;
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::err::ErrorPacket;
use crate::mysql::wire::field_bytes::FieldBytes;
use crate::mysql::wire::greeting::Greeting;
use crate::mysql::wire::header::Header;
use crate::net::Endpoint;
use crate::tls::shape::Inferred;

/// Which end of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The end that logs in.
    Client,
    /// The end that greets.
    Server,
}

impl Side {
    /// The other end.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// One login: the connection's own (`attempt` 0) or a later COM_CHANGE_USER.
#[derive(Clone, Debug)]
pub struct Login {
    /// 0 for the connection's own login, then 1… for each COM_CHANGE_USER.
    pub attempt: u32,
    /// The greeting's packet, else the first captured MySQL byte's.
    pub first: PacketRef,
    /// The end that logs in.
    pub client: Endpoint,
    /// The end that greets.
    pub server: Endpoint,
    /// The real client, from a PROXY protocol header.
    pub proxied_for: Option<Endpoint>,
    /// In the clear or inside TLS.
    pub transport: Transport,
    /// The server's version text, from its greeting.
    pub server_version: Option<FieldBytes>,
    /// The server's greeting, if it was captured whole enough to be read.
    pub greeting: Option<Greeting>,
    /// What the client's login packet (or COM_CHANGE_USER) said, as far as it was captured.
    pub request: Option<LoginRequest>,
    /// An AuthSwitchRequest took place (a bare 0xFE counts).
    pub switched: bool,
    /// The rounds of authentication in order: the login packet's own, then one for each switch
    /// or further factor. The last one is in force.
    pub rounds: Vec<Round>,
    /// How caching_sha2_password went on after the fast response.
    pub path: Option<AuthPath>,
    /// How it ended.
    pub outcome: Outcome,
    /// Every message of the login, in order.
    pub steps: Vec<Step>,
    /// What was missing from the capture or broke the protocol.
    pub faults: Vec<Fault>,
    /// What TLS showed beside the messages inside.
    pub tls: TlsFacts,
    /// Where copies of its bytes differ: the login as it is with the other copies.
    pub other_version: Option<Box<Self>>,
    /// The salts of earlier logins on the same connection, as on the wire, the oldest first.
    pub earlier_salts: Vec<FieldBytes>,
}

impl Login {
    /// The round in force: the last one.
    #[must_use]
    pub fn last_round(&self) -> Option<&Round> {
        self.rounds.last()
    }

    /// Whether both sides agreed on the compressed protocol, which begins after the login.
    #[must_use]
    pub fn agreed_on_compression(&self) -> bool {
        let server = self.greeting.as_ref().map(|greeting| greeting.capabilities);
        let client = self
            .request
            .as_ref()
            .and_then(|request| request.capabilities);
        let has = |bit| client.is_some_and(|c| c.has(bit)) && server.is_none_or(|s| s.has(bit));
        has(Capabilities::COMPRESS) || has(Capabilities::ZSTD)
    }

    /// The connection attribute `key` (such as `_client_name`), if the client sent it.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&[u8]> {
        let request = self.request.as_ref()?;
        let found = request
            .attributes
            .iter()
            .find(|(k, _)| *k == key.as_bytes());
        found.map(|(_, value)| value)
    }

    /// The first step of this kind.
    #[must_use]
    pub fn step(&self, kind: StepKind) -> Option<&Step> {
        self.steps.iter().find(|step| step.kind == kind)
    }
}

/// What the login packet or the COM_CHANGE_USER said.
#[derive(Clone, Debug, Default)]
pub struct LoginRequest {
    /// The user name, without its terminator.
    pub user: Option<FieldBytes>,
    /// The database, if one was named.
    pub database: Option<FieldBytes>,
    /// The plugin whose response the packet carries, by the client's word.
    pub plugin: Option<Plugin>,
    /// The connection attributes, in the order sent.
    pub attributes: Attributes,
    /// The client's capabilities; `None` for COM_CHANGE_USER.
    pub capabilities: Option<Capabilities>,
    /// The largest packet the client will take, in bytes.
    pub max_packet: Option<u32>,
    /// The client's character set id.
    pub character_set: Option<u16>,
    /// Bytes of the packet that the capture does not hold; fields behind them are `None`.
    pub missing: u64,
}

/// In the clear or inside TLS.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Everything of the login was readable as it stood on the wire.
    Plain,
    /// TLS was begun.
    Tls {
        /// The protocol version agreed on, such as `TLSv1.3`, if the handshake showed it.
        version: Option<&'static str>,
        /// The cipher suite's name, if the handshake showed it.
        cipher: Option<String>,
        /// Why the inside could not be read; `None` when it was decrypted.
        sealed: Option<String>,
    },
}

/// What TLS showed beside the messages inside.
#[derive(Clone, Debug, Default)]
pub struct TlsFacts {
    /// The alert that ended it before the login was decided.
    pub failure: Option<TlsFailure>,
    /// What the sizes of its records tell of a login that was not decrypted. No proof of anything.
    pub inferred: Option<Inferred>,
}

/// An alert that ended TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsFailure {
    /// Who sent it.
    pub by: Side,
    /// Its name, such as `unknown_ca`.
    pub alert: &'static str,
    /// Its packet.
    pub at: PacketRef,
}

/// A salt (the MySQL documentation also says scramble or nonce) as it stood on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salt {
    /// The bytes on the wire, terminator included where there was one.
    pub bytes: FieldBytes,
    /// Which message carried it.
    pub source: SaltSource,
    /// The packet that completed that message.
    pub at: PacketRef,
}

/// Which message carried a salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SaltSource {
    /// The greeting.
    Greeting,
    /// An AuthSwitchRequest (or AuthNextFactor).
    AuthSwitch,
    /// Left over from the login before, for a COM_CHANGE_USER that the server did not answer with a switch.
    ChangeUser,
}

/// One round of authentication: a plugin, its salt, and what the two sides said under it.
#[derive(Clone, Debug)]
pub struct Round {
    /// The plugin in force.
    pub plugin: Plugin,
    /// How the round began.
    pub begun_by: RoundStart,
    /// The salt in force; `None` if it was not captured or the plugin has none.
    pub salt: Option<Salt>,
    /// What client and server said under this plugin, in order. The first turn of the client is
    /// its response; for the round of the login packet that is the packet's own response field.
    pub turns: Turns,
}

impl Round {
    /// The client's first turn: for the hashing plugins, the response.
    #[must_use]
    pub fn response(&self) -> Option<&Turn> {
        self.turns.iter().find(|turn| turn.side == Side::Client)
    }
}

/// What both sides said in a round: in most, a response and an answer to it, and these stand in place.
pub type Turns = SmallVec<[Turn; 2]>;

/// How a round of authentication began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundStart {
    /// The login packet's own response, over the greeting's salt.
    Login,
    /// The response inside a COM_CHANGE_USER, over the last salt of the connection.
    ChangeUser,
    /// An AuthSwitchRequest.
    Switch,
    /// An AuthNextFactor: a further factor of multi-factor authentication.
    NextFactor,
    /// Something that the capture does not hold: the plugin is not known.
    NotCaptured,
}

/// One thing that one side said during a round, without framing (and without the `0x01` of AuthMoreData).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who said it.
    pub side: Side,
    /// What was said, as far as it was captured.
    pub bytes: FieldBytes,
    /// Bytes behind `bytes` that the capture does not hold.
    pub missing: u64,
    /// The packet that completed it.
    pub at: PacketRef,
}

/// How caching_sha2_password went on after the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthPath {
    /// The server answered "fast authentication succeeded".
    Fast,
    /// The server asked for full authentication and the client sent the password inside TLS.
    FullTls,
    /// The server asked for full authentication and the client sent the password under the server's RSA key.
    FullRsa,
    /// The server asked for full authentication and the client gave up.
    FullRefused,
}

/// How a login ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The server sent OK.
    Accepted,
    /// The server sent ERR.
    Rejected(ErrorPacket),
    /// The connection was closed before the server had decided.
    Abandoned {
        /// Who closed it first, if that was captured.
        by: Option<Side>,
        /// Where that is seen.
        at: Option<PacketRef>,
    },
    /// The capture does not show how it ended.
    Unknown,
}

/// One message of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it was.
    pub kind: StepKind,
    /// Who sent it.
    pub side: Side,
    /// The sequence id of its (last) MySQL packet.
    pub sequence: u8,
    /// Its payload length in bytes.
    pub length: u64,
    /// Where its header stands in its side's stream of bytes: on the wire, or as decrypted; inside the
    /// compressed protocol it is the place of the frame.
    pub offset: u64,
    /// The packet that completed it.
    pub at: PacketRef,
}

impl Step {
    /// Where its bytes end, as [`Step::offset`].
    pub(super) const fn end(&self) -> u64 {
        let header = Header::SIZE as u64;
        self.offset
            .saturating_add(self.length)
            .saturating_add(header)
    }
}

/// What a message of a login was; the names are those of `evidence[].what`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// HandshakeV10 or HandshakeV9.
    Greeting,
    /// SSLRequest.
    SslRequest,
    /// HandshakeResponse41 or HandshakeResponse320.
    Login,
    /// COM_CHANGE_USER.
    ChangeUser,
    /// AuthSwitchRequest or the bare 0xFE.
    AuthSwitch,
    /// AuthNextFactor.
    NextFactor,
    /// The client's answer to a switch, or its later turns.
    Response,
    /// AuthMoreData: `03` and `04` of caching_sha2_password, public keys, prompts.
    MoreData,
    /// The client's request for the server's public key.
    KeyRequest,
    /// OK or ERR.
    Result,
}

impl StepKind {
    /// Whether a verdict depends on the bytes of such a message.
    pub(super) const fn is_decisive(self) -> bool {
        match self {
            Self::Greeting
            | Self::Login
            | Self::ChangeUser
            | Self::AuthSwitch
            | Self::NextFactor
            | Self::Response
            | Self::MoreData => true,
            Self::SslRequest | Self::KeyRequest | Self::Result => false,
        }
    }

    /// The name in `evidence[].what`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::SslRequest => "ssl_request",
            Self::Login => "login",
            Self::ChangeUser => "change_user",
            Self::AuthSwitch => "auth_switch",
            Self::NextFactor => "next_factor",
            Self::Response => "response",
            Self::MoreData => "more_data",
            Self::KeyRequest => "key_request",
            Self::Result => "result",
        }
    }
}

/// What was missing or broken in a login, seen while decoding it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Bytes of the login that the capture does not hold.
    Missing {
        /// Whose bytes.
        side: Side,
        /// How many.
        bytes: u64,
        /// Where the hole was noticed.
        at: Option<PacketRef>,
        /// Cut by the snaplen, or never captured.
        cause: MissingCause,
    },
    /// Two copies of the same bytes differ, inside the login.
    Conflict {
        /// Whose bytes.
        side: Side,
        /// The packet with the first copy.
        first: PacketRef,
        /// The packet with the other copy.
        second: PacketRef,
        /// How many bytes overlap.
        bytes: u64,
        /// What identifies the two copies (the first 8 bytes of their SHA-256): of the server's bytes only.
        digests: Option<[u64; 2]>,
        /// The conflict lies in bytes the verdict depends on (a salt or a response).
        decisive: bool,
    },
    /// A message's sequence id is not the next one.
    SequenceError {
        /// Who sent it.
        side: Side,
        /// The id that was due.
        expected: u8,
        /// The id that was sent.
        found: u8,
        /// The packet.
        at: PacketRef,
    },
    /// The client went on as if no switch had been asked for.
    SwitchIgnored {
        /// The packet with what it sent instead.
        at: PacketRef,
    },
    /// The client's first packet came before the greeting (a health check, as HAProxy's `mysql-check`).
    SpokeFirst {
        /// The packet.
        at: PacketRef,
    },
    /// A message that could not be parsed.
    Malformed {
        /// Who sent it.
        side: Side,
        /// What was expected and why it is not that.
        what: String,
        /// The packet.
        at: PacketRef,
    },
    /// A departure from the documented form that was parsed all the same.
    Quirk {
        /// What is unusual.
        what: &'static str,
        /// The packet.
        at: PacketRef,
    },
}

/// Why bytes are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MissingCause {
    /// The capture's snaplen cut the packet.
    Snaplen,
    /// The packet is not in the capture.
    NotCaptured,
    /// The capture begins later.
    BeforeCapture,
}
