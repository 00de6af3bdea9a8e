//! A packet with another payload, other numbers and other addresses: link header, IP and TCP put
//! together again, with checksums that are right.
//!
//! ```text
//! link header │ IP header, extensions │ TCP header │ payload
//! hardware      addresses, length,      numbers,     what is kept
//! addresses     checksum                SACK, checksum
//! ```
//!
//! Padding and a frame check sequence behind the IP packet are left out: they may hold anything.

use std::net::IpAddr;
use std::ops::Range;

use etherparse::checksum::Sum16BitWords;

use crate::capture::{LinkType, Packet};
use crate::net::{Segment, SeqNum};
use crate::report::Pseudonyms;

/// What a packet is to become.
pub(super) struct Changed {
    pub(super) payload: Vec<u8>,
    pub(super) seq: SeqNum,
    pub(super) ack: Option<SeqNum>,
    /// Bytes that the snaplen cut off and that are kept as cut off.
    pub(super) cut_off: u32,
}

/// The packet's bytes and its length on the wire. `None` where its headers are not to be found: such
/// a segment has been decoded in another way than by its headers, which never happens.
pub(super) fn rewrite(
    packet: &Packet<'_>,
    segment: &Segment<'_>,
    changed: &Changed,
    pseudonyms: Option<&Pseudonyms>,
) -> Option<(Vec<u8>, u32)> {
    let ip_at = place(packet.data, segment.ip)?;
    let tcp_at = place(packet.data, segment.tcp)?;
    let tcp_header = segment.tcp.len().checked_sub(segment.payload.len())?;
    // Between the two may stand an authentication header that `segment.ip` does not have.
    let mut out = packet.data.get(..tcp_at.checked_add(tcp_header)?)?.to_vec();
    out.extend_from_slice(&changed.payload);
    let addresses = [segment.from.address, segment.to.address];
    let hidden = addresses.map(|address| pseudonyms.map_or(address, |p| p.address(address)));
    if let Some(pseudonyms) = pseudonyms {
        for place in hardware(packet.link) {
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
            let end = ip_at.checked_add(segment.ip.len())?;
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
    forget_sack(out.get_mut(tcp_at.checked_add(20)?..tcp_at.checked_add(tcp_header)?)?);
    if changed.cut_off == 0 {
        let sum_at = tcp_at.checked_add(16)?;
        put(&mut out, sum_at, &[0, 0]);
        let sum = checksum(hidden, out.get(tcp_at..)?)?;
        put(&mut out, sum_at, &sum);
    }
    let wire = u32::try_from(out.len())
        .ok()?
        .saturating_add(changed.cut_off);
    Some((out, wire))
}

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

/// Selective acknowledgements name sequence numbers as they were: they become no-operations.
fn forget_sack(options: &mut [u8]) {
    let mut at = 0_usize;
    while let Some([kind, rest @ ..]) = options.get(at..) {
        let length = match (kind, rest.first()) {
            (0, _) | (_, None) => return,
            (1, _) => 1,
            (_, Some(length)) => usize::from(*length).max(2),
        };
        let is_sack = *kind == 5;
        let end = at.saturating_add(length);
        let Some(option) = options.get_mut(at..end) else {
            return;
        };
        if is_sack {
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
        .add_2bytes([0, 6])
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
    fn sack_is_forgotten_and_other_options_stay() {
        let mut options = [
            1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 5, 10, 1, 2, 3, 4, 5, 6, 7, 8,
        ];
        forget_sack(&mut options);
        assert_eq!(options[..12], [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]);
        assert_eq!(options[12..], [1; 10]);
        // Options that lie about their length end the walk.
        for mut odd in [vec![5, 0, 9], vec![5], vec![8, 200, 1], vec![]] {
            forget_sack(&mut odd);
        }
    }
}
