//! What the pipeline found, before any rendering: bytes still as captured, nothing masked yet.

use std::sync::Arc;

use crate::auth::Examination;
use crate::capture::{Compression, Format, Timestamp};
use crate::diagnostic::Diagnostic;
use crate::findings::{Established, Finding, Subject};
use crate::limits;
use crate::mysql::Login;
use crate::net::Endpoint;

/// Everything found in one capture.
#[derive(Clone, Debug)]
pub struct CaptureReport {
    /// The path as it was given or found; `-` for standard input.
    pub path: String,
    /// How reading it ended.
    pub status: Status,
    /// It failed because it is no capture at all: in a folder it is passed over.
    pub no_capture: bool,
    /// The file format, once it was recognised.
    pub format: Option<Format>,
    /// The compression around it, if any.
    pub compression: Option<Compression>,
    /// Bytes read, of the file as it is stored.
    pub bytes: u64,
    /// Packets read.
    pub packets: u64,
    /// TCP conversations seen.
    pub connections: u64,
    /// TLS secrets stand in the capture behind packets that they may open.
    pub late_secrets: bool,
    /// The logins, by stream, then attempt.
    pub logins: Vec<ExaminedLogin>,
    /// From when to when, and what begins or ends in the middle.
    pub span: Span,
    /// Where packets are counted through several files (`--join`): how each file counts them.
    pub numbering: Option<Arc<Numbering>>,
    /// Findings that rest on several logins.
    pub across: Vec<Finding>,
    /// What could not be read, and what was there instead of a login.
    pub diagnostics: Vec<Diagnostic>,
}

impl CaptureReport {
    /// The report of a capture of which nothing has been read.
    #[must_use]
    pub fn new(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            status: Status::Complete,
            no_capture: false,
            format: None,
            compression: None,
            bytes: 0,
            packets: 0,
            connections: 0,
            late_secrets: false,
            logins: Vec::new(),
            span: Span::default(),
            numbering: None,
            across: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Every finding: those of the logins, then those that rest on several.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let single = self.logins.iter().flat_map(|login| &login.findings);
        single.chain(&self.across)
    }
}

/// What of a capture lies beside its neighbours in a rotation.
#[derive(Clone, Debug, Default)]
pub struct Span {
    /// The first packet's time.
    pub first: Option<Timestamp>,
    /// The last packet's time.
    pub last: Option<Timestamp>,
    /// Conversations whose first packet here is no SYN, lower end first: the first
    /// [`limits::GOING_ON`].
    pub going_on: Vec<(Endpoint, Endpoint)>,
}

impl Span {
    /// A packet was seen.
    pub fn see(&mut self, time: Option<Timestamp>) {
        if time.is_some() {
            self.first = self.first.or(time);
            self.last = time;
        }
    }

    /// A conversation begins in its middle.
    pub fn goes_on(&mut self, from: Endpoint, to: Endpoint) {
        if self.going_on.len() < limits::GOING_ON {
            self.going_on.push((from.min(to), from.max(to)));
        }
    }
}

/// Packets counted through several files, and how each file counts them.
#[derive(Clone, Debug, Default)]
pub struct Numbering {
    /// The packets before each file, and its path.
    files: Vec<(u64, String)>,
}

impl Numbering {
    /// The next file begins, with so many packets before it.
    pub fn begin(&mut self, before: u64, path: &str) {
        self.files.push((before, path.to_owned()));
    }

    /// Which file a packet is in.
    #[must_use]
    pub fn file_of(&self, number: u64) -> usize {
        let begun = self.files.partition_point(|(before, _)| *before < number);
        begun.saturating_sub(1)
    }

    /// Packets in the sentences of a finding as the file they are in has them; `home` is the file that it
    /// is told with.
    pub fn reword(&self, finding: &mut Finding, home: usize) {
        for prose in [&mut finding.summary, &mut finding.fix] {
            prose.reword(|words| self.own_numbers(words, home));
        }
    }

    /// Our own words name packets as `(packet 8)` only.
    fn own_numbers(&self, words: &str, home: usize) -> String {
        const MARK: &str = "(packet ";
        let mut out = String::new();
        let mut rest = words;
        while let Some((before, behind)) = rest.split_once(MARK) {
            let end = behind.find(|c: char| !c.is_ascii_digit());
            let (digits, after) = behind.split_at(end.unwrap_or(behind.len()));
            out.push_str(before);
            out.push_str(MARK);
            match digits
                .parse()
                .map(|number| (self.file_of(number), self.own(number)))
            {
                Ok((file, (_, own))) if file == home => out.push_str(&own.to_string()),
                Ok((_, (path, own))) => out.extend([own.to_string().as_str(), " of ", path]),
                Err(_) => out.push_str(digits),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// Its file's path, and its number there.
    #[must_use]
    pub fn own(&self, number: u64) -> (&str, u64) {
        match self.files.get(self.file_of(number)) {
            Some((before, path)) => (path, number.saturating_sub(*before)),
            None => ("", number),
        }
    }
}

/// A login with what the recomputation and the rules say of it.
#[derive(Clone, Debug)]
pub struct ExaminedLogin {
    /// The conversation's number, as Wireshark's `tcp.stream`.
    pub stream: u64,
    /// The login as decoded.
    pub login: Box<Login>,
    /// What the recomputation says, and of which response.
    pub examination: Examination,
    /// What the rules say, worst first.
    pub findings: Vec<Finding>,
    /// The same login seen elsewhere, and the other side of a proxy.
    pub related: Vec<Link>,
}

impl ExaminedLogin {
    /// The login as the rules see it.
    #[must_use]
    pub fn subject<'a>(&'a self, established: &'a Established) -> Subject<'a> {
        let Self {
            stream,
            login,
            examination,
            ..
        } = self;
        Subject {
            judged: examination
                .response
                .and_then(|place| login.rounds.get(place.round)),
            turn: examination.turn(login),
            facts: established.facts(),
            versions: examination.versions.as_deref(),
            ..Subject::new(*stream, login, &examination.verdict)
        }
    }
}

/// Another login, and what it has to do with this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The path of its capture.
    pub capture: String,
    /// Its conversation there.
    pub stream: u64,
    /// Which login of the conversation.
    pub attempt: u32,
    /// What it has to do with this one.
    pub how: Relation,
    /// The same exchange between other ends: something between client and server hands it through.
    pub forwarded: bool,
}

/// What two logins have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The same salt and response: one login, captured in another place too.
    SameExchange,
    /// The same; and this is not the first sight of it.
    SameExchangeAgain,
    /// Address, user and time fit the two sides of a proxy, and no other login does.
    ProxySide,
}

impl Relation {
    /// The name in the report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameExchange | Self::SameExchangeAgain => "same_exchange",
            Self::ProxySide => "proxy_side",
        }
    }
}

/// How reading a capture ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Read to its end.
    Complete,
    /// Cut in its last record; everything before that was analysed.
    Truncated,
    /// Not readable (further); with what was wrong and what to do.
    Failed(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_in_sentences_are_those_of_their_files() {
        let mut numbering = Numbering::default();
        numbering.begin(0, "a.pcap");
        numbering.begin(7, "b.pcap");
        let said = numbering.own_numbers("salt (packet 5), answer (packet 9): no (packet x)", 0);
        assert_eq!(
            said,
            "salt (packet 5), answer (packet 2 of b.pcap): no (packet x)"
        );
        assert_eq!(numbering.own_numbers("(packet 9)", 1), "(packet 2)");
    }
}
