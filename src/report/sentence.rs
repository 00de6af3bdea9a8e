//! A sentence of the report that remembers which of its words came out of the capture.
//!
//! Owns: the seam between our own words and quotes, so that markdown can put quotes into code
//! spans and HTML can set them apart. To everything else it is a string.

use std::borrow::Cow;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text of our own with quotes in it. Redacted and not escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sentence {
    text: Cow<'static, str>,
    /// Where each piece ends in `text`, and whether it is a quote.
    pieces: Vec<(usize, bool)>,
}

/// A piece of a [`Sentence`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Out of the capture.
    pub quoted: bool,
    /// The text.
    pub text: &'a str,
}

impl Sentence {
    /// Where each piece ends, in bytes, and whether it is a quote.
    pub(super) fn ends(&self) -> &[(usize, bool)] {
        &self.pieces
    }

    /// The same text in these pieces; where they do not fit the text, all of it is a quote.
    pub(super) fn in_pieces(self, pieces: Vec<(usize, bool)>) -> Self {
        let text = self.text;
        let mut from = 0;
        let fits = pieces.iter().all(|(end, _)| {
            let fits = text.get(from..*end).is_some();
            from = *end;
            fits
        });
        if fits && from == text.len() {
            return Self { text, pieces };
        }
        [(true, text)].into_iter().collect()
    }

    /// The pieces in order.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let mut from = 0;
        self.pieces.iter().map(move |(end, quoted)| {
            let text = self.text.get(from..*end).unwrap_or_default();
            from = *end;
            Piece {
                quoted: *quoted,
                text,
            }
        })
    }
}

impl<T: Into<Cow<'static, str>>> FromIterator<(bool, T)> for Sentence {
    fn from_iter<I: IntoIterator<Item = (bool, T)>>(pieces: I) -> Self {
        let mut sentence = Self::default();
        for (quoted, text) in pieces {
            // Many sentences are one piece of our own words, and stay where they are.
            let text = text.into();
            if sentence.text.is_empty() {
                sentence.text = text;
            } else {
                sentence.text.to_mut().push_str(&text);
            }
            sentence.pieces.push((sentence.text.len(), quoted));
        }
        sentence
    }
}

impl Deref for Sentence {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<'de> Deserialize<'de> for Sentence {
    /// Which words are our own does not stand in the text: all of it is a quote.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Ok([(true, text)].into_iter().collect())
    }
}

impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl JsonSchema for Sentence {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Sentence".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_whole() {
        let sentence: Sentence = [(false, "user "), (true, "app")].into_iter().collect();
        assert_eq!(&*sentence, "user app");
        let pieces: Vec<_> = sentence.pieces().map(|p| (p.quoted, p.text)).collect();
        assert_eq!(pieces, [(false, "user "), (true, "app")]);
    }
}
