//! The commands for sets that several machines read: `plan` and `merge`.

use std::path::PathBuf;

use clap::Args;

use super::{Candidates, Names, Reading, Select, Telling, Which};

/// `plan`
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:\n  \
        unscramble plan captures/ --password-file /run/secrets/db.pass -o plan.ndjson\n  \
        unscramble scan --plan plan.ndjson --task 0 -o results/     (each task, on any machine)\n  \
        unscramble merge results/ --plan plan.ndjson -o report.html\n\n\
        Passwords and keys stand in the plan as the names of their files: each machine must have them there."
)]
pub struct Plan {
    /// Capture files, folders, or URLs of objects and prefixes
    #[arg(required_unless_present = "files_from", value_name = "PATH|URL")]
    pub paths: Vec<PathBuf>,
    /// The plan to write; whole or not at all; - for standard output
    #[arg(short, long, required = true, value_name = "PLAN")]
    pub output: PathBuf,
    /// Bytes that a task reads: 500M, 20G
    ///
    /// Files of one rotation stay together; where they are more than this, they are cut into slices, each
    /// with the next file to look ahead into.
    #[arg(long, default_value = "20G", value_name = "BYTES", value_parser = bytes)]
    pub task_size: u64,
    /// Cut rotations into slices of N files, whatever their size
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub slice: Option<u32>,
    /// Leave out tasks whose results stand there
    #[arg(long, value_name = "OUT")]
    pub done: Vec<PathBuf>,
    /// Which captures.
    #[command(flatten)]
    pub which: Which,
    /// What each task is done with.
    #[command(flatten)]
    pub terms: Terms,
}

/// What captures are read and told with, wherever that happens.
#[derive(Debug, Args)]
pub struct Terms {
    /// How to read the captures.
    #[command(flatten)]
    pub reading: Reading,
    /// Show response bytes: with the salt they allow guessing weak passwords
    #[arg(long)]
    pub reveal: bool,
    /// Names and addresses.
    #[command(flatten)]
    pub names: Names,
    /// Which logins.
    #[command(flatten)]
    pub select: Select,
    /// The passwords to try.
    #[command(flatten)]
    pub candidates: Candidates,
}

/// `merge`
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub struct Merge {
    /// Folders, prefixes or files with results of tasks
    #[arg(required = true, value_name = "OUT")]
    pub results: Vec<PathBuf>,
    /// The plan whose tasks they are
    #[arg(long, required = true, value_name = "PLAN")]
    pub plan: PathBuf,
    /// How to tell it.
    #[command(flatten)]
    pub telling: Telling,
}

/// `500M`, `20G`, `1T`: powers of 1000, as disks and buckets are counted.
fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || "a number of bytes, with K, M, G or T behind it".to_owned();
    let (digits, factor) = match text.char_indices().last().ok_or_else(wrong)? {
        (at, 'k' | 'K') => (text.get(..at), 1_000),
        (at, 'M') => (text.get(..at), 1_000_000),
        (at, 'G') => (text.get(..at), 1_000_000_000),
        (at, 'T') => (text.get(..at), 1_000_000_000_000),
        _ => (Some(text), 1),
    };
    let number: u64 = digits.and_then(|d| d.parse().ok()).ok_or_else(wrong)?;
    number
        .checked_mul(factor)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(wrong)
}
