//! The checksums of IPv4 and TCP, on demand (RFC 1071; pseudo-headers of RFC 9293, section 3.1, and
//! RFC 8200, section 8.1).
//!
//! A wrong checksum is something to tell, never a reason to drop a packet or to prefer a copy: on the
//! sending host the network card fills them in behind the capture. So nobody pays for one unless asked.

use std::net::IpAddr;

use etherparse::checksum::Sum16BitWords;

use super::Segment;

/// What a checksum says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Checksum {
    /// It is right.
    Right,
    /// It is wrong as it is where the sending host was captured and its network card had yet to fill it in:
    /// it is 0, or the sum of the pseudo-header alone.
    Offloaded,
    /// It is wrong: the packet was damaged or changed, or the network card wants something else.
    Wrong,
    /// Not all that it covers is known, or there is none.
    Unknown,
}

/// Bytes of an IPv4 and of an IPv6 header that has nothing behind it.
const PLAIN_HEADERS: [usize; 2] = [20, 40];
/// TCP's protocol number.
const TCP: u8 = 6;

impl Segment<'_> {
    /// The TCP checksum. `Unknown` when the segment was cut.
    #[must_use]
    pub fn checksum(&self) -> Checksum {
        if self.cut_off > 0 || self.trouble.is_some() {
            return Checksum::Unknown;
        }
        let (Ok(len), mut sum) = (u32::try_from(self.tcp.len()), Sum16BitWords::new()) else {
            return Checksum::Unknown;
        };
        for address in [self.from.address, self.to.address] {
            sum = match address {
                IpAddr::V4(v4) => sum.add_4bytes(v4.octets()),
                IpAddr::V6(v6) => sum.add_16bytes(v6.octets()),
            };
        }
        let mut sum = sum.add_2bytes([0, TCP]);
        let without_length = !sum.ones_complement();
        let sum = sum.add_4bytes(len.to_be_bytes());
        let pseudo = !sum.ones_complement();
        if sum.add_slice(self.tcp).ones_complement() == 0 {
            return Checksum::Right;
        }
        if !PLAIN_HEADERS.contains(&self.ip.len()) {
            // A routing header or a source route option changes the destination on the way; the sum is
            // made with the last one.
            return Checksum::Unknown;
        }
        // Linux sums up the pseudo-header; for what the card is to cut up, Windows leaves its length out.
        let field = self.tcp.get(16..).and_then(<[u8]>::first_chunk);
        let field = field.map(|field| u16::from_ne_bytes(*field));
        if field.is_some_and(|field| [0, pseudo, without_length].contains(&field)) {
            Checksum::Offloaded
        } else {
            Checksum::Wrong
        }
    }

    /// The checksum of the IPv4 header. `Unknown` for IPv6, which has none.
    #[must_use]
    pub fn ip_checksum(&self) -> Checksum {
        if self.from.address.is_ipv6() {
            return Checksum::Unknown;
        }
        match Sum16BitWords::new().add_slice(self.ip).ones_complement() {
            0 => Checksum::Right,
            _ if self.ip.get(10..12) == Some(&[0, 0]) => Checksum::Offloaded,
            _ => Checksum::Wrong,
        }
    }
}
