//! Key files named on the command line: RSA private keys of servers.

use std::path::{Path, PathBuf};

use crate::auth::ServerKey;
use crate::cli::trouble::Trouble;
use crate::scan::reason;
use zeroize::Zeroizing;

/// Reads each file of `--server-key`.
pub(super) fn server_keys(paths: &[PathBuf]) -> Result<Vec<ServerKey>, Trouble> {
    paths.iter().map(|path| server_key(path)).collect()
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
