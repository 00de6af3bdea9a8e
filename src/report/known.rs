//! Words of our own read back: codes, kinds and titles, which the program holds as constants.
//!
//! Owns the words that were met. What a file claims to be such a word is one only if it has nothing in it
//! that a renderer would have to escape; each distinct word is kept once, for as long as the program
//! runs, and there are few.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::de::{Deserialize, Deserializer, Error};

use crate::limits;

/// A word of our own. (Under a name, since serde takes a written `&'static str` for text that is borrowed from
/// what is read.)
pub(crate) type Word = &'static str;

static MET: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The constant of this text; `None` if it cannot be one of ours.
pub(crate) fn constant(text: &str) -> Option<&'static str> {
    let plain = |c: char| (' '..='~').contains(&c) && !"<>&`|\\[]".contains(c);
    if text.len() > limits::OWN_WORD || !text.chars().all(plain) {
        return None;
    }
    let mut met = MET.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = met.get(text) {
        return Some(known);
    }
    if met.len() >= limits::OWN_WORDS {
        return None;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    met.insert(kept);
    Some(kept)
}

/// One word.
pub(super) fn word<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    let text = Cow::<'de, str>::deserialize(from)?;
    constant(&text).ok_or_else(|| D::Error::custom("a word that unscramble does not use"))
}

/// One word or null.
pub(super) fn maybe<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'static str>, D::Error> {
    let text = Option::<Cow<'de, str>>::deserialize(from)?;
    let known = text.map(|text| constant(&text).ok_or(()));
    known
        .transpose()
        .map_err(|()| D::Error::custom("a word that unscramble does not use"))
}

/// Several.
pub(super) fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<&'static str>, D::Error> {
    let texts = Vec::<Cow<'de, str>>::deserialize(from)?;
    let known = texts.iter().map(|text| constant(text));
    known
        .collect::<Option<_>>()
        .ok_or_else(|| D::Error::custom("a word that unscramble does not use"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_kept_once_and_markup_is_none() {
        let first = constant("salt-trailing-nul").unwrap();
        let again = constant(&String::from("salt-trailing-nul")).unwrap();
        assert!(std::ptr::eq(first, again));
        for no in [
            "<b>",
            "a\u{1b}[31m",
            "`x`",
            &"x".repeat(limits::OWN_WORD + 1),
        ] {
            assert_eq!(constant(no), None, "{no}");
        }
    }

    #[test]
    fn every_title_of_the_catalogue_is_a_word() {
        for code in crate::findings::Code::all() {
            assert!(constant(code.title()).is_some(), "{}", code.title());
            assert!(constant(code.as_str()).is_some());
        }
        for text in [
            crate::report::build::REVEAL_WARNING,
            crate::report::build::ANONYMOUS_NOTE,
        ] {
            assert!(constant(text).is_some(), "{text}");
        }
    }
}
