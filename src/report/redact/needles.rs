//! Finding any of many needles in a short text, in one pass.
//!
//! Owns the search, not what is searched for ([`super::forms`]). A run with a thousand accounts has
//! tens of thousands of needles, and every captured text is searched for all of them: hashes of the four
//! bytes that needles begin with stand in a table of bits, so that almost every place of a text is
//! passed over after one look. All of it is wiped when dropped, which is why no automaton of a crate
//! stands here: those copy what they search for.

use std::ops::Range;

use zeroize::Zeroizing;

use super::forms::Needle;

/// Bytes of a needle's beginning that are hashed. Shorter ones are looked for one by one: they are
/// forms of very short passwords, and few.
const HEAD: usize = 4;
/// Bits in a word of the table.
const WORD: u32 = 64;
/// Bits of a hash: the table has 32 KiB, which the processor's first cache holds.
const HASH: u32 = 18;

/// The needles, sorted, and what they begin with.
#[derive(Default)]
pub(super) struct Needles {
    /// Of four bytes and more, in the order of their bytes.
    long: Vec<Needle>,
    short: Vec<Needle>,
    /// Empty when there are no long ones.
    heads: Zeroizing<Vec<u64>>,
}

impl Needles {
    /// Of needles with the same bytes, one that need not be a whole word stands for all.
    pub(super) fn new(mut needles: Vec<Needle>) -> Self {
        needles.sort_by(|a, b| (a.bytes(), a.whole_word()).cmp(&(b.bytes(), b.whole_word())));
        needles.dedup_by(|later, first| later.bytes() == first.bytes());
        let (long, short): (Vec<Needle>, Vec<Needle>) = needles
            .into_iter()
            .partition(|needle| needle.bytes().len() >= HEAD);
        let words = if long.is_empty() { 0 } else { 1 << (HASH - 6) };
        let mut heads = Zeroizing::new(vec![0; words]);
        for needle in &long {
            if let Some(head) = needle.bytes().first_chunk() {
                let (word, bit) = place(*head);
                if let Some(word) = heads.get_mut(word) {
                    *word |= bit;
                }
            }
        }
        Self { long, short, heads }
    }

    /// Tells of every place at which a needle stands in a text, ASCII case folded.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(Range<usize>, &Needle)) {
        if !self.long.is_empty() {
            for (start, head) in text.array_windows().enumerate() {
                let head = folded(*head);
                let (word, bit) = place(head);
                if self.heads.get(word).is_some_and(|word| word & bit != 0) {
                    self.find_at(text, start, head, &mut found);
                }
            }
        }
        for needle in &self.short {
            let length = needle.bytes().len();
            for (start, window) in text.windows(length).enumerate() {
                if window.eq_ignore_ascii_case(needle.bytes()) {
                    found(start..start.saturating_add(length), needle);
                }
            }
        }
    }

    #[cold]
    fn find_at(
        &self,
        text: &[u8],
        start: usize,
        head: [u8; HEAD],
        found: &mut impl FnMut(Range<usize>, &Needle),
    ) {
        let rest = text.get(start..).unwrap_or_default();
        let from = self
            .long
            .partition_point(|needle| needle.bytes().first_chunk() < Some(&head));
        let candidates = self.long.get(from..).unwrap_or_default();
        let candidates = candidates
            .iter()
            .take_while(|needle| needle.bytes().first_chunk() == Some(&head));
        for needle in candidates {
            let length = needle.bytes().len();
            let here = rest.get(..length);
            if here.is_some_and(|here| here.eq_ignore_ascii_case(needle.bytes())) {
                found(start..start.saturating_add(length), needle);
            }
        }
    }
}

/// ASCII case folded, all bytes at once: the top bit of each byte of `upper` says whether it is one of
/// `A` to `Z`, and a letter's two cases are 0x20 apart.
fn folded(head: [u8; HEAD]) -> [u8; HEAD] {
    const fn each(byte: u8) -> u32 {
        u32::from_ne_bytes([byte; HEAD])
    }
    let word = u32::from_ne_bytes(head);
    let low = word & each(0x7f);
    // No byte carries into the next: each is below 0x80 before.
    let from_a = low.wrapping_add(each(0x80 - b'A'));
    let behind_z = low.wrapping_add(each(0x7f - b'Z'));
    let upper = from_a & !behind_z & !word & each(0x80);
    (word | (upper >> 2)).to_ne_bytes()
}

/// Where the bit of a head stands.
fn place(head: [u8; HEAD]) -> (usize, u64) {
    let hash = u32::from_le_bytes(head).wrapping_mul(0x9e37_79b1) >> (u32::BITS - HASH);
    ((hash / WORD) as usize, 1 << (hash % WORD))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests {
    use super::super::forms;
    use super::*;
    use proptest::prelude::*;

    fn all(candidates: &[Vec<u8>]) -> Vec<Needle> {
        let mut needles = Vec::new();
        for candidate in candidates {
            forms::of(candidate, &mut needles);
        }
        needles
    }

    #[test]
    fn folds_as_the_standard_library_does() {
        for byte in 0..=u8::MAX {
            for head in [
                [byte, 0, b'Z', 0xff],
                [b'a', byte, 0x80, byte],
                [byte; HEAD],
            ] {
                assert_eq!(folded(head), head.map(|byte| byte.to_ascii_lowercase()));
            }
        }
    }

    proptest! {
        /// The plain search over every needle, one after the other, is the model.
        #[test]
        fn finds_what_the_plain_search_finds(
            candidates in prop::collection::vec(prop::collection::vec(prop::sample::select(&b"abB%2\0\xe9"[..]), 0..5), 0..4),
            text in prop::collection::vec(prop::sample::select(&b"aAbB%2\0\xe9="[..]), 0..40),
        ) {
            let folded = text.to_ascii_lowercase();
            let mut expected = Vec::new();
            for needle in all(&candidates) {
                let starts = memchr::memmem::find_iter(&folded, needle.bytes());
                // That search goes on behind a place; this one finds those that begin inside it, too.
                expected.extend(starts.map(|start| (start, start + needle.bytes().len())));
            }
            let mut found = Vec::new();
            Needles::new(all(&candidates)).find(&text, |place, _| found.push((place.start, place.end)));
            for place in expected {
                prop_assert!(found.contains(&place));
            }
            for (start, end) in found {
                prop_assert!(all(&candidates).iter().any(|needle| needle.bytes() == &folded[start..end]));
            }
        }
    }
}
