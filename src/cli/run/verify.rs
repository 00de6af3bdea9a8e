//! `verify`

use crate::cli::args::{Verify, VerifyFormat};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::run::exit_of;
use crate::cli::trouble::Trouble;
use crate::cli::{password, settings};
use crate::report::{self, Builder, json};
use crate::verify::verify;

pub(super) fn run(typed: &Verify, console: Console) -> Result<Exit, Trouble> {
    // The hex is checked before the terminal is asked for a password.
    let request = settings::verify(typed)?;
    let candidates = password::gather(&typed.candidates, None)?;
    let verified = verify(&request, &candidates);
    let redactor = settings::redactor(&candidates, None);
    let report = Builder::new(&redactor)
        .reveal(typed.reveal)
        .verification(&verified);
    let text = match typed.format {
        VerifyFormat::Table => report::verify::render(&report, &console.page()).into_bytes(),
        VerifyFormat::Json => json::render(&report),
    };
    let printed = console.print(&text)?;
    let mut severities = verified.findings.iter().map(|finding| finding.severity);
    let failed = severities.any(|severity| settings::fails(typed.fail_on, severity));
    Ok(exit_of(
        printed,
        if failed { Exit::Finding } else { Exit::Success },
    ))
}
