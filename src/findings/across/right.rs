//! Where right responses were seen: beside a fault of the same client, or beside a refusal of the
//! same user.

use std::net::IpAddr;

use hashbrown::Equivalent;

use crate::findings::across::Tallies;
use crate::findings::catalogue::Code;
use crate::findings::client::Client;
use crate::findings::rules::Subject;
use crate::limits;
use crate::net::Endpoint;

/// One user at one server, proven by one candidate (its label).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Account<B = Vec<u8>, S = String> {
    user: B,
    server: Endpoint,
    password: S,
}

impl Equivalent<Account> for Account<&[u8], &str> {
    fn equivalent(&self, key: &Account) -> bool {
        (self.user, self.server) == (&key.user, key.server) && self.password == key.password
    }
}

impl From<&Account<&[u8], &str>> for Account {
    fn from(wanted: &Account<&[u8], &str>) -> Self {
        Self {
            user: wanted.user.to_vec(),
            server: wanted.server,
            password: wanted.password.to_owned(),
        }
    }
}

/// A client's name and version by its own word.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Identity<B = Vec<u8>> {
    name: B,
    version: Option<B>,
}

impl Equivalent<Identity> for Identity<&[u8]> {
    fn equivalent(&self, key: &Identity) -> bool {
        self.name == key.name && self.version == key.version.as_deref()
    }
}

impl From<&Identity<&[u8]>> for Identity {
    fn from(wanted: &Identity<&[u8]>) -> Self {
        Self {
            name: wanted.name.to_vec(),
            version: wanted.version.map(<[u8]>::to_vec),
        }
    }
}

/// One right response.
#[derive(Clone, Copy, Debug)]
struct Seen {
    address: IpAddr,
    accepted: bool,
    stream: u64,
}

impl Seen {
    fn is_like(&self, other: &Self) -> bool {
        (self.address, self.accepted) == (other.address, other.accepted)
    }
}

/// The right responses of a capture.
#[derive(Clone, Debug, Default)]
pub(super) struct RightResponses {
    accounts: Tallies<Account, Vec<Seen>>,
    clients: Tallies<Identity, Option<(u64, bool)>>,
}

/// The findings that say a client computed a response wrong.
const FAULTS: [Code; 9] = [
    Code::SaltTrailingNul,
    Code::HashOrderReversed,
    Code::StaleSalt,
    Code::SaltTruncated,
    Code::ResponseTruncated,
    Code::ResponseExtraNul,
    Code::WrongPluginResponse,
    Code::SaltMangled,
    Code::HashNotDoubled,
];

impl RightResponses {
    /// Takes note of a login; false if there was no room for it.
    pub(super) fn see(&mut self, subject: &Subject<'_>) -> bool {
        if subject.right().is_none() {
            return true;
        }
        let mut room = true;
        if let Some(identity) = identity(subject) {
            match self.clients.row(&identity) {
                Some(seen) => *seen = seen.or(Some((subject.stream, subject.after_switch()))),
                None => room = false,
            }
        }
        let refused = subject.refused_proof().is_some();
        if let Some(account) = account(subject).filter(|_| refused || subject.authenticated()) {
            let seen = Seen {
                address: address(subject),
                accepted: !refused,
                stream: subject.stream,
            };
            match self.accounts.row(&account) {
                // One sight of each kind says all that is asked.
                Some(list) if list.iter().any(|known| known.is_like(&seen)) => {}
                Some(list) if list.len() < limits::CITED => list.push(seen),
                _ => room = false,
            }
        }
        room
    }

    /// What the other logins add to a finding of this one, as a sentence with a space in front.
    /// `slice`: there are logins that were not seen.
    pub(super) fn remark(&self, subject: &Subject<'_>, code: Code, slice: bool) -> Option<String> {
        if code == Code::RightPasswordRejected {
            return self.about_refusal(subject, slice);
        }
        if !FAULTS.contains(&code) {
            return None;
        }
        let (stream, after_switch) = (*self.clients.get(&identity(subject)?)?)?;
        let way = match (after_switch, subject.after_switch()) {
            (false, true) => ", where no auth switch took place",
            (true, false) => ", after an auth switch",
            _ => "",
        };
        Some(format!(
            " The same client and version computed a right response in stream {stream}{way}."
        ))
    }

    /// Whether the same password was accepted, or refused for others too.
    fn about_refusal(&self, subject: &Subject<'_>, slice: bool) -> Option<String> {
        let list = self.accounts.get(&account(subject)?)?;
        let own = address(subject);
        let accepted = || list.iter().filter(|seen| seen.accepted);
        if let Some(same) = accepted().find(|seen| seen.address == own) {
            return Some(format!(
                " The same user and password were accepted from the same address in stream {}, so something on the \
server's side differed between the two.",
                same.stream
            ));
        }
        if let Some(other) = accepted().next() {
            return Some(format!(
                " The same user and password were accepted from another address in stream {}, so the trouble lies with \
what the server has for this client's address.",
                other.stream
            ));
        }
        if slice {
            return None;
        }
        let elsewhere = list.iter().find(|seen| seen.address != own)?;
        Some(format!(
            " The same user and password were refused from another address too (stream {}) and accepted nowhere in this \
capture, which points to the account rather than to one client.",
            elsewhere.stream
        ))
    }
}

fn address(subject: &Subject<'_>) -> IpAddr {
    subject
        .login
        .proxied_for
        .unwrap_or(subject.login.client)
        .address
}

fn identity<'s>(subject: &Subject<'s>) -> Option<Identity<&'s [u8]>> {
    let client = Client::of(subject.login).filter(|client| !client.guessed)?;
    Some(Identity {
        name: client.name,
        version: client.version,
    })
}

fn account<'s>(subject: &Subject<'s>) -> Option<Account<&'s [u8], &'s str>> {
    Some(Account {
        user: subject.login.request.as_ref()?.user.as_ref()?,
        server: subject.login.server,
        password: &subject.right()?.password,
    })
}
