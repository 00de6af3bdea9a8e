//! The Packet Block, obsolete and still met (draft-ietf-opsawg-pcapng, appendix A).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 8 | 2 | interface |
//! | 10 | 2 | packets dropped since the one before |
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
pub(super) fn parse(body: &[u8], order: ByteOrder) -> Result<PacketHead, Trouble> {
    let (words, _) = body.as_chunks();
    let [_, _, [i0, i1, _, _], high, low, captured, original, ..] = words else {
        return Err(Trouble::Damaged(
            "an obsolete packet block shorter than its header",
        ));
    };
    let captured_len = order.u32(*captured);
    if body.len().saturating_sub(BEFORE) < captured_len as usize {
        return Err(Trouble::Damaged(
            "an obsolete packet block shorter than its packet",
        ));
    }
    Ok(PacketHead {
        interface: u32::from(order.u16([*i0, *i1])),
        ticks: Some(order.high_low(*high, *low)),
        captured_len,
        original_len: order.u32(*original),
        before: BEFORE,
    })
}
