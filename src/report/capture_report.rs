//! What the pipeline found, before any rendering: bytes still as captured, nothing masked yet.

use crate::auth::Examination;
use crate::capture::{Compression, Format};
use crate::diagnostic::Diagnostic;
use crate::findings::Finding;
use crate::mysql::Login;

/// Everything found in one capture.
#[derive(Clone, Debug)]
pub struct CaptureReport {
    /// The path as it was given or found; `-` for standard input.
    pub path: String,
    /// How reading it ended.
    pub status: Status,
    /// It failed because it is no capture at all: in a folder it is passed over.
    pub no_capture: bool,
    /// The file format, once it was recognised.
    pub format: Option<Format>,
    /// The compression around it, if any.
    pub compression: Option<Compression>,
    /// Bytes read, of the file as it is stored.
    pub bytes: u64,
    /// Packets read.
    pub packets: u64,
    /// TCP conversations seen.
    pub connections: u64,
    /// TLS secrets stand in the capture behind packets that they may open.
    pub late_secrets: bool,
    /// The logins, by stream, then attempt.
    pub logins: Vec<ExaminedLogin>,
    /// Findings that rest on several logins.
    pub across: Vec<Finding>,
    /// What could not be read, and what was there instead of a login.
    pub diagnostics: Vec<Diagnostic>,
}

impl CaptureReport {
    /// The report of a capture of which nothing has been read.
    #[must_use]
    pub fn new(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            status: Status::Complete,
            no_capture: false,
            format: None,
            compression: None,
            bytes: 0,
            packets: 0,
            connections: 0,
            late_secrets: false,
            logins: Vec::new(),
            across: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Every finding: those of the logins, then those that rest on several.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let single = self.logins.iter().flat_map(|login| &login.findings);
        single.chain(&self.across)
    }
}

/// A login with what the recomputation and the rules say of it.
#[derive(Clone, Debug)]
pub struct ExaminedLogin {
    /// The conversation's number, as Wireshark's `tcp.stream`.
    pub stream: u64,
    /// The login as decoded.
    pub login: Login,
    /// What the recomputation says, and of which response.
    pub examination: Examination,
    /// What the rules say, worst first.
    pub findings: Vec<Finding>,
}

/// How reading a capture ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Read to its end.
    Complete,
    /// Cut in its last record; everything before that was analysed.
    Truncated,
    /// Not readable (further); with what was wrong and what to do.
    Failed(String),
}
