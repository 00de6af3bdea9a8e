//! THE PIPELINE: one capture in, one [`CaptureReport`] out. Read this first.
//!
//! ```text
//! CaptureReader ─► net::Decoder ─► tcp::Table ─► mysql::Connection ─► auth::examine ─► findings::judge
//! packets          segments        streams       logins               verdicts         findings
//! ```
//!
//! Nothing here knows of files, options or the formats of reports.

mod joined;
mod near;

use std::collections::{BTreeMap, VecDeque};
use std::io::Read;
use std::sync::Arc;

use near::{ByTime, near};
use zeroize::Zeroizing;

use crate::auth::{self, Candidates, Context, Search, Spent, Verdict};
use crate::capture::{CaptureError, CaptureReader, Packet, Timestamp};
use crate::diagnostic::Diagnostics;
use crate::findings::{self, Across, Established, Finding, Subject};
use crate::limits;
use crate::mysql::{Connection, Elsewhere, Login, Transport};
use crate::net::{Checksum, Decoded, Decoder, Segment};
use crate::report::{CaptureReport, ExaminedLogin, Span, Status};
use crate::tcp::{Handler as _, Interest, Table};
use crate::tls::{KeyLog, Keys, ServerKey};

pub use joined::{Joint, first_time};

/// What an analysis takes beside the capture.
#[derive(Default)]
pub struct AnalyzeSettings {
    /// The passwords to try.
    pub candidates: Candidates,
    /// Ports that are servers' where no greeting was captured.
    pub server_ports: Arc<[u16]>,
    /// RSA private keys of servers, each tried.
    pub server_keys: Vec<Arc<ServerKey>>,
    /// TLS key logs.
    pub key_logs: Vec<Arc<KeyLog>>,
}

/// Is given each login once, as soon as nothing that comes later in the capture changes its verdict; what
/// it gives back is kept in the report.
pub type Listener<'l> = &'l mut dyn FnMut(ExaminedLogin) -> Option<ExaminedLogin>;

/// Analyses one capture to its end, or as far as it can be read.
pub fn analyze(path: &str, source: impl Read, settings: &AnalyzeSettings) -> CaptureReport {
    analyze_with(path, source, settings, &[], &mut Some)
}

/// As [`analyze`], with the TLS secrets that an earlier pass has found in the capture. `listener`
/// hears of the logins while the capture is read, with the findings that need only that login, in
/// the order in which they are settled.
pub fn analyze_with(
    path: &str,
    source: impl Read,
    settings: &AnalyzeSettings,
    key_logs: &[Arc<KeyLog>],
    listener: Listener<'_>,
) -> CaptureReport {
    let mut analysis = Analysis::new(settings, key_logs, listener);
    let mut decoder = Decoder::default();
    let mut report = analysis.read(path, source, &mut decoder);
    if report.format.is_some() {
        analysis.finish(&mut report, decoder);
    }
    report
}

/// Whether reading failed because this is no capture at all.
#[must_use]
pub fn is_no_capture(error: &CaptureError) -> bool {
    error.is_not_a_capture()
}

/// The TLS key logs that a capture holds, wherever in it they stand.
pub fn key_logs_in(source: impl Read) -> Vec<Arc<KeyLog>> {
    let mut found: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    let Ok(mut reader) = CaptureReader::open(source) else {
        return Vec::new();
    };
    // A capture that breaks off has given what stood before.
    while let Ok(Some(_)) = reader.next_packet() {
        found.extend(reader.take_secrets());
    }
    found.extend(reader.take_secrets());
    found
        .iter()
        .map(|secrets| Arc::new(KeyLog::parse(secrets)))
        .collect()
}

