//! From sources to tasks: what belongs together stays together, as long as it is no more than one task
//! should read.
//!
//! Owns the sizes. Which files belong together is known to [`crate::scan::join`].

use super::{Plan, PlanHead, SHAPE, Set, Source, Task, hash, id_of};
use crate::scan::{Found, Job};

/// Bytes of sources that are read along before and behind a slice, at least: logins are under way for
/// seconds, and the files of most rotations are larger.
const ALONG: u64 = 16 << 20;
/// Files that are read along at most, however small.
const ALONG_FILES: usize = 1024;

/// How large tasks are.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Bytes of a task. A file that is larger is one of its own.
    pub bytes: u64,
    /// Files of a slice, where sets are to be cut into slices whatever their size.
    pub slice: Option<usize>,
}

/// Plans the reading of what was found, with `options`, which name no secret. The jobs are joined already.
#[must_use]
pub fn make(found: &Found, options: Vec<String>, size: Size) -> Plan {
    let mut plan = Plan {
        head: PlanHead {
            shape: SHAPE,
            id: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            options,
            tasks: 0,
            sources: 0,
            bytes: 0,
            skipped: found.skipped.count,
            skipped_named: found.skipped.named.clone(),
        },
        tasks: Vec::new(),
    };
    let mut packed: Vec<Set> = Vec::new();
    let mut in_pack = 0_u64;
    for (at, job) in found.jobs.iter().enumerate() {
        let sources = sources(job);
        let bytes = bytes(&sources);
        let sliced = match size.slice {
            Some(files) => sources.len() > files,
            None => bytes > size.bytes && sources.len() > 1,
        };
        if sliced {
            plan.push(std::mem::take(&mut packed));
            in_pack = 0;
            for own in slices(&sources, size) {
                plan.push(vec![slice(&sources, own, at)]);
            }
            continue;
        }
        if in_pack.saturating_add(bytes) > size.bytes {
            plan.push(std::mem::take(&mut packed));
            in_pack = 0;
        }
        in_pack = in_pack.saturating_add(bytes);
        packed.push(Set {
            sources,
            ..Set::default()
        });
    }
    plan.push(packed);
    count(&mut plan.head, &plan.tasks);
    plan
}

/// Counts again.
pub(super) fn count(head: &mut PlanHead, tasks: &[Task]) {
    head.tasks = tasks.len() as u64;
    let sources = tasks.iter().flat_map(Task::sources);
    let (mut files, mut bytes) = (0_u64, 0_u64);
    for source in sources {
        files = files.saturating_add(1);
        bytes = bytes.saturating_add(source.size);
    }
    head.sources = files;
    head.bytes = bytes;
    head.id = id_of(head, tasks);
}

impl Plan {
    fn push(&mut self, sets: Vec<Set>) {
        if sets.is_empty() {
            return;
        }
        self.tasks.push(Task {
            n: self.tasks.len() as u64,
            id: hash(&(&self.head.version, &self.head.options, &sets)),
            bytes: sets
                .iter()
                .map(|set| bytes(&set.sources))
                .fold(0, u64::saturating_add),
            sets,
        });
    }
}

fn bytes(sources: &[Source]) -> u64 {
    let sizes = sources.iter().map(|source| source.size);
    sizes.fold(0, u64::saturating_add)
}

fn sources(job: &Job) -> Vec<Source> {
    match job {
        Job::Joined { parts, doubts, .. } => {
            let mut all: Vec<Source> = parts.iter().flat_map(sources).collect();
            for (at, doubt) in doubts {
                if let Some(source) = all.get_mut(*at) {
                    let note = (doubt.kind.to_owned(), doubt.message.clone());
                    source.notes.push(note);
                }
            }
            all
        }
        Job::File {
            label,
            place,
            named,
            size,
            ..
        } => {
            let mut source = Source {
                url: label.clone(),
                size: *size,
                named: *named,
                ..Source::default()
            };
            match (place.url(), place.version()) {
                (Some(url), Ok(version)) => (source.url, source.version) = (url, version),
                (None, _) => {
                    source.error = Some("its name is no UTF-8: a plan cannot name it".into());
                }
                (_, Err(error)) => source.error = Some(crate::scan::reason(&error)),
            }
            vec![source]
        }
        Job::Failed { label, why } => vec![Source {
            url: label.clone(),
            named: true,
            error: Some(why.clone()),
            ..Source::default()
        }],
        Job::Pipe { label, .. } | Job::Stdin { label } => vec![Source {
            url: label.clone(),
            named: true,
            error: Some("a pipe cannot be planned: write it into a file".into()),
            ..Source::default()
        }],
    }
}

