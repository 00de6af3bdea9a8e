//! How many logins were seen twice, told by hashes of their exchanges.
//!
//! Owns the hashes. They are put behind each other and sorted now and then: a table would be a walk to a
//! far place in memory for each login.

use crate::limits;

/// So many are put behind those that are sorted before all are sorted again, at least.
const FEW: usize = 1 << 12;

/// Hashes, [`limits::EXCHANGES`] at most, and how many of those seen were there already.
#[derive(Default)]
pub(super) struct Exchanges {
    /// Ascending, none twice.
    known: Vec<u64>,
    /// As they came.
    new: Vec<u64>,
    again: u64,
}

impl Exchanges {
    /// Takes note of one.
    pub fn see(&mut self, hash: u64) {
        let room = limits::EXCHANGES.saturating_sub(self.known.len());
        // The last few places stay empty: all would be sorted again for each login that is put there.
        if room < FEW {
            let again = self.known.binary_search(&hash).is_ok();
            self.again = self.again.saturating_add(again.into());
            return;
        }
        self.new.push(hash);
        if self.new.len() >= self.known.len().max(FEW).min(room) {
            self.sort();
        }
    }

    fn sort(&mut self) {
        self.known.append(&mut self.new);
        let all = self.known.len();
        self.known.sort_unstable();
        self.known.dedup();
        let again = all.saturating_sub(self.known.len()) as u64;
        self.again = self.again.saturating_add(again);
    }

    /// Takes note of what others have seen.
    pub fn add(&mut self, mut other: Self) {
        if self.known.is_empty() && self.new.is_empty() {
            std::mem::swap(self, &mut other);
        }
        self.again = self.again.saturating_add(other.again);
        for hash in other.known.into_iter().chain(other.new) {
            self.see(hash);
        }
    }

    /// How many had been seen before.
    pub fn again(mut self) -> u64 {
        self.sort();
        self.again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a set counts.
    fn counted(hashes: impl IntoIterator<Item = u64>) -> u64 {
        let mut set = std::collections::HashSet::new();
        hashes
            .into_iter()
            .map(|hash| u64::from(!set.insert(hash)))
            .sum()
    }

    fn seen(hashes: impl IntoIterator<Item = u64>) -> Exchanges {
        let mut exchanges = Exchanges::default();
        for hash in hashes {
            exchanges.see(hash);
        }
        exchanges
    }

    fn mixed(count: u64) -> impl Iterator<Item = u64> + Clone {
        (0..count).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50)
    }

    #[test]
    fn counts_what_a_set_counts() {
        for count in [0, 1, 100, 4_096, 4_097, 30_000] {
            assert_eq!(seen(mixed(count)).again(), counted(mixed(count)), "{count}");
        }
        let mut exchanges = seen(mixed(5_000));
        exchanges.add(seen(mixed(9_000)));
        exchanges.add(Exchanges::default());
        let all = mixed(5_000).chain(mixed(9_000));
        assert_eq!(exchanges.again(), counted(all));
    }

    #[test]
    fn the_memory_is_bounded_and_what_is_known_is_told() {
        let most = limits::EXCHANGES as u64;
        let mut exchanges = seen(0..most.saturating_mul(2));
        assert!(exchanges.known.len() <= limits::EXCHANGES);
        assert!(exchanges.new.is_empty());
        exchanges.see(0);
        exchanges.see(1);
        exchanges.see(u64::MAX);
        exchanges.see(u64::MAX);
        assert_eq!(exchanges.again(), 2);
    }
}
