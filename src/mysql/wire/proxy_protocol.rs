//! The PROXY protocol header, which a load balancer puts before the client's first byte.
//!
//! Version 1, text of at most 107 bytes:
//!
//! ```text
//! PROXY TCP4|TCP6 <source> <destination> <source port> <destination port>\r\n
//! PROXY UNKNOWN <anything>\r\n
//! ```
//!
//! Version 2:
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 12 | signature |
//! | 12 | 1 | version 2 in the upper half; command 0 `LOCAL`, 1 `PROXY` in the lower |
//! | 13 | 1 | family (1 IPv4, 2 IPv6, 3 Unix) in the upper half, transport in the lower |
//! | 14 | 2 | length of what follows, big-endian |
//! | 16 | 12 / 36 / 216 | source, destination, then their ports big-endian; the rest are TLVs |
//!
//! Source: "The PROXY protocol, versions 1 & 2", section 2, of HAProxy.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use memchr::memmem;
use nom::Parser;
use nom::number::complete::{be_u16, be_u32, be_u128};

use crate::net::Endpoint;

use super::field::{Step, bytes_of, u8_of};

/// What the beginning of a client's stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// A whole header.
    Complete {
        /// Its length in bytes; the client's own bytes follow.
        header_len: usize,
        /// The real client, if the header tells.
        source: Option<Endpoint>,
        /// The address the real client connected to, if the header tells.
        destination: Option<Endpoint>,
    },
    /// Perhaps a header, of which bytes are still to come.
    NeedMore,
    /// No header.
    NotProxy,
}

const SIGNATURE_1: &[u8] = b"PROXY ";
const SIGNATURE_2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// The longest header of version 1, its line end included.
const LONGEST_1: usize = 107;
/// Bytes of a header of version 2 before the addresses.
const FIXED_2: usize = 16;

/// Source and destination.
type Pair = (Endpoint, Endpoint);

/// Reads the header at the beginning of a client's stream.
#[must_use]
pub fn parse(stream: &[u8]) -> Parsed {
    if stream.starts_with(SIGNATURE_1) {
        version_1(stream)
    } else if stream.starts_with(SIGNATURE_2) {
        version_2(stream)
    } else if SIGNATURE_1.starts_with(stream) || SIGNATURE_2.starts_with(stream) {
        Parsed::NeedMore
    } else {
        Parsed::NotProxy
    }
}

fn version_1(stream: &[u8]) -> Parsed {
    let head = stream.get(..LONGEST_1).unwrap_or(stream);
    let Some(end) = memmem::find(head, b"\r\n") else {
        return if head.len() < LONGEST_1 {
            Parsed::NeedMore
        } else {
            Parsed::NotProxy
        };
    };
    let line = head.get(..end).unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line) else {
        return Parsed::NotProxy;
    };
    let words: Vec<&str> = line.split(' ').collect();
    let pair = match words.as_slice() {
        [_, "UNKNOWN", ..] => None,
        [_, "TCP4", from, to, from_port, to_port] => {
            match pair::<Ipv4Addr>(from, to, from_port, to_port) {
                None => return Parsed::NotProxy,
                found => found,
            }
        }
        [_, "TCP6", from, to, from_port, to_port] => {
            match pair::<Ipv6Addr>(from, to, from_port, to_port) {
                None => return Parsed::NotProxy,
                found => found,
            }
        }
        _ => return Parsed::NotProxy,
    };
    complete(end.saturating_add(2), pair)
}

fn pair<A: FromStr + Into<IpAddr>>(
    from: &str,
    to: &str,
    from_port: &str,
    to_port: &str,
) -> Option<Pair> {
    let endpoint = |address: &str, port: &str| {
        let address: A = address.parse().ok()?;
        let port = port.parse().ok()?;
        Some(Endpoint {
            address: address.into(),
            port,
        })
    };
    Some((endpoint(from, from_port)?, endpoint(to, to_port)?))
}

fn complete(header_len: usize, pair: Option<Pair>) -> Parsed {
    Parsed::Complete {
        header_len,
        source: pair.map(|(source, _)| source),
        destination: pair.map(|(_, destination)| destination),
    }
}

fn version_2(stream: &[u8]) -> Parsed {
    let Some(&version_and_command) = stream.get(SIGNATURE_2.len()) else {
        return Parsed::NeedMore;
    };
    if !matches!(version_and_command, 0x20 | 0x21) {
        return Parsed::NotProxy;
    }
    let Ok((rest, (family, length))) = fixed_2(stream) else {
        return Parsed::NeedMore;
    };
    let Some(body) = rest.get(..usize::from(length)) else {
        return Parsed::NeedMore;
    };
    let header_len = FIXED_2.saturating_add(body.len());
    // LOCAL is the proxy's own health check: its addresses, if any, are to be ignored.
    if version_and_command == 0x20 {
        return complete(header_len, None);
    }
    let addresses = match family >> 4 {
        1 => addresses_4(body),
        2 => addresses_6(body),
        _ => return complete(header_len, None),
    };
    match addresses {
        Ok((_, pair)) => complete(header_len, Some(pair)),
        Err(_) => Parsed::NotProxy,
    }
}

fn fixed_2(input: &[u8]) -> Step<'_, (u8, u16)> {
    let (rest, _) = bytes_of("the signature and the command", 13, input)?;
    let (rest, family) = u8_of("the family", rest)?;
    let (rest, length) = be_u16(rest)?;
    Ok((rest, (family, length)))
}

fn addresses_4(input: &[u8]) -> Step<'_, Pair> {
    let (rest, (from, to, from_port, to_port)) = (be_u32, be_u32, be_u16, be_u16).parse(input)?;
    let endpoint = |bits, port| Endpoint {
        address: Ipv4Addr::from_bits(bits).into(),
        port,
    };
    Ok((rest, (endpoint(from, from_port), endpoint(to, to_port))))
}

fn addresses_6(input: &[u8]) -> Step<'_, Pair> {
    let (rest, (from, to, from_port, to_port)) = (be_u128, be_u128, be_u16, be_u16).parse(input)?;
    let endpoint = |bits, port| Endpoint {
        address: Ipv6Addr::from_bits(bits).into(),
        port,
    };
    Ok((rest, (endpoint(from, from_port), endpoint(to, to_port))))
}

#[cfg(test)]
#[path = "proxy_protocol_tests.rs"]
mod tests;
