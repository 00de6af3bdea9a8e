//! What `CAPTURE[#STREAM[.ATTEMPT]]` names, and what is said when that is not clear.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::cli::console::Console;
use crate::cli::trouble::Trouble;
use crate::compare::Which;
use crate::compare::choose::{Pick, Unclear};
use crate::report::compare::Origin;
use crate::report::{Builder, CaptureReport};

/// Logins that are listed when the choice is not clear.
const LISTED: usize = 40;

/// One argument, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    path: PathBuf,
    /// The login that is wanted.
    pub(super) pick: Option<Pick>,
}

/// A target with the capture that it names.
#[derive(Clone, Copy)]
pub(super) struct Named<'t> {
    /// The target.
    pub(super) target: &'t Target,
    /// Its capture.
    pub(super) capture: &'t CaptureReport,
}

/// Both targets; one argument stands for both.
pub(super) fn parse(first: &Path, second: Option<&Path>) -> Result<[Target; 2], Trouble> {
    let target = |path: &Path| -> Result<Target, Trouble> {
        let target = one(path)?;
        if target.path.is_dir() {
            return Err(
                Trouble::new(format!("{} is a folder", target.path.display()))
                    .hint("name one capture, or one for each login"),
            );
        }
        Ok(target)
    };
    let left = target(first)?;
    let right = match second {
        Some(second) => target(second)?,
        None => Target {
            pick: None,
            ..left.clone()
        },
    };
    Ok([left, right])
}

fn one(typed: &Path) -> Result<Target, Trouble> {
    let whole = || Target {
        path: typed.to_owned(),
        pick: None,
    };
    let bytes = typed.as_os_str().as_encoded_bytes();
    if bytes.starts_with(b"-") && !matches!(bytes, b"-" | [b'-', b'#', ..]) {
        return Err(
            Trouble::new(format!("unexpected argument {}", typed.display()))
                .hint("`unscramble compare --help` lists the options; a file of that name is written ./-…"),
        );
    }
    let Some(at) = bytes.iter().rposition(|byte| *byte == b'#') else {
        return Ok(whole());
    };
    // A file may have a # in its name.
    if typed.exists() {
        return Ok(whole());
    }
    let (before, behind) = bytes.split_at(at);
    let number = std::str::from_utf8(behind.get(1..).unwrap_or_default()).ok();
    let pick = number.and_then(pick);
    match (pick, path_of(before)) {
        (Some(pick), Some(path)) => Ok(Target {
            path,
            pick: Some(pick),
        }),
        _ => Err(Trouble::new(format!(
            "{}: what stands behind # names no login",
            typed.display()
        ))
        .hint(
            "write CAPTURE#STREAM or CAPTURE#STREAM.ATTEMPT, both numbers, such as login.pcap#3",
        )),
    }
}

/// `3`, `3.1`
fn pick(text: &str) -> Option<Pick> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u64>().ok().filter(|_| digits)
    };
    let (stream, attempt) = match text.split_once('.') {
        Some((stream, attempt)) => (stream, Some(u32::try_from(number(attempt)?).ok()?)),
        None => (text, None),
    };
    Some(Pick {
        stream: number(stream)?,
        attempt,
    })
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    (!bytes.is_empty()).then(|| PathBuf::from(OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    let text = std::str::from_utf8(bytes).ok()?;
    (!text.is_empty()).then(|| PathBuf::from(OsStr::new(text)))
}

/// What is to be read: a capture that both name, once.
pub(super) fn paths(targets: &[Target; 2]) -> Vec<PathBuf> {
    let [left, right] = targets;
    let mut paths = vec![left.path.clone()];
    if !same(&left.path, &right.path) {
        paths.push(right.path.clone());
    }
    paths
}

/// Whether two paths name one file.
fn same(left: &Path, right: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().ok();
    left == right || whole(left).is_some_and(|left| whole(right) == Some(left))
}

/// Each target with its capture.
pub(super) fn of_each<'t>(
    targets: &'t [Target; 2],
    captures: &'t [CaptureReport],
) -> Result<[Named<'t>; 2], Trouble> {
    let missing = || Trouble::new("the capture could not be read");
    let [left, right] = targets;
    let first = captures.first().ok_or_else(missing)?;
    let second = captures.get(1).unwrap_or(first);
    Ok([
        Named {
            target: left,
            capture: first,
        },
        Named {
            target: right,
            capture: second,
        },
    ])
}

