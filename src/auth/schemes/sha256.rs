//! `sha256_password`: never a hash of the password, in spite of its name.
//!
//! ```text
//! inside TLS:  password ‖ 00
//! else:        01 (asks for the key), then RSA((password ‖ 00) XOR salt, repeated)
//! empty:       00
//! ```
//!
//! `caching_sha2_password` does the same after `01 04`, with 02 in place of 01. Source: "Sha256
//! Authentication" in the MySQL Source Code Documentation (`sql-common/client_authentication.cc`).

/// Asks the server for its public key under `sha256_password`.
pub const KEY_REQUEST: &[u8] = &[1];
/// The same under `caching_sha2_password`.
pub const CACHING_KEY_REQUEST: &[u8] = &[2];

/// Whether a response has the length of an RSA block of a usual key: 1024, 2048, 3072 or 4096 bits.
#[must_use]
pub const fn is_rsa_block(response: &[u8]) -> bool {
    matches!(response.len(), 128 | 256 | 384 | 512)
}
