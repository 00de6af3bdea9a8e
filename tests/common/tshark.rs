//! tshark, the second opinion. A user's machine need not have it: it is asked where the corpus is.

// Each test file uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;

fn run(capture: &Path, arguments: &[String]) -> (Output, Vec<String>) {
    let mut command = Command::new("tshark");
    command.args(["-n", "-r"]).arg(capture).args(arguments);
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let complaints = errors
        .lines()
        .filter(|line| !line.contains("Running as user"))
        .map(str::to_owned)
        .collect();
    (output, complaints)
}

/// What tshark writes of a capture that it must read to its end without a complaint.
pub fn tshark(capture: &Path, arguments: &[String]) -> String {
    let (output, complaints) = run(capture, arguments);
    assert!(
        output.status.success() && complaints.is_empty(),
        "{}: {complaints:?}",
        capture.display()
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// As [`tshark`], of a capture that may be damaged: what it writes until it stops.
pub fn tshark_as_far_as_it_reads(capture: &Path, arguments: &[String]) -> String {
    let (output, _) = run(capture, arguments);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Says that these ports speak MySQL.
pub fn mysql_on(ports: &BTreeSet<u16>) -> Vec<String> {
    let says = |port| ["-d".to_owned(), format!("tcp.port=={port},mysql")];
    ports.iter().flat_map(says).collect()
}

/// Works on all of `items`, as many at a time as there are processors. The answers are in order.
pub fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = Mutex::new(items.iter().enumerate());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some((place, item)) = next.lock().unwrap().next() else {
                        return;
                    };
                    let answer = work(item);
                    done.lock().unwrap().push((place, answer));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, answer)| answer).collect()
}
