//! From a login to its verdict and findings.
//!
//! Owns what earlier searches have spent. Sees one login at a time and no packets, so that it may run in
//! a thread of its own. Called by [`super::court`], and by [`super::settling`] for a second look.

use super::AnalyzeSettings;
use super::settling::Case;
use crate::auth::{self, Context, Search, Spent};
use crate::capture::Timestamp;
use crate::findings::{self, Established};
use crate::mysql::Login;
use crate::report::ExaminedLogin;

/// Gives each login of a capture its first verdict.
pub(super) struct Judge<'s> {
    settings: &'s AnalyzeSettings,
    /// Failures that were searched in full without result.
    spent: Spent,
}

impl<'s> Judge<'s> {
    pub(super) fn new(settings: &'s AnalyzeSettings) -> Self {
        Self {
            settings,
            spent: Spent::default(),
        }
    }

    /// A login that was found at this time. Call it in the order in which they are found.
    pub(super) fn first(&mut self, stream: u64, login: Box<Login>, now: Option<Timestamp>) -> Case {
        let search = self.spent.search(&login);
        let examined = judge(self.settings, stream, login, &[], search);
        self.spent
            .note(&examined.login, &examined.examination.verdict);
        // Of two versions, the one that was not sent may be what takes long.
        for version in examined.examination.versions.iter().flat_map(|v| v.iter()) {
            self.spent.note(&examined.login, version);
        }
        Case {
            now,
            search,
            examined,
        }
    }
}

/// What is said of a login alone, with these salts of other connections.
pub(super) fn judge(
    settings: &AnalyzeSettings,
    stream: u64,
    login: Box<Login>,
    other_salts: &[&[u8]],
    search: Search,
) -> Box<ExaminedLogin> {
    let earlier = login.earlier_salts.clone();
    let earlier: Vec<&[u8]> = earlier.iter().map(AsRef::as_ref).collect();
    let context = context(settings, &earlier, other_salts, search);
    let candidates = &settings.candidates;
    let (login, examination) = auth::examine_versions(login, candidates, &context);
    let mut examined = Box::new(ExaminedLogin {
        stream,
        login,
        examination,
        findings: Vec::new(),
        related: Vec::new(),
    });
    let established = Established::of(&examined.login, &examined.examination);
    examined.findings = findings::judge(&examined.subject(&established));
    examined
}

/// With these salts of earlier logins and of other connections.
pub(super) const fn context<'c>(
    settings: &'c AnalyzeSettings,
    earlier_salts: &'c [&'c [u8]],
    other_salts: &'c [&'c [u8]],
    search: Search,
) -> Context<'c> {
    Context {
        earlier_salts,
        other_salts,
        again: false,
        server_keys: settings.server_keys.as_slice(),
        search,
    }
}
