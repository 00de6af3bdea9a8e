//! GRE (RFC 2784, with key and sequence number of RFC 2890), and the form that PPTP uses (RFC 2637,
//! section 4.1).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | flags: 0x80 checksum, 0x40 source routes, 0x20 key, 0x10 sequence number |
//! | 1 | 1 | version in the last three bits; of version 1: 0x80 acknowledgement |
//! | 2 | 2 | protocol, an `EtherType` or one of GRE's own |
//! | 4 | 4 each | checksum, key, sequence number, acknowledgement: those that are there |

use super::layer::{Next, Rest};
use super::tunnel::Tunnel;
use super::{Undecodable, ethernet, ppp};

const CHECKSUM: u8 = 0x80;
const ROUTES: u8 = 0x40;
const KEY: u8 = 0x20;
const SEQUENCE: u8 = 0x10;
const ACKNOWLEDGEMENT: u8 = 0x80;

pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let cut = || rest.too_short(Undecodable::IpTruncated, Undecodable::IpMalformed);
    let Some(([flags, version, high, low], inside)) = rest.split() else {
        return Err(cut());
    };
    let (acknowledges, is_pptp) = match version & 7 {
        0 => (false, false),
        1 => (version & ACKNOWLEDGEMENT != 0, true),
        _ => return Ok(Next::Nothing),
    };
    if flags & ROUTES != 0 {
        return Err(Undecodable::Tunnel("GRE with source routes"));
    }
    let has = |bit| flags & bit != 0;
    let words = [has(CHECKSUM), has(KEY), has(SEQUENCE), acknowledges];
    let len = words
        .iter()
        .filter(|there| **there)
        .count()
        .saturating_mul(4);
    if inside.data.len() < len {
        return Err(cut());
    }
    let inside = inside.after(len);
    match (u16::from_be_bytes([*high, *low]), is_pptp) {
        // PPTP's has no payload without a sequence number
        (0x880b, _) if has(SEQUENCE) || !is_pptp => ppp::next(inside),
        // ERSPAN: type I has no header of its own and no sequence number
        (0x88be, _) if has(SEQUENCE) => Ok(Next::Tunnel(Tunnel::ErspanTwo, inside)),
        (0x88be, _) => ethernet::next(inside),
        (0x22eb, _) => Ok(Next::Tunnel(Tunnel::ErspanThree, inside)),
        (0x883e, _) => Ok(Next::Ip(behind_redirect(inside))),
        // keep-alives, and lengths, of which there are none here
        (_, true) | (..0x0600, _) => Ok(Next::Nothing),
        (kind, _) => Ok(Next::EtherType(kind, inside)),
    }
}

/// WCCP: version 2 puts four bytes before the redirected packet, version 1 none
/// (draft-wilson-wrec-wccp-v2, section 4.12).
fn behind_redirect(rest: Rest<'_>) -> Rest<'_> {
    match rest.data.first().map(|first| first >> 4) {
        Some(4) => rest,
        _ => rest.after(4),
    }
}
