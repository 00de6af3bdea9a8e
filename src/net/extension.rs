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
use super::layer::{Ip, Next, Rest};

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
                // an atomic fragment (RFC 6946) is a whole packet
                if header.is_fragmenting_payload() {
                    return fragment(header.next_header());
                }
                (header.next_header(), header.slice())
            }
            ip_number::AUTH => {
                let header = IpAuthHeaderSlice::from_slice(rest.data).map_err(|_| cut())?;
                (header.next_header(), header.slice())
            }
            ip_number::IPV4 | ip_number::IPV6 => return Err(Undecodable::Tunnel("IP in IP")),
            ip_number::GRE => return Err(Undecodable::Tunnel("GRE")),
            _ => return Ok(Next::Nothing),
        };
        number = following;
        rest = rest.after(header.len());
        if is_v6 {
            len = len.saturating_add(header.len());
        }
    }
}

/// A fragment counts as undecodable when it may be one of TCP; the fragment header says what the
/// whole packet begins with.
fn fragment(first: IpNumber) -> Result<Next<'static>, Undecodable> {
    match first {
        ip_number::TCP
        | ip_number::AUTH
        | ip_number::IPV6_DESTINATION_OPTIONS
        | ip_number::SHIM6 => Err(Undecodable::IpFragment),
        _ => Ok(Next::Nothing),
    }
}
