//! The server's greeting.
//!
//! `HandshakeV10`:
//!
//! | size | field |
//! |---|---|
//! | 1 | protocol, 10 |
//! | to NUL | server version |
//! | 4 | thread id |
//! | 8 | salt, part 1 |
//! | 1 | filler, 0 |
//! | 2 | capabilities, low half (very old servers stop before or after it) |
//! | 1 | character set, low 8 bits |
//! | 2 | status flags |
//! | 2 | capabilities, high half |
//! | 1 | length of the salt with its NUL; 0 without `PLUGIN_AUTH` |
//! | 10 | reserved, zero; MariaDB: 6 zeros and `int<4>` extended capabilities, if bit 0 is clear |
//! | | salt, part 2, and the plugin's name: see `greeting_salt` |
//!
//! `HandshakeV9`: protocol 9, server version to NUL, `int<4>` thread id, salt to NUL.
//!
//! Source: "`Protocol::HandshakeV10`" and "`Protocol::HandshakeV9`" in the MySQL Source Code
//! Documentation; "Connection" in the MariaDB Knowledge Base.

use crate::mysql::plugin::Plugin;
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::wire::field_bytes::FieldBytes;

use super::error::WireError;
use super::field::{Broken, Step, bytes_of, finish, nul_or_end, nul_text, u8_of, u16_of, u32_of};
use super::greeting_salt::{Tail, settled, with_plugin, without_plugin};

/// `HandshakeV10` or `HandshakeV9` as it stood on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// 10, or 9 for servers before 3.21.
    pub protocol: u8,
    /// The server's version text, without its NUL.
    pub server_version: FieldBytes,
    /// The connection's id on the server.
    pub thread_id: u32,
    /// Both parts of the salt as they stood on the wire, the terminator included where there was
    /// one (without the filler between the parts).
    pub salt: FieldBytes,
    /// What the server offers; for MariaDB with the extended bits.
    pub capabilities: Capabilities,
    /// The default character set's id, low 8 bits.
    pub character_set: Option<u8>,
    /// The status flags.
    pub status: Option<u16>,
    /// The length byte of the salt as sent; `None` where the greeting has none.
    pub salt_length_byte: Option<u8>,
    /// The plugin the salt is for, if the greeting names one.
    pub plugin: Option<Plugin>,
    /// Departures from the documented form that were parsed all the same.
    pub quirks: Vec<&'static str>,
}

/// A greeting of which only the beginning was captured.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PartialGreeting {
    /// 10 or 9.
    pub protocol: u8,
    /// The server's version text, without its NUL.
    pub server_version: Option<FieldBytes>,
    /// The connection's id on the server.
    pub thread_id: Option<u32>,
    /// What the server offers, if all of it is there.
    pub capabilities: Option<Capabilities>,
    /// Everything but the plugin's name, if the cut lies behind the salt.
    pub without_plugin: Option<Greeting>,
}

const STRUCTURE: &str = "HandshakeV10";
const STRUCTURE_V9: &str = "HandshakeV9";
/// The longest version text that [`looks_like`] believes.
const LONGEST_VERSION: usize = 64;

impl Greeting {
    /// Reads a whole greeting.
    ///
    /// # Errors
    ///
    /// If the payload is no greeting of protocol 9 or 10, or ends before the salt does.
    pub fn parse(payload: &[u8]) -> Result<Self, WireError> {
        if payload.first() == Some(&9) {
            return finish(STRUCTURE_V9, payload, version_9(payload)).map(|(_, greeting)| greeting);
        }
        let read = version_10(payload, &mut Seen::default());
        finish(STRUCTURE, payload, read).map(|(_, greeting)| greeting)
    }

    /// Reads what `prefix`, the beginning of a greeting, has of it. `None` if the first byte is neither protocol 9
    /// nor 10.
    #[must_use]
    pub fn parse_partial(prefix: &[u8]) -> Option<PartialGreeting> {
        let mut seen = Seen {
            is_partial: true,
            ..Seen::default()
        };
        match prefix.first()? {
            9 => drop(opening(prefix, &mut seen)),
            10 => drop(version_10(prefix, &mut seen)),
            _ => return None,
        }
        Some(PartialGreeting {
            protocol: seen.protocol,
            server_version: seen.server_version.map(FieldBytes::from),
            thread_id: seen.thread_id,
            capabilities: seen.capabilities,
            without_plugin: seen.without_plugin,
        })
    }
}

/// What was read so far, in place: [`PartialGreeting`].
#[derive(Default)]
struct Seen<'a> {
    protocol: u8,
    server_version: Option<&'a [u8]>,
    thread_id: Option<u32>,
    capabilities: Option<Capabilities>,
    /// It is known to be cut: `without_plugin` is wanted.
    is_partial: bool,
    without_plugin: Option<Greeting>,
}

/// Protocol, version and thread id, which both versions begin with.
fn opening<'a>(input: &'a [u8], seen: &mut Seen<'a>) -> Step<'a, ()> {
    let (rest, protocol) = u8_of("the protocol", input)?;
    if !matches!(protocol, 9 | 10) {
        return Err(Broken::unexpected(input, "the protocol", "10 or 9"));
    }
    seen.protocol = protocol;
    let (rest, version) = nul_text("the server version", rest)?;
    seen.server_version = Some(version);
    let (rest, thread_id) = u32_of("the thread id", rest)?;
    seen.thread_id = Some(thread_id);
    Ok((rest, ()))
}

/// A greeting with what `opening` read and no optional field.
fn begun(seen: &Seen<'_>, beginning: &[u8]) -> Greeting {
    Greeting {
        protocol: seen.protocol,
        server_version: seen.server_version.unwrap_or_default().into(),
        thread_id: seen.thread_id.unwrap_or_default(),
        salt: beginning.into(),
        capabilities: Capabilities::default(),
        character_set: None,
        status: None,
        salt_length_byte: None,
        plugin: None,
        quirks: Vec::new(),
    }
}

