//! Finding any of many needles in a short text, in one pass.
//!
//! Owns the search, not what is searched for ([`super::forms`]). A run with a thousand accounts has
//! tens of thousands of needles, and every captured text is searched for all of them: the pairs of
//! bytes that needles begin with stand in a table of bits, so that almost every place of a text is
//! passed over after one look. All of it is wiped when dropped, which is why no automaton of a crate
//! stands here: those copy what they search for.

use std::ops::Range;

use zeroize::Zeroizing;

use super::forms::Needle;

/// Bits in a word of the table.
const WORD: usize = 64;
/// Words for the pairs of two bytes.
const WORDS: usize = (1 << 16) / WORD;

/// The needles, sorted, and the pairs that they begin with.
#[derive(Default)]
pub(super) struct Needles {
    /// In the order of their bytes.
    sorted: Vec<Needle>,
    /// Empty when there are no needles.
    pairs: Zeroizing<Vec<u64>>,
}

impl Needles {
    /// Of needles with the same bytes, one that need not be a whole word stands for all.
    pub(super) fn new(mut needles: Vec<Needle>) -> Self {
        needles.sort_by(|a, b| (a.bytes(), a.whole_word()).cmp(&(b.bytes(), b.whole_word())));
        needles.dedup_by(|later, first| later.bytes() == first.bytes());
        let mut pairs = Zeroizing::new(vec![0; if needles.is_empty() { 0 } else { WORDS }]);
        for needle in &needles {
            let mut set = |second| {
                let (word, bit) = place(needle.bytes().first().copied().unwrap_or(0), second);
                if let Some(word) = pairs.get_mut(word) {
                    *word |= bit;
                }
            };
            match needle.bytes().get(1) {
                Some(second) => set(*second),
                None => (0..=u8::MAX).for_each(set),
            }
        }
        Self {
            sorted: needles,
            pairs,
        }
    }

    /// Tells of every place at which a needle stands in a text, ASCII case folded.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(Range<usize>, &Needle)) {
        if self.sorted.is_empty() {
            return;
        }
        let seconds = text.iter().skip(1).chain([&0]);
        for (start, (first, second)) in text.iter().zip(seconds).enumerate() {
            let (word, bit) = place(first.to_ascii_lowercase(), second.to_ascii_lowercase());
            if self.pairs.get(word).is_some_and(|word| word & bit != 0) {
                self.find_at(text, start, &mut found);
            }
        }
    }

    #[cold]
    fn find_at(&self, text: &[u8], start: usize, found: &mut impl FnMut(Range<usize>, &Needle)) {
        let rest = text.get(start..).unwrap_or_default();
        let Some(first) = rest.first().map(u8::to_ascii_lowercase) else {
            return;
        };
        let before = |needle: &Needle| needle.bytes().first() < Some(&first);
        let from = self.sorted.partition_point(before);
        let candidates = self.sorted.get(from..).unwrap_or_default();
        let candidates = candidates
            .iter()
            .take_while(|needle| needle.bytes().first() == Some(&first));
        for needle in candidates {
            let length = needle.bytes().len();
            let here = rest.get(..length);
            if here.is_some_and(|here| here.eq_ignore_ascii_case(needle.bytes())) {
                found(start..start.saturating_add(length), needle);
            }
        }
    }
}

/// Where the bit of a pair stands.
fn place(first: u8, second: u8) -> (usize, u64) {
    let pair = usize::from(u16::from_be_bytes([first, second]));
    (pair / WORD, 1 << (pair % WORD))
}

#[cfg(test)]
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
