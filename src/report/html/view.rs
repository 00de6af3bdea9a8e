//! A login's values as the page shows them: cut to a length that a page bears, not yet escaped.
//!
//! Owns: which facts stand where. The markup is in `login.html` and what it includes.

use crate::report::html::diagram::Diagram;
use crate::report::html::{VALUE, tone_class};
use crate::report::model::{Capture, Endpoint, Finding, Login, Report, Sentence, Verdict};
use crate::report::recomputation::{self, Row};
use crate::report::salt_bytes::{self, SaltBytes};
use crate::report::text::shorten;
use crate::report::words::{self, Tone};

/// Connection attributes listed.
const ATTRIBUTES: usize = 24;

/// One login.
pub(in crate::report) struct LoginView {
    /// Unique on the page.
    pub(in crate::report) id: usize,
    /// Its place in the report, for sorting back.
    pub(in crate::report) number: String,
    pub(in crate::report) capture: String,
    pub(in crate::report) time: String,
    pub(in crate::report) client: String,
    pub(in crate::report) proxied_for: Option<String>,
    pub(in crate::report) server: String,
    pub(in crate::report) user: Text,
    pub(in crate::report) plugins: String,
    pub(in crate::report) outcome: String,
    pub(in crate::report) outcome_tone: &'static str,
    pub(in crate::report) verdict: String,
    pub(in crate::report) verdict_tone: &'static str,
    pub(in crate::report) codes: Vec<(&'static str, &'static str)>,
    pub(in crate::report) open: bool,
    /// Pairs for the list of facts.
    pub(in crate::report) facts: Vec<(String, String)>,
    pub(in crate::report) diagram: Option<Diagram>,
    pub(in crate::report) salt: Option<SaltBytes>,
    pub(in crate::report) salt_source: &'static str,
    pub(in crate::report) rows: Vec<Row>,
    pub(in crate::report) response: Option<String>,
    /// Why there is no table of hypotheses.
    pub(in crate::report) not_recomputed: Option<String>,
    pub(in crate::report) findings: Vec<FindingView>,
    pub(in crate::report) filter: String,
}

/// A value that may be missing.
pub(in crate::report) struct Text {
    pub(in crate::report) text: String,
    pub(in crate::report) missing: bool,
}

/// A finding.
pub(in crate::report) struct FindingView {
    pub(in crate::report) severity: &'static str,
    pub(in crate::report) code: &'static str,
    pub(in crate::report) title: &'static str,
    pub(in crate::report) summary: Vec<(bool, String)>,
    pub(in crate::report) fix: Vec<(bool, String)>,
    pub(in crate::report) filter: Option<String>,
}

/// The logins of all captures in the report's order; beyond `cap`, those without findings are
/// left out first.
pub(in crate::report) fn logins(report: &Report, cap: usize) -> Vec<LoginView> {
    let all: Vec<(&Capture, &Login)> = report
        .captures
        .iter()
        .flat_map(|capture| capture.logins.iter().map(move |login| (capture, login)))
        .collect();
    let with = all.iter().filter(|(_, login)| !login.findings.is_empty());
    let mut room = cap.saturating_sub(with.count());
    let mut chosen = Vec::new();
    for (capture, login) in &all {
        if chosen.len() >= cap {
            break;
        }
        if login.findings.is_empty() {
            let Some(left) = room.checked_sub(1) else {
                continue;
            };
            room = left;
        }
        chosen.push((*capture, *login));
    }
    let places = places(report);
    let single = all.len() == 1;
    let views = chosen.into_iter().enumerate();
    views
        .map(|(id, (capture, login))| {
            let key = (capture.path.as_str(), login.stream, login.attempt);
            let findings = places.get(&key).map(Vec::as_slice).unwrap_or_default();
            view(id, &capture.path, login, findings, single)
        })
        .collect()
}

type Places<'r> = std::collections::HashMap<(&'r str, u64, u32), Vec<&'r Finding>>;

/// The findings by login.
fn places(report: &Report) -> Places<'_> {
    let mut places = Places::new();
    for finding in &report.findings {
        if let (Some(capture), Some(stream)) = (finding.capture.as_deref(), finding.stream) {
            let key = (capture, stream, finding.attempt);
            places.entry(key).or_default().push(finding);
        }
    }
    places
}

/// The view of one login of the capture at `path`. `open`: its details show at once.
pub(in crate::report) fn view(
    id: usize,
    path: &str,
    login: &Login,
    findings: &[&Finding],
    open: bool,
) -> LoginView {
    let (outcome, outcome_tone) = words::outcome(login);
    let (verdict, verdict_tone) = words::verdict(&login.verdict, login.plugin.as_deref());
    let proof: Vec<u64> = findings
        .iter()
        .flat_map(|f| f.packets.iter().copied())
        .collect();
    LoginView {
        id,
        number: words::number(login),
        capture: shorten(path, VALUE),
        time: words::time(login),
        client: words::endpoint(&login.client),
        proxied_for: login.proxied_for.as_ref().map(words::endpoint),
        server: words::endpoint(&login.server),
        user: value(login.user.as_deref()),
        plugins: shorten(&words::plugins(login), VALUE),
        outcome,
        outcome_tone: tone_class(outcome_tone),
        verdict: shorten(&verdict, VALUE),
        verdict_tone: tone_class(verdict_tone),
        codes: findings.iter().map(|f| (f.severity, f.code)).collect(),
        open,
        facts: facts(login),
        diagram: Diagram::of(login, &proof),
        salt: salt_bytes::of(login),
        salt_source: login
            .salt
            .as_ref()
            .and_then(|salt| salt.source)
            .map_or("typed", source),
        rows: recomputation::rows(login),
        response: login
            .response
            .as_ref()
            .and_then(|response| response.hex.clone()),
        not_recomputed: match &login.verdict {
            Verdict::Unverifiable { reason, .. } => {
                Some(shorten(&format!("Not verifiable: {reason}."), VALUE))
            }
            Verdict::NoPassword => Some("No password was given for this user.".to_owned()),
            Verdict::Match(_) | Verdict::Mismatch(_) => None,
        },
        findings: findings.iter().copied().map(finding).collect(),
        filter: format!("tcp.stream eq {}", login.stream),
    }
}

