//! What is kept of a connection's logins for the one that may come: a COM_CHANGE_USER.
//!
//! Owns the little that such a login takes over: the greeting, what the client can, the salts so far.
//! Large captures have very many connections that idle behind their login, so that each byte here
//! counts: the greeting stands as it was sent and is parsed again when it is asked for. Made by
//! [`super::exchange`], kept by [`super::connection`].

use crate::capture::PacketRef;
use crate::limits;
use crate::mysql::login::{Login, Salt, SaltSource, Transport};
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::greeting::Greeting;
use crate::net::Endpoint;

/// The logins of a connection so far.
#[derive(Debug)]
pub(super) struct Past {
    /// Counts as [`Login::attempt`].
    pub attempt: u32,
    /// The greeting's payload, if it was captured whole.
    greeting: Box<[u8]>,
    /// What is there only of few connections.
    rare: Option<Box<Rare>>,
    /// The client's, of its first login.
    pub capabilities: Option<Capabilities>,
    /// The largest packet that the client takes.
    pub max_packet: Option<u32>,
    /// The salts but the greeting's, each behind its length.
    salts: Box<[u8]>,
    /// The first salt is the greeting's.
    over_greeting: bool,
    /// The packet of the last salt.
    last_salt: Option<PacketRef>,
}

/// What is there only of few connections.
#[derive(Clone, Debug)]
struct Rare {
    proxied_for: Option<Endpoint>,
    transport: Transport,
    /// Of a greeting that was not captured whole.
    greeting: Option<Greeting>,
    server_version: Option<Vec<u8>>,
}

impl Past {
    /// After this login; `greeting` is the payload of the greeting, if that was parsed whole.
    pub fn of(login: &Login, greeting: &[u8]) -> Self {
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
        let earlier = login.earlier_salts.iter().map(Vec::as_slice);
        let all = earlier.chain(own().map(|salt| salt.bytes.as_slice()));
        let skipped = usize::from(over_greeting);
        let kept: Vec<&[u8]> = all.skip(skipped).collect();
        let old = kept.len().saturating_sub(limits::OTHER_SALTS);
        let mut salts = Vec::new();
        for salt in kept.into_iter().skip(old) {
            // No salt is longer than the packet's 255 bytes allow; what is longer is no salt.
            let length = u8::try_from(salt.len()).unwrap_or(u8::MAX);
            salts.push(length);
            salts.extend_from_slice(salt.get(..usize::from(length)).unwrap_or(salt));
        }
        let request = login.request.as_ref();
        Self {
            attempt: login.attempt,
            greeting: greeting.into(),
            rare,
            capabilities: request.and_then(|request| request.capabilities),
            max_packet: request.and_then(|request| request.max_packet),
            salts: salts.into(),
            over_greeting,
            last_salt: own().next_back().map(|salt| salt.at),
        }
    }

    /// The greeting's payload, as it was sent.
    pub fn greeting_bytes(&self) -> &[u8] {
        &self.greeting
    }

    /// The greeting, as far as it was captured.
    pub fn greeting(&self) -> Option<Greeting> {
        let partial = self.rare.as_ref().and_then(|rare| rare.greeting.clone());
        Greeting::parse(&self.greeting).ok().or(partial)
    }

    /// The server's version text.
    pub fn server_version(&self) -> Option<Vec<u8>> {
        let partial = self.rare.as_ref();
        let partial = partial.and_then(|rare| rare.server_version.clone());
        let parsed = Greeting::parse(&self.greeting).ok();
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
    pub fn salts(&self) -> Vec<Vec<u8>> {
        let first = self.greeting().filter(|_| self.over_greeting);
        let mut salts: Vec<Vec<u8>> = first.into_iter().map(|greeting| greeting.salt).collect();
        let mut rest = &*self.salts;
        while let Some((length, behind)) = rest.split_first() {
            let (salt, behind) = behind
                .split_at_checked(usize::from(*length))
                .unwrap_or((behind, &[]));
            salts.push(salt.to_vec());
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
