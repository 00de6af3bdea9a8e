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

use super::line::{Line, Place};

thread_local! {
    /// The room of the line before is that of the next.
    static LINE: RefCell<Line> = RefCell::default();
}

/// Adds what `write` writes to `out`.
fn add<T>(out: &mut Vec<u8>, write: impl FnOnce(&mut Line) -> Result<T, Error>) -> io::Result<T> {
    let mut line = LINE.take();
    line.clear();
    let written = write(&mut line).map_err(io::Error::other)?;
    out.extend_from_slice(line.filled());
    LINE.set(line);
    Ok(written)
}

/// Adds a model to `out`.
///
/// # Errors
///
/// When the model holds what no model of a report holds: numbers with a fraction, bytes, keys that are
/// no text.
pub(in crate::report) fn add_value(value: &impl Serialize, out: &mut Vec<u8>) -> io::Result<()> {
    add(out, |line| value.serialize(Compact { out: line }))
}

/// Adds a model and a line feed to `out`.
///
/// # Errors
///
/// As [`add_value`].
pub(in crate::report) fn add_line(value: &impl Serialize, out: &mut Vec<u8>) -> io::Result<()> {
    add_value(value, out)?;
    out.push(b'\n');
    Ok(())
}

/// Adds two objects as one line: the fields of `rest` go on behind those of `head`. As `#[serde(flatten)]`,
/// which makes a map of a struct and costs a sixth of a login's line.
///
/// # Errors
///
/// As [`add_value`], and when one of the two is no object, or is empty.
pub(in crate::report) fn add_joined_line(
    head: &impl Serialize,
    rest: &impl Serialize,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    add(out, |line| join(head, rest, line))
}

/// The line of two objects, and where in it the values of its fields stand: what a value is part of
/// comes behind it.
///
/// # Errors
///
/// As [`add_joined_line`].
pub(in crate::report) fn joined_line(
    head: &impl Serialize,
    rest: &impl Serialize,
) -> io::Result<(Vec<u8>, Vec<Place>)> {
    let mut written = Vec::new();
    let places = add(&mut written, |line| {
        line.note_places();
        join(head, rest, line)?;
        Ok(line.take_places())
    })?;
    Ok((written, places))
}

fn join(head: &impl Serialize, rest: &impl Serialize, line: &mut Line) -> Result<(), Error> {
    head.serialize(Compact { out: line })?;
    let place = line.reopen();
    rest.serialize(Compact { out: line })?;
    if !line.join(place) {
        return unfit();
    }
    line.push(b'\n');
    Ok(())
}

#[inline]
fn text(text: &str, out: &mut Line) -> Result<(), Error> {
    out.text(text).map_err(ser::Error::custom)
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
        let begun = self.out.filled().len();
        self.value(value)?;
        self.out.written(key, begun);
        Ok(())
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
        text(value.encode_utf8(&mut [0; 4]), self.out)
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        text(value, self.out)
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
        text(variant, self.out)
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
        text(variant, self.out)?;
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
        let begun = self.out.filled().len();
        self.value(key)?;
        match self.out.filled().get(begun) {
            Some(b'"') => Ok(()),
            _ => unfit(),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.out.push(b':');
        let begun = self.out.filled().len();
        self.value(value)?;
        self.out.written("", begun);
        Ok(())
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
