//! `--anonymize` and its key.

use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::cli::args::Names;
use crate::cli::trouble::Trouble;
use crate::report::Pseudonyms;
use crate::scan::reason;

/// Shortest key file: what is shorter can be guessed, and with it every name.
const SHORTEST: usize = 16;

/// The pseudonyms that were asked for.
pub(super) fn pseudonyms(typed: &Names) -> Result<Option<Arc<Pseudonyms>>, Trouble> {
    if !typed.anonymize {
        return Ok(None);
    }
    let pseudonyms = match &typed.anonymize_key {
        Some(path) => Pseudonyms::new(&key(path)?),
        None => Pseudonyms::random().map_err(|error| {
            Trouble::new(format!(
                "--anonymize: no random bytes from the system: {error}"
            ))
            .hint("give a key with --anonymize-key FILE")
        })?,
    };
    Ok(Some(Arc::new(pseudonyms)))
}

fn key(path: &Path) -> Result<Zeroizing<Vec<u8>>, Trouble> {
    let trouble = |why: &str| {
        Trouble::new(format!("--anonymize-key {}: {why}", path.display()))
            .hint("make one with: head -c 32 /dev/urandom > FILE; keep it, and keep it to yourself")
    };
    let bytes = std::fs::read(path).map_err(|error| trouble(&reason(&error)))?;
    let bytes = Zeroizing::new(bytes);
    if bytes.len() < SHORTEST {
        return Err(trouble("a key has 16 bytes at least"));
    }
    Ok(bytes)
}
