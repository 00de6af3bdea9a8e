//! Logins that are the same login seen elsewhere, or the other side of a proxy.
//!
//! Owns what counts as proof. The same exchange: salt and response are the same, byte for byte, at the same
//! login of a connection; the salt is random. The two sides of a proxy: the server of the one has the address of the other's client, both
//! log in the same user, the second begins after the first has said who it is and ends before it ends, and
//! no other login fits either. Where that is not so, nothing is said. Called by [`crate::scan`] for what it
//! has read, and by [`super::merged`] for what others have read.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use crate::capture::Timestamp;
use crate::limits;
use crate::net::Endpoint;
use crate::report::Relation;

/// A login's place: which capture, which of its logins.
pub(crate) type Place = (usize, usize);

/// One login as others are compared with it. `E`: what only one login has, its salt and the response to
/// it.
pub(crate) struct Sight<'a, E> {
    pub(crate) place: Place,
    pub(crate) attempt: u32,
    pub(crate) client: Endpoint,
    pub(crate) server: Endpoint,
    pub(crate) user: Option<&'a [u8]>,
    pub(crate) exchange: Option<E>,
    /// When it begins, when the client has said who it is, when it ends.
    pub(crate) begins: Option<Timestamp>,
    pub(crate) asked: Option<Timestamp>,
    pub(crate) ends: Option<Timestamp>,
}

/// One login belongs to another.
pub(crate) struct Found {
    pub(crate) of: Place,
    pub(crate) other: Place,
    pub(crate) how: Relation,
    /// The same exchange between other ends.
    pub(crate) forwarded: bool,
}

/// How long before the server's side the client's may have begun.
const BEFORE_NANOS: i64 = 60_000_000_000;
/// Logins looked at for one; where so many fit, none is the one.
const LOOKED_AT: usize = 256;

/// What belongs together among `sights`, which stand in the order of their places; at most
/// [`limits::RELATED`] others for one.
pub(crate) fn related<E: Eq + Hash>(sights: &[Sight<'_, E>]) -> Vec<Found> {
    let mut links: Vec<(Place, Place, Relation)> = same_exchanges(sights);
    links.extend(proxy_sides(sights));
    let ends: HashMap<Place, (Endpoint, Endpoint)> = sights
        .iter()
        .map(|sight| (sight.place, (sight.client, sight.server)))
        .collect();
    let mut counts: HashMap<Place, usize> = HashMap::new();
    let found = links.into_iter().filter_map(|(of, other, how)| {
        let count = counts.entry(of).or_default();
        *count = count.saturating_add(1);
        (*count <= limits::RELATED).then(|| Found {
            of,
            other,
            how,
            forwarded: ends.get(&of) != ends.get(&other) && how != Relation::ProxySide,
        })
    });
    found.collect()
}

fn same_exchanges<E: Eq + Hash>(sights: &[Sight<'_, E>]) -> Vec<(Place, Place, Relation)> {
    // A COM_CHANGE_USER may be answered as the login before it was: it is another login.
    let mut seen: HashMap<(&E, u32), Vec<Place>> = HashMap::new();
    for sight in sights {
        if let Some(exchange) = &sight.exchange {
            let key = (exchange, sight.attempt);
            seen.entry(key).or_default().push(sight.place);
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
struct OnTime<'a, E> {
    sight: &'a Sight<'a, E>,
    user: &'a [u8],
    begins: Timestamp,
    asked: Timestamp,
    ends: Timestamp,
}

impl<'a, E: Eq> OnTime<'a, E> {
    fn of(sight: &'a Sight<'a, E>) -> Option<Self> {
        Some(Self {
            sight,
            user: sight.user?,
            begins: sight.begins?,
            asked: sight.asked?,
            ends: sight.ends?,
        })
    }

    /// Whether `self` may be a client at a proxy and `server` the proxy's own login for it.
    fn fits(&self, server: &Self) -> bool {
        let (own, other) = (self.sight, server.sight);
        // Everything on one host has its address: there, only one capture's clock and order count.
        let near = !own.server.address.is_loopback() || own.place.0 == other.place.0;
        own.place != other.place
            && near
            && own.server != other.server
            && own.client != other.client
            && self.user == server.user
            && own.exchange != other.exchange
            && self.asked <= server.begins
            && server.ends <= self.ends
    }
}

fn proxy_sides<E: Eq>(sights: &[Sight<'_, E>]) -> Vec<(Place, Place, Relation)> {
    let first = sights.iter().filter(|sight| sight.attempt == 0);
    let mut at: HashMap<IpAddr, Vec<OnTime<'_, E>>> = HashMap::new();
    for on_time in first.filter_map(OnTime::of) {
        at.entry(on_time.sight.server.address)
            .or_default()
            .push(on_time);
    }
    for clients in at.values_mut() {
        clients.sort_by_key(|client| (client.begins, client.sight.place));
    }
    // Which login of a client each login of a proxy fits, if it is only one.
    let mut fits: HashMap<Place, Vec<Place>> = HashMap::new();
    for server in at.values().flatten() {
        let Some(clients) = at.get(&server.sight.client.address) else {
            continue;
        };
        let end = clients.partition_point(|client| client.begins <= server.begins);
        let before = clients.get(..end).unwrap_or_default().iter().rev();
        let near = before
            .take_while(|client| server.begins.since(client.begins) <= BEFORE_NANOS)
            .take(LOOKED_AT);
        let mut found = near.filter(|client| client.fits(server));
        if let (Some(only), None) = (found.next(), found.next()) {
            fits.entry(only.sight.place)
                .or_default()
                .push(server.sight.place);
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
