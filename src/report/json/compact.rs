//! JSON in one line, straight into memory: the fast path of `ndjson`.
//!
//! Owns a serializer that knows no styles and no writers: lines are written by the hundred thousand, and
//! the general one spends most of its time between those. What it writes is what
//! [`super::write_line`] writes for the models of reports, byte for byte; a text with anything in it that
//! is to be escaped goes through the same code. Called by [`crate::report::ndjson`].

use std::fmt::Display;
use std::io;

use serde::Serialize;
use serde::ser::{self, Impossible, Serializer};

/// Adds a model and a line feed to `out`.
///
/// # Errors
///
/// When the model holds what no model of a report holds: numbers with a fraction, bytes, keys that are
/// no text.
pub(in crate::report) fn add_line(value: &impl Serialize, out: &mut Vec<u8>) -> io::Result<()> {
    let begun = out.len();
    if let Err(error) = value.serialize(Compact { out }) {
        out.truncate(begun);
        return Err(io::Error::other(error));
    }
    out.push(b'\n');
    Ok(())
}

struct Compact<'o> {
    out: &'o mut Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Error(String);

impl ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn unfit<T>() -> Result<T, Error> {
    Err(Error("no model has such a value".into()))
}

/// Whether every byte stands for itself in JSON, and acts on nobody's terminal. Eight are looked at
/// at once: each of the terms has the top bit of the bytes that are strange, or of one behind them,
/// which is then looked at for nothing.
fn is_plain(bytes: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    const fn each(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    const fn zeros(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    const fn strange(word: u64) -> u64 {
        let controls = word.wrapping_sub(each(0x20)) & !word;
        let marks = zeros(word ^ each(b'"')) | zeros(word ^ each(b'\\')) | zeros(word ^ each(0x7f));
        (word | controls | marks) & TOPS
    }
    let (words, rest) = bytes.as_chunks();
    let last = if let Some(last) = bytes.last_chunk() {
        // It overlaps what was looked at.
        *last
    } else {
        let mut padded = [b' '; 8];
        for (place, byte) in padded.iter_mut().zip(rest) {
            *place = *byte;
        }
        padded
    };
    let words = words.iter().fold(0, |so_far, word| {
        so_far | strange(u64::from_ne_bytes(*word))
    });
    words | strange(u64::from_ne_bytes(last)) == 0
}

fn text(text: &str, out: &mut Vec<u8>) -> Result<(), Error> {
    if !is_plain(text.as_bytes()) {
        return super::add_text(text, out).map_err(ser::Error::custom);
    }
    out.reserve(text.len().saturating_add(2));
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

/// An array or object that has begun.
struct Inside<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
    end: &'static [u8],
}

impl<'o> Inside<'o> {
    fn begin(out: &'o mut Vec<u8>, begin: u8, end: &'static [u8]) -> Self {
        out.push(begin);
        Self {
            out,
            first: true,
            end,
        }
    }

    fn comma(&mut self) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Compact { out: self.out })
    }

    /// The names of fields and variants are Rust's, in which nothing is to be escaped.
    fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        self.comma();
        self.out.reserve(key.len().saturating_add(3));
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.value(value)
    }

    fn finish(self) {
        self.out.extend_from_slice(self.end);
    }
}

/// Numbers, by their decimal digits.
macro_rules! numbers {
    ($($name:ident($type:ty);)*) => {
        $(fn $name(self, value: $type) -> Result<(), Error> {
            self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
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
        self.out.extend_from_slice(word);
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
        self.out.extend_from_slice(b"null");
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
        let begun = self.out.len();
        self.value(key)?;
        match self.out.get(begun) {
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
    fn what_no_model_has_is_an_error_and_leaves_nothing() {
        let mut out = b"before".to_vec();
        add_line(&1.5, &mut out).unwrap_err();
        add_line(&std::collections::BTreeMap::from([(1, 2)]), &mut out).unwrap_err();
        assert_eq!(out, b"before");
    }
}
