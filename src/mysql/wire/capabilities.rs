//! Capability flags: which optional fields and phases a connection has.
//!
//! Source: "Capabilities Flags" in the MySQL Source Code Documentation (bits 0 to 31), and
//! "Connection" in the MariaDB Knowledge Base (bits 32 and up, MariaDB's extended capabilities).

use std::ops::BitAnd;

/// A set of capability bits, MariaDB's extended ones in the upper half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub struct Capabilities(pub u64);

impl Capabilities {
    /// Bit 0; MariaDB servers and clients clear it to say that bits 32… are meant.
    pub const CLIENT_MYSQL: Self = Self(1);
    /// A database name follows in the login packet.
    pub const CONNECT_WITH_DB: Self = Self(1 << 3);
    /// zlib compression after the login.
    pub const COMPRESS: Self = Self(1 << 5);
    /// The 4.1 protocol: SQL states in errors, `HandshakeResponse41`.
    pub const PROTOCOL_41: Self = Self(1 << 9);
    /// TLS.
    pub const SSL: Self = Self(1 << 11);
    /// The 4.1 authentication with a 20-byte salt.
    pub const SECURE_CONNECTION: Self = Self(1 << 15);
    /// Authentication plugins are named.
    pub const PLUGIN_AUTH: Self = Self(1 << 19);
    /// Connection attributes follow in the login packet.
    pub const CONNECT_ATTRS: Self = Self(1 << 20);
    /// The response's length is a length-encoded integer.
    pub const LENENC_RESPONSE: Self = Self(1 << 21);
    /// zstd compression after the login.
    pub const ZSTD: Self = Self(1 << 26);
    /// Multi-factor authentication.
    pub const MULTI_FACTOR: Self = Self(1 << 28);

    /// Whether every bit of `wanted` is set.
    #[must_use]
    pub const fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

impl BitAnd for Capabilities {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
