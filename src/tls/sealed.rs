//! Why a session is not decrypted, or not further.

use thiserror::Error;

use super::suite::Suite;
use super::wire::version::Version;
use crate::capture::PacketRef;

/// The reason, in words that follow "not decrypted: ". None repeats bytes of the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Sealed {
    /// Neither a key log nor a server key.
    #[error("no keys were given")]
    NoKeys,
    /// The key logs do not know the client random.
    #[error("no key for this client random (the key log holds {})", Sessions(*sessions))]
    NoKey {
        /// How many sessions they hold.
        sessions: usize,
    },
    /// A session of TLS 1.3 of which the log lacks a secret.
    #[error("TLS 1.3 without the traffic secrets: the key log has no {label} for this session")]
    NoTrafficSecret {
        /// The label of the first that is missing.
        label: &'static str,
    },
    /// Only the server's key, and a key exchange that it does not open.
    #[error(
        "a server key does not open this key exchange (Diffie-Hellman); a key log of the client or the server would"
    )]
    NotRsaExchange,
    /// RSA key exchange under another key.
    #[error("the server key given is not that of this session")]
    OtherServerKey,
    /// A resumed session whose first handshake the server key did not open.
    #[error("a resumed session whose first handshake was not captured or not opened")]
    Resumed,
    /// The stream does not begin with the hellos.
    #[error("the TLS handshake was not captured")]
    NotCaptured,
    /// Bytes are missing.
    #[error("gap at packet {}", at.number)]
    Gap {
        /// The packet that shows it.
        at: PacketRef,
    },
    /// A suite that cannot be decrypted.
    #[error("the cipher suite {0} is not supported")]
    Suite(Suite),
    /// A version that cannot be decrypted.
    #[error("{0} is not supported")]
    Version(Version),
    /// TLS compression.
    #[error("TLS compression is not supported")]
    Compression,
    /// A record does not authenticate.
    #[error(
        "the record in packet {} does not authenticate: damaged, or the secret given is not of this session",
        at.number
    )]
    NotAuthentic {
        /// The packet that completes the record.
        at: PacketRef,
    },
    /// Something else than TLS records.
    #[error("what comes in packet {} is not TLS", at.number)]
    NotTls {
        /// The packet.
        at: PacketRef,
    },
    /// A message that breaks its form or its place.
    #[error("the {what} in packet {} is not as TLS has it", at.number)]
    Malformed {
        /// The message.
        what: &'static str,
        /// The packet that completes it.
        at: PacketRef,
    },
    /// Early data was passed over, and no record behind it opened.
    #[error(
        "0-RTT data from packet {} on, and no later record of the client authenticates",
        at.number
    )]
    EarlyData {
        /// The first packet of it.
        at: PacketRef,
    },
}

/// A count of sessions in words.
struct Sessions(usize);

impl std::fmt::Display for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            0 => f.write_str("no session"),
            1 => f.write_str("1 session"),
            count => write!(f, "{count} sessions"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let at = PacketRef {
            number: 9,
            time: None,
        };
        let told = [
            Sealed::NoKey { sessions: 1 },
            Sealed::Gap { at },
            Sealed::Suite(Suite(0x05)),
            Sealed::Version(Version(0x300)),
        ]
        .map(|sealed| sealed.to_string());
        let expected = [
            "no key for this client random (the key log holds 1 session)",
            "gap at packet 9",
            "the cipher suite TLS_RSA_WITH_RC4_128_SHA is not supported",
            "SSL 3.0 is not supported",
        ];
        assert_eq!(told, expected);
    }
}
