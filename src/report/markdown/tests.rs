use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::*;
use crate::report::testing::{accepted, attack, capture, sealed, switched};
use crate::report::{Builder, ExaminedLogin, Redactor};

const WRITTEN: &str = "2024-05-01 10:20:00 UTC";

fn rendered(logins: Vec<ExaminedLogin>) -> String {
    let redactor = Redactor::default();
    render(
        &Builder::new(&redactor).report(&[capture("a.pcap", logins)], 0),
        WRITTEN,
    )
}

fn events(text: &str) -> Vec<Event<'_>> {
    Parser::new_ext(
        text,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH,
    )
    .collect()
}

/// Headings and code blocks in order, and how many cells each table row has.
fn structure(text: &str) -> (Vec<String>, Vec<usize>) {
    let (mut parts, mut rows) = (Vec::new(), Vec::<usize>::new());
    for event in events(text) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => parts.push(level.to_string()),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                parts.push(language.to_string());
            }
            Event::Start(Tag::Table(_)) => parts.push("table".to_owned()),
            Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(0),
            Event::Start(Tag::TableCell) => {
                let cells = rows.last_mut().unwrap();
                *cells = cells.saturating_add(1);
            }
            Event::Start(
                Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock | Tag::Strikethrough,
            )
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => panic!("{event:?} in\n{text}"),
            _ => {}
        }
    }
    (parts, rows)
}

const OF_ONE_FINDING: [&str; 8] = ["h1", "h2", "table", "h2", "h3", "mermaid", "text", "table"];

#[test]
fn the_page_has_the_intended_structure() {
    let text = rendered(vec![switched(0), accepted(1), sealed(2)]);
    insta::assert_snapshot!("markdown", text);
    let (parts, rows) = structure(&text);
    assert_eq!(parts, OF_ONE_FINDING);
    assert_eq!(rows, [9, 9, 9, 9, 2, 2, 2]);
}

#[test]
fn hostile_text_changes_nothing_of_the_structure() {
    for length in [80, 65536] {
        let text = rendered(vec![attack(0, length)]);
        let (parts, rows) = structure(&text);
        assert_eq!(parts, OF_ONE_FINDING);
        assert_eq!(rows, [9, 9, 2, 2, 2]);
        assert!(text.len() < 32768, "{}", text.len());
        let acts = |c: char| c != '\n' && crate::report::text::must_escape(c);
        assert!(!text.chars().any(acts));
    }
}

/// Each of these, as a user's name, is the text of one code span.
#[test]
fn what_forges_make_of_text_stays_in_code() {
    for user in [
        "@everyone",
        "#1",
        "!1",
        "user/repo#2",
        "<script>alert(1)</script>",
        "<!-- x",
        "</code>",
        "[a](javascript:1)",
        "![a](http://b)",
        "https://evil.example/",
        "www.evil.example",
        ":tada:",
        "a|b|c",
        "`",
        "``` mermaid",
        "a``b",
        "$x$",
        "~~x~~",
        "# h",
        "> q",
        "- l",
        "&lt;",
        "\\",
        "\\`",
        "|",
        "a\\|b",
        "{code}",
        "[~admin]",
        "\n\n# h",
        "  two blanks  ",
    ] {
        let mut examined = switched(0);
        examined.login.request.as_mut().unwrap().user = Some(user.as_bytes().into());
        let text = rendered(vec![examined]);
        let (parts, rows) = structure(&text);
        assert_eq!(parts, OF_ONE_FINDING, "{user}");
        assert_eq!(rows, [9, 9, 2, 2, 2], "{user}");
        // The fifth cell of the first row is the user's.
        let mut cells = 0;
        let mut inside = false;
        let mut held = Vec::new();
        for event in events(&text) {
            match event {
                Event::Start(Tag::TableCell) => {
                    cells += 1;
                    inside = cells == 9 + 5;
                }
                Event::End(TagEnd::TableCell) => inside = false,
                other if inside => held.push(other),
                _ => {}
            }
        }
        assert!(
            matches!(held.as_slice(), [Event::Code(_)]),
            "{user}: {held:?}"
        );
    }
}

#[test]
fn the_first_heading_is_the_answer() {
    let text = rendered(vec![switched(0)]);
    let mut events = events(&text).into_iter();
    assert!(matches!(
        events.next(),
        Some(Event::Start(Tag::Heading {
            level: HeadingLevel::H1,
            ..
        }))
    ));
    assert_eq!(
        events.next(),
        Some(Event::Text(
            "The client hashed the salt’s terminating NUL."
                .replace('’', "'")
                .into()
        ))
    );
}

#[test]
fn bytes_only_when_revealed() {
    let captures = [capture("a.pcap", vec![switched(0)])];
    let redactor = Redactor::default();
    let response = "ab".repeat(32);
    let hidden = render(&Builder::new(&redactor).report(&captures, 0), WRITTEN);
    assert!(!hidden.contains(&response));
    let shown = render(
        &Builder::new(&redactor).reveal(true).report(&captures, 0),
        WRITTEN,
    );
    assert!(shown.contains(&response) && shown.contains("**Warning:**"));
    structure(&shown);
}
