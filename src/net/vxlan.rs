//! VXLAN (RFC 7348, section 5), which mirrored traffic of cloud networks comes in; its group policy
//! extension, and the generic protocol extension (draft-ietf-nvo3-vxlan-gpe).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | flags: 0x08 the network's number is valid; 0x80 a group policy follows; of GPE 0x04 a protocol follows |
//! | 1 | 3 | reserved; group policy; of GPE the last byte is the protocol |
//! | 4 | 3 | number of the network |
//! | 7 | 1 | reserved, 0 |
//!
//! What has other flags or anything in the last byte is another protocol on that port.

use super::layer::{Next, Rest};
use super::tunnel::Tunnel;
use super::{Undecodable, ethernet};

/// The network's number is valid.
const VALID: u8 = 0x08;
/// A group policy stands in the reserved bytes.
const POLICY: u8 = 0x80;
/// GPE: the protocol of what is inside is given.
const PROTOCOL: u8 = 0x04;
/// GPE: an operations message, and not a packet of anyone.
const OAM: u8 = 0x01;

pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    match rest.split::<8>() {
        Some(([flags, .., 0], inside)) if rest_is_ethernet(*flags) => ethernet::next(inside),
        _ => Ok(Next::Nothing),
    }
}

const fn rest_is_ethernet(flags: u8) -> bool {
    flags & !POLICY == VALID
}

pub(super) fn gpe(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some(([flags, _, _, protocol, _, _, _, _], inside)) = rest.split() else {
        return Ok(Next::Nothing);
    };
    match (flags & (VALID | PROTOCOL | OAM), protocol) {
        (VALID, _) | (0x0c, 3) => ethernet::next(inside),
        (0x0c, 1) => Ok(Next::Ip(inside)),
        (0x0c, 2) => Ok(Next::Ipv6(inside)),
        (0x0c, 4) => Err(Undecodable::Tunnel("a network service header")),
        (0x0c, 5) => Ok(Next::Tunnel(Tunnel::Mpls, inside)),
        _ => Ok(Next::Nothing),
    }
}
