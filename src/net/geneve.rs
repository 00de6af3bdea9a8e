//! GENEVE (RFC 8926, section 3.4).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | version 0 in two bits, length of the options in 4-byte words |
//! | 1 | 1 | 0x80: a control packet; 0x40: critical options |
//! | 2 | 2 | protocol, an `EtherType` (0x6558 for an Ethernet frame) |
//! | 4 | 3 | number of the network |
//! | 7 | 1 | reserved |
//! | 8 | | options |

use super::layer::{Next, Rest};

pub(super) fn next(rest: Rest<'_>) -> Next<'_> {
    let Some(([first, flags, high, low, _, _, _, _], inside)) = rest.split() else {
        return Next::Nothing;
    };
    if first >> 6 != 0 || flags & 0x80 != 0 {
        return Next::Nothing;
    }
    let options = usize::from(first & 0x3f).saturating_mul(4);
    match u16::from_be_bytes([*high, *low]) {
        // no length here
        ..0x0600 => Next::Nothing,
        kind => Next::EtherType(kind, inside.after(options)),
    }
}
