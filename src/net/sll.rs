//! Linux "cooked" capture, version 1 (<https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html>).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 2 | direction |
//! | 2 | 2 | ARPHRD_ type of the device |
//! | 4 | 2 | length of the address |
//! | 6 | 8 | address |
//! | 14 | 2 | protocol: an `EtherType`, or 4 for LLC |

use super::Undecodable;
use super::layer::{Next, Rest};

/// Bytes of the header.
const HEADER: usize = 16;
/// The protocol that stands for LLC; other small numbers are nothing of ours.
const LLC: u16 = 4;

pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some(([.., high, low], rest)) = rest.split::<HEADER>() else {
        return Err(Undecodable::LinkTruncated);
    };
    Ok(by_protocol(u16::from_be_bytes([*high, *low]), rest))
}

/// What a protocol number of either version names.
pub(super) fn by_protocol(protocol: u16, rest: Rest<'_>) -> Next<'_> {
    match protocol {
        LLC => Next::Llc(rest),
        ..0x0600 => Next::Nothing,
        kind => Next::EtherType(kind, rest),
    }
}
