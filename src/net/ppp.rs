//! PPP (RFC 1661, section 2; in HDLC's framing RFC 1662, section 3.1), and Cisco's HDLC
//! (<https://www.tcpdump.org/linktypes/LINKTYPE_C_HDLC.html>).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 2 | 0xff, 0x03; may be left out |
//! | 2 | 2 | protocol; in one byte if that is odd |
//!
//! | offset | size | Cisco HDLC |
//! |---|---|---|
//! | 0 | 1 | 0x0f to one station, 0x8f to all |
//! | 1 | 1 | 0 |
//! | 2 | 2 | protocol, an `EtherType` |

use super::Undecodable;
use super::layer::{Next, Rest};
use super::tunnel::Tunnel;

pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let rest = match rest.data {
        [0xff, 0x03, ..] => rest.after(2),
        _ => rest,
    };
    let (protocol, rest) = match rest.data {
        [short, ..] if short & 1 != 0 => (u16::from(*short), rest.after(1)),
        [high, low, ..] => (u16::from_be_bytes([*high, *low]), rest.after(2)),
        _ => return Err(Undecodable::LinkTruncated),
    };
    match protocol {
        0x0021 => Ok(Next::Ip(rest)),
        0x0057 => Ok(Next::Ipv6(rest)),
        0x0281 | 0x0283 => Ok(Next::Tunnel(Tunnel::Mpls, rest)),
        0x003d => Err(Undecodable::Tunnel("multilink PPP")),
        0x0053 | 0x00fd => Err(Undecodable::Tunnel("encrypted or compressed PPP")),
        _ => Ok(Next::Nothing),
    }
}

/// `LINKTYPE_PPP_HDLC`: PPP or Cisco HDLC, told by the first byte.
pub(super) fn serial(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    match rest.data.first() {
        Some(0x0f | 0x8f) => hdlc(rest),
        _ => next(rest),
    }
}

/// `LINKTYPE_C_HDLC`.
pub(super) fn hdlc(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some(([_, _, high, low], rest)) = rest.split() else {
        return Err(Undecodable::LinkTruncated);
    };
    match u16::from_be_bytes([*high, *low]) {
        ..0x0600 => Ok(Next::Nothing),
        kind => Ok(Next::EtherType(kind, rest)),
    }
}

/// `LINKTYPE_PPP_WITH_DIR`: a byte for the direction stands before.
pub(super) fn with_direction(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    next(rest.after(1))
}