/// A capture's name in a message.
pub(super) fn name(path: &str) -> &str {
    if path == "-" { "standard input" } else { path }
}

/// Says why there is no choice, and lists what there is to choose from.
pub(super) fn unclear(
    why: Unclear,
    sides: [Named<'_>; 2],
    same: bool,
    builder: &Builder<'_>,
    console: Console,
) -> Trouble {
    let [left, right] = sides;
    let side = |which| match which {
        Which::Left => left,
        Which::Right => right,
    };
    let (what, shown): (String, Vec<Named<'_>>) = match why {
        Unclear::NoLogin(which) => {
            let capture = side(which).capture;
            let mut notes = capture.diagnostics.iter();
            let instead = notes.find(|note| note.kind == "no-login");
            let instead = instead.map_or("there is no MySQL login in it", |note| &note.message);
            return Trouble::new(format!("{}: {instead}", name(&capture.path)));
        }
        Unclear::OnlyOne(which) => (
            format!(
                "{} has one login only, and it takes two",
                name(&side(which).capture.path)
            ),
            vec![left],
        ),
        Unclear::NotThere(which) => {
            let named = side(which);
            let wanted = named
                .target
                .pick
                .map_or_else(String::new, |pick| match pick.attempt {
                    None => format!("stream {}", pick.stream),
                    Some(attempt) => format!("stream {}, attempt {attempt}", pick.stream),
                });
            (
                format!("{} has no login in {wanted}", name(&named.capture.path)),
                vec![named],
            )
        }
        Unclear::Ambiguous if same => (
            format!(
                "which two logins of {} are meant is not clear",
                name(&left.capture.path)
            ),
            vec![left],
        ),
        Unclear::Ambiguous => (
            "which two logins are meant is not clear".into(),
            vec![left, right],
        ),
    };
    let mut lines = Vec::new();
    for named in shown {
        let logins = &named.capture.logins;
        lines.extend(logins.iter().take(LISTED).map(|login| {
            builder.name_of(Origin {
                capture: named.capture,
                login,
            })
        }));
        if let Some(more) = logins.len().checked_sub(LISTED).filter(|more| *more > 0) {
            lines.push(format!("and {more} more, which `unscramble scan` lists"));
        }
    }
    console.list("these logins are there:", &lines);
    Trouble::new(what).hint("name each login as CAPTURE#STREAM or CAPTURE#STREAM.ATTEMPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(text: &str) -> Option<(u64, Option<u32>)> {
        let target = one(Path::new(text)).ok()?;
        target.pick.map(|pick| (pick.stream, pick.attempt))
    }

    #[test]
    fn streams_and_attempts() {
        assert_eq!(picked("no/such.pcap#3"), Some((3, None)));
        assert_eq!(picked("no/such.pcap#3.1"), Some((3, Some(1))));
        assert_eq!(picked("a#b.pcap#12"), Some((12, None)));
        assert_eq!(picked("-#0"), Some((0, None)));
        assert_eq!(picked("no/such.pcap"), None);
        for wrong in [
            "a.pcap#",
            "a.pcap#x",
            "a.pcap#-1",
            "a.pcap#1.",
            "a.pcap#1.2.3",
            "#1",
            "a#+1",
        ] {
            let error = one(Path::new(wrong)).unwrap_err();
            assert!(error.what.contains("names no login"), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_file_may_have_the_sign_in_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a#3");
        std::fs::write(&path, b"").unwrap();
        let target = one(&path).unwrap();
        assert_eq!((target.path, target.pick), (path, None));
    }
}
