//! One authentication scheme a file: the formula, where it is from, and known answers.
//!
//! Nothing here knows of logins, packets or hypotheses: bytes in, bytes or a yes out.

pub mod caching_sha2;
pub mod clear;
pub mod ed25519;
pub mod iam_token;
pub mod native;
pub mod old_password;
pub mod parsec;
pub mod rsa;
pub mod scram;
pub mod sha256;
mod short;

/// `a` XOR `b`, byte by byte.
fn xor<const N: usize>(mut a: [u8; N], b: &[u8; N]) -> [u8; N] {
    for (left, right) in a.iter_mut().zip(b) {
        *left ^= right;
    }
    a
}

#[cfg(test)]
pub(crate) mod known {
    //! The password and the salt of `vectors.out`.

    pub(crate) const PASSWORD: &[u8] = b"secret";

    /// The salt as on the wire, with its terminator.
    pub(crate) const SALT_21: &[u8] = b"P\x01\x38\x06D<TBG\x7f( -\x19\x18[,=I\x0a\0";

    pub(crate) fn salt_20() -> &'static [u8] {
        &SALT_21[..20]
    }

    pub(crate) fn hex(text: &str) -> Vec<u8> {
        text.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn the_salt_is_the_one_of_the_vectors() {
        assert_eq!(SALT_21, hex("50013806443c5442477f28202d19185b2c3d490a00"));
    }
}
