//! What must not leave: every password of every sample — as it is, percent-encoded, in base64 and in
//! hex — is looked for in everything that the program writes about that sample, in every format that it
//! has, and nothing may be found.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "common/texts.rs"]
mod texts;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use base64::Engine as _;
use clap::ValueEnum as _;
use memchr::memmem;
use texts::{Sample, samples};
use unscramble::cli::args::{CompareFormat, Format};

/// Shorter ones stand in any text by accident.
const SHORTEST: usize = 4;

/// The shapes of a password that are looked for. Base64 depends on what stands before: the three ways
/// without the characters that the neighbours have a part in.
fn shapes(password: &[u8]) -> Vec<Vec<u8>> {
    let mut shapes = vec![password.to_vec()];
    for kept in [&b""[..], b"-_.~"] {
        let mut encoded = String::new();
        for byte in password {
            if byte.is_ascii_alphanumeric() || kept.contains(byte) {
                encoded.push(char::from(*byte));
            } else {
                write!(encoded, "%{byte:02X}").unwrap();
            }
        }
        shapes.push(encoded.to_lowercase().into_bytes());
        shapes.push(encoded.into_bytes());
    }
    let mut hex = String::new();
    for byte in password {
        write!(hex, "{byte:02x}").unwrap();
    }
    shapes.push(hex.to_uppercase().into_bytes());
    shapes.push(hex.into_bytes());
    for before in 0..3 {
        let padded = [vec![0; before], password.to_vec()].concat();
        let digits = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&padded);
        let from = [0, 2, 3][before];
        let whole = padded.len() / 3 * 4;
        shapes.push(digits.as_bytes()[from..whole].to_vec());
    }
    shapes.retain(|shape| shape.len() >= SHORTEST);
    shapes
}

/// All made-up passwords that a text names: the one to try, and those in backquotes beside it that the
/// client was given instead.
fn secrets(sample: &Sample) -> Vec<Vec<u8>> {
    let mut secrets: Vec<Vec<u8>> = sample.password.clone().into_iter().collect();
    let made_up = |word: &&str| {
        let parts: Vec<_> = word.split('-').collect();
        parts.len() == 3 && parts[2].len() == 2 && parts[2].bytes().all(|b| b.is_ascii_digit())
    };
    let words = sample.text.split('`').filter(made_up);
    secrets.extend(words.map(|word| word.as_bytes().to_vec()));
    secrets.retain(|secret| secret.len() >= SHORTEST);
    secrets.sort();
    secrets.dedup();
    secrets
}

fn unscramble(sample: &Sample, folder: &Path) -> Command {
    let mut command = Command::cargo_bin("unscramble").unwrap();
    command.current_dir(folder).env("RUST_BACKTRACE", "1");
    if let Some(password) = &sample.password {
        fs::write(folder.join("pass"), [password, &b"\n"[..]].concat()).unwrap();
    }
    command
}

/// The sample's first login beside another, in every format of `compare`.
fn compared(sample: &Sample, folder: &Path, extra: &[&str]) -> Vec<(String, Vec<u8>)> {
    let output = unscramble(sample, folder)
        .args(["scan", "--fail-on", "never", "--format", "json"])
        .arg(&sample.capture)
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let logins = report["captures"][0]["logins"].as_array().unwrap();
    let Some(stream) = logins.first().map(|login| &login["stream"]) else {
        return Vec::new();
    };
    let other = sample
        .capture
        .with_file_name("mariadb-native-accepted.pcap");
    let mut command = unscramble(sample, folder);
    command.arg("compare").args(extra);
    command.arg(format!("{}#{stream}", sample.capture.display()));
    command.arg(format!("{}#0", other.display()));
    opening(&mut command, sample);
    let files = ["c.txt", "c.json", "c.md", "c.html"];
    assert_eq!(files.len(), CompareFormat::value_variants().len());
    for file in files {
        command.args(["-o", file]);
    }
    let output = command.output().unwrap();
    let name = format!("{} compare {extra:?}", sample.name);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{name}");
    let mut written = vec![(name.clone(), [output.stdout, output.stderr].concat())];
    for file in files {
        written.push((
            format!("{name} {file}"),
            fs::read(folder.join(file)).unwrap(),
        ));
    }
    written
}

