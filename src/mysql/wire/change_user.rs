//! `COM_CHANGE_USER`: a further login on the same connection.
//!
//! | size | field | if |
//! |---|---|---|
//! | 1 | 0x11 | |
//! | to NUL | user | |
//! | `int<1>` and bytes | response | `SECURE_CONNECTION` |
//! | to NUL | response | else |
//! | to NUL | database | |
//! | 2 | character set | anything is left |
//! | to NUL | plugin | `PLUGIN_AUTH` |
//! | | connection attributes | `CONNECT_ATTRS` |
//!
//! Source: "`COM_CHANGE_USER`" in the MySQL Source Code Documentation.

use crate::mysql::plugin::Plugin;
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::field_bytes::FieldBytes;

use super::attributes::{Attributes, attributes};
use super::captured::{Captured, captured};
use super::error::WireError;
use super::field::{Step, finish, marker, nul_or_end, nul_text, u8_of, u16_of};

/// `COM_CHANGE_USER`. A field behind the capture's cut is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ChangeUser {
    /// The user name; may be empty.
    pub user: Option<FieldBytes>,
    /// The response over the last salt of the connection.
    pub auth_response: Option<Captured>,
    /// The database, if one is named; never empty.
    pub database: Option<FieldBytes>,
    /// The client's character set id.
    pub character_set: Option<u16>,
    /// The plugin that the response is for, by the client's word.
    pub plugin: Option<Plugin>,
    /// The connection attributes that are whole.
    pub attributes: Attributes,
    /// Bytes at the end of the message that the capture does not hold.
    pub missing: u64,
    /// Departures from the documented form that were parsed all the same.
    pub quirks: Vec<&'static str>,
}

impl ChangeUser {
    /// The command byte.
    pub const COMMAND: u8 = 0x11;

    /// Reads the command, or its beginning if `missing` bytes of it were not captured. `agreed` are
    /// the capabilities that both sides announced; where they are not known, the fields are read as
    /// long as there are bytes.
    ///
    /// # Errors
    ///
    /// If the first byte is not 0x11, or a whole command ends before its response does.
    pub fn parse(
        payload: &[u8],
        missing: u64,
        agreed: Option<Capabilities>,
    ) -> Result<Self, WireError> {
        let structure = "COM_CHANGE_USER";
        let (rest, ()) = finish(structure, payload, marker(b"\x11", "0x11", payload))?;
        let mut command = Self {
            missing,
            ..Self::default()
        };
        let read = fields(rest, missing, agreed, &mut command);
        let read = finish(structure, payload, read);
        match read {
            Err(error) if missing == 0 => return Err(error),
            Ok((rest, ())) if !rest.is_empty() => {
                command.quirks.push("bytes follow the last field");
            }
            _ => {}
        }
        Ok(command)
    }
}

fn fields<'a>(
    input: &'a [u8],
    missing: u64,
    agreed: Option<Capabilities>,
    out: &mut ChangeUser,
) -> Step<'a, ()> {
    let announced = |wanted| agreed.is_none_or(|flags| flags.has(wanted));
    let ended = |rest: &[u8]| rest.is_empty() && missing == 0;
    let (rest, user) = nul_text("the user", input)?;
    out.user = Some(user.into());
    let (rest, response) = if announced(Capabilities::SECURE_CONNECTION) {
        let (rest, length) = u8_of("the response's length", rest)?;
        captured("the response", u64::from(length), missing, rest)?
    } else {
        let (rest, (bytes, _)) = nul_or_end("the response", missing, rest)?;
        (rest, Captured::rest(bytes, 0))
    };
    let cut = !response.is_whole();
    out.auth_response = Some(response);
    if cut {
        return Ok((rest, ()));
    }
    let (rest, (database, _)) = nul_or_end("the database", missing, rest)?;
    out.database = (!database.is_empty()).then(|| database.into());
    if ended(rest) {
        return Ok((rest, ()));
    }
    let (rest, character_set) = u16_of("the character set", rest)?;
    out.character_set = Some(character_set);
    let mut rest = rest;
    if announced(Capabilities::PLUGIN_AUTH) && !ended(rest) {
        let (after, (name, terminated)) = nul_or_end("the plugin", missing, rest)?;
        out.plugin = Some(Plugin::from_name(name));
        if !terminated {
            out.quirks.push("the plugin name has no terminating NUL");
        }
        rest = after;
    }
    if announced(Capabilities::CONNECT_ATTRS) && !ended(rest) {
        let (after, (pairs, quirk)) = attributes(missing, rest)?;
        out.attributes = pairs;
        out.quirks.extend(quirk);
        rest = after;
    }
    Ok((rest, ()))
}

