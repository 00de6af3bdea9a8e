//! What the layers hand to each other.
//!
//! Owns the bookkeeping of what is left of a packet: captured, and on the wire. Used by every header of
//! this module and nobody else.

use std::net::IpAddr;

use super::Undecodable;
use super::fragment::Fragment;
use super::tunnel::Tunnel;
use crate::capture::Packet;

/// What is left of a packet behind the headers that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rest<'a> {
    /// The captured bytes.
    pub(super) data: &'a [u8],
    /// Bytes that were on the wire behind `data` and were not captured.
    pub(super) missing: usize,
}

impl<'a> Rest<'a> {
    #[inline]
    pub(super) fn of_packet(packet: &Packet<'a>) -> Self {
        let data = packet.data;
        Self {
            data,
            missing: (packet.original_len as usize).saturating_sub(data.len()),
        }
    }

    /// Its length on the wire.
    #[inline]
    pub(super) fn wire_len(self) -> usize {
        self.data.len().saturating_add(self.missing)
    }

    /// Takes a header of fixed length off the front.
    #[inline]
    pub(super) fn split<const N: usize>(self) -> Option<(&'a [u8; N], Self)> {
        let (header, data) = self.data.split_first_chunk()?;
        Some((header, Self { data, ..self }))
    }

    /// What is left behind `len` captured bytes.
    #[inline]
    pub(super) fn after(self, len: usize) -> Self {
        Self {
            data: self.data.get(len..).unwrap_or_default(),
            ..self
        }
    }

    /// Sets the length on the wire to what a header says it is: what is behind is padding, what is not
    /// there was cut off. The header is believed over the capture's original length: tools that cut
    /// packets set that to what they left.
    #[inline]
    pub(super) fn with_wire_len(self, len: usize) -> Self {
        match self.data.get(..len) {
            Some(data) => Self { data, missing: 0 },
            None => Self {
                missing: len.saturating_sub(self.data.len()),
                ..self
            },
        }
    }

    /// Why a header does not fit: cut by the snaplen, or never long enough.
    pub(super) fn too_short(self, cut: Undecodable, malformed: Undecodable) -> Undecodable {
        if self.missing > 0 { cut } else { malformed }
    }
}

/// What the IP layer gives to the one above.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ip<'a> {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    /// The header, with options or extension headers.
    pub(super) header: &'a [u8],
}

/// The layer that comes next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next<'a> {
    /// By an `EtherType`, or a length where that stands in its place.
    EtherType(u16, Rest<'a>),
    /// An LLC header (IEEE 802.2).
    Llc(Rest<'a>),
    /// IP of either version, told by its first nibble.
    Ip(Rest<'a>),
    /// IPv6 for sure.
    Ipv6(Rest<'a>),
    /// TCP.
    Tcp(Ip<'a>, Rest<'a>),
    /// Another packet inside of this one.
    Tunnel(Tunnel, Rest<'a>),
    /// A piece of an IP packet.
    Fragment(Fragment<'a>),
    /// Nothing of ours.
    Nothing,
}
