//! Key files named on the command line: RSA private keys of servers, and TLS key logs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::trouble::Trouble;
use crate::scan::reason;
use crate::tls::{KeyLog, ServerKey};
use zeroize::Zeroizing;

/// Reads each file of `--server-key`.
pub(super) fn server_keys(paths: &[PathBuf]) -> Result<Vec<Arc<ServerKey>>, Trouble> {
    paths
        .iter()
        .map(|path| server_key(path).map(Arc::new))
        .collect()
}

fn server_key(path: &Path) -> Result<ServerKey, Trouble> {
    let trouble = |why: String| Trouble::new(format!("--server-key {}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| {
        trouble(reason(&error))
            .hint("the server keeps it as private_key.pem in its data directory, and the one for TLS as server-key.pem")
    })?;
    let text = Zeroizing::new(text);
    ServerKey::from_pem(&text).map_err(|error| trouble(error.to_string()))
}

/// Reads each file of `--keylog`.
pub(super) fn key_logs(paths: &[PathBuf]) -> Result<Vec<Arc<KeyLog>>, Trouble> {
    paths
        .iter()
        .map(|path| key_log(path).map(Arc::new))
        .collect()
}

/// A file that is still being written is read as far as it goes.
fn key_log(path: &Path) -> Result<KeyLog, Trouble> {
    let read = std::fs::File::open(path).and_then(KeyLog::read);
    let log = read.map_err(|error| {
        Trouble::new(format!("--keylog {}: {}", path.display(), reason(&error)))
            .hint("it is what a client writes where SSLKEYLOGFILE says; `unscramble explain tls-not-decrypted` tells how")
    })?;
    if log.garbage() > 0 || log.sessions() == 0 {
        anstream::eprintln!(
            "warning: --keylog {}: {} sessions; {} lines are no TLS secrets and were skipped",
            path.display(),
            log.sessions(),
            log.garbage()
        );
    }
    Ok(log)
}
