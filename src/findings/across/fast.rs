//! `fast-auth-never-succeeds`: the same client goes the long way again and again.

use std::borrow::Cow;
use std::net::IpAddr;

use hashbrown::Equivalent;

use crate::findings::across::Tallies;
use crate::findings::catalogue::Code;
use crate::findings::client::Client;
use crate::findings::finding::Finding;
use crate::findings::prose::{Captured, Prose};
use crate::findings::rules::Subject;
use crate::limits;
use crate::mysql::{AuthPath, Plugin, Side, StepKind};
use crate::net::Endpoint;

/// A client's name and version by its own word.
pub type Named<'l> = (Cow<'l, [u8]>, Option<Cow<'l, [u8]>>);

/// One client, one user, one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    address: IpAddr,
    name: Option<Named<'static>>,
    user: Cow<'static, [u8]>,
    server: Endpoint,
}

/// A [`Key`] that is looked up.
#[derive(Hash)]
struct Wanted<'w> {
    address: IpAddr,
    name: Option<&'w Named<'w>>,
    user: &'w Cow<'w, [u8]>,
    server: Endpoint,
}

impl Equivalent<Key> for Wanted<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        let same_name = match (self.name, &key.name) {
            (Some(one), Some(other)) => one == other,
            (one, other) => one.is_none() && other.is_none(),
        };
        let ends = (self.address, self.server) == (key.address, key.server);
        ends && same_name && *self.user == key.user
    }
}

impl From<&Wanted<'_>> for Key {
    fn from(wanted: &Wanted<'_>) -> Self {
        let own = |bytes: &Cow<'_, [u8]>| Cow::Owned(bytes.to_vec());
        let name = |(name, version): &Named<'_>| (own(name), version.as_ref().map(own));
        Self {
            address: wanted.address,
            name: wanted.name.map(name),
            user: own(wanted.user),
            server: wanted.server,
        }
    }
}

/// What its `caching_sha2_password` logins came to.
#[derive(Clone, Debug, Default)]
struct Paths {
    /// The fast path succeeded at least once.
    fast: bool,
    /// Accepted logins that took full authentication.
    full: u64,
    /// Those whose response was recomputed and is right for what the client used as password.
    right: u64,
    /// Those whose response was recomputed and is wrong in a known way.
    faulty: u64,
    /// The packet in which the first of them to be accepted was accepted.
    first_accepted: Option<u64>,
    /// The last of them to begin: its first packet, stream and attempt.
    last_begun: Option<(u64, u64, u32)>,
    /// The requests for full authentication, as many as are cited.
    packets: Vec<u64>,
}

/// What one `caching_sha2_password` login says of its client's fast path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FastLogin<'l> {
    /// The client's address, behind a proxy too.
    pub address: IpAddr,
    /// Its name and version by its own word.
    pub name: Option<Named<'l>>,
    /// Who logs in.
    pub user: Cow<'l, [u8]>,
    /// Where.
    pub server: Endpoint,
    /// The conversation.
    pub stream: u64,
    /// Which login of it.
    pub attempt: u32,
    /// Its first packet.
    pub begun: u64,
    /// What it came to.
    pub way: Way,
}

/// How a `caching_sha2_password` login went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// The fast path succeeded.
    Fast,
    /// Full authentication, and it was accepted.
    Full {
        /// The response is right for what the client used as password.
        right: bool,
        /// The response is wrong in a known way.
        faulty: bool,
        /// The packet in which it was accepted.
        accepted: Option<u64>,
        /// The packet in which full authentication was asked for.
        asked: Option<u64>,
    },
    /// Neither.
    Other,
}

