//! The numbers of a report, counted login by login: how they ended, what was found, and the same by
//! client, by user and by server: who has which fault, how often, since when.
//!
//! Owns the counting. Nothing of a login is kept but where those were counted that a finding may yet name
//! ([`named`]), so that a report of lines can count logins that are forgotten as soon as they are told. Called by [`super::Builder`], and by `cli` for those.

mod exchanges;
mod named;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::capture::Timestamp;
use crate::findings::{Captured, Client, Finding, Severity};
use crate::limits;
use crate::mysql::wire::field_bytes::FieldBytes;
use crate::mysql::{Login, Outcome};
use crate::net::Endpoint;
use crate::report::build::Builder;
use crate::report::model::OutcomeKind;
use crate::report::text::Text;
use crate::report::time::Time;
use crate::report::{ExaminedLogin, Relation, model};
use exchanges::Exchanges;
use named::{NamedLater, Places};

/// Name, version, whether the name is a guess.
pub(in crate::report) type Key = (Option<Text>, Option<Text>, bool);

/// Severity, logins, first and last.
type Times = (&'static str, u64, Option<Timestamp>, Option<Timestamp>);

/// One row while it is counted.
#[derive(Clone, Default)]
struct Row {
    logins: u64,
    accepted: u64,
    rejected: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    /// By code.
    faults: BTreeMap<&'static str, Times>,
    errors: BTreeMap<u16, u64>,
}

/// The earlier and the later of what is known.
fn span(first: &mut Option<Timestamp>, last: &mut Option<Timestamp>, time: Option<Timestamp>) {
    *first = first.map_or(time, |known| {
        Some(time.map_or(known, |time| known.min(time)))
    });
    *last = (*last).max(time);
}

impl Row {
    /// Puts another row to this one.
    fn add(&mut self, other: Self) {
        let add = |count: &mut u64, more: u64| *count = count.saturating_add(more);
        add(&mut self.logins, other.logins);
        add(&mut self.accepted, other.accepted);
        add(&mut self.rejected, other.rejected);
        for time in [other.first, other.last] {
            span(&mut self.first, &mut self.last, time);
        }
        for (code, (severity, logins, first, last)) in other.faults {
            let fault = self.faults.entry(code);
            let fault = fault.or_insert((severity, 0, None, None));
            add(&mut fault.1, logins);
            for time in [first, last] {
                span(&mut fault.2, &mut fault.3, time);
            }
        }
        for (code, logins) in other.errors {
            add(self.errors.entry(code).or_default(), logins);
        }
    }

    fn count(&mut self, examined: &ExaminedLogin, across: &[Finding]) {
        let login = &examined.login;
        let one = |count: &mut u64| *count = count.saturating_add(1);
        one(&mut self.logins);
        match &login.outcome {
            Outcome::Accepted => one(&mut self.accepted),
            Outcome::Rejected(error) => {
                one(&mut self.rejected);
                one(self.errors.entry(error.code).or_default());
            }
            _ => {}
        }
        span(&mut self.first, &mut self.last, login.first.time);
        let shared = across.iter().filter(|finding| {
            finding.stream == Some(examined.stream) && finding.attempt == login.attempt
        });
        for finding in examined.findings.iter().chain(shared) {
            self.count_fault(finding, login.first.time);
        }
    }

    fn count_fault(&mut self, finding: &Finding, time: Option<Timestamp>) {
        let severity = finding.severity.name();
        let fault = self.faults.entry(finding.code.as_str());
        let (_, logins, first, last) = fault.or_insert((severity, 0, None, None));
        *logins = logins.saturating_add(1);
        span(first, last, time);
    }

    fn model(self, (name, version, guessed): Key) -> model::Group {
        let text = |time: Option<Timestamp>| time.and_then(Time::of);
        let mut faults: Vec<_> = self.faults.into_iter().collect();
        let rank = |severity: &str| match severity {
            "error" => 0,
            "warning" => 1,
            _ => 2,
        };
        faults.sort_by_key(|(_, (severity, count, ..))| (rank(severity), Reverse(*count)));
        let fault = |(code, (severity, logins, since, until))| model::Fault {
            code,
            severity,
            logins,
            since: text(since),
            until: text(until),
        };
        let mut errors: Vec<_> = self.errors.into_iter().collect();
        errors.sort_by_key(|(_, count)| Reverse(*count));
        let error = |(code, logins)| model::ServerError { code, logins };
        let decided = self.accepted.saturating_add(self.rejected);
        model::Group {
            name,
            version,
            guessed,
            logins: self.logins,
            accepted: self.accepted,
            rejected: self.rejected,
            unknown: self.logins.saturating_sub(decided),
            first: text(self.first),
            last: text(self.last),
            faults: faults.into_iter().map(fault).collect(),
            errors: errors.into_iter().map(error).collect(),
        }
    }
}

/// The raw bytes that a row was first made of, to find it again without making text.
type Raw = Vec<u8>;

/// The rows of one kind, found by what stood in the capture.
#[derive(Default)]
struct Rows {
    hasher: RandomState,
    index: HashTable<u32>,
    all: Vec<(Raw, Key, Row)>,
    raw: Vec<u8>,
}

impl Rows {
    /// The place of the row of what `raw` writes; its name is made with `key` when it is new. `None` at the cap.
    fn place(&mut self, raw: impl FnOnce(&mut Vec<u8>), key: impl FnOnce() -> Key) -> Option<u32> {
        self.raw.clear();
        raw(&mut self.raw);
        let hash = self.hasher.hash_one(&self.raw);
        let same = |place: &u32| {
            let row = self.all.get(*place as usize);
            row.is_some_and(|(known, ..)| *known == self.raw)
        };
        let place = if let Some(place) = self.index.find(hash, same) {
            *place
        } else {
            if self.all.len() >= limits::SUMMARY_ROWS {
                return None;
            }
            let place = u32::try_from(self.all.len()).ok()?;
            self.all.push((self.raw.clone(), key(), Row::default()));
            let (rows, hasher) = (&self.all, &self.hasher);
            let rehash = |place: &u32| {
                let row = rows.get(*place as usize);
                row.map_or(0, |(raw, ..)| hasher.hash_one(raw))
            };
            self.index.insert_unique(hash, place, rehash);
            place
        };
        Some(place)
    }

    fn at(&mut self, place: Option<u32>) -> Option<&mut Row> {
        let (.., row) = self.all.get_mut(place? as usize)?;
        Some(row)
    }

    /// Adds other rows, in their order.
    fn add(&mut self, other: Self) {
        for (raw, key, row) in other.all {
            let place = self.place(|own| own.extend_from_slice(&raw), || key);
            if let Some(known) = self.at(place) {
                known.add(row);
            }
        }
    }

    /// Rows whose names are shown alike are one.
    fn model(self) -> Vec<model::Group> {
        let mut named: BTreeMap<Key, Row> = BTreeMap::new();
        for (_, key, row) in self.all {
            named.entry(key).or_default().add(row);
        }
        let rows = named.into_iter().map(|(key, row)| row.model(key));
        let mut rows: Vec<model::Group> = rows.collect();
        // Those with errors first, then those with the most logins, then by name.
        rows.sort_by_key(|row| {
            let errors = row.faults.iter().filter(|fault| fault.severity == "error");
            let errors = errors.map(|fault| fault.logins).max().unwrap_or(0);
            (Reverse(errors), Reverse(row.rejected), Reverse(row.logins))
        });
        rows
    }
}

/// What was counted.
#[derive(Default)]
pub struct Tally {
    logins: u64,
    accepted: u64,
    rejected: u64,
    seen_again: u64,
    codes: BTreeMap<&'static str, u64>,
    severities: BTreeSet<Severity>,
    clients: Rows,
    users: Rows,
    servers: Rows,
    /// Of exchanges; the same in all that are added up.
    hasher: RandomState,
    /// Those of logins that were forgotten.
    exchanges: Exchanges,
    /// Those of one capture that may yet be named.
    named_later: NamedLater,
}

impl Tally {
    /// Logins so far.
    #[must_use]
    pub const fn logins(&self) -> u64 {
        self.logins
    }

    /// How grave the findings of the logins were.
    pub fn severities(&self) -> impl Iterator<Item = Severity> {
        self.severities.iter().copied()
    }

    /// An empty one whose counts can be added to this one's.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self {
            hasher: self.hasher.clone(),
            ..Self::default()
        }
    }

    /// Adds what a [`Self::fresh`] one has counted of other logins.
    pub fn add(&mut self, other: Self) {
        let add = |count: &mut u64, more: u64| *count = count.saturating_add(more);
        add(&mut self.logins, other.logins);
        add(&mut self.accepted, other.accepted);
        add(&mut self.rejected, other.rejected);
        add(&mut self.seen_again, other.seen_again);
        for (code, count) in other.codes {
            add(self.codes.entry(code).or_default(), count);
        }
        self.severities.extend(other.severities);
        self.clients.add(other.clients);
        self.users.add(other.users);
        self.servers.add(other.servers);
        self.exchanges.add(other.exchanges);
    }

    /// Counts a login of which nothing is kept. The same exchange seen again is told by a hash.
    pub fn count_forgotten(&mut self, builder: &Builder<'_>, examined: &ExaminedLogin) {
        let places = self.count(builder, examined, &[]);
        self.named_later.see(examined, places);
        let Some(exchange) = exchange(&examined.login) else {
            return;
        };
        let exchange = (exchange, examined.login.attempt);
        self.exchanges.see(self.hasher.hash_one(exchange));
    }

    /// Counts the findings of a capture that rest on several of its logins, which were forgotten.
    pub fn count_shared<'f>(&mut self, across: impl IntoIterator<Item = &'f Finding>) {
        let named = std::mem::take(&mut self.named_later).by_login();
        for finding in across {
            let login = finding.stream.map(|stream| (stream, finding.attempt));
            if let Some((time, places)) = login.and_then(|login| named.get(&login).copied()) {
                for row in self.rows(places).into_iter().flatten() {
                    row.count_fault(finding, time);
                }
            }
        }
    }

    fn rows(&mut self, [client, user, server]: Places) -> [Option<&mut Row>; 3] {
        [
            self.clients.at(client),
            self.users.at(user),
            self.servers.at(server),
        ]
    }

    /// Counts a login; `across`: the findings of its capture that rest on several logins. Gives the places of
    /// its rows.
    pub(super) fn count(
        &mut self,
        builder: &Builder<'_>,
        examined: &ExaminedLogin,
        across: &[Finding],
    ) -> Places {
        let one = |count: &mut u64| *count = count.saturating_add(1);
        one(&mut self.logins);
        match &examined.login.outcome {
            Outcome::Accepted => one(&mut self.accepted),
            Outcome::Rejected(_) => one(&mut self.rejected),
            _ => {}
        }
        let mut links = examined.related.iter();
        if links.any(|link| link.how == Relation::SameExchangeAgain) {
            one(&mut self.seen_again);
        }
        self.count_findings(&examined.findings);
        let login = &examined.login;
        let client = Client::of(login);
        let client = self.clients.place(
            |raw| {
                if let Some(client) = &client {
                    raw.push(if client.guessed { 2 } else { 1 });
                    raw.extend_from_slice(&client.name.len().to_le_bytes());
                    raw.extend_from_slice(client.name);
                    raw.push(u8::from(client.version.is_some()));
                    raw.extend_from_slice(client.version.unwrap_or_default());
                }
            },
            || builder.client(client),
        );
        let user = login.request.as_ref().and_then(|r| r.user.as_ref());
        let user = self.users.place(
            |raw| {
                raw.push(u8::from(user.is_some()));
                raw.extend_from_slice(user.map_or(&[], FieldBytes::as_slice));
            },
            || builder.user(user),
        );
        let greeting = login.greeting.as_ref().map(|g| &g.server_version);
        let version = login.server_version.as_ref().or(greeting);
        let server = self.servers.place(
            |raw| {
                match login.server.address {
                    IpAddr::V4(v4) => raw.extend_from_slice(&v4.octets()),
                    IpAddr::V6(v6) => raw.extend_from_slice(&v6.octets()),
                }
                raw.extend_from_slice(&login.server.port.to_le_bytes());
                raw.push(u8::from(version.is_some()));
                raw.extend_from_slice(version.map_or(&[], FieldBytes::as_slice));
            },
            || builder.server(&login.server, version),
        );
        let places = [client, user, server];
        for row in self.rows(places).into_iter().flatten() {
            row.count(examined, across);
        }
        places
    }

    /// Counts a login that another run has told: `client` as it names it, `findings` by code and
    /// severity, `seen_again`: it is another sight of one counted already.
    pub(in crate::report) fn count_told(
        &mut self,
        login: &model::Login,
        client: &Key,
        findings: &[(&'static str, &'static str)],
        seen_again: bool,
    ) {
        let one = |count: &mut u64| *count = count.saturating_add(1);
        let time = login.time.and_then(Time::timestamp);
        let mut row = Row {
            logins: 1,
            first: time,
            last: time,
            ..Row::default()
        };
        one(&mut self.logins);
        // What was inferred is nothing that the server said.
        match login.outcome.kind {
            _ if login.outcome.inferred => {}
            OutcomeKind::Accepted => row.accepted = 1,
            OutcomeKind::Rejected => {
                row.rejected = 1;
                if let Some(code) = login.outcome.code {
                    row.errors.insert(code, 1);
                }
            }
            _ => {}
        }
        self.accepted = self.accepted.saturating_add(row.accepted);
        self.rejected = self.rejected.saturating_add(row.rejected);
        if seen_again {
            one(&mut self.seen_again);
        }
        for (code, severity) in findings {
            let fault = row.faults.entry(code).or_insert((severity, 0, time, time));
            one(&mut fault.1);
        }
        let server = Some(crate::report::words::endpoint(&login.server).into());
        let server = (server, login.server_version.clone(), false);
        let user = (login.user.clone(), None, false);
        for (rows, key) in [
            (&mut self.clients, client),
            (&mut self.users, &user),
            (&mut self.servers, &server),
        ] {
            let raw = |raw: &mut Vec<u8>| raw.extend_from_slice(format!("{key:?}").as_bytes());
            let place = rows.place(raw, || key.clone());
            if let Some(known) = rows.at(place) {
                known.add(row.clone());
            }
        }
    }

    /// Counts a finding that another run has told.
    pub(in crate::report) fn count_told_finding(&mut self, finding: &model::Finding) {
        let known = self.codes.entry(finding.code).or_default();
        *known = known.saturating_add(1);
        self.severities.extend(Severity::named(finding.severity));
    }

    /// Counts findings that are of no single login.
    pub(super) fn count_findings<'f>(&mut self, findings: impl IntoIterator<Item = &'f Finding>) {
        for finding in findings {
            let known = self.codes.entry(finding.code.as_str()).or_default();
            *known = known.saturating_add(1);
            self.severities.insert(finding.severity);
        }
    }

    /// The numbers as a report has them.
    pub(in crate::report) fn summary(self, captures: u64, skipped: u64) -> model::Summary {
        let decided = self.accepted.saturating_add(self.rejected);
        model::Summary {
            captures,
            skipped,
            interrupted: false,
            unread: 0,
            logins: self.logins,
            accepted: self.accepted,
            rejected: self.rejected,
            unknown: self.logins.saturating_sub(decided),
            seen_again: self.seen_again.saturating_add(self.exchanges.again()),
            findings: self.codes,
            before: None,
            by_client: self.clients.model(),
            by_user: self.users.model(),
            by_server: self.servers.model(),
        }
    }
}

