//! `KeyUpdate` of TLS 1.3: the sender's next record is under its next key.
//!
//! | size | field |
//! |---|---|
//! | 1 | 0: only the sender; 1: the other side shall follow |
//!
//! Source: RFC 8446 §4.6.3.

/// Whether the message is of this form. What it asks of the other side shows when that follows.
#[must_use]
pub const fn is_valid(body: &[u8]) -> bool {
    matches!(body, [0 | 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads() {
        assert!(is_valid(&[0]) && is_valid(&[1]));
        assert!(!is_valid(&[2]) && !is_valid(&[]) && !is_valid(&[0, 0]));
    }
}
