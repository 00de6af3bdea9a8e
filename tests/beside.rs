//! Logins that are judged in a second thread come to what they come to in one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use unscramble::analyze::{AnalyzeSettings, analyze_with};
use unscramble::auth::{Candidate, Candidates, Secret};
use unscramble::report::ExaminedLogin;

/// What is told of the logins of a capture, in the order in which it is told, and its report.
fn told(capture: &[u8], beside: bool) -> String {
    let candidate = Candidate::new("given".into(), None, Secret::password("Lagoon-Spire-15"));
    let settings = AnalyzeSettings {
        candidates: Candidates::new(vec![candidate]),
        ..AnalyzeSettings::default()
    };
    let mut logins = Vec::new();
    let mut listener = |login: &ExaminedLogin| {
        logins.push(format!("{login:?}"));
        true
    };
    let report = analyze_with("", capture, &settings, &[], &mut listener, beside);
    format!("{logins:#?} {report:#?}")
}

#[test]
fn every_sample_comes_to_the_same() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut compared = 0;
    for file in fs::read_dir(samples).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_some_and(|kind| kind == "pcap" || kind == "pcapng")
        {
            let capture = fs::read(&path).unwrap();
            let (here, beside) = (told(&capture, false), told(&capture, true));
            assert!(here == beside, "{}", path.display());
            compared += 1;
        }
    }
    assert!(compared > 100, "only {compared} samples");
}
