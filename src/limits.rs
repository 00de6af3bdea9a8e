//! Every cap of the program, with its reason and what happens when it is reached.

/// Different kinds of diagnostics kept for one capture. More are counted in one last entry.
pub const DIAGNOSTICS: usize = 100;

/// Clients, and users of a server, that are followed across the logins of one capture. Those that
/// come after are judged one login at a time only, and the report says so.
pub const FOLLOWED: usize = 10_000;

/// Packets that a finding across logins cites, and client addresses remembered for one user.
pub const CITED: usize = 32;
