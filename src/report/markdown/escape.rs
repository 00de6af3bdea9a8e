//! Text that stays text in GitHub, GitLab, Jira and for a plain eye.
//!
//! Owns: the two ways in which anything gets into the page: [`words`] for sentences of our own,
//! [`quote`] for what came out of a capture. A quote stands in a code span: there GitHub and
//! GitLab make no mention, issue number, link or emoji of it. What could end the span or the table
//! cell around it, and what Jira's wiki syntax would act on, is written as a visible escape.

use crate::report::text::{for_terminal, push};

/// Characters of one quote; the whole text is in the JSON report.
const QUOTE: usize = 300;

/// Text out of the capture, as a code span.
pub(in crate::report) fn quote(text: &str) -> String {
    quote_up_to(text, QUOTE)
}

/// The same, cut to `max` characters.
pub(in crate::report) fn quote_up_to(text: &str, max: usize) -> String {
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    // A span that begins and ends with a blank would lose both.
    let mark = if text.starts_with(' ') || text.ends_with(' ') {
        "\""
    } else {
        ""
    };
    let mut out = format!("`{mark}");
    let mut chars = text.chars().take(max).peekable();
    while let Some(c) = chars.next() {
        match c {
            '`' | '|' | '[' | ']' | '{' | '}' | '!' | '$' => {
                push(&mut out, format_args!("\\u{{{:x}}}", u32::from(c)));
            }
            // No address: Jira links them even here.
            ':' if chars.peek() == Some(&'/') => out.push_str("\\u{3a}"),
            c => out.push_str(&for_terminal(c.encode_utf8(&mut [0; 4]))),
        }
    }
    if text.chars().nth(max).is_some() {
        out.push('…');
    }
    out.push_str(mark);
    out.push('`');
    out
}

/// Our own words.
pub(in crate::report) fn words(text: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let inside = before.is_alphanumeric() && chars.peek().is_some_and(|c| c.is_alphanumeric());
        match c {
            // Inside a word an underscore is nothing special, and names are easier to copy.
            '_' if inside => out.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '$' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            '\n' => out.push(' '),
            c => out.push_str(&for_terminal(c.encode_utf8(&mut [0; 4]))),
        }
        before = c;
    }
    out
}

/// For a mermaid diagram, which has its own syntax: letters, digits and little else.
pub(in crate::report) fn diagram(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .,:_-+()[]".contains(c);
    text.chars()
        .map(|c| if plain(c) { c } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_cannot_be_left() {
        for (text, shown) in [
            ("app", "`app`"),
            ("", "(empty)"),
            ("a`b``c", r"`a\u{60}b\u{60}\u{60}c`"),
            ("a|b", r"`a\u{7c}b`"),
            ("a\nb", r"`a\nb`"),
            (" a", "`\" a\"`"),
            ("@admin #1 <b>", "`@admin #1 <b>`"),
            (
                "[~admin] !x.png!",
                r"`\u{5b}~admin\u{5d} \u{21}x.png\u{21}`",
            ),
            ("https://x", r"`https\u{3a}//x`"),
            ("\u{202e}", r"`\u{202e}`"),
        ] {
            assert_eq!(quote(text), shown, "{text:?}");
        }
    }

    #[test]
    fn words_are_only_words() {
        assert_eq!(words("caching_sha2_password"), "caching_sha2_password");
        assert_eq!(words("_a_ *b* <c> [d](e)"), r"\_a\_ \*b\* \<c\> \[d\](e)");
        assert_eq!(diagram("a:b;c#d\n\"e\""), "a:b?c?d??e?");
    }
}
