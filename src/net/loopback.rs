//! BSD loopback (<https://www.tcpdump.org/linktypes/LINKTYPE_NULL.html>, and `LINKTYPE_LOOP` there).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | address family: NULL in the byte order of the machine that captured, LOOP in network order |

use super::Undecodable;
use super::layer::{Next, Rest};

/// `LINKTYPE_NULL`. The byte order is not told; families are small, so the zeros tell it.
pub(super) fn null(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some((family, rest)) = rest.split() else {
        return Err(Undecodable::LinkTruncated);
    };
    let family = match family {
        [_, _, 0, 0] => u32::from_le_bytes(*family),
        _ => u32::from_be_bytes(*family),
    };
    Ok(by_family(family, rest))
}

/// `LINKTYPE_LOOP`.
pub(super) fn network_order(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some((family, rest)) = rest.split() else {
        return Err(Undecodable::LinkTruncated);
    };
    Ok(by_family(u32::from_be_bytes(*family), rest))
}

fn by_family(family: u32, rest: Rest<'_>) -> Next<'_> {
    match family {
        2 => Next::Ip(rest),
        // AF_INET6 of Linux, of NetBSD, OpenBSD and Npcap, of FreeBSD, of Darwin
        10 | 24 | 28 | 30 => Next::Ipv6(rest),
        _ => Next::Nothing,
    }
}
