//! What was typed: the commands and options, with their help.
//!
//! Owns the surface. Does not own meaning: `settings` turns these into what the program
//! works with. No option takes a password as its value.

mod planned;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::capture::Timestamp;
use crate::cli::when;
use crate::report::selection::Ends;

pub use planned::{Merge, Plan, Terms};

/// Says from a packet capture what a MySQL client hashed at login, and whether it was right.
#[derive(Debug, Parser)]
#[command(
    version,
    arg_required_else_help = true,
    propagate_version = true,
    disable_help_subcommand = true,
    after_help = "Examples:\n  \
        unscramble scan login.pcap --password-file db.pass\n  \
        tcpdump -i any -w - tcp port 3306 | unscramble scan - --password\n  \
        unscramble explain salt-trailing-nul",
    after_long_help = "Examples:\n  \
        unscramble scan login.pcap --password-file db.pass\n  \
        tcpdump -i any -w - tcp port 3306 | unscramble scan - --password\n  \
        unscramble explain salt-trailing-nul\n\n\
        Exit codes:\n  \
        0    nothing wrong was found, or nothing at or above --fail-on\n  \
        1    a finding at or above --fail-on, or no login with --require-login\n  \
        2    something could not be read or written, or the arguments are wrong;\n       \
             what could be read is analysed and reported all the same\n  \
        130  interrupted; what was seen until then is reported\n\n\
        A password is never an argument: it would stand in the shell's history and in the process list."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to talk.
    #[command(flatten)]
    pub talk: Talk,
}

/// Options that all commands have.
#[derive(Clone, Copy, Debug, Args)]
pub struct Talk {
    /// When to use colours (NO_COLOR is respected)
    #[arg(long, global = true, display_order = 900, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub color: When,
    /// Say more: every note, every place, the messages of each login
    #[arg(
        short,
        long,
        global = true,
        display_order = 900,
        conflicts_with = "quiet"
    )]
    pub verbose: bool,
    /// Say less: of the table only the summary line, no progress, no hints
    #[arg(short, long, global = true, display_order = 900)]
    pub quiet: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal
    Auto,
    /// Into files and pipes too
    Always,
    /// Not at all
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Analyse captures: find MySQL logins, recompute their responses, say what went wrong
    Scan(Scan),
    /// The login that works beside the one that fails: where they first part, and why
    Compare(Compare),
    /// Check one response from hex pasted out of another tool
    Verify(Verify),
    /// What a finding means, how it is proved, how to fix it
    Explain(Explain),
    /// Print the JSON Schema of the report (--format json)
    Schema,
    /// Write a small capture with nothing but logins, to attach to a ticket
    Extract(Extract),
    /// Divide the reading of many captures into tasks, for many machines
    Plan(Plan),
    /// Make one report of the results of a plan's tasks
    Merge(Merge),
    /// Print completions for a shell
    Completions(Completions),
    /// Print the manual page
    Man,
}

/// `scan`
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Without a password the report shows what was captured, and nothing is recomputed."
)]
pub struct Scan {
    /// Capture files (pcap, pcapng; also in gzip, zstd, lz4 or xz), folders to search for them, or - for
    /// standard input
    #[arg(required_unless_present_any = ["files_from", "plan"], value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Which captures.
    #[command(flatten)]
    pub which: Which,
    /// Read the files of a rotation (tcpdump -C, -G, -W; dumpcap's ring) as one capture
    ///
    /// Files of a folder belong together when their names differ in numbers only; files that are named
    /// themselves all belong together. They are read in the order of their packets.
    #[arg(long, help_heading = "Captures to read")]
    pub join: bool,
    /// Keep what was seen in FILE, and analyse only files that are new or changed since
    ///
    /// The report then holds the captures of this run; what was found before in the others is told as
    /// numbers. The exit code is that of this run. With other options for passwords, keys, ports or the
    /// selection everything is analysed again.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "join",
        help_heading = "Captures to read"
    )]
    pub state: Option<PathBuf>,
    /// Do a task of this plan (see unscramble plan) instead of reading PATHs; its result goes to -o
    ///
    /// Everything that was given to plan holds. -o is a folder or a prefix for the results: each task writes
    /// a file with its own name there, once. Exit code 0 means that the result is there, whatever was found.
    #[arg(long, value_name = "PLAN", help_heading = "Beyond one machine",
        conflicts_with_all = ["paths", "files_from", "include", "exclude", "join", "state", "table", "csv_rows", "fail_on", "require_login"])]
    pub plan: Option<PathBuf>,
    /// Which task: its number from 0, or its id
    ///
    /// Without, the number is taken from the first of JOB_COMPLETION_INDEX (Kubernetes),
    /// AWS_BATCH_JOB_ARRAY_INDEX and SLURM_ARRAY_TASK_ID that is set.
    #[arg(
        long,
        value_name = "N|ID",
        requires = "plan",
        help_heading = "Beyond one machine"
    )]
    pub task: Option<String>,
    /// How to tell what was found.
    #[command(flatten)]
    pub telling: Telling,
    /// Captures analysed at the same time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
    /// What captures are read and told with.
    #[command(flatten)]
    pub terms: Terms,
}

