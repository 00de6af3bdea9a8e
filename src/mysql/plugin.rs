//! Authentication plugins, by the names they have on the wire.

use std::fmt;

/// What a plugin name stands for. Names not listed here stay visible as [`Plugin::Other`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Plugin {
    /// `mysql_native_password`
    NativePassword,
    /// `mysql_old_password`, also what a bare `0xFE` switches to
    OldPassword,
    /// `caching_sha2_password`
    CachingSha2,
    /// `sha256_password`
    Sha256,
    /// `mysql_clear_password`
    Clear,
    /// `dialog` (PAM)
    Dialog,
    /// `client_ed25519`, called `ed25519` in MariaDB's greeting
    Ed25519,
    /// `parsec`
    Parsec,
    /// `authentication_ldap_sasl_client` (SCRAM-SHA-1, SCRAM-SHA-256, GSSAPI)
    LdapSasl,
    /// Any other name, as it stood on the wire; perhaps empty, perhaps not text.
    Other(Vec<u8>),
}

/// The names of the known plugins as clients and auth switches spell them.
const NAMES: [(&str, Plugin); 9] = [
    ("mysql_native_password", Plugin::NativePassword),
    ("mysql_old_password", Plugin::OldPassword),
    ("caching_sha2_password", Plugin::CachingSha2),
    ("sha256_password", Plugin::Sha256),
    ("mysql_clear_password", Plugin::Clear),
    ("dialog", Plugin::Dialog),
    ("client_ed25519", Plugin::Ed25519),
    ("parsec", Plugin::Parsec),
    ("authentication_ldap_sasl_client", Plugin::LdapSasl),
];

impl Plugin {
    /// The plugin that a name on the wire stands for.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Self {
        if name == b"ed25519" {
            return Self::Ed25519;
        }
        NAMES
            .iter()
            .find(|(known, _)| known.as_bytes() == name)
            .map_or_else(|| Self::Other(name.to_vec()), |(_, plugin)| plugin.clone())
    }

    /// The name as an auth switch spells it.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Other(name) => name,
            known => NAMES
                .iter()
                .find(|(_, plugin)| plugin == known)
                .map_or(b"".as_slice(), |(name, _)| name.as_bytes()),
        }
    }

    /// How many bytes of salt the plugin sends before the terminating NUL, if it has a fixed number.
    #[must_use]
    pub const fn salt_length(&self) -> Option<usize> {
        match self {
            Self::NativePassword | Self::CachingSha2 | Self::Sha256 => Some(20),
            Self::OldPassword => Some(8),
            Self::Ed25519 | Self::Parsec => Some(32),
            _ => None,
        }
    }

    /// Whether a NUL follows the salt on the wire. The 32-byte nonces of MariaDB's plugins have
    /// none: they may end in a zero byte that belongs to them.
    #[must_use]
    pub const fn salt_is_terminated(&self) -> bool {
        matches!(
            self,
            Self::NativePassword | Self::CachingSha2 | Self::Sha256 | Self::OldPassword
        )
    }

    /// How many bytes a response of a non-empty password has, if that is fixed.
    #[must_use]
    pub const fn response_length(&self) -> Option<usize> {
        match self {
            Self::NativePassword => Some(20),
            Self::CachingSha2 => Some(32),
            Self::OldPassword => Some(8),
            Self::Ed25519 => Some(64),
            Self::Parsec => Some(96),
            _ => None,
        }
    }
}

impl fmt::Display for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", String::from_utf8_lossy(self.name()))
    }
}
