//! The fuzz targets of `fuzz/` on a stable toolchain: over their corpus, over what the samples give, and
//! over a fixed number of mutations of both. `fuzz/README.md` says how to run them under libFuzzer.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    dead_code,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "../fuzz/src/lib.rs"]
mod targets;
#[path = "common/texts.rs"]
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use targets::{TARGETS, seeds};

/// Mutations of one target, unless `UNSCRAMBLE_MUTATIONS` asks for more. A fixed number, so that a run is the
/// same everywhere.
const MUTATIONS: usize = 1500;

/// Longer seeds are left to libFuzzer: mutated they take long and show nothing else.
const LONGEST: usize = 8 << 10;

type Inputs = BTreeMap<&'static str, BTreeSet<Vec<u8>>>;

/// Shows an input that a target fails on.
struct Shown<'a>(&'a str, &'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let hex = unscramble::auth::hex::lower(self.1);
            eprintln!("target {} fails on {} bytes: {hex}", self.0, self.1.len());
        }
    }
}

fn run(target: targets::Target, input: &[u8]) {
    let shown = Shown(target.0, input);
    target.1(input);
    drop(shown);
}

/// The files of a folder and of the folders in it.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The committed corpus: what libFuzzer found, reduced, and every input that once failed.
fn corpus() -> Inputs {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut inputs = Inputs::new();
    for (target, _) in TARGETS {
        let mut found = Vec::new();
        files(&folder.join(target), &mut found);
        assert!(!found.is_empty(), "{target} has no corpus");
        let read = found.iter().map(|path| fs::read(path).unwrap());
        inputs.insert(target, read.collect());
    }
    inputs
}

fn sampled() -> Inputs {
    let mut inputs = Inputs::new();
    for sample in texts::samples() {
        let capture = fs::read(&sample.capture).unwrap();
        let log = fs::read(sample.capture.with_extension("keylog")).unwrap_or_default();
        for (target, seed) in seeds::of_capture(&capture, &log)
            .into_iter()
            .chain(seeds::of_texts(&log))
        {
            inputs.entry(target).or_default().insert(seed);
        }
    }
    inputs
}

#[test]
fn the_corpus_holds() {
    let inputs = corpus();
    for target in TARGETS {
        for input in &inputs[target.0] {
            run(target, input);
        }
        println!("{}: {} inputs", target.0, inputs[target.0].len());
    }
}

#[test]
fn the_samples_hold() {
    let inputs = sampled();
    for target in TARGETS {
        for input in &inputs[target.0] {
            run(target, input);
        }
        println!("{}: {} inputs", target.0, inputs[target.0].len());
    }
}

/// Every public capture through the readers and the whole pipeline.
#[test]
fn public_captures_hold() {
    let Some(folder) = common::corpus() else {
        return;
    };
    let mut found = Vec::new();
    files(&folder, &mut found);
    let captures = ["capture", "pipeline"];
    for target in TARGETS.iter().filter(|target| captures.contains(&target.0)) {
        for path in &found {
            run(*target, &fs::read(path).unwrap());
        }
    }
    assert!(found.len() > 900, "{}", found.len());
}

/// A generator of numbers that is the same everywhere (Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }

    /// One to four changes, as libFuzzer makes them.
    fn mutate(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = input.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let length = self.below(16).min(bytes.len() - at);
            match self.below(8) {
                _ if bytes.is_empty() => bytes.push(0),
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = [0, 1, 0x7F, 0x80, 0xFB, 0xFC, 0xFE, 0xFF][self.below(8)],
                2 => bytes[at] = u8::try_from(self.below(256)).unwrap(),
                3 => drop(bytes.drain(at..at + length)),
                4 => {
                    let copy = bytes[at..at + length].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, copy);
                }
                5 => bytes.truncate(at),
                6 => bytes[at..at + length].fill(0xFF),
                _ => {
                    let from = self.below(other.len());
                    let copy = &other[from..(from + 64).min(other.len())];
                    bytes.splice(at..at, copy.iter().copied());
                }
            }
        }
        bytes
    }
}

#[test]
fn mutations_hold() {
    let mut inputs = sampled();
    for (target, found) in corpus() {
        inputs.entry(target).or_default().extend(found);
    }
    let more = std::env::var("UNSCRAMBLE_MUTATIONS").ok();
    let mutations = more.map_or(MUTATIONS, |number| number.parse().unwrap());
    let work = |target: &targets::Target| {
        let seeds = inputs[target.0].iter().filter(|seed| seed.len() <= LONGEST);
        let seeds: Vec<_> = seeds.collect();
        let mut numbers = Numbers(u64::try_from(target.0.len()).unwrap());
        for _ in 0..mutations {
            let input = seeds[numbers.below(seeds.len())];
            let other = seeds[numbers.below(seeds.len())];
            run(*target, &numbers.mutate(input, other));
        }
    };
    let (one, other) = TARGETS.split_at(TARGETS.len() / 2);
    std::thread::scope(|scope| {
        scope.spawn(|| one.iter().for_each(work));
        other.iter().for_each(work);
    });
}

/// Writes seeds for libFuzzer, of the samples and of the public captures, where `UNSCRAMBLE_SEEDS` says.
#[test]
#[ignore = "no test: `fuzz/seed` runs it"]
fn write_seeds() {
    let folder = PathBuf::from(std::env::var_os("UNSCRAMBLE_SEEDS").unwrap());
    let mut inputs = sampled();
    let mut found = Vec::new();
    if let Some(captures) = common::corpus() {
        files(&captures, &mut found);
    }
    for path in &found {
        let capture = fs::read(path).unwrap();
        for (target, seed) in seeds::of_capture(&capture, &[]) {
            inputs.entry(target).or_default().insert(seed);
        }
    }
    for (target, seeds) in inputs {
        let folder = folder.join(target);
        fs::create_dir_all(&folder).unwrap();
        for seed in seeds.iter().filter(|seed| seed.len() <= 64 << 10) {
            let mut hasher = DefaultHasher::new();
            seed.hash(&mut hasher);
            fs::write(folder.join(format!("{:016x}", hasher.finish())), seed).unwrap();
        }
    }
}
