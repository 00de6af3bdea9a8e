//! `--format csv`: one row a login, or with `--csv-rows summary` one row a client, user and server;
//! RFC 4180, harmless in a spreadsheet.
//!
//! Owns: the columns, which stay in this order (new ones come at the end), and the defusing of
//! cells. Called by `cli` for `scan`.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@`; such a cell gets an apostrophe
//! in front, which spreadsheets take for "this is text".

use std::collections::HashMap;

use crate::report::model::{
    Capture, Endpoint, Evidence, Group, Login, OutcomeKind, Report, Verdict,
};
use crate::report::text::for_cell;
use crate::report::time::Time;
use crate::report::{standing, words};

/// Characters of one cell. Spreadsheets take 32767; the whole text is in the JSON report.
const CELL: usize = 4096;

/// The columns in order.
pub const COLUMNS: [&str; 48] = [
    "capture",
    "stream",
    "attempt",
    "time",
    "client_address",
    "client_port",
    "server_address",
    "server_port",
    "proxied_for_address",
    "proxied_for_port",
    "server_version",
    "user",
    "database",
    "client_name",
    "client_version",
    "transport",
    "tls_version",
    "tls_cipher",
    "tls_decrypted",
    "greeting_plugin",
    "client_plugin",
    "plugin",
    "switched",
    "salt_length",
    "salt_trailing_nul",
    "salt_hex",
    "salt_source",
    "response_length",
    "response_hex",
    "recomputed_hex",
    "path",
    "outcome",
    "error_code",
    "sqlstate",
    "error_message",
    "seen_as_user",
    "seen_as_host",
    "verdict",
    "verdict_reason",
    "password",
    "password_form",
    "salt_form",
    "formula",
    "tried",
    "severity",
    "findings",
    "packets",
    "related",
];

/// The columns of the summary in order.
pub const SUMMARY_COLUMNS: [&str; 12] = [
    "by", "name", "version", "guessed", "logins", "accepted", "rejected", "unknown", "first",
    "last", "findings", "errors",
];

/// A row a login.
#[must_use]
pub fn render(report: &Report) -> Vec<u8> {
    let worst = severities(report);
    let captures = report.captures.iter();
    let logins =
        captures.flat_map(|capture| capture.logins.iter().map(move |login| (capture, login)));
    let rows = logins.map(|(capture, login)| {
        let key = (capture.path.as_str(), login.stream, login.attempt);
        cells(capture, login, worst.get(&key).copied().unwrap_or_default())
    });
    written(COLUMNS, rows)
}

/// A row a client, user and server.
#[must_use]
pub fn render_summary(report: &Report) -> Vec<u8> {
    let tables = standing::tables(&report.summary).into_iter();
    let rows = tables.flat_map(|(by, groups)| {
        let row = move |group| summary_cells(by.one(), group);
        groups.iter().map(row)
    });
    written(SUMMARY_COLUMNS, rows)
}

fn written<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    // Rows of one length into a `Vec`: nothing can fail here.
    let _ = out.write_record(head);
    for cells in rows {
        let _ = out.write_record(cells.iter().map(|cell| defused(cell)));
    }
    out.into_inner().unwrap_or_default()
}

/// The values of one row; the order is that of [`SUMMARY_COLUMNS`].
fn summary_cells(by: &str, group: &Group) -> [String; 12] {
    let faults = group.faults.iter().map(|fault| {
        let since = fault.since.as_deref().unwrap_or("no time");
        format!("{} {} since {since}", fault.code, fault.logins)
    });
    let errors = group.errors.iter();
    let errors = errors.map(|error| format!("{} {}", error.code, error.logins));
    [
        by.to_owned(),
        shown(group.name.as_ref()),
        shown(group.version.as_ref()),
        group.guessed.to_string(),
        group.logins.to_string(),
        group.accepted.to_string(),
        group.rejected.to_string(),
        group.unknown.to_string(),
        time(group.first),
        time(group.last),
        faults.collect::<Vec<_>>().join("; "),
        errors.collect::<Vec<_>>().join("; "),
    ]
}

fn time(time: Option<Time>) -> String {
    time.map_or_else(String::new, |time| time.to_string())
}

