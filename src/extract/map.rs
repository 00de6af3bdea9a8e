//! Where the bytes of one side go when others are left out: which are kept, what is written over
//! them, and the sequence numbers after that.
//!
//! What is left out leaves no hole: later sequence numbers and acknowledgements move down, so that
//! the extract is a whole conversation again.
//!
//! ```text
//! offsets   0 ────── login ──────┤ commands ├── COM_CHANGE_USER ──┤ commands …
//! kept      0 ──────────────────┤           ├────────────────────┤
//! new       0 ──────────────────┤├───────────────────┤
//! ```

use std::ops::Range;

use crate::net::SeqNum;

/// One side of a conversation.
#[derive(Clone, Debug, Default)]
pub(super) struct SideMap {
    /// The sequence number of offset 0; `None` where the side never sent a byte.
    base: Option<SeqNum>,
    /// Offsets that are kept, ascending and apart.
    kept: Vec<Range<i64>>,
    /// Bytes to write over those that are kept, by offset.
    edits: Vec<(i64, Vec<u8>)>,
    /// The offset last seen, to tell which of the many offsets of a sequence number is meant.
    last: i64,
    /// The offset of the FIN, which counts as a byte.
    fin: Option<i64>,
}

impl SideMap {
    pub(super) fn new(
        base: Option<SeqNum>,
        kept: Vec<Range<i64>>,
        edits: Vec<(i64, Vec<u8>)>,
    ) -> Self {
        Self {
            base,
            kept: merged(kept),
            edits,
            ..Self::default()
        }
    }

    /// The offset of a sequence number.
    pub(super) fn offset(&mut self, seq: SeqNum) -> Option<i64> {
        let [_, _, _, _, low @ ..] = self.last.to_be_bytes();
        let here = self.base?.plus(u32::from_be_bytes(low));
        let offset = self.last.saturating_add(i64::from(seq.distance_from(here)));
        self.last = self.last.max(offset);
        Some(offset)
    }

    pub(super) fn set_fin(&mut self, offset: i64) {
        self.fin = Some(offset);
    }

    /// The bytes of a segment that are kept, with what is written over them.
    pub(super) fn payload(&self, offset: i64, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for (at, edit) in &self.edits {
            write_over(&mut bytes, at.saturating_sub(offset), edit);
        }
        let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let mut out = Vec::with_capacity(bytes.len());
        for range in self.within(offset..offset.saturating_add(length)) {
            let from = usize::try_from(range.start.saturating_sub(offset)).unwrap_or(0);
            let to = usize::try_from(range.end.saturating_sub(offset)).unwrap_or(0);
            out.extend_from_slice(bytes.get(from..to).unwrap_or_default());
        }
        out
    }

    /// How many offsets of a range are kept.
    pub(super) fn count(&self, range: Range<i64>) -> i64 {
        self.within(range).fold(0, |sum, part| {
            sum.saturating_add(part.end.saturating_sub(part.start))
        })
    }

    fn within(&self, range: Range<i64>) -> impl Iterator<Item = Range<i64>> {
        let parts = self
            .kept
            .iter()
            .map(move |kept| kept.start.max(range.start)..kept.end.min(range.end));
        parts.filter(|part| part.start < part.end)
    }

    /// The sequence number that the byte at an offset has now; of one that is left out, that of the
    /// next one kept. The FIN, once written, counts.
    pub(super) fn seq(&self, offset: i64) -> Option<SeqNum> {
        let data = self.fin.map_or(offset, |fin| offset.min(fin));
        let before = if data <= 0 { data } else { self.count(0..data) };
        let fin = i64::from(self.fin.is_some_and(|fin| offset > fin));
        let [_, _, _, _, low @ ..] = before.saturating_add(fin).to_be_bytes();
        Some(self.base?.plus(u32::from_be_bytes(low)))
    }
}

/// Writes `edit` at `at`, which may lie before the first byte; what does not lie inside is no matter.
fn write_over(bytes: &mut [u8], at: i64, edit: &[u8]) {
    let skip = usize::try_from(at.saturating_neg()).unwrap_or(0);
    let at = usize::try_from(at).unwrap_or(0);
    let (Some(into), Some(edit)) = (bytes.get_mut(at..), edit.get(skip..)) else {
        return;
    };
    for (byte, new) in into.iter_mut().zip(edit) {
        *byte = *new;
    }
}

fn merged(mut ranges: Vec<Range<i64>>) -> Vec<Range<i64>> {
    ranges.retain(|range| range.start < range.end);
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<i64>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> SideMap {
        let edits = vec![(3, b"XX".to_vec())];
        SideMap::new(Some(SeqNum(u32::MAX - 1)), vec![0..5, 10..15], edits)
    }

    #[test]
    fn what_is_left_out_leaves_no_hole() {
        let map = map();
        assert_eq!(map.payload(0, b"0123456789abcdefgh"), b"012XXabcde");
        assert_eq!(map.payload(4, b"456"), b"X");
        assert_eq!(map.payload(5, b"56"), b"");
        assert_eq!(map.payload(14, b"efg"), b"e");
        assert_eq!(map.payload(-1, b"?0"), b"0");
        let seq = |offset| map.seq(offset).unwrap().0;
        let base = u32::MAX - 1;
        assert_eq!(seq(-1), base - 1);
        assert_eq!(seq(0), base);
        for (offset, new) in [(4, 4), (5, 5), (7, 5), (10, 5), (11, 6), (15, 10), (99, 10)] {
            assert_eq!(seq(offset), base.wrapping_add(new), "{offset}");
        }
    }

    #[test]
    fn sequence_numbers_wrap_and_a_fin_counts() {
        let mut map = map();
        assert_eq!(map.offset(SeqNum(u32::MAX - 1)), Some(0));
        assert_eq!(map.offset(SeqNum(3)), Some(5));
        assert_eq!(map.offset(SeqNum(u32::MAX)), Some(1));
        map.set_fin(20);
        assert_eq!(map.seq(20), Some(SeqNum(u32::MAX - 1).plus(10)));
        assert_eq!(map.seq(21), Some(SeqNum(u32::MAX - 1).plus(11)));
    }
}