fn source(source: &str) -> &'static str {
    match source {
        "auth_switch" => "from the auth switch",
        "change_user" => "left from the login before",
        _ => "from the greeting",
    }
}

fn value(text: Option<&str>) -> Text {
    match text {
        None => Text {
            text: "not captured".to_owned(),
            missing: true,
        },
        Some("") => Text {
            text: "(empty)".to_owned(),
            missing: true,
        },
        Some(text) => Text {
            text: shorten(text, VALUE),
            missing: false,
        },
    }
}

/// What is known beside the columns of the table.
fn facts(login: &Login) -> Vec<(String, String)> {
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            facts.push((name.to_owned(), shorten(&value, VALUE)));
        }
    };
    let text = |text: Option<&crate::report::text::Text>| text.map(ToString::to_string);
    add("client", Some(words::endpoint(&login.client)));
    add(
        "for",
        login
            .proxied_for
            .as_ref()
            .map(|end: &Endpoint| format!("{} (PROXY protocol)", words::endpoint(end))),
    );
    add("server", Some(words::endpoint(&login.server)));
    add("server version", text(login.server_version.as_ref()));
    add("user", text(login.user.as_ref()));
    add("database", text(login.database.as_ref()));
    add("plugins", Some(words::plugins(login)));
    add("transport", Some(transport(login)));
    if let Some(response) = &login.response {
        let missing = match response.missing {
            0 => String::new(),
            missing => format!(", {missing} more are not in the capture"),
        };
        let length = u64::try_from(response.length).unwrap_or(u64::MAX);
        add(
            "response",
            Some(format!("{}{missing}", words::counted(length, "byte"))),
        );
    }
    add("error", error(login));
    if let Verdict::Match(found) = &login.verdict {
        add(
            "password",
            Some(format!(
                "{} ({})",
                found.password,
                found.password_form.replace('_', " ")
            )),
        );
    }
    for other in &login.related {
        add("related", Some(words::related(other)));
    }
    for (key, value) in login.attributes.iter().take(ATTRIBUTES) {
        facts.push((shorten(key, 64), shorten(value, VALUE)));
    }
    if let Some(more) = login
        .attributes
        .len()
        .checked_sub(ATTRIBUTES)
        .filter(|n| *n > 0)
    {
        facts.push((
            "more".to_owned(),
            format!("{more} attributes: the JSON report has all"),
        ));
    }
    facts
}

fn transport(login: &Login) -> String {
    let transport = &login.transport;
    if transport.kind == "plain" {
        return "not encrypted".to_owned();
    }
    let mut text = transport.version.unwrap_or("TLS").to_owned();
    if let Some(cipher) = &transport.cipher {
        text = format!("{text}, {cipher}");
    }
    match (&transport.reason, transport.decrypted) {
        (_, true) => format!("{text}, decrypted"),
        (Some(reason), false) => format!("{text}, not decrypted: {reason}"),
        (None, false) => format!("{text}, not decrypted"),
    }
}

fn error(login: &Login) -> Option<String> {
    let code = login.outcome.code?;
    let state = login.outcome.sqlstate.as_deref();
    let state = state.map_or(String::new(), |state| format!(" ({state})"));
    let message = login.outcome.message.as_deref().unwrap_or_default();
    Some(format!("{code}{state}: {message}"))
}

fn finding(finding: &Finding) -> FindingView {
    FindingView {
        severity: finding.severity,
        code: finding.code,
        title: finding.title,
        summary: pieces(&finding.summary),
        fix: pieces(&finding.fix),
        filter: words::packet_filter(finding),
    }
}

/// Each piece, and whether it is a quote.
pub(in crate::report) fn pieces(sentence: &Sentence) -> Vec<(bool, String)> {
    let pieces = sentence.pieces();
    pieces
        .map(|piece| (piece.quoted, piece.text.to_owned()))
        .collect()
}

impl FindingView {
    /// A class for colour; the word stands beside it.
    pub(in crate::report) const fn tone(&self) -> &'static str {
        severity_class(self.severity)
    }
}

/// A class for colour.
pub(in crate::report) const fn severity_class(severity: &str) -> &'static str {
    match severity.as_bytes() {
        b"error" => tone_class(Tone::Bad),
        b"warning" => tone_class(Tone::Doubtful),
        _ => tone_class(Tone::Neutral),
    }
}
