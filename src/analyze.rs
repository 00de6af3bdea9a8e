//! THE PIPELINE: one capture in, one [`CaptureReport`] out. Read this first.
//!
//! ```text
//! CaptureReader ─► net::Decoder ─► tcp::Table ─► mysql::Connection ─► auth::examine ─► findings::judge
//! packets          segments        streams       logins               verdicts         findings
//! ```
//!
//! Nothing here knows of files, options or the formats of reports.

mod court;
mod joined;
mod judging;
mod near;
mod settling;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use court::Court;
use settling::Judged;
use zeroize::Zeroizing;

use crate::auth::Candidates;
use crate::capture::{CaptureError, CaptureReader, Packet, Source, Timestamp, read_ahead};
use crate::diagnostic::Diagnostics;
use crate::limits;
use crate::mysql::{Connection, Elsewhere, Login, Surroundings};
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

/// Hears of each login once, as soon as nothing that comes later in the capture changes its verdict; says
/// whether the login is kept in the report.
pub type Listener<'l> = &'l mut (dyn FnMut(&ExaminedLogin) -> bool + Send);

/// Analyses one capture to its end, or as far as it can be read.
pub fn analyze(path: &str, source: impl Read, settings: &AnalyzeSettings) -> CaptureReport {
    here(path, source, settings, &[], &mut |_| true)
}