/// The password, and what opens TLS and RSA.
fn opening(command: &mut Command, sample: &Sample) {
    if sample.password.is_some() {
        command.args(["--password-file", "pass"]);
    }
    for (ending, option) in [("keylog", "--keylog"), ("pem", "--server-key")] {
        let file = sample.capture.with_extension(ending);
        if file.exists() {
            command.arg(option).arg(file);
        }
    }
}

#[test]
fn no_password_leaves_in_any_format_or_message() {
    let files = [
        "r.txt", "r.json", "r.ndjson", "r.csv", "r.md", "r.html", "r.sarif",
    ];
    // Columns are made of the same fields, and looked at in tests/tables.rs.
    let columns = [Format::Parquet, Format::Arrow];
    assert_eq!(files.len(), Format::value_variants().len() - columns.len());
    let mut looked_for = 0;
    let mut searched = 0;
    for sample in samples() {
        let folder = tempfile::tempdir().unwrap();
        let mut written: Vec<(String, Vec<u8>)> = Vec::new();
        for extra in [&["-v"][..], &["--reveal"], &["--anonymize"]] {
            let mut command = unscramble(&sample, folder.path());
            command.args(["scan", "--fail-on", "never", "--format", "table"]);
            command.arg(&sample.capture).args(extra);
            opening(&mut command, &sample);
            for file in files {
                command.args(["-o", file]);
            }
            let output = command.output().unwrap();
            let name = format!("{} {extra:?}", sample.name);
            assert_eq!(output.status.code(), Some(0), "{name}");
            assert!(!output.stdout.is_empty(), "{name}");
            written.push((format!("{name} stdout"), output.stdout));
            written.push((format!("{name} stderr"), output.stderr));
            for file in files {
                let bytes = fs::read(folder.path().join(file)).unwrap();
                assert!(!bytes.is_empty(), "{name} {file}");
                written.push((format!("{name} {file}"), bytes));
            }
        }
        for extra in [None, Some("--anonymize"), Some("--with-keys")] {
            let mut command = unscramble(&sample, folder.path());
            command.args(["extract", "-o", "out.pcapng", "--since", "1970-01-01"]);
            command.arg(&sample.capture).args(extra);
            opening(&mut command, &sample);
            let output = command.output().unwrap();
            let name = format!("{} extract {extra:?}", sample.name);
            assert_eq!(output.status.code(), Some(0), "{name}");
            written.push((name.clone() + " stdout", output.stdout));
            written.push((name.clone() + " stderr", output.stderr));
            if let Ok(bytes) = fs::read(folder.path().join("out.pcapng")) {
                written.push((name, bytes));
                fs::remove_file(folder.path().join("out.pcapng")).unwrap();
            }
        }
        for extra in [&["-v"][..], &["--reveal"], &["--anonymize"]] {
            written.extend(compared(&sample, folder.path(), extra));
        }
        for secret in secrets(&sample) {
            looked_for += 1;
            for shape in shapes(&secret) {
                for (name, bytes) in &written {
                    searched += 1;
                    assert!(
                        memmem::find(bytes, &shape).is_none(),
                        "{name}: a password leaves (a shape of {} bytes)",
                        shape.len()
                    );
                }
            }
        }
    }
    assert!(
        looked_for >= 40 && searched > 1000,
        "{looked_for} {searched}"
    );
}

#[test]
fn the_search_itself_finds() {
    let shapes = shapes(b"Tundra-Chapel-82");
    for text in [
        "xTundra-Chapel-82x",
        "Tundra%2DChapel%2D82",
        "54756e6472612d43686170656c2d3832",
        // user:Tundra-Chapel-82 and u:Tundra-Chapel-82
        "dXNlcjpUdW5kcmEtQ2hhcGVsLTgy",
        "dTpUdW5kcmEtQ2hhcGVsLTgy",
    ] {
        let found = |shape: &Vec<u8>| memmem::find(text.as_bytes(), shape).is_some();
        assert!(shapes.iter().any(found), "{text}");
    }
}
