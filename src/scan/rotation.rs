//! Rotated captures: which files belong together, in which order, and which goes on where another ends.
//!
//! Owns the names that `tcpdump -C/-G/-W` (`trace.pcap`, `trace.pcap1`, `trace-20240101.pcap`), dumpcap's
//! ring and `editcap -c` (`trace_00001_20240101120000.pcap`) give. Names only group, and tell what is missing:
//! the order is that of the packets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::analyze::first_time;
use crate::capture::Timestamp;
use crate::diagnostic::Diagnostic;
use crate::mysql::Outcome;
use crate::report::{CaptureReport, Status};
use crate::scan::find::Job;
use crate::scan::place::Place;

/// A file's name with every number in it left out: the files of one rotation share it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Set(PathBuf, String);

/// A name without the ending of a compression.
fn unpacked(name: &str) -> &str {
    let packed = [".gz", ".zst", ".lz4", ".xz"];
    let without = packed.iter().find_map(|end| name.strip_suffix(end));
    without.unwrap_or(name)
}

/// The set of a file, and the numbers in its name.
fn set_of(place: &Place) -> (Set, Vec<u128>) {
    let (folder, name) = place.parts();
    let name = unpacked(&name);
    let (mut without, mut numbers, mut digits) = (String::new(), Vec::new(), String::new());
    for c in name.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            // tcpdump -C gives its first file no number.
            if c != '\0' {
                without.push('#');
            }
            numbers.push(digits.parse().unwrap_or(u128::MAX));
            digits.clear();
        }
        without.push(c);
    }
    (Set(folder, without), numbers)
}

/// Files whose first packets are looked for at the same time.
const ASKED_AT_ONCE: usize = 16;

/// Files behind a cut one that are looked at for what goes on: a login lasts seconds.
const BEHIND: usize = 8;

/// A part of a set: by time, then by the numbers of its name.
type Order = (Option<Timestamp>, Vec<u128>);

/// Puts files that belong together into one job each: those of folders by their names, those that were
/// named themselves all together. The job stands where its first file stood.
#[must_use]
pub fn join(jobs: Vec<Job>) -> Vec<Job> {
    let mut joined: Vec<Vec<Job>> = Vec::new();
    let mut places: BTreeMap<Option<Set>, usize> = BTreeMap::new();
    for job in jobs {
        let Job::File { place, named, .. } = &job else {
            joined.push(vec![job]);
            continue;
        };
        let set = (!named).then(|| set_of(place).0);
        let at = *places.entry(set).or_insert(joined.len());
        match joined.get_mut(at) {
            Some(parts) => parts.push(job),
            None => joined.push(vec![job]),
        }
    }
    joined.into_iter().flat_map(in_order).collect()
}

/// The files of one set as one job, in the order of their packets; as one for each first number in the
/// names, if only so the numbers follow the packets: `web1.pcap0` and `web2.pcap0` of two hosts.
fn in_order(jobs: Vec<Job>) -> Vec<Job> {
    let files = jobs.iter().all(|job| matches!(job, Job::File { .. }));
    if !files {
        return jobs;
    }
    let times = first_times(&jobs);
    let parts = jobs.into_iter().zip(times);
    let mut parts: Vec<Part> = parts.map(|(job, time)| Part::of(job, time)).collect();
    parts.sort_by(|one, other| one.order.cmp(&other.order));
    if descents(&parts) > 1 && !parts.iter().any(|part| part.job.is_named()) {
        let mut groups: BTreeMap<Option<u128>, Vec<Part>> = BTreeMap::new();
        for part in &parts {
            let first = part.order.1.first().copied();
            groups.entry(first).or_default().push(part.clone());
        }
        let alone = groups.len() == parts.len();
        if !alone && groups.values().all(|group| descents(group) <= 1) {
            return groups.into_values().map(joined).collect();
        }
    }
    vec![joined(parts)]
}

