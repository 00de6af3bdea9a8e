//! Who hears of a scan while it runs.

use crate::report::{ExaminedLogin, Numbering};
use crate::scan::Through;

/// Hears of a scan while it runs, on the calling thread.
pub trait Observer {
    /// How far it is, a few times a second.
    fn progress(&mut self, _through: Through) {}

    /// Whether [`Observer::login`] is wanted; each login is copied for it.
    fn wants_logins(&self) -> bool {
        false
    }

    /// A login of the capture at this path is known; `numbering` is that of joined captures.
    /// Captures come in the order of the jobs, the logins of one together: those of the first that
    /// is not through as they are found, those of later ones when their turn comes.
    fn login(&mut self, _path: &str, _numbering: Option<&Numbering>, _login: &ExaminedLogin) {}
}

/// Hears nothing.
pub struct Unwatched;

impl Observer for Unwatched {}
