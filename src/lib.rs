//! unscramble says from a packet capture what a MySQL client hashed at login, and whether it was right.
//!
//! Data moves one way; nothing looks back:
//!
//! ```text
//! capture ──► net ──► tcp ──► mysql ──► auth ──► findings ──► report
//! bytes      packets  segments logins   verdicts  findings    text
//! ```
//!
//! [`analyze`](mod@crate) wires one capture together; a module imports only modules to its left
//! and the small shared ones (`limits`, `diagnostic`, `error`).

pub mod analyze;
pub mod auth;
pub mod capture;
pub mod cli;
pub mod compare;
pub mod diagnostic;
pub mod extract;
pub mod findings;
pub mod limits;
pub mod mysql;
pub mod net;
pub mod report;
pub mod scan;
pub mod tcp;
pub mod tls;
pub mod verify;
