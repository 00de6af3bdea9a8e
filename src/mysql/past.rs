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
    /// Which of the fields of `packed` are there.
    has: u8,
    /// In turn, as far as they are there: the client's capabilities of its first login, the largest packet
    /// that it takes, the greeting's payload behind its length, the salts but the greeting's, each behind
    /// its length.
    packed: Box<[u8]>,
    /// What is there only of few connections.
    rare: Option<Box<Rare>>,
    /// The packet of the last salt.
    last_salt: Option<PacketRef>,
}

/// Bits of [`Past::has`]: the client's capabilities, its largest packet, a greeting that was captured
/// whole; and that the first salt is the greeting's.
const CAPABILITIES: u8 = 1;
const MAX_PACKET: u8 = 2;
const GREETING: u8 = 4;
const OVER_GREETING: u8 = 8;

/// [`Past::packed`], taken apart.
#[derive(Default)]
struct Parts<'p> {
    capabilities: Option<Capabilities>,
    max_packet: Option<u32>,
    greeting: &'p [u8],
    salts: &'p [u8],
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
        // One of more than 64 KiB, which no server sends, is kept as it was parsed.
        let length = u16::try_from(greeting.len())
            .ok()
            .filter(|length| *length > 0);
        let whole = length.is_some();
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
        let kept = kept.get(old..).unwrap_or_default();
        let request = login.request.as_ref();
        let capabilities = request.and_then(|request| request.capabilities);
        let max_packet = request.and_then(|request| request.max_packet);
        let salts = kept.iter().map(|salt| salt.len().saturating_add(1));
        let greeted_in = length.map_or(0, usize::from);
        let room = salts.fold(greeted_in, usize::saturating_add);
        // To the byte, so that a box of it is the same piece of memory.
        let room = room
            .saturating_add(capabilities.map_or(0, |bits| size_of_val(&bits.0)))
            .saturating_add(max_packet.map_or(0, |max| size_of_val(&max)))
            .saturating_add(length.map_or(0, |length| size_of_val(&length)));
        let mut packed = Vec::with_capacity(room);
        let mut has = if over_greeting { OVER_GREETING } else { 0 };
        if let Some(capabilities) = capabilities {
            has |= CAPABILITIES;
            packed.extend_from_slice(&capabilities.0.to_le_bytes());
        }
        if let Some(max_packet) = max_packet {
            has |= MAX_PACKET;
            packed.extend_from_slice(&max_packet.to_le_bytes());
        }
        if let Some(length) = length {
            has |= GREETING;
            packed.extend_from_slice(&length.to_le_bytes());
            packed.extend_from_slice(greeting);
        }
        for salt in kept {
            // No salt is longer than the packet's 255 bytes allow; what is longer is no salt.
            let length = u8::try_from(salt.len()).unwrap_or(u8::MAX);
            packed.push(length);
            packed.extend_from_slice(salt.get(..usize::from(length)).unwrap_or(salt));
        }
        Self {
            attempt: login.attempt,
            has,
            packed: packed.into(),
            rare,
            last_salt: own().next_back().map(|salt| salt.at),
        }
    }

    /// What was packed. It was packed here, so that nothing is missing.
    fn parts(&self) -> Parts<'_> {
        let mut rest = &*self.packed;
        let mut parts = Parts::default();
        if self.has & CAPABILITIES != 0
            && let Some((bits, behind)) = rest.split_first_chunk()
        {
            parts.capabilities = Some(Capabilities(u64::from_le_bytes(*bits)));
            rest = behind;
        }
        if self.has & MAX_PACKET != 0
            && let Some((bytes, behind)) = rest.split_first_chunk()
        {
            parts.max_packet = Some(u32::from_le_bytes(*bytes));
            rest = behind;
        }
        if self.has & GREETING != 0
            && let Some((length, behind)) = rest.split_first_chunk()
        {
            let length = usize::from(u16::from_le_bytes(*length));
            (parts.greeting, rest) = behind.split_at_checked(length).unwrap_or((behind, &[]));
        }
        parts.salts = rest;
        parts
    }

    /// The client's capabilities, of its first login.
    pub fn capabilities(&self) -> Option<Capabilities> {
        self.parts().capabilities
    }

    /// The largest packet that the client takes.
    pub fn max_packet(&self) -> Option<u32> {
        self.parts().max_packet
    }

    /// The greeting's payload, as it was sent.
    pub fn greeting_bytes(&self) -> &[u8] {
        self.parts().greeting
    }

    /// The greeting, as far as it was captured.
    pub fn greeting(&self) -> Option<Greeting> {
        let partial = self.rare.as_ref().and_then(|rare| rare.greeting.clone());
        Greeting::parse(self.greeting_bytes()).ok().or(partial)
    }

    /// The server's version text.
    pub fn server_version(&self) -> Option<Vec<u8>> {
        let partial = self.rare.as_ref();
        let partial = partial.and_then(|rare| rare.server_version.clone());
        let parsed = Greeting::parse(self.greeting_bytes()).ok();
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
        let first = self.greeting().filter(|_| self.has & OVER_GREETING != 0);
        let mut salts: Vec<Vec<u8>> = first.into_iter().map(|greeting| greeting.salt).collect();
        let mut rest = self.parts().salts;
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
