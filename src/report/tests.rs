//! The renderers on hand-built captures: snapshots, privacy, harmlessness.

use super::paint::Canvas;
use super::testing::{accepted, attack, capture, diagnostic, hostile, sealed, switched};
use super::{Builder, CaptureReport, Redactor, Status, json, model, table};
use crate::mysql::{Login, Outcome};

fn canvas(width: usize) -> Canvas {
    Canvas {
        width,
        ..Canvas::PLAIN
    }
}

/// Three captures of every kind of end.
fn mixed() -> Vec<CaptureReport> {
    let mut change_of_user = switched(3);
    change_of_user.login.attempt = 1;
    change_of_user.login.outcome = Outcome::Abandoned {
        by: Some(crate::mysql::Side::Client),
        at: None,
    };
    change_of_user.examination.verdict = crate::auth::Verdict::Mismatch(crate::auth::Tried {
        hypotheses: 480,
        reduced: false,
    });
    change_of_user.findings.clear();
    let mut first = capture(
        "captures/app-to-db.pcap",
        vec![switched(0), accepted(1), change_of_user, sealed(5)],
    );
    first.diagnostics = vec![
        diagnostic("ip-truncated", "an IP packet was cut by the snaplen", 3),
        diagnostic(
            "tcp-checksum",
            "a TCP checksum is wrong (checksum offload on the capturing host does this)",
            1,
        ),
    ];
    let mut http = capture("captures/http.pcap", Vec::new());
    http.status = Status::Truncated;
    http.diagnostics = vec![diagnostic(
        "no-login",
        "no MySQL login; the TCP conversations are: HTTP on port 80 (2)",
        1,
    )];
    let mut text = capture("notes.txt", Vec::new());
    text.status = Status::Failed("not a packet capture: it begins with \"Dear \u{1b}[31m\"".into());
    text.format = None;
    vec![first, http, text]
}

fn model_of(captures: &[CaptureReport]) -> model::Report {
    Builder::new(&Redactor::default()).report(captures, 2)
}

#[test]
fn table_by_width() {
    let report = model_of(&mixed());
    for width in [60, 80, 120, 200] {
        let shown = table::render(&report, &canvas(width));
        insta::assert_snapshot!(format!("table_{width}"), shown);
    }
}

#[test]
fn nothing_but_filters_and_the_summary_is_wider_than_asked() {
    let report = model_of(&mixed());
    for width in 60..200 {
        for line in table::render(&report, &canvas(width)).lines() {
            let copied = line.contains("frame.number") || line.starts_with("3 captures");
            let columns = unicode_width::UnicodeWidthStr::width(line);
            assert!(copied || columns <= width, "{width}: {line}");
        }
    }
}

#[test]
fn table_of_one_login_and_of_none() {
    let shown = table::render(
        &model_of(&[capture("a.pcap", vec![switched(0)])]),
        &canvas(80),
    );
    insta::assert_snapshot!("table_one", shown);
    let mut none = capture("http.pcap", Vec::new());
    none.diagnostics = vec![diagnostic(
        "no-login",
        "no MySQL login; the TCP conversations are: HTTP on port 80 (2)",
        1,
    )];
    insta::assert_snapshot!("table_none", table::render(&model_of(&[none]), &canvas(80)));
    let mut failed = capture("a.txt", Vec::new());
    failed.format = None;
    failed.status = Status::Failed("not a packet capture".into());
    insta::assert_snapshot!(
        "table_failed",
        table::render(&model_of(&[failed]), &canvas(80))
    );
}

#[test]
fn verbose_shows_the_messages_and_all_places() {
    let logins = (0..8).map(switched).collect();
    let report = model_of(&[capture("a.pcap", logins)]);
    let brief = table::render(&report, &canvas(120));
    assert!(brief.contains("and 3 more places"), "{brief}");
    let all = table::render(
        &report,
        &Canvas {
            verbose: true,
            ..canvas(120)
        },
    );
    assert!(all.contains("(tcp.stream eq 7)"), "{all}");
    assert!(all.contains("auth_switch in packet 8"), "{all}");
}

#[test]
fn colour_adds_no_words() {
    let report = model_of(&mixed());
    for width in [60, 80, 120, 200] {
        let plain = table::render(&report, &canvas(width));
        let painted = table::render(
            &report,
            &Canvas {
                color: true,
                ..canvas(width)
            },
        );
        assert!(painted.contains('\u{1b}'));
        assert_eq!(anstream::adapter::strip_str(&painted).to_string(), plain);
    }
}

