//! From what was named to what is read: files, folders, standard input.

use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::report::text;
use crate::scan::unreadable;

/// One source to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// A regular file; `named` if it was named itself and not found in a folder.
    File {
        /// What reports call it.
        label: String,
        /// Where it is.
        path: PathBuf,
        /// Named itself.
        named: bool,
    },
    /// A pipe or a device, which may be silent for long.
    Pipe {
        /// What reports call it.
        label: String,
        /// Where it is.
        path: PathBuf,
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
    /// What reports call it.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::File { label, .. }
            | Self::Pipe { label, .. }
            | Self::Stdin { label }
            | Self::Failed { label, .. } => label,
        }
    }
}

/// Every source that `paths` name: in their order, folders recursively in the order of names.
/// Folders behind symbolic links inside folders are not entered, so that there are no loops.
#[must_use]
pub fn find(paths: &[PathBuf]) -> Vec<Job> {
    let mut jobs = Vec::new();
    let mut stdin = false;
    for path in paths {
        if path == Path::new("-") {
            // It can be read once.
            if !stdin {
                jobs.push(Job::Stdin { label: "-".into() });
            }
            stdin = true;
        } else {
            named(path, &mut jobs);
        }
    }
    jobs
}

fn named(path: &Path, jobs: &mut Vec<Job>) {
    let label = label(path);
    match fs::metadata(path) {
        Err(error) => jobs.push(Job::Failed {
            label,
            why: unreadable(&error),
        }),
        Ok(about) if about.is_dir() => folder(path, jobs),
        Ok(about) if about.is_file() => jobs.push(Job::File {
            label,
            path: path.to_owned(),
            named: true,
        }),
        Ok(_) => jobs.push(Job::Pipe {
            label,
            path: path.to_owned(),
        }),
    }
}

fn folder(root: &Path, jobs: &mut Vec<Job>) {
    for entry in WalkDir::new(root).sort_by_file_name() {
        match entry {
            Ok(entry) if is_file(&entry) => jobs.push(Job::File {
                label: label(entry.path()),
                path: entry.into_path(),
                named: false,
            }),
            // Folders come by themselves; pipes and sockets in a folder might never end.
            Ok(_) => {}
            Err(error) => jobs.push(Job::Failed {
                label: label(error.path().unwrap_or(root)),
                why: error
                    .io_error()
                    .map_or_else(|| error.to_string(), unreadable),
            }),
        }
    }
}

/// A regular file, or a link to one.
fn is_file(entry: &DirEntry) -> bool {
    let kind = entry.file_type();
    kind.is_file()
        || (kind.is_symlink() && fs::metadata(entry.path()).is_ok_and(|about| about.is_file()))
}

/// A path as text.
fn label(path: &Path) -> String {
    text::from_bytes(path.as_os_str().as_encoded_bytes())
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
        let found: Vec<String> = find(&[root.to_owned()])
            .into_iter()
            .map(|job| match job {
                Job::File { path, named, .. } => {
                    assert!(!named);
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
    }

    #[test]
    fn what_is_named_twice_or_not_there() {
        let jobs = find(&["-".into(), "no/such/file".into(), "-".into()]);
        assert_eq!(jobs.len(), 2);
        assert_eq!(jobs[0], Job::Stdin { label: "-".into() });
        assert!(
            matches!(&jobs[1], Job::Failed { why, .. } if why.starts_with("no such file or directory"))
        );
    }
}
