//! From first verdicts to what is told: what is said of each login once nothing can change it, and of
//! several together.
//!
//! Owns the order in which logins are settled, and the salts seen near each. Called by [`super::court`].

use std::collections::VecDeque;

use super::judging::{context, judge};
use super::near::{ByTime, near};
use super::{AnalyzeSettings, Listener};
use crate::auth::{self, Context, Search, Verdict};
use crate::capture::Timestamp;
use crate::diagnostic::Diagnostics;
use crate::findings::{self, Across, Established, Finding};
use crate::limits;
use crate::mysql::Transport;
use crate::report::ExaminedLogin;

/// A login with its first verdict.
pub(super) struct Case {
    /// The time of the packet with which it was whole.
    pub(super) now: Option<Timestamp>,
    /// How far was searched.
    pub(super) search: Search,
    /// In a box, as it changes hands more than once.
    pub(super) examined: Box<ExaminedLogin>,
}

/// Takes the logins of which nothing more is wanted.
type Done<'d> = &'d mut dyn FnMut(Box<ExaminedLogin>);

/// What became of a capture's logins.
#[derive(Default)]
pub(super) struct Judged {
    /// Those that were kept.
    pub(super) logins: Vec<ExaminedLogin>,
    /// What only several of them together show.
    pub(super) across: Vec<Finding>,
    /// Any login was found.
    pub(super) any: bool,
    /// Any that TLS kept closed.
    pub(super) any_sealed: bool,
    pub(super) diagnostics: Diagnostics,
}

/// When responses that nothing explains are looked at again.
#[derive(Clone, Copy)]
enum When {
    /// At this time of the capture.
    At(Timestamp),
    /// A login was found.
    Crowded,
    /// The capture is over.
    Over,
}

/// Responses that the salt of another connection may yet explain.
struct Unsettled {
    /// How far was searched for them.
    search: Search,
    /// How many logins may come before one is looked at again.
    waits: u64,
    /// What is noted if that was too few.
    crowded: &'static str,
    /// Oldest first, each with how many logins were noted before it.
    logins: VecDeque<(u64, Box<ExaminedLogin>)>,
}

impl Unsettled {
    const fn searched_in_full() -> Self {
        Self {
            search: Search::Full,
            waits: limits::UNSETTLED,
            crowded: "more than 4096 logins came within a minute of one whose response nothing explains: the salts of later ones were not tried on it",
            logins: VecDeque::new(),
        }
    }

    const fn searched_less() -> Self {
        Self {
            search: Search::Reduced,
            waits: limits::UNSETTLED_REDUCED,
            crowded: "more than 512 logins came within a minute of one whose response nothing explains, as that of one like it \
before: the salts of later ones were not tried on it",
            logins: VecDeque::new(),
        }
    }

    /// The first of them, if it is to be looked at again now that so many logins were noted.
    #[inline]
    fn take_due(&mut self, when: When, noted: u64) -> Option<Box<ExaminedLogin>> {
        let (before, first) = self.logins.front()?;
        let due = match (when, first.login.first.time) {
            (When::Over, _) => true,
            (When::At(now), Some(began)) => !near(now, began),
            (When::At(_), None) => false,
            (When::Crowded, _) => noted.saturating_sub(*before) >= self.waits,
        };
        let first = self.logins.pop_front_if(|_| due);
        first.map(|(_, examined)| examined)
    }
}

/// The logins of a capture while they are settled.
pub(super) struct Settling<'s, 'l> {
    settings: &'s AnalyzeSettings,
    listener: Listener<'l>,
    /// Those that are settled and kept.
    logins: Vec<ExaminedLogin>,
    across: Across,
    /// Any login was found; any that TLS kept closed.
    found: [bool; 2],
    /// Those that were searched in full, and the others, which need not wait as long.
    unsettled: [Unsettled; 2],
    by_time: ByTime,
    diagnostics: Diagnostics,
}

impl<'s, 'l> Settling<'s, 'l> {
    /// `slice`: the logins are those of a slice of a set.
    pub(super) fn new(settings: &'s AnalyzeSettings, listener: Listener<'l>, slice: bool) -> Self {
        Self {
            settings,
            listener,
            logins: Vec::new(),
            across: if slice {
                Across::of_slice()
            } else {
                Across::default()
            },
            found: [false; 2],
            unsettled: [Unsettled::searched_in_full(), Unsettled::searched_less()],
            by_time: ByTime::default(),
            diagnostics: Diagnostics::default(),
        }
    }

