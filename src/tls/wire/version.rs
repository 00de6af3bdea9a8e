//! Protocol versions as the wire numbers them (RFC 8446 §4.1.2, RFC 5246 §6.2.1).

use std::fmt;

/// A protocol version. Unknown codes stay visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u16);

impl Version {
    /// TLS 1.0 (RFC 2246)
    pub const TLS10: Self = Self(0x0301);
    /// TLS 1.1 (RFC 4346)
    pub const TLS11: Self = Self(0x0302);
    /// TLS 1.2 (RFC 5246)
    pub const TLS12: Self = Self(0x0303);
    /// TLS 1.3 (RFC 8446)
    pub const TLS13: Self = Self(0x0304);

    /// Its usual name, if it is one that can be decrypted.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::TLS10 => "TLS 1.0",
            Self::TLS11 => "TLS 1.1",
            Self::TLS12 => "TLS 1.2",
            Self::TLS13 => "TLS 1.3",
            _ => return None,
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.0) {
            (Some(name), _) => f.write_str(name),
            (None, 0x0300) => f.write_str("SSL 3.0"),
            (None, 0x0002) => f.write_str("SSL 2.0"),
            (None, code @ 0x7f00..=0x7fff) => write!(f, "draft {} of TLS 1.3", code & 0xff),
            (None, code) => write!(f, "version 0x{code:04x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let told = [0x0301, 0x0304, 0x0300, 0x7f1c, 0x1234].map(|code| Version(code).to_string());
        let expected = [
            "TLS 1.0",
            "TLS 1.3",
            "SSL 3.0",
            "draft 28 of TLS 1.3",
            "version 0x1234",
        ];
        assert_eq!(told, expected);
    }
}
