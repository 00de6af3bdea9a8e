//! The Simple Packet Block (draft-ietf-opsawg-pcapng, section 4.4).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 8 | 4 | original length, in bytes |
//! | 12 | | the packet, padded to a multiple of 4 bytes |
//!
//! It belongs to the section's first interface, has no time, and does not say how much was captured:
//! the original length, or the interface's snaplen if that is less.

use super::super::reader::Trouble;
use super::PacketHead;
use super::block::ByteOrder;

/// Bytes before the packet.
const BEFORE: usize = 12;

/// `body` is the block without its trailing length; `snaplen` is the first interface's; 0 stands for none.
pub(super) fn parse(body: &[u8], order: ByteOrder, snaplen: u32) -> Result<PacketHead, Trouble> {
    let (words, _) = body.as_chunks();
    let [_, _, original, ..] = words else {
        return Err(Trouble::Damaged(
            "a simple packet block shorter than its header",
        ));
    };
    let original_len = order.u32(*original);
    let captured_len = if snaplen == 0 {
        original_len
    } else {
        original_len.min(snaplen)
    };
    if body.len().saturating_sub(BEFORE) < captured_len as usize {
        return Err(Trouble::Damaged(
            "a simple packet block shorter than its packet",
        ));
    }
    Ok(PacketHead {
        interface: 0,
        ticks: None,
        captured_len,
        original_len,
        before: BEFORE,
    })
}
