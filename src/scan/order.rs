//! What many threads found, told in the order of the jobs.
//!
//! Owns the waiting: the first job that is not through is told of as it goes, what comes of later
//! ones is kept until their turn. Called by [`super::scan`] alone.

use std::collections::BTreeMap;

use super::Job;
use super::observer::{Observer, Page, Scribe};
use crate::report::{CaptureReport, Tally};

/// What a thread tells of a job.
pub(super) enum Message {
    /// Logins, before the job is through.
    Page(Page),
    /// The job is through: its captures, and what was counted of logins that are not in them.
    Through(Vec<CaptureReport>, Option<Box<Tally>>),
}

/// What is kept of a job whose turn has not come.
#[derive(Default)]
struct Kept {
    pages: Vec<Page>,
    reports: Option<(Vec<CaptureReport>, Option<Box<Tally>>)>,
}

/// Brings what is told of jobs into their order.
pub(super) struct InOrder<'j> {
    jobs: &'j [Job],
    /// Writes what joined captures hold, which is known when all are read.
    scribe: Option<&'j dyn Scribe>,
    waiting: BTreeMap<usize, Kept>,
    /// The first job that is not through.
    turn: usize,
    through: Vec<(usize, Vec<CaptureReport>)>,
}

impl<'j> InOrder<'j> {
    pub(super) const fn new(jobs: &'j [Job], scribe: Option<&'j dyn Scribe>) -> Self {
        Self {
            jobs,
            scribe,
            waiting: BTreeMap::new(),
            turn: 0,
            through: Vec::new(),
        }
    }

    /// Tells `observer` what is its turn.
    pub(super) fn hear(&mut self, at: usize, message: Message, observer: &mut dyn Observer) {
        match message {
            Message::Page(page) if at == self.turn => observer.page(page),
            Message::Page(page) => {
                self.waiting.entry(at).or_default().pages.push(page);
            }
            Message::Through(reports, tally) => {
                self.waiting.entry(at).or_default().reports = Some((reports, tally));
            }
        }
        while self.is_through(self.turn) {
            self.tell(self.turn, observer);
            self.turn = self.turn.saturating_add(1);
            // What was kept of the next is told now, even if that is still running.
            if let Some(kept) = self.waiting.get_mut(&self.turn) {
                for page in std::mem::take(&mut kept.pages) {
                    observer.page(page);
                }
            }
        }
    }

    /// The job that is told of as it goes.
    pub(super) const fn turn(&self) -> usize {
        self.turn
    }

    /// The captures of each job in order. A job that was never begun has none; those behind it are
    /// told all the same.
    pub(super) fn finish(
        mut self,
        observer: &mut dyn Observer,
    ) -> Vec<(usize, Vec<CaptureReport>)> {
        let left: Vec<usize> = self.waiting.keys().copied().collect();
        for at in left {
            self.tell(at, observer);
        }
        self.through
    }

    fn is_through(&self, at: usize) -> bool {
        let kept = self.waiting.get(&at);
        kept.is_some_and(|kept| kept.reports.is_some())
    }

    fn tell(&mut self, at: usize, observer: &mut dyn Observer) {
        let Some(kept) = self.waiting.remove(&at) else {
            return;
        };
        for page in kept.pages {
            observer.page(page);
        }
        let Some((reports, tally)) = kept.reports else {
            return;
        };
        if let (Some(Job::Joined { .. }), Some(scribe)) = (self.jobs.get(at), self.scribe) {
            let mut pen = scribe.pen();
            for report in &reports {
                let numbering = report.numbering.as_deref();
                for login in &report.logins {
                    let mut page = Page::default();
                    pen.login(&report.path, numbering, login, &mut page);
                    observer.page(page);
                }
            }
        }
        if let Some(tally) = tally {
            observer.tally(*tally);
        }
        self.through.push((at, reports));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Heard(Vec<u64>);

    impl Observer for Heard {
        fn page(&mut self, page: Page) {
            self.0.push(page.logins);
        }
    }

    fn through(name: &str) -> Message {
        Message::Through(vec![CaptureReport::new(name)], None)
    }

    fn page(logins: u64) -> Message {
        Message::Page(Page {
            logins,
            ..Page::default()
        })
    }

    #[test]
    fn captures_come_in_the_order_of_the_jobs() {
        let job = |label: &str| Job::Stdin {
            label: label.into(),
        };
        let jobs = ["a", "b", "c", "d", "e"].map(job);
        let mut heard = Heard::default();
        let mut order = InOrder::new(&jobs, None);
        for (at, message) in [
            (2, page(20)),
            (0, page(1)),
            (2, through("c")),
            (0, page(2)),
            (1, page(10)),
            (0, through("a")),
            (1, page(11)),
            (1, through("b")),
            (4, page(40)),
            (4, through("e")),
        ] {
            order.hear(at, message, &mut heard);
        }
        let through = order.finish(&mut heard);
        assert_eq!(heard.0, [1, 2, 10, 11, 20, 40]);
        // The fourth was never begun.
        let places: Vec<usize> = through.iter().map(|(at, _)| *at).collect();
        assert_eq!(places, [0, 1, 2, 4]);
    }
}
