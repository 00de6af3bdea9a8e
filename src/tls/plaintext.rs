//! Decrypted bytes, which may hold passwords.

use std::ops::{Deref, DerefMut};

use zeroize::Zeroize as _;

/// The bytes of a record or of a part of one; overwritten when dropped, with what was cut off behind them. No
/// `Debug`. It stands beside [`zeroize::Zeroizing`], which goes through a `Vec` byte by byte, because all that
/// is decrypted comes through here.
pub struct Plaintext(Vec<u8>);

impl From<Vec<u8>> for Plaintext {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Deref for Plaintext {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Plaintext {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl Drop for Plaintext {
    fn drop(&mut self) {
        self.0.spare_capacity_mut().zeroize();
        self.0.as_mut_slice().zeroize();
    }
}
