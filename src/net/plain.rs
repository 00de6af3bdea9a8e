//! The fast path: a TCP segment in IPv4 without options on Ethernet, which almost every packet is.
//!
//! | offset | size | field | must be |
//! |---|---|---|---|
//! | 12 | 2 | `EtherType` | 0x0800 |
//! | 14 | 1 | version and header length | 0x45 |
//! | 16 | 2 | total length | not 0, not more than was captured |
//! | 20 | 2 | fragment flags and offset | no more fragments, offset 0 |
//! | 23 | 1 | protocol | 6 |
//! | 26 | 8 | source, destination | |
//! | 34 | 20 | TCP header | |
//!
//! Anything else is for the walk of [`super`], which gives the same for these packets; a test holds them
//! together.

use std::net::{IpAddr, Ipv4Addr};

use super::{Carried, Endpoint, Segment, SeqNum, TcpFlags};
use crate::capture::{LinkType, Packet, PacketRef};

/// Where the IP header begins.
const IP: usize = 14;
/// Where the TCP header begins.
const TCP: usize = 34;
/// Bytes up to the end of a TCP header without options.
const HEADERS: usize = 54;

/// What such a packet holds.
pub(super) struct Plain<'a> {
    from: (Ipv4Addr, u16),
    to: (Ipv4Addr, u16),
    seq: u32,
    ack: u32,
    flags: TcpFlags,
    ip: &'a [u8],
    tcp: &'a [u8],
    payload: &'a [u8],
}

impl<'a> Plain<'a> {
    /// `None` if the packet is not of the plain kind, or not whole.
    #[inline]
    pub(super) fn of(packet: &Packet<'a>) -> Option<Self> {
        if packet.link != LinkType::ETHERNET {
            return None;
        }
        let head = packet.data.first_chunk::<HEADERS>()?;
        let [
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            type0,
            type1,
            version,
            _,
            total0,
            total1,
            _,
            _,
            flags,
            offset,
            _,
            protocol,
            _,
            _,
            s0,
            s1,
            s2,
            s3,
            d0,
            d1,
            d2,
            d3,
            sp0,
            sp1,
            dp0,
            dp1,
            q0,
            q1,
            q2,
            q3,
            a0,
            a1,
            a2,
            a3,
            words,
            tcp_flags,
            ..,
        ] = *head;
        let plain = [type0, type1, version, protocol] == [0x08, 0x00, 0x45, 6];
        if !plain || flags & 0x3f != 0 || offset != 0 {
            return None;
        }
        let end = IP.checked_add(usize::from(u16::from_be_bytes([total0, total1])))?;
        let begin = TCP.checked_add(usize::from(words >> 4).checked_mul(4)?)?;
        if begin < HEADERS {
            return None;
        }
        // `None` too where the total length is 0, or more than was captured.
        let payload = packet.data.get(begin..end)?;
        Some(Self {
            from: (
                Ipv4Addr::new(s0, s1, s2, s3),
                u16::from_be_bytes([sp0, sp1]),
            ),
            to: (
                Ipv4Addr::new(d0, d1, d2, d3),
                u16::from_be_bytes([dp0, dp1]),
            ),
            seq: u32::from_be_bytes([q0, q1, q2, q3]),
            ack: u32::from_be_bytes([a0, a1, a2, a3]),
            flags: TcpFlags(tcp_flags),
            ip: packet.data.get(IP..TCP)?,
            tcp: packet.data.get(TCP..end)?,
            payload,
        })
    }

    /// Its segment. It is large, and so made only where it is to stand.
    #[inline]
    pub(super) fn segment(self, at: PacketRef) -> Segment<'a> {
        let end = |(address, port)| Endpoint {
            address: IpAddr::V4(address),
            port,
        };
        Segment {
            at,
            from: end(self.from),
            to: end(self.to),
            seq: SeqNum(self.seq),
            ack: self.flags.ack().then_some(SeqNum(self.ack)),
            flags: self.flags,
            payload: self.payload,
            cut_off: 0,
            tcp: self.tcp,
            ip: self.ip,
            trouble: None,
            carried: Carried::Plain,
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests {
    use super::*;
    use crate::net::{Decoded, Decoder};
    use proptest::prelude::*;

    /// A packet of the plain kind with one byte changed somewhere in its headers.
    fn packet(payload: &[u8], place: usize, byte: u8, keep: usize) -> Vec<u8> {
        let mut data = vec![2; 12];
        data.extend([8, 0, 0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 6, 0, 0]);
        data.extend([10, 0, 0, 1, 10, 0, 0, 2, 0x0c, 0xea, 0x9c, 0x40]);
        data.extend([
            1, 2, 3, 4, 5, 6, 7, 8, 0x60, 0x18, 1, 245, 0, 0, 0, 0, 1, 1, 1, 0,
        ]);
        data.extend(payload);
        let total = u16::try_from(data.len() - IP).unwrap();
        data[16..18].copy_from_slice(&total.to_be_bytes());
        if let Some(changed) = data.get_mut(place) {
            *changed = byte;
        }
        data.truncate(data.len().min(keep));
        // Padding of the link, as short frames have it.
        data.resize(data.len().max(keep.min(60)), 0);
        data
    }

    fn segment<'a>(packet: &Packet<'a>) -> Option<Segment<'a>> {
        Plain::of(packet).map(|plain| plain.segment(packet.at))
    }

    fn walked(packet: &Packet<'_>) -> String {
        match Decoder::default().decode_any(packet) {
            Decoded::Tcp(segment) => format!("{segment:?}"),
            other => format!("{other:?}"),
        }
    }

    fn both(data: &[u8], original_len: u32) -> (Option<String>, String) {
        let packet = Packet {
            at: PacketRef {
                number: 7,
                time: None,
            },
            link: LinkType::ETHERNET,
            original_len,
            data,
        };
        let fast = segment(&packet).map(|segment| format!("{segment:?}"));
        let slow = walked(&packet);
        (fast, slow)
    }

    #[test]
    fn takes_what_is_plain() {
        let data = packet(b"abc", usize::MAX, 0, usize::MAX);
        let length = u32::try_from(data.len()).unwrap();
        let (fast, slow) = both(&data, length);
        assert_eq!(fast, Some(slow));
    }

    proptest! {
        #[test]
        fn says_what_the_walk_says(
            payload in prop::collection::vec(any::<u8>(), 0..20),
            place in 0..60_usize,
            byte: u8,
            keep in 0..90_usize,
            more in 0..9_u32,
        ) {
            let data = packet(&payload, place, byte, keep);
            let packet = Packet {
                at: PacketRef { number: 7, time: None },
                link: LinkType::ETHERNET,
                original_len: u32::try_from(data.len()).unwrap() + more,
                data: &data,
            };
            if let Some(fast) = segment(&packet) {
                prop_assert_eq!(format!("{fast:?}"), walked(&packet));
            }
        }
    }
}
