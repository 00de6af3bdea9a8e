//! From the thread that analyses a job to the one that tells of it.
//!
//! Owns the pages, and the waiting of a job whose turn is far off: what is told and not yet heard is
//! bounded. Called by [`super::scan`] alone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::Job;
use super::observer::{Page, Pen, Scribe};
use super::order::Message;
use crate::limits;
use crate::report::{CaptureReport, ExaminedLogin, Tally};

/// Pages that may be under way.
pub(super) const UNDER_WAY: usize = 4;
/// Bytes of a page: whoever writes them is woken for each.
const PAGE: usize = 512 << 10;

/// Which job is told of as it goes.
#[derive(Default)]
pub(super) struct Turn {
    now: Mutex<usize>,
    moved: Condvar,
}

impl Turn {
    pub(super) fn move_to(&self, job: usize) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if *now != job {
            *now = job;
            self.moved.notify_all();
        }
    }

    /// Waits until it is this job's turn, or the run is to end. The job whose turn it is was begun
    /// before, and so goes on.
    fn wait(&self, job: usize, stop: &AtomicBool) {
        const TICK: Duration = Duration::from_millis(50);
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        while *now < job && !stop.load(Ordering::Relaxed) {
            let waited = self.moved.wait_timeout(now, TICK);
            now = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Tells of one job.
pub(super) struct Teller<'s> {
    sender: SyncSender<(usize, Message)>,
    at: usize,
    job: &'s Job,
    turn: &'s Turn,
    stop: &'s AtomicBool,
    scribe: Option<(&'s dyn Scribe, Box<dyn Pen + Send + 's>)>,
    page: Page,
    told: u64,
    /// Where logins are forgotten once they are told.
    tally: Option<Tally>,
}

impl<'s> Teller<'s> {
    pub(super) fn new(
        sender: SyncSender<(usize, Message)>,
        (at, job): (usize, &'s Job),
        turn: &'s Turn,
        stop: &'s AtomicBool,
        scribe: Option<&'s dyn Scribe>,
    ) -> Self {
        let joined = matches!(job, Job::Joined { .. });
        Self {
            sender,
            at,
            job,
            turn,
            stop,
            scribe: scribe.map(|scribe| (scribe, scribe.pen())),
            page: Page::default(),
            told: 0,
            tally: scribe.filter(|_| !joined).and_then(Scribe::tally),
        }
    }

    /// Whether logins are kept in the reports.
    pub(super) const fn keeps(&self) -> bool {
        self.tally.is_none()
    }

    /// Tells of a login.
    pub(super) fn login(&mut self, login: &ExaminedLogin) {
        let Some((scribe, pen)) = &mut self.scribe else {
            return;
        };
        if scribe.needs_order() {
            self.turn.wait(self.at, self.stop);
        }
        pen.login(self.job.label(), None, login, &mut self.page);
        self.page.count(login);
        if let Some(tally) = &mut self.tally {
            scribe.count(tally, login);
        }
        // What somebody sends at this moment is told at this moment.
        if self.job.is_live() || self.page.text.len() >= PAGE - PAGE / 8 {
            self.send();
        }
    }

    fn send(&mut self) {
        let page = std::mem::take(&mut self.page);
        if page.logins == 0 {
            return;
        }
        if page.text.len() > PAGE / 2 {
            // The next one will be as long.
            self.page.text = Vec::with_capacity(PAGE);
        }
        self.told = self.told.saturating_add(page.logins);
        if self.told > limits::WAITING_LOGINS {
            self.turn.wait(self.at, self.stop);
        }
        // Nobody listens any more only when the scan is given up.
        let _ = self.sender.send((self.at, Message::Page(page)));
    }

    /// The job is through; false when nobody listens any more.
    pub(super) fn through(mut self, reports: Vec<CaptureReport>) -> bool {
        self.send();
        if let Some(tally) = &mut self.tally {
            tally.count_shared(reports.iter().flat_map(|report| &report.across));
        }
        let message = Message::Through(reports, self.tally.take().map(Box::new));
        self.sender.send((self.at, message)).is_ok()
    }
}
