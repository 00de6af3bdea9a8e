//! From logins and verdicts to findings: pure rules, and one catalogue that `explain` prints.

pub mod catalogue;
mod finding;
mod prose;

pub use catalogue::{Code, Severity};
pub use finding::Finding;
pub use prose::{Captured, Part, Prose};
