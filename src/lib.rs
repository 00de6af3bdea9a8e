//! unscramble says from a packet capture what a MySQL client hashed at login, and whether it was right.
//!
//! Data moves one way; nothing looks back:
//!
//! ```text
//! capture ──► net ──► tcp ──► tls ──► mysql ──► auth ──► findings ──► report
//! bytes      packets  segments streams plaintext logins   verdicts    findings  text
//! ```
//!
//! [`analyze`] wires one capture together, [`scan`] many, [`plan`] divides them among machines; a module imports only modules to its left
//! and the small shared ones (`limits`, `diagnostic`, `draft`).
//!
//! ```
//! use unscramble::analyze::{AnalyzeSettings, analyze};
//! use unscramble::auth::{Candidate, Candidates, Secret};
//!
//! let password = Candidate::new("typed".into(), None, Secret::password(b"Violet-Harbor-42".as_slice()));
//! let settings = AnalyzeSettings {
//!     candidates: Candidates::new(vec![password]),
//!     ..AnalyzeSettings::default()
//! };
//! let capture = std::fs::File::open("samples/pymysql-1.1.1-rds-proxy.pcap")?;
//! let report = analyze("pymysql", capture, &settings);
//! assert_eq!(report.logins[0].findings[0].code.as_str(), "salt-trailing-nul");
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod analyze;
pub mod auth;
pub mod capture;
pub mod cli;
pub mod compare;
pub mod diagnostic;
mod draft;
pub mod extract;
pub mod findings;
pub mod limits;
pub mod mysql;
pub mod net;
pub mod plan;
pub mod report;
pub mod scan;
#[cfg(feature = "parquet")]
pub mod tables;
pub mod tcp;
pub mod tls;
pub mod verify;
