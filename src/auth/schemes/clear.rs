//! `mysql_clear_password`, `dialog` (PAM), and the password that `caching_sha2_password` and
//! `sha256_password` send inside TLS: readable, with a NUL behind it.
//!
//! ```text
//! response = password ‖ 00
//! ```
//!
//! Source: "Clear text client plugin" in the MySQL Source Code Documentation
//! (`sql-common/client.cc`, `clear_password_auth_client`).

use subtle::ConstantTimeEq;

/// How a response equals a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With the NUL behind it, as it should be.
    Nul,
    /// Without it.
    Missing,
}

/// Whether the response is the password, and how it ends.
#[must_use]
pub fn compare(response: &[u8], password: &[u8]) -> Option<Ending> {
    let text = response.strip_suffix(b"\0");
    if text.is_some_and(|text| text.ct_eq(password).into()) {
        Some(Ending::Nul)
    } else if response.ct_eq(password).into() {
        Some(Ending::Missing)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_the_nul() {
        assert_eq!(compare(b"secret\0", b"secret"), Some(Ending::Nul));
        assert_eq!(compare(b"secret", b"secret"), Some(Ending::Missing));
        assert_eq!(compare(b"\0", b""), Some(Ending::Nul));
        assert_eq!(compare(b"secret\0\0", b"secret"), None);
        assert_eq!(compare(b"secre", b"secret"), None);
    }
}
