//! The login packet before protocol 4.1.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 2 | capabilities |
//! | 2 | 3 | largest packet the client takes, in bytes |
//! | 5 | to NUL | user; may run to the end |
//! | | to NUL | response, 8 bytes; to the end if no database follows |
//! | | to NUL | database, if `CONNECT_WITH_DB`; may run to the end |
//!
//! Source: "`Protocol::HandshakeResponse320`" in the MySQL Source Code Documentation.

use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::field_bytes::FieldBytes;

use super::captured::Captured;
use super::error::WireError;
use super::field::{Step, finish, nul_or_end, u16_of, u24_of};

/// `HandshakeResponse320`. A field behind the capture's cut is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HandshakeResponse320 {
    /// The client's capabilities, 16 bits.
    pub capabilities: Capabilities,
    /// The largest packet the client takes, in bytes.
    pub max_packet: Option<u32>,
    /// The user name; may be empty.
    pub user: Option<FieldBytes>,
    /// The response; it holds no NUL.
    pub auth_response: Option<Captured>,
    /// The database, if one is named; never empty.
    pub database: Option<FieldBytes>,
    /// Bytes at the end of the message that the capture does not hold.
    pub missing: u64,
    /// Departures from the documented form that were parsed all the same.
    pub quirks: Vec<&'static str>,
}

impl HandshakeResponse320 {
    /// Reads the login packet, or its beginning if `missing` bytes of it were not captured.
    ///
    /// # Errors
    ///
    /// If not even the capabilities are there, or a whole packet ends before the user.
    pub fn parse(payload: &[u8], missing: u64) -> Result<Self, WireError> {
        let structure = "HandshakeResponse320";
        let (rest, flags) = finish(structure, payload, u16_of("the capabilities", payload))?;
        let mut response = Self {
            capabilities: Capabilities(u64::from(flags)),
            missing,
            ..Self::default()
        };
        let read = finish(structure, payload, fields(rest, missing, &mut response));
        match read {
            Err(error) if missing == 0 => Err(error),
            _ => Ok(response),
        }
    }
}

fn fields<'a>(input: &'a [u8], missing: u64, out: &mut HandshakeResponse320) -> Step<'a, ()> {
    let (rest, max_packet) = u24_of("the largest packet", input)?;
    out.max_packet = Some(max_packet);
    let (rest, (user, _)) = nul_or_end("the user", missing, rest)?;
    out.user = Some(user.into());
    let (rest, (bytes, _)) = nul_or_end("the response", missing, rest)?;
    out.auth_response = Some(Captured::rest(bytes, 0));
    let announced = out.capabilities.has(Capabilities::CONNECT_WITH_DB);
    if rest.is_empty() && missing == 0 {
        return Ok((rest, ()));
    }
    let (rest, (database, _)) = nul_or_end("the database", missing, rest)?;
    if announced {
        out.database = (!database.is_empty()).then(|| database.into());
    }
    if !announced || !rest.is_empty() {
        out.quirks.push("bytes follow the last field");
    }
    Ok((rest, ()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms() {
        // (bytes behind the flags and the size, user, response, database, quirks)
        type Row<'a> = (u8, &'a [u8], &'a [u8], &'a [u8], Option<&'a [u8]>, usize);
        let table: [Row; 8] = [
            (0x85, b"old\0BCDEFGHI", b"old", b"BCDEFGHI", None, 0),
            (0x85, b"old\0BCDEFGHI\0", b"old", b"BCDEFGHI", None, 0),
            (
                0x8d,
                b"old\0BCDEFGHI\0shop\0",
                b"old",
                b"BCDEFGHI",
                Some(b"shop"),
                0,
            ),
            (
                0x8d,
                b"old\0BCDEFGHI\0shop",
                b"old",
                b"BCDEFGHI",
                Some(b"shop"),
                0,
            ),
            (0x8d, b"old\0\0shop\0", b"old", b"", Some(b"shop"), 0),
            (0x8d, b"old\0BCDEFGHI\0", b"old", b"BCDEFGHI", None, 0),
            (0x85, b"haproxy", b"haproxy", b"", None, 0),
            (0x85, b"old\0BCDEFGHI\0shop\0", b"old", b"BCDEFGHI", None, 1),
        ];
        for (flags, behind, user, response, database, quirks) in table {
            let bytes = [&[flags, 0x24, 0, 0, 1], behind].concat();
            let login = HandshakeResponse320::parse(&bytes, 0).unwrap();
            assert_eq!(login.max_packet, Some(0x1_0000));
            assert_eq!(login.user.as_deref(), Some(user), "{behind:?}");
            assert_eq!(
                login.auth_response,
                Some(Captured::rest(response, 0)),
                "{behind:?}"
            );
            assert_eq!(login.database.as_deref(), database, "{behind:?}");
            assert_eq!(login.quirks.len(), quirks, "{behind:?}");
        }
    }

    #[test]
    fn cut() {
        let bytes = b"\x85\x24\0\0\x01old\0BCDEFGHI";
        let login = HandshakeResponse320::parse(&bytes[..8], 9).unwrap();
        assert_eq!((login.user, login.missing), (None, 9));
        let login = HandshakeResponse320::parse(&bytes[..12], 5).unwrap();
        assert_eq!(
            (login.user.as_deref(), login.auth_response),
            (Some(&b"old"[..]), None)
        );
        assert!(HandshakeResponse320::parse(&bytes[..4], 0).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(payload: Vec<u8>, missing in 0_u64..9) {
            let _ = HandshakeResponse320::parse(&payload, missing);
        }
    }
}
