//! The command line: what was typed (`args`) → what it means (`settings`) → what is done (`run`).
//!
//! Owns arguments, passwords' sources, the terminal, files written and the exit code. Does not own
//! anything that is found or how it reads: those are [`crate::scan`] and [`crate::report`]. Called
//! by `main`.

pub mod args;
mod console;
mod exit;
mod interrupt;
mod keys;
mod naming;
mod output;
mod password;
mod paths;
mod progress;
mod run;
mod settings;
mod terms;
mod trouble;
mod typed;
mod when;
mod written;

use clap::{CommandFactory as _, FromArgMatches as _};

use console::Console;
use trouble::Trouble;

pub use exit::Exit;

/// Runs the program with the process's arguments. The value is the process's exit code.
#[must_use]
pub fn main() -> std::process::ExitCode {
    // clap would repeat a password in its message.
    if typed::has_password() {
        let trouble = Trouble::new("--password takes no value")
            .hint("write -p or --password on its own: it asks on the terminal; or use --password-file FILE");
        Console::plain().error(&trouble);
        return Exit::Trouble.into();
    }
    // Wrong arguments end the process in here, with clap's message and code 2.
    let matches = args::Arguments::command().get_matches();
    match args::Arguments::from_arg_matches(&matches) {
        Ok(typed) => run::run(typed, &matches).into(),
        Err(error) => error.exit(),
    }
}
