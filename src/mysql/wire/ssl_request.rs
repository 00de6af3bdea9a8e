//! `SSLRequest`: the client's first packet when it wants TLS.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | capabilities, with SSL set |
//! | 4 | 4 | largest packet the client takes, in bytes |
//! | 8 | 1 | character set |
//! | 9 | 23 | filler, zero; MariaDB's clients: the last 4 are the extended capabilities |
//!
//! It is the login packet's beginning and nothing behind. Connector/J once sent the first 4 bytes
//! only; before protocol 4.1 it is `int<2>` capabilities and `int<3>` largest packet. Source:
//! "`Protocol::SSLRequest`" in the MySQL Source Code Documentation.

use crate::mysql::wire::capabilities::Capabilities;

use super::field::{u16_of, u24_of};
use super::handshake_response::fixed_part;

/// The request for TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SslRequest {
    /// The client's capabilities.
    pub capabilities: Capabilities,
    /// The largest packet the client takes, in bytes.
    pub max_packet: Option<u32>,
    /// The client's character set id.
    pub character_set: Option<u16>,
}

impl SslRequest {
    /// The request that `payload` is; `None` if it is something else. `missing` bytes of the
    /// message were not captured, `server` is what the greeting offered, if that was.
    #[must_use]
    pub fn parse(payload: &[u8], missing: u64, server: Option<Capabilities>) -> Option<Self> {
        let (_, low) = u16_of("the capabilities", payload).ok()?;
        let low = Capabilities(u64::from(low));
        let modern = low.has(Capabilities::PROTOCOL_41);
        let length = (payload.len() as u64).saturating_add(missing);
        if !low.has(Capabilities::SSL) || !matches!((length, modern), (4 | 32, true) | (5, false)) {
            return None;
        }
        if modern {
            let fixed = fixed_part(payload, server);
            return Some(Self {
                capabilities: fixed.capabilities?,
                max_packet: fixed.max_packet,
                character_set: fixed.character_set,
            });
        }
        let max_packet = u24_of("the largest packet", payload.get(2..)?).ok();
        Some(Self {
            capabilities: low,
            max_packet: max_packet.map(|(_, size)| size),
            character_set: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_bytes::{MYSQL_51_LOGIN, SEED_LOGIN, SSL_REQUEST, payload};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_forms() {
        let whole = payload(SSL_REQUEST);
        let request = SslRequest::parse(&whole, 0, None).unwrap();
        assert_eq!(request.capabilities, Capabilities(0x203f_ae85));
        assert_eq!(request.max_packet, Some(0x0100_0000));
        assert_eq!(request.character_set, Some(45));
        let short = SslRequest::parse(&whole[..4], 0, None).unwrap();
        assert_eq!(
            (short.capabilities, short.max_packet),
            (request.capabilities, None)
        );
        let old = SslRequest::parse(&[0x85, 0x2c, 0, 0, 1], 0, None).unwrap();
        assert_eq!(
            (old.capabilities, old.max_packet),
            (Capabilities(0x2c85), Some(0x1_0000))
        );
    }

    #[test]
    fn cut() {
        let whole = payload(SSL_REQUEST);
        let request = SslRequest::parse(&whole[..9], 23, None).unwrap();
        assert_eq!(request.character_set, Some(45));
        assert_eq!(SslRequest::parse(&whole[..9], 24, None), None);
        assert_eq!(SslRequest::parse(&whole[..3], 29, None), None);
    }

    #[test]
    fn extended_capabilities() {
        let mut whole = payload(SSL_REQUEST);
        whole[0] &= 0xfe;
        whole[28] = 0x1d;
        let request = SslRequest::parse(&whole, 0, None).unwrap();
        assert_eq!(request.capabilities, Capabilities(0x1d_203f_ae84));
    }

    #[test]
    fn a_login_is_none() {
        for text in [SEED_LOGIN, MYSQL_51_LOGIN] {
            assert_eq!(SslRequest::parse(&payload(text), 0, None), None);
        }
        let mut without_flag = payload(SSL_REQUEST);
        without_flag[1] &= !8;
        assert_eq!(SslRequest::parse(&without_flag, 0, None), None);
    }

    proptest! {
        #[test]
        fn never_panics(payload: Vec<u8>, missing in 0_u64..40) {
            let _ = SslRequest::parse(&payload, missing, None);
        }
    }
}
