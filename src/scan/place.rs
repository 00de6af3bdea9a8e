//! Where the bytes of a source are, and which bytes they are.
//!
//! Owns opening, and the check that what is opened is what was found: a source that was planned on one
//! machine and is read on another may have changed in between.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Where a file's bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of this machine.
    Path(PathBuf),
    /// An object of an object store, or what a web server hands out.
    #[cfg(feature = "cloud")]
    Object(super::object::Object),
}

impl Place {
    /// Opens it from its beginning. With `version`, only if it has not changed since.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or has changed.
    pub fn open(&self, version: Option<&str>) -> io::Result<Box<dyn Read + Send>> {
        match self {
            Self::Path(path) => {
                #[cfg(not(feature = "cloud"))]
                if let Some(url) = path.to_str().filter(|path| super::is_url(path)) {
                    return Err(super::no_cloud(url));
                }
                let file = File::open(path)?;
                if let Some(version) = version
                    && self::version(&file.metadata()?) != version
                {
                    return Err(io::Error::other("it has changed since the plan was made"));
                }
                Ok(Box::new(file))
            }
            #[cfg(feature = "cloud")]
            Self::Object(object) => Ok(Box::new(object.open(version)?)),
        }
    }

    /// Opens its first bytes, in which a capture's first packet stands.
    pub(super) fn open_beginning(&self) -> io::Result<Box<dyn Read + Send>> {
        match self {
            Self::Path(path) => Ok(Box::new(File::open(path)?)),
            #[cfg(feature = "cloud")]
            Self::Object(object) => Ok(Box::new(object.open_beginning()?)),
        }
    }

    /// The place that a URL names.
    ///
    /// # Errors
    ///
    /// When there is nothing there, or this build reads no URLs.
    pub(crate) fn named(url: &str) -> io::Result<Self> {
        #[cfg(feature = "cloud")]
        return super::object::Object::find(url).map(Self::Object);
        #[cfg(not(feature = "cloud"))]
        return Err(super::no_cloud(url));
    }

    /// The place of a path or a URL of a plan.
    pub(crate) fn at(url: &str, version: &str, size: u64) -> Self {
        #[cfg(feature = "cloud")]
        if super::is_url(url) {
            return Self::Object(super::object::Object::new(url, version, size));
        }
        // Without the feature a URL is a path, and what is missing is told when it is opened.
        let _ = (version, size);
        Self::Path(url.into())
    }

    /// Its path or URL as text; `None` for a path that is no UTF-8.
    pub(crate) fn url(&self) -> Option<String> {
        match self {
            Self::Path(path) => path.to_str().map(str::to_owned),
            #[cfg(feature = "cloud")]
            Self::Object(object) => Some(object.url().to_owned()),
        }
    }

    /// What changes when its bytes do: length and time of a file, the version of an object.
    ///
    /// # Errors
    ///
    /// When it is not there.
    pub fn version(&self) -> io::Result<String> {
        match self {
            Self::Path(path) => Ok(version(&std::fs::metadata(path)?)),
            #[cfg(feature = "cloud")]
            Self::Object(object) => Ok(object.version().to_owned()),
        }
    }

    /// Its path, if it is a file.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            #[cfg(feature = "cloud")]
            Self::Object(_) => None,
        }
    }

    /// What a folder and a name are to it: names of one rotation stand in one folder.
    pub(super) fn parts(&self) -> (PathBuf, String) {
        match self {
            Self::Path(path) => (
                path.parent().unwrap_or(Path::new("")).to_owned(),
                path.file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
            ),
            #[cfg(feature = "cloud")]
            Self::Object(object) => object.parts(),
        }
    }
}

/// What became of something that was to be put in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It stands there now.
    Done,
    /// One of this name stood there already, and does still.
    WasThere,
}

fn version(about: &Metadata) -> String {
    let modified = about.modified().ok();
    let modified = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanos = modified.map_or(0, |time| time.as_nanos());
    format!("{}-{nanos}", about.len())
}
