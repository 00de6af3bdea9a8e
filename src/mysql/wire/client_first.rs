//! The client's first packet: which of its three forms it has.
//!
//! | capabilities | length | form |
//! |---|---|---|
//! | SSL | 32, 4 or 5 bytes | `SSLRequest` |
//! | `PROTOCOL_41` | | `HandshakeResponse41` |
//! | neither | | `HandshakeResponse320` |
//!
//! Source: "Connection Phase" in the MySQL Source Code Documentation.

use crate::mysql::wire::capabilities::Capabilities;

use super::error::WireError;
use super::field::{finish, u16_of};
use super::handshake_response::HandshakeResponse;
use super::handshake_response_320::HandshakeResponse320;
use super::ssl_request::SslRequest;

/// What a client can send first. Inside TLS the login packet follows in the same two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFirst {
    /// TLS is asked for; the login packet follows inside it.
    SslRequest(SslRequest),
    /// The login packet.
    Login(HandshakeResponse),
    /// The login packet before protocol 4.1.
    OldLogin(HandshakeResponse320),
}

impl ClientFirst {
    /// Reads the packet, or its beginning if `missing` bytes of it were not captured. `server` is
    /// what the greeting offered; `None` if the greeting was not captured.
    ///
    /// # Errors
    ///
    /// If the packet has none of the three forms.
    pub fn parse(
        payload: &[u8],
        missing: u64,
        server: Option<Capabilities>,
    ) -> Result<Self, WireError> {
        if let Some(request) = SslRequest::parse(payload, missing, server) {
            return Ok(Self::SslRequest(request));
        }
        let flags = u16_of("the capabilities", payload);
        let (_, low) = finish("HandshakeResponse", payload, flags)?;
        if Capabilities(u64::from(low)).has(Capabilities::PROTOCOL_41) {
            HandshakeResponse::parse(payload, missing, server).map(Self::Login)
        } else {
            HandshakeResponse320::parse(payload, missing).map(Self::OldLogin)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_bytes::{SEED_LOGIN, SSL_REQUEST, payload};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_forms() {
        let parse = |bytes: &[u8]| ClientFirst::parse(bytes, 0, None).unwrap();
        assert!(matches!(
            parse(&payload(SSL_REQUEST)),
            ClientFirst::SslRequest(_)
        ));
        assert!(matches!(parse(&payload(SEED_LOGIN)), ClientFirst::Login(_)));
        let old = b"\x85\x24\0\0\x01old\0BCDEFGHI";
        assert!(matches!(parse(old), ClientFirst::OldLogin(_)));
        assert!(ClientFirst::parse(b"\x85", 0, None).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(payload: Vec<u8>, missing in 0_u64..40) {
            let _ = ClientFirst::parse(&payload, missing, None);
        }
    }
}
