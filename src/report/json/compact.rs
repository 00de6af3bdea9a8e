//! JSON in one line, straight into memory: the fast path of `ndjson`.
//!
//! Owns a serializer that knows no styles and no writers: lines are written by the hundred thousand, and
//! the general one spends most of its time between those. What it writes is what
//! [`super::write_line`] writes for the models of reports, byte for byte; a text with anything in it that
//! is to be escaped goes through the same code. Called by [`crate::report::ndjson`].

use std::cell::RefCell;
use std::fmt::Display;
use std::io;

use serde::Serialize;
use serde::ser::{self, Impossible, Serializer};

/// A line that is being written. Has more room than it fills, so that a piece costs one look at how much
/// there is.
#[derive(Default)]
pub(in crate::report) struct Line {
    /// `filled` bytes of the line, and zeros.
    bytes: Vec<u8>,
    filled: usize,
}

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
    fn push(&mut self, byte: u8) {
        self.extend(&[byte]);
    }

    #[inline]
    fn extend(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
    }

    /// `"text"`. What is not plain goes the long way.
    #[inline]
    fn text(&mut self, text: &str) -> Result<(), Error> {
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
    fn strange_text(&mut self, text: &str) -> Result<(), Error> {
        let mut escaped = Vec::new();
        super::add_text(text, &mut escaped).map_err(ser::Error::custom)?;
        self.extend(&escaped);
        Ok(())
    }

    /// The names of fields are Rust's, in which nothing is to be escaped.
    #[inline]
    fn key(&mut self, comma: bool, key: &'static str) {
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

    fn filled(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }
}

thread_local! {
    /// The room of the line before is that of the next.
    static LINE: RefCell<Line> = RefCell::default();
}

/// Adds what `write` writes and a line feed to `out`.
fn add(out: &mut Vec<u8>, write: impl FnOnce(&mut Line) -> Result<(), Error>) -> io::Result<()> {
    let mut line = LINE.take();
    line.filled = 0;
    write(&mut line).map_err(io::Error::other)?;
    line.push(b'\n');
    out.extend_from_slice(line.filled());
    LINE.set(line);
    Ok(())
}

/// Adds a model and a line feed to `out`.
///
/// # Errors
///
/// When the model holds what no model of a report holds: numbers with a fraction, bytes, keys that are
/// no text.
pub(in crate::report) fn add_line(value: &impl Serialize, out: &mut Vec<u8>) -> io::Result<()> {
    add(out, |line| value.serialize(Compact { out: line }))
}

/// Adds two objects as one line: the fields of `rest` go on behind those of `head`. As `#[serde(flatten)]`,
/// which makes a map of a struct and costs a sixth of a login's line.
///
/// # Errors
///
/// As [`add_line`], and when one of the two is no object, or is empty.
pub(in crate::report) fn add_joined_line(
    head: &impl Serialize,
    rest: &impl Serialize,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    add(out, |line| {
        head.serialize(Compact { out: line })?;
        line.filled = line.filled.saturating_sub(1);
        let join = line.filled;
        rest.serialize(Compact { out: line })?;
        let around = line.bytes.get_mut(join.saturating_sub(1)..line.filled);
        match around.and_then(|around| around.first_chunk_mut()) {
            Some([before, brace @ b'{', behind]) if *before != b'{' && *behind != b'}' => {
                *brace = b',';
                Ok(())
            }
            _ => unfit(),
        }
    })
}

struct Compact<'o> {
    out: &'o mut Line,
}

/// In a box: what every call may give fits into registers.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Error(Box<str>);

impl ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string().into())
    }
}

fn unfit<T>() -> Result<T, Error> {
    Err(Error("no model has such a value".into()))
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

/// An array or object that has begun.
struct Inside<'o> {
    out: &'o mut Line,
    first: bool,
    end: &'static [u8],
}

impl<'o> Inside<'o> {
    #[inline]
    fn begin(out: &'o mut Line, begin: u8, end: &'static [u8]) -> Self {
        out.push(begin);
        Self {
            out,
            first: true,
            end,
        }
    }

    #[inline]
    fn comma(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
    }

    #[inline]
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Compact { out: self.out })
    }

    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        let first = std::mem::take(&mut self.first);
        self.out.key(!first, key);
        self.value(value)
    }

    #[inline]
    fn finish(self) {
        self.out.extend(self.end);
    }
}

