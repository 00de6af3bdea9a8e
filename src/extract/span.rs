//! How far a login reaches: which bytes of each side, and which packets.

use std::ops::Range;

use super::bytes::Bytes;
use crate::limits;
use crate::mysql::wire::compressed::CompressedHeader;
use crate::mysql::wire::proxy_protocol::{self, Parsed};
use crate::mysql::{Fault, Login, Outcome, Side, StepKind, Transport};

/// Bytes of a message's header.
const HEADER: u64 = 4;

/// Bytes of the longest PROXY header: version 2, with a length of 16 bits.
const PROXY_HEADER: u64 = 16 + 0xffff;

/// One login's part of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Offsets of the client's and the server's bytes.
    pub(super) sides: [Vec<Range<u64>>; 2],
    /// What the client said behind its last message of the login: it quit, or sent a command where an
    /// answer was due. Only what kind of message it was may stay.
    pub(super) tail: Option<Range<u64>>,
    /// Packets whose acknowledgements belong to it.
    pub(super) packets: Range<u64>,
}

/// The packet behind the last one that belongs to a login.
pub(super) fn end(login: &Login) -> u64 {
    let result = login.step(StepKind::Result).filter(|_| is_decided(login));
    result.map_or(u64::MAX, |step| step.at.number.saturating_add(1))
}

fn is_decided(login: &Login) -> bool {
    matches!(login.outcome, Outcome::Accepted | Outcome::Rejected(_))
}

/// The span of a login. `compressed`: it lies inside the compressed protocol, and its bytes cannot be told from the
/// frames'.
pub(super) fn of(login: &Login, bytes: &Bytes, compressed: bool) -> Span {
    let first = if login.attempt == 0 {
        0
    } else {
        login.first.number
    };
    let packets = first..end(login);
    if compressed {
        let sides = [Side::Client, Side::Server];
        return Span {
            sides: sides.map(|side| frames(login, bytes, side).into_iter().collect()),
            tail: None,
            packets,
        };
    }
    let mut sides = [Side::Client, Side::Server].map(|side| before_tls(login, bytes, side));
    let tail = tail(login, bytes, sides.first().map_or(0, |client| client.end));
    if let Some(tail) = &tail
        && let Some(client) = sides.first_mut()
    {
        client.end = tail.end;
    }
    let mut sides = sides.map(|range| vec![range]);
    if matches!(login.transport, Transport::Tls { .. }) {
        for (side, ranges) in [Side::Client, Side::Server].into_iter().zip(&mut sides) {
            let begin = ranges.first().map_or(0, |range| range.end);
            ranges.push(sealed(login, bytes, side, begin));
        }
    }
    Span {
        sides,
        tail,
        packets,
    }
}

/// The compressed packets with a side's messages, up to the packet that completed the last of them.
fn frames(login: &Login, bytes: &Bytes, side: Side) -> Option<Range<u64>> {
    let steps = || login.steps.iter().filter(|step| step.side == side);
    let start = steps().map(|step| step.offset).min()?;
    let last = steps().map(|step| step.at.number).max()?;
    let said = bytes.of_packets(side, login.first.number..last.saturating_add(1));
    let reach = said.iter().map(|range| range.end).max()?;
    let whole = CompressedHeader::length_of_whole(&bytes.get(side, start..reach));
    Some(start..start.saturating_add(whole as u64))
}

/// The records of a login inside TLS. Where it was decrypted its end is known, and what comes behind
/// that is left out.
fn sealed(login: &Login, bytes: &Bytes, side: Side, begin: u64) -> Range<u64> {
    let cap = begin.saturating_add(limits::EXTRACTED_TLS);
    if !is_decided(login) {
        return begin..cap;
    }
    let until = bytes.of_packets(side, 0..end(login));
    let until = until.iter().map(|range| range.end).max();
    begin..until.unwrap_or(begin).clamp(begin, cap)
}

/// From a side's first message of the login to the end of its last; of the connection's own login,
/// from the first byte, where a PROXY header may stand. Where TLS is begun, to the request for it.
pub(super) fn before_tls(login: &Login, bytes: &Bytes, side: Side) -> Range<u64> {
    // Inside TLS offsets count decrypted bytes.
    let is_tls = matches!(login.transport, Transport::Tls { .. });
    let request = login.step(StepKind::SslRequest).map(|step| step.at.number);
    let until = if is_tls {
        request.unwrap_or(0)
    } else {
        u64::MAX
    };
    if is_tls && request.is_none() {
        // TLS from the first byte, or behind the header of a proxy.
        let header = proxy_header(bytes).filter(|_| side == Side::Client);
        return 0..header.unwrap_or(0);
    }
    let steps = || {
        let steps = login.steps.iter();
        steps.filter(move |step| step.side == side && step.at.number <= until)
    };
    let from = if login.attempt == 0 {
        Some(0)
    } else {
        steps().map(|step| step.offset).min()
    };
    let ends = steps().map(|step| {
        let length = step.length.saturating_add(HEADER);
        step.offset.saturating_add(length)
    });
    let from = from.unwrap_or(0);
    from..ends.max().unwrap_or(from)
}

/// The length of the PROXY header in front of a connection.
pub(super) fn proxy_header(bytes: &Bytes) -> Option<u64> {
    let begin = bytes.get(Side::Client, 0..PROXY_HEADER);
    match proxy_protocol::parse(&begin) {
        Parsed::Complete { header_len, .. } => Some(header_len as u64),
        _ => None,
    }
}

fn tail(login: &Login, bytes: &Bytes, end: u64) -> Option<Range<u64>> {
    if login.transport != Transport::Plain {
        return None;
    }
    let ignored = login.faults.iter().find_map(|fault| match fault {
        Fault::SwitchIgnored { at } => Some(*at),
        _ => None,
    });
    let left = match &login.outcome {
        Outcome::Abandoned {
            by: Some(Side::Client),
            at,
        } => *at,
        _ => None,
    };
    let until = ignored.max(left)?.number.saturating_add(1);
    let said = bytes.of_packets(Side::Client, 0..until);
    let last = said.iter().map(|range| range.end).max()?;
    (last > end).then_some(end..last)
}
