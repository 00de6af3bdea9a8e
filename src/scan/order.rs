//! What many threads found, told in the order of the jobs.
//!
//! Owns the waiting: the first job that is not through is told of as it goes, what comes of later
//! ones is kept until their turn. Called by [`super::scan`] alone.

use std::collections::BTreeMap;

use super::{Job, Message, Observer, Outcome};
use crate::report::ExaminedLogin;

/// What is kept of a job whose turn has not come.
#[derive(Default)]
struct Kept {
    logins: Vec<ExaminedLogin>,
    outcome: Option<Outcome>,
}

/// Tells `observer`, and gives the outcomes back in the order of the jobs. A job that was never
/// begun has none.
pub(super) fn in_order(
    messages: impl Iterator<Item = (usize, Message)>,
    jobs: &[Job],
    observer: &mut dyn Observer,
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut waiting: BTreeMap<usize, Kept> = BTreeMap::new();
    let mut turn = 0_usize;
    let mut through = 0_usize;
    for (at, message) in messages {
        match message {
            Message::Login(login) if at == turn => observer.login(label(jobs, at), &login),
            Message::Login(login) => waiting.entry(at).or_default().logins.push(*login),
            Message::Through(outcome) => {
                through = through.saturating_add(1);
                observer.done(through);
                waiting.entry(at).or_default().outcome = Some(outcome);
            }
        }
        // Only the end of the job whose turn it is moves the turn; what was kept of the next one
        // is told then, even if that is still running.
        while waiting
            .get(&turn)
            .is_some_and(|kept| kept.outcome.is_some())
        {
            if let Some(kept) = waiting.remove(&turn) {
                tell(kept, label(jobs, turn), observer, &mut outcomes);
            }
            turn = turn.saturating_add(1);
            if let Some(kept) = waiting.get_mut(&turn) {
                for login in std::mem::take(&mut kept.logins) {
                    observer.login(label(jobs, turn), &login);
                }
            }
        }
    }
    outcomes
}

fn tell(kept: Kept, label: &str, observer: &mut dyn Observer, outcomes: &mut Vec<Outcome>) {
    for login in &kept.logins {
        observer.login(label, login);
    }
    if let Some(outcome) = kept.outcome {
        if let Outcome::Capture(report) = &outcome {
            observer.capture(report);
        }
        outcomes.push(outcome);
    }
}

fn label(jobs: &[Job], at: usize) -> &str {
    jobs.get(at).map_or("", Job::label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::CaptureReport;

    #[derive(Default)]
    struct Heard(Vec<String>);

    impl Observer for Heard {
        fn capture(&mut self, capture: &CaptureReport) {
            self.0.push(capture.path.clone());
        }
    }

    fn through(at: usize, name: &str) -> (usize, Message) {
        let report = CaptureReport::new(name);
        (at, Message::Through(Outcome::Capture(Box::new(report))))
    }

    #[test]
    fn captures_come_in_the_order_of_the_jobs() {
        let jobs: Vec<Job> = ["a", "b", "c", "d"]
            .map(|label| Job::Stdin {
                label: label.into(),
            })
            .into();
        let messages = vec![
            through(2, "c"),
            through(0, "a"),
            (1, Message::Through(Outcome::NoCapture)),
            through(3, "d"),
        ];
        let mut heard = Heard::default();
        let outcomes = in_order(messages.into_iter(), &jobs, &mut heard);
        assert_eq!(heard.0, ["a", "c", "d"]);
        assert_eq!(outcomes.len(), 4);
    }
}
