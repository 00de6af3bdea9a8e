//! Credentials files: no error repeats a secret.

use std::path::Path;

use unscramble::auth::credentials::{Lookups, parse};

/// Stands in the input for a secret.
const MARK: &str = "%S";
const SECRET: &str = "zq9Xkv77";

/// Text; `%S` in it becomes a secret.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let text = text.replace(MARK, SECRET);
    let file = |path: &Path| match path.to_str() {
        Some("there") => Ok(SECRET.as_bytes().to_vec()),
        Some("empty") => Ok(Vec::new()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    };
    let env = |name: &str| (name == "SET").then(|| SECRET.as_bytes().to_vec());
    let lookups = Lookups {
        file: &file,
        env: &env,
    };
    match parse(&text, &lookups) {
        Ok(candidates) => assert!(
            candidates.len() <= text.len() / 4,
            "accounts out of nothing"
        ),
        Err(error) => {
            let said = format!("{error} {error:?}");
            assert!(!said.contains(SECRET), "a secret in {said}");
        }
    }
}
