//! What capture tools put before 802.11 frames: the radiotap header
//! (<https://www.radiotap.org>), and the per-packet information header (PPI, version 1.0.10).
//!
//! | offset | size | radiotap, little endian |
//! |---|---|---|
//! | 0 | 1 | version 0 |
//! | 2 | 2 | length of the header |
//! | 4 | 4 | which fields there are: 0x1 a time stamp, 0x2 flags; 0x80000000: four more such bytes follow |
//! | | 8 | the time stamp, on a multiple of 8 |
//! | | 1 | flags: 0x20 the frame's header is padded to 4 bytes, 0x40 its check sequence is wrong |
//!
//! | offset | size | PPI, little endian |
//! |---|---|---|
//! | 2 | 2 | length of the header |
//! | 4 | 4 | link type of what follows |

use super::layer::{Next, Rest};
use super::{Undecodable, ethernet, wireless};
use crate::capture::LinkType;

const PADDED: u8 = 0x20;
const DAMAGED: u8 = 0x40;

pub(super) fn next(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some(([0, _, l0, l1, ..], _)) = rest.split::<8>() else {
        return Err(Undecodable::LinkTruncated);
    };
    let length = usize::from(u16::from_le_bytes([*l0, *l1]));
    let header = rest.data.get(..length).ok_or(Undecodable::LinkTruncated)?;
    let flags = flags(header).unwrap_or(0);
    if flags & DAMAGED != 0 {
        return Err(Undecodable::FrameDamaged);
    }
    wireless::next(rest.after(length), flags & PADDED != 0)
}

fn flags(header: &[u8]) -> Option<u8> {
    let (words, _) = header.get(4..)?.as_chunks::<4>();
    let first = words.first()?.first()?;
    let more = words.iter().take_while(|[.., high]| high & 0x80 != 0);
    // The words of the header itself, and those that say what there is.
    let words = more.count().saturating_add(2);
    let mut at = words.saturating_mul(4);
    if first & 1 != 0 {
        at = at.next_multiple_of(8).saturating_add(8);
    }
    let flags = header.get(at).filter(|_| first & 2 != 0);
    flags.copied()
}

/// `LINKTYPE_PPI`.
pub(super) fn ppi(rest: Rest<'_>) -> Result<Next<'_>, Undecodable> {
    let Some(([_, _, l0, l1, link @ ..], _)) = rest.split::<8>() else {
        return Err(Undecodable::LinkTruncated);
    };
    let length = usize::from(u16::from_le_bytes([*l0, *l1]));
    if length < 8 || rest.data.len() < length {
        return Err(Undecodable::LinkTruncated);
    }
    let rest = rest.after(length);
    match u32::from_le_bytes(*link) {
        1 => ethernet::next(rest),
        105 => wireless::next(rest, false),
        other => Err(Undecodable::LinkType(LinkType(
            u16::try_from(other).unwrap_or(u16::MAX),
        ))),
    }
}
