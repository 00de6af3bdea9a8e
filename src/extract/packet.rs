//! A packet with another payload, other numbers and other addresses: link header, IP and TCP put
//! together again, with checksums that are right.
//!
//! ```text
//! link header │ IP header, extensions │ TCP header │ payload
//! hardware      addresses, length,      numbers,     what is kept
//! addresses     checksum                options, checksum
//! ```
//!
//! What was inside of a tunnel, or came in fragments, or on a link whose header is not known here, is
//! written as a bare IP packet: the headers around it say more than a login needs, and name others.
//! Padding and a frame check sequence behind the IP packet are left out: they may hold anything.

use std::net::IpAddr;
use std::ops::Range;

use etherparse::checksum::Sum16BitWords;

use crate::capture::{LinkType, Packet};
use crate::net::{Carried, Segment, SeqNum};
use crate::report::Pseudonyms;

/// What a packet is to become.
pub(super) struct Changed {
    pub(super) payload: Vec<u8>,
    pub(super) seq: SeqNum,
    pub(super) ack: Option<SeqNum>,
    /// Bytes that the snaplen cut off and that are kept as cut off.
    pub(super) cut_off: u32,
}

/// A packet as it is written.
pub(super) struct Written {
    pub(super) link: LinkType,
    pub(super) data: Vec<u8>,
    /// Its length on the wire.
    pub(super) wire: u32,
}

/// The link types whose header is written.
const KNOWN: [LinkType; 10] = [
    LinkType::ETHERNET,
    LinkType::LINUX_SLL,
    LinkType::LINUX_SLL2,
    LinkType::NULL,
    LinkType::LOOP,
    LinkType::RAW,
    LinkType::RAW_BSD,
    LinkType::RAW_OPENBSD,
    LinkType::IPV4,
    LinkType::IPV6,
];

/// The bytes that a segment was read from, where in them its packet begins, and with which header.
fn source<'a>(packet: &Packet<'a>, segment: &Segment<'a>) -> Option<(LinkType, &'a [u8], usize)> {
    let whole = match segment.carried {
        Carried::Plain if KNOWN.contains(&packet.link) => {
            return Some((packet.link, packet.data, 0));
        }
        Carried::Plain | Carried::Tunnel => packet.data,
        Carried::Fragments(whole) => whole,
    };
    Some((LinkType::RAW, whole, place(whole, segment.ip)?))
}

/// The packet as it is; one that came in fragments put together.
pub(super) fn verbatim(packet: &Packet<'_>, segment: &Segment<'_>) -> Option<Written> {
    let Carried::Fragments(_) = segment.carried else {
        return Some(Written {
            link: packet.link,
            data: packet.data.to_vec(),
            wire: packet.original_len,
        });
    };
    let (link, whole, from) = source(packet, segment)?;
    let data = whole.get(from..)?.to_vec();
    let wire = u32::try_from(data.len()).ok()?;
    Some(Written {
        link,
        data,
        wire: wire.saturating_add(segment.cut_off),
    })
}