/// How a report is told.
#[derive(Debug, Args)]
pub struct Telling {
    /// The report's format on standard output [default: table]
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write the report there; the file's ending picks the format (repeatable)
    ///
    /// The endings: .txt .json .ndjson .csv .md .markdown .html .htm .sarif .arrow; .parquet is a folder. The
    /// file is written whole or not at all. Without --format, nothing but the summary line goes to standard
    /// output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Which table an Arrow stream holds
    #[arg(long, value_enum, default_value_t = What::Logins, value_name = "TABLE")]
    pub table: What,
    /// What a row of CSV is
    #[arg(long, value_enum, default_value_t = CsvRows::Logins, value_name = "WHAT")]
    pub csv_rows: CsvRows,
    /// From which severity on a finding makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Exit with 1 when no MySQL login was found
    #[arg(long)]
    pub require_login: bool,
}

/// Which captures to read, beside the paths.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Captures to read")]
pub struct Which {
    /// Take further paths from FILE, one a line; - for standard input (repeatable)
    #[arg(long, value_name = "FILE")]
    pub files_from: Vec<PathBuf>,
    /// The paths in these files end in NUL, as find -print0 writes them
    #[arg(short = '0', long, requires = "files_from")]
    pub null: bool,
    /// In folders, read only files that match (repeatable)
    ///
    /// A glob without / is held against the name, one with / against the path inside the folder.
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// In folders, leave out files and folders that match (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
}

/// `extract`
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:\n  \
        unscramble extract big.pcap --only rejected --anonymize -o ticket.pcapng\n\n\
        Salts and responses stay in it: with them passwords can be guessed."
)]
pub struct Extract {
    /// Capture files (pcap, pcapng), folders to search for them, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The pcapng file to write; whole or not at all
    #[arg(short, long, required = true, value_name = "FILE")]
    pub output: PathBuf,
    /// Write this conversation's logins, numbered as Wireshark's tcp.stream (repeatable)
    ///
    /// Without this, --finding and the options that select logins, all logins are written that
    /// something was found of.
    #[arg(long, value_name = "N")]
    pub stream: Vec<u64>,
    /// Write the logins with this finding, such as salt-trailing-nul (repeatable)
    #[arg(long, value_name = "CODE")]
    pub finding: Vec<String>,
    /// Keep later commands, results and readable passwords: the conversations as they were captured
    #[arg(long, conflicts_with = "anonymize")]
    pub keep_payload: bool,
    /// Write the TLS secrets of the chosen logins into the extract, as far as --keylog or the capture
    /// has them
    ///
    /// Those of a login in which a password is readable are left out, unless with --keep-payload.
    #[arg(long, conflicts_with = "anonymize")]
    pub with_keys: bool,
    /// Names and addresses.
    #[command(flatten)]
    pub names: Names,
    /// What helps to read the captures.
    #[command(flatten)]
    pub reading: Reading,
    /// Captures analysed at the same time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Show no progress
    #[arg(long)]
    pub no_progress: bool,
    /// Which logins.
    #[command(flatten)]
    pub select: Select,
    /// The passwords to try: findings depend on them.
    #[command(flatten)]
    pub candidates: Candidates,
}

