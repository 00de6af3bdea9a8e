//! ERSPAN, the mirror sessions of Cisco's switches, inside of GRE (draft-foschiano-erspan, sections 4.2
//! and 4.3).
//!
//! | offset | size | type II |
//! |---|---|---|
//! | 0 | 2 | version 1 in four bits, VLAN |
//! | 2 | 2 | class, encapsulation, 0x0400 truncated, session |
//! | 4 | 4 | index |
//!
//! | offset | size | type III |
//! |---|---|---|
//! | 0 | 2 | version 2 in four bits, VLAN |
//! | 2 | 2 | class, bad or short, truncated, session |
//! | 4 | 4 | time stamp |
//! | 8 | 2 | security group |
//! | 10 | 2 | frame type in 0x7c00 (0 Ethernet, 2 IP), direction, granularity, 0x0001: 8 more bytes follow |

use super::layer::{Next, Rest};
use super::{Undecodable, ethernet};

pub(super) fn two(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    match rest.split::<8>() {
        Some(([first, ..], inside)) if first >> 4 == 1 => ethernet::next(inside),
        _ => Ok(Next::Nothing),
    }
}

pub(super) fn three(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some(([first, .., high, low], inside)) = rest.split::<12>() else {
        return Ok(Next::Nothing);
    };
    if first >> 4 != 2 {
        return Ok(Next::Nothing);
    }
    let inside = if low & 1 == 0 {
        inside
    } else {
        inside.after(8)
    };
    match (high & 0x7c) >> 2 {
        0 => ethernet::next(inside),
        2 => Ok(Next::Ip(inside)),
        _ => Ok(Next::Nothing),
    }
}
