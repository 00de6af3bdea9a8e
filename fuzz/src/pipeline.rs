//! The whole pipeline on bytes: pieces give the report of the whole, and nothing of a capture reaches it
//! unescaped.

use std::io::Read;

use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Secret};
use unscramble::limits;
use unscramble::report::Status;

use super::pieces::{Pieces, without_place};

/// Longer inputs say nothing more, and take long.
const LONGEST: usize = 64 << 10;

/// The password of the samples.
pub const PASSWORD: &[u8] = b"Violet-Harbor-42";

pub fn settings() -> AnalyzeSettings {
    let secret = Secret::password(PASSWORD);
    AnalyzeSettings {
        candidates: Candidates::new(vec![Candidate::new("typed".into(), None, secret)]),
        server_ports: vec![3306].into(),
        ..AnalyzeSettings::default()
    }
}

fn report(source: impl Read) -> (usize, u64, String) {
    let mut report = analyze("it", source, &settings());
    // How far a damaged capture was read ahead depends on who gave the bytes.
    if let Status::Failed(why) = &mut report.status {
        *why = without_place(why);
        report.bytes = 0;
    }
    assert!(report.diagnostics.len() <= limits::DIAGNOSTICS + limits::ELSEWHERE_TOLD + 2);
    for examined in &report.logins {
        assert!(examined.login.steps.len() <= limits::LOGIN_STEPS + 1);
    }
    let packets = report.packets;
    (report.logins.len(), packets, format!("{report:?}"))
}

pub fn run(data: &[u8]) {
    if data.len() > LONGEST {
        return;
    }
    let whole = report(data);
    let pieces = report(Pieces::new(data));
    // A decoder keeps what it had unpacked of a read that comes upon the damage.
    let damaged = |report: &(_, _, String)| report.2.contains("data is damaged");
    assert!(whole == pieces || damaged(&whole) || damaged(&pieces));
    assert!(!contains(whole.2.as_bytes(), PASSWORD) || contains(data, PASSWORD));
    // A login takes a packet at least.
    assert!(whole.0 as u64 <= whole.1 * 2);
}

pub fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}
