//! From logins and verdicts to findings: pure rules, and one catalogue that `explain` prints.
//!
//! [`judge`] looks at one login, [`Across`] at all logins of a capture. Neither reads files or
//! clocks, and neither ever sees a password. The rule above all others: what the capture does not
//! prove is not said of anybody.

mod across;
pub mod catalogue;
mod client;
pub mod defects;
mod established;
mod finding;
mod oddities;
mod prose;
mod rules;
#[cfg(test)]
mod test_support;
mod version;
mod wording;

pub use across::{Across, FastLogin, FastPaths, Named, Way};
pub use catalogue::{Code, Severity};
pub use client::Client;
pub use established::Established;
pub use finding::Finding;
pub use oddities::{Oddity, oddities};
pub use prose::{Captured, Part, Prose};
pub use rules::{Facts, FullFault, RsaXor, Subject, TlsEnd, TokenFault, judge};
pub use version::Version;
