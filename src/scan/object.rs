//! Sources and results that are objects: `s3://`, `gs://`, `az://`, and what a web server hands out.
//!
//! Owns what a URL names, and that an object is read as one thing: a read that breaks off goes on where it
//! was, and one whose object has changed fails. Credentials are found as the clouds' own tools find them
//! (`credentials`) and never stand in a message. The requests, their signatures and repetitions are those of
//! the crate `object_store`.

mod credentials;

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, Stream};
use object_store::path::Path as Key;
use object_store::{
    Error, GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions,
    PutPayload,
};
use tokio::runtime::Runtime;
use url::Url;

use super::find::{Found, Job, Search};
use super::place::Place;
use crate::report::text;

/// How often a read that broke off is begun again without a byte more.
const TRIES: u32 = 5;
/// The pause before it, longer each time.
const PAUSE: Duration = Duration::from_millis(200);
/// What is silent for this long has broken off.
const SILENCE: Duration = Duration::from_mins(1);
/// Bytes at the beginning of a capture within which its first packet stands.
const BEGINNING: u64 = 64 << 10;

/// An object, as it was when it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    url: String,
    version: String,
    size: u64,
}

/// Objects whose names begin alike: where results stand.
#[derive(Debug)]
pub struct Prefix {
    store: Arc<dyn ObjectStore>,
    prefix: Key,
}

impl Object {
    /// An object that was found before.
    pub(super) fn new(url: &str, version: &str, size: u64) -> Self {
        Self {
            url: url.to_owned(),
            version: version.to_owned(),
            size,
        }
    }

    /// Looks for the object of a URL.
    ///
    /// # Errors
    ///
    /// When it is not there or may not be read.
    pub(super) fn find(url: &str) -> io::Result<Self> {
        let at = Address::of(url)?;
        let meta = wait(async { at.store.head(&at.key).await })?.map_err(|e| told(&e))?;
        Ok(Self::of(url.to_owned(), &meta))
    }

    fn of(url: String, meta: &ObjectMeta) -> Self {
        Self {
            url,
            version: version(meta),
            size: meta.size,
        }
    }

    /// Its URL.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// What changes when its bytes do.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// What a folder and a name are to it.
    pub(super) fn parts(&self) -> (PathBuf, String) {
        let (folder, name) = self.url.rsplit_once('/').unwrap_or(("", &self.url));
        (folder.into(), name.to_owned())
    }

    /// Opens it, if it has this version still, or that of when it was found.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub(super) fn open(&self, version: Option<&str>) -> io::Result<Reading> {
        self.open_to(version, None)
    }

    /// Opens its first bytes.
    pub(super) fn open_beginning(&self) -> io::Result<Reading> {
        self.open_to(None, Some(BEGINNING.min(self.size)))
    }

    fn open_to(&self, version: Option<&str>, end: Option<u64>) -> io::Result<Reading> {
        let mut reading = Reading {
            at: Address::of(&self.url)?,
            version: version.unwrap_or(&self.version).to_owned(),
            offset: 0,
            end: end.unwrap_or(self.size),
            stream: None,
            chunk: PutPayload::default().into(),
            failures: 0,
        };
        // Whether it is there is to be known now.
        reading.go_on()?;
        Ok(reading)
    }
}

/// The entity tag, else time and length.
fn version(meta: &ObjectMeta) -> String {
    match (&meta.e_tag, &meta.version) {
        (Some(tag), _) => tag.clone(),
        (None, Some(version)) => version.clone(),
        (None, None) => format!("{}-{}", meta.size, meta.last_modified.timestamp_millis()),
    }
}

/// An object while it is read.
pub(super) struct Reading {
    at: Address,
    version: String,
    /// Bytes that were given out.
    offset: u64,
    end: u64,
    stream: Option<BoxStream<'static, object_store::Result<bytes::Bytes>>>,
    chunk: bytes::Bytes,
    /// Failures since the last byte.
    failures: u32,
}

