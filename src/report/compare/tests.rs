//! The renderers of a comparison on hand-built logins: privacy, harmlessness, width.

use super::{Origin, html, markdown, table};
use crate::compare::compare;
use crate::report::paint::Canvas;
use crate::report::testing::{accepted, attack, capture, switched};
use crate::report::text::must_escape;
use crate::report::{Builder, ExaminedLogin, Redactor, json};

/// All formats of a comparison.
fn shown(left: &ExaminedLogin, right: &ExaminedLogin, redactor: &Redactor) -> [String; 5] {
    let found = compare(&left.party(), &right.party());
    let captures = capture("a.pcap", vec![left.clone(), right.clone()]);
    let origin = |login| Origin {
        capture: &captures,
        login,
    };
    let report = Builder::new(redactor).comparison(origin(left), origin(right), &found);
    let canvas = |width| Canvas {
        width,
        verbose: true,
        ..Canvas::PLAIN
    };
    [
        table(&report, &canvas(120)),
        table(&report, &canvas(50)),
        markdown(&report, "2024-05-01 10:20:00 UTC"),
        html(&report, "2024-05-01 10:20:00 UTC"),
        String::from_utf8(json::render(&report)).unwrap(),
    ]
}

#[test]
fn nothing_from_a_capture_acts_on_the_reader() {
    for text in shown(&accepted(0), &attack(1, 300), &Redactor::default()) {
        let acts = text.chars().find(|c| *c != '\n' && must_escape(*c));
        assert_eq!(acts, None, "{text}");
    }
    let page = &shown(&attack(0, 300), &accepted(1), &Redactor::default())[2];
    // Outside code spans no tag of the capture's stands as itself.
    let outside: String = page.split('`').step_by(2).collect();
    assert!(!outside.contains("<script"), "{page}");
}

#[test]
fn candidates_are_masked_wherever_they_turn_up() {
    // The user and the client's name are candidates, typed in the wrong place.
    let redactor = Redactor::new([&b"app_reporting"[..], b"pymysql"]);
    for text in shown(&accepted(0), &switched(1), &redactor) {
        assert!(
            !text.contains("app_reporting") && !text.contains("pymysql"),
            "{text}"
        );
        // Brackets are escaped inside markdown's code spans.
        let masked = text.contains("[password]") || text.contains(r"\u{5b}password\u{5d}");
        assert!(masked, "{text}");
    }
}

#[test]
fn a_narrow_window_is_kept_to() {
    let narrow = &shown(&accepted(0), &switched(1), &Redactor::default())[1];
    for line in narrow.lines() {
        let columns = unicode_width::UnicodeWidthStr::width(line);
        // Words that are longer than the window stand out of it.
        assert!(columns <= 50 || !line.trim().contains(' '), "{line}");
    }
}
