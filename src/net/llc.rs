//! The LLC header (IEEE 802.2), with the SNAP extension (RFC 1042).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | destination service: 0xaa for SNAP, 0x06 for IP |
//! | 1 | 1 | source service |
//! | 2 | 1 | control: 3 for unnumbered information |
//! | 3 | 3 | SNAP: organisation; 0 for an `EtherType`, 0x0000f8 for one bridged over (IEEE 802.1H) |
//! | 6 | 2 | SNAP: `EtherType` |

use super::Undecodable;
use super::layer::{Next, Rest};

pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    match rest.data {
        [0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00 | 0xf8, high, low, ..] => {
            match u16::from_be_bytes([*high, *low]) {
                // no length here, so that LLC cannot nest
                ..0x0600 => Ok(Next::Nothing),
                kind => Ok(Next::EtherType(kind, rest.after(8))),
            }
        }
        [0x06, 0x06, 0x03, ..] => Ok(Next::Ip(rest.after(3))),
        [] | [_] | [_, _] | [0xaa, 0xaa, 0x03] | [0xaa, 0xaa, 0x03, _] if rest.missing > 0 => {
            Err(Undecodable::LinkTruncated)
        }
        _ => Ok(Next::Nothing),
    }
}
