//! What the test files share.

use std::path::PathBuf;

/// The folder of public captures, where the environment variable `UNSCRAMBLE_CORPUS` names it. A user's
/// clone has none, and there the corpus tests have nothing to do; where the variable is set, a missing
/// folder or file fails.
pub fn corpus() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("UNSCRAMBLE_CORPUS")?);
    assert!(
        folder.is_dir(),
        "UNSCRAMBLE_CORPUS names no folder: {}",
        folder.display()
    );
    Some(folder)
}
