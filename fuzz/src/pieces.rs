//! A source that gives its bytes in pieces, as a pipe does, and what may differ with it.

use std::io::{self, Read};

/// Gives at most `sizes` bytes at a time, in turn.
pub struct Pieces<'a> {
    bytes: &'a [u8],
    sizes: [usize; 3],
    turn: usize,
}

impl<'a> Pieces<'a> {
    /// The sizes come out of the bytes, so that the same input is always cut alike.
    pub fn new(bytes: &'a [u8]) -> Self {
        let sum = bytes
            .iter()
            .fold(0_usize, |sum, byte| sum + usize::from(*byte));
        Self {
            bytes,
            sizes: [1 + sum % 7, 1 + sum % 61, 1 + sum % 1021],
            turn: 0,
        }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        let most = self.sizes[self.turn % 3].min(buffer.len());
        let (piece, rest) = self.bytes.split_at(most.min(self.bytes.len()));
        buffer[..piece.len()].copy_from_slice(piece);
        self.bytes = rest;
        Ok(piece.len())
    }
}

/// An error without the place that it was seen near: how far a decoder reads ahead depends on who gives the
/// bytes.
pub fn without_place(error: &str) -> String {
    match error.split_once(" near byte ") {
        Some((before, behind)) => {
            let behind = behind.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}{behind}")
        }
        None => error.to_owned(),
    }
}
