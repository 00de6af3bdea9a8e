//! Every recorded login beside every other one: whatever they are, at most one difference weighs
//! `cause`, none where both ended the same way, and the order of the two changes nothing but sides.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "common/texts.rs"]
mod texts;

use std::sync::Arc;

use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Secret};
use unscramble::compare::{Comparison, Party, Weight, compare};
use unscramble::report::CaptureReport;
use unscramble::tls::KeyLog;

fn captures() -> Vec<CaptureReport> {
    let samples = texts::samples();
    let mut passwords: Vec<Vec<u8>> = samples.iter().filter_map(|s| s.password.clone()).collect();
    passwords.sort();
    passwords.dedup();
    let analyzed = samples.iter().map(|sample| {
        let password = sample.password.as_ref();
        let label = |password: &Vec<u8>| {
            passwords
                .iter()
                .position(|known| known == password)
                .unwrap()
        };
        let candidate = |password: &Vec<u8>| {
            Candidate::new(
                label(password).to_string(),
                None,
                Secret::password(password.clone()),
            )
        };
        let log = std::fs::read(sample.capture.with_extension("keylog")).ok();
        let settings = AnalyzeSettings {
            candidates: Candidates::new(password.map(candidate).into_iter().collect()),
            key_logs: log.iter().map(|log| Arc::new(KeyLog::parse(log))).collect(),
            ..AnalyzeSettings::default()
        };
        analyze(
            &sample.name,
            std::fs::File::open(&sample.capture).unwrap(),
            &settings,
        )
    });
    analyzed.collect()
}

/// The cause, as far as it does not depend on the sides.
fn cause(found: &Comparison) -> Option<(&'static str, &'static str, Option<&'static str>)> {
    let mut causes = found
        .differences
        .iter()
        .filter(|d| d.weight == Weight::Cause);
    let first = causes.next();
    assert!(causes.next().is_none(), "{:#?}", found.differences);
    let code = found
        .conclusion
        .code
        .map(unscramble::findings::Code::as_str);
    assert_eq!(first.is_some(), found.divergence.is_some());
    first.map(|cause| (cause.step, cause.field, code))
}

#[test]
fn at_most_one_cause_and_the_same_both_ways() {
    let captures = captures();
    let logins: Vec<(&str, Party<'_>)> = captures
        .iter()
        .flat_map(|capture| {
            capture
                .logins
                .iter()
                .map(|login| (&*capture.path, login.party()))
        })
        .collect();
    assert!(logins.len() > 150, "{}", logins.len());
    let mut explained = 0_usize;
    for (at, (one, left)) in logins.iter().enumerate() {
        let itself = compare(left, left);
        assert!(
            itself.differences.is_empty(),
            "{one}: {:#?}",
            itself.differences
        );
        assert!(cause(&itself).is_none());
        for (other, right) in logins.iter().skip(at.saturating_add(1)) {
            let names = format!("{one}#{} {other}#{}", left.stream, right.stream);
            let found = compare(left, right);
            let turned = compare(right, left);
            assert_eq!(cause(&found), cause(&turned), "{names}");
            assert_eq!(found.same_outcome, turned.same_outcome, "{names}");
            if found.same_outcome {
                assert_eq!(cause(&found), None, "{names}");
            }
            explained = explained.saturating_add(usize::from(cause(&found).is_some()));
            for difference in &found.differences {
                assert_ne!(difference.left, difference.right, "{names}: {difference:?}");
                assert!(difference.row < found.rows.len(), "{names}: {difference:?}");
            }
        }
    }
    assert!(explained > 1000, "{explained}");
}