/// The packet's bytes and its length on the wire. `None` where its headers are not to be found: such
/// a segment has been decoded in another way than by its headers, which never happens.
pub(super) fn rewrite(
    packet: &Packet<'_>,
    segment: &Segment<'_>,
    changed: &Changed,
    pseudonyms: Option<&Pseudonyms>,
) -> Option<Written> {
    let (link, whole, from) = source(packet, segment)?;
    let ip_from = place(whole, segment.ip)?;
    let tcp_header = segment.tcp.len().checked_sub(segment.payload.len())?;
    let mut out = whole.get(from..ip_from)?.to_vec();
    let ip_at = out.len();
    if pseudonyms.is_some() {
        // Options and extension headers may name addresses.
        out.extend(bare(segment.ip)?);
    } else {
        // Between the two may stand an authentication header that `segment.ip` does not have.
        out.extend_from_slice(whole.get(ip_from..place(whole, segment.tcp)?)?);
    }
    let tcp_at = out.len();
    let ip_length = tcp_at.saturating_sub(ip_at).min(segment.ip.len());
    out.extend_from_slice(segment.tcp.get(..tcp_header)?);
    out.extend_from_slice(&changed.payload);
    let addresses = [segment.from.address, segment.to.address];
    let hidden = addresses.map(|address| pseudonyms.map_or(address, |p| p.address(address)));
    if let Some(pseudonyms) = pseudonyms {
        for place in hardware(link) {
            let bytes = out.get(place.clone()).unwrap_or_default();
            let new = hide_hardware(bytes, pseudonyms);
            put(&mut out, place.start, &new);
        }
    }
    let length = out.len().saturating_sub(ip_at);
    let length = length.saturating_add(changed.cut_off as usize);
    match hidden {
        [IpAddr::V4(from), IpAddr::V4(to)] => {
            // 0 where the card was to cut it into packets, as it was.
            let total = u16::try_from(length).unwrap_or(0);
            put(&mut out, ip_at.checked_add(2)?, &total.to_be_bytes());
            put(&mut out, ip_at.checked_add(12)?, &from.octets());
            put(&mut out, ip_at.checked_add(16)?, &to.octets());
            let end = ip_at.checked_add(ip_length)?;
            put(&mut out, ip_at.checked_add(10)?, &[0, 0]);
            let sum = Sum16BitWords::new().add_slice(out.get(ip_at..end)?);
            let sum = sum.ones_complement().to_ne_bytes();
            put(&mut out, ip_at.checked_add(10)?, &sum);
        }
        [IpAddr::V6(from), IpAddr::V6(to)] => {
            let after = u16::try_from(length.saturating_sub(40)).unwrap_or(0);
            put(&mut out, ip_at.checked_add(4)?, &after.to_be_bytes());
            put(&mut out, ip_at.checked_add(8)?, &from.octets());
            put(&mut out, ip_at.checked_add(24)?, &to.octets());
        }
        _ => return None,
    }
    put(
        &mut out,
        tcp_at.checked_add(4)?,
        &changed.seq.0.to_be_bytes(),
    );
    if let Some(ack) = changed.ack {
        put(&mut out, tcp_at.checked_add(8)?, &ack.0.to_be_bytes());
    }
    forget_options(out.get_mut(tcp_at.checked_add(20)?..tcp_at.checked_add(tcp_header)?)?);
    if changed.cut_off == 0 {
        let sum_at = tcp_at.checked_add(16)?;
        put(&mut out, sum_at, &[0, 0]);
        let sum = checksum(hidden, out.get(tcp_at..)?)?;
        put(&mut out, sum_at, &sum);
    }
    let wire = u32::try_from(out.len())
        .ok()?
        .saturating_add(changed.cut_off);
    Some(Written {
        link,
        data: out,
        wire,
    })
}

/// An IP header without options and extension headers, right before TCP.
fn bare(header: &[u8]) -> Option<Vec<u8>> {
    let is_v6 = header.first()? >> 4 == 6;
    let mut bare = header.get(..if is_v6 { 40 } else { 20 })?.to_vec();
    if is_v6 {
        put(&mut bare, 6, &[TCP]);
    } else {
        put(&mut bare, 0, &[0x45]);
        put(&mut bare, 9, &[TCP]);
    }
    Some(bare)
}

/// TCP's protocol number.
const TCP: u8 = 6;

/// Where a part of a packet, borrowed from it, begins.
fn place(whole: &[u8], part: &[u8]) -> Option<usize> {
    let at = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    (at <= whole.len()).then_some(at)
}

fn put(out: &mut [u8], at: usize, bytes: &[u8]) {
    let place = at..at.saturating_add(bytes.len());
    if let Some(into) = out.get_mut(place) {
        into.copy_from_slice(bytes);
    }
}