#[cfg(test)]
mod tests {
    use super::super::test_bytes::{CHANGE_USER, payload};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn connector_python() {
        let command = ChangeUser::parse(&payload(CHANGE_USER), 0, None).unwrap();
        assert_eq!(command.user.as_deref(), Some(&b"root2"[..]));
        assert_eq!(command.auth_response.unwrap().bytes.len(), 32);
        assert_eq!((command.database, command.character_set), (None, Some(255)));
        assert_eq!(command.plugin, Some(Plugin::CachingSha2));
        assert_eq!((command.attributes.len(), command.quirks.len()), (7, 0));
    }

    #[test]
    fn forms() {
        // (payload, agreed, response, database, character set, quirks)
        type Row<'a> = (
            &'a [u8],
            Option<Capabilities>,
            &'a [u8],
            Option<&'a [u8]>,
            Option<u16>,
            usize,
        );
        let old = Some(Capabilities(Capabilities::PROTOCOL_41.0));
        let secure = Capabilities::SECURE_CONNECTION.0 | Capabilities::PROTOCOL_41.0;
        let secure = Some(Capabilities(secure));
        let table: [Row; 5] = [
            (b"\x11u\0\x01xshop\0", secure, b"x", Some(b"shop"), None, 0),
            (
                b"\x11u\0\x01xshop\0\x2d\0",
                secure,
                b"x",
                Some(b"shop"),
                Some(45),
                0,
            ),
            (
                b"\x11u\0xxxxxxxx\0shop\0",
                old,
                b"xxxxxxxx",
                Some(b"shop"),
                None,
                0,
            ),
            (b"\x11u\0\0", None, b"", None, None, 0),
            (
                b"\x11u\0\x01xshop\0\x2d\0name\0",
                secure,
                b"x",
                Some(b"shop"),
                Some(45),
                1,
            ),
        ];
        for (bytes, agreed, response, database, character_set, quirks) in table {
            let command = ChangeUser::parse(bytes, 0, agreed).unwrap();
            assert_eq!(command.user.as_deref(), Some(&b"u"[..]), "{bytes:?}");
            assert_eq!(
                command.auth_response,
                Some(Captured::rest(response, 0)),
                "{bytes:?}"
            );
            assert_eq!(command.database.as_deref(), database, "{bytes:?}");
            assert_eq!(command.character_set, character_set, "{bytes:?}");
            assert_eq!(command.quirks.len(), quirks, "{bytes:?}");
        }
        assert!(ChangeUser::parse(b"\x11u", 0, None).is_err());
        assert!(ChangeUser::parse(b"\x03u\0\0\0", 0, None).is_err());
    }

    #[test]
    fn a_cut_never_makes_a_field_shorter() {
        let bytes = payload(CHANGE_USER);
        let whole = ChangeUser::parse(&bytes, 0, None).unwrap();
        for end in 1..bytes.len() {
            let missing = (bytes.len() - end) as u64;
            let cut = ChangeUser::parse(&bytes[..end], missing, None).unwrap();
            assert!(cut.user.is_none() || cut.user == whole.user);
            assert!(cut.plugin.is_none() || cut.plugin == whole.plugin);
            assert!(cut.attributes.len() <= whole.attributes.len());
            assert!(
                cut.attributes
                    .iter()
                    .zip(whole.attributes.iter())
                    .all(|(a, b)| a == b)
            );
            let length = |r: Captured| r.bytes.len() as u64 + r.missing;
            assert!(
                cut.auth_response
                    .is_none_or(|response| length(response) == 32)
            );
        }
    }

    proptest! {
        #[test]
        fn never_panics(mut payload: Vec<u8>, missing in 0_u64..99, agreed: Option<u64>) {
            payload.insert(0, ChangeUser::COMMAND);
            let _ = ChangeUser::parse(&payload, missing, agreed.map(Capabilities));
        }
    }
}
