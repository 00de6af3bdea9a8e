//! What a session tells: plaintext, alerts, and records from the outside.

use smallvec::SmallVec;

use crate::capture::PacketRef;
use crate::tls::plaintext::Plaintext;
use crate::tls::wire::alert::{AlertDescription, AlertLevel};
use crate::tls::wire::record::ContentType;

/// Decrypted bytes of one record. They may hold passwords: no `Debug`, and overwritten when dropped.
pub struct Plain {
    /// Whose bytes.
    pub from_client: bool,
    /// At least one byte.
    pub bytes: Plaintext,
    /// The packet that completes the record.
    pub at: PacketRef,
}

/// What a segment opened; most often one record.
pub type Plains = SmallVec<[Plain; 1]>;

/// An alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Whose.
    pub from_client: bool,
    /// How bad it is.
    pub level: AlertLevel,
    /// What it is about.
    pub description: AlertDescription,
    /// Whether it came in a record that authenticates, or in the clear.
    pub authentic: bool,
    /// The packet that completes it.
    pub at: PacketRef,
}

impl Alert {
    /// Whether it ends the session because something is wrong: not the orderly end, not a warning.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        let orderly = [AlertDescription::CLOSE_NOTIFY, AlertDescription(90)];
        self.level == AlertLevel::FATAL && !orderly.contains(&self.description)
    }
}

/// An encrypted record from the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose.
    pub from_client: bool,
    /// What it says it carries; application data for everything in TLS 1.3.
    pub content: ContentType,
    /// Bytes behind its header.
    pub length: u16,
    /// The packet that completes it.
    pub at: PacketRef,
}
