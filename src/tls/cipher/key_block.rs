//! The key block of TLS 1.0 to 1.2: the keys of both sides out of the master secret.
//!
//! | size | field |
//! |---|---|
//! | m | client MAC key, none with AEAD |
//! | m | server MAC key |
//! | k | client key |
//! | k | server key |
//! | i | client IV: 4 with GCM and CCM, 12 with ChaCha20, 16 in TLS 1.0, none with CBC since |
//! | i | server IV |
//!
//! `PRF(master secret, "key expansion", server random ‖ client random)`. Source: RFC 5246 §6.3.

use zeroize::Zeroizing;

use crate::tls::schedule::prf::Prf;
use crate::tls::secret::Secret;
use crate::tls::suite::{AeadKind, Bulk};
use crate::tls::wire::version::Version;

/// Longer than any: two of SHA-384's MAC keys, AES-256 keys and one-block IVs.
const CAPACITY: usize = 2 * (48 + 32 + 16);

/// One side of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tls) enum Side {
    Client,
    Server,
}

/// The keys of both sides.
pub(in crate::tls) struct KeyBlock {
    bytes: Zeroizing<[u8; CAPACITY]>,
    bulk: Bulk,
    mac_size: usize,
    key_size: usize,
    iv_size: usize,
}

/// The keys of one side.
pub(super) struct SideKeys<'a> {
    pub mac: &'a [u8],
    pub key: &'a [u8],
    pub iv: &'a [u8],
}

impl KeyBlock {
    pub fn new(
        prf: Prf,
        master: &Secret,
        (client_random, server_random): (&[u8], &[u8]),
        bulk: Bulk,
        version: Version,
    ) -> Option<Self> {
        let (mac_size, key_size, iv_size) = match bulk {
            Bulk::Aead(kind @ AeadKind::ChaCha20Poly1305) => (0, kind.key_size(), 12),
            Bulk::Aead(kind) => (0, kind.key_size(), 4),
            Bulk::Cbc { key_size, mac } => {
                let iv_size = if version == Version::TLS10 { 16 } else { 0 };
                (mac.size(), key_size, iv_size)
            }
        };
        let mut bytes = Zeroizing::new([0; CAPACITY]);
        let seed = [server_random, client_random];
        prf.fill(master.bytes(), b"key expansion", &seed, bytes.as_mut())?;
        Some(Self {
            bytes,
            bulk,
            mac_size,
            key_size,
            iv_size,
        })
    }

    pub const fn bulk(&self) -> Bulk {
        self.bulk
    }

    /// The keys of one side.
    pub(super) fn side(&self, side: Side) -> Option<SideKeys<'_>> {
        let mut rest = self.bytes.as_slice();
        let mut next = |size: usize| {
            let (client, behind) = rest.split_at_checked(size)?;
            let (server, behind) = behind.split_at_checked(size)?;
            rest = behind;
            Some(match side {
                Side::Client => client,
                Side::Server => server,
            })
        };
        Some(SideKeys {
            mac: next(self.mac_size)?,
            key: next(self.key_size)?,
            iv: next(self.iv_size)?,
        })
    }
}
