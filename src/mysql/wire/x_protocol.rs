//! The server hello of the X Protocol, so that port 33060 is named and not called broken MySQL.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | length of type and message, little-endian: 5 |
//! | 4 | 1 | type, 0x0B `NOTICE` |
//! | 5 | 4 | `08 05 1A 00`: a `Mysqlx.Notice.Frame` of type 5 `SERVER_HELLO` with an empty payload |
//!
//! Source: "X Protocol" and `mysqlx_notice.proto` in the MySQL Source Code Documentation.

/// The only form in which servers send it.
const SERVER_HELLO: [u8; 9] = [5, 0, 0, 0, 0x0b, 0x08, 5, 0x1a, 0];

/// Whether a server's first bytes are the hello of the X Protocol.
#[must_use]
pub fn is_server_hello(stream: &[u8]) -> bool {
    stream.starts_with(&SERVER_HELLO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hello() {
        assert!(is_server_hello(&SERVER_HELLO));
        assert!(!is_server_hello(&SERVER_HELLO[..8]));
        assert!(!is_server_hello(b"\x4a\0\0\0\x0a8.0.36\0"));
    }
}
