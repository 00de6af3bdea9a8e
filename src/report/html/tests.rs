use super::frame::{SCRIPT, STYLE};
use super::*;
use crate::report::testing::{accepted, attack, capture, hostile, sealed, switched};
use crate::report::{Builder, ExaminedLogin, Redactor};

const WRITTEN: &str = "2024-05-01 10:20:00 UTC";

fn rendered(logins: Vec<ExaminedLogin>) -> String {
    let redactor = Redactor::default();
    let mut first = capture("a.pcap", logins);
    first.diagnostics = vec![crate::report::testing::diagnostic("x", "a <note>", 2)];
    render(&Builder::new(&redactor).report(&[first], 0), WRITTEN)
}

/// The tags in order, without their attributes' values.
fn tags(page: &str) -> Vec<String> {
    let body = page.split_once("<body>").unwrap().1;
    let body = body.split_once("<script>").unwrap().0;
    let opened = body.split('<').skip(1);
    opened
        .map(|tag| tag.split(['>', ' ']).next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_body_of_a_page() {
    let page = rendered(vec![switched(0), accepted(1), sealed(2)]);
    let body = page
        .split_once("<body>")
        .unwrap()
        .1
        .split_once("<script>")
        .unwrap()
        .0;
    insta::assert_snapshot!("html", body);
}

#[test]
fn hostile_text_adds_no_tag() {
    let harmless = rendered(vec![switched(0)]);
    for length in [80, 65536] {
        let page = rendered(vec![attack(0, length)]);
        assert_eq!(page.matches("<script").count(), 1);
        assert!(
            !page
                .chars()
                .any(|c| c != '\n' && crate::report::text::must_escape(c))
        );
        let quotes = |tags: Vec<String>| {
            let tags = tags.into_iter();
            tags.filter(|tag| !matches!(tag.trim_start_matches('/'), "q" | "div" | "dt" | "dd"))
                .collect::<Vec<_>>()
        };
        assert_eq!(quotes(tags(&page)), quotes(tags(&harmless)));
        assert!(page.len() < 65536, "{}", page.len());
    }
    assert!(String::from_utf8_lossy(&hostile(80)).contains("<script>"));
}

#[test]
fn nothing_is_loaded_and_only_our_script_runs() {
    let page = rendered(vec![switched(0)]);
    let policy = page
        .split_once("Content-Security-Policy\" content=\"")
        .unwrap()
        .1;
    let policy = policy.split_once('"').unwrap().0;
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe") && !policy.contains('*'));
    for loads in [
        "src=",
        "url(",
        "@import",
        "<link",
        "<img",
        "<iframe",
        " style=",
        " onclick=",
    ] {
        assert!(!page.contains(loads), "{loads}");
    }
    // Not even the style sheet or the script may end their element.
    assert!(!STYLE.contains("</") && !SCRIPT.contains("</"));
}

#[test]
fn many_logins_stay_within_the_cap_and_findings_come_first() {
    let mut logins: Vec<ExaminedLogin> = (0..30).map(accepted).collect();
    logins.push(switched(30));
    let redactor = Redactor::default();
    let report = Builder::new(&redactor).report(&[capture("a.pcap", logins)], 0);
    let views = view::logins(&report, 10);
    assert_eq!(views.len(), 10);
    assert!(views.iter().any(|login| login.number == "30"));
}

#[test]
fn bytes_only_when_revealed() {
    let captures = [capture("a.pcap", vec![switched(0)])];
    let redactor = Redactor::default();
    let response = "ab".repeat(32);
    let page = |reveal| {
        render(
            &Builder::new(&redactor).reveal(reveal).report(&captures, 0),
            WRITTEN,
        )
    };
    assert!(!page(false).contains(&response));
    assert!(page(true).contains(&response));
    assert!(page(true).contains("guesses"));
}