/// The time of the first packet of each; a file that is alone needs none. Several are asked at once, since an
/// object store answers each after a while.
fn first_times(jobs: &[Job]) -> Vec<Option<Timestamp>> {
    if jobs.len() < 2 {
        return vec![None; jobs.len()];
    }
    let share = jobs.len().div_ceil(ASKED_AT_ONCE);
    let time = |job: &Job| match job {
        Job::File { place, .. } => place.open_beginning().ok().and_then(first_time),
        _ => None,
    };
    std::thread::scope(|scope| {
        let shares = jobs.chunks(share);
        let shares =
            shares.map(|share| scope.spawn(move || share.iter().map(time).collect::<Vec<_>>()));
        let shares: Vec<_> = shares.collect();
        let times = shares.into_iter().flat_map(|share| {
            share
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        times.collect()
    })
}

/// A file and its place.
#[derive(Clone)]
struct Part {
    order: Order,
    job: Job,
}

impl Part {
    fn of(job: Job, time: Option<Timestamp>) -> Self {
        let numbers = match &job {
            Job::File { place, .. } => set_of(place).1,
            _ => Vec::new(),
        };
        Self {
            order: (time, numbers),
            job,
        }
    }

    /// The number by which the files of a rotation are counted: behind the ending (`tcpdump -C`; none is
    /// the first), or before a time of 14 digits (dumpcap, editcap). Others may be times.
    fn counter(&self) -> Option<u128> {
        let behind_ending = unpacked(self.job.label()).ends_with(|c: char| c.is_ascii_digit());
        match self.order.1.as_slice() {
            [] => Some(0),
            [.., counter] if behind_ending && *counter < 1_000_000 => Some(*counter),
            [.., counter, time] if *time >= 10_000_000_000_000 => Some(*counter),
            _ => None,
        }
    }
}

fn joined(parts: Vec<Part>) -> Job {
    let mut doubts = Vec::new();
    if descents(&parts) > 1 {
        let message = "the numbers in the names of the joined files are in another order than their packets; the packets were followed";
        doubts.push((0, Diagnostic::of_file("joined-order", message.to_owned())));
    }
    let pairs = parts.iter().zip(parts.iter().skip(1));
    for (at, (one, next)) in (1..).zip(pairs) {
        let lost = match (one.counter(), next.counter()) {
            // An empty file has no place in time.
            _ if one.order.0.is_none() => None,
            (Some(one), Some(next)) => next.checked_sub(one).and_then(|step| step.checked_sub(1)),
            _ => None,
        };
        if let Some(lost) = lost.filter(|lost| *lost > 0) {
            let files = if lost == 1 { "file is" } else { "files are" };
            let before = one.job.label();
            let message = format!(
                "by the numbers in the names, {lost} {files} missing between {before} and this one"
            );
            doubts.push((at, Diagnostic::of_file("joined-file-missing", message)));
        }
    }
    let parts: Vec<Job> = parts.into_iter().map(|part| part.job).collect();
    let own = 0..parts.len();
    Job::Joined { parts, doubts, own }
}

/// How often the numbers of the names fall from one part to the next; a ring begins anew once. Files
/// without packets have no place in time.
fn descents(parts: &[Part]) -> usize {
    let timed = parts.iter().filter(|part| part.order.0.is_some());
    let numbers: Vec<_> = timed.map(|part| &part.order.1).collect();
    let pairs = numbers.iter().zip(numbers.iter().skip(1));
    pairs.filter(|(one, next)| one > next).count()
}

/// Without `--join`: says of a capture whose last login goes on in the next file of its rotation that
/// this is so.
pub(super) fn hint(captures: &mut [(PathBuf, CaptureReport)]) {
    let mut sets: BTreeMap<Set, Vec<(Order, usize)>> = BTreeMap::new();
    for (at, (path, report)) in captures.iter().enumerate() {
        if matches!(report.status, Status::Failed(_)) && report.packets == 0 {
            continue;
        }
        let (set, numbers) = set_of(&Place::Path(path.clone()));
        let order = (report.span.first, numbers);
        sets.entry(set).or_default().push((order, at));
    }
    let mut notes = Vec::new();
    for parts in sets.values_mut() {
        parts.sort();
        for (at, (_, one)) in parts.iter().enumerate() {
            let behind = parts.iter().skip(at.saturating_add(1)).take(BEHIND);
            let mut behind = behind.filter_map(|(_, next)| captures.get(*next));
            // A short file may hold nothing of the conversation.
            let found = captures.get(*one).and_then(|(_, cut)| {
                behind.find_map(|(_, next)| Some((next, cut_logins(cut, next)?)))
            });
            if let Some((next, (stream, count))) = found {
                let logins = if count == 1 {
                    "a login is cut by the end of this file and goes on".to_owned()
                } else {
                    format!("{count} logins are cut by the end of this file and go on")
                };
                let message = format!("{logins} in {}: scan the files with --join", next.path);
                let note = Diagnostic {
                    stream: Some(stream),
                    ..Diagnostic::of_file("goes-on-in-next-file", message)
                };
                notes.push((*one, note));
            }
        }
    }
    for (at, note) in notes {
        if let Some((_, report)) = captures.get_mut(at) {
            report.diagnostics.push(note);
        }
    }
}

/// The first stream of `cut` whose login has no end there and whose conversation goes on in `next`, and
/// how many there are.
fn cut_logins(cut: &CaptureReport, next: &CaptureReport) -> Option<(u64, usize)> {
    let goes_on = cut.logins.iter().filter(|examined| {
        let login = &examined.login;
        let ends = (
            login.client.min(login.server),
            login.client.max(login.server),
        );
        matches!(login.outcome, Outcome::Unknown) && next.span.going_on.contains(&ends)
    });
    let streams: Vec<u64> = goes_on.map(|examined| examined.stream).collect();
    streams.first().map(|first| (*first, streams.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str) -> Set {
        set_of(&Place::Path(name.into())).0
    }

    #[test]
    fn files_of_one_rotation_share_a_name() {
        for (one, other) in [
            ("trace.pcap", "trace.pcap1"),
            ("trace.pcap07", "trace.pcap12"),
            (
                "t_00001_20240101120000.pcap",
                "t_00002_20240101130000.pcap.gz",
            ),
            ("t-2024-01-01.pcap", "t-2024-01-02.pcap"),
        ] {
            assert_eq!(set(one), set(other), "{one}");
        }
        assert_ne!(set("a.pcap"), set("b.pcap"));
        assert_ne!(set("x/a.pcap"), set("y/a.pcap1"));
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let mut names = ["t.pcap10", "t.pcap9", "t.pcap"];
        names.sort_by_key(|name| set_of(&Place::Path(name.into())).1);
        assert_eq!(names, ["t.pcap", "t.pcap9", "t.pcap10"]);
    }
}
