//! `extract`

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use std::sync::Arc;

use tempfile::NamedTempFile;

use crate::cli::args::Extract;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::output::Draft;
use crate::cli::progress::Progress;
use crate::cli::run::explain;
use crate::cli::trouble::Trouble;
use crate::cli::{interrupt, naming, settings};
use crate::extract::{self, Choice, ExtractSettings, Extracted, Failure, Note};
use crate::report::{CaptureReport, Status, words};
use crate::scan::{Job, Place, Scanned, Search, find, reason, scan, spool};

pub(super) fn run(typed: &Extract, console: Console) -> Result<Exit, Trouble> {
    check_ending(&typed.output)?;
    let choice = choice(typed)?;
    let pseudonyms = naming::pseudonyms(&typed.names)?;
    let stop = Arc::default();
    let scan_settings = settings::extract(typed, pseudonyms.as_deref(), Arc::clone(&stop))?;
    let mut found = find(&typed.paths, &Search::default());
    let draft = Draft::create(&typed.output)?;
    let spooled = spooled(&mut found.jobs)?;
    let jobs = found.jobs.clone();
    interrupt::watch(stop);
    let scanned = {
        let mut progress = Progress::new(&found, !typed.no_progress && !console.quiet());
        scan(found, &scan_settings, &mut progress)
    };
    // Half an extract would be taken for a whole one.
    if scanned.interrupted {
        return Ok(Exit::Interrupted);
    }
    let trouble = complain(&scanned, console);
    let redactor = settings::redactor(&scan_settings.analyze.candidates, pseudonyms.as_ref());
    let captures = || scanned.captures.iter();
    captures()
        .flat_map(|capture| &capture.logins)
        .for_each(|examined| {
            redactor.learn(&examined.login);
        });
    let extract_settings = ExtractSettings {
        keep_payload: typed.keep_payload,
        redactor: &redactor,
        pseudonyms: pseudonyms.as_deref(),
        server_ports: Arc::clone(&scan_settings.analyze.server_ports),
        key_logs: &scan_settings.analyze.key_logs,
        server_keys: &scan_settings.analyze.server_keys,
        with_keys: typed.with_keys,
    };
    let paths = paths(&jobs);
    let exit = if trouble {
        Exit::Trouble
    } else {
        Exit::Success
    };
    if captures().all(|capture| choice.of(capture).is_empty()) {
        let logins: usize = captures().map(|capture| capture.logins.len()).sum();
        let logins = words::counted(u64::try_from(logins).unwrap_or(u64::MAX), "login");
        console.print(format!("nothing written: of {logins} none was selected\n").as_bytes())?;
        return Ok(exit);
    }
    let mut whole = Extracted::default();
    let written = write(
        &draft,
        &scanned,
        &choice,
        &paths,
        &extract_settings,
        &mut whole,
    )?;
    draft.finish(written)?;
    drop(spooled);
    tell(&whole, typed, console)?;
    Ok(exit)
}

/// Writes every capture's part. The inner result is that of writing the file.
fn write(
    draft: &Draft,
    scanned: &Scanned,
    choice: &Choice,
    paths: &HashMap<&str, &Path>,
    settings: &ExtractSettings<'_>,
    whole: &mut Extracted,
) -> Result<io::Result<()>, Trouble> {
    let mut writer = match extract::begin(BufWriter::new(draft.file()), settings) {
        Ok(writer) => writer,
        Err(error) => return Ok(Err(error)),
    };
    for capture in &scanned.captures {
        let chosen = choice.of(capture);
        let Some(path) = paths
            .get(capture.path.as_str())
            .filter(|_| !chosen.is_empty())
        else {
            continue;
        };
        match extract::write_capture(|| File::open(path), &chosen, &mut writer, settings) {
            Ok(part) => {
                whole.packets = whole.packets.saturating_add(part.packets);
                whole.logins = whole.logins.saturating_add(part.logins);
                whole.notes.extend(part.notes);
            }
            Err(Failure::Write(error)) => return Ok(Err(error)),
            Err(Failure::Read(error)) => {
                return Err(Trouble::new(format!(
                    "{} can no longer be read: {error}",
                    capture.path
                )));
            }
        }
    }
    Ok(writer.finish().map(drop))
}

