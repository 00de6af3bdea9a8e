//! An extract of any conversation: its logins come to the same, and no password is in it.

use std::collections::BTreeMap;

use unscramble::analyze::analyze;
use unscramble::auth::{Unverifiable, Verdict};
use unscramble::extract::{ExtractSettings, Note, begin, write_capture};
use unscramble::report::{CaptureReport, ExaminedLogin, Redactor, Status};

use super::conversation::{capture, said};
use super::pipeline::{PASSWORD, contains, settings};

/// Bytes of a login packet in front of the user, and of a user's name.
const FIXED: usize = 36 + PASSWORD.len();

/// The extract of all logins, and what its user is told.
fn extract(file: &[u8], report: &CaptureReport) -> (Vec<u8>, Vec<Note>) {
    let redactor = Redactor::new([PASSWORD]);
    let analysis = settings();
    let settings = ExtractSettings {
        keep_payload: false,
        redactor: &redactor,
        pseudonyms: None,
        server_ports: analysis.server_ports,
        key_logs: &[],
        server_keys: &[],
        with_keys: false,
    };
    let mut chosen: BTreeMap<u64, Vec<&ExaminedLogin>> = BTreeMap::new();
    for examined in &report.logins {
        redactor.learn(&examined.login);
        chosen.entry(examined.stream).or_default().push(examined);
    }
    let mut written = Vec::new();
    let mut writer = begin(&mut written, &settings).unwrap();
    let extracted = write_capture(|| Ok(file), &chosen, &mut writer, &settings).unwrap();
    writer.finish().unwrap();
    (written, extracted.notes)
}

fn is_overwritten(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Unverifiable(Unverifiable::PluginNotComputable(why)) if why.contains("overwritten"))
}

pub fn run(data: &[u8]) {
    if data.len() > 4096 {
        return;
    }
    let said = said(data);
    let server = said.iter().filter(|(from_client, _)| !from_client);
    let server: Vec<u8> = server.flat_map(|(_, bytes)| *bytes).copied().collect();
    for size in [1400, 17] {
        let file = capture(&said, size);
        let report = analyze("it", file.as_slice(), &settings());
        if report.logins.is_empty() {
            continue;
        }
        let (written, notes) = extract(&file, &report);
        let again = analyze("it", written.as_slice(), &settings());
        assert_eq!(again.status, Status::Complete);
        for before in &report.logins {
            let verdict = &before.examination.verdict;
            // Of what could not be recomputed little may be left; of the others only what cannot be scrubbed is left out.
            if matches!(verdict, Verdict::Unverifiable(_)) {
                continue;
            }
            let mut after = again.logins.iter();
            let after = after.find(|after| after.login.attempt == before.login.attempt);
            let Some(after) = after.map(|after| &after.examination.verdict) else {
                assert!(notes.contains(&Note::CompressedLeftOut));
                continue;
            };
            let overwritten = notes.contains(&Note::PasswordOverwritten) && is_overwritten(after);
            assert!(verdict == after || overwritten, "{verdict:?} {after:?}");
        }
        // Nothing that a person types stands in the fixed part of a login packet.
        let fixed = |(from_client, bytes): &(bool, &[u8])| {
            *from_client && contains(bytes.get(..FIXED).unwrap_or(bytes), PASSWORD)
        };
        if said.iter().any(fixed) {
            return;
        }
        assert!(contains(&server, PASSWORD) || !contains(&written, PASSWORD));
    }
}
