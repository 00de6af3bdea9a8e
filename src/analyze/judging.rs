//! From logins to verdicts and findings: what is said of each, and of several together.
//!
//! Owns the order in which logins are settled, the salts seen near each, and what earlier searches have
//! spent. Sees no packets, so that it may run in a thread of its own. Called by [`super`] alone.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use super::near::{ByTime, near};
use super::{AnalyzeSettings, Listener};
use crate::auth::{self, Context, Search, Spent, Verdict};
use crate::capture::Timestamp;
use crate::diagnostic::Diagnostics;
use crate::findings::{self, Across, Established, Finding};
use crate::limits;
use crate::mysql::{Login, Transport};
use crate::report::ExaminedLogin;

/// Logins that go to the other thread together.
const BATCH: usize = 128;
/// Batches that may wait for it.
const UNDER_WAY: usize = 4;

/// A login that was found.
pub(super) struct Found {
    stream: u64,
    login: Box<Login>,
    /// The time of the packet with which it was whole.
    now: Option<Timestamp>,
}

/// The way to the thread that judges, and back.
pub(super) struct Beside {
    there: SyncSender<Vec<Found>>,
    /// Logins that nothing more is wanted of: their memory is this thread's, and is let go and used again
    /// here, where it costs nothing. In the other thread each piece would have to wait for a lock.
    back: Receiver<Vec<Box<Login>>>,
    batch: Vec<Found>,
}

/// The same, at the other end.
pub(super) struct Ends {
    found: Receiver<Vec<Found>>,
    back: Sender<Vec<Box<Login>>>,
}

/// Both ends.
pub(super) fn beside() -> (Beside, Ends) {
    let (there, found) = sync_channel(UNDER_WAY);
    let (end, back) = channel();
    let batch = Vec::new();
    let beside = Beside { there, back, batch };
    (beside, Ends { found, back: end })
}

impl Beside {
    fn send(&mut self) {
        // Whoever does not listen any more has failed, and that is told when it is joined.
        let _ = self.there.send(std::mem::take(&mut self.batch));
        while self.back.try_recv().is_ok() {}
    }
}

/// Where logins are judged.
pub(super) enum Court<'s, 'l> {
    /// In this thread.
    Here(Box<Judging<'s, 'l>>),
    /// In another.
    Beside(Beside),
    /// No more logins come.
    Closed,
}

impl Court<'_, '_> {
    /// A login was found.
    pub(super) fn take(&mut self, stream: u64, login: Box<Login>, now: Option<Timestamp>) {
        match self {
            Self::Here(judging) => judging.login(stream, login, now),
            Self::Beside(beside) => {
                beside.batch.push(Found { stream, login, now });
                if beside.batch.len() >= BATCH {
                    beside.send();
                }
            }
            Self::Closed => {}
        }
    }

    /// It is this time: what waits no longer is told even if no login comes.
    #[inline]
    pub(super) fn now(&mut self, now: Timestamp) {
        if let Self::Here(judging) = self
            && !judging.unsettled.is_empty()
        {
            judging.settle(When::At(now));
        }
    }

    /// No more logins come; what became of them, if they were judged here.
    pub(super) fn close(&mut self) -> Option<Judged> {
        match std::mem::replace(self, Self::Closed) {
            Self::Here(judging) => Some(judging.finish()),
            Self::Beside(mut beside) => {
                beside.send();
                None
            }
            Self::Closed => None,
        }
    }
}

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

/// The logins of a capture while they are judged.
pub(super) struct Judging<'s, 'l> {
    settings: &'s AnalyzeSettings,
    listener: Listener<'l>,
    /// Those that are settled and kept.
    logins: Vec<ExaminedLogin>,
    across: Across,
    /// Any login was found; any that TLS kept closed.
    found: [bool; 2],
    /// Those that the salt of another connection may yet explain, oldest first, each with how many
    /// logins were noted before it.
    unsettled: VecDeque<(u64, Search, ExaminedLogin)>,
    by_time: ByTime,
    /// Failures that were searched in full without result.
    spent: Spent,
    /// In a thread of its own: logins to be given back.
    done: Option<Vec<Box<Login>>>,
    diagnostics: Diagnostics,
}

impl<'s, 'l> Judging<'s, 'l> {
    /// The logins are those of a slice of a set.
    pub(super) fn of_slice(mut self) -> Self {
        self.across = Across::of_slice();
        self
    }

