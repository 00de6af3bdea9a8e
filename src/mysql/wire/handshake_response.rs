//! The client's login packet.
//!
//! | offset | size | field | if |
//! |---|---|---|---|
//! | 0 | 4 | capabilities | |
//! | 4 | 4 | largest packet the client takes, in bytes | |
//! | 8 | 1 | character set | |
//! | 9 | 23 | filler; the last 4 are MariaDB's extended capabilities, if bit 0 is clear | |
//! | 32 | to NUL | user | |
//! | | length and bytes | response: length `int<lenenc>` | `LENENC_RESPONSE` |
//! | | | length `int<1>` | else `SECURE_CONNECTION` |
//! | | | to NUL | else |
//! | | to NUL | database | `CONNECT_WITH_DB` |
//! | | to NUL | plugin | `PLUGIN_AUTH` |
//! | | | connection attributes | `CONNECT_ATTRS` |
//! | | 1 | zstd level (Connector/C: `int<4>`) | ZSTD |
//!
//! Source: "`Protocol::HandshakeResponse41`" in the MySQL Source Code Documentation; "Connection" in
//! the MariaDB Knowledge Base.
//!
//! Clients set flags that the server did not offer and then leave the field out; some leave the
//! flag out and send the field. So the optional fields are read by what both sides announced, and
//! if that does not consume the packet exactly, by the client's flags alone, and then with a
//! database that no flag announces.

use crate::mysql::plugin::Plugin;
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::field_bytes::FieldBytes;

use super::attributes::{Attributes, attributes};
use super::captured::{Captured, captured};
use super::error::WireError;
use super::field::{Step, bytes_of, finish, nul_or_end, u8_of, u32_of};
use super::lenenc::int_of;

/// `HandshakeResponse41`. A field behind the capture's cut is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HandshakeResponse {
    /// The client's capabilities as sent; for MariaDB's clients with the extended bits.
    pub capabilities: Capabilities,
    /// The largest packet the client takes, in bytes.
    pub max_packet: Option<u32>,
    /// The client's character set id.
    pub character_set: Option<u16>,
    /// The user name; may be empty.
    pub user: Option<FieldBytes>,
    /// The response, never cut at a NUL: it is binary.
    pub auth_response: Option<Captured>,
    /// The database, if one is named; never empty.
    pub database: Option<FieldBytes>,
    /// The plugin that the response is for, by the client's word.
    pub plugin: Option<Plugin>,
    /// The connection attributes that are whole.
    pub attributes: Attributes,
    /// The zstd compression level asked for.
    pub zstd_level: Option<u32>,
    /// Bytes at the end of the message that the capture does not hold.
    pub missing: u64,
    /// Departures from the documented form that were parsed all the same.
    pub quirks: Vec<&'static str>,
}

/// The part before the user, as far as it is there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FixedPart {
    pub capabilities: Option<Capabilities>,
    pub max_packet: Option<u32>,
    pub character_set: Option<u16>,
}

const STRUCTURE: &str = "HandshakeResponse41";
/// Bytes before the user.
const FIXED_SIZE: usize = 32;

impl HandshakeResponse {
    /// Reads the login packet, or its beginning if `missing` bytes of it were not captured.
    /// `server` is what the greeting offered; `None` if the greeting was not captured.
    ///
    /// # Errors
    ///
    /// If not even the capabilities are there, or a whole packet ends inside a field.
    pub fn parse(
        payload: &[u8],
        missing: u64,
        server: Option<Capabilities>,
    ) -> Result<Self, WireError> {
        let fixed = fixed_part(payload, server);
        let (_, low) = finish(STRUCTURE, payload, u32_of("the capabilities", payload))?;
        let client = fixed.capabilities.unwrap_or(Capabilities(u64::from(low)));
        let begun = Self {
            capabilities: client,
            max_packet: fixed.max_packet,
            character_set: fixed.character_set,
            missing,
            ..Self::default()
        };
        let skipped = bytes_of("the fixed part", FIXED_SIZE, payload);
        let fields = match finish(STRUCTURE, payload, skipped) {
            Ok((fields, _)) => fields,
            Err(_) if missing > 0 => return Ok(begun),
            Err(error) => return Err(error),
        };
        let agreed = server.map_or(client, |server| client & server);
        if missing > 0 {
            let mut cut = begun;
            // The cut is where this stops; what was read before it stands.
            let _ = optional_fields(fields, missing, agreed, &mut cut);
            return Ok(cut);
        }
        whole(payload, fields, agreed, begun)
    }
}

