//! OK: the server lets the client in.
//!
//! | size | field |
//! |---|---|
//! | 1 | 0x00 |
//! | `int<lenenc>` | affected rows |
//! | `int<lenenc>` | last insert id |
//! | 2 | status flags |
//! | 2 | warnings (not before protocol 4.1) |
//! | `string<lenenc>` or to the end | info; MariaDB may prove here that it knows the password |
//! | `string<lenenc>` | session state changes, if announced |
//!
//! Source: "`OK_Packet`" in the MySQL Source Code Documentation.

use super::error::WireError;
use super::field::{Step, finish, marker, u16_of};
use super::lenenc::{int_of, string_of};

/// `OK_Packet`. A field behind the capture's cut is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct OkPacket {
    /// Affected rows; 0 for a login.
    pub affected_rows: Option<u64>,
    /// The last inserted id; 0 for a login.
    pub last_insert_id: Option<u64>,
    /// The status flags.
    pub status: Option<u16>,
    /// The number of warnings.
    pub warnings: Option<u16>,
    /// The text for the user, or MariaDB's proof (0x01 and 64 hex digits); often empty.
    pub info: Option<Vec<u8>>,
}

/// The shortest OK there is: protocols before 4.1 have no warnings.
const SHORTEST: u64 = 5;

impl OkPacket {
    /// Reads the packet, or its beginning if `missing` bytes of it were not captured.
    ///
    /// # Errors
    ///
    /// If the first byte is not 0x00 or the packet is shorter than an OK can be.
    pub fn parse(payload: &[u8], missing: u64) -> Result<Self, WireError> {
        let structure = "OK_Packet";
        let (rest, ()) = finish(structure, payload, marker(b"\0", "0x00", payload))?;
        let length = (payload.len() as u64).saturating_add(missing);
        if length < SHORTEST {
            return Err(WireError::TooShort {
                structure,
                field: "the packet",
                offset: 0,
                needed: SHORTEST,
                had: payload.len(),
            });
        }
        let mut ok = Self::default();
        let read = finish(structure, payload, fields(rest, missing, &mut ok));
        match read {
            Err(error) if missing == 0 => Err(error),
            _ => Ok(ok),
        }
    }
}

fn fields<'a>(input: &'a [u8], missing: u64, out: &mut OkPacket) -> Step<'a, ()> {
    let (rest, affected_rows) = int_of("the affected rows", input)?;
    out.affected_rows = Some(affected_rows);
    let (rest, last_insert_id) = int_of("the last insert id", rest)?;
    out.last_insert_id = Some(last_insert_id);
    let (rest, status) = u16_of("the status flags", rest)?;
    out.status = Some(status);
    if rest.is_empty() && missing == 0 {
        return Ok((rest, ()));
    }
    let (rest, warnings) = u16_of("the warnings", rest)?;
    out.warnings = Some(warnings);
    // Servers write a length before the text whatever the documentation's flags say.
    if let Ok((rest, info)) = string_of("the info", rest) {
        out.info = Some(info.to_vec());
        return Ok((rest, ()));
    }
    if missing == 0 {
        out.info = Some(rest.to_vec());
    }
    Ok((&[], ()))
}

#[cfg(test)]
mod tests {
    use super::super::test_bytes::{hex, payload};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn real_packets() {
        // zeek/mysql.pcap, frame 8.
        let ok = OkPacket::parse(&payload("0700000200000002000000"), 0).unwrap();
        assert_eq!((ok.affected_rows, ok.last_insert_id), (Some(0), Some(0)));
        assert_eq!((ok.status, ok.warnings), (Some(2), Some(0)));
        assert_eq!(ok.info.as_deref(), Some(&b""[..]));
        // pcap2mysql-log/compressed.pcap: with session state changes.
        let text = "1000000200000002400000000701050464656d6f";
        let ok = OkPacket::parse(&payload(text), 0).unwrap();
        assert_eq!(
            (ok.status, ok.info.as_deref()),
            (Some(0x4002), Some(&b""[..]))
        );
    }

    #[test]
    fn forms() {
        let old = OkPacket::parse(&hex("0000000200"), 0).unwrap();
        assert_eq!((old.status, old.warnings), (Some(2), None));
        let proof = [&hex("00000002000000 41 01")[..], &[b'a'; 64]].concat();
        assert_eq!(OkPacket::parse(&proof, 0).unwrap().info.unwrap().len(), 65);
        let text = [&hex("00000002000000")[..], b"Rows"].concat();
        assert_eq!(OkPacket::parse(&text, 0).unwrap().info.unwrap(), b"Rows");
        let cut = OkPacket::parse(&hex("0000000200"), 2).unwrap();
        assert_eq!((cut.status, cut.warnings, cut.info), (Some(2), None, None));
        assert!(OkPacket::parse(&hex("00000002"), 0).is_err());
        assert!(OkPacket::parse(&hex("fe000002000000"), 0).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(mut payload: Vec<u8>, missing in 0_u64..9) {
            payload.insert(0, 0);
            let _ = OkPacket::parse(&payload, missing);
        }
    }
}
