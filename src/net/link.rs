//! Which header a packet begins with: by the link type of its capture.
//!
//! Source: the LINKTYPE_ registry, <https://www.tcpdump.org/linktypes.html>.

use super::layer::{Next, Rest};
use super::tunnel::Tunnel;
use super::{Undecodable, ethernet, loopback, ppp, radiotap, sll, sll2, wireless};
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
        LinkType::PPP => ppp::next(rest),
        LinkType::PPP_HDLC => ppp::serial(rest),
        LinkType::PPP_WITH_DIR => ppp::with_direction(rest),
        LinkType::PPP_ETHER => Ok(Next::Tunnel(Tunnel::Pppoe, rest)),
        LinkType::C_HDLC => ppp::hdlc(rest),
        LinkType::IEEE802_11 => wireless::next(rest, false),
        LinkType::IEEE802_11_RADIOTAP => radiotap::next(rest),
        LinkType::PPI => radiotap::ppi(rest),
        other => Err(Undecodable::LinkType(other)),
    }
}
