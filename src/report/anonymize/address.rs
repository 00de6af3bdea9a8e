//! Addresses whose common beginnings stay common.
//!
//! ```text
//! bit i of the pseudonym = bit i of the address XOR F(bits 0 … i-1 of the address)
//! ```
//!
//! F is one bit of a keyed function of the prefix. Any such map is one-to-one and keeps the length of
//! every common prefix. Source: Xu, Fan, Ammar, Moon, "Prefix-Preserving IP Address Anonymization"
//! (2002), whose Crypto-PAn takes AES for F; here it is the caller's HMAC. No address is an exception:
//! one that stayed would have to share its pseudonym with another.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A keyed function of a prefix, written as its length and its bits from the left.
type Keyed<'f> = &'f dyn Fn(&[u8]) -> [u8; 32];

pub(super) fn v4(keyed: Keyed<'_>, address: Ipv4Addr) -> Ipv4Addr {
    let bits = u128::from(address.to_bits()) << 96;
    let mixed = mix(keyed, bits, 32) >> 96;
    Ipv4Addr::from_bits(u32::try_from(mixed).unwrap_or(0))
}

pub(super) fn v6(keyed: Keyed<'_>, address: Ipv6Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(mix(keyed, address.to_bits(), 128))
}

/// The first `width` bits of an address that begins at the left.
fn mix(keyed: Keyed<'_>, address: u128, width: u8) -> u128 {
    let mut flips = 0_u128;
    for bit in 0..width {
        let mask = u128::MAX.checked_shr(u32::from(bit)).unwrap_or(0);
        let prefix = address & !mask;
        let mut text = [0; 17];
        if let Some((length, rest)) = text.split_first_mut() {
            *length = bit;
            rest.copy_from_slice(&prefix.to_be_bytes());
        }
        let [first, ..] = keyed(&text);
        flips |= u128::from(first & 1) << 127_u32.saturating_sub(u32::from(bit));
    }
    address ^ flips
}

#[cfg(test)]
mod tests {
    use super::super::Pseudonyms;
    use proptest::prelude::*;
    use std::net::IpAddr;

    fn common(a: IpAddr, b: IpAddr) -> u32 {
        match (a, b) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            _ => unreachable!(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn common_beginnings_stay(a: u32, b: u32, shared in 0_u32..=32, c: u128, d: u128) {
            let pseudonyms = Pseudonyms::new(b"key");
            let high = u32::MAX.checked_shl(32_u32.saturating_sub(shared)).unwrap_or(0);
            let b = (a & high) | (b & !high);
            let (a, b) = (IpAddr::from(a.to_be_bytes()), IpAddr::from(b.to_be_bytes()));
            prop_assert_eq!(common(a, b), common(pseudonyms.address(a), pseudonyms.address(b)));
            let d = (c >> 64 << 64) | (d & u128::from(u64::MAX));
            let (c, d) = (IpAddr::from(c.to_be_bytes()), IpAddr::from(d.to_be_bytes()));
            prop_assert_eq!(common(c, d), common(pseudonyms.address(c), pseudonyms.address(d)));
        }
    }

    #[test]
    fn addresses_change() {
        let pseudonyms = Pseudonyms::new(b"key");
        for text in ["10.0.0.5", "127.0.0.1", "2001:db8::1", "::1"] {
            let address: IpAddr = text.parse().unwrap();
            let hidden = pseudonyms.address(address);
            assert_ne!(hidden, address);
            assert_eq!(hidden.is_ipv4(), address.is_ipv4());
        }
    }
}
