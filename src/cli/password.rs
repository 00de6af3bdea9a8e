//! Where candidate passwords come from: the terminal, files, environment variables.
//!
//! Owns their reading and their labels. A label names the source and never the content; an error
//! names the source too. What is read goes into a [`Candidate`], which wipes it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use crate::auth::credentials::{self, Lookups};
use crate::auth::{Candidate, Candidates, Secret, first_line};
use crate::cli::args;
use crate::cli::trouble::Trouble;
use crate::report::Pseudonyms;
use crate::report::anonymize::Named;
use crate::scan::reason;

/// Bytes read of a password file. MySQL takes no longer passwords than this; what is longer is
/// most likely another file.
const FILE_CAP: u64 = 64 * 1024;

/// All candidates, in the order terminal, files, variables. With `pseudonyms` the labels name no path,
/// variable or account: they stand in reports.
pub(super) fn gather(
    typed: &args::Candidates,
    pseudonyms: Option<&Pseudonyms>,
) -> Result<Candidates, Trouble> {
    let user = || typed.user.as_ref().map(|user| user.clone().into_bytes());
    let mut list = Vec::new();
    let mut add = |label: String, secret: &[u8]| {
        list.push(Candidate::new(label, user(), Secret::password(secret)));
    };
    if typed.password {
        add("prompt".into(), ask(typed.user.as_deref())?.as_bytes());
    }
    for path in &typed.password_file {
        let line = from_file(path)?;
        let secret = first_line(&line).map_err(|_empty| {
            Trouble::new(format!("the password file {} is empty", path.display()))
                .hint("put the password into its first line; for the empty password, an empty line")
        })?;
        add(
            format!("password-file {}", path.display()),
            secret.expose_secret(),
        );
    }
    for name in &typed.password_env {
        add(format!("env {name}"), &from_env(name)?);
    }
    if let Some(path) = &typed.credentials {
        list.extend(from_credentials(path)?);
    }
    if let Some(pseudonyms) = pseudonyms {
        for candidate in &mut list {
            candidate.label = anonymous(&candidate.label, pseudonyms);
        }
    }
    Ok(Candidates::new(list))
}

/// A label whose telling part is a pseudonym.
fn anonymous(label: &str, pseudonyms: &Pseudonyms) -> String {
    let name = |kind, name: &str| pseudonyms.name(kind, name.as_bytes());
    match label.split_once(' ') {
        None if label == "prompt" => label.to_owned(),
        Some(("password-file", path)) => format!("password-file {}", name(Named::File, path)),
        Some(("env", variable)) => format!("env {}", name(Named::Other, variable)),
        _ => name(Named::Other, label),
    }
}

/// The accounts of a credentials file; what it names is looked for from its own folder.
fn from_credentials(path: &Path) -> Result<Vec<Candidate>, Trouble> {
    let trouble =
        |why: String| Trouble::new(format!("the credentials file {}: {why}", path.display()));
    let text =
        Zeroizing::new(std::fs::read_to_string(path).map_err(|error| trouble(reason(&error)))?);
    if is_open_to_others(path) {
        anstream::eprintln!(
            "warning: the credentials file {} can be read by other users of this machine",
            path.display()
        );
    }
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let lookups = Lookups {
        file: &|name| std::fs::read(folder.join(name)),
        env: &|name| from_env(name).ok().map(|value| value.to_vec()),
    };
    credentials::parse(&text, &lookups).map_err(|error| trouble(error.to_string()))
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

/// Asks on the terminal device.
fn ask(user: Option<&str>) -> Result<Zeroizing<String>, Trouble> {
    let whom = user.map_or(String::new(), |user| {
        format!(" of {}", crate::report::text::for_cell(user, 64))
    });
    rpassword::prompt_password(format!("Password{whom}: "))
        .map(Zeroizing::new)
        .map_err(|error| {
            Trouble::new(format!(
                "--password: there is no terminal to ask on: {}",
                reason(&error)
            ))
            .hint("give the password with --password-file FILE or --password-env NAME")
        })
}

/// The bytes of a password file, up to the cap.
fn from_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    if path == Path::new("-") {
        return Err(Trouble::new("--password-file: - is not a file")
            .hint("standard input may be the capture; --password asks on the terminal"));
    }
    let trouble = |why: String| {
        Trouble::new(format!(
            "cannot read the password file {}: {why}",
            path.display()
        ))
        .hint("the password is the first line of that file; --password asks on the terminal")
    };
    let file = File::open(path).map_err(|error| trouble(reason(&error)))?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(trouble("it is a folder".into()));
    }
    // Grown at once, so that no half of it stays behind in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(65537));
    file.take(FILE_CAP.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| trouble(reason(&error)))?;
    let capped = u64::try_from(bytes.len()).is_ok_and(|len| len > FILE_CAP);
    if capped && !bytes.contains(&b'\n') {
        return Err(trouble("its first line is longer than 64 KiB".into()));
    }
    Ok(bytes)
}

/// The bytes of an environment variable.
fn from_env(name: &str) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    // A name with `=` or NUL makes `var_os` panic on some systems, with the name in the message;
    // and somebody may well type NAME=password.
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(
            Trouble::new("--password-env takes the name of a variable, not a value")
                .hint("for example: --password-env DB_PASSWORD"),
        );
    }
    match std::env::var_os(name) {
        Some(value) => Ok(Zeroizing::new(value.into_encoded_bytes())),
        None => Err(
            Trouble::new("--password-env: there is no environment variable of that name")
                .hint("give the variable's name, not the password, and export the variable"),
        ),
    }
}
