//! What was kept of a conversation, by side and offset.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tap::Chunk;
use crate::mysql::Side;

/// The bytes of both sides; there may be holes.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    /// By offset: the bytes and the packet that carried them.
    sides: [BTreeMap<u64, (Vec<u8>, u64)>; 2],
}

impl Bytes {
    pub(super) fn new(chunks: Vec<Chunk>) -> Self {
        let mut bytes = Self::default();
        for chunk in chunks {
            if let Some(side) = bytes.sides.get_mut(chunk.side as usize) {
                side.insert(chunk.offset, (chunk.bytes, chunk.packet));
            }
        }
        bytes
    }

    /// The bytes of a range, up to the first hole.
    pub(super) fn get(&self, side: Side, range: Range<u64>) -> Vec<u8> {
        let mut out = Vec::new();
        let mut at = range.start;
        for (offset, chunk) in self.pieces(side) {
            let end = offset.saturating_add(chunk.len() as u64);
            if end <= at {
                continue;
            }
            if offset > at || at >= range.end {
                break;
            }
            let from = usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
            let to = end.min(range.end).saturating_sub(offset);
            let to = usize::try_from(to).unwrap_or(usize::MAX);
            out.extend_from_slice(chunk.get(from..to).unwrap_or_default());
            at = end;
        }
        out
    }

    fn pieces(&self, side: Side) -> impl Iterator<Item = (u64, &[u8])> {
        let pieces = self.sides.get(side as usize).into_iter().flatten();
        pieces.map(|(offset, (bytes, _))| (*offset, bytes.as_slice()))
    }

    /// The offsets of bytes that came in packets of a range.
    pub(super) fn of_packets(&self, side: Side, packets: Range<u64>) -> Vec<Range<u64>> {
        let pieces = self.sides.get(side as usize).into_iter().flatten();
        pieces
            .filter(|(_, (_, packet))| packets.contains(packet))
            .map(|(offset, (bytes, _))| *offset..offset.saturating_add(bytes.len() as u64))
            .collect()
    }
}
