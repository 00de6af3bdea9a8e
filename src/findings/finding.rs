//! A finding: something valid on the wire and wrong all the same, or worth knowing.

use crate::findings::catalogue::{Code, Severity};
use crate::findings::prose::Prose;

/// One finding about one login (or one capture).
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which entry of the catalogue.
    pub code: Code,
    /// How bad it is here.
    pub severity: Severity,
    /// The conversation's number, as Wireshark's `tcp.stream`.
    pub stream: Option<u64>,
    /// Which login of the connection.
    pub attempt: u32,
    /// The packets that prove it, ascending, as Wireshark's `frame.number`.
    pub packets: Vec<u64>,
    /// What happened here, in plain words.
    pub summary: Prose,
    /// How to fix it here.
    pub fix: Prose,
}
