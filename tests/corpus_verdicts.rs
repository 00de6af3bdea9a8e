//! The public captures whose passwords their README gives, and those that hold no login.
//!
//! Runs where `UNSCRAMBLE_CORPUS` names the folder. What must be found is what that README says,
//! not what this program printed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs::{self, File};
use std::path::Path;
use std::time::Instant;

use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Formula, PasswordForm, SaltForm, Secret, Verdict};
use unscramble::mysql::{AuthPath, Outcome, Plugin, SaltSource};
use unscramble::report::{CaptureReport, ExaminedLogin};

const SITE: &str = "84aaa213dbb7aa3d67d57ba49acc2a71b7c4cd8bf689bfdf4372e4a34dceeca0";

fn scan(path: &Path, password: &str) -> CaptureReport {
    let candidate = Candidate::new("it".into(), None, Secret::password(password.as_bytes()));
    let candidates = Candidates::new(vec![candidate]);
    let settings = AnalyzeSettings {
        candidates,
        ..AnalyzeSettings::default()
    };
    analyze(
        &path.display().to_string(),
        File::open(path).unwrap(),
        &settings,
    )
}

/// The response is right: this plugin's formula, the salt without its NUL, the password as given.
fn is_right(examined: &ExaminedLogin, plugin: &Plugin) -> bool {
    matches!(
        &examined.examination.verdict,
        Verdict::Match(found) if found.formula == Formula::Plugin(plugin.clone())
            && found.salt_form == Some(SaltForm::WithoutNul)
            && found.password_form == PasswordForm::AsGiven
    )
}

fn is_accepted(examined: &ExaminedLogin) -> bool {
    matches!(examined.login.outcome, Outcome::Accepted)
}

fn rejected_with(examined: &ExaminedLogin) -> Option<u16> {
    match &examined.login.outcome {
        Outcome::Rejected(error) => Some(error.code),
        _ => None,
    }
}

#[test]
fn native_of_5_1() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let report = scan(&corpus.join("zeek/auth.pcap"), "test");
    let right: Vec<_> = report
        .logins
        .iter()
        .filter(|e| is_right(e, &Plugin::NativePassword))
        .collect();
    assert_eq!(right.len(), 2);
    assert_eq!(right.iter().filter(|e| is_accepted(e)).count(), 1);
    assert_eq!(
        right
            .iter()
            .filter(|e| rejected_with(e) == Some(1045))
            .count(),
        1
    );
    let wrong = report.logins.iter().filter(|e| {
        let said = e
            .examination
            .turn(&e.login)
            .is_some_and(|turn| !turn.bytes.is_empty());
        said && matches!(e.examination.verdict, Verdict::Mismatch(_))
    });
    assert_eq!(wrong.count(), 6);
    let early = report
        .logins
        .iter()
        .filter(|e| rejected_with(e) == Some(1130) && e.login.greeting.is_none());
    assert_eq!(early.count(), 3);
}

#[test]
fn caching_sha2_on_three_paths() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let report = scan(&corpus.join("zeek/caching_sha2_password.pcap"), "msandbox");
    assert_eq!(report.logins.len(), 3);
    assert!(
        report
            .logins
            .iter()
            .all(|e| is_right(e, &Plugin::CachingSha2))
    );
    let paths: Vec<_> = report.logins.iter().map(|e| e.login.path).collect();
    let wanted = [AuthPath::FullRefused, AuthPath::FullRsa, AuthPath::Fast].map(Some);
    assert_eq!(paths, wanted);
    assert!(matches!(
        report.logins[0].login.outcome,
        Outcome::Abandoned { .. }
    ));
}

#[test]
fn caching_sha2_behind_a_switch_of_21_bytes() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let report = scan(
        &corpus.join("zeek/caching_sha2_password-after-auth-switch.pcapng"),
        "root",
    );
    let [examined] = report.logins.as_slice() else {
        panic!("one login")
    };
    assert!(is_right(examined, &Plugin::CachingSha2) && is_accepted(examined));
    assert!(examined.login.switched);
    assert_eq!(examined.login.path, Some(AuthPath::Fast));
    let salt = examined.login.last_round().unwrap().salt.as_ref().unwrap();
    assert_eq!(
        (salt.bytes.len(), salt.source),
        (21, SaltSource::AuthSwitch)
    );
    assert!(
        examined.login.rounds[0]
            .response()
            .unwrap()
            .bytes
            .is_empty()
    );
}

#[test]
fn caching_sha2_fast() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let captures = [
        ("query-attr", "ykg", "root"),
        ("mysql-9.0.0-query-attributes", "root", "zeek"),
        ("many-query-attrs", "root", "zeek"),
    ];
    for (name, user, password) in captures {
        let report = scan(&corpus.join(format!("zeek/{name}.pcap")), password);
        let [examined] = report.logins.as_slice() else {
            panic!("{name}: one login")
        };
        assert!(
            is_right(examined, &Plugin::CachingSha2) && is_accepted(examined),
            "{name}"
        );
        assert_eq!(examined.login.path, Some(AuthPath::Fast), "{name}");
        assert_eq!(
            examined.login.request.as_ref().unwrap().user.as_deref(),
            Some(user.as_bytes())
        );
    }
}

#[test]
fn change_user() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    for name in [
        "change-user-success",
        "change-user-error",
        "mysql-on-port-5432",
    ] {
        let report = scan(&corpus.join(format!("zeek/{name}.pcap")), "zeek");
        let attempts: Vec<_> = report.logins.iter().map(|e| e.login.attempt).collect();
        assert_eq!(attempts, [0, 1], "{name}");
        assert!(
            is_right(&report.logins[0], &Plugin::NativePassword) && is_accepted(&report.logins[0]),
            "{name}"
        );
        let login = &report.logins[0].login;
        let salts: Vec<_> = login
            .rounds
            .iter()
            .map(|round| &round.salt.as_ref().unwrap().bytes)
            .collect();
        assert_eq!(
            salts[0], salts[1],
            "{name}: the switch's salt equals the greeting's"
        );
        assert_eq!(is_accepted(&report.logins[1]), name != "change-user-error");
    }
}

#[test]
fn native_of_5_7() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let mut seen = 0;
    for entry in fs::read_dir(corpus.join("pcap2mysql-log")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ["connect-fail", "insecure"].contains(&name.as_str()) {
            continue;
        }
        let report = scan(&path, SITE);
        assert!(!report.logins.is_empty(), "{name}");
        // In one of them a client connects, reads the greeting and leaves.
        for examined in report.logins.iter().filter(|e| e.login.request.is_some()) {
            assert!(is_right(examined, &Plugin::NativePassword), "{name}");
            seen += 1;
        }
    }
    assert!(seen >= 10);
}

#[test]
fn other_protocols_hold_no_login() {
    let Some(corpus) = common::corpus() else {
        return;
    };
    let begun = Instant::now();
    let mut count = 0;
    for folder in ["tcpdump", "pcapng-test-generator"] {
        for entry in fs::read_dir(corpus.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "txt") {
                continue;
            }
            let report = scan(&path, "secret");
            assert!(report.logins.is_empty(), "{}", path.display());
            count += 1;
        }
    }
    assert!(count >= 829 + 48, "{count}");
    println!("{count} captures in {:?}", begun.elapsed());
}
