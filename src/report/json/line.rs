//! The line that [`super::compact`] writes: a piece of memory that is filled from its front.
//!
//! Owns how texts and keys get into it: each is copied and looked through in one pass, eight bytes at a
//! time, and only what has a strange byte in it goes through the general escapes. Notes where values stand, for whom
//! wants to put others there.

use std::io;
use std::ops::Range;

/// A line that is being written. Has more room than it fills, so that a piece costs one look at how much
/// there is.
#[derive(Default)]
pub(super) struct Line {
    /// `filled` bytes of the line, and zeros.
    bytes: Vec<u8>,
    filled: usize,
    /// Where the value of each field stands; `None` when nobody wants to know.
    places: Option<Vec<Place>>,
}

/// Where the value of a field stands in a line: its name (none in a map), and from where to where.
pub(in crate::report) type Place = (&'static str, Range<usize>);

/// Room that a line starts with: that of most logins.
const USUAL: usize = 4 << 10;

impl Line {
    /// Room for so many bytes more, which then count as filled.
    #[inline]
    fn room(&mut self, length: usize) -> &mut [u8] {
        let begin = self.filled;
        let end = begin.saturating_add(length);
        if end > self.bytes.len() {
            self.grow(end);
        }
        self.filled = end;
        self.bytes.get_mut(begin..end).unwrap_or_default()
    }

    #[cold]
    fn grow(&mut self, least: usize) {
        let double = self.bytes.len().saturating_mul(2);
        self.bytes.resize(double.max(least).max(USUAL), 0);
    }

    #[inline]
    pub(super) fn push(&mut self, byte: u8) {
        self.extend(&[byte]);
    }

    #[inline]
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
    }

    /// `"text"`. What is not plain goes the long way.
    #[inline]
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        let begin = self.filled;
        let room = self.room(text.len().saturating_add(2));
        if let [first, middle @ .., last] = room
            && copy_plain(text.as_bytes(), middle)
        {
            (*first, *last) = (b'"', b'"');
            return Ok(());
        }
        self.filled = begin;
        self.strange_text(text)
    }

    #[cold]
    fn strange_text(&mut self, text: &str) -> io::Result<()> {
        let mut escaped = Vec::new();
        super::add_text(text, &mut escaped)?;
        self.extend(&escaped);
        Ok(())
    }

    /// The names of fields are Rust's, in which nothing is to be escaped.
    #[inline]
    pub(super) fn key(&mut self, comma: bool, key: &'static str) {
        let length = key.len();
        if comma {
            self.push(b',');
        }
        let room = self.room(length.saturating_add(3));
        if let [first, middle @ .., last, colon] = room {
            (*first, *last, *colon) = (b'"', b'"', b':');
            middle.copy_from_slice(key.as_bytes());
        }
    }

    /// Nothing of it is kept but the memory.
    pub(super) fn clear(&mut self) {
        self.filled = 0;
        self.places = None;
    }

    /// From here on notes where values stand.
    pub(super) fn note_places(&mut self) {
        self.places = Some(Vec::new());
    }

    /// Where values stand, those inside others before them.
    pub(super) fn take_places(&mut self) -> Vec<Place> {
        self.places.take().unwrap_or_default()
    }

    /// The value of this field is all that was written since the line had this length.
    #[inline]
    pub(super) fn written(&mut self, key: &'static str, begun: usize) {
        if let Some(places) = &mut self.places {
            places.push((key, begun..self.filled));
        }
    }

    /// Opens the object again that has just been closed; gives the place where another is to go on with it.
    pub(super) fn reopen(&mut self) -> usize {
        self.filled = self.filled.saturating_sub(1);
        self.filled
    }

    /// Makes one object of the one that was opened again and the one that begins at `place`; false if there
    /// is none, or one of the two is empty.
    pub(super) fn join(&mut self, place: usize) -> bool {
        let around = self.bytes.get_mut(place.saturating_sub(1)..self.filled);
        match around.and_then(|around| around.first_chunk_mut()) {
            Some([before, brace @ b'{', behind]) if *before != b'{' && *behind != b'}' => {
                *brace = b',';
                true
            }
            _ => false,
        }
    }

    /// What was written.
    pub(super) fn filled(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }
}

/// Bytes that are looked at and copied at once.
const WORD: usize = size_of::<u64>();

/// Whether one of these bytes does not stand for itself in JSON, or acts on somebody's terminal: each of the
/// terms has the top bit of the bytes that are strange, or of one behind them, which is then looked at for
/// nothing.
const fn strange(word: u64) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; WORD]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; WORD]);
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; WORD])
    }
    const fn zeros(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    let controls = word.wrapping_sub(each(0x20)) & !word;
    let marks = zeros(word ^ each(b'"')) | zeros(word ^ each(b'\\')) | zeros(word ^ each(0x7f));
    (word | controls | marks) & TOPS != 0
}

/// Copies a text of `HALF` to twice as many bytes by its two ends, which meet or overlap; says whether one
/// of them is strange.
#[inline]
fn copy_ends<const HALF: usize>(from: &[u8], to: &mut [u8]) -> Option<bool> {
    let ends = [from.first_chunk::<HALF>()?, from.last_chunk::<HALF>()?];
    let [first, last] = ends;
    *to.first_chunk_mut()? = *first;
    *to.last_chunk_mut()? = *last;
    let words = ends.map(|end| {
        let mut word = [b' '; WORD];
        if let Some(place) = word.first_chunk_mut() {
            *place = *end;
        }
        strange(u64::from_ne_bytes(word))
    });
    Some(words.contains(&true))
}

/// Copies a text to a place of its length, unless there is a strange byte in it. What the place holds
/// then is anything.
#[inline]
fn copy_plain(from: &[u8], to: &mut [u8]) -> bool {
    let (words, _) = from.as_chunks();
    let (places, _) = to.as_chunks_mut();
    for (place, word) in places.iter_mut().zip(words) {
        if strange(u64::from_ne_bytes(*word)) {
            return false;
        }
        *place = *word;
    }
    let ends = copy_ends::<WORD>(from, to)
        .or_else(|| copy_ends::<4>(from, to))
        .or_else(|| copy_ends::<2>(from, to))
        .or_else(|| copy_ends::<1>(from, to));
    ends != Some(true)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests {
    use super::*;

    /// The general serializer is the model.
    fn same(text: &str) {
        let (mut line, mut general) = (Line::default(), Vec::new());
        line.text(text).unwrap();
        super::super::add_text(text, &mut general).unwrap();
        assert_eq!(line.filled(), general, "{text:?}");
    }

    #[test]
    fn a_strange_character_is_seen_wherever_it_stands() {
        for length in 0..40 {
            same(&"x".repeat(length));
            for place in 0..length {
                for strange in [
                    '\0', '\x1b', '\x1f', '"', '\\', '\x7f', '\u{9b}', '\u{202e}', 'ž', '~', ' ',
                    '!',
                ] {
                    let (before, behind) = ("y".repeat(place), "z".repeat(length - place - 1));
                    same(&format!("{before}{strange}{behind}"));
                }
            }
        }
    }

    #[test]
    fn a_line_grows() {
        let mut line = Line::default();
        let long = "a".repeat(3 * USUAL);
        for _ in 0..3 {
            line.text(&long).unwrap();
        }
        assert_eq!(line.filled().len(), 3 * (long.len() + 2));
    }
}
