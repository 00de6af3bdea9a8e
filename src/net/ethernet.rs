//! The Ethernet header, and what an `EtherType` says comes next (IEEE 802.3, section 3.2).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 6 | destination |
//! | 6 | 6 | source |
//! | 12 | 2 | `EtherType` (from 0x0600), or the length of an LLC frame in bytes (up to 1500) |

use super::Undecodable;
use super::layer::{Next, Rest};
use super::tunnel::Tunnel;
use super::vlan;

/// Bytes of the header.
const HEADER: usize = 14;
/// The largest value that is a length and not an `EtherType`.
const MAX_LENGTH: u16 = 1500;

#[inline]
pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some(([.., high, low], rest)) = rest.split::<HEADER>() else {
        return Err(Undecodable::LinkTruncated);
    };
    Ok(Next::EtherType(u16::from_be_bytes([*high, *low]), rest))
}

/// The layer that an `EtherType` names (the registry of IEEE, and RFC 9542, appendix B).
#[inline]
pub(super) fn by_type(kind: u16, rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    match kind {
        0x0800 => Ok(Next::Ip(rest)),
        0x86dd => Ok(Next::Ipv6(rest)),
        // a customer tag, a service tag, and what was used for the latter before it had a number
        0x8100 | 0x88a8 | 0x9100 | 0x9200 => vlan::next(rest),
        0x8847 | 0x8848 => Ok(Next::Tunnel(Tunnel::Mpls, rest)),
        0x8864 => Ok(Next::Tunnel(Tunnel::Pppoe, rest)),
        // a frame in a frame: GRE and GENEVE name it so
        0x6558 => Ok(Next::Tunnel(Tunnel::Ethernet, rest)),
        0x894f => Err(Undecodable::Tunnel("a network service header")),
        ..=MAX_LENGTH => Ok(Next::Llc(rest)),
        _ => Ok(Next::Nothing),
    }
}