/// The values of one row; the order is that of [`COLUMNS`].
fn cells(capture: &Capture, login: &Login, severity: &str) -> [String; 48] {
    let word = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let attribute = |key: &str| shown(login.attributes.get(key));
    let (proxied, proxied_port) = end(login.proxied_for.as_ref());
    let (client, client_port) = end(Some(&login.client));
    let (server, server_port) = end(Some(&login.server));
    let salt = login.salt.as_ref();
    let response = login.response.as_ref();
    let seen = login.outcome.seen_as.as_ref();
    let verdict = Said::of(&login.verdict);
    [
        capture.path.clone(),
        login.stream.to_string(),
        login.attempt.to_string(),
        time(login.time),
        client,
        client_port,
        server,
        server_port,
        proxied,
        proxied_port,
        shown(login.server_version.as_ref()),
        shown(login.user.as_ref()),
        shown(login.database.as_ref()),
        attribute("_client_name"),
        attribute("_client_version"),
        login.transport.kind.to_owned(),
        word(login.transport.version),
        shown(login.transport.cipher.as_ref()),
        login.transport.decrypted.to_string(),
        shown(login.greeting_plugin.as_ref()),
        shown(login.client_plugin.as_ref()),
        shown(login.plugin.as_ref()),
        login.switched.to_string(),
        shown(salt.map(|salt| salt.length)),
        shown(salt.map(|salt| salt.trailing_nul)),
        salt.map(|salt| salt.hex.clone()).unwrap_or_default(),
        word(salt.and_then(|salt| salt.source)),
        shown(response.map(|response| response.length)),
        shown(response.and_then(|response| response.hex.as_ref())),
        shown(response.and_then(|response| response.recomputed.as_ref())),
        word(login.path),
        outcome(login.outcome.kind).to_owned(),
        shown(login.outcome.code),
        shown(login.outcome.sqlstate.as_ref()),
        shown(login.outcome.message.as_ref()),
        shown(seen.map(|seen| &seen.user)),
        shown(seen.map(|seen| &seen.host)),
        verdict.kind.to_owned(),
        verdict.reason,
        verdict.password,
        verdict.password_form.to_owned(),
        verdict.salt_form.to_owned(),
        verdict.formula,
        shown(verdict.tried),
        severity.to_owned(),
        login.findings.join(" "),
        packets(capture, login),
        related(login),
    ]
}

fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn end(end: Option<&Endpoint>) -> (String, String) {
    end.map(|end| (end.address.to_string(), end.port.to_string()))
        .unwrap_or_default()
}

const fn outcome(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Accepted => "accepted",
        OutcomeKind::Rejected => "rejected",
        OutcomeKind::Abandoned => "abandoned",
        OutcomeKind::Unknown => "unknown",
    }
}

/// A verdict in columns.
#[derive(Default)]
struct Said {
    kind: &'static str,
    reason: String,
    password: String,
    password_form: &'static str,
    salt_form: &'static str,
    formula: String,
    tried: Option<u64>,
}

impl Said {
    fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Unverifiable { reason, .. } => Self {
                kind: "unverifiable",
                reason: reason.clone(),
                ..Self::default()
            },
            Verdict::NoPassword => Self {
                kind: "no_password",
                ..Self::default()
            },
            Verdict::Mismatch(search) => Self {
                kind: "mismatch",
                tried: Some(search.tried),
                ..Self::default()
            },
            Verdict::Match(found) => Self {
                kind: "match",
                reason: String::new(),
                password: found.password.to_string(),
                password_form: found.password_form,
                salt_form: found.salt_form.unwrap_or_default(),
                formula: found.formula.to_string(),
                tried: Some(found.search.tried),
            },
        }
    }
}

/// The worst finding of each login that has one.
fn severities(report: &Report) -> HashMap<(&str, u64, u32), &'static str> {
    let rank = |severity: &str| match severity {
        "error" => 2,
        "warning" => 1,
        _ => 0,
    };
    let mut worst: HashMap<(&str, u64, u32), &'static str> = HashMap::new();
    for finding in &report.findings {
        if let (Some(capture), Some(stream)) = (&finding.capture, finding.stream) {
            let known = worst.entry((capture, stream, finding.attempt));
            let known = known.or_insert(finding.severity);
            if rank(finding.severity) > rank(known) {
                *known = finding.severity;
            }
        }
    }
    worst
}

