//! Several files as one capture: the parts of a rotation, in time order.
//!
//! Owns the numbers: conversations and streams run on, packets are counted through all files inside the
//! analysis, and each report knows how to say them as the file they are in has them. A login belongs to
//! the file it begins in. Called by [`crate::scan`] with `--join`.

use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use super::court::Court;
use super::{Analysis, AnalyzeSettings, Listener};
use crate::capture::{CaptureReader, Timestamp};
use crate::diagnostic::{Diagnostic, Diagnostics};
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
    /// Conversations known when each part was through.
    known: Vec<u64>,
    numbering: Numbering,
}

impl<'s, 'l> Joint<'s, 'l> {
    /// Nothing read yet. `found`, `listener`: as for [`super::analyze_with`]; packets are counted
    /// through all parts in what `listener` hears. `slice`: the parts are not all of their set.
    #[must_use]
    pub fn new(
        settings: &'s AnalyzeSettings,
        found: &[Arc<KeyLog>],
        listener: Listener<'l>,
        slice: bool,
    ) -> Self {
        let court = Court::here(settings, listener, slice);
        Self {
            analysis: Analysis::new(settings, found, court),
            decoder: Decoder::default(),
            parts: Vec::new(),
            known: Vec::new(),
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
        self.part(report);
    }

    fn part(&mut self, report: CaptureReport) {
        self.parts.push(report);
        self.known.push(self.analysis.table.conversations());
    }

    /// A part that could not be opened.
    pub fn failed(&mut self, report: CaptureReport) {
        self.numbering.begin(self.analysis.before, &report.path);
        self.part(report);
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
            known,
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
                numbering.reword(finding, place);
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
            numbering.reword(&mut finding, place);
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
            let known = |end: usize| {
                let last = end.checked_sub(1);
                last.and_then(|last| known.get(last)).copied().unwrap_or(0)
            };
            first.connections = known(own.end).saturating_sub(known(own.start));
            first.late_secrets = whole.late_secrets;
            first.diagnostics.extend(notes.into_vec());
        }
        parts
    }
}
