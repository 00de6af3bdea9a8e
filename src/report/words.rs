//! The report's values in a few plain words, for tables and pages that people read.
//!
//! Owns: short wordings and their tone. Does not own colours or escapes. Used by every renderer
//! for people, so that they all say the same.

use crate::report::model::{
    Diagnostic, Endpoint, Finding, Login, Match, Outcome, OutcomeKind, Related, Salt, Status,
    Verdict,
};

/// How a value should strike the reader. Never the only carrier of a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Something is wrong.
    Bad,
    /// Something is odd.
    Doubtful,
    /// Neither.
    Neutral,
}

/// The tone of a severity.
#[must_use]
pub fn severity_tone(severity: &str) -> Tone {
    match severity {
        "error" => Tone::Bad,
        "warning" => Tone::Doubtful,
        _ => Tone::Neutral,
    }
}

/// `10.0.0.5:3306`, `[::1]:3306`
#[must_use]
pub fn endpoint(end: &Endpoint) -> String {
    if end.address.contains(':') {
        format!("[{}]:{}", end.address, end.port)
    } else {
        format!("{}:{}", end.address, end.port)
    }
}

/// `3`, `3.1`: stream and attempt, as `compare` takes them.
#[must_use]
pub fn number(login: &Login) -> String {
    match login.attempt {
        0 => login.stream.to_string(),
        attempt => format!("{}.{attempt}", login.stream),
    }
}

/// `a.pcap#3.1`: a login as `compare` takes it. Not escaped.
#[must_use]
pub fn place(capture: &str, stream: u64, attempt: u32) -> String {
    match attempt {
        0 => format!("{capture}#{stream}"),
        attempt => format!("{capture}#{stream}.{attempt}"),
    }
}

/// How another login belongs to this one, and where it is. Not escaped.
#[must_use]
pub fn related(other: &Related) -> String {
    let place = place(&other.capture, other.stream, other.attempt);
    let how = match other.how {
        "same_exchange" if other.forwarded => {
            "the same login on the other side of what hands it through, a proxy in TCP mode or NAT (salt and response are the same)"
        }
        "same_exchange" => "the same login, seen there too (salt and response are the same)",
        _ => "the other side of a proxy, as address, user and times fit",
    };
    format!("{place}: {how}")
}

/// `2024-05-01 10:15:30.123`: to the millisecond, in UTC.
#[must_use]
pub fn time(login: &Login) -> String {
    let Some(time) = &login.time else {
        return "no time".to_owned();
    };
    time.get(..23).unwrap_or(time).replacen('T', " ", 1)
}

/// The way of the plugins: as greeted, as the client named it, as in force at the end.
#[must_use]
pub fn plugins(login: &Login) -> String {
    let mut way: Vec<&str> = Vec::new();
    for name in [&login.greeting_plugin, &login.client_plugin, &login.plugin] {
        let name = name.as_deref().filter(|name| !name.is_empty());
        if let Some(name) = name.filter(|name| way.last() != Some(name)) {
            way.push(name);
        }
    }
    match way.as_slice() {
        [] => "plugin not named".to_owned(),
        [only] if login.switched => format!("{only} (switched to itself)"),
        way => way.join(" → "),
    }
}

/// `21 bytes, ends in NUL`
#[must_use]
pub fn salt(salt: Option<&Salt>) -> String {
    match salt {
        None => "not captured".to_owned(),
        Some(salt) if salt.trailing_nul => format!("{} bytes, ends in NUL", salt.length),
        Some(salt) => format!("{} bytes, no NUL at its end", salt.length),
    }
}

/// Which bytes of salt were hashed, in words.
#[must_use]
pub fn salt_form(form: &str) -> String {
    let words = match form {
        "without_nul" => "the salt without its terminating NUL",
        "with_nul" => "the salt with its terminating NUL",
        "raw" => "the whole salt",
        "first_8" => "the first 8 bytes of the salt",
        "greeting" | "greeting_with_nul" => {
            "the greeting's salt, though the auth switch sent another"
        }
        "cut_at_nul" => "the salt up to the first NUL in it",
        "minus_last" => "the salt without its last byte",
        "last_12" => "the last 12 bytes of the salt",
        "last_13" => "the last 12 bytes of the salt and the NUL",
        "no_salt" => "no salt",
        "zeros" => "twenty zero bytes instead of the salt",
        "earlier" => "the salt of an earlier login on the same connection",
        "other_connection" => "the salt of another connection",
        other => return format!("a changed salt ({})", other.replace('_', " ")),
    };
    words.to_owned()
}