/// Which sources each slice tells of.
fn slices(sources: &[Source], size: Size) -> Vec<(usize, usize)> {
    let mut slices = Vec::new();
    let (mut from, mut bytes) = (0_usize, 0_u64);
    for (at, source) in sources.iter().enumerate() {
        let files = at.saturating_sub(from);
        let full = match size.slice {
            Some(most) => files >= most.max(1),
            None => files > 0 && bytes.saturating_add(source.size) > size.bytes,
        };
        if full {
            slices.push((from, at));
            (from, bytes) = (at, 0);
        }
        bytes = bytes.saturating_add(source.size);
    }
    slices.push((from, sources.len()));
    slices
}

fn slice(sources: &[Source], (from, to): (usize, usize), set: usize) -> Set {
    let enough = |sources: &mut dyn Iterator<Item = &Source>| {
        let (mut files, mut bytes) = (0_usize, 0_u64);
        for source in sources.take(ALONG_FILES) {
            if bytes >= ALONG {
                break;
            }
            bytes = bytes.saturating_add(source.size);
            files = files.saturating_add(1);
        }
        files
    };
    let before = enough(&mut sources.iter().take(from).rev());
    let behind = enough(&mut sources.iter().skip(to));
    let first = from.saturating_sub(before);
    let last = to.saturating_add(behind);
    Set {
        sources: sources.get(first..last).unwrap_or_default().to_vec(),
        own: Some((before, to.saturating_sub(first))),
        slice_of: Some(set),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(sizes: &[u64]) -> Job {
        let part = |(n, size): (usize, &u64)| Job::File {
            label: format!("{n}-{size}"),
            place: crate::scan::Place::at(&format!("{n}-{size}"), "", *size),
            named: false,
            size: *size,
            version: None,
        };
        Job::Joined {
            parts: sizes.iter().enumerate().map(part).collect(),
            doubts: Vec::new(),
            own: 0..sizes.len(),
        }
    }

    fn planned(jobs: Vec<Job>, size: Size) -> Plan {
        let found = Found {
            jobs,
            ..Found::default()
        };
        make(&found, vec!["--port=3307".into()], size)
    }

    #[test]
    fn the_same_input_gives_the_same_plan_and_reads_back() {
        let size = Size {
            bytes: 100,
            slice: Some(2),
        };
        let plan = planned(vec![set(&[1, 1, 1]), set(&[1])], size);
        assert_eq!(plan, planned(vec![set(&[1, 1, 1]), set(&[1])], size));
        assert_eq!(plan.tasks.len(), 3);
        let mut bytes = Vec::new();
        plan.write(&mut bytes).unwrap();
        assert_eq!(Plan::read(bytes.as_slice()).unwrap(), plan);
        let cut = &bytes[..bytes.len() - 10];
        assert!(Plan::read(cut).is_err());
        let text = String::from_utf8(bytes).unwrap();
        let changed = text.replacen("0-1", "0-2", 1);
        assert!(Plan::read(changed.as_bytes()).is_err());
    }

    #[test]
    fn each_source_is_told_by_one_task() {
        for files in 1..6 {
            for slice in 1..4 {
                let size = Size {
                    bytes: u64::MAX,
                    slice: Some(slice),
                };
                let plan = planned(vec![set(&vec![1; files])], size);
                let told: Vec<_> = plan.tasks.iter().flat_map(Task::sources).collect();
                assert_eq!(told.len(), files);
                for (n, source) in told.iter().enumerate() {
                    assert!(source.url.starts_with(&n.to_string()));
                }
            }
        }
    }

    #[test]
    fn what_is_left_has_numbers_without_gaps_and_the_same_ids() {
        let size = Size {
            bytes: 0,
            slice: None,
        };
        let plan = planned(vec![set(&[1]), set(&[2]), set(&[3])], size);
        let ids: Vec<String> = plan.tasks.iter().map(|task| task.id.clone()).collect();
        let left = plan.without(|task| task.id == ids[1]);
        let numbers: Vec<_> = left.tasks.iter().map(|t| (t.n, t.id.clone())).collect();
        assert_eq!(numbers, [(0, ids[0].clone()), (1, ids[2].clone())]);
    }
}
