//! How far a login reaches: which bytes of each side, and which packets.

use std::ops::Range;

use super::bytes::Bytes;
use crate::limits;
use crate::mysql::{Fault, Login, Outcome, Side, StepKind, Transport};

/// Bytes of a message's header.
const HEADER: u64 = 4;

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

/// Whether the login lies inside the compressed protocol: its bytes cannot be told from the frames'.
pub(super) fn is_compressed(login: &Login) -> bool {
    login.attempt > 0 && login.agreed_on_compression()
}

/// The span of a login. With `names`, what follows the request for TLS is left out: its handshake
/// names hosts.
pub(super) fn of(login: &Login, bytes: &Bytes, names: bool) -> Span {
    let first = if login.attempt == 0 {
        0
    } else {
        login.first.number
    };
    let packets = first..end(login);
    if is_compressed(login) {
        let sides = [Side::Client, Side::Server];
        return Span {
            sides: sides.map(|side| bytes.of_packets(side, packets.clone())),
            tail: None,
            packets,
        };
    }
    let mut sides = [Side::Client, Side::Server].map(|side| of_steps(login, side));
    let tail = tail(login, bytes, sides.first().map_or(0, |client| client.end));
    if let Some(tail) = &tail
        && let Some(client) = sides.first_mut()
    {
        client.end = tail.end;
    }
    let mut sides = sides.map(|range| vec![range]);
    if matches!(login.transport, Transport::Tls { .. }) && !names {
        for ranges in &mut sides {
            let begin = ranges.first().map_or(0, |range| range.end);
            ranges.push(begin..begin.saturating_add(limits::EXTRACTED_TLS));
        }
    }
    Span {
        sides,
        tail,
        packets,
    }
}

/// From a side's first message of the login to the end of its last; of the connection's own login,
/// from the first byte, where a PROXY header may stand.
fn of_steps(login: &Login, side: Side) -> Range<u64> {
    // Behind the request for TLS offsets count decrypted bytes.
    let is_tls = matches!(login.transport, Transport::Tls { .. });
    let request = login.step(StepKind::SslRequest).map(|step| step.at.number);
    let until = request.filter(|_| is_tls).unwrap_or(u64::MAX);
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
