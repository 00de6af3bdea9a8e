//! `ndjson` alone, where logins are written and counted in the threads that find them and then forgotten:
//! the number of threads does not show, and numbers and logins are those of `json`, which keeps them.
#![allow(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

fn scan(more: &[&str]) -> Vec<u8> {
    scan_of("samples", more)
}

fn scan_of(folder: &str, more: &[&str]) -> Vec<u8> {
    let mut command = Command::cargo_bin("unscramble").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("PW", "Violet-Harbor-42");
    command.args(["scan", folder, "--password-env", "PW", "--fail-on", "never"]);
    let output = command.args(more).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

#[test]
fn the_number_of_threads_does_not_show() {
    let folder = TempDir::new().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, "a key of more than sixteen bytes").unwrap();
    let key: &Path = &key;
    let anonymous = ["--anonymize", "--anonymize-key", key.to_str().unwrap()];
    for names in [&[][..], &anonymous] {
        let lines = |threads| scan(&[&["-f", "ndjson", "--threads", threads], names].concat());
        let one = lines("1");
        assert!(one.split(|byte| *byte == b'\n').count() > 50);
        assert!(one == lines("8"), "{names:?}");
    }
}

#[test]
fn the_numbers_are_those_of_what_is_kept() {
    let lines = scan(&["-f", "ndjson", "--threads", "8"]);
    let lines = String::from_utf8(lines).unwrap();
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let kept: Value = serde_json::from_slice(&scan(&["-f", "json"])).unwrap();
    let summary = kept["summary"].as_object().unwrap();
    assert!(summary["logins"].as_u64().unwrap() > 40);
    for (name, value) in summary {
        assert_eq!(last[name], *value, "{name}");
    }
    // Rests on several logins, and is known when they are forgotten.
    let rows = last["by_user"].as_array().unwrap().iter();
    let mut faults = rows.flat_map(|row| row["faults"].as_array().unwrap());
    assert!(faults.any(|fault| fault["code"] == "fast-auth-never-succeeds"));
}

/// Lines that come from a mould are not made of the model that `json` shows.
#[test]
fn each_line_is_the_login_that_json_shows() {
    let corpus = std::env::var("UNSCRAMBLE_CORPUS").ok();
    for folder in std::iter::once("samples").chain(corpus.as_deref()) {
        let lines = String::from_utf8(scan_of(folder, &["-f", "ndjson"])).unwrap();
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        let mut told: Vec<Value> = lines
            .filter(|line: &Value| line["type"] == "login")
            .collect();
        let kept: Value = serde_json::from_slice(&scan_of(folder, &["-f", "json"])).unwrap();
        let mut shown = Vec::new();
        for capture in kept["captures"].as_array().unwrap() {
            for login in capture["logins"].as_array().unwrap() {
                let mut login = login.clone();
                login["capture"] = capture["path"].clone();
                shown.push(login);
            }
        }
        for login in told.iter_mut().chain(&mut shown) {
            // What rests on several logins stands in lines of its own.
            for field in ["type", "finding_details", "findings", "related"] {
                login.as_object_mut().unwrap().remove(field);
            }
        }
        // Those that wait for others are told later.
        let sort = |logins: &mut Vec<Value>| {
            logins.sort_by_key(|login| {
                (
                    login["capture"].to_string(),
                    login["stream"].as_u64(),
                    login["attempt"].as_u64(),
                )
            });
        };
        sort(&mut told);
        sort(&mut shown);
        assert!(told.len() > 40);
        assert_eq!(told, shown);
    }
}