/// The packets of its messages; of joined captures, those in another file with its name.
fn packets(capture: &Capture, login: &Login) -> String {
    let number = |step: &Evidence| match &step.capture {
        Some(path) if *path != capture.path => format!("{}@{path}", step.packet),
        _ => step.packet.to_string(),
    };
    let numbers = login.evidence.iter().map(number);
    numbers.collect::<Vec<_>>().join(" ")
}

/// Where else it is seen.
fn related(login: &Login) -> String {
    let places = login.related.iter().map(|other| {
        let place = words::place(&other.capture, other.stream, other.attempt);
        format!("{} {place}", other.how)
    });
    places.collect::<Vec<_>>().join("; ")
}

/// Control and format characters visible, and nothing a spreadsheet would run.
fn defused(cell: &str) -> String {
    let text = for_cell(cell, CELL);
    let runs = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'
        )
    };
    // Some readers trim blanks and take the quotes off before they look.
    let first = text.trim_start_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    // A tab or a line's end would have come first; they are escaped by now and said all the same.
    let began_with_control = cell.starts_with(['\t', '\r', '\n']);
    if began_with_control || first.starts_with(runs) {
        return format!("'{text}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::{accepted, attack, capture, sealed, switched};
    use crate::report::{Builder, Redactor};

    fn read(bytes: &[u8]) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(bytes);
        let rows = reader.records().map(|row| row.unwrap());
        rows.map(|row| row.iter().map(str::to_owned).collect())
            .collect()
    }

    fn rendered(logins: Vec<crate::report::ExaminedLogin>) -> Vec<u8> {
        let redactor = Redactor::default();
        render(&Builder::new(&redactor).report(&[capture("a,b \"c\".pcap", logins)], 0))
    }

    #[test]
    fn one_row_a_login() {
        let text = rendered(vec![switched(0), accepted(1), sealed(2)]);
        insta::assert_snapshot!("csv", String::from_utf8(text.clone()).unwrap());
        let rows = read(&text);
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0], COLUMNS);
        assert_eq!(rows[1][0], "a,b \"c\".pcap");
        assert_eq!(rows[1][44..46], ["error", "salt-trailing-nul"]);
        assert!(text.ends_with(b"\r\n"));
    }

    #[test]
    fn one_row_a_client_user_and_server() {
        let redactor = Redactor::default();
        let logins = vec![switched(0), switched(1), accepted(2), attack(3, 300)];
        let report = Builder::new(&redactor).report(&[capture("a.pcap", logins)], 0);
        let rows = read(&render_summary(&report));
        assert_eq!(rows[0], SUMMARY_COLUMNS);
        assert!(rows.iter().all(|row| row.len() == SUMMARY_COLUMNS.len()));
        let of = |by: &'static str| rows.iter().filter(move |row| row[0] == by);
        for (by, groups) in standing::tables(&report.summary) {
            assert_eq!(of(by.one()).count(), groups.len());
            let logins: u64 = of(by.one()).map(|row| row[4].parse::<u64>().unwrap()).sum();
            assert_eq!(logins, 4);
        }
        let wrong = rows
            .iter()
            .find(|row| row[10].contains("salt-trailing-nul"));
        assert!(
            wrong.unwrap()[10].contains("salt-trailing-nul 2 since 20"),
            "{wrong:?}"
        );
        let cells = rows.iter().flatten();
        assert!(
            !cells
                .flat_map(|cell| cell.chars())
                .any(crate::report::text::must_escape)
        );
    }

    #[test]
    fn nothing_runs_in_a_spreadsheet() {
        for (cell, harmless) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\\t=1"),
            ("\r=1", "'\\r=1"),
            ("  =1", "'  =1"),
            ("\"=1", "'\"=1"),
            ("|calc", "'|calc"),
            ("＝1", "'＝1"),
            ("plain", "plain"),
            ("10.0.0.1", "10.0.0.1"),
            ("", ""),
        ] {
            assert_eq!(defused(cell), harmless);
        }
    }

    #[test]
    fn hostile_text_stays_in_its_cell() {
        let rows = read(&rendered(vec![attack(0, 65536)]));
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().all(|row| row.len() == COLUMNS.len()));
        let cells = rows.iter().flatten();
        for cell in cells {
            assert!(!cell.chars().any(crate::report::text::must_escape));
            assert!(cell.chars().count() <= CELL + 1);
        }
    }
}
