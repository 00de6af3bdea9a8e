//! Who hears of a scan while it runs.

use crate::report::{ExaminedLogin, Numbering};
use crate::scan::Through;

/// Hears of a scan while it runs, on the calling thread.
pub trait Observer {
    /// How far it is, a few times a second.
    fn progress(&mut self, _through: Through) {}

    /// Whether [`Observer::login`] is wanted.
    fn wants(&self) -> Wants {
        Wants::Nothing
    }

    /// A login of the capture at this path is known; `numbering` is that of joined captures.
    /// Captures come in the order of the jobs, the logins of one together: those of the first that
    /// is not through as they are found, those of later ones when their turn comes.
    fn login(&mut self, _path: &str, _numbering: Option<&Numbering>, _login: &ExaminedLogin) {}

    /// No more logins come at once.
    fn pause(&mut self) {}
}

/// What becomes of the logins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// They are kept in the reports, and nobody hears of them before.
    Nothing,
    /// They are kept, and a copy of each is told.
    Copies,
    /// They are told and forgotten: the reports have none, and memory does not grow with them. Not for
    /// files that are joined, whose logins are kept in any case.
    Only,
}

/// Hears nothing.
pub struct Unwatched;

impl Observer for Unwatched {}
