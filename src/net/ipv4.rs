//! The IPv4 header (RFC 791, section 3.1), read by etherparse.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | version 4, header length in 4-byte words |
//! | 2 | 2 | total length in bytes; 0 where the network card was to cut it into packets |
//! | 4 | 2 | identification, the same in all fragments of a packet |
//! | 6 | 2 | flags (more fragments), fragment offset |
//! | 9 | 1 | protocol |
//! | 10 | 2 | header checksum |
//! | 12 | 8 | source, destination |
//! | 20 | | options |

use std::net::IpAddr;

use etherparse::Ipv4HeaderSlice;
use etherparse::err::ipv4::HeaderSliceError;

use super::fragment::{Fragment, Key};
use super::layer::{Ip, Next, Rest};
use super::{Undecodable, extension};

#[inline]
pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let header = Ipv4HeaderSlice::from_slice(rest.data).map_err(|e| match e {
        HeaderSliceError::Len(_) => {
            rest.too_short(Undecodable::IpTruncated, Undecodable::IpMalformed)
        }
        HeaderSliceError::Content(_) => Undecodable::IpMalformed,
    })?;
    let len = header.slice().len();
    let datagram = match usize::from(header.total_len()) {
        0 => rest,
        total if total < len => return Err(Undecodable::IpMalformed),
        total => rest.with_wire_len(total),
    };
    let payload = datagram.after(len);
    if header.is_fragmenting_payload() && !is_first_and_cut(&header, payload) {
        return Ok(fragment(&header, payload));
    }
    let ip = Ip {
        source: IpAddr::V4(header.source_addr()),
        destination: IpAddr::V4(header.destination_addr()),
        header: header.slice(),
    };
    extension::skip(ip, header.protocol(), payload)
}

/// What the snaplen cut cannot be put together again: as Wireshark, reads the headers of a first one.
#[cold]
fn is_first_and_cut(header: &Ipv4HeaderSlice<'_>, payload: Rest<'_>) -> bool {
    header.fragments_offset().value() == 0 && payload.missing > 0
}

#[cold]
fn fragment<'a>(header: &Ipv4HeaderSlice<'a>, payload: Rest<'a>) -> Next<'a> {
    if !extension::is_ours(header.protocol(), false) {
        return Next::Nothing;
    }
    let protocol = header.protocol().0;
    Next::Fragment(Fragment {
        key: Key {
            source: IpAddr::V4(header.source_addr()),
            destination: IpAddr::V4(header.destination_addr()),
            identification: header.identification().into(),
            protocol,
        },
        protocol,
        header: header.slice(),
        offset: usize::from(header.fragments_offset().value()).saturating_mul(8),
        more: header.more_fragments(),
        payload,
    })
}
