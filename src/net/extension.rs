//! Headers between IP and TCP: IPv6 extension headers (RFC 8200, section 4) and the Authentication
//! Header (RFC 4302), which IPv4 may have too. Each is read by etherparse.
//!
//! | header | bytes 0, 1 | length |
//! |---|---|---|
//! | hop-by-hop, routing, destination options, shim6 | next header, n | 8 + 8 n |
//! | authentication | next header, n | 8 + 4 n |
//! | fragment | next header, 0; then offset and flags, identification | 8 |

use etherparse::{
    IpAuthHeaderSlice, IpNumber, Ipv6FragmentHeaderSlice, Ipv6RawExtHeaderSlice, ip_number,
};

use super::Undecodable;
use super::fragment::{Fragment, Key};
use super::layer::{Ip, Next, Rest};
use super::tunnel::Tunnel;
use super::udp;

/// Passes the extension headers, and says what is behind them. Each has 8 bytes or more, so that the
/// walk ends with the packet.
#[inline]
pub(super) fn skip<'a>(
    mut ip: Ip<'a>,
    mut number: IpNumber,
    mut rest: Rest<'a>,
) -> Result<Next<'a>, Undecodable> {
    let is_v6 = ip.source.is_ipv6();
    let mut len = if is_v6 { 40 } else { ip.header.len() };
    loop {
        let cut = || rest.too_short(Undecodable::IpTruncated, Undecodable::IpMalformed);
        let (following, header) = match number {
            ip_number::TCP => {
                ip.header = ip.header.get(..len).unwrap_or_default();
                return Ok(Next::Tcp(ip, rest));
            }
            ip_number::IPV6_HEADER_HOP_BY_HOP
            | ip_number::IPV6_ROUTE_HEADER
            | ip_number::IPV6_DESTINATION_OPTIONS
            | ip_number::SHIM6
                if is_v6 =>
            {
                let header = Ipv6RawExtHeaderSlice::from_slice(rest.data).map_err(|_| cut())?;
                (header.next_header(), header.slice())
            }
            ip_number::IPV6_FRAGMENTATION_HEADER if is_v6 => {
                let header = Ipv6FragmentHeaderSlice::from_slice(rest.data).map_err(|_| cut())?;
                // An atomic fragment (RFC 6946) is a whole packet. What the snaplen cut cannot be put
                // together again: as Wireshark, reads the headers of a first one.
                let first_and_cut = header.fragment_offset().value() == 0 && rest.missing > 0;
                if header.is_fragmenting_payload() && !first_and_cut {
                    return Ok(fragment(ip, &header, len, rest));
                }
                (header.next_header(), header.slice())
            }
            ip_number::AUTH => {
                let header = IpAuthHeaderSlice::from_slice(rest.data).map_err(|_| cut())?;
                (header.next_header(), header.slice())
            }
            ip_number::UDP => return Ok(udp::next(rest)),
            other => {
                return Ok(tunnel(other).map_or(Next::Nothing, |tunnel| Next::Tunnel(tunnel, rest)));
            }
        };
        number = following;
        rest = rest.after(header.len());
        if is_v6 {
            len = len.saturating_add(header.len());
        }
    }
}

/// The tunnel that a protocol number says.
fn tunnel(number: IpNumber) -> Option<Tunnel> {
    match number {
        ip_number::IPV4 => Some(Tunnel::Ipv4),
        ip_number::IPV6 => Some(Tunnel::Ipv6),
        ip_number::GRE => Some(Tunnel::Gre),
        ETHER_IP => Some(Tunnel::EtherIp),
        MPLS_IN_IP => Some(Tunnel::Mpls),
        _ => None,
    }
}

/// RFC 3378.
const ETHER_IP: IpNumber = IpNumber(97);
/// RFC 4023.
const MPLS_IN_IP: IpNumber = IpNumber(137);

/// Whether a packet in fragments that begins with this may lead to TCP.
pub(super) fn is_ours(first: IpNumber, is_v6: bool) -> bool {
    match first {
        ip_number::TCP | ip_number::AUTH | ip_number::UDP => true,
        ip_number::IPV6_DESTINATION_OPTIONS | ip_number::SHIM6 => is_v6,
        other => tunnel(other).is_some(),
    }
}

/// `rest` begins with the fragment header, and `before` bytes of IP stand before that.
#[cold]
fn fragment<'a>(
    ip: Ip<'a>,
    header: &Ipv6FragmentHeaderSlice<'a>,
    before: usize,
    rest: Rest<'a>,
) -> Next<'a> {
    let own = header.slice().len();
    Next::Fragment(Fragment {
        key: Key {
            source: ip.source,
            destination: ip.destination,
            identification: header.identification(),
            protocol: 0,
        },
        // Only that of the first fragment counts.
        protocol: header.next_header().0,
        header: ip
            .header
            .get(..before.saturating_add(own))
            .unwrap_or_default(),
        offset: usize::from(header.fragment_offset().value()).saturating_mul(8),
        more: header.more_fragments(),
        payload: rest.after(own),
    })
}