impl<'l> FastLogin<'l> {
    /// What a login says, if it is one with a fast path.
    #[must_use]
    pub fn of(subject: &Subject<'l>) -> Option<Self> {
        let login = subject.login;
        let user = login.request.as_ref()?.user.as_ref()?;
        let path = login.path?;
        if subject.plugin() != Some(&Plugin::CachingSha2) {
            return None;
        }
        let name = Client::of(login).filter(|client| !client.guessed);
        let way = match path {
            AuthPath::Fast => Way::Fast,
            AuthPath::FullTls | AuthPath::FullRsa if subject.authenticated() => {
                let right = subject.computed_right().is_some();
                let mut turns = subject.round().into_iter().flat_map(|round| &round.turns);
                let asked = turns.find(|turn| turn.side == Side::Server && turn.bytes == [4]);
                Way::Full {
                    right,
                    faulty: !right && subject.matched().is_some(),
                    accepted: subject.at(StepKind::Result).map(|at| at.number),
                    asked: asked.map(|turn| turn.at.number),
                }
            }
            _ => Way::Other,
        };
        Some(Self {
            address: login.proxied_for.unwrap_or(login.client).address,
            name: name.map(|client| (client.name.into(), client.version.map(Cow::from))),
            user: user.as_slice().into(),
            server: login.server,
            stream: subject.stream,
            attempt: login.attempt,
            begun: login.first.number,
            way,
        })
    }
}

/// The fast and full authentications of all clients.
#[derive(Clone, Debug, Default)]
pub struct FastPaths(Tallies<Key, Paths>);

impl FastPaths {
    /// Takes note of a login; false if there was no room for its client.
    pub fn see(&mut self, login: &FastLogin<'_>) -> bool {
        let wanted = Wanted {
            address: login.address,
            name: login.name.as_ref(),
            user: &login.user,
            server: login.server,
        };
        let Some(paths) = self.0.row(&wanted) else {
            return false;
        };
        match login.way {
            Way::Fast => paths.fast = true,
            Way::Full {
                right,
                faulty,
                accepted,
                asked,
            } => {
                let one = |count: &mut u64, so: bool| *count = count.saturating_add(u64::from(so));
                one(&mut paths.full, true);
                one(&mut paths.right, right);
                one(&mut paths.faulty, faulty);
                paths.first_accepted = [paths.first_accepted, accepted].into_iter().flatten().min();
                let begun = (login.begun, login.stream, login.attempt);
                paths.last_begun = paths.last_begun.max(Some(begun));
                if paths.packets.len() < limits::CITED {
                    paths.packets.extend(asked);
                }
            }
            Way::Other => {}
        }
        true
    }

    /// Whether this login is the last of its client to begin.
    #[must_use]
    pub fn ends_with(&self, login: &FastLogin<'_>) -> bool {
        let begun = Some((login.begun, login.stream, login.attempt));
        self.0.iter().any(|(_, paths)| paths.last_begun == begun)
    }

    /// A finding for each client whose fast path never succeeded although it should have.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.0
            .iter()
            .filter_map(|(key, paths)| paths.finding(key))
            .collect()
    }
}

impl Paths {
    /// At least two logins, none fast, and the server knew the account before the last one began.
    fn finding(&self, key: &Key) -> Option<Finding> {
        let (begun, stream, attempt) = self.last_begun?;
        if self.fast || self.full < 2 || self.first_accepted? >= begun {
            return None;
        }
        let code = Code::FastAuthNeverSucceeds;
        let cause = if self.faulty > 0 {
            format!(
                "{} of these responses were recomputed and have a fault of the client, which is the cause.",
                self.faulty
            )
        } else if self.right == self.full {
            "All of these responses are right, so the server did not remember the account: its cache was emptied in \
between, it keeps none, or several servers answer at this address."
                .into()
        } else {
            "The responses could not all be recomputed, so it stays open whether the client computes them wrong, the \
server forgot the account in between, or several servers answer at this address."
                .into()
        };
        let client = match &key.name {
            Some((name, version)) => {
                let client = Client {
                    name,
                    version: version.as_deref(),
                    guessed: false,
                };
                Prose::new("The client (").then(client.prose()).say(")")
            }
            None => Prose::new("The client"),
        };
        let summary = client.say(" logged in as ").quote(Captured::User, &*key.user).say(format!(
            " {} times and took full authentication every time, also after the server had accepted it{}. {cause}",
            self.full,
            self.first_accepted.map_or_else(String::new, |number| format!(" (packet {number})"))
        ));
        let mut packets = self.packets.clone();
        packets.sort_unstable();
        packets.dedup();
        Some(Finding {
            code,
            severity: code.severity(),
            stream: Some(stream),
            attempt,
            packets,
            summary,
            fix: Prose::new(code.page().fix),
        })
    }
}
