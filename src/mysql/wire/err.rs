//! ERR: the server refuses.
//!
//! | size | field |
//! |---|---|
//! | 1 | 0xFF |
//! | 2 | error number |
//! | 1 | `#`, if protocol 4.1 was agreed on |
//! | 5 | SQL state, behind the `#` |
//! | to the end | text |
//!
//! An ERR sent in place of the greeting has no SQL state, as nothing is agreed on yet; the `#`
//! tells. Source: "`ERR_Packet`" in the MySQL Source Code Documentation.

use super::error::WireError;
use super::field::{Step, finish, marker, u16_of};

/// `ERR_Packet`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ErrorPacket {
    /// The server's error number, such as 1045.
    pub code: u16,
    /// The five characters of the SQL state, absent before the capabilities are agreed on.
    pub sql_state: Option<[u8; 5]>,
    /// The text, as sent.
    pub message: Vec<u8>,
    /// Bytes of the text that the capture does not hold.
    pub missing: u64,
}

impl ErrorPacket {
    /// Reads the packet, or its beginning if `missing` bytes of it were not captured.
    ///
    /// # Errors
    ///
    /// If the first byte is not 0xFF or the error number is not there.
    pub fn parse(payload: &[u8], missing: u64) -> Result<Self, WireError> {
        let (_, packet) = finish("ERR_Packet", payload, packet(payload, missing))?;
        Ok(packet)
    }
}

fn packet(input: &[u8], missing: u64) -> Step<'_, ErrorPacket> {
    let (rest, ()) = marker(b"\xff", "0xFF", input)?;
    let (rest, code) = u16_of("the error number", rest)?;
    let (sql_state, message, lacking) = match rest.split_first_chunk::<6>() {
        Some(([b'#', state @ ..], text)) if is_state(state) => (Some(*state), text, 0),
        // The cut runs through the SQL state: what is missing is not all text.
        None if missing > 0 && rest.first() == Some(&b'#') => {
            (None, &[][..], 6_u64.saturating_sub(rest.len() as u64))
        }
        _ => (None, rest, 0),
    };
    let packet = ErrorPacket {
        code,
        sql_state,
        message: message.to_vec(),
        missing: missing.saturating_sub(lacking),
    };
    Ok((&[], packet))
}

fn is_state(state: &[u8]) -> bool {
    state.iter().all(u8::is_ascii_alphanumeric)
}

/// Whether a server's first payload is an ERR in place of the greeting, whatever the port.
#[must_use]
pub fn looks_like(payload: &[u8]) -> bool {
    let Ok(error) = ErrorPacket::parse(payload, 0) else {
        return false;
    };
    // Servers translate the text, so bytes above ASCII are no objection.
    let text = |b: &u8| *b >= 0x20 && *b != 0x7f;
    let known = (1000..5000).contains(&error.code);
    known && error.message.len() >= 4 && error.message.iter().all(text)
}

#[cfg(test)]
mod tests {
    use super::super::test_bytes::{DENIED, HOST_NOT_ALLOWED, SEED_GREETING, payload};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn with_and_without_sql_state() {
        let denied = ErrorPacket::parse(&payload(DENIED), 0).unwrap();
        assert_eq!((denied.code, denied.sql_state), (1045, Some(*b"28000")));
        let text = b"Access denied for user 'root_nope'@'lumberjack.home' (using password: YES)";
        assert_eq!(denied.message, text);
        let host = ErrorPacket::parse(&payload(HOST_NOT_ALLOWED), 0).unwrap();
        assert_eq!((host.code, host.sql_state), (1130, None));
        assert!(
            host.message
                .starts_with(b"Host 'lumberjack.home' is not allowed")
        );
    }

    #[test]
    fn forms() {
        // (payload, missing, SQL state, text, missing text)
        type Row<'a> = (&'a [u8], u64, Option<&'a [u8; 5]>, &'a [u8], u64);
        let table: [Row; 7] = [
            (b"\xff\x15\x04", 0, None, b"", 0),
            (b"\xff\x15\x04#28000", 0, Some(b"28000"), b"", 0),
            (b"\xff\x15\x04#28000Acc", 40, Some(b"28000"), b"Acc", 40),
            (b"\xff\x15\x04#28", 43, None, b"", 40),
            (b"\xff\x15\x04#28", 0, None, b"#28", 0),
            (b"\xff\x15\x04# 1 of 2", 0, None, b"# 1 of 2", 0),
            (b"\xff\x15\x04Too", 17, None, b"Too", 17),
        ];
        for (bytes, missing, sql_state, message, lacking) in table {
            let error = ErrorPacket::parse(bytes, missing).unwrap();
            assert_eq!(error.sql_state.as_ref(), sql_state, "{bytes:?}");
            assert_eq!(error.message, message, "{bytes:?}");
            assert_eq!(error.missing, lacking, "{bytes:?}");
        }
        assert!(ErrorPacket::parse(b"\xff\x15", 0).is_err());
        assert!(ErrorPacket::parse(b"\0\0\0", 0).is_err());
    }

    #[test]
    fn detection() {
        assert!(looks_like(&payload(HOST_NOT_ALLOWED)));
        assert!(looks_like(b"\xff\x10\x04Too many connections"));
        assert!(!looks_like(&payload(SEED_GREETING)));
        for bytes in [
            b"\xff\xfd\x18\xff\xfd\x20".as_slice(),
            b"\xff\xff\xff\xffTSource",
            b"\xff\x10\x04a\0b\0c",
        ] {
            assert!(!looks_like(bytes), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(mut payload: Vec<u8>, missing in 0_u64..9) {
            payload.insert(0, 0xff);
            let _ = ErrorPacket::parse(&payload, missing);
            let _ = looks_like(&payload);
        }
    }
}
