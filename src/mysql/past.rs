//! What is kept of a connection's logins for the one that may come: a COM_CHANGE_USER.
//!
//! Owns the little that such a login takes over: the greeting, what the client can, the salts so far.
//! Large captures have very many connections that idle behind their login, so that each byte here
//! counts: the greeting stands as it was sent ([`super::greetings`]) and is parsed again when it is
//! asked for. Made and kept by [`super::connection`].

use smallvec::SmallVec;

use crate::capture::PacketRef;
use crate::limits;
use crate::mysql::greetings::{Greetings, Kept};
use crate::mysql::login::{Login, Salt, SaltSource, Transport};
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::field_bytes::FieldBytes;
use crate::mysql::wire::greeting::Greeting;
use crate::net::Endpoint;

/// The logins of a connection so far.
#[derive(Debug)]
pub(super) struct Past {
    /// Counts as [`Login::attempt`].
    pub attempt: u32,
    /// Which of these are there, where that needs a bit.
    has: u8,
    /// The client's, of its first login.
    capabilities: Capabilities,
    /// The largest packet that the client takes.
    max_packet: u32,
    /// The greeting, if it was captured whole.
    greeting: Option<Kept>,
    /// The salts, each behind its length, without the greeting's where that is the first.
    salts: Box<[u8]>,
    /// What is there only of few connections.
    rare: Option<Box<Rare>>,
    /// The packet of the last salt.
    last_salt: Option<PacketRef>,
}

/// Bits of [`Past::has`]: the client's capabilities, its largest packet; and that the first salt is the
/// greeting's.
const CAPABILITIES: u8 = 1;
const MAX_PACKET: u8 = 2;
const OVER_GREETING: u8 = 4;

/// What is there only of few connections.
#[derive(Clone, Debug)]
struct Rare {
    proxied_for: Option<Endpoint>,
    transport: Transport,
    /// Of a greeting that was not captured whole.
    greeting: Option<Greeting>,
    server_version: Option<FieldBytes>,
}

impl Past {
    /// After this login; `greeting` is the payload of the greeting, if that was parsed whole.
    pub fn of(login: &Login, greeting: &[u8], greetings: &Greetings) -> Self {
        let whole = !greeting.is_empty();
        let plain = login.proxied_for.is_none() && login.transport == Transport::Plain;
        let unseen = login.greeting.is_none() && login.server_version.is_none();
        let rare = (!plain || !(whole || unseen)).then(|| {
            Box::new(Rare {
                proxied_for: login.proxied_for,
                transport: login.transport.clone(),
                greeting: login.greeting.clone().filter(|_| !whole),
                server_version: login.server_version.clone().filter(|_| !whole),
            })
        });
        let own = || login.rounds.iter().filter_map(|round| round.salt.as_ref());
        let greeted = login.greeting.as_ref().filter(|_| whole);
        let is_greetings = |salt: &Salt| {
            let same = |greeting: &Greeting| greeting.salt == salt.bytes;
            salt.source == SaltSource::Greeting && greeted.is_some_and(same)
        };
        let over_greeting =
            login.earlier_salts.is_empty() && own().next().is_some_and(is_greetings);
        let earlier = login.earlier_salts.iter().map(FieldBytes::as_slice);
        let all = earlier.chain(own().map(|salt| salt.bytes.as_slice()));
        let request = login.request.as_ref();
        let capabilities = request.and_then(|request| request.capabilities);
        let max_packet = request.and_then(|request| request.max_packet);
        let bits = [
            (capabilities.is_some(), CAPABILITIES),
            (max_packet.is_some(), MAX_PACKET),
            (over_greeting, OVER_GREETING),
        ];
        let has = bits.into_iter().filter(|(there, _)| *there);
        Self {
            attempt: login.attempt,
            has: has.fold(0, |has, (_, bit)| has | bit),
            capabilities: capabilities.unwrap_or_default(),
            max_packet: max_packet.unwrap_or_default(),
            greeting: whole.then(|| greetings.keep(greeting)),
            salts: pack(all.skip(usize::from(over_greeting))),
            rare,
            last_salt: own().next_back().map(|salt| salt.at),
        }
    }

