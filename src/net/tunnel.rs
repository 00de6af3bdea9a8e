//! What packets travel in besides IP and Ethernet: the tunnels that are entered.
//!
//! Owns the list. Each has its header in a file of its own; here is only what has none. The walk in
//! [`super`] counts them, because they nest.

use super::layer::{Next, Rest};
use super::{Undecodable, erspan, ethernet, geneve, gre, mpls, pppoe, vxlan};

/// A header that begins another packet inside of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tunnel {
    /// IPv4 in IP (RFC 2003), IPv4 in IPv6 (RFC 2473).
    Ipv4,
    /// IPv6 in IPv4 (RFC 4213), IPv6 in IPv6 (RFC 2473).
    Ipv6,
    /// An Ethernet frame behind something that names it by its type (RFC 1701: 0x6558).
    Ethernet,
    /// An Ethernet frame right behind IP (RFC 3378).
    EtherIp,
    Gre,
    ErspanTwo,
    ErspanThree,
    Vxlan,
    /// On the port that Linux used before there was a number for it.
    VxlanOldPort,
    VxlanGpe,
    Geneve,
    Mpls,
    /// An Ethernet frame behind labels, its control word taken off.
    Pseudowire,
    Pppoe,
}

impl Tunnel {
    /// What is behind its header.
    pub(super) fn enter(self, rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
        match self {
            Self::Ipv4 => Ok(Next::Ip(rest)),
            Self::Ipv6 => Ok(Next::Ipv6(rest)),
            Self::Ethernet | Self::Pseudowire => ethernet::next(rest),
            // version 3 and 12 reserved bits
            Self::EtherIp => match rest.split() {
                Some(([0x30, _], rest)) => ethernet::next(rest),
                _ => Ok(Next::Nothing),
            },
            Self::Gre => gre::next(rest),
            Self::ErspanTwo => erspan::two(rest),
            Self::ErspanThree => erspan::three(rest),
            Self::Vxlan | Self::VxlanOldPort => vxlan::next(rest),
            Self::VxlanGpe => vxlan::gpe(rest),
            Self::Geneve => Ok(geneve::next(rest)),
            Self::Mpls => mpls::next(rest),
            Self::Pppoe => pppoe::next(rest),
        }
    }

    /// What Wireshark enters only when it is told to: its `tcp.stream` does not count what is inside.
    pub(super) const fn unlike_wireshark(self) -> Option<&'static str> {
        match self {
            Self::VxlanOldPort => Some(
                "VXLAN on port 8472: Wireshark counts the streams inside only when it is told to decode udp.port 8472 as vxlan",
            ),
            Self::Pseudowire => Some(
                "Ethernet behind MPLS labels: Wireshark may count the streams inside only when it is told to decode the label as pwethheuristic",
            ),
            _ => None,
        }
    }
}
