//! Hashes of two short pieces in a row: what the search for hypotheses does millions of times.
//!
//! A hash and a salt are at most 55 bytes and so fit into one block with the padding (FIPS 180-4,
//! section 5.1.1): one compression from the initial value (section 5.3), without the buffer of a
//! hasher that takes any length. Anything longer goes through that hasher.

use std::slice::from_ref;

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Bytes of a block of SHA-1 and SHA-256.
const BLOCK: usize = 64;
/// Where the length in bits stands in the last block.
const LENGTH: usize = BLOCK - 8;

/// SHA256(first ‖ second).
pub(super) fn sha256(first: &[u8], second: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if fill(&mut block, first, second).is_none() {
        let hasher = Sha256::new().chain_update(first).chain_update(second);
        return hasher.finalize().into();
    }
    let mut state = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    sha2::block_api::compress256(&mut state, from_ref(&block));
    bytes(&state)
}

/// SHA1(first ‖ second).
pub(super) fn sha1(first: &[u8], second: &[u8]) -> [u8; 20] {
    let mut block = [0; BLOCK];
    if fill(&mut block, first, second).is_none() {
        let hasher = Sha1::new().chain_update(first).chain_update(second);
        return hasher.finalize().into();
    }
    let mut state = [
        0x6745_2301,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0,
    ];
    sha1::block_api::compress(&mut state, from_ref(&block));
    bytes(&state)
}

/// Puts both pieces, a bit and their length in bits among the zeros of a block; `None` if that is more
/// than a block. In place: bytes that were just written in pieces are slow to copy as a whole.
#[inline]
fn fill(block: &mut [u8; BLOCK], first: &[u8], second: &[u8]) -> Option<()> {
    let length = first.len().checked_add(second.len())?;
    if length >= LENGTH {
        return None;
    }
    let (head, rest) = block.split_at_mut_checked(first.len())?;
    put(first, head);
    let (body, rest) = rest.split_at_mut_checked(second.len())?;
    put(second, body);
    *rest.first_mut()? = 0x80;
    let bits = u64::try_from(length).ok()?.checked_mul(8)?;
    *rest.last_chunk_mut()? = bits.to_be_bytes();
    Some(())
}

/// Copies; the usual lengths without a call.
fn put(bytes: &[u8], place: &mut [u8]) {
    fn fixed<const N: usize>(bytes: &[u8], place: &mut [u8]) -> bool {
        match (<&mut [u8; N]>::try_from(place), <&[u8; N]>::try_from(bytes)) {
            (Ok(place), Ok(bytes)) => {
                *place = *bytes;
                true
            }
            _ => false,
        }
    }
    let usual = fixed::<32>(bytes, place) || fixed::<20>(bytes, place);
    if !usual && !fixed::<21>(bytes, place) {
        place.copy_from_slice(bytes);
    }
}

/// The words of a state as bytes, the first byte of each first.
fn bytes<const BYTES: usize>(state: &[u32]) -> [u8; BYTES] {
    let mut hash = [0; BYTES];
    for (place, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::schemes::known::hex;

    /// FIPS 180-4's example "abc".
    #[test]
    fn published_answers() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"a", b"bc").as_slice(), hex(expected));
        let expected = "a9993e364706816aba3e25717850c26c9cd0d89d";
        assert_eq!(sha1(b"ab", b"c").as_slice(), hex(expected));
    }

    #[test]
    fn every_length_as_the_general_hashers_have_it() {
        let all: Vec<u8> = (0..200).collect();
        for length in 0..all.len() {
            for middle in [0, length / 3, length] {
                let (whole, _) = all.split_at(length);
                let (first, second) = whole.split_at(middle);
                assert_eq!(
                    sha256(first, second),
                    <[u8; 32]>::from(Sha256::digest(whole))
                );
                assert_eq!(sha1(first, second), <[u8; 20]>::from(Sha1::digest(whole)));
            }
        }
    }
}