impl Reading {
    /// Asks for what is left.
    fn go_on(&mut self) -> io::Result<()> {
        let tag = self.version.starts_with(['"', 'W']);
        let options = GetOptions {
            if_match: tag.then(|| self.version.clone()),
            range: (self.end > 0).then_some(GetRange::Bounded(self.offset..self.end)),
            ..GetOptions::default()
        };
        loop {
            let got = wait(async { self.at.store.get_opts(&self.at.key, options.clone()).await })?;
            match got {
                // Where a server knows no tags, time and length must do.
                Ok(found) if version(&found.meta) != self.version => return Err(changed()),
                Ok(found) => {
                    self.stream = Some(found.into_stream());
                    return Ok(());
                }
                Err(Error::Precondition { .. }) => return Err(changed()),
                Err(error) if self.offset > 0 && helps(&error) => self.failed(&told(&error))?,
                Err(error) => return Err(told(&error)),
            }
        }
    }

    /// It broke off: whether it is begun again.
    fn failed(&mut self, error: &io::Error) -> io::Result<()> {
        self.stream = None;
        self.failures = self.failures.saturating_add(1);
        if self.failures > TRIES {
            return Err(io::Error::other(format!(
                "the read broke off {TRIES} times at byte {}: {error}",
                self.offset
            )));
        }
        std::thread::sleep(PAUSE.saturating_mul(self.failures));
        Ok(())
    }
}

impl Read for Reading {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            if self.offset >= self.end {
                return Ok(0);
            }
            let Some(stream) = &mut self.stream else {
                self.go_on()?;
                continue;
            };
            // A timer is made where the runtime runs.
            let next = wait(async { tokio::time::timeout(SILENCE, stream.next()).await });
            match next? {
                Ok(Some(Ok(chunk))) => {
                    self.chunk = chunk;
                    self.failures = 0;
                }
                Ok(Some(Err(error))) => self.failed(&told(&error))?,
                Ok(None) => self.failed(&io::ErrorKind::UnexpectedEof.into())?,
                Err(_) => self.failed(&io::ErrorKind::TimedOut.into())?,
            }
        }
        let length = self.chunk.len().min(into.len());
        let given = self.chunk.split_to(length);
        if let Some(into) = into.get_mut(..length) {
            into.copy_from_slice(&given);
        }
        self.offset = self.offset.saturating_add(length as u64);
        Ok(length)
    }
}

impl Prefix {
    /// The prefix of a URL.
    ///
    /// # Errors
    ///
    /// When it names no store that takes objects.
    pub(crate) fn at(url: &str) -> io::Result<Self> {
        if url.starts_with("http") {
            let why =
                "a web server takes no results: give a folder, or an s3://, gs:// or az:// URL";
            return Err(io::Error::new(io::ErrorKind::Unsupported, why));
        }
        let Address { store, key } = Address::of(url)?;
        Ok(Self { store, prefix: key })
    }

    /// The names of what stands there.
    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        let list = self.store.list_with_delimiter(Some(&self.prefix));
        let list = wait(list)?.map_err(|e| told(&e))?;
        let names = list.objects.iter();
        let names = names.filter_map(|meta| meta.location.filename().map(str::to_owned));
        Ok(names.collect())
    }

    /// Whether there is something of this name.
    pub(crate) fn holds(&self, name: &str) -> io::Result<bool> {
        let key = self.prefix.clone().join(name);
        match wait(async { self.store.head(&key).await })? {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(told(&error)),
        }
    }

    /// Opens what has this name.
    pub(crate) fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        let key = self.prefix.clone().join(name);
        let meta = wait(async { self.store.head(&key).await })?.map_err(|e| told(&e))?;
        let mut reading = Reading {
            at: Address {
                store: Arc::clone(&self.store),
                key,
            },
            version: version(&meta),
            offset: 0,
            end: meta.size,
            stream: None,
            chunk: PutPayload::default().into(),
            failures: 0,
        };
        reading.go_on()?;
        Ok(Box::new(reading))
    }

    /// Puts a file there under a name, unless something has it.
    pub(crate) fn create(&self, name: &str, file: &Path) -> io::Result<super::Put> {
        let key = self.prefix.clone().join(name);
        let payload = PutPayload::from(std::fs::read(file)?);
        let options = PutOptions {
            mode: PutMode::Create,
            ..PutOptions::default()
        };
        let put = wait(async { self.store.put_opts(&key, payload, options).await })?;
        match put {
            Ok(_) => Ok(super::Put::Done),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                Ok(super::Put::WasThere)
            }
            Err(error) => Err(told(&error)),
        }
    }
}

