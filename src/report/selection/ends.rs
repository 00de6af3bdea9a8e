//! A set of ends of conversations, as typed: `10.0.0.5`, `10.0.0.0/24`, `10.0.0.5:3306`, `:3306`,
//! `2001:db8::/32`, `[2001:db8::1]:3306`.

use std::net::IpAddr;
use std::str::FromStr;

use crate::net::Endpoint;

/// Addresses with a common beginning, a port, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The address and how many of its bits count.
    network: Option<(IpAddr, u8)>,
    port: Option<u16>,
}

impl Ends {
    /// Whether an end is one of them.
    #[must_use]
    pub fn hold(&self, end: &Endpoint) -> bool {
        let network = self
            .network
            .is_none_or(|(address, bits)| same_bits(address, end.address, bits));
        network && self.port.is_none_or(|port| port == end.port)
    }
}

fn same_bits(a: IpAddr, b: IpAddr, bits: u8) -> bool {
    let (a, b, width) = match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return false,
    };
    let rest = u32::saturating_sub(width, u32::from(bits));
    a.checked_shr(rest).unwrap_or(0) == b.checked_shr(rest).unwrap_or(0)
}

impl FromStr for Ends {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let wrong = || {
            "expected an address, a network such as 10.0.0.0/24, or an address with a port such as \
             10.0.0.5:3306, [::1]:3306 or :3306"
                .to_owned()
        };
        let port = |text: &str| text.parse::<u16>().map_err(|_| wrong());
        if let Some(text) = typed.strip_prefix(':')
            && !text.starts_with(':')
        {
            return Ok(Self {
                network: None,
                port: Some(port(text)?),
            });
        }
        if let Some((address, bits)) = typed.split_once('/') {
            let address: IpAddr = address.parse().map_err(|_| wrong())?;
            let bits: u8 = bits.parse().map_err(|_| wrong())?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            if bits > most {
                return Err(format!("such an address has {most} bits, not {bits}"));
            }
            return Ok(Self {
                network: Some((address, bits)),
                port: None,
            });
        }
        let whole = |address: IpAddr| (address, if address.is_ipv4() { 32 } else { 128 });
        if let Ok(address) = typed.parse() {
            return Ok(Self {
                network: Some(whole(address)),
                port: None,
            });
        }
        let end: std::net::SocketAddr = typed.parse().map_err(|_| wrong())?;
        Ok(Self {
            network: Some(whole(end.ip())),
            port: Some(end.port()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (typed, address, port, held) in [
            ("10.0.0.5", "10.0.0.5", 1, true),
            ("10.0.0.5", "10.0.0.6", 1, false),
            ("10.0.0.0/24", "10.0.0.200", 1, true),
            ("10.0.0.77/24", "10.0.1.77", 1, false),
            ("0.0.0.0/0", "10.0.1.77", 1, true),
            ("0.0.0.0/0", "::1", 1, false),
            ("10.0.0.5:3306", "10.0.0.5", 3306, true),
            ("10.0.0.5:3306", "10.0.0.5", 3307, false),
            (":3306", "2001:db8::9", 3306, true),
            ("2001:db8::/32", "2001:db8:ffff::1", 1, true),
            ("2001:db8::/32", "2001:db9::1", 1, false),
            ("::1", "::1", 1, true),
            ("[::1]:3306", "::1", 3306, true),
            ("::/0", "::1", 1, true),
        ] {
            let end = Endpoint {
                address: address.parse().unwrap(),
                port,
            };
            let ends: Ends = typed.parse().unwrap();
            assert_eq!(ends.hold(&end), held, "{typed} {address} {port}");
        }
        for wrong in ["", "x", "10.0.0.0/33", "::/129", "10.0.0.5:", ":", ":x"] {
            assert!(wrong.parse::<Ends>().is_err(), "{wrong}");
        }
    }
}
