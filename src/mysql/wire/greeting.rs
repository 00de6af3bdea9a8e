//! The server's greeting.

use crate::mysql::plugin::Plugin;
use crate::mysql::wire::capabilities::Capabilities;

/// HandshakeV10 or HandshakeV9 as it stood on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// 10, or 9 for servers before 3.21.
    pub protocol: u8,
    /// The server's version text, without its NUL.
    pub server_version: Vec<u8>,
    /// The connection's id on the server.
    pub thread_id: u32,
    /// Both parts of the salt as they stood on the wire, the terminator included where there was
    /// one (without the filler between the parts).
    pub salt: Vec<u8>,
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