/// What a URL names to the scan: an object, or all below a prefix in the order of their names.
pub(super) fn list(url: &str, search: &Search, found: &mut Found) {
    let failed = |error: &io::Error| Job::Failed {
        label: shown(url),
        why: super::reason(error),
    };
    let folder = url.ends_with('/') || is_bucket(url);
    let single = if folder {
        Err(io::ErrorKind::NotFound.into())
    } else {
        Object::find(url)
    };
    match single {
        Ok(object) => found.jobs.push(job(object, true)),
        Err(error) if error.kind() != io::ErrorKind::NotFound || url.starts_with("http") => {
            found.jobs.push(failed(&error));
        }
        Err(_) => match below(url, search) {
            Ok(objects) if objects.is_empty() && !folder => {
                let why = "there is no such object, and none whose name begins so";
                let error = io::Error::new(io::ErrorKind::NotFound, why);
                found.jobs.push(failed(&error));
            }
            Ok(objects) => found
                .jobs
                .extend(objects.into_iter().map(|object| job(object, false))),
            Err(error) => found.jobs.push(failed(&error)),
        },
    }
}

/// A URL without what may be a secret in it.
fn shown(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or_default();
    text::from_bytes(format!("{scheme}://{host}/{path}").as_bytes()).into()
}

fn job(object: Object, named: bool) -> Job {
    Job::File {
        label: text::from_bytes(object.url.as_bytes()).into(),
        named,
        size: object.size,
        version: Some(object.version.clone()),
        place: Place::Object(object),
    }
}

fn is_bucket(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    !url.starts_with("http") && !rest.contains('/')
}

/// The objects below a prefix, as a folder is searched: folder by folder, by name.
fn below(url: &str, search: &Search) -> io::Result<Vec<Object>> {
    let Address { store, key } = Address::of(url)?;
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let bucket = rest.split('/').next().unwrap_or_default();
    let mut stream = store.list(Some(&key));
    let mut objects: Vec<(Vec<String>, Object)> = Vec::new();
    while let Some(meta) = wait(next(&mut stream))? {
        let meta = meta.map_err(|e| told(&e))?;
        let inside: Vec<String> = match meta.location.prefix_match(&key) {
            Some(parts) => parts.map(|part| part.as_ref().to_owned()).collect(),
            None => continue,
        };
        // What consoles make to show a folder.
        if meta.size == 0 && inside.is_empty() || !chosen(&inside, search) {
            continue;
        }
        let url = format!("{scheme}://{bucket}/{}", meta.location);
        objects.push((inside, Object::of(url, &meta)));
    }
    objects.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(objects.into_iter().map(|(_, object)| object).collect())
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    stream.next().await
}

/// As for a folder: of the name or the path inside, one must be included, and none of it nor of the folders
/// above excluded.
fn chosen(inside: &[String], search: &Search) -> bool {
    let matches = |globs: &globset::GlobSet, inside: &[String]| {
        globs.is_match(inside.last().map_or("", String::as_str)) || globs.is_match(inside.join("/"))
    };
    let included = search
        .include
        .as_ref()
        .is_none_or(|globs| matches(globs, inside));
    let excluded = search.exclude.as_ref().is_some_and(|globs| {
        let ends = 1..=inside.len();
        ends.into_iter()
            .any(|end| matches(globs, inside.get(..end).unwrap_or_default()))
    });
    included && !excluded
}

