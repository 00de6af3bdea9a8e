//! The IPv6 header (RFC 8200, section 3), read by etherparse.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | version 6, traffic class, flow label |
//! | 4 | 2 | payload length in bytes; 0 in a jumbogram and where the network card was to cut it into packets |
//! | 6 | 1 | next header |
//! | 7 | 1 | hop limit |
//! | 8 | 32 | source, destination |

use std::net::IpAddr;

use etherparse::Ipv6HeaderSlice;
use etherparse::err::ipv6::HeaderSliceError;

use super::layer::{Ip, Next, Rest};
use super::{Undecodable, extension};

#[inline]
pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let header = Ipv6HeaderSlice::from_slice(rest.data).map_err(|e| match e {
        HeaderSliceError::Len(_) => {
            rest.too_short(Undecodable::IpTruncated, Undecodable::IpMalformed)
        }
        HeaderSliceError::Content(_) => Undecodable::IpMalformed,
    })?;
    let len = header.slice().len();
    let datagram = match usize::from(header.payload_length()) {
        // A jumbogram has its length in a hop-by-hop option (RFC 2675); the packet's own length is as good,
        // for what is longer than 65535 bytes has no padding behind it.
        0 => rest,
        payload => rest.with_wire_len(payload.saturating_add(len)),
    };
    let ip = Ip {
        source: IpAddr::V6(header.source_addr()),
        destination: IpAddr::V6(header.destination_addr()),
        header: rest.data,
    };
    extension::skip(ip, header.next_header(), datagram.after(len))
}
