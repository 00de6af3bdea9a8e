//! Alerts: how one side tells the other that it closes, or why it cannot go on.
//!
//! | size | field |
//! |---|---|
//! | 1 | level: 1 warning, 2 fatal |
//! | 1 | description |
//!
//! Source: RFC 8446 §6, RFC 5246 §7.2; the descriptions of the IANA "TLS Alerts" registry.

use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AlertLevel(pub u8);

impl AlertLevel {
    /// The connection may go on.
    pub const WARNING: Self = Self(1);
    /// It does not.
    pub const FATAL: Self = Self(2);
}

impl fmt::Display for AlertLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::WARNING => f.write_str("warning"),
            Self::FATAL => f.write_str("fatal"),
            Self(code) => write!(f, "level {code}"),
        }
    }
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AlertDescription(pub u8);

impl AlertDescription {
    /// The sender has nothing more to say.
    pub const CLOSE_NOTIFY: Self = Self(0);
    /// No common parameters.
    pub const HANDSHAKE_FAILURE: Self = Self(40);
    /// The issuer of the certificate is not trusted.
    pub const UNKNOWN_CA: Self = Self(48);
    /// The protocol version is not supported.
    pub const PROTOCOL_VERSION: Self = Self(70);

    /// The name in the RFCs.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "close_notify",
            10 => "unexpected_message",
            20 => "bad_record_mac",
            21 => "decryption_failed",
            22 => "record_overflow",
            30 => "decompression_failure",
            40 => "handshake_failure",
            41 => "no_certificate",
            42 => "bad_certificate",
            43 => "unsupported_certificate",
            44 => "certificate_revoked",
            45 => "certificate_expired",
            46 => "certificate_unknown",
            47 => "illegal_parameter",
            48 => "unknown_ca",
            49 => "access_denied",
            50 => "decode_error",
            51 => "decrypt_error",
            52 => "too_many_cids_requested",
            60 => "export_restriction",
            70 => "protocol_version",
            71 => "insufficient_security",
            80 => "internal_error",
            86 => "inappropriate_fallback",
            90 => "user_canceled",
            100 => "no_renegotiation",
            109 => "missing_extension",
            110 => "unsupported_extension",
            111 => "certificate_unobtainable",
            112 => "unrecognized_name",
            113 => "bad_certificate_status_response",
            114 => "bad_certificate_hash_value",
            115 => "unknown_psk_identity",
            116 => "certificate_required",
            120 => "no_application_protocol",
            121 => "ech_required",
            _ => return None,
        })
    }
}

impl fmt::Display for AlertDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "alert {}", self.0),
        }
    }
}

/// Reads the alerts of one record; more than one is legal before TLS 1.3.
pub fn parse(fragment: &[u8]) -> impl Iterator<Item = (AlertLevel, AlertDescription)> {
    fragment.chunks_exact(2).filter_map(|pair| match pair {
        [level, description] => Some((AlertLevel(*level), AlertDescription(*description))),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let told: Vec<String> = parse(&[2, 48, 1, 0, 9, 200, 7])
            .map(|(level, description)| format!("{level} {description}"))
            .collect();
        assert_eq!(
            told,
            [
                "fatal unknown_ca",
                "warning close_notify",
                "level 9 alert 200"
            ]
        );
    }
}
