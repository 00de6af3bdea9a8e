//! Opening records: one direction's keys and the number of its next record.
//!
//! `open` gives content only if it authenticates. It is called for each record in the order of the
//! stream; the number of the record is part of what is authenticated.

mod aead;
mod cbc;
mod key_block;

use zeroize::Zeroizing;

use self::aead::Aead;
use self::cbc::Cbc;
use super::hash::Hash;
use super::plaintext::Plaintext;
use super::schedule::traffic;
use super::secret::Secret;
use super::suite::{AeadKind, Bulk, Parameters};
use super::wire::record::{ContentType, RecordHeader};
use super::wire::version::Version;

pub(super) use self::key_block::{KeyBlock, Side};

/// What was inside a record.
pub(super) struct Opened {
    pub content: ContentType,
    pub bytes: Plaintext,
}

/// The keys of one direction.
pub(super) struct Protection {
    kind: Kind,
    /// The number of the next record under these keys.
    sequence: u64,
}

enum Kind {
    /// TLS 1.3; the type of the content is inside.
    Tls13 {
        aead: Aead,
        secret: Secret,
        algorithm: AeadKind,
        hash: Hash,
    },
    /// TLS 1.2 with an AEAD suite.
    Aead(Aead),
    /// TLS 1.0 to 1.2 with a CBC suite.
    Cbc(Cbc),
}

impl Protection {
    /// From a traffic secret of TLS 1.3; `None` if the secret is not as long as the suite wants.
    pub fn tls13(parameters: Parameters, secret: &Secret) -> Option<Self> {
        let Bulk::Aead(algorithm) = parameters.bulk else {
            return None;
        };
        Self::from_secret(algorithm, parameters.hash, secret.clone())
    }

    fn from_secret(algorithm: AeadKind, hash: Hash, secret: Secret) -> Option<Self> {
        if secret.bytes().len() != hash.size() {
            return None;
        }
        let mut key = Zeroizing::new([0; 32]);
        let key = key.get_mut(..algorithm.key_size())?;
        let mut iv = Zeroizing::new([0; 12]);
        let wanted = [(&b"key"[..], &mut *key), (b"iv", iv.as_mut())];
        traffic::expand_labels(hash, secret.bytes(), wanted)?;
        let kind = Kind::Tls13 {
            aead: Aead::new(algorithm, key, iv.as_ref())?,
            secret,
            algorithm,
            hash,
        };
        Some(Self { kind, sequence: 0 })
    }

    /// The keys of one side out of the key block of TLS 1.0 to 1.2.
    pub fn from_key_block(
        block: &KeyBlock,
        side: Side,
        encrypt_then_mac: bool,
        version: Version,
    ) -> Option<Self> {
        let keys = block.side(side)?;
        let kind = match block.bulk() {
            Bulk::Aead(algorithm) => Kind::Aead(Aead::new(algorithm, keys.key, keys.iv)?),
            Bulk::Cbc { mac, .. } => {
                let chained = (version == Version::TLS10).then_some(keys.iv);
                Kind::Cbc(Cbc::new(
                    keys.key,
                    mac,
                    keys.mac,
                    chained,
                    encrypt_then_mac,
                )?)
            }
        };
        Some(Self { kind, sequence: 0 })
    }

    /// The content of the next record, in the memory that `body` came in; `None` if it does not
    /// authenticate. Then the record counts as not seen.
    pub fn open(&mut self, header: RecordHeader, body: Vec<u8>) -> Option<Opened> {
        let next = self.sequence.checked_add(1)?;
        let opened = match &mut self.kind {
            Kind::Tls13 { aead, .. } => {
                let mut bytes = aead.open_tls13(self.sequence, header, body)?;
                let content = strip_padding(&mut bytes)?;
                Opened { content, bytes }
            }
            Kind::Aead(aead) => Opened {
                content: header.content,
                bytes: aead.open_tls12(self.sequence, header, body)?,
            },
            Kind::Cbc(cbc) => Opened {
                content: header.content,
                bytes: cbc.open(self.sequence, header, &body)?,
            },
        };
        self.sequence = next;
        Some(opened)
    }

    /// The keys behind a `KeyUpdate`; `None` before TLS 1.3.
    pub fn updated(&self) -> Option<Self> {
        let Kind::Tls13 {
            secret,
            algorithm,
            hash,
            ..
        } = &self.kind
        else {
            return None;
        };
        let next = traffic::next_secret(*hash, secret)?;
        Self::from_secret(*algorithm, *hash, next)
    }

    /// Whether no record has been opened yet.
    pub const fn is_unused(&self) -> bool {
        self.sequence == 0
    }
}

/// Takes zeros and the type of the content off the end (RFC 8446 §5.4).
fn strip_padding(bytes: &mut Plaintext) -> Option<ContentType> {
    while let Some(byte) = bytes.pop() {
        if byte != 0 {
            return Some(ContentType(byte));
        }
    }
    None
}