/// As [`analyze`], with the TLS secrets that an earlier pass has found in the capture. `listener`
/// hears of the logins while the capture is read, with the findings that need only that login, in
/// the order in which they are settled. `beside`: it is read ahead of, and logins are judged and told, in
/// threads of their own, for a long file that other processors have nothing else to do than.
pub fn analyze_with(
    path: &str,
    source: impl Read + Send,
    settings: &AnalyzeSettings,
    key_logs: &[Arc<KeyLog>],
    listener: Listener<'_>,
    beside: bool,
) -> CaptureReport {
    if !beside {
        return here(path, source, settings, key_logs, listener);
    }
    std::thread::scope(|scope| {
        let (court, judge, settle) = Court::beside(settings, listener);
        let (source, ahead) = read_ahead(source);
        scope.spawn(|| ahead.run());
        scope.spawn(|| judge.run());
        let settled = scope.spawn(|| settle.run());
        let analysis = Analysis::new(settings, key_logs, court);
        analysis.whole(path, source, || {
            settled
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}

/// All in this thread.
fn here(
    path: &str,
    source: impl Read,
    settings: &AnalyzeSettings,
    key_logs: &[Arc<KeyLog>],
    listener: Listener<'_>,
) -> CaptureReport {
    let court = Court::here(settings, listener, false);
    let analysis = Analysis::new(settings, key_logs, court);
    analysis.whole(path, source, Judged::default)
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

/// One capture while it is read.
struct Analysis<'s, 'l> {
    settings: &'s AnalyzeSettings,
    table: Table<Connection>,
    /// The ports that the user named, and what may open TLS: the key logs given, those in the capture so far,
    /// the server's keys.
    surroundings: Arc<Surroundings>,
    key_logs: Vec<Arc<KeyLog>>,
    court: Court<'s, 'l>,
    /// The time of the packet that is looked at.
    now: Option<Timestamp>,
    /// What the conversations without a login were, by their server's port.
    elsewhere: BTreeMap<(Elsewhere, u16), u64>,
    diagnostics: Diagnostics,
    /// Packets of the files before this one, where several are read as one capture.
    before: u64,
    /// Secrets came behind the first conversations.
    late_secrets: bool,
}

impl<'s, 'l> Analysis<'s, 'l> {
    fn new(settings: &'s AnalyzeSettings, found: &[Arc<KeyLog>], court: Court<'s, 'l>) -> Self {
        let key_logs = [&settings.key_logs, found].concat();
        let keys = Keys::from_parts(key_logs.clone(), settings.server_keys.clone());
        let ports = Arc::clone(&settings.server_ports);
        Self {
            settings,
            court,
            now: None,
            table: Table::default(),
            surroundings: Arc::new(Surroundings::new(ports, Arc::new(keys))),
            key_logs,
            elsewhere: BTreeMap::new(),
            diagnostics: Diagnostics::default(),
            before: 0,
            late_secrets: false,
        }
    }

    /// Reads a file, and says what became of it. `elsewhere` gives what became of logins that were
    /// judged in another thread.
    fn whole(
        mut self,
        path: &str,
        source: impl Source,
        elsewhere: impl FnOnce() -> Judged,
    ) -> CaptureReport {
        let mut decoder = Decoder::default();
        let mut report = self.read(path, source, &mut decoder);
        if report.format.is_some() {
            self.end(&mut report, decoder);
            let judged = self.court.close().unwrap_or_else(elsewhere);
            self.conclude(&mut report, judged);
        }
        report
    }

    /// Reads a file to its end, or as far as it can be read. The decoder is no part of the analysis:
    /// segments may be borrowed from it.
    fn read(&mut self, path: &str, source: impl Source, decoder: &mut Decoder) -> CaptureReport {
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
            // Looked at where it was put, as each thing that there is one of for each packet: to move it would be
            // to wait until all of it is written.
            match &mut reader.next_packet() {
                Ok(Some(packet)) => {
                    packet.at.number = packet.at.number.saturating_add(self.before);
                    report.span.see(packet.at.time);
                    self.packet(packet, decoder, &mut report.span);
                }
                Ok(None) => break None,
                Err(error) => break Some(error_chain(error)),
            }
        };
        if reader.has_secrets() {
            self.secrets(reader.take_secrets());
        }
        report.status = match failure {
            Some(error) => Status::Failed(error),
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
        let keys = Keys::from_parts(self.key_logs.clone(), server_keys);
        self.surroundings = Arc::new(self.surroundings.with_keys(Arc::new(keys)));
    }

    #[inline]
    fn packet(&mut self, packet: &Packet<'_>, decoder: &mut Decoder, span: &mut Span) {
        self.now = packet.at.time;
        if let Some(now) = self.now {
            self.court.now(now);
        }
        match &decoder.decode(packet) {
            Decoded::Tcp(segment) => self.segment(segment, span),
            Decoded::Other | Decoded::Fragment => {}
            Decoded::Undecodable(why) => {
                self.diagnostics
                    .note(why.kind(), why.message(), Some(packet.at.number), None);
            }
        }
    }

    fn segment(&mut self, segment: &Segment<'_>, span: &mut Span) {
        let known = self.table.conversations();
        let surroundings = &self.surroundings;
        let pushed = self.table.push(segment, |conversation| {
            Connection::new(conversation, Arc::clone(surroundings))
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
        while let Some((stream, connection)) = self
            .table
            .next_over(|conversation| Connection::new(conversation, Arc::clone(&self.surroundings)))
        {
            self.conversation_over(stream, connection);
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

    fn examine(&mut self, stream: u64, found: impl IntoIterator<Item = Box<Login>>) {
        for login in found {
            self.court.take(stream, login, self.now);
        }
    }

    /// Nothing more is read: the logins in conversations that have not ended.
    fn end(&mut self, report: &mut CaptureReport, mut decoder: Decoder) {
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
        let surroundings = Arc::clone(&self.surroundings);
        std::mem::take(&mut self.table).finish(
            |conversation| Connection::new(conversation, Arc::clone(&surroundings)),
            |stream, connection| self.conversation_over(stream, connection),
        );
    }

    /// What the logins came to, and what was there instead of one.
    fn conclude(mut self, report: &mut CaptureReport, judged: Judged) {
        self.diagnostics.merge(judged.diagnostics);
        if !judged.any {
            self.tell_what_was_there(report);
        }
        let kept_closed = judged.any_sealed
            || self
                .elsewhere
                .keys()
                .any(|(kind, _)| *kind == Elsewhere::Tls);
        let keys = self.surroundings.keys();
        if kept_closed && keys.sessions() > 0 && keys.matched() == 0 {
            let message = "none of the sessions in the key logs given is in this capture";
            self.diagnostics
                .note("keylog-of-others", message, None, None);
        }
        report.late_secrets = self.late_secrets && kept_closed;
        report.across = judged.across;
        report.logins = judged.logins;
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