    pub(super) fn new(settings: &'s AnalyzeSettings, listener: Listener<'l>) -> Self {
        Self {
            settings,
            listener,
            logins: Vec::new(),
            across: Across::default(),
            found: [false; 2],
            unsettled: VecDeque::new(),
            by_time: ByTime::default(),
            spent: Spent::default(),
            done: None,
            diagnostics: Diagnostics::default(),
        }
    }

    /// All that comes, to its end.
    pub(super) fn all(mut self, ends: Ends) -> Judged {
        let Ends { found, back } = ends;
        for batch in found {
            self.done = Some(Vec::with_capacity(BATCH));
            for Found { stream, login, now } in batch {
                self.login(stream, login, now);
            }
            if let Some(done) = self.done.take() {
                // At the end nobody waits for them.
                let _ = back.send(done);
            }
        }
        self.finish()
    }

    fn login(&mut self, stream: u64, login: Box<Login>, now: Option<Timestamp>) {
        if let (Some(now), false) = (now, self.unsettled.is_empty()) {
            self.settle(When::At(now));
        }
        for odd in findings::oddities(&login) {
            self.diagnostics
                .note(odd.kind, odd.message, Some(odd.packet), Some(stream));
        }
        let search = self.spent.search(&login);
        let examined = self.judge(stream, login, &[], search);
        let verdict = &examined.examination.verdict;
        self.spent.note(&examined.login, verdict);
        // Of two versions, the one that was not sent may be what takes long.
        for version in examined.examination.versions.iter().flat_map(|v| v.iter()) {
            self.spent.note(&examined.login, version);
        }
        self.by_time.insert(stream, &examined.login);
        if matches!(verdict, Verdict::Mismatch(_)) {
            let noted = self.by_time.noted();
            self.unsettled.push_back((noted, search, examined));
        } else {
            self.settled(examined);
        }
        if !self.unsettled.is_empty() {
            self.settle(When::Crowded);
        }
    }

    /// Nothing that comes changes what is said of this login alone.
    fn settled(&mut self, examined: ExaminedLogin) {
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
            self.logins.push(examined);
        } else if let Some(done) = &mut self.done {
            done.push(examined.login);
        }
    }

    fn judge(
        &self,
        stream: u64,
        login: Box<Login>,
        other_salts: &[&[u8]],
        search: Search,
    ) -> ExaminedLogin {
        let earlier = login.earlier_salts.clone();
        let earlier: Vec<&[u8]> = earlier.iter().map(Vec::as_slice).collect();
        let context = self.context(&earlier, other_salts, search);
        let candidates = &self.settings.candidates;
        let (login, examination) = auth::examine_versions(login, candidates, &context);
        let mut examined = ExaminedLogin {
            stream,
            login,
            examination,
            findings: Vec::new(),
            related: Vec::new(),
        };
        let established = Established::of(&examined.login, &examined.examination);
        examined.findings = findings::judge(&examined.subject(&established));
        examined
    }

    fn context<'c>(
        &'c self,
        earlier_salts: &'c [&'c [u8]],
        other_salts: &'c [&'c [u8]],
        search: Search,
    ) -> Context<'c> {
        Context {
            earlier_salts,
            other_salts,
            again: false,
            server_keys: &self.settings.server_keys,
            search,
        }
    }

    /// A response that nothing explains may answer the salt of another connection: looks again
    /// with the salts seen near in time, once no other can come.
    fn settle(&mut self, when: When) {
        while let Some((noted, _, first)) = self.unsettled.front() {
            let due = match (when, first.login.first.time) {
                (When::Over, _) => true,
                (When::At(now), Some(began)) => !near(now, began),
                (When::At(_), None) => false,
                (When::Crowded, _) => {
                    self.by_time.noted().saturating_sub(*noted) >= limits::UNSETTLED
                }
            };
            let Some((_, search, examined)) = self.unsettled.pop_front_if(|_| due) else {
                return;
            };
            if matches!(when, When::Crowded) {
                let message = "more than 4096 logins came within a minute of one whose response nothing explains: the salts of later ones were not tried on it";
                let number = Some(examined.login.first.number);
                self.diagnostics
                    .note("salts-near-capped", message, number, None);
            }
            let examined = self.look_again(examined, search);
            self.settled(examined);
        }
    }

    fn look_again(&self, mut examined: ExaminedLogin, search: Search) -> ExaminedLogin {
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
        let all =
            |examined: ExaminedLogin| self.judge(examined.stream, examined.login, &others, search);
        let examination = &examined.examination;
        if !examination.factors.is_empty() || examination.versions.is_some() {
            // A part of it may have been explained before.
            return all(examined);
        }
        let context = Context {
            again: true,
            ..self.context(&[], &others, search)
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
        self.settle(When::Over);
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
