//! The cipher suites: their names, and what it takes to open their records.
//!
//! Source: the IANA "TLS Cipher Suites" registry; RFC 8446 §B.4, 5246, 5288, 5289, 6655, 7251, 7905.

use std::fmt;

use super::hash::Hash;

/// A cipher suite. Unknown codes stay visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Suite(pub u16);

/// How the premaster secret is agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exchange {
    /// TLS 1.3: apart from the suite.
    Separate,
    /// Under the RSA key of the server's certificate, which opens it later too.
    Rsa,
    /// Diffie-Hellman; no key of a certificate opens it.
    DiffieHellman,
}

/// An algorithm that encrypts and authenticates in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AeadKind {
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
    Aes128Ccm,
    Aes256Ccm,
    Aes128Ccm8,
    Aes256Ccm8,
}

impl AeadKind {
    pub const fn key_size(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Ccm | Self::Aes128Ccm8 => 16,
            Self::Aes256Gcm | Self::ChaCha20Poly1305 | Self::Aes256Ccm | Self::Aes256Ccm8 => 32,
        }
    }

    pub const fn tag_size(self) -> usize {
        match self {
            Self::Aes128Ccm8 | Self::Aes256Ccm8 => 8,
            _ => 16,
        }
    }
}

/// How records are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bulk {
    /// AEAD.
    Aead(AeadKind),
    /// AES in CBC mode with a MAC.
    Cbc { key_size: usize, mac: Hash },
}

/// What a suite stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    pub exchange: Exchange,
    pub bulk: Bulk,
    /// Of the key schedule, from TLS 1.2 on.
    pub hash: Hash,
}

/// The key exchanges: the part of the name before `_WITH_`, and the column of each protection.
#[rustfmt::skip] // A table, one row a line.
const EXCHANGES: [(&str, Exchange, [u16; 14]); 10] = {
    use Exchange::{DiffieHellman, Rsa};
    // The columns are those of `PROTECTIONS`; 0 where there is none.
    [
        ("RSA", Rsa, [0x2f, 0x35, 0x3c, 0x3d, 0, 0x9c, 0x9d, 0xc09c, 0xc09d, 0xc0a0, 0xc0a1, 0, 0x0a, 0x05]),
        ("DH_RSA", DiffieHellman, [0x31, 0x37, 0x3f, 0x69, 0, 0xa0, 0xa1, 0, 0, 0, 0, 0, 0x10, 0]),
        ("DHE_RSA", DiffieHellman, [0x33, 0x39, 0x67, 0x6b, 0, 0x9e, 0x9f, 0xc09e, 0xc09f, 0xc0a2, 0xc0a3, 0xccaa, 0x16, 0]),
        ("DHE_DSS", DiffieHellman, [0x32, 0x38, 0x40, 0x6a, 0, 0xa2, 0xa3, 0, 0, 0, 0, 0, 0x13, 0]),
        ("DH_anon", DiffieHellman, [0x34, 0x3a, 0x6c, 0x6d, 0, 0xa6, 0xa7, 0, 0, 0, 0, 0, 0x1b, 0x18]),
        ("ECDH_ECDSA", DiffieHellman, [0xc004, 0xc005, 0xc025, 0, 0xc026, 0xc02d, 0xc02e, 0, 0, 0, 0, 0, 0xc003, 0xc002]),
        ("ECDHE_ECDSA", DiffieHellman, [0xc009, 0xc00a, 0xc023, 0, 0xc024, 0xc02b, 0xc02c, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xcca9, 0xc008, 0xc007]),
        ("ECDH_RSA", DiffieHellman, [0xc00e, 0xc00f, 0xc029, 0, 0xc02a, 0xc031, 0xc032, 0, 0, 0, 0, 0, 0xc00d, 0xc00c]),
        ("ECDHE_RSA", DiffieHellman, [0xc013, 0xc014, 0xc027, 0, 0xc028, 0xc02f, 0xc030, 0, 0, 0, 0, 0xcca8, 0xc012, 0xc011]),
        ("ECDH_anon", DiffieHellman, [0xc018, 0xc019, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc017, 0xc016]),
    ]
};

