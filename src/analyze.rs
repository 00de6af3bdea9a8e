//! THE PIPELINE: one capture in, one [`CaptureReport`] out. Read this first.
//!
//! ```text
//! CaptureReader ─► net::decode ─► tcp::Table ─► mysql::Connection ─► auth::examine ─► findings::judge
//! ```
//!
//! Nothing here knows of files, options or formats of reports.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use crate::auth::Candidates;
use crate::capture::{CaptureError, CaptureReader, PacketRef};
use crate::diagnostic::Diagnostics;
use crate::mysql::{Connection, Elsewhere, Login};
use crate::net::{self, Checksum, Decoded, Segment};
use crate::report::{CaptureReport, ExaminedLogin, Status};
use crate::tcp::Table;
use crate::{auth, findings, limits};

/// What the analysis of a capture needs to know.
#[derive(Debug, Default)]
pub struct Settings {
    /// The passwords to try.
    pub candidates: Candidates,
    /// Ports that are servers' where no greeting was captured.
    pub server_ports: Arc<[u16]>,
}