/// Options become no-operations, but for the segment size, the window scale, the permission for selective
/// acknowledgements and time stamps: those acknowledgements name sequence numbers as they were, and
/// others name addresses and keys (those of Multipath TCP, RFC 8684).
fn forget_options(options: &mut [u8]) {
    let mut at = 0_usize;
    while let Some([kind, rest @ ..]) = options.get(at..) {
        let length = match (kind, rest.first()) {
            (0, _) | (_, None) => {
                if let Some(rest) = options.get_mut(at..) {
                    rest.fill(0);
                }
                return;
            }
            (1, _) => 1,
            (_, Some(length)) => usize::from(*length).max(2),
        };
        let stays = matches!(kind, 1..=4 | 8);
        let end = at.saturating_add(length);
        let Some(option) = options.get_mut(at..end) else {
            options.get_mut(at..).unwrap_or_default().fill(0);
            return;
        };
        if !stays {
            option.fill(1);
        }
        at = end;
    }
}

fn checksum(addresses: [IpAddr; 2], tcp: &[u8]) -> Option<[u8; 2]> {
    let mut sum = Sum16BitWords::new();
    for address in addresses {
        sum = match address {
            IpAddr::V4(v4) => sum.add_4bytes(v4.octets()),
            IpAddr::V6(v6) => sum.add_16bytes(v6.octets()),
        };
    }
    let length = u32::try_from(tcp.len()).ok()?;
    let sum = sum
        .add_2bytes([0, TCP])
        .add_4bytes(length.to_be_bytes())
        .add_slice(tcp);
    // The sum is one of words as they lie in memory.
    Some(sum.ones_complement().to_ne_bytes())
}

/// Where a link header has hardware addresses.
fn hardware(link: LinkType) -> impl Iterator<Item = Range<usize>> {
    let places = match link {
        LinkType::ETHERNET => [Some(0..6), Some(6..12)],
        LinkType::LINUX_SLL => [Some(6..14), None],
        LinkType::LINUX_SLL2 => [Some(12..20), None],
        _ => [None, None],
    };
    places.into_iter().flatten()
}

/// Of the eight bytes that a cooked header has, six are the address.
fn hide_hardware(bytes: &[u8], pseudonyms: &Pseudonyms) -> Vec<u8> {
    match bytes.first_chunk::<6>() {
        Some(address) => pseudonyms.hardware(*address).to_vec(),
        None => Vec::new(),
    }
}

/// An address in bytes, hidden; what has no address's length comes back as zeros.
pub(super) fn hidden(bytes: &[u8], pseudonyms: &Pseudonyms) -> Vec<u8> {
    let address = match bytes.len() {
        4 => bytes.first_chunk::<4>().map(|bytes| IpAddr::from(*bytes)),
        16 => bytes.first_chunk::<16>().map(|bytes| IpAddr::from(*bytes)),
        _ => None,
    };
    match address.map(|address| pseudonyms.address(address)) {
        Some(IpAddr::V4(v4)) => v4.octets().to_vec(),
        Some(IpAddr::V6(v6)) => v6.octets().to_vec(),
        None => vec![0; bytes.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_options_say_of_others_is_forgotten() {
        let mut options = [
            1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 5, 10, 1, 2, 3, 4, 5, 6, 7, 8,
        ];
        forget_options(&mut options);
        assert_eq!(options[..12], [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]);
        assert_eq!(options[12..], [1; 10]);
        // Options that lie about their length end the walk.
        let mut addresses = [2, 4, 5, 180, 30, 8, 0x30, 1, 10, 0, 0, 1, 0, 10, 0, 0];
        forget_options(&mut addresses);
        assert_eq!(
            addresses,
            [2, 4, 5, 180, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
        );
        for (mut odd, left) in [
            (vec![5, 0, 9], vec![1, 1, 0]),
            (vec![5], vec![0]),
            (vec![8, 200, 1], vec![0; 3]),
            (vec![], vec![]),
        ] {
            forget_options(&mut odd);
            assert_eq!(odd, left);
        }
    }
}
