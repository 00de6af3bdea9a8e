//! `--format csv`: one row a login, RFC 4180, harmless in a spreadsheet.
//!
//! Owns: the columns, which stay in this order (new ones come at the end), and the defusing of
//! cells. Called by `cli` for `scan`.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@`; such a cell gets an apostrophe
//! in front, which spreadsheets take for "this is text".

use std::io;

use crate::report::model::{Capture, Endpoint, Login, OutcomeKind, Report, Verdict};
use crate::report::text::for_cell;

/// Characters of one cell. Spreadsheets take 32767; the whole text is in the JSON report.
const CELL: usize = 4096;

/// The columns in order.
pub const COLUMNS: [&str; 47] = [
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
];

/// The whole report.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn write(report: &Report, out: impl io::Write) -> io::Result<()> {
    let mut rows = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    rows.write_record(COLUMNS)?;
    for capture in &report.captures {
        for login in &capture.logins {
            let cells = cells(report, capture, login);
            rows.write_record(cells.iter().map(|cell| defused(cell)))?;
        }
    }
    rows.flush()
}

/// The same in memory.
#[must_use]
pub fn render(report: &Report) -> Vec<u8> {
    let mut out = Vec::new();
    // Rows of one length into a `Vec`: nothing can fail here.
    let _ = write(report, &mut out);
    out
}

/// The values of one row; the order is that of [`COLUMNS`].
fn cells(report: &Report, capture: &Capture, login: &Login) -> [String; 47] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let word = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let attribute = |key: &str| login.attributes.get(key).cloned().unwrap_or_default();
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
        text(&login.time),
        client,
        client_port,
        server,
        server_port,
        proxied,
        proxied_port,
        text(&login.server_version),
        text(&login.user),
        text(&login.database),
        attribute("_client_name"),
        attribute("_client_version"),
        login.transport.kind.to_owned(),
        word(login.transport.version),
        text(&login.transport.cipher),
        login.transport.decrypted.to_string(),
        text(&login.greeting_plugin),
        text(&login.client_plugin),
        text(&login.plugin),
        login.switched.to_string(),
        shown(salt.map(|salt| salt.length)),
        shown(salt.map(|salt| salt.trailing_nul)),
        salt.map(|salt| salt.hex.clone()).unwrap_or_default(),
        word(salt.and_then(|salt| salt.source)),
        shown(response.map(|response| response.length)),
        text(&response.and_then(|response| response.hex.clone())),
        text(&response.and_then(|response| response.recomputed.clone())),
        word(login.path),
        outcome(login.outcome.kind).to_owned(),
        shown(login.outcome.code),
        text(&login.outcome.sqlstate),
        text(&login.outcome.message),
        seen.map(|seen| seen.user.clone()).unwrap_or_default(),
        seen.map(|seen| seen.host.clone()).unwrap_or_default(),
        verdict.kind.to_owned(),
        verdict.reason,
        verdict.password,
        verdict.password_form.to_owned(),
        verdict.salt_form.to_owned(),
        verdict.formula,
        shown(verdict.tried),
        severity(report, capture, login).to_owned(),
        login.findings.join(" "),
        packets(login),
    ]
}

fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn end(end: Option<&Endpoint>) -> (String, String) {
    end.map(|end| (end.address.clone(), end.port.to_string()))
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
                password: found.password.clone(),
                password_form: found.password_form,
                salt_form: found.salt_form.unwrap_or_default(),
                formula: found.formula.clone(),
                tried: Some(found.search.tried),
            },
        }
    }
}

/// The worst of the login's findings.
fn severity(report: &Report, capture: &Capture, login: &Login) -> &'static str {
    if login.findings.is_empty() {
        return "";
    }
    let own = report.findings.iter().filter(|finding| {
        finding.stream == Some(login.stream)
            && finding.attempt == login.attempt
            && finding.capture.as_deref() == Some(&capture.path)
    });
    let rank = |severity: &str| match severity {
        "error" => 2,
        "warning" => 1,
        _ => 0,
    };
    own.map(|finding| finding.severity)
        .max_by_key(|severity| rank(severity))
        .unwrap_or_default()
}

/// The packets of its messages.
fn packets(login: &Login) -> String {
    let numbers = login.evidence.iter().map(|step| step.packet.to_string());
    numbers.collect::<Vec<_>>().join(" ")
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
