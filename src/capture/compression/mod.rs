//! Compressed captures, unpacked while they are read.
//!
//! Owns the compression around a capture: told by its magic, several members or frames one behind the
//! other, what stands between and behind them, the end in the middle, and the cap on expansion. Does not
//! know of captures. [`CaptureReader`](super::CaptureReader) reads through it, compressed or not.
//!
//! Never holds more than the decoders' windows ([`limits::UNPACK_WINDOW`]) and one buffer of the source.

mod frame;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests;

use std::fmt;
use std::io;

use super::buffer::Buffer;
use super::source::{Block, Source};
use super::{Compression, magic};
use crate::limits;
use frame::Frame;

/// How far a source may expand: beyond `free` bytes not more than `ratio` times what was read of it.
#[derive(Clone, Copy, Debug)]
struct Caps {
    free: u64,
    ratio: u64,
}

const CAPS: Caps = Caps {
    free: limits::EXPANSION_FREE,
    ratio: limits::EXPANSION_RATIO,
};

/// Why unpacking ended early.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The decoder refuses the bytes.
    #[error("the {} data is damaged near byte {at} of the file: {why}", .kind.name())]
    Damaged {
        /// Which compression.
        kind: Compression,
        /// How far the file was read.
        at: u64,
        /// What the decoder says.
        why: String,
    },
    /// More came out than any capture gives.
    #[error(
        "this may be a bomb: {read} bytes of {} gave more than {given}, which is over {} to one; \
         if it really is a capture, unpack it yourself: {} FILE | unscramble scan -",
        .kind.name(), limits::EXPANSION_RATIO, .kind.unpacker()
    )]
    Bomb {
        /// Which compression.
        kind: Compression,
        /// Bytes read of the file.
        read: u64,
        /// Bytes that came out.
        given: u64,
    },
}

/// A source, unpacked if it is compressed.
pub(super) struct Unpacked<R: Source> {
    state: State<R>,
    compression: Option<Compression>,
    caps: Caps,
    /// Bytes given out.
    given: u64,
    /// The compressed data ends in its middle.
    cut: bool,
    /// Bytes that belong to nothing stand behind the compressed data.
    rest: bool,
}

enum State<R: Source> {
    /// Nothing was looked at.
    Unknown(Buffer<R>),
    Plain(Buffer<R>),
    Inside(Frame<R>),
    Between(Buffer<R>),
    /// So many bytes were read.
    Ended(u64),
}

impl<R: Source> Unpacked<R> {
    pub(super) fn new(source: R) -> Self {
        Self::with_caps(source, CAPS)
    }

    fn with_caps(source: R, caps: Caps) -> Self {
        Self {
            state: State::Unknown(Buffer::new(source)),
            compression: None,
            caps,
            given: 0,
            cut: false,
            rest: false,
        }
    }

    /// The compression; known once something was read.
    pub(super) const fn compression(&self) -> Option<Compression> {
        self.compression
    }

    /// Whether the compressed data ended in its middle.
    pub(super) const fn is_cut(&self) -> bool {
        self.cut
    }

    /// Whether bytes behind the compressed data were left out.
    pub(super) const fn has_rest(&self) -> bool {
        self.rest
    }

    /// Bytes read of the source as it is stored.
    pub(super) fn stored_bytes(&self) -> u64 {
        match &self.state {
            State::Unknown(buffer) | State::Plain(buffer) | State::Between(buffer) => {
                buffer.bytes_read()
            }
            State::Inside(frame) => frame.source().bytes_read(),
            State::Ended(bytes) => *bytes,
        }
    }

    fn end(&mut self) {
        self.state = State::Ended(self.stored_bytes());
    }

    /// Looks at what comes next and gets ready for it.
    fn begin(&mut self) -> io::Result<()> {
        let nothing = State::Ended(self.stored_bytes());
        let mut buffer = match std::mem::replace(&mut self.state, nothing) {
            State::Unknown(buffer) | State::Between(buffer) => buffer,
            other => {
                self.state = other;
                return Ok(());
            }
        };
        if self.compression.is_some() {
            skip_zeros(&mut buffer)?;
        }
        // Skippable frames belong to zstd and lz4 alike: what follows tells which it is.
        let mut skipped = false;
        let head = loop {
            buffer.require(4)?;
            let head = buffer.available().first_chunk::<4>().copied();
            if !head.is_some_and(magic::is_skippable) {
                break head;
            }
            skipped = true;
            skip_frame(&mut buffer)?;
        };
        let kind = head.and_then(magic::compression);
        self.state = match (self.compression, kind) {
            (None, Some(kind)) => {
                self.compression = Some(kind);
                State::Inside(Frame::new(kind, buffer))
            }
            (Some(known), Some(kind)) if known == kind => State::Inside(Frame::new(kind, buffer)),
            (None, None) if !skipped => State::Plain(buffer),
            _ => {
                self.rest = !buffer.available().is_empty();
                State::Ended(buffer.bytes_read())
            }
        };
        Ok(())
    }