fn error_chain(error: &CaptureError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// When responses that nothing explains are looked at again.
#[derive(Clone, Copy)]
enum When {
    /// At this time of the capture.
    At(Timestamp),
    /// A login was found.
    Crowded,
    /// The capture is over.
    Over,
}

/// One capture while it is read.
struct Analysis<'s, 'l> {
    settings: &'s AnalyzeSettings,
    listener: Listener<'l>,
    table: Table<Connection>,
    /// What may open TLS: the key logs given, those in the capture so far, the server's keys.
    keys: Arc<Keys>,
    key_logs: Vec<Arc<KeyLog>>,
    /// Those that are settled and kept.
    logins: Vec<ExaminedLogin>,
    across: Across,
    /// Any login was found; any that TLS kept closed.
    found: [bool; 2],
    /// Those that the salt of another connection may yet explain, oldest first, each with how many
    /// logins were noted before it.
    unsettled: VecDeque<(u64, Search, ExaminedLogin)>,
    by_time: ByTime,
    /// Failures that were searched in full without result.
    spent: Spent,
    /// What the conversations without a login were, by their server's port.
    elsewhere: BTreeMap<(Elsewhere, u16), u64>,
    diagnostics: Diagnostics,
    /// Packets of the files before this one, where several are read as one capture.
    before: u64,
    /// Secrets came behind the first conversations.
    late_secrets: bool,
}

impl<'s, 'l> Analysis<'s, 'l> {
    fn new(settings: &'s AnalyzeSettings, found: &[Arc<KeyLog>], listener: Listener<'l>) -> Self {
        let key_logs = [&settings.key_logs, found].concat();
        let keys = Keys::from_parts(key_logs.clone(), settings.server_keys.clone());
        Self {
            settings,
            listener,
            unsettled: VecDeque::new(),
            by_time: ByTime::default(),
            table: Table::default(),
            keys: Arc::new(keys),
            key_logs,
            logins: Vec::new(),
            across: Across::default(),
            found: [false; 2],
            spent: Spent::default(),
            elsewhere: BTreeMap::new(),
            diagnostics: Diagnostics::default(),
            before: 0,
            late_secrets: false,
        }
    }

    /// Reads a file to its end, or as far as it can be read. The decoder is no part of the analysis:
    /// segments may be borrowed from it.
    fn read(&mut self, path: &str, source: impl Read, decoder: &mut Decoder) -> CaptureReport {
        let mut report = CaptureReport::new(path);
        let mut reader = match CaptureReader::open(source) {
            Ok(reader) => reader,
            Err(error) => {
                report.no_capture = is_no_capture(&error);
                report.status = Status::Failed(error_chain(&error));
                return report;
            }
        };
        report.format = Some(reader.format());
        let failure = loop {
            if reader.has_secrets() {
                self.secrets(reader.take_secrets());
            }
            match reader.next_packet() {
                Ok(Some(mut packet)) => {
                    packet.at.number = packet.at.number.saturating_add(self.before);
                    report.span.see(packet.at.time);
                    self.packet(&packet, decoder, &mut report.span);
                }
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        if reader.has_secrets() {
            self.secrets(reader.take_secrets());
        }
        report.status = match failure {
            Some(error) => Status::Failed(error_chain(&error)),
            None if reader.truncated() => Status::Truncated,
            None => Status::Complete,
        };
        report.bytes = reader.bytes_read();
        report.compression = reader.compression();
        report.packets = reader.last_number();
        self.diagnostics.merge(reader.take_diagnostics());
        self.diagnostics.merge(decoder.take_diagnostics());
        report
    }

    /// Secrets out of the capture itself open what begins behind them.
    fn secrets(&mut self, found: Vec<Zeroizing<Vec<u8>>>) {
        self.late_secrets |= self.table.conversations() > 0;
        for secrets in found {
            self.key_logs.push(Arc::new(KeyLog::parse(&secrets)));
        }
        let server_keys = self.settings.server_keys.clone();
        self.keys = Arc::new(Keys::from_parts(self.key_logs.clone(), server_keys));
    }

    #[inline]
    fn packet(&mut self, packet: &Packet<'_>, decoder: &mut Decoder, span: &mut Span) {
        if let (Some(now), false) = (packet.at.time, self.unsettled.is_empty()) {
            self.settle(When::At(now));
        }
        match decoder.decode(packet) {
            Decoded::Tcp(segment) => self.segment(&segment, span),
            Decoded::Other | Decoded::Fragment => {}
            Decoded::Undecodable(why) => {
                self.diagnostics
                    .note(why.kind(), why.message(), Some(packet.at.number), None);
            }
        }
    }

    fn segment(&mut self, segment: &Segment<'_>, span: &mut Span) {
        let known = self.table.conversations();
        let (ports, keys) = (&self.settings.server_ports, &self.keys);
        let pushed = self.table.push(segment, |conversation| {
            Connection::new(conversation, Arc::clone(ports), Arc::clone(keys))
        });
        let stream = pushed.stream;
        if stream >= known && !segment.flags.syn() {
            span.goes_on(segment.from, segment.to);
        }
        let mut note = |kind, message: &str| {
            let number = Some(segment.at.number);
            self.diagnostics.note(kind, message, number, Some(stream));
        };
        if let Some(why) = segment.trouble {
            note(why.kind(), &why.message());
        }
        if pushed.outside_window {
            let message = "a segment outside any plausible window was left out";
            note("segment-outside-window", message);
        }
        if let Some(handler) = pushed.handler {
            // Checked only where it may matter, and it decides nothing: a capture on the sending
            // host has wrong checksums everywhere.
            if handler.interest() == Interest::Both && !segment.payload.is_empty() {
                for (kind, message) in oddities(segment) {
                    note(kind, message);
                }
            }
            let found = handler.take_logins();
            self.examine(stream, found);
        }
        if self.table.has_over() {
            for (stream, connection) in self.table.take_over() {
                self.conversation_over(stream, connection);
            }
        }
    }

    fn conversation_over(&mut self, stream: u64, mut connection: Connection) {
        let found = connection.take_logins();
        self.examine(stream, found);
        if let Some(kind) = connection.elsewhere()
            && (self.elsewhere.len() < limits::ELSEWHERE || self.elsewhere.contains_key(&kind))
        {
            let count = self.elsewhere.entry(kind).or_default();
            *count = count.saturating_add(1);
        }
    }

    fn examine(&mut self, stream: u64, found: Vec<Login>) {
        for login in found {
            for odd in findings::oddities(&login) {
                self.diagnostics
                    .note(odd.kind, odd.message, Some(odd.packet), Some(stream));
            }
            let search = self.spent.search(&login);
            let examined = self.judge(stream, login, &[], search);
            let verdict = &examined.examination.verdict;
            self.spent.note(&examined.login, verdict);
            self.by_time.insert(stream, &examined.login);
            if matches!(verdict, Verdict::Mismatch(_)) {
                let noted = self.by_time.noted();
                self.unsettled.push_back((noted, search, examined));
            } else {
                self.settled(examined);
            }
        }
        if !self.unsettled.is_empty() {
            self.settle(When::Crowded);
        }
    }

    /// Nothing that comes changes what is said of this login alone.
    fn settled(&mut self, examined: ExaminedLogin) {
        let established = Established::of(&examined.login, &examined.examination);
        self.across.see(&subject(&examined, &established));
        let sealed = matches!(
            &examined.login.transport,
            Transport::Tls {
                sealed: Some(_),
                ..
            }
        );
        let [any, any_sealed] = &mut self.found;
        *any = true;
        *any_sealed |= sealed;
        self.logins.extend((self.listener)(examined));
    }

    fn judge(
        &self,
        stream: u64,
        login: Login,
        other_salts: &[&[u8]],
        search: Search,
    ) -> ExaminedLogin {
        let earlier = login.earlier_salts.clone();
        let earlier: Vec<&[u8]> = earlier.iter().map(Vec::as_slice).collect();
        let context = self.context(&earlier, other_salts, search);
        let candidates = &self.settings.candidates;
        let (login, examination) = auth::examine_versions(login, candidates, &context);
        let mut examined = ExaminedLogin {
            stream,
            login,
            examination,
            findings: Vec::new(),
            related: Vec::new(),
        };
        let established = Established::of(&examined.login, &examined.examination);
        examined.findings = findings::judge(&subject(&examined, &established));
        examined
    }

    fn context<'c>(
        &'c self,
        earlier_salts: &'c [&'c [u8]],
        other_salts: &'c [&'c [u8]],
        search: Search,
    ) -> Context<'c> {
        Context {
            earlier_salts,
            other_salts,
            again: false,
            server_keys: &self.settings.server_keys,
            search,
        }
    }

    /// A response that nothing explains may answer the salt of another connection: looks again
    /// with the salts seen near in time, once no other can come.
    fn settle(&mut self, when: When) {
        while let Some((noted, _, first)) = self.unsettled.front() {
            let due = match (when, first.login.first.time) {
                (When::Over, _) => true,
                (When::At(now), Some(began)) => !near(now, began),
                (When::At(_), None) => false,
                (When::Crowded, _) => {
                    self.by_time.noted().saturating_sub(*noted) >= limits::UNSETTLED
                }
            };
            let Some((_, search, examined)) = self.unsettled.pop_front_if(|_| due) else {
                return;
            };
            if matches!(when, When::Crowded) {
                let message = "more than 4096 logins came within a minute of one whose response nothing explains: the salts of later ones were not tried on it";
                let number = Some(examined.login.first.number);
                self.diagnostics
                    .note("salts-near-capped", message, number, None);
            }
            let examined = self.look_again(examined, search);
            self.settled(examined);
        }
    }

    fn look_again(&self, mut examined: ExaminedLogin, search: Search) -> ExaminedLogin {
        let others = self.by_time.other_salts(examined.stream, &examined.login);
        if others.is_empty() {
            return examined;
        }
        let all =
            |examined: ExaminedLogin| self.judge(examined.stream, examined.login, &others, search);
        let examination = &examined.examination;
        if !examination.factors.is_empty() || examination.versions.is_some() {
            // A part of it may have been explained before.
            return all(examined);
        }
        let context = Context {
            again: true,
            ..self.context(&[], &others, search)
        };
        let candidates = &self.settings.candidates;
        let again = auth::examine(&examined.login, candidates, &context);
        match (&mut examined.examination.verdict, again.verdict) {
            (Verdict::Mismatch(tried), Verdict::Mismatch(more)) => {
                tried.hypotheses = tried.hypotheses.saturating_add(more.hypotheses);
                examined
            }
            (_, Verdict::Match(_)) => all(examined),
            _ => examined,
        }
    }

    /// What only several logins together show.
    fn look_across(&mut self) -> Vec<Finding> {
        for examined in &mut self.logins {
            let mut findings = std::mem::take(&mut examined.findings);
            let established = Established::of(&examined.login, &examined.examination);
            self.across
                .annotate(&subject(examined, &established), &mut findings);
            examined.findings = findings;
        }
        if self.across.overflowed() {
            let message =
                "too many clients and users to follow: findings across logins may be missing";
            self.diagnostics
                .note("across-overflow", message, None, None);
        }
        self.across.findings()
    }

    fn finish(mut self, report: &mut CaptureReport, mut decoder: Decoder) {
        decoder.finish();
        self.diagnostics.merge(decoder.take_diagnostics());
        report.connections = self.table.conversations();
        if self.table.evicted() > 0 {
            let message = "the table of conversations was full: stream numbers may be higher than Wireshark's from here on";
            self.diagnostics
                .note("conversations-evicted", message, None, None);
        }
        if self.table.given_up() > 0 {
            let message = "too many conversations with data ran at once: those that were quiet longest were given up, and logins in them are told as far as they had come";
            self.diagnostics
                .note("conversations-given-up", message, None, None);
        }
        let (ports, keys) = (
            Arc::clone(&self.settings.server_ports),
            Arc::clone(&self.keys),
        );
        std::mem::take(&mut self.table).finish(
            |conversation| Connection::new(conversation, Arc::clone(&ports), Arc::clone(&keys)),
            |stream, connection| self.conversation_over(stream, connection),
        );
        self.settle(When::Over);
        report.across = self.look_across();
        self.logins
            .sort_by_key(|examined| (examined.stream, examined.login.attempt));
        let [any, any_sealed] = self.found;
        if !any {
            self.tell_what_was_there(report);
        }
        let kept_closed = any_sealed
            || self
                .elsewhere
                .keys()
                .any(|(kind, _)| *kind == Elsewhere::Tls);
        if kept_closed && self.keys.sessions() > 0 && self.keys.matched() == 0 {
            let message = "none of the sessions in the key logs given is in this capture";
            self.diagnostics
                .note("keylog-of-others", message, None, None);
        }
        report.late_secrets = self.late_secrets && kept_closed;
        report.logins = self.logins;
        report.diagnostics = self.diagnostics.into_vec();
    }

    /// No login: says what the capture holds instead.
    fn tell_what_was_there(&mut self, report: &CaptureReport) {
        let message = if report.packets == 0 {
            "no MySQL login: there is no packet in this capture".to_owned()
        } else if report.connections == 0 {
            "no MySQL login: there is no TCP in this capture".to_owned()
        } else {
            let kinds = self
                .elsewhere
                .iter()
                .map(|((kind, port), count)| format!("{kind} on port {port} ({count})"));
            let kinds: Vec<_> = kinds.take(limits::ELSEWHERE_TOLD).collect();
            let more = self.elsewhere.len().saturating_sub(kinds.len());
            let more = if more > 0 {
                format!(" and {more} more kinds")
            } else {
                String::new()
            };
            format!(
                "no MySQL login; the TCP conversations are: {}{more}",
                kinds.join(", ")
            )
        };
        self.diagnostics.note("no-login", message, None, None);
    }
}

