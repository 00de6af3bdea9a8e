//! Rotated captures: which files belong together, in which order, and which goes on where another ends.
//!
//! Owns the names that `tcpdump -C/-G/-W` (`trace.pcap`, `trace.pcap1`, `trace-20240101.pcap`), dumpcap's
//! ring and `editcap -c` (`trace_00001_20240101120000.pcap`) give. Names only group and check: the order is
//! that of the packets.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::analyze::first_time;
use crate::capture::Timestamp;
use crate::diagnostic::Diagnostic;
use crate::mysql::Outcome;
use crate::report::{CaptureReport, Status};
use crate::scan::find::Job;

/// A file's name with every number in it left out: the files of one rotation share it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Set(PathBuf, String);

/// The set of a file, and the numbers in its name.
fn set_of(path: &Path) -> (Set, Vec<u128>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let packed = [".gz", ".zst", ".lz4", ".xz"];
    let name = packed
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(&name);
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
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    (Set(folder, without), numbers)
}

/// Files behind a cut one that are looked at for what goes on: a login lasts seconds.
const BEHIND: usize = 8;

/// A part of a set: by time, then by the numbers of its name.
type Order = (Option<Timestamp>, Vec<u128>);

/// Puts files that belong together into one job each: those of folders by their names, those that were
/// named themselves all together. The job stands where its first file stood.
pub(super) fn join(jobs: Vec<Job>) -> Vec<Job> {
    let mut joined: Vec<Job> = Vec::new();
    let mut places: BTreeMap<Option<Set>, usize> = BTreeMap::new();
    for job in jobs {
        let Job::File { path, named, .. } = &job else {
            joined.push(job);
            continue;
        };
        let set = (!named).then(|| set_of(path).0);
        let at = *places.entry(set).or_insert(joined.len());
        match joined.get_mut(at) {
            Some(Job::Joined { parts, .. }) => parts.push(job),
            _ => joined.push(Job::Joined {
                parts: vec![job],
                disordered: false,
            }),
        }
    }
    for job in &mut joined {
        if let Job::Joined { parts, disordered } = job {
            parts.sort_by_cached_key(order_of);
            *disordered = descents(parts) > 1;
        }
    }
    joined
}

fn order_of(job: &Job) -> Order {
    match job {
        Job::File { path, .. } => {
            let time = File::open(path).ok().and_then(first_time);
            (time, set_of(path).1)
        }
        _ => (None, Vec::new()),
    }
}

/// How often the numbers of the names fall from one part to the next; a ring begins anew once.
fn descents(parts: &[Job]) -> usize {
    let numbers = parts.iter().filter_map(|job| match job {
        Job::File { path, .. } => Some(set_of(path).1),
        _ => None,
    });
    let numbers: Vec<_> = numbers.collect();
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
        let (set, numbers) = set_of(path);
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
                let note = Diagnostic {
                    kind: "goes-on-in-next-file",
                    message: format!("{logins} in {}: scan the files with --join", next.path),
                    packet: None,
                    stream: Some(stream),
                    count: 1,
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
        set_of(Path::new(name)).0
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
        names.sort_by_key(|name| set_of(Path::new(name)).1);
        assert_eq!(names, ["t.pcap", "t.pcap9", "t.pcap10"]);
    }
}
