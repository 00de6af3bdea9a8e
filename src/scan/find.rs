//! From what was named to what is read: files, folders, standard input.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{fs, io};

use globset::GlobSet;
use walkdir::{DirEntry, WalkDir};

use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::report::text;
use crate::scan::place::Place;
use crate::scan::{is_url, reason, unreadable};

/// One source to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// A regular file; `named` if it was named itself and not found in a folder.
    File {
        /// What reports call it.
        label: String,
        /// Where it is.
        place: Place,
        /// Named itself.
        named: bool,
        /// Its length in bytes when it was found.
        size: u64,
        /// What it must be still, where that was agreed on before: [`Place::version`].
        version: Option<String>,
    },
    /// A pipe or a device, which may be silent for long.
    Pipe {
        /// What reports call it.
        label: String,
        /// Where it is.
        path: PathBuf,
    },
    /// Files that are read as one capture, in time order.
    Joined {
        /// [`Job::File`]s.
        parts: Vec<Job>,
        /// What speaks against these being one capture and all of it, each with its part.
        doubts: Vec<(usize, Diagnostic)>,
        /// Those that are told of. What stands before is read for what it opens, what stands behind for
        /// logins that go on in it.
        own: Range<usize>,
    },
    /// Standard input.
    Stdin {
        /// `-`
        label: String,
    },
    /// Something that cannot be read.
    Failed {
        /// What reports call it.
        label: String,
        /// Why not, and what helps.
        why: String,
    },
}

impl Job {
    /// What reports call it; of joined files, the first's name.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::File { label, .. }
            | Self::Pipe { label, .. }
            | Self::Stdin { label }
            | Self::Failed { label, .. } => label,
            Self::Joined { parts, .. } => parts.first().map_or("", Self::label),
        }
    }

    /// How many files, and their bytes where that is known.
    #[must_use]
    pub fn size(&self) -> (usize, Option<u64>) {
        match self {
            Self::File { size, .. } => (1, Some(*size)),
            Self::Failed { .. } => (1, Some(0)),
            Self::Pipe { .. } | Self::Stdin { .. } => (1, None),
            Self::Joined { parts, .. } => total(parts),
        }
    }

    /// Whether its bytes come as somebody writes them.
    pub(super) const fn is_live(&self) -> bool {
        matches!(self, Self::Pipe { .. } | Self::Stdin { .. })
    }

    /// Whether it was named itself and not found in a folder.
    pub(super) fn is_named(&self) -> bool {
        match self {
            Self::File { named, .. } => *named,
            Self::Joined { parts, .. } => parts.iter().any(Self::is_named),
            Self::Pipe { .. } | Self::Stdin { .. } | Self::Failed { .. } => true,
        }
    }
}

/// The same of several.
#[must_use]
pub fn total(jobs: &[Job]) -> (usize, Option<u64>) {
    jobs.iter().fold((0, Some(0)), |(files, bytes), job| {
        let (more, size) = job.size();
        let bytes = bytes.zip(size).map(|(a, b)| u64::saturating_add(a, b));
        (usize::saturating_add(files, more), bytes)
    })
}

/// What to look for in folders.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Only files of which one of these matches the name, or, with a `/`, the path inside the folder.
    pub include: Option<GlobSet>,
    /// No files or folders of which one of these does.
    pub exclude: Option<GlobSet>,
}

/// What there is to read.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The sources, in order.
    pub jobs: Vec<Job>,
    /// What was passed over in folders.
    pub skipped: Skipped,
}

/// Files of folders that were passed over: all counted, the first [`limits::SKIPPED`] named.
#[derive(Clone, Debug, Default)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// Their paths, and why.
    pub named: Vec<(String, String)>,
}

impl Skipped {
    /// One more.
    pub fn note(&mut self, path: String, why: impl Into<String>) {
        self.count = self.count.saturating_add(1);
        if self.named.len() < limits::SKIPPED {
            self.named.push((path, why.into()));
        }
    }
}

/// Every source that `paths` name: in their order, folders recursively in the order of names.
/// Folders behind symbolic links inside folders are not entered, so that there are no loops.
#[must_use]
pub fn find(paths: &[PathBuf], search: &Search) -> Found {
    let mut found = Found::default();
    let mut stdin = false;
    for path in paths {
        if path == Path::new("-") {
            // It can be read once.
            if !stdin {
                found.jobs.push(Job::Stdin { label: "-".into() });
            }
            stdin = true;
        } else if let Some(url) = path.to_str().filter(|path| is_url(path)) {
            #[cfg(feature = "cloud")]
            super::object::list(url, search, &mut found);
            #[cfg(not(feature = "cloud"))]
            found.jobs.push(Job::Failed {
                label: url.to_owned(),
                why: reason(&super::no_cloud(url)),
            });
        } else {
            named(path, search, &mut found);
        }
    }
    found
}

fn named(path: &Path, search: &Search, found: &mut Found) {
    let label = label(path);
    match fs::metadata(path) {
        Err(error) => found.jobs.push(Job::Failed {
            label,
            why: unreadable(&error),
        }),
        Ok(about) if about.is_dir() => folder(path, search, found),
        Ok(about) if about.is_file() => found.jobs.push(Job::File {
            label,
            place: Place::Path(path.to_owned()),
            named: true,
            size: about.len(),
            version: None,
        }),
        Ok(about) if is_socket(about.file_type()) => found.jobs.push(Job::Failed {
            label,
            why: "a socket holds no capture".into(),
        }),
        Ok(_) => found.jobs.push(Job::Pipe {
            label,
            path: path.to_owned(),
        }),
    }
}

