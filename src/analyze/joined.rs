//! Several files as one capture: the parts of a rotation, in time order.
//!
//! Owns the numbers: conversations and streams run on, packets are counted through all files inside the
//! analysis, and each report knows how to say them as the file they are in has them. A login belongs to
//! the file it begins in. Called by [`crate::scan`] with `--join`.

use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use super::judging::{Court, Judging};
use super::{Analysis, AnalyzeSettings, Listener};
use crate::capture::{CaptureReader, Timestamp};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::findings::Finding;
use crate::net::Decoder;
use crate::report::{CaptureReport, Numbering};
use crate::tls::KeyLog;

/// How much earlier than the end of the part before a part may begin: packets of several interfaces are
/// written a little out of order.
const OUT_OF_ORDER_NANOS: i64 = 2_000_000_000;

/// How long a login may be under way: servers and clients give up after ten seconds unless told
/// otherwise, and a person may be asked for a password.
const UNDER_WAY_NANOS: i64 = 60_000_000_000;

/// The time of a capture's first packet that has one.
pub fn first_time(source: impl Read) -> Option<Timestamp> {
    let mut reader = CaptureReader::open(source).ok()?;
    reader.next_packet().ok()?.and_then(|packet| packet.at.time)
}

/// Parts that are read as one capture.
pub struct Joint<'s, 'l> {
    analysis: Analysis<'s, 'l>,
    /// Fragments of one packet may stand in two files.
    decoder: Decoder,
    parts: Vec<CaptureReport>,
    numbering: Numbering,
}

impl<'s, 'l> Joint<'s, 'l> {
    /// Nothing read yet. `found`, `listener`: as for [`super::analyze_with`]; packets are counted
    /// through all parts in what `listener` hears.
    #[must_use]
    pub fn new(
        settings: &'s AnalyzeSettings,
        found: &[Arc<KeyLog>],
        listener: Listener<'l>,
    ) -> Self {
        let court = Court::Here(Box::new(Judging::new(settings, listener)));
        Self {
            analysis: Analysis::new(settings, found, court),
            decoder: Decoder::default(),
            parts: Vec::new(),
            numbering: Numbering::default(),
        }
    }

    /// Reads the next part.
    pub fn read(&mut self, path: &str, source: impl Read) {
        let before = self.analysis.before;
        let mut report = self.analysis.read(path, source, &mut self.decoder);
        self.numbering.begin(before, path);
        self.analysis.before = before.saturating_add(report.packets);
        // Those of the reader have the file's own numbers already.
        let noted = std::mem::take(&mut self.analysis.diagnostics).into_vec();
        report.diagnostics = noted;
        for note in &mut report.diagnostics {
            note.packet = note.packet.map(|packet| match packet.checked_sub(before) {
                Some(own) if own > 0 => own,
                _ => packet,
            });
        }
        if let (Some(last), Some(first)) = (self.last_time(), report.span.first)
            && last.since(first) > OUT_OF_ORDER_NANOS
        {
            report.diagnostics.push(Diagnostic {
                kind: "joined-overlap",
                message: "its packets begin before those of the file before it end: they may not be of one rotation".into(),
                packet: None,
                stream: None,
                count: 1,
            });
        }
        self.parts.push(report);
    }

    /// A part that could not be opened.
    pub fn failed(&mut self, report: CaptureReport) {
        self.numbering.begin(self.analysis.before, &report.path);
        self.parts.push(report);
    }

    fn last_time(&self) -> Option<Timestamp> {
        self.parts.iter().rev().find_map(|part| part.span.last)
    }

    /// Whether what was read last ends so long after the parts before `end` that no login of theirs is
    /// under way.
    #[must_use]
    pub fn is_past(&self, end: usize) -> bool {
        let own = self.parts.iter().take(end).rev();
        let own = { own }.find_map(|part| part.span.last);
        match (own, self.last_time()) {
            (Some(own), Some(last)) => last.since(own) > UNDER_WAY_NANOS,
            _ => true,
        }
    }

    /// The reports of the parts in `own`, each with the logins that begin in it.
    #[must_use]
    pub fn finish(self, own: &Range<usize>) -> Vec<CaptureReport> {
        let Self {
            mut analysis,
            decoder,
            mut parts,
            numbering,
        } = self;
        let mut whole = CaptureReport::new("");
        whole.packets = analysis.before;
        let any = parts.iter().any(|part| part.format.is_some());
        if any {
            analysis.end(&mut whole, decoder);
            let judged = analysis.court.close().unwrap_or_default();
            analysis.conclude(&mut whole, judged);
        }
        let numbering = Arc::new(numbering);
        for part in &mut parts {
            part.numbering = Some(Arc::clone(&numbering));
        }
        let mut homes = HashMap::new();
        for mut login in whole.logins {
            let place = numbering.file_of(login.login.first.number);
            homes.insert((Some(login.stream), login.login.attempt), place);
            for finding in &mut login.findings {
                say_own_numbers(finding, &numbering, place);
            }
            if let Some(part) = parts.get_mut(place) {
                part.logins.push(login);
            }
        }
        for mut finding in whole.across {
            // Beside the login that it names.
            let first = finding.packets.first().copied().unwrap_or(1);
            let home = homes.get(&(finding.stream, finding.attempt)).copied();
            let place = home.unwrap_or_else(|| numbering.file_of(first));
            say_own_numbers(&mut finding, &numbering, place);
            if let Some(part) = parts.get_mut(place) {
                part.across.push(finding);
            }
        }
        let mut notes = Diagnostics::default();
        for note in whole.diagnostics {
            notes.note(note.kind, note.message, None, note.stream);
        }
        let mut parts: Vec<CaptureReport> =
            parts.into_iter().skip(own.start).take(own.len()).collect();
        if let Some(first) = parts.first_mut() {
            // Streams run on, so that their number belongs to no single file.
            first.connections = whole.connections;
            first.late_secrets = whole.late_secrets;
            first.diagnostics.extend(notes.into_vec());
        }
        parts
    }
}

/// Packets in a sentence, as the file they are in has them.
fn say_own_numbers(finding: &mut Finding, numbering: &Numbering, home: usize) {
    for prose in [&mut finding.summary, &mut finding.fix] {
        prose.reword(|words| own_numbers(words, numbering, home));
    }
}

/// Our own words name packets as `(packet 8)` only.
fn own_numbers(words: &str, numbering: &Numbering, home: usize) -> String {
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
            .map(|number| (numbering.file_of(number), numbering.own(number)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_in_sentences_are_those_of_their_files() {
        let mut numbering = Numbering::default();
        numbering.begin(0, "a.pcap");
        numbering.begin(7, "b.pcap");
        let said = own_numbers(
            "salt (packet 5), answer (packet 9): no (packet x)",
            &numbering,
            0,
        );
        assert_eq!(
            said,
            "salt (packet 5), answer (packet 2 of b.pcap): no (packet x)"
        );
        assert_eq!(own_numbers("(packet 9)", &numbering, 1), "(packet 2)");
    }
}
