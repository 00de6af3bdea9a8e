//! Which header a packet begins with: by the link type of its capture.
//!
//! Source: the LINKTYPE_ registry, <https://www.tcpdump.org/linktypes.html>.

use super::layer::{Next, Rest};
use super::{Undecodable, ethernet, loopback, sll, sll2};
use crate::capture::LinkType;

#[inline]
pub(super) fn first(link: LinkType, rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    match link {
        LinkType::ETHERNET => ethernet::next(rest),
        LinkType::LINUX_SLL => sll::next(rest),
        LinkType::LINUX_SLL2 => sll2::next(rest),
        LinkType::NULL => loopback::null(rest),
        LinkType::LOOP => loopback::network_order(rest),
        // 228 should be IPv4 alone; as Wireshark, believe the version that stands there
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD | LinkType::IPV4 => {
            Ok(Next::Ip(rest))
        }
        LinkType::IPV6 => Ok(Next::Ipv6(rest)),
        other => Err(Undecodable::LinkType(other)),
    }
}
