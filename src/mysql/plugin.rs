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

impl Plugin {
    /// The plugin that a name on the wire stands for.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Self {
        Self::known(name).unwrap_or_else(|| Self::Other(name.to_vec()))
    }

    /// The same, if it is one that is known.
    pub(super) fn known(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"mysql_native_password" => Self::NativePassword,
            b"mysql_old_password" => Self::OldPassword,
            b"caching_sha2_password" => Self::CachingSha2,
            b"sha256_password" => Self::Sha256,
            b"mysql_clear_password" => Self::Clear,
            b"dialog" => Self::Dialog,
            b"client_ed25519" | b"ed25519" => Self::Ed25519,
            b"parsec" => Self::Parsec,
            b"authentication_ldap_sasl_client" => Self::LdapSasl,
            _ => return None,
        })
    }

    /// The name of a plugin that is known, as clients and auth switches spell it.
    #[must_use]
    pub const fn known_name(&self) -> Option<&'static str> {
        Some(match self {
            Self::NativePassword => "mysql_native_password",
            Self::OldPassword => "mysql_old_password",
            Self::CachingSha2 => "caching_sha2_password",
            Self::Sha256 => "sha256_password",
            Self::Clear => "mysql_clear_password",
            Self::Dialog => "dialog",
            Self::Ed25519 => "client_ed25519",
            Self::Parsec => "parsec",
            Self::LdapSasl => "authentication_ldap_sasl_client",
            Self::Other(_) => return None,
        })
    }

    /// The name as an auth switch spells it.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Other(name) => name,
            known => known.known_name().unwrap_or_default().as_bytes(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_lead_back() {
        let names = "mysql_native_password mysql_old_password caching_sha2_password sha256_password \
                     mysql_clear_password dialog client_ed25519 parsec authentication_ldap_sasl_client";
        for name in names.split_whitespace() {
            let plugin = Plugin::from_name(name.as_bytes());
            assert_eq!(plugin.known_name(), Some(name));
            assert_eq!(plugin.name(), name.as_bytes());
        }
        assert_eq!(Plugin::from_name(b"ed25519"), Plugin::Ed25519);
        let other = Plugin::from_name(b"auth_socket");
        assert_eq!(
            (other.known_name(), other.name()),
            (None, &b"auth_socket"[..])
        );
    }
}
