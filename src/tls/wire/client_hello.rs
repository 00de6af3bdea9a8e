//! `ClientHello`: what the client offers.
//!
//! | size | field |
//! |---|---|
//! | 2 | version, at most 03 03 |
//! | 32 | client random: the name of the session in key logs |
//! | 1 + n | session id to resume, at most 32 bytes; anything in TLS 1.3 |
//! | 2 + 2n | cipher suites |
//! | 1 + n | compression methods |
//! | 2 + n | extensions, or nothing |
//!
//! Source: RFC 8446 §4.1.2, RFC 5246 §7.4.1.2.

use nom::bytes::complete::take;
use nom::combinator::all_consuming;
use nom::multi::{length_data, many0};
use nom::number::complete::{be_u8, be_u16};
use nom::{IResult, Parser};

use super::extension::{self, Extension, ExtensionType};
use super::version::Version;
use crate::tls::suite::Suite;

/// A `ClientHello`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello<'a> {
    /// The version in front; TLS 1.3 is offered in an extension.
    pub version: Version,
    /// The client random.
    pub random: [u8; 32],
    /// The session to resume.
    pub session_id: &'a [u8],
    /// The suites offered.
    pub suites: Vec<Suite>,
    /// The compression methods offered.
    pub compression: &'a [u8],
    /// The extensions, in their order.
    pub extensions: Vec<Extension<'a>>,
}

impl<'a> ClientHello<'a> {
    /// Reads the body of the message; `None` if it is not one.
    #[must_use]
    pub fn parse(body: &'a [u8]) -> Option<Self> {
        all_consuming(hello)
            .parse(body)
            .ok()
            .map(|(_, hello)| hello)
    }

    /// The ticket of a session of TLS 1.2 or older, if there is one.
    #[must_use]
    pub fn ticket(&self) -> Option<&'a [u8]> {
        let ticket = extension::find(&self.extensions, ExtensionType::SESSION_TICKET);
        ticket.filter(|ticket| !ticket.is_empty())
    }

    /// Whether data of TLS 1.3 may come before the handshake is complete.
    #[must_use]
    pub fn offers_early_data(&self) -> bool {
        extension::find(&self.extensions, ExtensionType::EARLY_DATA).is_some()
    }
}

fn hello(input: &[u8]) -> IResult<&[u8], ClientHello<'_>> {
    let (input, version) = be_u16(input)?;
    let (input, random) = random(input)?;
    let (input, session_id) = length_data(be_u8).parse(input)?;
    let (input, suites) = length_data(be_u16).parse(input)?;
    let (input, compression) = length_data(be_u8).parse(input)?;
    let (input, extensions) = extension::parse(input)?;
    let (_, suites) = all_consuming(many0(be_u16.map(Suite))).parse(suites)?;
    let hello = ClientHello {
        version: Version(version),
        random,
        session_id,
        suites,
        compression,
        extensions,
    };
    Ok((input, hello))
}

/// The 32 random bytes of a hello.
pub(super) fn random(input: &[u8]) -> IResult<&[u8], [u8; 32]> {
    let (rest, bytes) = take(32_usize).parse(input)?;
    let mut random = [0; 32];
    random.copy_from_slice(bytes);
    Ok((rest, random))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn old() -> Vec<u8> {
        let mut body = vec![3, 1];
        body.extend([7; 32]);
        body.extend([2, 0xaa, 0xbb]);
        body.extend([0, 4, 0, 0x2f, 0xc0, 0x13]);
        body.extend([1, 0]);
        body
    }

    #[test]
    fn without_extensions() {
        let body = old();
        let hello = ClientHello::parse(&body).unwrap();
        assert_eq!(hello.version, Version::TLS10);
        assert_eq!(hello.session_id, [0xaa, 0xbb]);
        assert_eq!(hello.suites, [Suite(0x2f), Suite(0xc013)]);
        assert_eq!((hello.ticket(), hello.offers_early_data()), (None, false));
    }

    #[test]
    fn with_extensions() {
        let mut body = old();
        body.extend([0, 10, 0, 35, 0, 2, 8, 9, 0, 42, 0, 0]);
        let hello = ClientHello::parse(&body).unwrap();
        assert_eq!(hello.ticket(), Some(&[8, 9][..]));
        assert!(hello.offers_early_data());
    }

    proptest! {
        #[test]
        fn any_cut_is_no_hello(cut in 0_usize..43) {
            let body = old();
            prop_assert_eq!(ClientHello::parse(&body[..cut]), None);
        }

        #[test]
        fn never_panics(body: Vec<u8>) {
            let _ = ClientHello::parse(&body);
        }
    }
}