/// How it ended.
#[must_use]
pub fn outcome(login: &Login) -> (String, Tone) {
    let Outcome { kind, code, by, .. } = &login.outcome;
    if login.outcome.inferred {
        let kind = if *kind == OutcomeKind::Accepted {
            "accepted"
        } else {
            "rejected"
        };
        return (format!("{kind} (inferred from sizes)"), Tone::Doubtful);
    }
    match kind {
        OutcomeKind::Accepted => {
            let how = match login.path {
                Some("fast") => " (fast)",
                Some("full_tls" | "full_rsa") => " (full authentication)",
                _ => "",
            };
            (format!("accepted{how}"), Tone::Good)
        }
        OutcomeKind::Rejected => match code {
            Some(code) => (format!("rejected, {code}"), Tone::Bad),
            None => ("rejected".to_owned(), Tone::Bad),
        },
        OutcomeKind::Abandoned => match by {
            Some(by) => (format!("abandoned by the {by}"), Tone::Doubtful),
            None => ("abandoned".to_owned(), Tone::Doubtful),
        },
        OutcomeKind::Unknown => ("unknown".to_owned(), Tone::Neutral),
    }
}

/// What the recomputation says. `plugin` is the one in force.
#[must_use]
pub fn verdict(verdict: &Verdict, plugin: Option<&str>) -> (String, Tone) {
    match verdict {
        Verdict::Unverifiable { reason, .. } => {
            (format!("not verifiable: {reason}"), Tone::Neutral)
        }
        Verdict::NoPassword => ("no password given to check".to_owned(), Tone::Neutral),
        Verdict::Mismatch(search) => (format!("no match ({} ways tried)", search.tried), Tone::Bad),
        Verdict::Match(found) => matching(found, plugin),
    }
}

fn matching(found: &Match, plugin: Option<&str>) -> (String, Tone) {
    let mut odd: Vec<String> = Vec::new();
    if plugin.is_some_and(|plugin| plugin != found.formula) {
        odd.push(format!("by the formula {}", found.formula));
    }
    match found.salt_form {
        None | Some("without_nul" | "raw" | "first_8") => {}
        Some("with_nul") => odd.push("the salt's NUL was hashed too (with_nul)".to_owned()),
        Some(form) => odd.push(format!("over another form of the salt ({form})")),
    }
    if !matches!(found.password_form, "as_given" | "empty") {
        odd.push(format!(
            "the password was changed ({})",
            found.password_form
        ));
    }
    if found.extra_nul {
        odd.push("one NUL too many behind it".to_owned());
    }
    if found.missing_nul {
        odd.push("the NUL behind it is missing".to_owned());
    }
    let chance = found
        .chance
        .map_or(String::new(), |chance| format!(" ({chance})"));
    let part = found
        .compared
        .map_or(String::new(), |bytes| format!("first {bytes} bytes "));
    if odd.is_empty() {
        return (format!("{part}match, as it should be{chance}"), Tone::Good);
    }
    let odd = odd.join("; ");
    (format!("{part}match, but {odd}{chance}"), Tone::Bad)
}

/// How reading a capture ended, where that is worth a word.
#[must_use]
pub const fn status(status: Status) -> Option<&'static str> {
    match status {
        Status::Complete => None,
        Status::Truncated => Some("cut in its last record, analysed up to there"),
        Status::Failed => Some("failed"),
    }
}

/// The packets of a finding as a Wireshark display filter.
#[must_use]
pub fn packet_filter(finding: &Finding) -> Option<String> {
    if finding.packets.is_empty() {
        return None;
    }
    if !finding.packet_captures.is_empty() {
        return Some(packets_of_files(finding));
    }
    let numbers: Vec<String> = finding.packets.iter().map(u64::to_string).collect();
    Some(format!("frame.number in {{{}}}", numbers.join(", ")))
}

/// The packets of a finding in joined captures, file by file: `a.pcap: 7, 8; b.pcap: 2`. Not escaped.
fn packets_of_files(finding: &Finding) -> String {
    let mut text = String::new();
    let mut last: Option<&String> = None;
    for (path, number) in finding.packet_captures.iter().zip(&finding.packets) {
        let number = number.to_string();
        let pieces: [&str; 4] = match last {
            Some(last) if last == path => [", ", &number, "", ""],
            Some(_) => ["; ", path, ": ", &number],
            None => ["packets of ", path, ": ", &number],
        };
        text.extend(pieces);
        last = Some(path);
    }
    text
}

/// A diagnostic with where and how often.
#[must_use]
pub fn diagnostic(diagnostic: &Diagnostic) -> String {
    let mut place = Vec::new();
    if let Some(packet) = diagnostic.packet {
        let first = if diagnostic.count > 1 {
            "first in packet"
        } else {
            "packet"
        };
        place.push(format!("{first} {packet}"));
    }
    if let Some(stream) = diagnostic.stream {
        place.push(format!("stream {stream}"));
    }
    if diagnostic.count > 1 {
        place.push(format!("{} times", diagnostic.count));
    }
    if place.is_empty() {
        return diagnostic.message.clone();
    }
    format!("{} ({})", diagnostic.message, place.join(", "))
}

/// `1 login`, `2 logins`
#[must_use]
pub fn counted(count: u64, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}