/// Whether names and addresses are shown.
#[derive(Debug, Default, Args)]
pub struct Names {
    /// Replace users, databases, addresses, hosts and paths by pseudonyms
    ///
    /// The same name gets the same pseudonym throughout, addresses of one network share their
    /// beginning as the real ones do. The names of drivers and servers and their versions stay.
    #[arg(long)]
    pub anonymize: bool,
    /// Make the pseudonyms from this file's bytes, so that they are the same in every run with it
    #[arg(long, value_name = "FILE", requires = "anonymize")]
    pub anonymize_key: Option<PathBuf>,
}

/// Which logins are told.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Logins to select (the summary and the exit code follow)")]
pub struct Select {
    /// Only logins of this user (repeatable)
    #[arg(long, value_name = "NAME")]
    pub only_user: Vec<String>,
    /// Only logins from this address, network (10.0.0.0/24) or port (:40312) (repeatable)
    #[arg(long, value_name = "ADDR")]
    pub only_client: Vec<Ends>,
    /// Only logins to this address, network or port, such as 10.0.0.5:3306 (repeatable)
    #[arg(long, value_name = "ADDR")]
    pub only_server: Vec<Ends>,
    /// Only logins that were refused, or that something was found of
    #[arg(long, value_enum, value_name = "WHAT")]
    pub only: Option<Only>,
    /// Only logins from then on: 2024-05-01T10:15:00Z, 2024-05-01T10:15 or 2024-05-01, UTC
    #[arg(long, value_name = "TIME", value_parser = when::since)]
    pub since: Option<Timestamp>,
    /// Only logins up to then, in the same forms; a date means all of that day
    #[arg(long, value_name = "TIME", value_parser = when::until)]
    pub until: Option<Timestamp>,
}

/// What `--only` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Only {
    /// The server refused the login
    Rejected,
    /// Something was found, however light
    Findings,
}

/// Where candidate passwords come from.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Passwords to try")]
pub struct Candidates {
    /// Ask for the password on the terminal, without echo
    ///
    /// Asks on the terminal device, never on standard input, which may be the capture.
    #[arg(short, long)]
    pub password: bool,
    /// Take the first line of FILE, without its line ending (repeatable)
    #[arg(long, value_name = "FILE")]
    pub password_file: Vec<PathBuf>,
    /// Take the environment variable NAME (repeatable)
    #[arg(long, value_name = "NAME")]
    pub password_env: Vec<String>,
    /// Try these passwords for this user only
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Take accounts from a TOML file
    ///
    /// Each table `account` has a user ("*" for any), perhaps a label, and one of password,
    /// password_file, password_env, native_hash (* and 40 hex digits, as in mysql.user) and
    /// ed25519_public (43 base64 characters).
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,
}

impl Candidates {
    /// Whether a password was asked for at all.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.password
            || !self.password_file.is_empty()
            || !self.password_env.is_empty()
            || self.credentials.is_some()
    }
}

/// `compare`
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  \
        unscramble compare cli.pcap python.pcap --password-file db.pass\n  \
        unscramble compare both.pcap#0 both.pcap#7\n  \
        unscramble compare both.pcap\n\n\
        Exit codes: 0 both ended the same way, 1 they did not or a difference explains why, 2 errors."
)]
pub struct Compare {
    /// One capture that holds both logins, or two; - for standard input
    ///
    /// #STREAM names a login by Wireshark's tcp.stream, .ATTEMPT one of its COM_CHANGE_USER.
    /// Without, it is a login that was let in and one of the same user and server that was not, the
    /// nearest in time.
    // Hyphens are for -#3 alone: a known option is an option still, and what else begins with one is
    // refused when the names are taken apart.
    #[arg(allow_hyphen_values = true, value_name = "CAPTURE[#STREAM[.ATTEMPT]]")]
    pub capture: PathBuf,
    /// The capture of the other login, if it is not the same
    #[arg(allow_hyphen_values = true, value_name = "CAPTURE[#STREAM[.ATTEMPT]]")]
    pub other: Option<PathBuf>,
    /// How to read the captures.
    #[command(flatten)]
    pub reading: Reading,
    /// The report's format on standard output [default: table]
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    pub format: Option<CompareFormat>,
    /// Write the report there; the file's ending picks the format (repeatable)
    ///
    /// The endings: .txt .json .md .markdown .html .htm. The file is written whole or not at all. Without
    /// --format, nothing but the conclusion goes to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Show response bytes: with the salt they allow guessing weak passwords
    #[arg(long)]
    pub reveal: bool,
    /// Names and addresses.
    #[command(flatten)]
    pub names: Names,
    /// The passwords to try.
    #[command(flatten)]
    pub candidates: Candidates,
}

