//! AES in CBC mode with a MAC, of TLS 1.0 to 1.2.
//!
//! ```text
//! MAC then encrypt:  IV? ‖ CBC( plaintext ‖ MAC ‖ padding ‖ length of padding )
//!                    MAC over number (8), type, version, length of plaintext, plaintext
//! encrypt then MAC:  IV? ‖ CBC( plaintext ‖ padding ‖ length of padding ) ‖ MAC
//!                    MAC over number (8), type, version, length of IV and ciphertext, IV, ciphertext
//! ```
//!
//! The IV stands in front of each record from TLS 1.1 on; in TLS 1.0 it is the last block of the
//! record before, the first from the key block. Every padding byte is the length of the padding.
//! No care is taken of timing: there is nobody to measure it. Source: RFC 5246 §6.2.3.2, RFC 2246
//! §6.2.3.2, RFC 7366.

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use aes::{Aes128, Aes256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::tls::hash::Hash;
use crate::tls::plaintext::Plaintext;
use crate::tls::wire::record::RecordHeader;

const BLOCK: usize = 16;

/// The keys of one direction.
pub(super) struct Cbc {
    key: Zeroizing<Vec<u8>>,
    mac: Hash,
    mac_key: Zeroizing<Vec<u8>>,
    /// TLS 1.0: the IV of the next record.
    chained: Option<[u8; BLOCK]>,
    encrypt_then_mac: bool,
}

impl Cbc {
    /// `None` if the IV is not one block.
    pub fn new(
        key: &[u8],
        mac: Hash,
        mac_key: &[u8],
        chained: Option<&[u8]>,
        encrypt_then_mac: bool,
    ) -> Option<Self> {
        let chained = match chained {
            Some(iv) => Some(iv.try_into().ok()?),
            None => None,
        };
        Some(Self {
            key: Zeroizing::new(key.to_vec()),
            mac,
            mac_key: Zeroizing::new(mac_key.to_vec()),
            chained,
            encrypt_then_mac,
        })
    }

    /// The plaintext of a record; `None` if it does not authenticate.
    pub fn open(&mut self, sequence: u64, header: RecordHeader, body: &[u8]) -> Option<Plaintext> {
        let encrypted = if self.encrypt_then_mac {
            let (encrypted, mac) = self.split_mac(body)?;
            self.authenticate(sequence, header, encrypted, mac)?;
            encrypted
        } else {
            body
        };
        let (iv, blocks) = if let Some(iv) = self.chained {
            (iv, encrypted)
        } else {
            let (iv, blocks) = encrypted.split_at_checked(BLOCK)?;
            (iv.try_into().ok()?, blocks)
        };
        let mut plain = self.decrypt(iv, blocks)?;
        strip_padding(&mut plain)?;
        if !self.encrypt_then_mac {
            let (content, mac) = self.split_mac(&plain)?;
            self.authenticate(sequence, header, content, mac)?;
            let length = content.len();
            plain.truncate(length);
        }
        if self.chained.is_some() {
            self.chained = Some(*blocks.last_chunk()?);
        }
        Some(plain)
    }

    fn split_mac<'a>(&self, bytes: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        bytes.split_at_checked(bytes.len().checked_sub(self.mac.size())?)
    }

    fn authenticate(
        &self,
        sequence: u64,
        header: RecordHeader,
        bytes: &[u8],
        mac: &[u8],
    ) -> Option<()> {
        let [content, major, minor, ..] = header.to_bytes();
        let length = u16::try_from(bytes.len()).ok()?.to_be_bytes();
        let parts: [&[u8]; 4] = [
            &sequence.to_be_bytes(),
            &[content, major, minor],
            &length,
            bytes,
        ];
        let expected = self.mac.hmac(&self.mac_key, &parts)?;
        bool::from(expected.bytes().ct_eq(mac)).then_some(())
    }

    fn decrypt(&self, iv: [u8; BLOCK], blocks: &[u8]) -> Option<Plaintext> {
        if blocks.is_empty() {
            return None;
        }
        let mut plain = Plaintext::from(blocks.to_vec());
        let done = match self.key.len() {
            16 => cbc::Decryptor::<Aes128>::new_from_slices(&self.key, &iv)
                .ok()?
                .decrypt_padded::<NoPadding>(&mut plain)
                .is_ok(),
            32 => cbc::Decryptor::<Aes256>::new_from_slices(&self.key, &iv)
                .ok()?
                .decrypt_padded::<NoPadding>(&mut plain)
                .is_ok(),
            _ => false,
        };
        done.then_some(plain)
    }
}

/// Takes the padding off, if it is one.
fn strip_padding(plain: &mut Plaintext) -> Option<()> {
    let padding = *plain.last()?;
    let length = plain
        .len()
        .checked_sub(usize::from(padding))?
        .checked_sub(1)?;
    let is_padding = plain.get(length..)?.iter().all(|byte| *byte == padding);
    is_padding.then(|| plain.truncate(length))
}
