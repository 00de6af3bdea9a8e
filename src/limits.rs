//! Every cap of the program, with its reason and what happens when it is reached.

/// Different kinds of diagnostics kept for one capture. More are counted in one last entry.
pub const DIAGNOSTICS: usize = 100;

/// Slowly derived keys kept for one form of one candidate (one for each account that uses parsec).
/// At the cap the oldest is forgotten and derived again if it comes back.
pub const DERIVED_KEYS: usize = 64;

/// Most rounds of key derivation that a SCRAM exchange may ask for. Servers use 4096 to 15000; a
/// capture may say 2³¹. Over the cap the login is unverifiable.
pub const SCRAM_ROUNDS: u32 = 200_000;

/// Salts of other connections, and of earlier logins on the same one, that a response is checked
/// against. Over the cap the farthest are left out.
pub const OTHER_SALTS: usize = 64;
