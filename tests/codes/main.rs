//! Every code of the catalogue in captures made for it: at least one in which it must be said, with its
//! severity, and at least one that differs in one thing only and in which it must not. A code without both
//! fails the test.
//!
//! What the clients answer is computed by formulas of its own, written after `vectors.py`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::too_many_lines,
    reason = "a test fails by panicking, and its tables are long"
)]

mod cases;
#[path = "../common/texts.rs"]
mod texts;
mod wire;

use std::sync::Arc;

use cases::{Case, Source};
use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Secret};
use unscramble::findings::{Code, Severity};
use unscramble::tls::{KeyLog, ServerKey};

/// The codes that are said of a case, with their severities.
fn said(case: &Case) -> Vec<(Code, Severity)> {
    let mut settings = AnalyzeSettings::default();
    let (capture, password) = match &case.source {
        Source::Built(conversations) => (wire::pcap(conversations), Some(cases::PASSWORD.to_vec())),
        Source::Sample(name, option) => {
            let samples = texts::samples();
            let sample = samples.into_iter().find(|sample| sample.name == *name);
            let sample = sample.unwrap_or_else(|| panic!("there is no sample {name}"));
            let beside = |end| std::fs::read(sample.capture.with_extension(end)).unwrap();
            match *option {
                "" => {}
                "keylog" => settings
                    .key_logs
                    .push(Arc::new(KeyLog::parse(&beside("keylog")))),
                "pem" => {
                    let pem = String::from_utf8(beside("pem")).unwrap();
                    settings
                        .server_keys
                        .push(Arc::new(ServerKey::from_pem(&pem).unwrap()));
                }
                other => panic!("no such option: {other}"),
            }
            (std::fs::read(&sample.capture).unwrap(), sample.password)
        }
    };
    let given =
        password.map(|password| Candidate::new("given".into(), None, Secret::password(password)));
    settings.candidates = Candidates::new(given.into_iter().collect());
    let report = analyze("case", capture.as_slice(), &settings);
    assert!(!report.logins.is_empty(), "{}: no login", case.what);
    let of_logins = report.logins.iter().flat_map(|login| &login.findings);
    let all = of_logins.chain(&report.across);
    all.map(|finding| (finding.code, finding.severity))
        .collect()
}

#[test]
fn every_code_is_said_where_it_must_be_and_nowhere_else() {
    let cases = cases::all();
    for code in Code::all() {
        let of_code = || cases.iter().filter(|case| case.code == code.as_str());
        assert!(
            of_code().any(|case| case.severity.is_some()),
            "{code} has no case that shows it"
        );
        assert!(
            of_code().any(|case| case.severity.is_none()),
            "{code} has no case that does without it"
        );
    }
    for case in &cases {
        let code: Code = case
            .code
            .parse()
            .unwrap_or_else(|_| panic!("no such code: {}", case.code));
        let said = said(case);
        let severities: Vec<_> = said
            .iter()
            .filter(|(c, _)| *c == code)
            .map(|(_, s)| *s)
            .collect();
        match case.severity {
            Some(due) => assert!(
                severities.contains(&due),
                "{code} must be said of: {} (said: {said:?})",
                case.what
            ),
            None => assert!(
                severities.is_empty(),
                "{code} must not be said of: {} (said: {said:?})",
                case.what
            ),
        }
    }
}

/// However many like failures came before: a login that a form of the password explains is not called
/// one with another password.
#[test]
fn many_failures_do_not_make_the_next_one_a_wrong_password() {
    let capture = wire::pcap(&cases::changed_after_many_failures());
    let given = Candidate::new(
        "given".into(),
        None,
        Secret::password(cases::PASSWORD.to_vec()),
    );
    let settings = AnalyzeSettings {
        candidates: Candidates::new(vec![given]),
        ..AnalyzeSettings::default()
    };
    let report = analyze("many", capture.as_slice(), &settings);
    let codes = |login: &unscramble::report::ExaminedLogin| {
        let findings = login.findings.iter();
        findings.map(|finding| finding.code).collect::<Vec<_>>()
    };
    let (last, before) = report.logins.split_last().unwrap();
    assert_eq!(before.len(), 200);
    assert!(
        before
            .iter()
            .all(|login| codes(login).contains(&Code::WrongPassword))
    );
    assert!(
        codes(last).contains(&Code::PasswordTransformed),
        "{:?}",
        codes(last)
    );
    assert!(
        !codes(last).contains(&Code::WrongPassword),
        "{:?}",
        codes(last)
    );
}
