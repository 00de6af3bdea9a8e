//! What leaves: masks candidate passwords inside text that came out of the capture.
//!
//! Owns: which bytes count as an occurrence of a candidate, and the mask. Does not own: escaping
//! (that is [`super::text`], which runs after) nor the passwords' life (they are copied here into
//! buffers that are wiped on drop). [`super::build`] is the only caller that makes reports: every
//! captured byte that becomes text goes through [`Redactor::text`] or one of its neighbours, each
//! of which names the kind of text. With `--anonymize` names become [`Pseudonyms`] here, too.
//!
//! Our own words and the names of known plugins are never masked, and the empty candidate masks
//! nothing.

mod forms;
mod naming;
mod needles;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use crate::findings::{Captured, Part, Prose};
use crate::mysql::Plugin;
use crate::report::anonymize::{Named, Pseudonyms};
use crate::report::text::{self, Text};

use needles::Needles;

/// What stands where a password stood.
pub const MASK: &str = "[password]";

/// Quotes inside sentences are cut to this many characters: the whole text has its own field.
const QUOTE: usize = 200;

/// Makes captured bytes fit to be shown. Has no `Debug`: it holds passwords.
#[derive(Default)]
pub struct Redactor {
    needles: Needles,
    /// With `--anonymize`.
    pseudonyms: Option<Arc<Pseudonyms>>,
    /// Names that logins of this run had, to find them in error texts without quotes.
    known: Mutex<HashMap<Vec<u8>, Named>>,
}

impl Redactor {
    /// Masks these candidates and what they commonly turn into.
    #[must_use]
    pub fn new<'a>(candidates: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut needles = Vec::new();
        for candidate in candidates {
            forms::of(candidate, &mut needles);
        }
        Self {
            needles: Needles::new(needles),
            ..Self::default()
        }
    }

    /// Captured bytes as text, candidates masked; with `--anonymize` names are pseudonyms. `kind` says
    /// what they are.
    #[must_use]
    pub fn text(&self, kind: Captured, bytes: &[u8]) -> Text {
        match &self.pseudonyms {
            Some(pseudonyms) => self.anonymous(pseudonyms, kind, bytes),
            None => self.masked(bytes),
        }
    }

    /// As it is, candidates masked.
    fn masked(&self, bytes: &[u8]) -> Text {
        let occurrences = self.occurrences(bytes);
        if occurrences.is_empty() {
            return text::from_bytes(bytes);
        }
        let mut out = String::new();
        let mut from = 0;
        for found in occurrences {
            out.push_str(&text::from_bytes(
                bytes.get(from..found.start).unwrap_or_default(),
            ));
            out.push_str(MASK);
            from = found.end;
        }
        out.push_str(&text::from_bytes(bytes.get(from..).unwrap_or_default()));
        out.into()
    }

    /// A plugin's name: a known one as it is, any other as captured text.
    #[must_use]
    pub fn plugin(&self, plugin: &Plugin) -> Text {
        match plugin {
            Plugin::Other(name) => self.text(Captured::Other, name),
            known => Text::new_static(known.known_name().unwrap_or_default()),
        }
    }

    /// Sentences: our words as they are, quotes as captured text of moderate length.
    #[must_use]
    pub fn prose(&self, prose: &Prose) -> String {
        let mut out = String::new();
        for part in prose.parts() {
            match part {
                Part::Words(words) => out.push_str(words),
                Part::Quote(kind, bytes) => out.push_str(&self.quote(*kind, bytes)),
            }
        }
        out
    }

    /// A quote in a sentence: captured text of moderate length.
    #[must_use]
    pub fn quote(&self, kind: Captured, bytes: &[u8]) -> String {
        // Masked first, then cut: the other way round half a password would stay.
        text::shorten(&self.text(kind, bytes), QUOTE)
    }

    /// Whether any candidate turns up in these bytes.
    #[must_use]
    pub fn finds_in(&self, bytes: &[u8]) -> bool {
        !self.occurrences(bytes).is_empty()
    }

    /// Where candidates turn up: ascending, touching ones merged.
    pub(crate) fn occurrences(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        self.needles.find(bytes, |place, needle| {
            if !needle.whole_word() || stands_alone(bytes, place.clone()) {
                found.push(place);
            }
        });
        if found.is_empty() {
            return found;
        }
        found.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for range in found {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }
}