    /// Bytes that it holds beside itself.
    pub fn weight(&self) -> usize {
        let greeting = self.greeting.as_ref().map_or(0, Kept::len);
        let version = |rare: &Rare| {
            rare.server_version
                .as_ref()
                .map_or(0, |version| version.len())
        };
        let version = self.rare.as_deref().map_or(0, version);
        // A greeting that was not captured whole has the same text once more.
        greeting
            .saturating_add(version.saturating_mul(2))
            .saturating_add(self.salts.len())
    }

    fn has(&self, bit: u8) -> bool {
        self.has & bit != 0
    }

    /// The client's capabilities, of its first login.
    pub fn capabilities(&self) -> Option<Capabilities> {
        self.has(CAPABILITIES).then_some(self.capabilities)
    }

    /// The largest packet that the client takes.
    pub fn max_packet(&self) -> Option<u32> {
        self.has(MAX_PACKET).then_some(self.max_packet)
    }

    /// The greeting's payload, as it was sent; empty if it was not captured whole.
    pub fn greeting_bytes(&self) -> Box<[u8]> {
        let kept = self.greeting.as_ref();
        kept.map(Kept::payload).unwrap_or_default()
    }

    /// The greeting, as far as it was captured.
    pub fn greeting(&self) -> Option<Greeting> {
        let partial = self.rare.as_ref().and_then(|rare| rare.greeting.clone());
        Greeting::parse(&self.greeting_bytes()).ok().or(partial)
    }

    /// The server's version text.
    pub fn server_version(&self) -> Option<FieldBytes> {
        let partial = self.rare.as_ref();
        let partial = partial.and_then(|rare| rare.server_version.clone());
        let parsed = Greeting::parse(&self.greeting_bytes()).ok();
        parsed.map(|greeting| greeting.server_version).or(partial)
    }

    /// The real client behind a proxy.
    pub fn proxied_for(&self) -> Option<Endpoint> {
        self.rare.as_ref()?.proxied_for
    }

    /// In the clear or inside TLS.
    pub fn transport(&self) -> Transport {
        let rare = self.rare.as_ref();
        rare.map_or(Transport::Plain, |rare| rare.transport.clone())
    }

    /// All salts so far, the oldest first.
    pub fn salts(&self) -> Vec<FieldBytes> {
        let first = self.greeting().filter(|_| self.has(OVER_GREETING));
        let mut salts: Vec<FieldBytes> = first.into_iter().map(|greeting| greeting.salt).collect();
        let mut rest = &*self.salts;
        while let Some((length, behind)) = rest.split_first() {
            let (salt, behind) = behind
                .split_at_checked(usize::from(*length))
                .unwrap_or((behind, &[]));
            salts.push(salt.into());
            rest = behind;
        }
        salts
    }

    /// The salt that a login without a switch hashes.
    pub fn last_salt(&self) -> Option<Salt> {
        Some(Salt {
            at: self.last_salt?,
            bytes: self.salts().pop()?,
            source: SaltSource::ChangeUser,
        })
    }
}

/// The latest of these salts, each behind its length.
fn pack<'s>(salts: impl Iterator<Item = &'s [u8]>) -> Box<[u8]> {
    let salts: SmallVec<[&[u8]; 2]> = salts.collect();
    let old = salts.len().saturating_sub(limits::OTHER_SALTS);
    let latest = salts.get(old..).unwrap_or_default();
    let sizes = latest.iter().map(|salt| salt.len().saturating_add(1));
    // To the byte, so that a box of it is the same piece of memory.
    let mut packed = Vec::with_capacity(sizes.fold(0, usize::saturating_add));
    for salt in latest {
        // No salt is longer than the packet's 255 bytes allow; what is longer is no salt.
        let length = u8::try_from(salt.len()).unwrap_or(u8::MAX);
        packed.push(length);
        packed.extend_from_slice(salt.get(..usize::from(length)).unwrap_or(salt));
    }
    packed.into()
}
