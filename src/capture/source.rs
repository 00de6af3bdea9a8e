//! What captures are read from: anything that can be read, and a source that is read ahead of.
//!
//! Owns the thread's side of reading ahead, and the blocks that go round. Called by
//! [`buffer`](super::buffer); who wants to read ahead runs the thread ([`read_ahead`]).

use std::io::{self, Read};
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use crate::limits;

/// Blocks that may wait, so that a slow read and a slow packet wait for each other less often.
const WAITING: usize = 2;

/// Bytes that were read: `data[place]`, with room in front for what is left of the block before.
#[derive(Debug)]
pub struct Block {
    pub(super) data: Vec<u8>,
    pub(super) place: Range<usize>,
}

impl Block {
    /// Room in front of the bytes of a block: what is left of the one before is seldom more than a packet.
    pub(super) const HEADROOM: usize = 64 << 10;
    const LENGTH: usize = Self::HEADROOM + limits::READ_BUFFER;
}

/// A source of a capture. Whatever can be read is one.
pub trait Source {
    /// Reads into `space`, as [`Read::read`].
    ///
    /// # Errors
    ///
    /// As [`Read::read`].
    fn fill(&mut self, space: &mut [u8]) -> io::Result<usize>;

    /// The next bytes in a block of their own, empty at the end; `None` of a source that has no blocks.
    fn block(&mut self) -> Option<io::Result<Block>> {
        None
    }

    /// Takes the memory of a block back that is done with.
    fn give_back(&mut self, _: Vec<u8>) {}
}

impl<R: Read> Source for R {
    fn fill(&mut self, space: &mut [u8]) -> io::Result<usize> {
        self.read(space)
    }
}

/// The end of a source that a thread reads ahead of.
#[derive(Debug)]
pub struct Ahead {
    blocks: Receiver<io::Result<Block>>,
    done: Sender<Vec<u8>>,
    /// What [`Source::fill`] has not given yet.
    begun: Option<Block>,
}

/// The thread's end.
pub struct ReadAhead<R> {
    source: R,
    blocks: SyncSender<io::Result<Block>>,
    done: Receiver<Vec<u8>>,
}

/// A source, and what is to run in a thread so that it gives anything.
pub fn read_ahead<R: Read>(source: R) -> (Ahead, ReadAhead<R>) {
    let (blocks, ready) = sync_channel(WAITING);
    let (done, used) = channel();
    let ahead = Ahead {
        blocks: ready,
        done,
        begun: None,
    };
    let thread = ReadAhead {
        source,
        blocks,
        done: used,
    };
    (ahead, thread)
}

impl<R: Read> ReadAhead<R> {
    /// Reads to the end, the first error, or until nobody wants more.
    pub fn run(mut self) {
        loop {
            let used = self.done.try_recv().ok();
            let mut data = used
                .filter(|data| data.len() == Block::LENGTH)
                .unwrap_or_else(|| vec![0; Block::LENGTH]);
            let space = data.get_mut(Block::HEADROOM..).unwrap_or_default();
            let sent = match self.source.read(space) {
                Ok(0) => return,
                Ok(read) => {
                    let end = Block::HEADROOM.saturating_add(read).min(data.len());
                    let place = Block::HEADROOM..end;
                    self.blocks.send(Ok(Block { data, place }))
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    // Nothing is read behind an error.
                    let _ = self.blocks.send(Err(error));
                    return;
                }
            };
            if sent.is_err() {
                return;
            }
        }
    }
}

impl Source for Ahead {
    fn fill(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let Some(mut block) = self.block().transpose()? else {
            return Ok(0);
        };
        let bytes = block.data.get(block.place.clone()).unwrap_or_default();
        let length = bytes.len().min(space.len());
        if let (Some(to), Some(from)) = (space.get_mut(..length), bytes.get(..length)) {
            to.copy_from_slice(from);
        }
        block.place.start = block.place.start.saturating_add(length);
        if block.place.is_empty() {
            self.give_back(block.data);
        } else {
            self.begun = Some(block);
        }
        Ok(length)
    }