    /// The frame is at its end.
    fn between(&mut self) -> io::Result<()> {
        let nothing = State::Ended(self.stored_bytes());
        if let State::Inside(frame) = &self.state {
            // A frame that is whole never asks beyond its end (lz4's decoder takes that for an end).
            if frame.source().is_at_end() {
                self.cut = true;
                self.state = nothing;
            } else if let Err(error) = frame.check() {
                self.failed(&error)?;
            } else if let State::Inside(frame) = std::mem::replace(&mut self.state, nothing) {
                self.state = State::Between(frame.into_source());
            }
        }
        Ok(())
    }

    /// What a decoder's error means.
    fn failed(&mut self, error: &io::Error) -> io::Result<usize> {
        let (ended, broken, at) = match &self.state {
            State::Inside(frame) => {
                let source = frame.source();
                (source.is_at_end(), source.is_broken(), source.bytes_read())
            }
            _ => (false, true, 0),
        };
        self.end();
        if broken {
            // The source itself could not be read; the decoder only passed it on.
            return Err(io::Error::new(error.kind(), error.to_string()));
        }
        if ended {
            self.cut = true;
            return Ok(0);
        }
        let why = error.to_string();
        let kind = self.compression.unwrap_or(Compression::Gzip);
        Err(io::Error::other(UnpackError::Damaged { kind, at, why }))
    }
}

/// Bytes of padding, as tapes and xz have them.
fn skip_zeros<R: Source>(buffer: &mut Buffer<R>) -> io::Result<()> {
    while buffer.require(1)? {
        let zeros = buffer.available().iter().take_while(|byte| **byte == 0);
        match zeros.count() {
            0 => break,
            zeros => drop(buffer.pass(zeros)),
        }
    }
    Ok(())
}

/// Passes a skippable frame (RFC 8878, section 3.1.2): 4 bytes of magic, 4 bytes of length, the rest.
fn skip_frame<R: Source>(buffer: &mut Buffer<R>) -> io::Result<()> {
    buffer.require(8)?;
    let length = buffer
        .available()
        .get(4..8)
        .and_then(|bytes| bytes.try_into().ok());
    let length = length.map_or(0, u32::from_le_bytes);
    buffer.skip(u64::from(length).saturating_add(8))?;
    Ok(())
}

impl<R: Source> Source for Unpacked<R> {
    fn fill(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            let read = match &mut self.state {
                State::Plain(buffer) => return buffer.fill(into),
                State::Ended(_) => return Ok(0),
                State::Unknown(_) | State::Between(_) => {
                    // A frame's header may be read in here, and be damaged.
                    if let Err(error) = self.begin() {
                        return self.failed(&error);
                    }
                    continue;
                }
                State::Inside(frame) => frame.read(into),
            };
            match read {
                Ok(0) => self.between()?,
                Ok(read) => {
                    self.given = self.given.saturating_add(read as u64);
                    let stored = self.stored_bytes();
                    let most = stored.saturating_mul(self.caps.ratio).max(self.caps.free);
                    if self.given > most {
                        self.end();
                        return Err(io::Error::other(UnpackError::Bomb {
                            kind: self.compression.unwrap_or(Compression::Gzip),
                            read: stored,
                            given: self.given,
                        }));
                    }
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return self.failed(&error),
            }
        }
    }

    fn block(&mut self) -> Option<io::Result<Block>> {
        match &mut self.state {
            State::Plain(buffer) => buffer.next_block(),
            _ => None,
        }
    }

    fn give_back(&mut self, block: Vec<u8>) {
        if let State::Plain(buffer) = &mut self.state {
            buffer.give_back(block);
        }
    }
}

impl<R: Source> fmt::Debug for Unpacked<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Unpacked");
        shown.field("compression", &self.compression);
        shown.field("given", &self.given).finish_non_exhaustive()
    }
}