/// Whether neither neighbour of `range` belongs to the same word.
fn stands_alone(bytes: &[u8], range: Range<usize>) -> bool {
    let of_word = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || !b.is_ascii())
    };
    !of_word(range.start.checked_sub(1)) && !of_word(Some(range.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(candidate: &str, text: &str) -> Text {
        Redactor::new([candidate.as_bytes()]).text(Captured::Other, text.as_bytes())
    }

    #[test]
    fn a_candidate_is_masked_wherever_it_turns_up() {
        for (candidate, text, shown) in [
            ("hunter2", "hunter2", "[password]"),
            ("hunter2", "xhunter2y", "x[password]y"),
            ("hunter2", "Hunter2 HUNTER2", "[password] [password]"),
            // Every place counts, also one that begins inside another.
            ("aaaa", "aaaaaa", "[password]"),
            ("abcd", "abcdabcd", "[password]"),
            ("p@ss word", "u=p%40ss%20word&", "u=[password]&"),
            ("p@ss word", "p%40ss+word", "[password]"),
            ("p%40ss", "p@ss", "[password]"),
            (" secret1 ", "xsecret1x", "x[password]x"),
            ("secret1\n", "secret1", "[password]"),
            ("hunter2", "68756E74657232", "[password]"),
            ("hunter2", "aHVudGVyMg==", "[password]g=="),
            ("päss", "p\u{e4}ss", "[password]"),
            // Nothing to hide.
            ("", "anything", "anything"),
            ("hunter2", "hunter", "hunter"),
        ] {
            assert_eq!(masked(candidate, text), shown, "{candidate:?} in {text:?}");
        }
    }

    #[test]
    fn the_base64_of_user_and_password_gives_nothing_away() {
        // base64("app:hunter2"), ("ap:hunter2"), ("a:hunter2")
        for text in ["YXBwOmh1bnRlcjI=", "YXA6aHVudGVyMg==", "YTpodW50ZXIy"] {
            let shown = masked("hunter2", text);
            assert!(shown.contains(MASK), "{text} → {shown}");
        }
    }

    #[test]
    fn a_short_candidate_is_masked_only_as_a_word() {
        for (candidate, text, shown) in [
            ("abc", "abc", "[password]"),
            ("abc", "user 'abc'@'h'", "user '[password]'@'h'"),
            ("abc", "abcd xabc abc_1 žabc", "abcd xabc abc_1 žabc"),
            ("a", "a man, a plan", "[password] man, [password] plan"),
            ("%", "100%", "100%"),
            ("%", "%", "[password]"),
        ] {
            assert_eq!(masked(candidate, text), shown, "{candidate:?} in {text:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_found_too() {
        let redactor = Redactor::new([&b"\xff\xfe\x00\x01"[..]]);
        let shown = redactor.text(Captured::User, b"a\xff\xfe\x00\x01\xffb");
        assert_eq!(shown, r"a[password]\xffb");
    }

    #[test]
    fn own_words_and_known_plugins_stay() {
        let redactor = Redactor::new([&b"password"[..], b"caching_sha2_password"]);
        let prose = Prose::new("the password of ").quote(Captured::User, &b"password"[..]);
        assert_eq!(redactor.prose(&prose), "the password of [password]");
        assert_eq!(
            redactor.plugin(&Plugin::CachingSha2),
            "caching_sha2_password"
        );
        assert_eq!(
            redactor.plugin(&Plugin::Other(b"my_password".to_vec())),
            "my_[password]"
        );
    }

    #[test]
    fn a_long_quote_is_masked_before_it_is_cut() {
        let redactor = Redactor::new([&b"hunter2"[..]]);
        let mut long = vec![b'x'; QUOTE - 4];
        long.extend_from_slice(b"hunter2");
        let shown = redactor.prose(&Prose::default().quote(Captured::User, long));
        assert!(!shown.contains("hun"), "{shown}");
        assert_eq!(shown.chars().count(), QUOTE);
    }
}