/// How captures are read: what is to be known beside them.
#[derive(Debug, Args)]
pub struct Reading {
    /// Treat this as a server port where no greeting was captured (repeatable)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Vec<u16>,
    /// Take TLS secrets in NSS key log format, as SSLKEYLOGFILE writes them (repeatable)
    #[arg(long, value_name = "FILE")]
    pub keylog: Vec<PathBuf>,
    /// Take an RSA private key of the server (repeatable)
    ///
    /// Each is tried for the RSA key exchange of TLS and for the passwords that clients send under
    /// it; MySQL has two different keys for the two.
    #[arg(long, value_name = "PEM")]
    pub server_key: Vec<PathBuf>,
}

/// `verify`
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:\n  \
        unscramble verify --plugin caching_sha2_password --password \\\n    \
        --salt '50 01 38 06 44 3c 54 42 47 7f 28 20 2d 19 18 5b 2c 3d 49 0a 00' \\\n    \
        --response 7d925f88e29026cd45eec0caa37e63487697df8c1d9552f57d17dfd6b4ec7253"
)]
pub struct Verify {
    /// The authentication plugin, such as caching_sha2_password
    #[arg(long, value_name = "PLUGIN")]
    pub plugin: String,
    /// The salt in hex, with or without its terminating NUL; blanks and colons may stand in it
    #[arg(long, value_name = "HEX", allow_hyphen_values = true)]
    pub salt: String,
    /// The client's response in hex; may be cut short
    #[arg(long, value_name = "HEX", allow_hyphen_values = true)]
    pub response: String,
    /// The report's format
    #[arg(short, long, value_enum, default_value_t = VerifyFormat::Table, value_name = "FORMAT")]
    pub format: VerifyFormat,
    /// Show response bytes: with the salt they allow guessing weak passwords
    #[arg(long)]
    pub reveal: bool,
    /// From which severity on a finding makes the exit code 1
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// The passwords to try.
    #[command(flatten)]
    pub candidates: Candidates,
}

/// `explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// A code, such as salt-trailing-nul; without one, all of them are listed
    pub code: Option<String>,
}

/// `completions`
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub struct Completions {
    /// Which shell
    pub shell: clap_complete::Shell,
}

/// The formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people at a terminal
    Table,
    /// For programs: one object
    Json,
    /// For programs that read along: one line a login, as soon as it is known
    Ndjson,
    /// For spreadsheets: one row a login
    Csv,
    /// For tickets and wikis
    Markdown,
    /// For browsers and for paper: one file that needs nothing else
    Html,
    /// For code-scanning pages: SARIF 2.1.0
    Sarif,
    /// For engines: a folder of Parquet files (where built with the feature parquet)
    Parquet,
    /// For engines that read along: one table as an Arrow IPC stream (with the same feature)
    Arrow,
}

/// Which table goes into an Arrow stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// A row is a login
    Logins,
    /// A row is a capture
    Captures,
    /// A row is a finding
    Findings,
    /// A row is a kind of logins, counted; rows of several reports add up
    Tallies,
}

/// What a row of CSV is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CsvRows {
    /// A login
    Logins,
    /// A client, a user or a server, with its faults
    Summary,
}

/// The formats of the report of `verify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// The formats of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For people
    Table,
    /// For programs
    Json,
    /// For tickets and wikis
    Markdown,
    /// One page that needs nothing else
    Html,
}

/// From which severity on a finding makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// Any finding
    Info,
    /// Nothing
    Never,
}
