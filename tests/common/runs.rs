//! Runs of the program over the samples and over files made of them.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

pub const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
/// Those of the samples used here.
pub const PASSWORDS: [(&str, &str); 4] = [
    ("PW1", "Violet-Harbor-42"),
    ("PW2", "Falcon-Orchid-38"),
    ("PW3", "Indigo-Kettle-63"),
    ("PW4", "Amber-Quarry-88"),
];
pub const FILE_HEADER: usize = 24;

/// A sample of classic pcap, as its header and its records.
pub fn records(name: &str) -> (Vec<u8>, Vec<Vec<u8>>) {
    let bytes = fs::read(format!("{SAMPLES}/{name}.pcap")).unwrap();
    let (header, mut rest) = bytes.split_at(FILE_HEADER);
    let mut records = Vec::new();
    while rest.len() >= 16 {
        let length = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        let (record, behind) = rest.split_at(16 + length);
        records.push(record.to_vec());
        rest = behind;
    }
    (header.to_vec(), records)
}

pub fn run(folder: &Path, arguments: &[&str], input: Option<Vec<u8>>) -> (i32, Vec<u8>, String) {
    let mut command = Command::cargo_bin("unscramble").unwrap();
    command.current_dir(folder);
    for (name, password) in PASSWORDS {
        command.env(name, password);
    }
    command.args(arguments);
    if let Some(input) = input {
        command.write_stdin(input);
    }
    let output = command.output().unwrap();
    let code = output.status.code().unwrap();
    (
        code,
        output.stdout,
        String::from_utf8(output.stderr).unwrap(),
    )
}

pub fn json(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let mut all = [arguments, &["-f", "json"]].concat();
    for (name, _) in PASSWORDS {
        all.extend(["--password-env", name]);
    }
    let (code, out, _) = run(folder, &all, None);
    (code, serde_json::from_slice(&out).unwrap())
}

/// What a report says of logins, without where it says it.
pub fn verdicts(report: &Value) -> Vec<(Value, Value, Value, Value)> {
    let captures = report["captures"].as_array().unwrap().iter();
    let logins = captures.flat_map(|capture| capture["logins"].as_array().unwrap());
    let mut all: Vec<_> = logins
        .map(|login| {
            let field = |name: &str| login[name].clone();
            (
                field("stream"),
                field("outcome"),
                field("verdict"),
                field("findings"),
            )
        })
        .collect();
    all.sort_by_key(|login| login.0.as_u64());
    all
}
