//! Where results stand: a folder, one file of it, or a prefix of an object store.
//!
//! Owns that a result is there whole or not at all, and that what is there is never written over.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use crate::draft::draft_in;
use crate::scan::Put;

/// A place for results.
#[derive(Debug)]
pub enum Shelf {
    /// A folder.
    Folder(PathBuf),
    /// One result.
    File(PathBuf),
    /// Objects whose names begin alike.
    #[cfg(feature = "cloud")]
    Prefix(crate::scan::object::Prefix),
}

impl Shelf {
    /// The shelf at a path or a URL.
    ///
    /// # Errors
    ///
    /// When it is a URL that nothing can be written to.
    pub fn at(place: &Path) -> io::Result<Self> {
        if let Some(url) = place.to_str().filter(|url| crate::scan::is_url(url)) {
            #[cfg(feature = "cloud")]
            return crate::scan::object::Prefix::at(url).map(Self::Prefix);
            #[cfg(not(feature = "cloud"))]
            return Err(crate::scan::no_cloud(url));
        }
        Ok(if place.is_file() {
            Self::File(place.to_owned())
        } else {
            Self::Folder(place.to_owned())
        })
    }

    /// The names of the results that stand there, sorted.
    ///
    /// # Errors
    ///
    /// When it cannot be listed.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut names = match self {
            Self::Folder(folder) => {
                let mut names = Vec::new();
                for entry in std::fs::read_dir(folder)? {
                    names.extend(entry?.file_name().into_string());
                }
                names
            }
            Self::File(path) => {
                let name = path.file_name().unwrap_or_default();
                return Ok(vec![name.to_string_lossy().into_owned()]);
            }
            #[cfg(feature = "cloud")]
            Self::Prefix(prefix) => prefix.names()?,
        };
        names.retain(|name| name.starts_with("task-") && name.ends_with(".ndjson"));
        names.sort();
        Ok(names)
    }

    /// Whether a result stands there.
    ///
    /// # Errors
    ///
    /// When that cannot be found out.
    pub fn holds(&self, name: &str) -> io::Result<bool> {
        match self {
            Self::Folder(folder) => std::fs::exists(folder.join(name)),
            Self::File(path) => Ok(path.file_name().is_some_and(|own| own == name)),
            #[cfg(feature = "cloud")]
            Self::Prefix(prefix) => prefix.holds(name),
        }
    }

    /// Opens a result.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        match self {
            Self::Folder(folder) => Ok(Box::new(File::open(folder.join(name))?)),
            Self::File(path) => Ok(Box::new(File::open(path)?)),
            #[cfg(feature = "cloud")]
            Self::Prefix(prefix) => prefix.open(name),
        }
    }

    /// Writes a result under its name, unless one stands there.
    ///
    /// # Errors
    ///
    /// When it cannot be written; then nothing stands there.
    pub fn put(
        &self,
        name: &str,
        write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
    ) -> io::Result<Put> {
        let draft = match self {
            Self::Folder(folder) => {
                std::fs::create_dir_all(folder)?;
                draft_in(folder)?
            }
            Self::File(_) => {
                let why = "give the folder for the results, not a file";
                return Err(io::Error::new(io::ErrorKind::NotADirectory, why));
            }
            #[cfg(feature = "cloud")]
            Self::Prefix(_) => tempfile::NamedTempFile::new()?,
        };
        let mut out = BufWriter::new(draft.as_file());
        write(&mut out)?;
        out.flush()?;
        drop(out);
        match self {
            Self::Folder(folder) => {
                draft.as_file().sync_all()?;
                match draft.persist_noclobber(folder.join(name)) {
                    Ok(_) => Ok(Put::Done),
                    Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                        Ok(Put::WasThere)
                    }
                    Err(error) => Err(error.error),
                }
            }
            Self::File(_) => Ok(Put::WasThere),
            #[cfg(feature = "cloud")]
            Self::Prefix(prefix) => prefix.create(name, draft.path()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_stays() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::at(&folder.path().join("new/out")).unwrap();
        let put = |text: &str| shelf.put("task-1.ndjson", |out| out.write_all(text.as_bytes()));
        assert_eq!(put("one").unwrap(), Put::Done);
        assert_eq!(put("two").unwrap(), Put::WasThere);
        let failed = shelf.put("task-2.ndjson", |_| Err(io::Error::other("full")));
        assert!(failed.is_err());
        assert_eq!(shelf.names().unwrap(), ["task-1.ndjson"]);
        let mut text = String::new();
        let mut opened = shelf.open("task-1.ndjson").unwrap();
        opened.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one");
        let all = std::fs::read_dir(folder.path().join("new/out")).unwrap();
        assert_eq!(all.count(), 1, "nothing is left of what failed");
    }
}
