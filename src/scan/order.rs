//! What many threads found, told in the order of the jobs.
//!
//! Owns the waiting: the first job that is not through is told of as it goes, what comes of later
//! ones is kept until their turn. Called by [`super::scan`] alone.

use std::collections::BTreeMap;

use super::Job;
use super::observer::Observer;
use crate::report::{CaptureReport, ExaminedLogin};

/// What a thread tells of a job.
pub(super) enum Message {
    /// Logins, before the job is through.
    Logins(Vec<ExaminedLogin>),
    /// The job is through: its captures.
    Through(Vec<CaptureReport>),
}

/// What is kept of a job whose turn has not come.
#[derive(Default)]
struct Kept {
    logins: Vec<ExaminedLogin>,
    reports: Option<Vec<CaptureReport>>,
}

/// Brings what is told of jobs into their order.
pub(super) struct InOrder<'j> {
    jobs: &'j [Job],
    waiting: BTreeMap<usize, Kept>,
    /// The first job that is not through.
    turn: usize,
    through: Vec<(usize, Vec<CaptureReport>)>,
}

impl<'j> InOrder<'j> {
    pub(super) const fn new(jobs: &'j [Job]) -> Self {
        Self {
            jobs,
            waiting: BTreeMap::new(),
            turn: 0,
            through: Vec::new(),
        }
    }

    /// Tells `observer` what is its turn.
    pub(super) fn hear(&mut self, at: usize, message: Message, observer: &mut dyn Observer) {
        match message {
            Message::Logins(logins) if at == self.turn => {
                for login in &logins {
                    observer.login(self.label(at), None, login);
                }
            }
            Message::Logins(logins) => {
                self.waiting.entry(at).or_default().logins.extend(logins);
            }
            Message::Through(reports) => {
                self.waiting.entry(at).or_default().reports = Some(reports);
            }
        }
        while self.is_through(self.turn) {
            self.tell(self.turn, observer);
            self.turn = self.turn.saturating_add(1);
            // What was kept of the next is told now, even if that is still running.
            let label = self.label(self.turn);
            if let Some(kept) = self.waiting.get_mut(&self.turn) {
                for login in std::mem::take(&mut kept.logins) {
                    observer.login(label, None, &login);
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
        for login in &kept.logins {
            observer.login(self.label(at), None, login);
        }
        let Some(reports) = kept.reports else {
            return;
        };
        if let Some(Job::Joined { .. }) = self.jobs.get(at) {
            for report in &reports {
                let numbering = report.numbering.as_deref();
                for login in &report.logins {
                    observer.login(&report.path, numbering, login);
                }
            }
        }
        self.through.push((at, reports));
    }

    fn label(&self, at: usize) -> &'j str {
        self.jobs.get(at).map_or("", Job::label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Numbering;
    use crate::report::testing::switched;

    #[derive(Default)]
    struct Heard(Vec<(String, u64)>);

    impl Observer for Heard {
        fn login(&mut self, path: &str, _: Option<&Numbering>, login: &ExaminedLogin) {
            self.0.push((path.to_owned(), login.stream));
        }
    }

    fn through(name: &str) -> Message {
        Message::Through(vec![CaptureReport::new(name)])
    }

    fn login(stream: u64) -> Message {
        Message::Logins(vec![switched(stream)])
    }

    #[test]
    fn captures_come_in_the_order_of_the_jobs() {
        let job = |label: &str| Job::Stdin {
            label: label.into(),
        };
        let jobs = ["a", "b", "c", "d", "e"].map(job);
        let mut heard = Heard::default();
        let mut order = InOrder::new(&jobs);
        for (at, message) in [
            (2, login(20)),
            (0, login(1)),
            (2, through("c")),
            (0, login(2)),
            (1, login(10)),
            (0, through("a")),
            (1, login(11)),
            (1, through("b")),
            (4, login(40)),
            (4, through("e")),
        ] {
            order.hear(at, message, &mut heard);
        }
        let through = order.finish(&mut heard);
        let told = [
            ("a", 1),
            ("a", 2),
            ("b", 10),
            ("b", 11),
            ("c", 20),
            ("e", 40),
        ];
        assert_eq!(
            heard.0,
            told.map(|(path, stream)| (path.to_owned(), stream))
        );
        // The fourth was never begun.
        let places: Vec<usize> = through.iter().map(|(at, _)| *at).collect();
        assert_eq!(places, [0, 1, 2, 4]);
    }
}
