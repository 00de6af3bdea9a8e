//! Ctrl-C and termination: the first asks the run to end with a report, the second ends it at once.
//!
//! Owns the signal handler. What ends early when asked is [`crate::scan::source`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::exit::Exit;

/// Installs the handler, which sets the flag.
pub(super) fn watch(flag: Arc<AtomicBool>) {
    // Where no handler can be installed the default stands: the signal ends the program, only
    // without a report.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    });
}
