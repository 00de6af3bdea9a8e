//! Linux "cooked" capture, version 2 (<https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html>).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 2 | protocol: an `EtherType`, or 4 for LLC |
//! | 2 | 2 | reserved |
//! | 4 | 4 | interface |
//! | 8 | 2 | ARPHRD_ type of the device |
//! | 10 | 1 | direction |
//! | 11 | 1 | length of the address |
//! | 12 | 8 | address |

use super::layer::{Next, Rest};
use super::{Undecodable, sll};

/// Bytes of the header.
const HEADER: usize = 20;

pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some(([high, low, ..], rest)) = rest.split::<HEADER>() else {
        return Err(Undecodable::LinkTruncated);
    };
    Ok(sll::by_protocol(u16::from_be_bytes([*high, *low]), rest))
}