/// A store, and a key in it.
struct Address {
    store: Arc<dyn ObjectStore>,
    key: Key,
}

impl Address {
    fn of(url: &str) -> io::Result<Self> {
        let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, why);
        let (scheme, rest) = url.split_once("://").ok_or_else(|| wrong("it is no URL"))?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(wrong("it names no bucket, container or host"));
        }
        if bucket.contains('@') {
            return Err(wrong("a URL must not hold a name or password"));
        }
        let key = if scheme.starts_with("http") {
            let url = Url::parse(url).map_err(|_| wrong("it is no URL"))?;
            if url.query().is_some() {
                return Err(wrong(
                    "a URL with a question mark may hold a signature: give s3://, gs:// or az:// and let the credentials be found",
                ));
            }
            Key::from_url_path(url.path())
        } else {
            Key::parse(key.strip_suffix('/').unwrap_or(key))
        };
        let key = key.map_err(|_| wrong("its name cannot be that of an object"))?;
        let store = store(scheme, bucket)?;
        Ok(Self { store, key })
    }
}

/// The store of a bucket, made once.
fn store(scheme: &str, bucket: &str) -> io::Result<Arc<dyn ObjectStore>> {
    static STORES: Mutex<Option<HashMap<String, Arc<dyn ObjectStore>>>> = Mutex::new(None);
    let name = format!("{scheme}://{bucket}");
    let mut stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
    let stores = stores.get_or_insert_default();
    if let Some(known) = stores.get(&name) {
        return Ok(Arc::clone(known));
    }
    let store = credentials::store(scheme, bucket)?;
    stores.insert(name, Arc::clone(&store));
    Ok(store)
}

/// Waits for what comes over the network.
fn wait<F: Future>(future: F) -> io::Result<F::Output> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            // Whoever reads does its own reading; this one keeps connections alive.
            .worker_threads(1)
            .enable_all()
            .build()
    });
    match runtime {
        Ok(runtime) => Ok(runtime.block_on(future)),
        Err(error) => Err(io::Error::new(error.kind(), "no threads for the network")),
    }
}

fn changed() -> io::Error {
    io::Error::other("the object has changed since it was found: what was read would be a mixture")
}

fn not_found() -> Error {
    Error::NotFound {
        path: String::new(),
        source: "".into(),
    }
}

/// Whether asking again may help.
const fn helps(error: &Error) -> bool {
    matches!(error, Error::Generic { .. } | Error::JoinError { .. })
}

/// What an error of the store means, without headers, signatures or what the server wrote.
fn told(error: &Error) -> io::Error {
    let (kind, why) = match error {
        Error::NotFound { .. } => (
            io::ErrorKind::NotFound,
            "there is no such object or bucket".to_owned(),
        ),
        Error::PermissionDenied { .. } => (
            io::ErrorKind::PermissionDenied,
            "access was refused (403): these credentials may not do that".to_owned(),
        ),
        Error::Unauthenticated { .. } => (
            io::ErrorKind::PermissionDenied,
            "access was refused (401): no credentials, or expired ones".to_owned(),
        ),
        Error::Precondition { .. } => return changed(),
        error => {
            let mut source: &dyn std::error::Error = error;
            while let Some(deeper) = source.source() {
                source = deeper;
            }
            let deepest = source.to_string();
            let deepest = deepest.split(": <").next().unwrap_or_default();
            if deepest.contains("404 Not Found") {
                return told(&not_found());
            }
            let deepest = text::shorten(&text::for_terminal(deepest), 200);
            (
                io::ErrorKind::Other,
                format!("the object store failed: {deepest}"),
            )
        }
    };
    io::Error::new(kind, why)
}
