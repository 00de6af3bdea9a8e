//! Where logins are judged and settled: in the thread that finds them, or in threads beside it.
//!
//! Owns the threads' batches and the way back of what is done with. Called by [`super`] alone.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use super::judging::Judge;
use super::settling::{Case, Judged, Settling};
use super::{AnalyzeSettings, Listener};
use crate::capture::Timestamp;
use crate::mysql::Login;
use crate::report::ExaminedLogin;

/// Logins that go to another thread together.
const BATCH: usize = 128;
/// Batches that may wait for a thread.
const UNDER_WAY: usize = 4;

/// A login that was found.
pub(super) struct Found {
    stream: u64,
    login: Box<Login>,
    /// The time of the packet with which it was whole.
    now: Option<Timestamp>,
}

/// The way to the threads beside, and back.
pub(super) struct Beside {
    there: SyncSender<Vec<Found>>,
    /// Logins that nothing more is wanted of: their memory is this thread's, and is let go and used again
    /// here, where it costs nothing. In another thread each piece would have to wait for a lock.
    done: Receiver<Vec<Box<Login>>>,
    batch: Vec<Found>,
}

impl Beside {
    fn send(&mut self) {
        // Whoever does not listen any more has failed, and that is told when it is joined.
        let _ = self.there.send(std::mem::take(&mut self.batch));
        while self.done.try_recv().is_ok() {}
    }
}

/// Gives each login its verdict, in a thread of its own.
pub(super) struct JudgeBeside<'s> {
    judge: Judge<'s>,
    found: Receiver<Vec<Found>>,
    judged: SyncSender<Vec<Case>>,
    /// Those that nothing more is wanted of: what this thread has made of them is let go here, the logins
    /// go on to the thread that found them.
    done: Receiver<Vec<ExaminedLogin>>,
    back: Sender<Vec<Box<Login>>>,
}

impl JudgeBeside<'_> {
    /// All that comes, to its end.
    pub(super) fn run(mut self) {
        for batch in self.found {
            let judge = &mut self.judge;
            let cases = batch
                .into_iter()
                .map(|found| judge.first(found.stream, found.login, found.now));
            let _ = self.judged.send(cases.collect());
            for done in self.done.try_iter() {
                let logins = done.into_iter().map(|examined| examined.login);
                // At the end nobody waits for them.
                let _ = self.back.send(logins.collect());
            }
        }
    }
}

/// Settles and tells what was judged, in a thread of its own.
pub(super) struct SettleBeside<'s, 'l> {
    settling: Settling<'s, 'l>,
    judged: Receiver<Vec<Case>>,
    back: Sender<Vec<ExaminedLogin>>,
}

impl SettleBeside<'_, '_> {
    /// All that comes, to its end.
    pub(super) fn run(mut self) -> Judged {
        for batch in self.judged {
            let mut done = Vec::with_capacity(BATCH);
            for case in batch {
                self.settling
                    .case(case, &mut |examined| done.push(examined));
            }
            // At the end nobody waits for them.
            let _ = self.back.send(done);
        }
        self.settling.finish()
    }
}

/// Where logins are judged.
pub(super) enum Court<'s, 'l> {
    /// In this thread.
    Here(Box<(Judge<'s>, Settling<'s, 'l>)>),
    /// In others.
    Beside(Beside),
    /// No more logins come.
    Closed,
}

impl<'s, 'l> Court<'s, 'l> {
    /// In this thread. `slice`: the logins are those of a slice of a set.
    pub(super) fn here(settings: &'s AnalyzeSettings, listener: Listener<'l>, slice: bool) -> Self {
        let settling = Settling::new(settings, listener, slice);
        Self::Here(Box::new((Judge::new(settings), settling)))
    }

    /// In two others, which are to run.
    pub(super) fn beside(
        settings: &'s AnalyzeSettings,
        listener: Listener<'l>,
    ) -> (Self, JudgeBeside<'s>, SettleBeside<'s, 'l>) {
        let (there, found) = sync_channel(UNDER_WAY);
        let (judged, cases) = sync_channel(UNDER_WAY);
        let (settled, done) = channel();
        let (let_go, logins) = channel();
        let judge = JudgeBeside {
            judge: Judge::new(settings),
            found,
            judged,
            done,
            back: let_go,
        };
        let settle = SettleBeside {
            settling: Settling::new(settings, listener, false),
            judged: cases,
            back: settled,
        };
        let beside = Beside {
            there,
            done: logins,
            batch: Vec::new(),
        };
        (Self::Beside(beside), judge, settle)
    }

    /// A login was found.
    pub(super) fn take(&mut self, stream: u64, login: Box<Login>, now: Option<Timestamp>) {
        match self {
            Self::Here(here) => {
                let (judge, settling) = &mut **here;
                let case = judge.first(stream, login, now);
                settling.case(case, &mut drop);
            }
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
        if let Self::Here(here) = self {
            here.1.now(now, &mut drop);
        }
    }

    /// No more logins come; what became of them, if they were judged here.
    pub(super) fn close(&mut self) -> Option<Judged> {
        match std::mem::replace(self, Self::Closed) {
            Self::Here(here) => Some(here.1.finish()),
            Self::Beside(mut beside) => {
                beside.send();
                None
            }
            Self::Closed => None,
        }
    }
}
