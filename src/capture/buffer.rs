//! A growing buffer over a source, which it reads or takes whole blocks of.
//!
//! Owns the bytes between what was consumed and what was read, and the count of both. Knows nothing of
//! formats; its callers ([`pcap`](super::pcap), [`pcapng`](super::pcapng)) keep what they ask for under
//! [`limits::RECORD`](crate::limits::RECORD).

use std::io::{self, BufRead, Read};
use std::ops::Range;

use super::source::{Block, Source};
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

impl<R: Source> Buffer<R> {
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
            let filled = match self.exchange() {
                Some(exchanged) => exchanged,
                None => self.fill_own(),
            };
            match filled {
                Ok(0) => self.at_end = true,
                Ok(n) => self.read = self.read.saturating_add(n as u64),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.broken = true;
                    return Err(e);
                }
            }
        }
        Ok(true)
    }

    fn fill_own(&mut self) -> io::Result<usize> {
        self.make_room();
        let space = self.data.get_mut(self.end..).unwrap_or_default();
        // a source that claims more than it was given room for is held to the room
        let read = self.source.fill(space)?.min(space.len());
        self.end = self.end.saturating_add(read);
        Ok(read)
    }

    /// Takes a block of the source's instead of copying it, if the source has such and what is left here
    /// fits in front of it; says how many bytes came.
    fn exchange(&mut self) -> Option<io::Result<usize>> {
        let left = self.end.saturating_sub(self.start);
        if left > Block::HEADROOM {
            return None;
        }
        let Block { mut data, place } = match self.source.block()? {
            Ok(block) => block,
            Err(error) => return Some(Err(error)),
        };
        if place.is_empty() {
            return Some(Ok(0));
        }
        let start = place.start.checked_sub(left)?;
        data.get_mut(start..place.start)?
            .copy_from_slice(self.data.get(self.start..self.end)?);
        self.source
            .give_back(std::mem::replace(&mut self.data, data));
        (self.start, self.end) = (start, place.end);
        Some(Ok(place.len()))
    }

    /// The source's next block, past this buffer; `None` if something is here, or the source has no blocks.
    pub(super) fn next_block(&mut self) -> Option<io::Result<Block>> {
        if self.start < self.end || self.at_end {
            return None;
        }
        let block = self.source.block()?;
        match &block {
            Ok(block) => {
                self.at_end = block.place.is_empty();
                self.read = self.read.saturating_add(block.place.len() as u64);
            }
            Err(_) => self.broken = true,
        }
        Some(block)
    }

    /// Gives the source the memory of a block back.
    pub(super) fn give_back(&mut self, block: Vec<u8>) {
        self.source.give_back(block);
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
            // Zeroed by the system, and only as far as it is read into: a small capture fills little of it.
            let mut larger = vec![0; len];
            if let Some(front) = larger.get_mut(..self.end) {
                front.copy_from_slice(&self.data);
            }
            self.data = larger;
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

impl<R: Source> Read for Buffer<R> {
    /// Large reads go past the buffer when it is empty.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && !self.at_end && into.len() >= limits::READ_BUFFER / 2 {
            return match self.source.fill(into) {
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

impl<R: Source> BufRead for Buffer<R> {
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
