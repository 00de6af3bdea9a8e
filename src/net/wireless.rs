//! 802.11 data frames (IEEE 802.11, section 9.3.2), as far as they are not encrypted.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | version (2 bits), type (2 bits: 2 is data), subtype (0x40 no data, 0x80 quality of service) |
//! | 1 | 1 | 0x01 to, 0x02 from the distribution system, 0x04 more fragments, 0x40 protected, 0x80 order |
//! | 2 | 2 | duration |
//! | 4 | 18 | three addresses |
//! | 22 | 2 | number: 4 bits of the fragment, 12 of the frame |
//! | 24 | 6 | a fourth address, if the frame goes both to and from the system |
//! | | 2 | with quality of service: 0x80 in the first byte says that several packets are in the frame |
//! | | 4 | with quality of service and order: HT control |
//! | | | an LLC header |
//!
//! Each of several packets in one frame has two addresses, a length of 2 bytes and the LLC header,
//! padded to 4 bytes.

use super::Undecodable;
use super::layer::{Next, Rest};

/// Bytes of a header without what is optional.
const HEADER: usize = 24;
/// Bytes before the LLC header of a packet that shares its frame.
const SUBFRAME: usize = 14;

/// `padded`: the header is followed by bytes up to the next multiple of four.
pub(super) fn next(rest: Rest<'_>, padded: bool) -> Result<Next<'_>, Undecodable> {
    let Some(([kind, flags, ..], _)) = rest.split::<2>() else {
        return Err(Undecodable::LinkTruncated);
    };
    let is_data = kind & 0x0f == 0x08;
    if !is_data || kind & 0x40 != 0 {
        return Ok(Next::Nothing);
    }
    if flags & 0x40 != 0 {
        return Err(Undecodable::Protected("802.11"));
    }
    let has_quality = kind & 0x80 != 0;
    let mut length = HEADER;
    if flags & 0x03 == 0x03 {
        length = length.saturating_add(6);
    }
    let quality = length;
    if has_quality {
        length = length.saturating_add(if flags & 0x80 == 0 { 2 } else { 6 });
    }
    if padded {
        length = length.next_multiple_of(4);
    }
    let header = rest.data.get(..length).ok_or(Undecodable::LinkTruncated)?;
    let number = header.get(22).map_or(0, |low| low & 0x0f);
    if flags & 0x04 != 0 || number != 0 {
        return Err(Undecodable::Tunnel("fragments of 802.11 frames"));
    }
    let rest = rest.after(length);
    let shared = header.get(quality).filter(|_| has_quality);
    if shared.is_some_and(|first| first & 0x80 != 0) {
        return alone_in_frame(rest);
    }
    Ok(Next::Llc(rest))
}

/// The packet of a frame that may hold several and holds one.
fn alone_in_frame(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some(([.., high, low], inside)) = rest.split::<SUBFRAME>() else {
        return Err(Undecodable::LinkTruncated);
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    // Behind it may be the frame check sequence.
    let behind = inside.wire_len().saturating_sub(length.next_multiple_of(4));
    if behind >= SUBFRAME {
        return Err(Undecodable::Tunnel("802.11 frames of several packets"));
    }
    Ok(Next::Llc(inside.with_wire_len(length)))
}