fn version_9(input: &[u8]) -> Step<'_, Greeting> {
    let mut seen = Seen::default();
    let (rest, ()) = opening(input, &mut seen)?;
    let (after, (salt, terminated)) = nul_or_end("the salt", 0, rest)?;
    let wire = rest.get(..salt.len().saturating_add(usize::from(terminated)));
    let mut greeting = begun(&seen, wire.unwrap_or(salt));
    if !terminated {
        greeting.quirks.push("the salt has no terminating NUL");
    }
    Ok((after, greeting))
}

fn version_10<'a>(input: &'a [u8], seen: &mut Seen<'a>) -> Step<'a, Greeting> {
    let (rest, ()) = opening(input, seen)?;
    let (rest, part_1) = bytes_of("the salt's first part", 8, rest)?;
    let mut greeting = begun(seen, part_1);
    let quirks = &mut greeting.quirks;
    if part_1.contains(&0) {
        quirks.push("the salt's first part holds a NUL");
    }
    if rest.len() < 3 {
        quirks.push("the greeting ends before the capabilities");
        return Ok((rest, greeting));
    }
    let (rest, filler) = u8_of("the filler", rest)?;
    if filler != 0 {
        quirks.push("the filler behind the salt's first part is not zero");
    }
    let (rest, low) = u16_of("the lower capabilities", rest)?;
    greeting.capabilities = Capabilities(u64::from(low));
    if rest.is_empty() {
        quirks.push("the greeting ends before the character set");
        return Ok((rest, greeting));
    }
    let (rest, character_set) = u8_of("the character set", rest)?;
    greeting.character_set = Some(character_set);
    let (rest, status) = u16_of("the status flags", rest)?;
    greeting.status = Some(status);
    let (rest, high) = u16_of("the upper capabilities", rest)?;
    let (rest, length_byte) = u8_of("the salt's length byte", rest)?;
    let (rest, reserved) = bytes_of("the reserved bytes", 10, rest)?;
    let (zeros, extended) = split_reserved(low, reserved);
    if !zeros {
        quirks.push("the reserved bytes are not zero");
    }
    greeting.capabilities =
        Capabilities(u64::from(extended) << 32 | u64::from(high) << 16 | u64::from(low));
    seen.capabilities = Some(greeting.capabilities);
    let plugins = greeting.capabilities.has(Capabilities::PLUGIN_AUTH);
    greeting.salt_length_byte = (plugins || length_byte != 0).then_some(length_byte);
    if rest.is_empty() && !greeting.capabilities.has(Capabilities::SECURE_CONNECTION) {
        return Ok((rest, greeting));
    }
    if seen.is_partial {
        seen.without_plugin = settled(length_byte, rest).map(|part_2| {
            let salt = [part_1, part_2].concat().into();
            let greeting = greeting.clone();
            Greeting { salt, ..greeting }
        });
    }
    let tail = if plugins {
        with_plugin(length_byte, rest)
    } else {
        without_plugin(rest)
    };
    let Some(tail) = tail else {
        return Err(Broken::short(rest, "the salt's second part", 12));
    };
    Ok((&[], ended(greeting, tail)))
}

fn ended(mut greeting: Greeting, tail: Tail<'_>) -> Greeting {
    greeting.salt.extend_from_slice(tail.salt);
    greeting.plugin = tail.plugin;
    greeting.quirks.extend(tail.quirks);
    greeting
}

/// Whether the reserved bytes are as they should be, and MariaDB's extended capabilities, which
/// are meant only where bit 0 is clear.
fn split_reserved(low: u16, reserved: &[u8]) -> (bool, u32) {
    let mariadb = low & 1 == 0;
    let zeros = if mariadb { 6 } else { 10 };
    let (head, tail) = reserved.split_at_checked(zeros).unwrap_or((reserved, &[]));
    let extended = u32_of("the extended capabilities", tail).map_or(0, |(_, value)| value);
    (head.iter().all(|b| *b == 0), extended)
}

/// Whether a server's first payload is a greeting, whatever the port. `payload` may be its
/// beginning, if that reaches behind the filler.
#[must_use]
pub fn looks_like(payload: &[u8]) -> bool {
    let mut seen = Seen::default();
    let Ok((rest, ())) = opening(payload, &mut seen) else {
        return false;
    };
    let version = seen.server_version.unwrap_or_default();
    let printable = version.iter().all(|b| (0x20..0x7f).contains(b));
    if !printable || version.len() > LONGEST_VERSION {
        return false;
    }
    let number = version.first().is_some_and(u8::is_ascii_digit) && version.contains(&b'.');
    if seen.protocol == 9 {
        return number && matches!(rest, [salt @ .., 0] if salt.len() == 8 && !salt.contains(&0));
    }
    if rest.get(8) != Some(&0) {
        return false;
    }
    // A version that is no number (some proxies) needs the modern form, written well, as a second
    // witness; a text alone can stand in any binary protocol.
    let modern = Capabilities::PROTOCOL_41.0 | Capabilities::SECURE_CONNECTION.0;
    let is_modern = |g: &Greeting| {
        g.capabilities.has(Capabilities(modern)) && g.salt.len() >= 20 && g.quirks.len() <= 1
    };
    let word = version.len() >= 2 && version.first().is_some_and(u8::is_ascii_alphabetic);
    number || word && Greeting::parse(payload).is_ok_and(|greeting| is_modern(&greeting))
}

#[cfg(test)]
#[path = "greeting_tests.rs"]
mod tests;
