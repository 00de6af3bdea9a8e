//! A VLAN tag (IEEE 802.1Q, section 9.6). Tags stack: what follows may be another.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 2 | priority and VLAN |
//! | 2 | 2 | `EtherType` or length of what follows |

use super::Undecodable;
use super::layer::{Next, Rest};

pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some(([_, _, high, low], rest)) = rest.split() else {
        return Err(Undecodable::LinkTruncated);
    };
    Ok(Next::EtherType(u16::from_be_bytes([*high, *low]), rest))
}