/// Reads a whole packet by the first set of flags that consumes it exactly.
fn whole(
    payload: &[u8],
    fields: &[u8],
    agreed: Capabilities,
    begun: HandshakeResponse,
) -> Result<HandshakeResponse, WireError> {
    let client = begun.capabilities;
    let with_database = Capabilities(agreed.0 | Capabilities::CONNECT_WITH_DB.0);
    let attempts = [
        (agreed, None),
        (client, Some("fields follow that the server did not offer")),
        (with_database, Some("a database is sent without its flag")),
    ];
    let mut failure = None;
    let mut inexact: Option<HandshakeResponse> = None;
    for (flags, quirk) in attempts {
        let mut response = begun.clone();
        response.quirks.extend(quirk);
        let read = optional_fields(fields, 0, flags, &mut response);
        match finish(STRUCTURE, payload, read) {
            // A second reading must be clean, else any bytes could be read so.
            Ok(([], ())) if quirk.is_none() || response.quirks.len() == 1 => return Ok(response),
            Ok(_) => {
                response.quirks.push("bytes follow the last field");
                inexact.get_or_insert(response);
            }
            Err(error) => {
                failure.get_or_insert(error);
            }
        }
    }
    match (inexact, failure) {
        (Some(response), _) => Ok(response),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(begun),
    }
}

/// Reads what stands before the user. The extended capabilities count only where the client says
/// so (bit 0 clear) and the server, if it was heard, is a MariaDB that does too.
pub(super) fn fixed_part(payload: &[u8], server: Option<Capabilities>) -> FixedPart {
    let mut fixed = FixedPart::default();
    let Ok((rest, flags)) = u32_of("the capabilities", payload) else {
        return fixed;
    };
    let low = Capabilities(u64::from(flags));
    fixed.capabilities = Some(low);
    let Ok((rest, max_packet)) = u32_of("the largest packet", rest) else {
        return fixed;
    };
    fixed.max_packet = Some(max_packet);
    let Ok((rest, character_set)) = u8_of("the character set", rest) else {
        return fixed;
    };
    fixed.character_set = Some(u16::from(character_set));
    let mysql = Capabilities::CLIENT_MYSQL;
    let extended = rest.get(19..).map(|rest| u32_of("extended", rest));
    if let Some(Ok((_, extended))) = extended
        && !low.has(mysql)
        && !server.is_some_and(|server| server.has(mysql))
    {
        fixed.capabilities = Some(Capabilities(u64::from(extended) << 32 | low.0));
    }
    fixed
}

/// Reads from the user on, filling `out` field by field, so that what stands before a cut is kept.
fn optional_fields<'a>(
    input: &'a [u8],
    missing: u64,
    flags: Capabilities,
    out: &mut HandshakeResponse,
) -> Step<'a, ()> {
    let ended = |rest: &[u8]| rest.is_empty() && missing == 0;
    let (rest, (user, terminated)) = nul_or_end("the user", missing, input)?;
    out.user = Some(user.into());
    if !terminated {
        out.quirks.push("the user has no terminating NUL");
        return Ok((rest, ()));
    }
    let (rest, response) = auth_response(rest, missing, flags)?;
    let cut = !response.is_whole();
    out.auth_response = Some(response);
    if cut {
        return Ok((rest, ()));
    }
    let mut rest = rest;
    if flags.has(Capabilities::CONNECT_WITH_DB) && !ended(rest) {
        let (after, (database, _)) = nul_or_end("the database", missing, rest)?;
        out.database = (!database.is_empty()).then(|| database.into());
        rest = after;
    }
    if flags.has(Capabilities::PLUGIN_AUTH) {
        if ended(rest) {
            out.quirks
                .push("the plugin flag is set but no plugin follows");
            return Ok((rest, ()));
        }
        let (after, (name, terminated)) = nul_or_end("the plugin", missing, rest)?;
        out.plugin = Some(Plugin::from_name(name));
        if !terminated {
            out.quirks.push("the plugin name has no terminating NUL");
        }
        rest = after;
    }
    if flags.has(Capabilities::CONNECT_ATTRS) && !ended(rest) {
        let (after, (pairs, quirk)) = attributes(missing, rest)?;
        out.attributes = pairs;
        out.quirks.extend(quirk);
        rest = after;
    }
    if flags.has(Capabilities::ZSTD) && missing == 0 {
        if let Ok((after @ [], level)) = u32_of("the zstd level", rest) {
            out.zstd_level = Some(level);
            rest = after;
        } else if let Ok((after, level)) = u8_of("the zstd level", rest) {
            out.zstd_level = Some(u32::from(level));
            rest = after;
        }
    }
    Ok((rest, ()))
}

fn auth_response(input: &[u8], missing: u64, flags: Capabilities) -> Step<'_, Captured> {
    let field = "the response";
    if flags.has(Capabilities::LENENC_RESPONSE) {
        let (rest, length) = int_of("the response's length", input)?;
        captured(field, length, missing, rest)
    } else if flags.has(Capabilities::SECURE_CONNECTION) {
        let (rest, length) = u8_of("the response's length", input)?;
        captured(field, u64::from(length), missing, rest)
    } else {
        let (rest, (bytes, _)) = nul_or_end(field, missing, input)?;
        Ok((rest, Captured::rest(bytes, 0)))
    }
}

#[cfg(test)]
#[path = "handshake_response_tests.rs"]
mod tests;
