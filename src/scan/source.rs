//! Sources that end when the run is asked to end.
//!
//! Owns reading under an interrupt: a file ends at the next read; a pipe, on which a read may block
//! for ever, is read by a thread of its own.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// A source that is at its end once the flag is set.
pub(super) struct Interruptible<R> {
    inner: R,
    stop: Arc<AtomicBool>,
    /// Bytes read, of all sources together.
    read: Arc<AtomicU64>,
}

impl<R> Interruptible<R> {
    pub(super) const fn new(inner: R, stop: Arc<AtomicBool>, read: Arc<AtomicU64>) -> Self {
        Self { inner, stop, read }
    }
}

impl<R: Read> Read for Interruptible<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            return Ok(0);
        }
        let read = self.inner.read(into)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Bytes read at once from a pipe; what a pipe holds on Linux.
const CHUNK: usize = 64 * 1024;
/// Chunks that may wait for the analysis: beyond, the writer waits as it would without the thread.
const WAITING: usize = 4;
/// How often the flag is looked at while the pipe is silent.
const TICK: Duration = Duration::from_millis(50);
/// After the interrupt: a pipe that is silent for this long has nothing more. `tcpdump`, which a
/// terminal interrupts together with us, writes what it still holds and closes the pipe.
const SILENCE: Duration = Duration::from_millis(300);
/// After the interrupt: a writer that goes on has this long.
const GRACE: Duration = Duration::from_secs(2);
/// At the end of a pipe: an interrupt that ended the writer may reach our handler a moment later.
const MOMENT: Duration = Duration::from_millis(20);

/// A pipe, read by a thread, so that an interrupt ends it even while nothing comes.
pub(super) struct Live {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    /// How much of `chunk` was given out.
    given: usize,
    stop: Arc<AtomicBool>,
    /// When the flag was first seen set, and when something came last since then.
    stopped: Option<(Instant, Instant)>,
    ended: bool,
}

impl Live {
    /// Opens and reads in a thread: opening a named pipe may block too. The thread ends with the
    /// source, or with the process.
    pub(super) fn new<R: Read>(
        open: impl FnOnce() -> io::Result<R> + Send + 'static,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let (sender, chunks) = sync_channel(WAITING);
        std::thread::spawn(move || {
            let mut source = match open() {
                Ok(source) => source,
                Err(error) => return drop(sender.send(Err(error))),
            };
            let mut buffer = vec![0; CHUNK];
            loop {
                let read = match source.read(&mut buffer) {
                    Ok(0) => return,
                    Ok(read) => Ok(buffer.get(..read).unwrap_or_default().to_vec()),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => Err(error),
                };
                let failed = read.is_err();
                if sender.send(read).is_err() || failed {
                    return;
                }
            }
        });
        Self {
            chunks,
            chunk: Vec::new(),
            given: 0,
            stop,
            stopped: None,
            ended: false,
        }
    }

    /// Whether an interrupted source should end now. `came`: something came just now.
    fn is_over(&mut self, came: bool) -> bool {
        if !self.stop.load(Ordering::Relaxed) {
            return false;
        }
        let now = Instant::now();
        let (first, last) = self.stopped.get_or_insert((now, now));
        if came {
            *last = now;
        }
        now.duration_since(*last) >= SILENCE || now.duration_since(*first) >= GRACE
    }
}

impl Read for Live {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.chunk.len() {
            if self.ended {
                return Ok(0);
            }
            match self.chunks.recv_timeout(TICK) {
                Ok(chunk) => {
                    self.chunk = chunk?;
                    self.given = 0;
                    self.ended = self.is_over(true);
                }
                Err(RecvTimeoutError::Timeout) => self.ended = self.is_over(false),
                Err(RecvTimeoutError::Disconnected) => {
                    std::thread::sleep(MOMENT);
                    self.ended = true;
                }
            }
        }
        let rest = self.chunk.get(self.given..).unwrap_or_default();
        let read = rest.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..read), rest.get(..read)) {
            to.copy_from_slice(from);
        }
        self.given = self.given.saturating_add(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(set: bool) -> Arc<AtomicBool> {
        Arc::new(AtomicBool::new(set))
    }

    fn all(mut source: impl Read) -> Vec<u8> {
        let mut bytes = Vec::new();
        source.read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_file_ends_at_the_interrupt() {
        let read = Arc::new(AtomicU64::new(0));
        let file = |stopped| Interruptible::new(&b"abc"[..], flag(stopped), Arc::clone(&read));
        assert_eq!(all(file(false)), b"abc");
        assert_eq!(all(file(true)), b"");
        assert_eq!(read.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn a_pipe_gives_all_its_bytes() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let source = std::io::Cursor::new(bytes.clone());
        assert_eq!(all(Live::new(|| Ok(source), flag(false))), bytes);
    }

    /// Gives its bytes once and is silent then.
    struct Silent(Vec<u8>);

    impl Read for Silent {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                std::thread::sleep(Duration::from_mins(1));
            }
            let read = self.0.len().min(into.len());
            into[..read].copy_from_slice(&self.0[..read]);
            self.0.drain(..read);
            Ok(read)
        }
    }

    #[test]
    fn a_silent_pipe_ends_at_the_interrupt_with_what_came() {
        let stop = flag(false);
        let source = Live::new(|| Ok(Silent(b"abc".to_vec())), Arc::clone(&stop));
        let setter = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            stop.store(true, Ordering::Relaxed);
        });
        let begin = Instant::now();
        assert_eq!(all(source), b"abc");
        assert!(begin.elapsed() < Duration::from_secs(10));
        setter.join().unwrap();
    }

    #[test]
    fn an_error_is_an_error() {
        let mut source = Live::new(
            || Err::<io::Empty, _>(io::ErrorKind::PermissionDenied.into()),
            flag(false),
        );
        assert!(source.read(&mut [0; 8]).is_err());
    }
}
