//! What the parsers of this folder share: nom parsers for one named field each, so that an error
//! can say which field it was, and the step from nom's result to a [`WireError`].
//!
//! "Protocol Data Types" in the MySQL Source Code Documentation:
//!
//! | type | here |
//! |---|---|
//! | `int<1>` … `int<4>`, little-endian | [`u8_of`] … [`u32_of`] |
//! | `string<fix>` | [`bytes_of`] |
//! | `string<NUL>` | [`nul_text`] |
//! | `string<NUL>` that may also run to the end | [`nul_or_end`] |

use nom::bytes::complete::{tag, take, take_until};
use nom::error::{ErrorKind, ParseError};
use nom::number::complete::{le_u8, le_u16, le_u24, le_u32};
use nom::sequence::terminated;
use nom::{IResult, Parser};

use super::error::WireError;

/// What a parser of a field answers.
pub(super) type Step<'a, T> = IResult<&'a [u8], T, Broken<'a>>;

/// A field that could not be read, with the bytes from its beginning on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken<'a> {
    at: &'a [u8],
    field: &'static str,
    problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    TooShort { needed: u64 },
    Unterminated,
    Unexpected(&'static str),
}

impl<'a> Broken<'a> {
    fn new(at: &'a [u8], field: &'static str, problem: Problem) -> nom::Err<Self> {
        nom::Err::Error(Self { at, field, problem })
    }

    /// The field begins at `at` and would take `needed` bytes.
    pub(super) fn short(at: &'a [u8], field: &'static str, needed: u64) -> nom::Err<Self> {
        Self::new(at, field, Problem::TooShort { needed })
    }

    /// The field begins at `at` and does not hold what it should.
    pub(super) fn unexpected(
        at: &'a [u8],
        field: &'static str,
        expected: &'static str,
    ) -> nom::Err<Self> {
        Self::new(at, field, Problem::Unexpected(expected))
    }
}

impl<'a> ParseError<&'a [u8]> for Broken<'a> {
    fn from_error_kind(at: &'a [u8], _: ErrorKind) -> Self {
        let problem = Problem::TooShort { needed: 1 };
        let field = "a field";
        Self { at, field, problem }
    }

    fn append(_: &'a [u8], _: ErrorKind, inner: Self) -> Self {
        inner
    }
}

fn sized<'a, T>(
    field: &'static str,
    needed: u64,
    mut parser: impl Parser<&'a [u8], Output = T, Error = Broken<'a>>,
    input: &'a [u8],
) -> Step<'a, T> {
    let parsed = parser.parse(input);
    parsed.map_err(|_| Broken::short(input, field, needed))
}

/// `int<1>`.
pub(super) fn u8_of<'a>(field: &'static str, input: &'a [u8]) -> Step<'a, u8> {
    sized(field, 1, le_u8, input)
}

/// `int<2>`.
pub(super) fn u16_of<'a>(field: &'static str, input: &'a [u8]) -> Step<'a, u16> {
    sized(field, 2, le_u16, input)
}

/// `int<3>`.
pub(super) fn u24_of<'a>(field: &'static str, input: &'a [u8]) -> Step<'a, u32> {
    sized(field, 3, le_u24, input)
}

/// `int<4>`.
pub(super) fn u32_of<'a>(field: &'static str, input: &'a [u8]) -> Step<'a, u32> {
    sized(field, 4, le_u32, input)
}

/// `string<fix>` of `length` bytes.
pub(super) fn bytes_of<'a>(
    field: &'static str,
    length: usize,
    input: &'a [u8],
) -> Step<'a, &'a [u8]> {
    sized(field, length as u64, take(length), input)
}

/// The one byte that the structure begins with.
pub(super) fn marker<'a>(
    value: &'static [u8],
    expected: &'static str,
    input: &'a [u8],
) -> Step<'a, ()> {
    let parsed: Step<'a, &[u8]> = tag(value).parse(input);
    match parsed {
        Ok((rest, _)) => Ok((rest, ())),
        Err(_) => Err(Broken::unexpected(input, "the header", expected)),
    }
}

/// `string<NUL>`: the text, without its NUL.
pub(super) fn nul_text<'a>(field: &'static str, input: &'a [u8]) -> Step<'a, &'a [u8]> {
    let parsed: Step<'a, &[u8]> =
        terminated(take_until(b"\0".as_slice()), take(1_usize)).parse(input);
    parsed.map_err(|_| Broken::new(input, field, Problem::Unterminated))
}

/// A text that ends in NUL or with the message; whether the NUL was there. Where the message was
/// cut (`missing` > 0), only the NUL shows that the text is whole.
pub(super) fn nul_or_end<'a>(
    field: &'static str,
    missing: u64,
    input: &'a [u8],
) -> Step<'a, (&'a [u8], bool)> {
    match nul_text(field, input) {
        Ok((rest, text)) => Ok((rest, (text, true))),
        Err(_) if missing == 0 => {
            let (rest, text) = bytes_of(field, input.len(), input)?;
            Ok((rest, (text, false)))
        }
        Err(error) => Err(error),
    }
}

/// What was parsed, or an error that says where in `whole` it went wrong.
pub(super) fn finish<'a, T>(
    structure: &'static str,
    whole: &'a [u8],
    step: Step<'a, T>,
) -> Result<(&'a [u8], T), WireError> {
    step.map_err(|error| {
        let Broken { at, field, problem } = match error {
            nom::Err::Error(broken) | nom::Err::Failure(broken) => broken,
            nom::Err::Incomplete(_) => Broken::from_error_kind(&[], ErrorKind::Eof),
        };
        let offset = whole.len().saturating_sub(at.len());
        let had = at.len();
        match problem {
            Problem::TooShort { needed } => WireError::TooShort {
                structure,
                field,
                offset,
                needed,
                had,
            },
            Problem::Unterminated => WireError::Unterminated {
                structure,
                field,
                offset,
                had,
            },
            Problem::Unexpected(expected) => WireError::Unexpected {
                structure,
                field,
                offset,
                expected,
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_knows_its_field_and_offset() {
        let whole = [1, 2, 3];
        let (rest, first) = u8_of("the first", &whole).unwrap();
        assert_eq!(first, 1);
        let error = finish("Example", &whole, u32_of("the second", rest)).unwrap_err();
        let WireError::TooShort {
            offset,
            needed,
            had,
            ..
        } = error
        else {
            panic!("{error}")
        };
        assert_eq!((offset, needed, had), (1, 4, 2));
    }

    #[test]
    fn a_text_without_nul_is_whole_only_where_nothing_is_missing() {
        assert_eq!(
            nul_or_end("t", 0, b"ab"),
            Ok((&b""[..], (&b"ab"[..], false)))
        );
        assert_eq!(
            nul_or_end("t", 9, b"ab\0c"),
            Ok((&b"c"[..], (&b"ab"[..], true)))
        );
        assert!(nul_or_end("t", 1, b"ab").is_err());
    }
}
