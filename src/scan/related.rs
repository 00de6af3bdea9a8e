//! Logins that are the same login seen elsewhere, or the other side of a proxy.
//!
//! Owns what counts as proof. The same exchange: salt and response are the same, byte for byte; the salt
//! is random. The two sides of a proxy: the server of the one has the address of the other's client, both
//! log in the same user, the second begins after the first has said who it is and ends before it ends, and
//! no other login fits either. Where that is not so, nothing is said.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::capture::Timestamp;
use crate::limits;
use crate::mysql::{Login, StepKind};
use crate::report::{CaptureReport, Link, Relation};

/// A login's place: which capture, which of its logins.
type Place = (usize, usize);

/// How long before the server's side the client's may have begun.
const BEFORE_NANOS: i64 = 60_000_000_000;
/// Logins looked at for one; where so many fit, none is the one.
const LOOKED_AT: usize = 256;

/// Links the logins of all captures.
pub(super) fn link(captures: &mut [CaptureReport]) {
    let mut links: Vec<(Place, Place, Relation)> = same_exchanges(captures);
    links.extend(proxy_sides(captures));
    for (of, other, how) in links {
        let named = captures.get(other.0).and_then(|capture| {
            let login = capture.logins.get(other.1)?;
            Some((capture.path.clone(), login.stream, &login.login))
        });
        let Some((capture, stream, there)) = named else {
            continue;
        };
        let (attempt, ends) = (there.attempt, (there.client, there.server));
        let login = captures.get_mut(of.0).and_then(|c| c.logins.get_mut(of.1));
        if let Some(login) = login
            && login.related.len() < limits::RELATED
        {
            let other_ends = ends != (login.login.client, login.login.server);
            login.related.push(Link {
                capture,
                stream,
                attempt,
                how,
                forwarded: other_ends && how != Relation::ProxySide,
            });
        }
    }
}

fn all(captures: &[CaptureReport]) -> impl Iterator<Item = (Place, &Login)> {
    captures.iter().enumerate().flat_map(|(at, capture)| {
        let logins = capture.logins.iter().enumerate();
        logins.map(move |(place, login)| ((at, place), &login.login))
    })
}

/// What only one login has: its salt and the response to it.
fn exchange(login: &Login) -> Option<(&[u8], &[u8])> {
    let round = login.last_round()?;
    let (salt, response) = (round.salt.as_ref()?, round.response()?);
    let whole = response.missing == 0 && response.bytes.len() >= 8 && salt.bytes.len() >= 8;
    whole.then_some((&salt.bytes, &response.bytes))
}

fn same_exchanges(captures: &[CaptureReport]) -> Vec<(Place, Place, Relation)> {
    let mut seen: HashMap<(&[u8], &[u8]), Vec<Place>> = HashMap::new();
    for (place, login) in all(captures) {
        if let Some(exchange) = exchange(login) {
            seen.entry(exchange).or_default().push(place);
        }
    }
    let mut links = Vec::new();
    for places in seen.values().filter(|places| places.len() > 1) {
        for (at, place) in places.iter().enumerate() {
            let others = places.iter().filter(|other| *other != place);
            let how = if at == 0 {
                Relation::SameExchange
            } else {
                Relation::SameExchangeAgain
            };
            links.extend(
                others
                    .take(limits::RELATED)
                    .map(|other| (*place, *other, how)),
            );
        }
    }
    // A hash map has no order of its own.
    links.sort_unstable();
    links
}

/// One login on the time line.
struct Sight<'a> {
    place: Place,
    login: &'a Login,
    user: &'a [u8],
    /// When it begins, when the client has said who it is, when it ends.
    begins: Timestamp,
    asked: Timestamp,
    ends: Timestamp,
}

impl<'a> Sight<'a> {
    fn of(place: Place, login: &'a Login) -> Option<Self> {
        let user = login.request.as_ref()?.user.as_ref()?;
        Some(Self {
            place,
            login,
            user,
            begins: login.first.time?,
            asked: login.step(StepKind::Login)?.at.time?,
            ends: login.step(StepKind::Result)?.at.time?,
        })
    }

    /// Whether `self` may be a client at a proxy and `server` the proxy's own login for it.
    fn fits(&self, server: &Self) -> bool {
        let (own, other) = (self.login, server.login);
        // Everything on one host has its address: there, only one capture's clock and order count.
        let near = !own.server.address.is_loopback() || self.place.0 == server.place.0;
        self.place != server.place
            && near
            && own.server != other.server
            && own.client != other.client
            && self.user == server.user
            && exchange(own) != exchange(other)
            && self.asked <= server.begins
            && server.ends <= self.ends
    }
}

fn proxy_sides(captures: &[CaptureReport]) -> Vec<(Place, Place, Relation)> {
    let sights = all(captures).filter(|(_, login)| login.attempt == 0);
    let mut at: HashMap<IpAddr, Vec<Sight<'_>>> = HashMap::new();
    for sight in sights.filter_map(|(place, login)| Sight::of(place, login)) {
        at.entry(sight.login.server.address)
            .or_default()
            .push(sight);
    }
    for clients in at.values_mut() {
        clients.sort_by_key(|sight| (sight.begins, sight.place));
    }
    // Which login of a client each login of a proxy fits, if it is only one.
    let mut fits: HashMap<Place, Vec<Place>> = HashMap::new();
    for server in at.values().flatten() {
        let Some(clients) = at.get(&server.login.client.address) else {
            continue;
        };
        let end = clients.partition_point(|client| client.begins <= server.begins);
        let before = clients.get(..end).unwrap_or_default().iter().rev();
        let near = before
            .take_while(|client| server.begins.since(client.begins) <= BEFORE_NANOS)
            .take(LOOKED_AT);
        let mut found = near.filter(|client| client.fits(server));
        if let (Some(only), None) = (found.next(), found.next()) {
            fits.entry(only.place).or_default().push(server.place);
        }
    }
    let mut links = Vec::new();
    for (client, servers) in fits {
        if let [server] = servers.as_slice() {
            links.push((client, *server, Relation::ProxySide));
            links.push((*server, client, Relation::ProxySide));
        }
    }
    links.sort_unstable();
    links
}
