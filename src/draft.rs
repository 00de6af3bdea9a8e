//! Where files are written before they stand whole in their place.

use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// A nameless neighbour in the folder of a file that is to be, with the permissions any new file gets: to be
/// renamed once it is whole, and gone when it is dropped before.
///
/// # Errors
///
/// When the folder takes no files.
pub(crate) fn draft_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".unscramble-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
