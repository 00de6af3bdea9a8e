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

use crate::tls::plaintext::Plaintext;
use crate::tls::suite::AeadKind;
use crate::tls::wire::record::RecordHeader;

/// The key and fixed part of the nonce of one direction.
pub(super) struct Aead {
    cipher: Cipher,
    iv: Iv,
    tag_size: usize,
}

/// The fixed part of the nonce.
enum Iv {
    /// Is mixed with the number of the record.
    Whole(Zeroizing<[u8; 12]>),
    /// Its beginning; the rest stands in front of the record.
    Front(Zeroizing<[u8; 4]>),
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
        let iv = match <[u8; 12]>::try_from(iv) {
            Ok(whole) => Iv::Whole(Zeroizing::new(whole)),
            Err(_) => Iv::Front(Zeroizing::new(iv.try_into().ok()?)),
        };
        Some(Self {
            cipher,
            iv,
            tag_size: kind.tag_size(),
        })
    }

    /// A record of TLS 1.3, in place.
    pub fn open_tls13(
        &self,
        sequence: u64,
        header: RecordHeader,
        body: Vec<u8>,
    ) -> Option<Plaintext> {
        let Iv::Whole(iv) = &self.iv else {
            return None;
        };
        self.open(xored(iv, sequence), &header.to_bytes(), body, 0)
    }

    /// A record of TLS 1.2, in place.
    pub fn open_tls12(
        &self,
        sequence: u64,
        header: RecordHeader,
        body: Vec<u8>,
    ) -> Option<Plaintext> {
        let (nonce, explicit) = match &self.iv {
            Iv::Whole(iv) => (xored(iv, sequence), 0),
            Iv::Front(fixed) => {
                let mut nonce = [0; 12];
                let (front, rest) = nonce.split_at_mut_checked(fixed.len())?;
                front.copy_from_slice(&**fixed);
                rest.copy_from_slice(body.get(..rest.len())?);
                let explicit = rest.len();
                (nonce, explicit)
            }
        };
        let around = self.tag_size.checked_add(explicit)?;
        let length = u16::try_from(body.len().checked_sub(around)?).ok()?;
        let [content, major, minor, ..] = header.to_bytes();
        let mut data = [0; 13];
        let (number, rest) = data.split_at_mut_checked(8)?;
        number.copy_from_slice(&sequence.to_be_bytes());
        let [high, low] = length.to_be_bytes();
        rest.copy_from_slice(&[content, major, minor, high, low]);
        self.open(nonce, &data, body, explicit)
    }

    /// `body`: `explicit` bytes of nonce, what is sealed, the tag.
    fn open(
        &self,
        nonce: [u8; 12],
        data: &[u8],
        body: Vec<u8>,
        explicit: usize,
    ) -> Option<Plaintext> {
        let mut body = Plaintext::from(body);
        let end = body.len().checked_sub(self.tag_size)?;
        let (front, tag) = body.split_at_mut_checked(end)?;
        let sealed = (front.get_mut(explicit..)?, &*tag);
        match &self.cipher {
            Cipher::Aes128Gcm(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::Aes256Gcm(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::ChaCha20Poly1305(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::Aes128Ccm(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::Aes256Ccm(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::Aes128Ccm8(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
            Cipher::Aes256Ccm8(cipher) => decrypt(cipher.as_ref(), nonce, data, sealed),
        }?;
        body.truncate(end);
        body.drain(..explicit);
        Some(body)
    }
}

/// The nonce where it is the IV XOR the number of the record: TLS 1.3, and ChaCha20 in TLS 1.2.
fn xored(iv: &[u8; 12], sequence: u64) -> [u8; 12] {
    let mut nonce = *iv;
    let number = sequence.to_be_bytes();
    for (byte, number) in nonce.iter_mut().rev().zip(number.iter().rev()) {
        *byte ^= number;
    }
    nonce
}

fn keyed<C: KeyInit>(key: &[u8]) -> Option<Box<C>> {
    C::new_from_slice(key).ok().map(Box::new)
}

fn decrypt<C: AeadInOut>(
    cipher: &C,
    nonce: [u8; 12],
    data: &[u8],
    (sealed, tag): (&mut [u8], &[u8]),
) -> Option<()> {
    let nonce = Nonce::<C>::try_from(&nonce[..]).ok()?;
    let tag = Tag::<C>::try_from(tag).ok()?;
    cipher
        .decrypt_inout_detached(&nonce, data, sealed.into(), &tag)
        .ok()
}
