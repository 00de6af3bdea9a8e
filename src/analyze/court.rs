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

/// What a thread has made and nothing more is wanted of. Its memory is that thread's, and is let go and used
/// again there, where it costs nothing; in another thread each piece would have to wait for a lock.
struct Returned<T> {
    back: Receiver<Vec<T>>,
    /// What has come back.
    here: Vec<T>,
}

impl<T> Returned<T> {
    const fn new(back: Receiver<Vec<T>>) -> Self {
        let here = Vec::new();
        Self { back, here }
    }

    /// One of them: to be let go whenever another is made. The allocator has the pieces of one at hand for
    /// the next; those of a whole batch it would sort away and search for again.
    fn next(&mut self) -> Option<T> {
        self.here.pop()
    }

    /// Takes what has come back meanwhile; gives those that are too many to be kept until they are needed,
    /// as after a time in which many waited for their minute to be over.
    fn refill(&mut self) -> impl Iterator<Item = T> {
        self.here.extend(self.back.try_iter().flatten());
        let kept = self.here.len().min(UNDER_WAY.saturating_mul(BATCH));
        self.here.drain(kept..)
    }
}

/// The way to the threads beside, and back.
pub(super) struct Beside {
    there: SyncSender<Vec<Found>>,
    returned: Returned<Box<Login>>,
    batch: Vec<Found>,
}

impl Beside {
    fn take(&mut self, found: Found) {
        self.returned.next();
        self.batch.push(found);
        if self.batch.len() >= BATCH {
            self.send();
        }
    }

    fn send(&mut self) {
        // Whoever does not listen any more has failed, and that is told when it is joined.
        let _ = self.there.send(std::mem::take(&mut self.batch));
        drop(self.returned.refill());
    }
}

/// Gives each login its verdict, in a thread of its own.
pub(super) struct JudgeBeside<'s> {
    judge: Judge<'s>,
    found: Receiver<Vec<Found>>,
    judged: SyncSender<Vec<Case>>,
    /// What this thread has made of logins; they themselves go on to the thread that found them.
    returned: Returned<Box<ExaminedLogin>>,
    back: Sender<Vec<Box<Login>>>,
}

impl JudgeBeside<'_> {
    /// All that comes, to its end.
    pub(super) fn run(mut self) {
        for batch in self.found {
            let mut cases = Vec::with_capacity(BATCH);
            let mut logins = Vec::with_capacity(BATCH);
            for found in batch {
                logins.extend(self.returned.next().map(|examined| examined.login));
                cases.push(self.judge.first(found.stream, found.login, found.now));
            }
            let _ = self.judged.send(cases);
            logins.extend(self.returned.refill().map(|examined| examined.login));
            // At the end nobody waits for them.
            let _ = self.back.send(logins);
        }
    }
}

/// Settles and tells what was judged, in a thread of its own.
pub(super) struct SettleBeside<'s, 'l> {
    settling: Settling<'s, 'l>,
    judged: Receiver<Vec<Case>>,
    #[expect(
        clippy::vec_box,
        reason = "they were in boxes before, and are only let go"
    )]
    back: Sender<Vec<Box<ExaminedLogin>>>,
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
            returned: Returned::new(done),
            back: let_go,
        };
        let settle = SettleBeside {
            settling: Settling::new(settings, listener, false),
            judged: cases,
            back: settled,
        };
        let beside = Beside {
            there,
            returned: Returned::new(logins),
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
            Self::Beside(beside) => beside.take(Found { stream, login, now }),
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