    /// The next login.
    pub(super) fn case(&mut self, case: Case, done: Done<'_>) {
        let Case {
            now,
            search,
            examined,
        } = case;
        if let Some(now) = now {
            self.now(now, done);
        }
        for odd in findings::oddities(&examined.login) {
            let at = (Some(odd.packet), Some(examined.stream));
            self.diagnostics.note(odd.kind, odd.message, at.0, at.1);
        }
        self.by_time.insert(examined.stream, &examined.login);
        // No server takes the answer to another connection's salt: there is nothing to wait for.
        let waits = search != Search::AsGiven;
        if waits && matches!(examined.examination.verdict, Verdict::Mismatch(_)) {
            let noted = self.by_time.noted();
            let [full, less] = &mut self.unsettled;
            let unsettled = if search.is_reduced() { less } else { full };
            unsettled.logins.push_back((noted, examined));
        } else {
            self.settled(examined, done);
        }
        self.settle(When::Crowded, done);
    }

    /// It is this time: what waits no longer is settled.
    #[inline]
    pub(super) fn now(&mut self, now: Timestamp, done: Done<'_>) {
        // Asked with each packet, and hardly ever is there one.
        if self.unsettled.iter().any(|some| !some.logins.is_empty()) {
            self.settle(When::At(now), done);
        }
    }

    /// Nothing that comes changes what is said of this login alone.
    fn settled(&mut self, examined: Box<ExaminedLogin>, done: Done<'_>) {
        let established = Established::of(&examined.login, &examined.examination);
        self.across.see(&examined.subject(&established));
        let sealed = matches!(
            &examined.login.transport,
            Transport::Tls {
                sealed: Some(_),
                ..
            }
        );
        let [any, any_sealed] = &mut self.found;
        *any = true;
        *any_sealed |= sealed;
        if (self.listener)(&examined) {
            self.logins.push(*examined);
        } else {
            done(examined);
        }
    }

    /// A response that nothing explains may answer the salt of another connection: looks again
    /// with the salts seen near in time, once no other can come.
    fn settle(&mut self, when: When, done: Done<'_>) {
        let noted = self.by_time.noted();
        let due = |unsettled: &mut Unsettled| {
            let examined = unsettled.take_due(when, noted)?;
            Some((unsettled.search, unsettled.crowded, examined))
        };
        while let Some((search, crowded, examined)) = self.unsettled.iter_mut().find_map(due) {
            if matches!(when, When::Crowded) {
                let number = Some(examined.login.first.number);
                self.diagnostics
                    .note("salts-near-capped", crowded, number, None);
            }
            let examined = self.look_again(examined, search);
            self.settled(examined, done);
        }
    }

    fn look_again(&self, mut examined: Box<ExaminedLogin>, search: Search) -> Box<ExaminedLogin> {
        let most = if search.is_reduced() {
            limits::OTHER_SALTS_REDUCED
        } else {
            limits::OTHER_SALTS
        };
        let others = self
            .by_time
            .other_salts(examined.stream, &examined.login, most);
        if others.is_empty() {
            return examined;
        }
        let all = |examined: Box<ExaminedLogin>| {
            let ExaminedLogin { stream, login, .. } = *examined;
            judge(self.settings, stream, login, &others, search)
        };
        let examination = &examined.examination;
        if !examination.factors.is_empty() || examination.versions.is_some() {
            // A part of it may have been explained before.
            return all(examined);
        }
        let context = Context {
            again: true,
            ..context(self.settings, &[], &others, search)
        };
        let candidates = &self.settings.candidates;
        let again = auth::examine(&examined.login, candidates, &context);
        match (&mut examined.examination.verdict, again.verdict) {
            (Verdict::Mismatch(tried), Verdict::Mismatch(more)) => {
                tried.hypotheses = tried.hypotheses.saturating_add(more.hypotheses);
                examined
            }
            (_, Verdict::Match(_)) => all(examined),
            _ => examined,
        }
    }

    /// No more logins come.
    pub(super) fn finish(mut self) -> Judged {
        self.settle(When::Over, &mut drop);
        let across = self.look_across();
        self.logins
            .sort_by_key(|examined| (examined.stream, examined.login.attempt));
        let [any, any_sealed] = self.found;
        Judged {
            logins: self.logins,
            across,
            any,
            any_sealed,
            diagnostics: self.diagnostics,
        }
    }

    /// What only several logins together show.
    fn look_across(&mut self) -> Vec<Finding> {
        for examined in &mut self.logins {
            let mut findings = std::mem::take(&mut examined.findings);
            let established = Established::of(&examined.login, &examined.examination);
            self.across
                .annotate(&examined.subject(&established), &mut findings);
            examined.findings = findings;
        }
        if self.across.overflowed() {
            let message =
                "too many clients and users to follow: findings across logins may be missing";
            self.diagnostics
                .note("across-overflow", message, None, None);
        }
        self.across.findings()
    }
}

