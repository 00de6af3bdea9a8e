//! Logins counted by what they have in common: few rows, whatever the number of logins, and rows of several
//! runs add up.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::model::{Login, OutcomeKind, Verdict};
use crate::report::{Text, Time, words};

/// A row.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct TallyRow {
    /// Address and port.
    pub server: String,
    /// Who logs in.
    pub user: Option<Text>,
    /// The client's name, by its own word.
    pub client: Option<Text>,
    /// The client's version.
    pub version: Option<Text>,
    /// The plugin in force.
    pub plugin: Option<Text>,
    /// `fast`, `full_tls`, `full_rsa`, `full_refused`
    pub path: Option<Text>,
    /// `match`, `mismatch`, `no_password`, `unverifiable`
    pub verdict: String,
    /// Which bytes of salt were hashed.
    pub salt_form: Option<String>,
    /// `accepted`, `rejected`, `abandoned`, `unknown`
    pub outcome: String,
    /// The server's error number.
    pub error: Option<u16>,
    /// How many logins.
    pub logins: u64,
    /// The first of them.
    pub first: Option<Time>,
    /// The last of them.
    pub last: Option<Time>,
    /// One of them: its capture, stream and attempt.
    pub example: Example,
}

/// One login.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct Example {
    /// The path of its capture.
    pub capture: String,
    /// Wireshark's `tcp.stream`.
    pub stream: u64,
    /// Which login of the connection.
    pub attempt: u32,
}

/// What the logins of a row have in common.
type Key = (
    String,
    [Option<Text>; 5],
    &'static str,
    Option<&'static str>,
    &'static str,
    Option<u16>,
);

/// The rows while logins are counted.
#[derive(Debug, Default)]
pub struct Tallies(BTreeMap<Key, (u64, Option<Time>, Option<Time>, Example)>);

impl Tallies {
    /// Counts a login of the capture at `path`.
    pub fn count(&mut self, path: &str, login: &Login) {
        let said = |name: &str| login.attributes.get(name).cloned();
        let client = said("_client_name").or_else(|| said("program_name"));
        let client = client.filter(|name| !name.is_empty());
        let version = client.as_ref().and_then(|_| said("_client_version"));
        let (verdict, salt_form) = match &login.verdict {
            Verdict::Match(found) => ("match", found.salt_form),
            Verdict::Mismatch(_) => ("mismatch", None),
            Verdict::NoPassword => ("no_password", None),
            Verdict::Unverifiable { .. } => ("unverifiable", None),
        };
        let outcome = match login.outcome.kind {
            OutcomeKind::Accepted => "accepted",
            OutcomeKind::Rejected => "rejected",
            OutcomeKind::Abandoned => "abandoned",
            OutcomeKind::Unknown => "unknown",
        };
        let key = (
            words::endpoint(&login.server),
            [
                login.user.clone(),
                client,
                version,
                login.plugin.clone(),
                login.path.map(Text::new_static),
            ],
            verdict,
            salt_form,
            outcome,
            login.outcome.code,
        );
        let row = self.0.entry(key).or_insert_with(|| {
            let example = Example {
                capture: path.to_owned(),
                stream: login.stream,
                attempt: login.attempt,
            };
            (0, login.time, login.time, example)
        });
        row.0 = row.0.saturating_add(1);
        if let Some(time) = login.time {
            // RFC 3339 with nine digits: the order of the text is that of the times.
            let text = |time: &Time| time.to_string();
            row.1 = row
                .1
                .filter(|first| text(first) <= text(&time))
                .or(Some(time));
            row.2 = row
                .2
                .filter(|last| text(last) >= text(&time))
                .or(Some(time));
        }
    }

    /// The rows.
    #[must_use]
    pub fn into_rows(self) -> Vec<TallyRow> {
        let rows = self
            .0
            .into_iter()
            .map(|(key, (logins, first, last, example))| {
                let (
                    server,
                    [user, client, version, plugin, path],
                    verdict,
                    salt_form,
                    outcome,
                    error,
                ) = key;
                TallyRow {
                    server,
                    user,
                    client,
                    version,
                    plugin,
                    path,
                    verdict: verdict.to_owned(),
                    salt_form: salt_form.map(str::to_owned),
                    outcome: outcome.to_owned(),
                    error,
                    logins,
                    first,
                    last,
                    example,
                }
            });
        rows.collect()
    }
}
