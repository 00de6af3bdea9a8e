//! AEAD: a nonce, additional data, and a tag at the end.
//!
//! | | nonce | additional data |
//! |---|---|---|
//! | TLS 1.3; ChaCha20 in 1.2 | iv XOR number of the record | 1.3: the header |
//! | GCM and CCM in TLS 1.2 | iv (4), 8 bytes in front of the record | 1.2: number (8), type, version, length of the plaintext |
//!
//! Source: RFC 8446 §5.2 and §5.3, RFC 5246 §6.2.3.3, RFC 5288 §3, RFC 6655 §3, RFC 7905 §2.

use aes::{Aes128, Aes256};
use aes_gcm::aead::{AeadInOut, KeyInit, Nonce, Tag};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use ccm::Ccm;
use ccm::consts::{U8, U12, U16};
use chacha20poly1305::ChaCha20Poly1305;
use zeroize::Zeroizing;

use crate::tls::suite::AeadKind;
use crate::tls::wire::record::RecordHeader;

type Plaintext = Zeroizing<Vec<u8>>;

/// The key and fixed part of the nonce of one direction.
pub(super) struct Aead {
    cipher: Cipher,
    /// 12 bytes, or the first 4 of the nonce.
    iv: Zeroizing<Vec<u8>>,
    tag_size: usize,
}

/// Boxed: their key schedules are of very different sizes.
enum Cipher {
    Aes128Gcm(Box<Aes128Gcm>),
    Aes256Gcm(Box<Aes256Gcm>),
    ChaCha20Poly1305(Box<ChaCha20Poly1305>),
    Aes128Ccm(Box<Ccm<Aes128, U16, U12>>),
    Aes256Ccm(Box<Ccm<Aes256, U16, U12>>),
    Aes128Ccm8(Box<Ccm<Aes128, U8, U12>>),
    Aes256Ccm8(Box<Ccm<Aes256, U8, U12>>),
}

impl Aead {
    /// `None` if the key is not as long as the algorithm wants.
    pub fn new(kind: AeadKind, key: &[u8], iv: &[u8]) -> Option<Self> {
        let cipher = match kind {
            AeadKind::Aes128Gcm => Cipher::Aes128Gcm(keyed(key)?),
            AeadKind::Aes256Gcm => Cipher::Aes256Gcm(keyed(key)?),
            AeadKind::ChaCha20Poly1305 => Cipher::ChaCha20Poly1305(keyed(key)?),
            AeadKind::Aes128Ccm => Cipher::Aes128Ccm(keyed(key)?),
            AeadKind::Aes256Ccm => Cipher::Aes256Ccm(keyed(key)?),
            AeadKind::Aes128Ccm8 => Cipher::Aes128Ccm8(keyed(key)?),
            AeadKind::Aes256Ccm8 => Cipher::Aes256Ccm8(keyed(key)?),
        };
        Some(Self {
            cipher,
            iv: Zeroizing::new(iv.to_vec()),
            tag_size: kind.tag_size(),
        })
    }

    /// With the nonce of TLS 1.3, and of ChaCha20 in TLS 1.2.
    pub fn open_xored(&self, sequence: u64, data: &[u8], sealed: &[u8]) -> Option<Plaintext> {
        let mut nonce = [0; 12];
        let number = nonce.get_mut(4..)?;
        number.copy_from_slice(&sequence.to_be_bytes());
        if self.iv.len() != nonce.len() {
            return None;
        }
        for (byte, iv) in nonce.iter_mut().zip(self.iv.iter()) {
            *byte ^= iv;
        }
        self.open(nonce, data, sealed)
    }

    /// A record of TLS 1.2.
    pub fn open_tls12(
        &self,
        sequence: u64,
        header: RecordHeader,
        body: &[u8],
    ) -> Option<Plaintext> {
        let explicit = if self.iv.len() == 4 { 8 } else { 0 };
        let (explicit, sealed) = body.split_at_checked(explicit)?;
        let length = sealed.len().checked_sub(self.tag_size)?;
        let length = u16::try_from(length).ok()?.to_be_bytes();
        let [content, major, minor, ..] = header.to_bytes();
        let mut data = [0; 13];
        let (number, rest) = data.split_at_mut_checked(8)?;
        number.copy_from_slice(&sequence.to_be_bytes());
        let [high, low] = length;
        rest.copy_from_slice(&[content, major, minor, high, low]);
        if explicit.is_empty() {
            return self.open_xored(sequence, &data, sealed);
        }
        let mut nonce = [0; 12];
        let (fixed, rest) = nonce.split_at_mut_checked(4)?;
        fixed.copy_from_slice(&self.iv);
        rest.copy_from_slice(explicit);
        self.open(nonce, &data, sealed)
    }

    fn open(&self, nonce: [u8; 12], data: &[u8], sealed: &[u8]) -> Option<Plaintext> {
        let sealed = sealed.split_at_checked(sealed.len().checked_sub(self.tag_size)?)?;
        match &self.cipher {
            Cipher::Aes128Gcm(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::Aes256Gcm(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::ChaCha20Poly1305(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::Aes128Ccm(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::Aes256Ccm(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::Aes128Ccm8(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::Aes256Ccm8(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
        }
    }
}

fn keyed<C: KeyInit>(key: &[u8]) -> Option<Box<C>> {
    C::new_from_slice(key).ok().map(Box::new)
}

fn decrypt<C: AeadInOut>(
    cipher: &C,
    nonce: [u8; 12],
    data: &[u8],
    (sealed, tag): (&[u8], &[u8]),
) -> Option<Plaintext> {
    let nonce = Nonce::<C>::try_from(&nonce[..]).ok()?;
    let tag = Tag::<C>::try_from(tag).ok()?;
    let mut buffer = Zeroizing::new(sealed.to_vec());
    cipher
        .decrypt_inout_detached(&nonce, data, buffer.as_mut_slice().into(), &tag)
        .ok()?;
    Some(buffer)
}
