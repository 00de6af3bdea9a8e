//! PPP over Ethernet, the session stage (RFC 2516, section 4).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | version 1, type 1 |
//! | 1 | 1 | code, 0 |
//! | 2 | 2 | session |
//! | 4 | 2 | length in bytes of what follows |
//! | 6 | | PPP, from its protocol on |

use super::layer::{Next, Rest};
use super::{Undecodable, ppp};

pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    match rest.split() {
        Some(([0x11, 0, _, _, high, low], inside)) => {
            let length = u16::from_be_bytes([*high, *low]);
            ppp::next(inside.with_wire_len(length.into()))
        }
        Some(_) => Ok(Next::Nothing),
        None => Err(Undecodable::LinkTruncated),
    }
}