#[test]
fn json_has_the_fields_of_the_contract() {
    let shown = json::render(&model_of(&mixed()));
    insta::assert_snapshot!("json", String::from_utf8(shown).unwrap());
}

#[test]
fn hostile_text_stays_text() {
    for length in [80, 65536] {
        let report = model_of(&[capture("a.pcap", vec![attack(0, length)])]);
        for width in [60, 80, 120, 200] {
            let shown = table::render(&report, &canvas(width));
            let acts = |c: char| c != '\n' && super::text::must_escape(c);
            assert!(!shown.chars().any(acts), "{shown}");
            // One login does not become many lines, however long its text.
            assert!(shown.len() < 16384, "{}", shown.len());
        }
        let shown = String::from_utf8(json::render(&report)).unwrap();
        let acts = |c: char| c != '\n' && super::text::must_escape(c);
        assert!(!shown.chars().any(acts));
        let back: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let user = back["captures"][0]["logins"][0]["user"].as_str().unwrap();
        assert_eq!(user, super::text::from_bytes(&hostile(length)));
    }
}

/// Puts the password into every captured text there is.
fn planted(password: &[u8]) -> CaptureReport {
    let mut examined = attack(0, 0);
    let mut with = |change: fn(&mut Login, Vec<u8>)| change(&mut examined.login, password.to_vec());
    with(|login, p| login.request.as_mut().unwrap().user = Some(p.into()));
    with(|login, p| login.request.as_mut().unwrap().database = Some(p.into()));
    with(|login, p| {
        login.request.as_mut().unwrap().attributes = [(&p[..], &p[..])].into_iter().collect();
    });
    with(|login, p| login.server_version = Some(p.into()));
    with(|login, p| login.greeting.as_mut().unwrap().plugin = Some(crate::mysql::Plugin::Other(p)));
    with(|login, p| {
        if let Outcome::Rejected(error) = &mut login.outcome {
            error.message = [b"Access denied for user '", p.as_slice(), b"'@'h'"].concat();
        }
    });
    with(|login, mut p| {
        // A client that sends the password where a response belongs.
        p.resize(32, 0);
        login.rounds[0].turns[0].bytes = p.into();
    });
    examined.findings[0].summary =
        crate::findings::Prose::new("It says ").quote(crate::findings::Captured::User, password);
    capture("a.pcap", vec![examined])
}

#[test]
fn a_candidate_appears_nowhere() {
    for password in [
        "hunter2!",
        "p%C3%A4ss w\u{f6}rd",
        "x'y\"z\\n",
        "\u{1b}[31m\u{202e}",
    ] {
        let redactor = Redactor::new([password.as_bytes()]);
        for reveal in [false, true] {
            let report = Builder::new(&redactor)
                .reveal(reveal)
                .report(&[planted(password.as_bytes())], 0);
            let shown = table::render(&report, &canvas(200));
            let json = String::from_utf8(json::render(&report)).unwrap();
            for output in [&shown, &json] {
                assert!(output.contains("[password]"));
                for form in [
                    password.to_owned(),
                    super::text::for_terminal(password),
                    super::text::hex(password.as_bytes()),
                    serde_json::to_string(password)
                        .unwrap()
                        .trim_matches('"')
                        .to_owned(),
                ] {
                    assert!(!output.contains(&form), "{form}: {output}");
                }
            }
        }
    }
}

#[test]
fn responses_are_shown_only_on_demand_and_with_a_warning() {
    let captures = [capture("a.pcap", vec![switched(0)])];
    let response = "ab".repeat(32);
    let hidden = model_of(&captures);
    assert!(
        !String::from_utf8(json::render(&hidden))
            .unwrap()
            .contains(&response)
    );
    assert!(!table::render(&hidden, &canvas(200)).contains(&response));
    let redactor = Redactor::default();
    let shown = Builder::new(&redactor).reveal(true).report(&captures, 0);
    let json = String::from_utf8(json::render(&shown)).unwrap();
    let table = table::render(&shown, &canvas(80));
    for output in [&json, &table] {
        assert!(output.contains(&response));
        assert!(output.contains("guesses"));
    }
}

#[test]
fn a_readable_password_is_not_revealed() {
    let mut examined = switched(0);
    examined.login.rounds[0].plugin = crate::mysql::Plugin::Clear;
    examined.login.rounds[0].turns[0].bytes = b"not a candidate\0".into();
    let redactor = Redactor::default();
    let report = Builder::new(&redactor)
        .reveal(true)
        .report(&[capture("a.pcap", vec![examined])], 0);
    assert_eq!(
        report.captures[0].logins[0].response.as_ref().unwrap().hex,
        None
    );
}
