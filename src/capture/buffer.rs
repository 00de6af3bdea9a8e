//! A growing buffer over a source: the only place that reads.
//!
//! Owns the bytes between what was consumed and what was read, and the count of both. Knows nothing of
//! formats; its callers ([`pcap`](super::pcap), [`pcapng`](super::pcapng)) keep what they ask for under
//! [`limits::RECORD`](crate::limits::RECORD).

use std::io::{self, BufRead, Read};
use std::ops::Range;

use crate::limits;

/// A growing buffer over a source.
///
/// Invariant: `start <= end <= data.len()`. The bytes in `start..end` are read and not consumed.
#[derive(Debug)]
pub(super) struct Buffer<R> {
    source: R,
    data: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes read from the source so far.
    read: u64,
    /// The source has said that it is at its end; it is not asked again.
    at_end: bool,
    /// The source could not be read.
    broken: bool,
}

impl<R: Read> Buffer<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            data: Vec::new(),
            start: 0,
            end: 0,
            read: 0,
            at_end: false,
            broken: false,
        }
    }

    /// Reads until `len` bytes are there; `false` if the source ends before.
    ///
    /// Reads no more often than needed, so that a packet that came through a pipe is not held back until
    /// the next one comes. Grows only as bytes really arrive: a length field that lies costs nothing.
    #[inline]
    pub(super) fn require(&mut self, len: usize) -> io::Result<bool> {
        if self.end.saturating_sub(self.start) >= len {
            Ok(true)
        } else {
            self.fill(len)
        }
    }

    #[cold]
    fn fill(&mut self, len: usize) -> io::Result<bool> {
        while self.end.saturating_sub(self.start) < len {
            if self.at_end {
                return Ok(false);
            }
            self.make_room();
            let space = self.data.get_mut(self.end..).unwrap_or_default();
            match self.source.read(space) {
                Ok(0) => self.at_end = true,
                Ok(n) => {
                    // a source that claims more than it was given room for is held to the room
                    self.end = self.end.saturating_add(n).min(self.data.len());
                    self.read = self.read.saturating_add(n as u64);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.broken = true;
                    return Err(e);
                }
            }
        }
        Ok(true)
    }

    /// Moves the bytes that are left to the front, and doubles the buffer when they fill it.
    fn make_room(&mut self) {
        if self.start > 0 {
            self.data.copy_within(self.start..self.end, 0);
            self.end = self.end.saturating_sub(self.start);
            self.start = 0;
        }
        if self.end == self.data.len() {
            let len = self.data.len().saturating_mul(2).max(limits::READ_BUFFER);
            self.data.resize(len, 0);
        }
    }

    /// The bytes that are there and not consumed.
    #[inline]
    pub(super) fn available(&self) -> &[u8] {
        self.slice(self.start..self.end)
    }

    /// Consumes up to `len` bytes that are there, and says where they lie, for [`Buffer::slice`]. They stay
    /// until the next [`Buffer::require`].
    #[inline]
    pub(super) fn pass(&mut self, len: usize) -> Range<usize> {
        let from = self.start;
        self.start = from.saturating_add(len).min(self.end);
        from..self.start
    }

    /// Bytes at a place that [`Buffer::pass`] gave.
    #[inline]
    pub(super) fn slice(&self, place: Range<usize>) -> &[u8] {
        self.data.get(place).unwrap_or_default()
    }

    /// Consumes `len` bytes without holding them; `false` if the source ends before.
    pub(super) fn skip(&mut self, len: u64) -> io::Result<bool> {
        let mut left = len;
        while left > 0 {
            if !self.require(1)? {
                return Ok(false);
            }
            let here = self.end.saturating_sub(self.start);
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(here);
            self.pass(step);
            left = left.saturating_sub(step as u64);
        }
        Ok(true)
    }

    /// Where the next byte to consume stands in the source.
    pub(super) fn position(&self) -> u64 {
        self.read
            .saturating_sub(self.end.saturating_sub(self.start) as u64)
    }

    /// The source itself.
    pub(super) fn source(&self) -> &R {
        &self.source
    }

    /// Whether more was asked for than the source has.
    pub(super) fn is_at_end(&self) -> bool {
        self.at_end
    }

    /// Whether the source could not be read.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Bytes read from the source so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.read
    }
}

impl<R: Read> Read for Buffer<R> {
    /// Large reads go past the buffer when it is empty.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && !self.at_end && into.len() >= limits::READ_BUFFER / 2 {
            return match self.source.read(into) {
                Ok(read) => {
                    self.at_end = read == 0;
                    self.read = self.read.saturating_add(read as u64);
                    Ok(read)
                }
                Err(e) => {
                    self.broken = e.kind() != io::ErrorKind::Interrupted;
                    Err(e)
                }
            };
        }
        let read = self.fill_buf()?.read(into)?;
        self.pass(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Buffer<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.require(1)?;
        Ok(self.available())
    }

    fn consume(&mut self, len: usize) {
        self.pass(len);
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests {
    use super::*;

    /// Gives one byte at a time, interrupted before each.
    struct Drip(u8, bool);

    impl Read for Drip {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            if self.0 == 10 {
                return Ok(0);
            }
            to[0] = self.0;
            self.0 += 1;
            Ok(1)
        }
    }

    #[test]
    fn collects_what_comes_in_pieces() {
        let mut buffer = Buffer::new(Drip(0, false));
        assert!(buffer.require(3).unwrap());
        assert_eq!(buffer.available(), [0, 1, 2]);
        let place = buffer.pass(2);
        assert_eq!(buffer.slice(place), [0, 1]);
        assert_eq!(buffer.position(), 2);
        assert!(buffer.skip(3).unwrap());
        assert!(buffer.require(5).unwrap());
        assert_eq!(buffer.available(), [5, 6, 7, 8, 9]);
        assert!(!buffer.require(6).unwrap());
        assert_eq!(buffer.available().len(), 5);
        assert!(!buffer.skip(6).unwrap());
        assert_eq!((buffer.position(), buffer.bytes_read()), (10, 10));
    }

    #[test]
    fn grows_only_as_bytes_arrive() {
        let mut buffer = Buffer::new([1_u8; 1000].as_slice());
        assert!(!buffer.require(50_000_000).unwrap());
        assert_eq!(buffer.data.len(), limits::READ_BUFFER);
        let long = vec![7; limits::READ_BUFFER * 3];
        let mut buffer = Buffer::new(long.as_slice());
        assert!(buffer.require(long.len()).unwrap());
        assert_eq!(buffer.available(), long);
    }
}
