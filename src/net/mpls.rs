//! MPLS labels (RFC 3032, section 2.1), and what may be behind them.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | label in 20 bits, class in 3, 0x100 the last one, time to live |
//!
//! Nothing says what is inside: IP, or an Ethernet frame with or without a control word of four bytes
//! that begins with a zero nibble (RFC 4448, section 4.6). So it is looked at: what is IP by its checksum
//! or its length is that; what holds IP where an Ethernet frame has it is a frame.

use etherparse::checksum::Sum16BitWords;

use super::Undecodable;
use super::layer::{Next, Rest};
use super::tunnel::Tunnel;

/// Bytes of the control word of a pseudowire.
const CONTROL_WORD: usize = 4;

pub(super) fn next(mut rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    loop {
        let Some(([_, _, last, _], behind)) = rest.split() else {
            let why = rest.too_short(Undecodable::LinkTruncated, Undecodable::LinkTruncated);
            return Err(why);
        };
        rest = behind;
        if last & 1 != 0 {
            break;
        }
    }
    let Some(nibble) = rest.data.first().map(|first| first >> 4) else {
        return Ok(Next::Nothing);
    };
    let behind_word = rest.after(CONTROL_WORD);
    if is_ipv4(rest) {
        Ok(Next::Ip(rest))
    } else if nibble == 0 && holds_ip(behind_word) {
        Ok(Next::Tunnel(Tunnel::Pseudowire, behind_word))
    } else if holds_ip(rest) {
        Ok(Next::Tunnel(Tunnel::Pseudowire, rest))
    } else {
        Ok(match nibble {
            4 => Next::Ip(rest),
            6 => Next::Ipv6(rest),
            _ => Next::Nothing,
        })
    }
}

/// Whether this is IPv4 by its header checksum.
fn is_ipv4(rest: Rest<'_>) -> bool {
    let length = match rest.data.first() {
        Some(first @ 0x45..=0x4f) => usize::from(first & 0xf).saturating_mul(4),
        _ => return false,
    };
    let header = rest.data.get(..length);
    header.is_some_and(|header| Sum16BitWords::new().add_slice(header).ones_complement() == 0)
}

/// Whether an Ethernet frame begins here that holds IP.
fn holds_ip(rest: Rest<'_>) -> bool {
    let mut types = rest.data.get(12..).unwrap_or_default();
    loop {
        types = match types {
            [0x81, 0, _, _, behind @ ..] | [0x88, 0xa8, _, _, behind @ ..] => behind,
            [8, 0, version, _, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                return version >> 4 == 4 && length <= rest.wire_len();
            }
            [0x86, 0xdd, version, ..] => return version >> 4 == 6,
            _ => return false,
        };
    }
}
