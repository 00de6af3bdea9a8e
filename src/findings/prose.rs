//! Sentences in which our own words and bytes out of the capture stay apart, so that the report
//! can mask, rename and escape the one without touching the other.

use std::borrow::Cow;

/// What a piece of captured text is; anonymizing treats each kind its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Captured {
    /// A user name.
    User,
    /// A database name.
    Database,
    /// A host name or an address in text.
    Host,
    /// The client's name or version, from its connection attributes, or the server's version: what
    /// names a program and nobody.
    Client,
    /// A server's error text.
    Server,
    /// Anything else.
    Other,
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Our own words.
    Words(Cow<'static, str>),
    /// Bytes out of the capture.
    Quote(Captured, Vec<u8>),
}

/// A sentence or a few.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Prose(Vec<Part>);

impl Prose {
    /// Begins with words of our own.
    #[must_use]
    pub fn new(words: impl Into<Cow<'static, str>>) -> Self {
        Self::default().say(words)
    }

    /// Goes on with words of our own.
    #[must_use]
    pub fn say(mut self, words: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Part::Words(words.into()));
        self
    }

    /// Goes on with bytes out of the capture.
    #[must_use]
    pub fn quote(mut self, kind: Captured, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.push(Part::Quote(kind, bytes.into()));
        self
    }

    /// Goes on with another piece of prose.
    #[must_use]
    pub fn then(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// Says our own words differently; what is quoted stays.
    pub fn reword(&mut self, say: impl Fn(&str) -> String) {
        for part in &mut self.0 {
            if let Part::Words(words) = part {
                *words = say(words).into();
            }
        }
    }

    /// The pieces in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.0
    }
}

impl From<&'static str> for Prose {
    fn from(words: &'static str) -> Self {
        Self::new(words)
    }
}

impl From<String> for Prose {
    fn from(words: String) -> Self {
        Self::new(words)
    }
}