/// The protections: the part of the name behind `_WITH_`; `None` where it is known by name only.
#[rustfmt::skip] // A table, one row a line.
const PROTECTIONS: [(&str, Option<(Bulk, Hash)>); 14] = {
    use AeadKind::{Aes128Ccm, Aes128Ccm8, Aes128Gcm, Aes256Ccm, Aes256Ccm8, Aes256Gcm, ChaCha20Poly1305};
    use Bulk::{Aead, Cbc};
    use Hash::{Sha1, Sha256, Sha384};
    [
        ("AES_128_CBC_SHA", Some((Cbc { key_size: 16, mac: Sha1 }, Sha256))),
        ("AES_256_CBC_SHA", Some((Cbc { key_size: 32, mac: Sha1 }, Sha256))),
        ("AES_128_CBC_SHA256", Some((Cbc { key_size: 16, mac: Sha256 }, Sha256))),
        ("AES_256_CBC_SHA256", Some((Cbc { key_size: 32, mac: Sha256 }, Sha256))),
        ("AES_256_CBC_SHA384", Some((Cbc { key_size: 32, mac: Sha384 }, Sha384))),
        ("AES_128_GCM_SHA256", Some((Aead(Aes128Gcm), Sha256))),
        ("AES_256_GCM_SHA384", Some((Aead(Aes256Gcm), Sha384))),
        ("AES_128_CCM", Some((Aead(Aes128Ccm), Sha256))),
        ("AES_256_CCM", Some((Aead(Aes256Ccm), Sha256))),
        ("AES_128_CCM_8", Some((Aead(Aes128Ccm8), Sha256))),
        ("AES_256_CCM_8", Some((Aead(Aes256Ccm8), Sha256))),
        ("CHACHA20_POLY1305_SHA256", Some((Aead(ChaCha20Poly1305), Sha256))),
        ("3DES_EDE_CBC_SHA", None),
        ("RC4_128_SHA", None),
    ]
};

/// The suites of TLS 1.3.
const TLS13: [(u16, &str, AeadKind, Hash); 5] = [
    (
        0x1301,
        "AES_128_GCM_SHA256",
        AeadKind::Aes128Gcm,
        Hash::Sha256,
    ),
    (
        0x1302,
        "AES_256_GCM_SHA384",
        AeadKind::Aes256Gcm,
        Hash::Sha384,
    ),
    (
        0x1303,
        "CHACHA20_POLY1305_SHA256",
        AeadKind::ChaCha20Poly1305,
        Hash::Sha256,
    ),
    (
        0x1304,
        "AES_128_CCM_SHA256",
        AeadKind::Aes128Ccm,
        Hash::Sha256,
    ),
    (
        0x1305,
        "AES_128_CCM_8_SHA256",
        AeadKind::Aes128Ccm8,
        Hash::Sha256,
    ),
];

type Found = (&'static str, Exchange, &'static str, Option<(Bulk, Hash)>);

impl Suite {
    /// What it takes to open its records; `None` if that is not supported.
    pub(super) fn parameters(self) -> Option<Parameters> {
        if let Some((_, _, aead, hash)) = TLS13.iter().find(|(code, ..)| *code == self.0) {
            return Some(Parameters {
                exchange: Exchange::Separate,
                bulk: Bulk::Aead(*aead),
                hash: *hash,
            });
        }
        let (_, exchange, _, protection) = self.find()?;
        let (bulk, hash) = protection?;
        Some(Parameters {
            exchange,
            bulk,
            hash,
        })
    }

    fn find(self) -> Option<Found> {
        EXCHANGES.iter().find_map(|(name, exchange, codes)| {
            let column = codes
                .iter()
                .position(|code| *code == self.0 && *code != 0)?;
            let (protection, how) = PROTECTIONS.get(column)?;
            Some((*name, *exchange, *protection, *how))
        })
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((_, name, ..)) = TLS13.iter().find(|(code, ..)| *code == self.0) {
            write!(f, "TLS_{name}")
        } else if let Some((exchange, _, protection, _)) = self.find() {
            write!(f, "TLS_{exchange}_WITH_{protection}")
        } else {
            write!(f, "0x{:04X}", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let told = [0x1302, 0x2f, 0xc030, 0xc0ae, 0xcca8, 0xc024, 0x0a, 0xbeef]
            .map(|code| Suite(code).to_string());
        let expected = [
            "TLS_AES_256_GCM_SHA384",
            "TLS_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
            "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
            "0xBEEF",
        ];
        assert_eq!(told, expected);
    }

    /// The registry as tls-parser has it is another copy of the same table.
    #[test]
    fn agrees_with_tls_parser() {
        for code in 1..=u16::MAX {
            let known = tls_parser::TlsCipherSuite::from_id(code);
            let suite = Suite(code);
            if suite.parameters().is_some() {
                assert_eq!(suite.to_string(), known.unwrap().name, "{code:04x}");
            }
        }
    }

    #[test]
    fn not_supported() {
        assert!(
            [0, 0x0a, 0x05, 0xbeef]
                .iter()
                .all(|code| Suite(*code).parameters().is_none())
        );
    }
}
