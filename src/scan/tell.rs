//! From the thread that analyses a job to the one that tells of it.
//!
//! Owns the batches, and the waiting of a job whose turn is far off: what is told and not yet heard is
//! bounded. Called by [`super::scan`] alone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::order::Message;
use crate::limits;
use crate::report::{CaptureReport, ExaminedLogin};

/// Batches that may be under way.
pub(super) const UNDER_WAY: usize = 4;
/// Logins of one batch; a pipe tells each at once.
pub(super) const BATCH: usize = 128;

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
    pub(super) sender: SyncSender<(usize, Message)>,
    pub(super) job: usize,
    pub(super) turn: &'s Turn,
    pub(super) stop: &'s AtomicBool,
    /// Logins that are told together.
    pub(super) size: usize,
    batch: Vec<ExaminedLogin>,
    told: usize,
}

impl<'s> Teller<'s> {
    pub(super) const fn new(
        sender: SyncSender<(usize, Message)>,
        job: usize,
        turn: &'s Turn,
        stop: &'s AtomicBool,
        size: usize,
    ) -> Self {
        Self {
            sender,
            job,
            turn,
            stop,
            size,
            batch: Vec::new(),
            told: 0,
        }
    }

    pub(super) fn login(&mut self, login: ExaminedLogin) {
        self.batch.push(login);
        if self.batch.len() >= self.size {
            self.send();
        }
    }

    fn send(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(self.size));
        self.told = self.told.saturating_add(batch.len());
        if self.told > limits::WAITING_LOGINS {
            self.turn.wait(self.job, self.stop);
        }
        // Nobody listens any more only when the scan is given up.
        let _ = self.sender.send((self.job, Message::Logins(batch)));
    }

    /// The job is through; false when nobody listens any more.
    pub(super) fn through(mut self, reports: Vec<CaptureReport>) -> bool {
        self.send();
        let message = Message::Through(reports);
        self.sender.send((self.job, message)).is_ok()
    }
}
