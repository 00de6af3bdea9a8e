//! What is kept of one direction.

use crate::capture::PacketRef;
use crate::limits;
use crate::tls::cipher::Protection;
use crate::tls::deframer::Deframer;
use crate::tls::joiner::Joiner;
use crate::tls::negotiation::Epoch;
use crate::tls::sealed::Sealed;

/// One direction.
#[derive(Default)]
pub(super) struct Half {
    pub deframer: Deframer,
    pub joiner: Joiner,
    /// `None` while it is in the clear.
    pub protection: Option<Protection>,
    /// Why there are no keys for its next encrypted record. It may never come: who refuses a
    /// certificate says so in the clear.
    pub missing: Option<Sealed>,
    /// TLS 1.3: which keys these are.
    pub epoch: Option<Epoch>,
    /// A `ChangeCipherSpec` was seen.
    pub changed: bool,
    pub early: Early,
    /// Its records can no longer be told from each other.
    pub lost: bool,
}

/// Data of the client under keys of an earlier session, ahead of the handshake's.
#[derive(Default)]
pub(super) struct Early {
    pub offered: bool,
    pub passed_over: u32,
    pub first: Option<PacketRef>,
}

impl Early {
    /// Whether a record that does not open may be one of these.
    pub fn pass_over(&mut self, at: PacketRef) -> bool {
        self.passed_over = self.passed_over.saturating_add(1);
        self.first.get_or_insert(at);
        self.offered && self.passed_over <= limits::TLS_EARLY_RECORDS
    }
}
