//! One difference and its weight.

use crate::capture::Timestamp;
use crate::findings::Prose;
use crate::net::Endpoint;

/// What a difference is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It explains the different outcome.
    Cause,
    /// It may have to do with it; nothing here proves or excludes that.
    Possible,
    /// Any two logins differ in it, or it follows from the cause.
    Expected,
}

impl Weight {
    /// The name in the report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cause => "cause",
            Self::Possible => "possible",
            Self::Expected => "expected",
        }
    }
}

/// What one login has in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Words, and quotes of the capture.
    Text(Prose),
    /// An address without its port, which the report may rename.
    Address(Endpoint),
    /// An address and port.
    Endpoint(Endpoint),
    /// A time.
    Time(Timestamp),
}

impl From<String> for Value {
    fn from(words: String) -> Self {
        Self::Text(words.into())
    }
}

impl From<&str> for Value {
    fn from(words: &str) -> Self {
        Self::Text(words.to_owned().into())
    }
}

impl From<Prose> for Value {
    fn from(prose: Prose) -> Self {
        Self::Text(prose)
    }
}

/// A field in which two logins differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Which pair of steps it belongs to, from 0.
    pub row: usize,
    /// The step's name, as in `evidence`.
    pub step: &'static str,
    /// The field's name.
    pub field: &'static str,
    /// What the left login has; `None` if nothing.
    pub left: Option<Value>,
    /// What the right login has.
    pub right: Option<Value>,
    /// What it is worth.
    pub weight: Weight,
    /// Why.
    pub reason: Prose,
}
