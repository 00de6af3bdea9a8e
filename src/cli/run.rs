//! What is done: one function a command, from settings to the exit code.

mod columns;
mod compare;
mod explain;
mod extract;
mod live;
mod merge;
mod plan;
mod scan;
mod task;
mod telling;
mod verify;

use clap::{ArgMatches, CommandFactory as _};

use crate::cli::args::{Arguments, Command};
use crate::cli::console::{Console, Printed};
use crate::cli::exit::Exit;
use crate::cli::trouble::Trouble;
use crate::report::schema;

/// Runs the command.
pub(super) fn run(typed: Arguments, matches: &ArgMatches) -> Exit {
    let console = Console::new(typed.talk);
    let done = match typed.command {
        Command::Scan(typed) => scan::run(&typed, of_command(matches), console),
        Command::Plan(typed) => plan::run(&typed, of_command(matches), console),
        Command::Merge(typed) => merge::run(&typed, console),
        Command::Compare(typed) => compare::run(&typed, console),
        Command::Verify(typed) => verify::run(&typed, console),
        Command::Explain(typed) => explain::run(&typed, console),
        Command::Schema => console.print(&schema::render()).map(|_| Exit::Success),
        Command::Extract(typed) => extract::run(&typed, console),
        Command::Completions(typed) => {
            let mut text = Vec::new();
            let mut command = Arguments::command();
            clap_complete::generate(typed.shell, &mut command, "unscramble", &mut text);
            console.print(&text).map(|_| Exit::Success)
        }
        Command::Man => manual().and_then(|text| console.print(&text).map(|_| Exit::Success)),
    };
    done.unwrap_or_else(|trouble| {
        console.error(&trouble);
        Exit::Trouble
    })
}

/// What was typed behind the command.
fn of_command(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, typed)| typed)
}

/// The manual page: the program, then each command.
fn manual() -> Result<Vec<u8>, Trouble> {
    let mut command = Arguments::command();
    command.build();
    let mut text = Vec::new();
    let mut render = || -> std::io::Result<()> {
        clap_mangen::Man::new(command.clone()).render(&mut text)?;
        for sub in command.get_subcommands() {
            let title = format!(".SH \"UNSCRAMBLE {}\"\n", sub.get_name().to_uppercase());
            text.extend_from_slice(title.as_bytes());
            let page = clap_mangen::Man::new(sub.clone());
            page.render_description_section(&mut text)?;
            page.render_synopsis_section(&mut text)?;
            page.render_options_section(&mut text)?;
        }
        Ok(())
    };
    render().map_err(|error| Trouble::new(format!("cannot make the manual page: {error}")))?;
    Ok(text)
}

/// The exit code of a printed report: a reader who had enough is a success.
const fn exit_of(printed: Printed, exit: Exit) -> Exit {
    match printed {
        Printed::Whole => exit,
        Printed::Closed => Exit::Success,
    }
}