/// What only one login has: its salt and the response to it.
pub(crate) fn exchange(login: &Login) -> Option<(&[u8], &[u8])> {
    let round = login.last_round()?;
    let (salt, response) = (round.salt.as_ref()?, round.response()?);
    let whole = response.missing == 0 && response.bytes.len() >= 8 && salt.bytes.len() >= 8;
    whole.then_some((&salt.bytes, &response.bytes))
}

impl Builder<'_> {
    /// Name, version, and whether the name is a guess.
    pub(in crate::report) fn client(&self, client: Option<Client<'_>>) -> Key {
        let Some(client) = client else {
            return (None, None, false);
        };
        // A guess is our own word.
        let name = if client.guessed {
            String::from_utf8_lossy(client.name).into()
        } else {
            self.redactor.text(Captured::Client, client.name)
        };
        let version = client.version;
        let version = version.map(|version| self.redactor.text(Captured::Client, version));
        (Some(name), version, client.guessed)
    }

    fn user(&self, user: Option<&FieldBytes>) -> Key {
        let user = user.map(|user| self.redactor.text(Captured::User, user));
        (user, None, false)
    }

    fn server(&self, server: &Endpoint, version: Option<&FieldBytes>) -> Key {
        let end = self.endpoint(server);
        let version = version.map(|version| self.redactor.text(Captured::Server, version));
        let end = crate::report::words::endpoint(&end);
        (Some(end.into()), version, false)
    }
}
