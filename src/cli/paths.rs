//! Which captures: paths typed, paths from lists, globs.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::cli::args::Which;
use crate::cli::trouble::Trouble;
use crate::limits;
use crate::scan::{Search, reason};

/// The paths typed, then those of the lists.
pub(super) fn gather(typed: &[PathBuf], which: &Which) -> Result<Vec<PathBuf>, Trouble> {
    let is_stdin = |path: &PathBuf| path == Path::new("-");
    let lists = &which.files_from;
    if lists.iter().any(is_stdin) && typed.iter().any(is_stdin) {
        return Err(
            Trouble::new("standard input cannot be a list and a capture")
                .hint("give the list in a file: --files-from FILE"),
        );
    }
    let mut paths = typed.to_vec();
    for list in lists {
        let end = if which.null { 0 } else { b'\n' };
        paths.extend(read(list, end)?);
    }
    Ok(paths)
}

fn read(list: &Path, end: u8) -> Result<Vec<PathBuf>, Trouble> {
    let most = limits::PATH_LIST.saturating_add(1);
    let mut bytes = Vec::new();
    let read = if list == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        File::open(list).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    let name = list.display();
    read.map_err(|error| {
        Trouble::new(format!("--files-from {name}: {}", reason(&error)))
            .hint("give a file with one path a line, or ending in NUL with -0")
    })?;
    if bytes.len() as u64 > limits::PATH_LIST {
        let most = limits::PATH_LIST;
        let what = format!("--files-from {name}: more than {most} bytes");
        return Err(Trouble::new(what).hint("give the folders instead"));
    }
    let lines = bytes.split(|byte| *byte == end);
    let paths = lines.map(|line| match line.split_last() {
        // as Windows writes lines
        Some((b'\r', rest)) if end == b'\n' => rest,
        _ => line,
    });
    Ok(paths.filter(|path| !path.is_empty()).map(path).collect())
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from(String::from_utf8_lossy(bytes).into_owned()))
}

/// The globs.
pub(super) fn search(which: &Which) -> Result<Search, Trouble> {
    Ok(Search {
        include: globs("--include", &which.include)?,
        exclude: globs("--exclude", &which.exclude)?,
    })
}

fn globs(option: &str, typed: &[String]) -> Result<Option<GlobSet>, Trouble> {
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = |glob: &str, error: &globset::Error| {
        Trouble::new(format!("{option} {glob}: {}", error.kind()))
            .hint("a glob is a name with *, ?, [abc] or {one,other} in it; quote it from the shell")
    };
    let mut set = GlobSetBuilder::new();
    for glob in typed {
        // So that a `*` stays inside one folder; `**` crosses them.
        let built = GlobBuilder::new(glob).literal_separator(true).build();
        set.add(built.map_err(|error| wrong(glob, &error))?);
    }
    let set = set.build();
    set.map(Some)
        .map_err(|error| wrong(&typed.join(" "), &error))
}
