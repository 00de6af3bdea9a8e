//! The samples and the passwords that their texts give.

// Each test file uses a part of it.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");

/// A sample.
pub struct Sample {
    pub name: String,
    pub capture: PathBuf,
    /// The password that its text gives.
    pub password: Option<Vec<u8>>,
    /// All of the text.
    pub text: String,
}

/// Every sample, by name.
pub fn samples() -> Vec<Sample> {
    let mut paths: Vec<_> = fs::read_dir(SAMPLES)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|end| end == "pcap" || end == "pcapng")
        })
        .collect();
    paths.sort();
    assert!(paths.len() >= 40, "samples are missing");
    paths.iter().map(|path| sample(path)).collect()
}

fn sample(capture: &Path) -> Sample {
    let text = fs::read(capture.with_extension("md")).unwrap();
    let text = String::from_utf8_lossy(&text).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("password:"));
    let password = line.unwrap().trim();
    Sample {
        name: capture.file_stem().unwrap().to_str().unwrap().to_owned(),
        capture: capture.to_owned(),
        password: (password != "-").then(|| unescape(password)),
        text,
    }
}

/// `\n`, `\\` and `\xNN`.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        match (first, more) {
            (b'\\', [b'n', tail @ ..]) => {
                bytes.push(b'\n');
                rest = tail;
            }
            (b'\\', [b'\\', tail @ ..]) => {
                bytes.push(b'\\');
                rest = tail;
            }
            (b'\\', [b'x', a, b, tail @ ..]) => {
                let digits = [*a, *b];
                let digits = std::str::from_utf8(&digits).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    bytes
}