/// Numbers, by their decimal digits.
macro_rules! numbers {
    ($($name:ident($type:ty);)*) => {
        $(fn $name(self, value: $type) -> Result<(), Error> {
            self.out.extend(itoa::Buffer::new().format(value).as_bytes());
            Ok(())
        })*
    };
}

impl<'o> Serializer for Compact<'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Inside<'o>;
    type SerializeTuple = Inside<'o>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Inside<'o>;
    type SerializeStruct = Inside<'o>;
    type SerializeStructVariant = Inside<'o>;

    numbers! {
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        let word: &[u8] = if value { b"true" } else { b"false" };
        self.out.extend(word);
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Error> {
        unfit()
    }

    fn serialize_f64(self, _: f64) -> Result<(), Error> {
        unfit()
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.out.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.out.text(value)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        unfit()
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.out.extend(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.out.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut inside = Inside::begin(self.out, b'{', b"}");
        inside.field(variant, value)?;
        inside.finish();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'o>, Error> {
        Ok(Inside::begin(self.out, b'[', b"]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Inside<'o>, Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Error> {
        unfit()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        unfit()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'o>, Error> {
        Ok(Inside::begin(self.out, b'{', b"}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'o>, Error> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Inside<'o>, Error> {
        self.out.push(b'{');
        self.out.text(variant)?;
        self.out.push(b':');
        Ok(Inside::begin(self.out, b'{', b"}}"))
    }
}

impl ser::SerializeSeq for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.comma();
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

impl ser::SerializeTuple for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.comma();
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

impl ser::SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.comma();
        let begun = self.out.filled;
        self.value(key)?;
        match self.out.filled().get(begun) {
            Some(b'"') => Ok(()),
            _ => unfit(),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.out.push(b':');
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

impl ser::SerializeStruct for Inside<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.field(key, value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

impl ser::SerializeStructVariant for Inside<'_> {
    type Ok = ();
    type Error = Error;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.field(key, value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]
mod tests {
    use super::*;
    use crate::report::json;
    use crate::report::{Builder, Redactor, testing};

    fn both(value: &impl Serialize) -> (String, String) {
        let (mut fast, mut plain) = (Vec::new(), Vec::new());
        add_line(value, &mut fast).unwrap();
        json::write_line(value, &mut plain).unwrap();
        (
            String::from_utf8(fast).unwrap(),
            String::from_utf8(plain).unwrap(),
        )
    }

    #[test]
    fn a_report_is_written_as_the_general_serializer_writes_it() {
        let redactor = Redactor::default();
        let capture = testing::capture(
            "a \u{202e}\"b\"\\.pcap",
            vec![testing::switched(0), testing::accepted(1)],
        );
        let report = Builder::new(&redactor).reveal(true).report(&[capture], 3);
        let (fast, plain) = both(&report);
        assert!(fast.len() > 1000);
        assert_eq!(fast, plain);
    }

    #[test]
    fn every_kind_of_value() {
        #[derive(Serialize)]
        enum Kind {
            Unit,
            Newtype(u8),
            Struct { a: i64, b: Option<bool> },
        }
        #[derive(Serialize)]
        struct Unit;
        let text: String = ('\0'..='\u{2fff}').collect();
        let map = std::collections::BTreeMap::from([("\n", 1), ("z", -2)]);
        let kinds = [
            Kind::Unit,
            Kind::Newtype(255),
            Kind::Struct {
                a: i64::MIN,
                b: None,
            },
        ];
        let (fast, plain) = both(&(text, map, kinds, Unit, 'ž', (), [u64::MAX], Some(true)));
        assert_eq!(fast, plain);
    }

    #[test]
    fn two_objects_become_one_line() {
        let map = |key| std::collections::BTreeMap::from([(key, 1)]);
        let mut out = Vec::new();
        add_joined_line(&map("a"), &map("b"), &mut out).unwrap();
        assert_eq!(out, b"{\"a\":1,\"b\":1}\n");
        let empty = std::collections::BTreeMap::<&str, u8>::new();
        add_joined_line(&empty, &map("b"), &mut out).unwrap_err();
        add_joined_line(&map("a"), &empty, &mut out).unwrap_err();
        add_joined_line(&map("a"), &"text", &mut out).unwrap_err();
        assert_eq!(out.len(), 14);
    }

    #[test]
    fn what_no_model_has_is_an_error_and_leaves_nothing() {
        let mut out = b"before".to_vec();
        add_line(&1.5, &mut out).unwrap_err();
        add_line(&std::collections::BTreeMap::from([(1, 2)]), &mut out).unwrap_err();
        assert_eq!(out, b"before");
    }
}
