//! The Enhanced Packet Block (draft-ietf-opsawg-pcapng, section 4.3).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 8 | 4 | interface |
//! | 12 | 4 | time stamp, high word, in units of the interface's resolution |
//! | 16 | 4 | time stamp, low word |
//! | 20 | 4 | captured length, in bytes |
//! | 24 | 4 | original length, in bytes |
//! | 28 | captured length | the packet, padded to a multiple of 4 bytes; then options |

use super::super::reader::Trouble;
use super::PacketHead;
use super::block::ByteOrder;

/// Bytes before the packet.
const BEFORE: usize = 28;

/// `body` is the block without its trailing length.
#[inline]
pub(super) fn parse(body: &[u8], order: ByteOrder) -> Result<PacketHead, Trouble> {
    let Some((
        [
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            i0,
            i1,
            i2,
            i3,
            h0,
            h1,
            h2,
            h3,
            l0,
            l1,
            l2,
            l3,
            c0,
            c1,
            c2,
            c3,
            o0,
            o1,
            o2,
            o3,
        ],
        rest,
    )) = body.split_first_chunk::<BEFORE>()
    else {
        return Err(Trouble::Damaged(
            "an enhanced packet block shorter than its header",
        ));
    };
    let captured_len = order.u32([*c0, *c1, *c2, *c3]);
    if rest.len() < captured_len as usize {
        return Err(Trouble::Damaged(
            "an enhanced packet block shorter than its packet",
        ));
    }
    Ok(PacketHead {
        interface: order.u32([*i0, *i1, *i2, *i3]),
        ticks: Some(order.high_low([*h0, *h1, *h2, *h3], [*l0, *l1, *l2, *l3])),
        captured_len,
        original_len: order.u32([*o0, *o1, *o2, *o3]),
        before: BEFORE,
    })
}
