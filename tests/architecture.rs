//! Data moves one way: a module imports only modules to its left, and the small shared ones.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// From left to right. What stands behind `analyze` may use everything before it.
const ORDER: [&str; 16] = [
    "capture", "net", "tcp", "tls", "mysql", "auth", "findings", "verify", "compare", "report",
    "tables", "analyze", "scan", "plan", "extract", "cli",
];
const SHARED: [&str; 3] = ["limits", "diagnostic", "draft"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The modules that a line of a `use crate::…` declaration names, braces on one line included.
fn imported(line: &str) -> Vec<String> {
    let Some((_, path)) = line.split_once("crate::") else {
        return Vec::new();
    };
    let names: Vec<&str> = match path.strip_prefix('{') {
        Some(inside) => inside.split(['{', '}', ',']).collect(),
        None => vec![path],
    };
    let name = |name: &str| {
        let name = name.trim();
        let end = name
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(name.len());
        name.get(..end).unwrap_or(name).to_owned()
    };
    names.into_iter().map(name).collect()
}

#[test]
fn no_module_looks_back() {
    let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut found = Vec::new();
    files(source, &mut found);
    let mut checked = 0;
    let mut backward = Vec::new();
    for path in &found {
        let inside = path.strip_prefix(source).unwrap();
        let module = inside
            .iter()
            .next()
            .unwrap()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs");
        let Some(place) = ORDER.iter().position(|name| *name == module) else {
            continue;
        };
        let text = fs::read_to_string(path).unwrap();
        // What only the tests of a module use does not bind the modules together.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let of_tests = inside.to_str().unwrap().contains("test");
        for line in code
            .lines()
            .filter(|line| !of_tests && !line.trim_start().starts_with("//"))
        {
            for name in imported(line) {
                let Some(other) = ORDER.iter().position(|known| *known == name) else {
                    let known = SHARED.contains(&name.as_str()) || name.is_empty();
                    assert!(
                        known || name.chars().next().unwrap().is_uppercase(),
                        "{name} in {}",
                        path.display()
                    );
                    continue;
                };
                checked += 1;
                if other > place {
                    backward.push(format!("{}: {line}", inside.display()));
                }
            }
        }
    }
    assert!(checked > 100, "only {checked} imports were seen");
    assert!(
        backward.is_empty(),
        "backward arrows:\n{}",
        backward.join("\n")
    );
}
