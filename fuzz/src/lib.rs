//! What each fuzz target asserts, apart from libFuzzer: `tests/fuzz.rs` of the crate runs the same
//! functions over the corpus on a stable toolchain.
//!
//! Each takes any bytes and panics where what it asserts does not hold.

pub mod capture;
pub mod conversation;
pub mod credentials;
pub mod extract;
pub mod key_log;
pub mod mysql;
pub mod packets;
pub mod pieces;
pub mod pipeline;
pub mod reassembly;
pub mod seeds;
pub mod tls;

/// A target: its name, as the folder of its corpus, and what it asserts.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 10] = [
    ("capture", capture::run),
    ("packets", packets::run),
    ("reassembly", reassembly::run),
    ("tls", tls::run),
    ("mysql", mysql::run),
    ("conversation", conversation::run),
    ("pipeline", pipeline::run),
    ("extract", extract::run),
    ("credentials", credentials::run),
    ("key_log", key_log::run),
];
