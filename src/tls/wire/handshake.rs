//! The header of a handshake message. Messages are packed into records and split over them at will.
//!
//! | size | field |
//! |---|---|
//! | 1 | type |
//! | 3 | length of the body |
//!
//! Source: RFC 8446 §4, RFC 5246 §7.4.

use nom::number::complete::{be_u8, be_u24};
use nom::{IResult, Parser};

/// The type of a handshake message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HandshakeType(pub u8);

impl HandshakeType {
    /// The server asks to renegotiate (before TLS 1.3).
    pub const HELLO_REQUEST: Self = Self(0);
    /// What the client offers.
    pub const CLIENT_HELLO: Self = Self(1);
    /// What the server chose.
    pub const SERVER_HELLO: Self = Self(2);
    /// What to resume the session with.
    pub const NEW_SESSION_TICKET: Self = Self(4);
    /// The key exchange's part of the client (before TLS 1.3).
    pub const CLIENT_KEY_EXCHANGE: Self = Self(16);
    /// The last message of each side.
    pub const FINISHED: Self = Self(20);
    /// The sender takes its next key (TLS 1.3).
    pub const KEY_UPDATE: Self = Self(24);
}

/// A message's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandshakeHeader {
    /// The message's type.
    pub kind: HandshakeType,
    /// Bytes of the body.
    pub length: u32,
}

impl HandshakeHeader {
    /// Its size on the wire.
    pub const SIZE: usize = 4;

    /// Reads a header; `None` if there are fewer than four bytes.
    #[must_use]
    pub fn parse(input: &[u8]) -> Option<Self> {
        header(input).ok().map(|(_, header)| header)
    }
}

fn header(input: &[u8]) -> IResult<&[u8], HandshakeHeader> {
    (be_u8, be_u24)
        .map(|(kind, length)| HandshakeHeader {
            kind: HandshakeType(kind),
            length,
        })
        .parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads() {
        let header = HandshakeHeader::parse(&[20, 0, 1, 2, 9]).unwrap();
        assert_eq!(
            (header.kind, header.length),
            (HandshakeType::FINISHED, 0x102)
        );
        assert_eq!(HandshakeHeader::parse(&[20, 0, 1]), None);
    }
}
