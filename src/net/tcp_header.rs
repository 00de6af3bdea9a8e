//! The TCP header (RFC 9293, section 3.1).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 2 | source port |
//! | 2 | 2 | destination port |
//! | 4 | 4 | sequence number |
//! | 8 | 4 | acknowledgement number |
//! | 12 | 1 | high nibble: data offset, in 4-byte words |
//! | 13 | 1 | flags |
//! | 14 | 2 | window |
//! | 16 | 4 | checksum, urgent pointer |
//! | 20 | | options |
//!
//! Read by hand, because 16 bytes are enough: Wireshark gives a `tcp.stream` to a segment whose header
//! was captured as far as the window, and to one whose data offset lies; conversations are to be counted
//! as there.

use super::layer::{Ip, Rest};
use super::{Carried, Endpoint, Segment, SeqNum, TcpFlags, Undecodable};
use crate::capture::PacketRef;

/// Bytes of a header without options.
const SHORTEST: usize = 20;

#[inline]
pub(super) fn segment<'a>(
    at: PacketRef,
    ip: Ip<'a>,
    rest: Rest<'a>,
) -> Result<Segment<'a>, Undecodable> {
    let (words, _) = rest.data.as_chunks();
    let [[s0, s1, d0, d1], seq, ack, [offset, flags, _, _], ..] = words else {
        return Err(rest.too_short(Undecodable::TcpTruncated, Undecodable::TcpMalformed));
    };
    let header = usize::from(offset >> 4).saturating_mul(4);
    let flags = TcpFlags(*flags);
    let wire = rest.wire_len();
    let trouble = if header < SHORTEST || header > wire {
        Some(Undecodable::TcpMalformed)
    } else if header > rest.data.len() {
        Some(Undecodable::TcpTruncated)
    } else {
        None
    };
    // Where the payload begins is unknown when the header lies: then there is none.
    let payload = rest
        .data
        .get(header..)
        .filter(|_| trouble.is_none())
        .unwrap_or_default();
    let cut_off = match trouble {
        Some(Undecodable::TcpMalformed) => 0,
        _ => wire.saturating_sub(header).saturating_sub(payload.len()),
    };
    Ok(Segment {
        at,
        from: Endpoint {
            address: ip.source,
            port: u16::from_be_bytes([*s0, *s1]),
        },
        to: Endpoint {
            address: ip.destination,
            port: u16::from_be_bytes([*d0, *d1]),
        },
        seq: SeqNum(u32::from_be_bytes(*seq)),
        ack: flags.ack().then(|| SeqNum(u32::from_be_bytes(*ack))),
        flags,
        payload,
        cut_off: u32::try_from(cut_off).unwrap_or(u32::MAX),
        tcp: rest.data,
        ip: ip.header,
        trouble,
        carried: Carried::Plain,
    })
}