    fn block(&mut self) -> Option<io::Result<Block>> {
        if let Some(block) = self.begun.take() {
            return Some(Ok(block));
        }
        let empty = || Block {
            data: Vec::new(),
            place: 0..0,
        };
        // The thread is gone: it has come to the end.
        Some(self.blocks.recv().unwrap_or_else(|_| Ok(empty())))
    }

    fn give_back(&mut self, data: Vec<u8>) {
        // At the end nobody waits for it.
        let _ = self.done.send(data);
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests {
    use super::super::buffer::Buffer;
    use super::*;

    /// Gives at most so many bytes at a time, and fails where it ends if that is wanted.
    struct Pieces {
        bytes: Vec<u8>,
        given: usize,
        most: usize,
        fails: bool,
    }

    impl Read for Pieces {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let rest = &self.bytes[self.given..];
            if rest.is_empty() && self.fails {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let length = rest.len().min(into.len()).min(self.most);
            into[..length].copy_from_slice(&rest[..length]);
            self.given += length;
            Ok(length)
        }
    }

    fn pieces(length: usize, most: usize, fails: bool) -> Pieces {
        let bytes = (0..length).map(|at| at.to_le_bytes()[at % 3]).collect();
        Pieces {
            bytes,
            given: 0,
            most,
            fails,
        }
    }

    /// Takes records of changing lengths, so that they lie across blocks in every way.
    fn records(mut buffer: Buffer<impl Source>, lengths: &[usize]) -> (Vec<u8>, io::Result<()>) {
        let mut out = Vec::new();
        for length in lengths.iter().cycle() {
            match buffer.require(*length) {
                Ok(true) => {
                    let place = buffer.pass(*length);
                    out.extend_from_slice(buffer.slice(place));
                }
                Ok(false) => {
                    out.extend_from_slice(buffer.available());
                    return (out, Ok(()));
                }
                Err(error) => return (out, Err(error)),
            }
        }
        (out, Ok(()))
    }

    #[test]
    fn read_ahead_of_or_not_the_bytes_are_the_same() {
        let long = 3 * Block::LENGTH + 17;
        for (most, lengths) in [
            (usize::MAX, &[1, 16, 1500, 65_000][..]),
            // Longer than the room in front of a block, and than a block.
            (usize::MAX, &[16, Block::HEADROOM + 1]),
            (usize::MAX, &[Block::LENGTH + 1, 3]),
            (1000, &[16, 1500, Block::HEADROOM * 2]),
        ] {
            let expected = pieces(long, most, false).bytes;
            let (ahead, thread) = read_ahead(pieces(long, most, false));
            std::thread::scope(|scope| {
                scope.spawn(|| thread.run());
                let (read, end) = records(Buffer::new(ahead), lengths);
                end.unwrap();
                assert!(read == expected, "{most} {lengths:?}");
            });
            let (read, _) = records(Buffer::new(pieces(long, most, false)), lengths);
            assert!(read == expected, "{most} {lengths:?}");
        }
    }

    #[test]
    fn an_error_comes_behind_the_bytes_before_it() {
        let (ahead, thread) = read_ahead(pieces(100_000, usize::MAX, true));
        std::thread::scope(|scope| {
            scope.spawn(|| thread.run());
            let (read, end) = records(Buffer::new(ahead), &[1000]);
            assert_eq!(read.len(), 100_000);
            end.unwrap_err();
        });
    }

    #[test]
    fn a_thread_that_nobody_listens_to_ends() {
        let (ahead, thread) = read_ahead(pieces(10 * Block::LENGTH, usize::MAX, false));
        let thread = std::thread::spawn(|| thread.run());
        drop(ahead);
        thread.join().unwrap();
    }
}
