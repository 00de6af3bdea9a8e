//! Hex as people paste it.

/// Why a text is no hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HexError {
    /// An odd number of digits.
    #[error("{0} hex digits: an odd number, so a digit is missing or one too many")]
    Odd(usize),
    /// Something that is no digit, no space and no colon.
    #[error("character {0} is not a hex digit, a space or a colon")]
    NotHex(usize),
}

/// The bytes a hex text stands for. White space, colons and a leading `0x` are skipped.
///
/// # Errors
/// An odd number of digits, or another character; the message never repeats the text.
pub fn parse(text: &str) -> Result<Vec<u8>, HexError> {
    let trimmed = text.trim();
    let digits_only = trimmed.strip_prefix("0x").unwrap_or(trimmed);
    let mut digits = Vec::with_capacity(digits_only.len());
    for (index, c) in digits_only.chars().enumerate() {
        match c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()) {
            Some(digit) => digits.push(digit),
            None if c.is_whitespace() || c == ':' => {}
            None => return Err(HexError::NotHex(index.saturating_add(1))),
        }
    }
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(HexError::Odd(digits.len()));
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// Bytes as lower-case hex.
#[must_use]
pub fn lower(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('?');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_colons_and_prefix() {
        for text in ["0aFF10", "0a:ff:10", " 0A ff 10\n", "0x0aff10"] {
            assert_eq!(parse(text), Ok(vec![0x0a, 0xff, 0x10]), "{text}");
        }
        assert_eq!(parse(""), Ok(vec![]));
        assert_eq!(lower(&[0x0a, 0xff]), "0aff");
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(parse("abc"), Err(HexError::Odd(3)));
        assert_eq!(parse("0a zz"), Err(HexError::NotHex(4)));
    }
}
