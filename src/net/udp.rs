//! The UDP header (RFC 768), as far as it leads to a tunnel.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 2 | source port |
//! | 2 | 2 | destination port |
//! | 4 | 2 | length in bytes, header included; 0 where the network card was to cut it into packets |
//! | 6 | 2 | checksum |
//!
//! A port is a hint only: each tunnel's own header has to say that it is one.

use super::layer::{Next, Rest};
use super::tunnel::Tunnel;

/// Bytes of the header.
const HEADER: u16 = 8;

/// The tunnel that a pair of ports hints at. As Wireshark, either port counts.
pub(super) fn tunnel(source: u16, destination: u16) -> Option<Tunnel> {
    let by_port = |port| match port {
        4789 => Some(Tunnel::Vxlan),
        // still the default of Linux, and of some overlay networks
        8472 => Some(Tunnel::VxlanOldPort),
        4790 => Some(Tunnel::VxlanGpe),
        6081 => Some(Tunnel::Geneve),
        6635 => Some(Tunnel::Mpls),
        _ => None,
    };
    by_port(destination).or_else(|| by_port(source))
}

/// The tunnel that the beginning of a UDP datagram hints at.
pub(super) fn hint(data: &[u8]) -> Option<Tunnel> {
    let [s0, s1, d0, d1, ..] = data else {
        return None;
    };
    tunnel(
        u16::from_be_bytes([*s0, *s1]),
        u16::from_be_bytes([*d0, *d1]),
    )
}

#[inline]
pub(super) fn next(rest: Rest<'_>) -> Next<'_> {
    let Some(tunnel) = hint(rest.data) else {
        return Next::Nothing;
    };
    let Some(([_, _, _, _, high, low, _, _], inside)) = rest.split() else {
        return Next::Nothing;
    };
    match u16::from_be_bytes([*high, *low]) {
        0 => Next::Tunnel(tunnel, inside),
        length => match length.checked_sub(HEADER) {
            Some(length) => Next::Tunnel(tunnel, inside.with_wire_len(length.into())),
            None => Next::Nothing,
        },
    }
}
