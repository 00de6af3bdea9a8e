//! `AuthMoreData`: what a plugin's server side says after its salt.
//!
//! | size | field |
//! |---|---|
//! | 1 | 0x01 |
//! | to the end | the plugin's data |
//!
//! | plugin | data | meaning |
//! |---|---|---|
//! | `caching_sha2_password` | 03 | fast authentication succeeded |
//! | | 04 | full authentication is needed |
//! | it and `sha256_password` | PEM text | the server's public RSA key |
//! | parsec | `P`, `int<1>` iterations, 18 bytes | how the password's key is derived |
//!
//! Sources: "`Protocol::AuthMoreData`" and "`Caching_sha2_password` information" in the MySQL Source
//! Code Documentation; "Authentication Plugin - PARSEC" in the MariaDB Knowledge Base.

use crate::mysql::plugin::Plugin;

use super::captured::Captured;
use super::error::WireError;
use super::field::{Step, bytes_of, finish, marker, u8_of};

/// `AuthMoreData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoreData {
    /// What the plugin says, without the 0x01.
    pub data: Captured,
}

/// What the data of an `AuthMoreData` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoreDataKind<'a> {
    /// `caching_sha2_password`: the response was right, OK follows.
    FastAuthOk,
    /// `caching_sha2_password`: the server wants the password itself.
    FullAuthNeeded,
    /// The server's public RSA key as PEM text, perhaps cut.
    PublicKey,
    /// parsec's derivation parameters.
    ParsecSalt {
        /// The rounds of PBKDF2 are 1024 times 2 to this power.
        iterations: u8,
        /// The salt of the derivation, 18 bytes.
        salt: &'a [u8],
    },
    /// Something else: a prompt, a challenge, or nothing known.
    Other,
}

impl MoreData {
    /// Reads the packet, or its beginning if `missing` bytes of it were not captured.
    ///
    /// # Errors
    ///
    /// If the first byte is not 0x01.
    pub fn parse(payload: &[u8], missing: u64) -> Result<Self, WireError> {
        let header = marker(b"\x01", "0x01", payload);
        let (rest, ()) = finish("AuthMoreData", payload, header)?;
        let data = Captured::rest(rest, missing);
        Ok(Self { data })
    }

    /// What the data means under `plugin`.
    #[must_use]
    pub fn kind(&self, plugin: &Plugin) -> MoreDataKind<'_> {
        MoreDataKind::of(&self.data.bytes, self.data.missing, plugin)
    }
}

impl<'a> MoreDataKind<'a> {
    /// What `data` (without the 0x01), of which `missing` bytes were not captured, means under
    /// `plugin`.
    #[must_use]
    pub fn of(data: &'a [u8], missing: u64, plugin: &Plugin) -> Self {
        match (plugin, data) {
            (Plugin::CachingSha2, [3]) if missing == 0 => Self::FastAuthOk,
            (Plugin::CachingSha2, [4]) if missing == 0 => Self::FullAuthNeeded,
            (Plugin::CachingSha2 | Plugin::Sha256, _) if is_public_key(data) => Self::PublicKey,
            (Plugin::Parsec, _) if missing == 0 => {
                parsec(data).map_or(Self::Other, |(_, kind)| kind)
            }
            _ => Self::Other,
        }
    }
}

/// Whether the text is, or begins, a public key in PEM form.
#[must_use]
pub fn is_public_key(data: &[u8]) -> bool {
    let begins = |label: &[u8]| data.starts_with(label);
    begins(b"-----BEGIN PUBLIC KEY-----") || begins(b"-----BEGIN RSA PUBLIC KEY-----")
}

fn parsec(input: &[u8]) -> Step<'_, MoreDataKind<'_>> {
    let (rest, ()) = marker(b"P", "P", input)?;
    let (rest, iterations) = u8_of("the iterations", rest)?;
    let (rest, salt) = bytes_of("the salt", 18, rest)?;
    Ok((rest, MoreDataKind::ParsecSalt { iterations, salt }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kinds() {
        let parsec = b"\x01P\x00abcdefghijklmnopqr";
        let salt = &parsec[3..];
        let key = b"\x01-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq";
        let table: [(&[u8], u64, Plugin, MoreDataKind); 9] = [
            // zeek/caching_sha2_password.pcap, frames 8 and 44.
            (
                b"\x01\x04",
                0,
                Plugin::CachingSha2,
                MoreDataKind::FullAuthNeeded,
            ),
            (
                b"\x01\x03",
                0,
                Plugin::CachingSha2,
                MoreDataKind::FastAuthOk,
            ),
            (b"\x01\x03", 0, Plugin::Dialog, MoreDataKind::Other),
            (b"\x01\x03", 1, Plugin::CachingSha2, MoreDataKind::Other),
            (key, 400, Plugin::CachingSha2, MoreDataKind::PublicKey),
            (key, 0, Plugin::Sha256, MoreDataKind::PublicKey),
            (
                parsec,
                0,
                Plugin::Parsec,
                MoreDataKind::ParsecSalt {
                    iterations: 0,
                    salt,
                },
            ),
            (&parsec[..9], 12, Plugin::Parsec, MoreDataKind::Other),
            (b"\x01", 0, Plugin::CachingSha2, MoreDataKind::Other),
        ];
        for (payload, missing, plugin, kind) in table {
            let more = MoreData::parse(payload, missing).unwrap();
            assert_eq!(more.kind(&plugin), kind, "{payload:?}");
        }
        assert!(MoreData::parse(b"\x03", 0).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(payload: Vec<u8>, missing in 0_u64..9) {
            if let Ok(more) = MoreData::parse(&payload, missing) {
                let _ = more.kind(&Plugin::Parsec);
            }
        }
    }
}