fn check_ending(path: &Path) -> Result<(), Trouble> {
    let ending = path.extension().and_then(std::ffi::OsStr::to_str);
    if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("pcapng")) {
        return Ok(());
    }
    let what = format!("--output {}: an extract is a pcapng file", path.display());
    Err(Trouble::new(what).hint("give it a name that ends in .pcapng"))
}

fn choice(typed: &Extract) -> Result<Choice, Trouble> {
    let code = |code: &String| {
        let known = code.to_ascii_lowercase().parse();
        known.map_err(|_unknown| explain::unknown(code))
    };
    Ok(Choice {
        streams: typed.stream.clone(),
        codes: typed.finding.iter().map(code).collect::<Result<_, _>>()?,
        selection: settings::selection(&typed.select),
    })
}

/// What cannot be read twice goes into temporary files, which live as long as the result.
fn spooled(jobs: &mut [Job]) -> Result<Vec<NamedTempFile>, Trouble> {
    let mut files = Vec::new();
    for job in jobs {
        let (label, copied) = match job {
            Job::Stdin { label } => (label.clone(), spool(io::stdin().lock())),
            Job::Pipe { label, path } => (label.clone(), File::open(path).and_then(spool)),
            // An object is fetched once.
            Job::File { label, place, .. } if place.path().is_none() => {
                (label.clone(), place.open(None).and_then(spool))
            }
            Job::File { .. } | Job::Failed { .. } | Job::Joined { .. } => continue,
        };
        let copied = copied.map_err(|error| {
            Trouble::new(format!(
                "{label} cannot be kept for a second reading: {}",
                reason(&error)
            ))
            .hint("write it into a file first, and give that")
        })?;
        *job = Job::File {
            label,
            place: Place::Path(copied.path().to_owned()),
            named: true,
            size: copied.as_file().metadata().map_or(0, |about| about.len()),
            version: None,
        };
        files.push(copied);
    }
    Ok(files)
}

/// Where the capture of a label is.
fn paths(jobs: &[Job]) -> HashMap<&str, &Path> {
    jobs.iter().filter_map(path_of).collect()
}

fn path_of(job: &Job) -> Option<(&str, &Path)> {
    match job {
        Job::File { label, place, .. } => Some((label.as_str(), place.path()?)),
        _ => None,
    }
}

/// Says what could not be read; whether there was any.
fn complain(scanned: &Scanned, console: Console) -> bool {
    let mut any = false;
    for capture in &scanned.captures {
        if let CaptureReport {
            path,
            status: Status::Failed(why),
            ..
        } = capture
        {
            console.error(&Trouble::new(format!("{path}: {why}")));
            any = true;
        }
    }
    any
}

fn tell(whole: &Extracted, typed: &Extract, console: Console) -> Result<(), Trouble> {
    let line = format!(
        "{}: {}, {}\n",
        crate::report::text::for_terminal(&typed.output.display().to_string()),
        words::counted(whole.logins, "login"),
        words::counted(whole.packets, "packet")
    );
    console.print(line.as_bytes())?;
    console.warning(extract::WARNING);
    if typed.keep_payload {
        console.warning(
            "With --keep-payload it also holds every statement and result of these connections, \
             and passwords that crossed the network readable.",
        );
    }
    for note in whole.notes.iter().collect::<BTreeSet<_>>() {
        console.warning(match note {
            Note::CompressedLeftOut => {
                "A COM_CHANGE_USER inside the compressed protocol was left out: what it names \
                 cannot be written over there."
            }
            Note::TlsClosed => {
                "The secrets of TLS logins are not in it: what was decrypted here stays closed there."
            }
            Note::TunnelLeftOut => {
                "What was inside of a tunnel or came over a serial line or radio was written as bare IP packets."
            }
            Note::FragmentsJoined => {
                "IP packets that came in fragments were written whole, each in place of its last fragment."
            }
            Note::TlsClosedForPassword => {
                "The secrets of TLS logins in which a password is readable are not in it: it could \
                 not be overwritten there. --keep-payload writes them all the same."
            }
            Note::TlsOpen => {
                "It holds the secrets of TLS sessions: with a capture of the whole session, they open \
                 all of it."
            }
            Note::PasswordOverwritten => {
                "Passwords that crossed the network readable were overwritten: these responses can \
                 no longer be compared."
            }
        });
    }
    Ok(())
}
