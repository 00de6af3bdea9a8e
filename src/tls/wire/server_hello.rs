//! `ServerHello`: what the server chose; in TLS 1.3 also `HelloRetryRequest`.
//!
//! | size | field |
//! |---|---|
//! | 2 | version, at most 03 03; TLS 1.3 stands in an extension |
//! | 32 | server random; a certain value says `HelloRetryRequest` |
//! | 1 + n | session id, at most 32 bytes |
//! | 2 | cipher suite |
//! | 1 | compression method |
//! | 2 + n | extensions, or nothing |
//!
//! Source: RFC 8446 §4.1.3, RFC 5246 §7.4.1.3.

use nom::combinator::all_consuming;
use nom::multi::length_data;
use nom::number::complete::{be_u8, be_u16};
use nom::{IResult, Parser};

use super::client_hello::random;
use super::extension::{self, Extension, ExtensionType};
use super::version::Version;
use crate::tls::suite::Suite;

/// The server random of a `HelloRetryRequest`: SHA-256 of that name.
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// A `ServerHello`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello<'a> {
    /// The version in front.
    pub legacy_version: Version,
    /// The server random.
    pub random: [u8; 32],
    /// The session's id; before TLS 1.3 what it may be resumed by.
    pub session_id: &'a [u8],
    /// The suite chosen.
    pub suite: Suite,
    /// The compression chosen; 0 is none.
    pub compression: u8,
    /// The extensions, in their order.
    pub extensions: Vec<Extension<'a>>,
}

impl<'a> ServerHello<'a> {
    /// Reads the body of the message; `None` if it is not one.
    #[must_use]
    pub fn parse(body: &'a [u8]) -> Option<Self> {
        all_consuming(hello)
            .parse(body)
            .ok()
            .map(|(_, hello)| hello)
    }

    /// Whether it is a `HelloRetryRequest`: the client is to offer something else.
    #[must_use]
    pub fn is_retry(&self) -> bool {
        self.random == RETRY
    }

    /// The version that is spoken.
    #[must_use]
    pub fn version(&self) -> Version {
        match extension::find(&self.extensions, ExtensionType::SUPPORTED_VERSIONS) {
            Some(&[high, low]) => Version(u16::from_be_bytes([high, low])),
            _ => self.legacy_version,
        }
    }

    /// Whether an extension was agreed on.
    #[must_use]
    pub fn has(&self, kind: ExtensionType) -> bool {
        extension::find(&self.extensions, kind).is_some()
    }
}

fn hello(input: &[u8]) -> IResult<&[u8], ServerHello<'_>> {
    let (input, version) = be_u16(input)?;
    let (input, random) = random(input)?;
    let (input, session_id) = length_data(be_u8).parse(input)?;
    let (input, suite) = be_u16(input)?;
    let (input, compression) = be_u8(input)?;
    let (input, extensions) = extension::parse(input)?;
    let hello = ServerHello {
        legacy_version: Version(version),
        random,
        session_id,
        suite: Suite(suite),
        compression,
        extensions,
    };
    Ok((input, hello))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    fn body(random: [u8; 32], extensions: &[u8]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend(random);
        body.extend([1, 0xaa, 0x13, 0x02, 0]);
        body.extend(extensions);
        body
    }

    #[test]
    fn versions() {
        let (old, new) = (
            body([1; 32], &[]),
            body([1; 32], &[0, 6, 0, 43, 0, 2, 3, 4]),
        );
        let old = ServerHello::parse(&old).unwrap();
        assert_eq!((old.version(), old.suite), (Version::TLS12, Suite(0x1302)));
        let new = ServerHello::parse(&new).unwrap();
        assert_eq!(new.version(), Version::TLS13);
        assert!(new.has(ExtensionType::SUPPORTED_VERSIONS) && !new.is_retry());
    }

    #[test]
    fn retry() {
        assert_eq!(RETRY, *Sha256::digest(b"HelloRetryRequest"));
        assert!(ServerHello::parse(&body(RETRY, &[])).unwrap().is_retry());
    }

    proptest! {
        #[test]
        fn never_panics(body: Vec<u8>) {
            let _ = ServerHello::parse(&body);
        }
    }
}