fn subject<'a>(examined: &'a ExaminedLogin, established: &'a Established) -> Subject<'a> {
    let ExaminedLogin {
        stream,
        login,
        examination,
        ..
    } = examined;
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

/// What is odd in a segment whose bytes may matter.
fn oddities(segment: &Segment<'_>) -> impl Iterator<Item = (&'static str, &'static str)> {
    let tcp = match segment.checksum() {
        Checksum::Offloaded => Some((
            "tcp-checksum-offloaded",
            "TCP checksums were left to the network card: this was captured on the sending host",
        )),
        Checksum::Wrong => Some((
            "tcp-checksum-wrong",
            "a TCP checksum is wrong: the segment was damaged, changed or forged; it was taken all the same",
        )),
        Checksum::Right | Checksum::Unknown => None,
    };
    let ip = match segment.ip_checksum() {
        Checksum::Offloaded => Some((
            "ip-checksum-offloaded",
            "IPv4 header checksums were left to the network card: this was captured on the sending host",
        )),
        Checksum::Wrong => Some((
            "ip-checksum-wrong",
            "an IPv4 header checksum is wrong; the packet was taken all the same",
        )),
        Checksum::Right | Checksum::Unknown => None,
    };
    let urgent = segment.flags.urg().then_some((
        "urgent-data",
        "a segment has urgent data: whether its receiver took all of it as part of the stream, the capture does not show",
    ));
    [tcp, ip, urgent].into_iter().flatten()
}