fn folder(root: &Path, search: &Search, found: &mut Found) {
    let wanted = |entry: &DirEntry| {
        let excluded = |globs: &GlobSet| matches(globs, root, entry);
        entry.depth() == 0 || !search.exclude.as_ref().is_some_and(excluded)
    };
    let entries = WalkDir::new(root).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(wanted) {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => {
                let included = |globs: &GlobSet| matches(globs, root, &entry);
                if search.include.as_ref().is_none_or(included) {
                    inside(entry, found);
                }
            }
            Err(error) => found.jobs.push(Job::Failed {
                label: label(error.path().unwrap_or(root)),
                why: error
                    .io_error()
                    .map_or_else(|| error.to_string(), unreadable),
            }),
        }
    }
}

/// Whether a glob matches the name, or, if it has a `/`, the path inside the folder. Globs without one
/// cannot match a path with one, since `*` does not match `/` here.
fn matches(globs: &GlobSet, root: &Path, entry: &DirEntry) -> bool {
    let inside = entry.path().strip_prefix(root).unwrap_or(entry.path());
    globs.is_match(entry.file_name()) || globs.is_match(inside)
}

/// What stands in a folder. Only regular files are opened: the others might never end, or do something.
fn inside(entry: DirEntry, found: &mut Found) {
    let label = label(entry.path());
    let kind = entry.file_type();
    let about = if kind.is_symlink() {
        fs::metadata(entry.path())
    } else {
        entry.metadata().map_err(io::Error::from)
    };
    match about {
        Ok(about) if about.is_file() => found.jobs.push(Job::File {
            label,
            size: about.len(),
            place: Place::Path(entry.into_path()),
            named: false,
            version: None,
        }),
        Ok(about) if about.is_dir() => {
            let why = "a link to a folder is not followed; name it to search it";
            found.skipped.note(label, why);
        }
        Ok(about) => found.skipped.note(label, special(about.file_type())),
        Err(error) if kind.is_symlink() => {
            let why = format!("a link that leads nowhere: {}", reason(&error));
            found.skipped.note(label, why);
        }
        Err(error) => found.jobs.push(Job::Failed {
            label,
            why: unreadable(&error),
        }),
    }
}

fn is_socket(kind: fs::FileType) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::FileTypeExt::is_socket(&kind);
    #[cfg(not(unix))]
    return false;
}

/// What a file is that holds no bytes of its own.
fn special(kind: fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return "a named pipe is not opened in a folder; name it to read it";
        }
        if kind.is_socket() {
            return "a socket is not opened";
        }
    }
    let _ = kind;
    "a device is not opened in a folder; name it to read it"
}

/// A path as text.
fn label(path: &Path) -> String {
    text::from_bytes(path.as_os_str().as_encoded_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_in_order_and_loops_are_not_entered() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/c")).unwrap();
        for name in ["z.pcap", "a.pcap", "b/2.pcap", "b/10.pcap", "b/c/x"] {
            fs::write(root.join(name), b"").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root, root.join("b/loop")).unwrap();
            std::os::unix::fs::symlink(root.join("a.pcap"), root.join("b/link")).unwrap();
            std::os::unix::fs::symlink("nowhere", root.join("b/dangling")).unwrap();
        }
        let all = find(&[root.to_owned()], &Search::default());
        let found: Vec<String> = all
            .jobs
            .into_iter()
            .map(|job| match job {
                Job::File { place, named, .. } => {
                    assert!(!named);
                    let path = place.path().unwrap();
                    path.strip_prefix(root).unwrap().display().to_string()
                }
                other => panic!("{other:?}"),
            })
            .collect();
        let mut expected = vec!["a.pcap", "b/10.pcap", "b/2.pcap", "b/c/x", "z.pcap"];
        if cfg!(unix) {
            expected.insert(4, "b/link");
        }
        assert_eq!(found, expected);
        let skipped = all.skipped.named.into_iter().map(|(_, why)| why);
        let skipped: Vec<_> = skipped.collect();
        if cfg!(unix) {
            assert_eq!(skipped.len(), 2, "{skipped:?}");
            assert!(skipped[0].starts_with("a link that leads nowhere"));
            assert!(skipped[1].starts_with("a link to a folder"));
        }
    }

    #[test]
    fn globs_choose_by_name_or_by_path() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("old/deep")).unwrap();
        for name in [
            "a.pcap",
            "b.txt",
            ".hidden.pcap",
            "old/c.pcap",
            "old/deep/d.pcap",
        ] {
            fs::write(root.join(name), b"").unwrap();
        }
        let globs = |text: &str| {
            let glob = globset::GlobBuilder::new(text)
                .literal_separator(true)
                .build();
            let set = globset::GlobSetBuilder::new().add(glob.unwrap()).build();
            Some(set.unwrap())
        };
        for (include, exclude, expected) in [
            (None, None, 5),
            (globs("*.pcap"), None, 4),
            (globs("*.pcap"), globs("old"), 2),
            (None, globs("old/deep"), 4),
            (globs("old/*"), None, 1),
            (globs("**/deep/*"), None, 1),
        ] {
            let found = find(&[root.to_owned()], &Search { include, exclude });
            assert_eq!(found.jobs.len(), expected, "{:?}", found.jobs);
        }
    }

    #[test]
    fn what_is_named_twice_or_not_there() {
        let paths = ["-".into(), "no/such/file".into(), "-".into()];
        let jobs = find(&paths, &Search::default()).jobs;
        assert_eq!(jobs.len(), 2);
        assert_eq!(jobs[0], Job::Stdin { label: "-".into() });
        assert!(
            matches!(&jobs[1], Job::Failed { why, .. } if why.starts_with("no such file or directory"))
        );
    }
}