#[cfg(test)]
mod tests {
    use super::super::judging::Judge;
    use super::*;
    use crate::auth::SaltForm;
    use crate::auth::schemes::caching_sha2::Stages;
    use crate::auth::tests::logins::{direct, one};
    use crate::mysql::{AuthPath, Login, Outcome, Plugin};

    const RIGHT: &[u8] = b"secret";
    const WAITS: usize = 4096;
    const WAITS_REDUCED: usize = 512;

    /// The salt of the login with this number, as on the wire.
    fn salt(number: u64) -> Vec<u8> {
        format!("salt of no. {number:08}\0").into_bytes()
    }

    /// The right response to the salt of that login.
    fn answer(number: u64) -> [u8; 32] {
        Stages::new(RIGHT).response(&salt(number)[..20])
    }

    fn login(number: u64, began: i64, response: [u8; 32]) -> Box<Login> {
        let mut login = direct(Plugin::CachingSha2, &salt(number), response);
        login.first.number = number;
        login.first.time = Some(Timestamp::from_nanos(began));
        Box::new(login)
    }

    /// What is said of a login that answers the salt of a connection that began just after it and whose own login
    /// is found that many later; and what is noted. Of those like it that failed before, the first were searched in
    /// full and wait longer than it does.
    fn answers_the_next(failed_before: u64, between: usize) -> (Option<SaltForm>, Vec<String>) {
        let settings = AnalyzeSettings {
            candidates: one(RIGHT),
            ..AnalyzeSettings::default()
        };
        let mut said = None;
        let mut listener = |examined: &ExaminedLogin| {
            if examined.login.first.number == 1000 {
                said = Some(examined.examination.verdict.clone());
            }
            false
        };
        let mut judge = Judge::new(&settings);
        let mut settling = Settling::new(&settings, &mut listener, false);
        let mut found = |login: Box<Login>| {
            let case = judge.first(login.first.number, login, None);
            settling.case(case, &mut drop);
        };
        for number in 0..failed_before {
            found(login(number, 0, [7; 32]));
        }
        found(login(1000, 1_000_000, answer(1001)));
        for number in (2000..).take(between) {
            found(login(number, 2_000_000_000, answer(number)));
        }
        found(login(1001, 1_000_001, answer(1001)));
        let judged = settling.finish();
        let told = judged.diagnostics.into_vec();
        let told = told.into_iter().map(|told| told.message).collect();
        let form = match said {
            Some(Verdict::Match(found)) => found.salt_form,
            Some(Verdict::Mismatch(_)) => None,
            other => panic!("{other:?}"),
        };
        (form, told)
    }

    #[test]
    fn the_salt_of_a_connection_that_logs_in_later() {
        for (failed_before, waits) in [(0, WAITS), (9, WAITS_REDUCED)] {
            let (form, _) = answers_the_next(failed_before, waits - 2);
            assert_eq!(form, Some(SaltForm::OtherConnection));
        }
    }

    #[test]
    fn what_a_server_took_again_and_again_does_not_wait() {
        let settings = AnalyzeSettings {
            candidates: one(RIGHT),
            ..AnalyzeSettings::default()
        };
        let mut told = Vec::new();
        let mut listener = |examined: &ExaminedLogin| {
            told.push(examined.login.first.number);
            false
        };
        let mut judge = Judge::new(&settings);
        let mut settling = Settling::new(&settings, &mut listener, false);
        let mut searches = Vec::new();
        for number in 0..9 {
            let mut login = login(number, 0, [7; 32]);
            login.outcome = Outcome::Accepted;
            login.path = Some(AuthPath::Fast);
            let case = judge.first(number, login, None);
            searches.push(case.search);
            settling.case(case, &mut drop);
        }
        settling.finish();
        let full = searches
            .iter()
            .take_while(|search| **search == Search::Full);
        let full = u64::try_from(full.count()).unwrap();
        assert_eq!(searches.last(), Some(&Search::AsGiven));
        let in_order: Vec<_> = (full..9).chain(0..full).collect();
        assert_eq!(told, in_order);
    }

    #[test]
    fn of_too_many_later_ones_it_is_said_that_they_were_not_tried() {
        for (failed_before, waits) in [(0, WAITS), (9, WAITS_REDUCED)] {
            let (form, told) = answers_the_next(failed_before, waits);
            assert_eq!(form, None);
            let begins = format!("more than {waits} logins came within a minute");
            assert!(
                told.iter().any(|told| told.starts_with(&begins)),
                "{told:?}"
            );
        }
    }
}
