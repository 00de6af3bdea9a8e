//! The Interface Description Block (draft-ietf-opsawg-pcapng, section 4.2), and the clock it sets.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 8 | 2 | link type |
//! | 10 | 2 | reserved |
//! | 12 | 4 | snaplen in bytes; 0 for none |
//! | 16 | | options: `if_tsresol` (9, 1 byte), `if_tsoffset` (14, 8 bytes), and others |
//!
//! The options that set the clock are read here: pcap-parser takes every `if_tsoffset` for little
//! endian, and no resolution in powers of two for valid.

use pcap_parser::pcapng::{
    InterfaceDescriptionBlock, OptionCode, PcapNGOption, parse_interfacedescriptionblock_be,
    parse_interfacedescriptionblock_le,
};

use super::super::{LinkType, Timestamp};
use super::block::ByteOrder;

/// What is needed of an interface to read its packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interface {
    pub(super) link: LinkType,
    pub(super) snaplen: u32,
    pub(super) clock: Clock,
}

impl Interface {
    pub(super) fn parse(block: &[u8], order: ByteOrder) -> Option<Self> {
        let parsed = match order {
            ByteOrder::Little => parse_interfacedescriptionblock_le(block),
            ByteOrder::Big => parse_interfacedescriptionblock_be(block),
        };
        let (_, description) = parsed.ok()?;
        Some(Self {
            link: LinkType(u16::try_from(description.linktype.0).ok()?),
            snaplen: description.snaplen,
            clock: Clock::from_options(&description, order),
        })
    }
}

/// How an interface's time stamps become time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    unit: Unit,
    /// Nanoseconds to add.
    offset: i128,
}

/// What one tick is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// So many nanoseconds.
    Nanos(u64),
    /// The so-manieth part of a nanosecond.
    NanoParts(u128),
    /// 2 to the minus so-manieth of a second.
    BinaryParts(u32),
}

impl Clock {
    /// Microseconds, when no option says otherwise.
    const DEFAULT: Self = Self {
        unit: Unit::Nanos(1000),
        offset: 0,
    };

    fn from_options(description: &InterfaceDescriptionBlock<'_>, order: ByteOrder) -> Self {
        let is_option = |o: &&PcapNGOption<'_>| o.code != OptionCode::EndOfOpt;
        let mut clock = Self::DEFAULT;
        for option in description.options.iter().take_while(is_option) {
            let value = option.as_bytes().unwrap_or_default();
            match (option.code, value) {
                (OptionCode::IfTsresol, [resolution]) => {
                    clock.unit = Unit::from_tsresol(*resolution);
                }
                (OptionCode::IfTsoffset, _) => {
                    let Some(bytes) = value.first_chunk::<8>() else {
                        continue;
                    };
                    let seconds = match order {
                        ByteOrder::Little => i64::from_le_bytes(*bytes),
                        ByteOrder::Big => i64::from_be_bytes(*bytes),
                    };
                    clock.offset = i128::from(seconds).saturating_mul(1_000_000_000);
                }
                _ => {}
            }
        }
        clock
    }

    /// The time of a time stamp; `None` where it lies outside of what 64 bits of nanoseconds can say
    /// (the years 1677 to 2262).
    #[inline]
    pub(super) fn time(self, ticks: u64) -> Option<Timestamp> {
        let nanos = match self.unit {
            Unit::Nanos(n) => u128::from(ticks).saturating_mul(u128::from(n)),
            Unit::NanoParts(n) => u128::from(ticks).checked_div(n).unwrap_or(0),
            Unit::BinaryParts(power) => u128::from(ticks)
                .saturating_mul(1_000_000_000)
                .checked_shr(power)
                .unwrap_or(0),
        };
        let nanos = i128::try_from(nanos).ok()?.checked_add(self.offset)?;
        i64::try_from(nanos).ok().map(Timestamp::from_nanos)
    }
}

impl Unit {
    /// From `if_tsresol`: the low seven bits are the negative power, of 2 if the high bit is set and of 10
    /// if not.
    fn from_tsresol(value: u8) -> Self {
        let power = u32::from(value & 0x7f);
        if value & 0x80 != 0 {
            return Self::BinaryParts(power);
        }
        match 9_u32.checked_sub(power) {
            Some(more) => Self::Nanos(10_u64.saturating_pow(more)),
            // finer than any tick count can show as a nanosecond: saturated, and the time is then 0
            None => Self::NanoParts(10_u128.saturating_pow(power.saturating_sub(9))),
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests {
    use super::*;

    /// An interface description with one or two options, as a section of `order` has it.
    fn describe(order: ByteOrder, resolution: Option<u8>, offset: Option<i64>) -> Interface {
        let big = order == ByteOrder::Big;
        let u16 = |v: u16| {
            if big {
                v.to_be_bytes()
            } else {
                v.to_le_bytes()
            }
        };
        let u32 = |v: u32| {
            if big {
                v.to_be_bytes()
            } else {
                v.to_le_bytes()
            }
        };
        let mut body = [u16(113), u16(0)].concat();
        body.extend(u32(96));
        if let Some(resolution) = resolution {
            body.extend([u16(9), u16(1)].concat());
            body.extend([resolution, 0, 0, 0]);
        }
        if let Some(offset) = offset {
            body.extend([u16(14), u16(8)].concat());
            body.extend(if big {
                offset.to_be_bytes()
            } else {
                offset.to_le_bytes()
            });
        }
        body.extend([0; 4]);
        let len = u32(u32::try_from(body.len() + 12).unwrap());
        let block = [&u32(1)[..], &len, &body, &len].concat();
        Interface::parse(&block, order).unwrap()
    }

    /// The expected times are what tshark 4.0.17 shows for the same blocks, but that of 10^-12: there its
    /// 64-bit product overflows.
    #[test]
    fn resolutions_and_offsets() {
        let ticks = (5 << 32) + 123_456_789;
        for order in [ByteOrder::Little, ByteOrder::Big] {
            for (resolution, nanos) in [
                (0, None), // beyond the year 2262; tshark shows 21598294269 s
                (3, Some(21_599_293_269_000_000)),
                (9, Some(1_021_598_293_269)),
                (12, Some(1_000_021_598_293)),
                (25, Some(1_000_000_000_000)),
                (0x80 + 10, Some(21_093_083_270_507_812)),
                (0x80 + 20, Some(21_597_737_568_855)),
                (0x80 + 33, Some(1_002_514_372_261)),
            ] {
                let interface = describe(order, Some(resolution), Some(1000));
                let time = interface.clock.time(ticks).map(Timestamp::as_nanos);
                assert_eq!(time, nanos, "resolution {resolution} {order:?}");
            }
        }
    }

    /// The example of draft-ietf-opsawg-pcapng, section 4.6: 2012-06-29 07:28:25.298858 UTC.
    #[test]
    fn microseconds_unless_said_otherwise() {
        let interface = describe(ByteOrder::Little, None, None);
        assert_eq!((interface.link, interface.snaplen), (LinkType(113), 96));
        let time = interface.clock.time(0x0004_c397_64ca_47aa).unwrap();
        assert_eq!(time.as_nanos(), 1_340_954_905_298_858_000);
    }

    #[test]
    fn an_offset_may_be_negative() {
        let interface = describe(ByteOrder::Big, Some(9), Some(-3));
        assert_eq!(interface.clock.time(1).unwrap().as_nanos(), -2_999_999_999);
    }
}
