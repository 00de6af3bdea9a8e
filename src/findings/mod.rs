//! From logins and verdicts to findings: pure rules, and one catalogue that `explain` prints.

pub mod catalogue;
mod finding;
mod prose;

pub use catalogue::{Code, Severity};
pub use finding::Finding;
pub use prose::{Captured, Part, Prose};
/// stub
pub struct Subject<'a> {
    /// s
    pub judged: Option<&'a crate::mysql::Round>,
}
impl<'a> Subject<'a> {
    /// s
    pub fn new(_: u64, _: &'a crate::mysql::Login, _: &'a crate::auth::Verdict) -> Self {
        Self { judged: None }
    }
}
/// stub
pub fn judge(_: &Subject<'_>) -> Vec<Finding> {
    Vec::new()
}
