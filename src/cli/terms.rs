//! The options that a plan carries: as they were typed, so that there is one way to say them.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};

use crate::cli::args::Terms;
use crate::cli::trouble::Trouble;

fn command() -> Command {
    Terms::augment_args(Command::new("plan").no_binary_name(true))
}

/// Those of the terms among what was typed for a command.
pub(super) fn options(typed: &ArgMatches) -> Result<Vec<String>, Trouble> {
    let mut options = Vec::new();
    for arg in command().get_arguments() {
        let id = arg.get_id().as_str();
        let Some(name) = arg.get_long() else { continue };
        if typed.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        if !arg.get_action().takes_values() {
            options.push(format!("--{name}"));
            continue;
        }
        for value in typed.get_raw(id).into_iter().flatten() {
            let value = value.to_str().ok_or_else(|| {
                Trouble::new(format!(
                    "--{name}: the value is no UTF-8, and a plan cannot name it"
                ))
            })?;
            options.push(format!("--{name}={value}"));
        }
    }
    Ok(options)
}

/// What options of a plan mean.
pub(super) fn parse(options: &[String]) -> Result<Terms, Trouble> {
    let options = options.iter().map(OsString::from);
    let matches = command().try_get_matches_from(options);
    let parsed = matches.and_then(|matches| Terms::from_arg_matches(&matches));
    parsed.map_err(|error| {
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default();
        let line = line.strip_prefix("error: ").unwrap_or(line);
        Trouble::new(format!("the options of the plan: {line}"))
            .hint("it may have been changed by hand: make it again")
    })
}
