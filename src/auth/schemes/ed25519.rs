//! `client_ed25519` of MariaDB.
//!
//! ```text
//! h = SHA512(password)    a = clamp(h[..32])    A = a·B, which the server stores
//! r = SHA512(h[32..] ‖ nonce) mod L             R = r·B
//! s = r + SHA512(R ‖ A ‖ nonce)·a mod L
//! response (64) = R ‖ s
//! ```
//!
//! Ed25519 of RFC 8032 with the whole password where that has a 32-byte seed. The nonce is 32
//! bytes without a terminator. The empty password is signed with like any other. Source:
//! MariaDB `plugin/auth_ed25519/client_ed25519.c` and `ref10/sign.c`.

use std::ops::Neg;

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A key pair derived from a password, wiped when dropped.
pub struct Keys {
    secret: Zeroizing<Scalar>,
    prefix: Zeroizing<[u8; 32]>,
    public: [u8; 32],
}

impl Keys {
    /// The keys of a password (or of a seed of RFC 8032).
    #[must_use]
    pub fn new(password: &[u8]) -> Self {
        let hash: Zeroizing<[u8; 64]> = Zeroizing::new(Sha512::digest(password).into());
        let (low, high) = halves(&hash);
        let secret = Scalar::from_bytes_mod_order(clamp_integer(low));
        Self {
            public: EdwardsPoint::mul_base(&secret).compress().to_bytes(),
            secret: Zeroizing::new(secret),
            prefix: Zeroizing::new(high),
        }
    }

    /// The public key: what the server stores, as 43 characters of base64.
    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The response over a nonce.
    #[must_use]
    pub fn sign(&self, nonce: &[u8]) -> [u8; 64] {
        let random = self.random(nonce);
        let commitment = EdwardsPoint::mul_base(&random).compress().to_bytes();
        let proof = self.proof(&random, &commitment, nonce);
        let mut signature = [0; 64];
        let (first, second) = signature.split_at_mut(32);
        first.copy_from_slice(&commitment);
        second.copy_from_slice(proof.as_bytes());
        signature
    }

    /// Whether [`Self::sign`] gives this response. Cheaper than signing: the second half follows
    /// from the first without arithmetic on the curve, and few get as far as that.
    #[must_use]
    pub fn signs(&self, nonce: &[u8], response: &[u8; 64]) -> bool {
        let (commitment, claimed) = halves(response);
        let random = self.random(nonce);
        let proof = self.proof(&random, &commitment, nonce);
        let same: bool = proof.as_bytes().ct_eq(&claimed).into();
        same && EdwardsPoint::mul_base(&random).compress().to_bytes() == commitment
    }

    /// s of the formula.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "modulo L, nothing overflows"
    )]
    fn proof(&self, random: &Scalar, commitment: &[u8; 32], nonce: &[u8]) -> Scalar {
        random + challenge(commitment, &self.public, nonce) * *self.secret
    }

    fn random(&self, nonce: &[u8]) -> Zeroizing<Scalar> {
        let hash = Sha512::new()
            .chain_update(self.prefix.as_slice())
            .chain_update(nonce);
        Zeroizing::new(Scalar::from_bytes_mod_order_wide(&hash.finalize().into()))
    }
}

/// Whether `response` is a signature over `message` under a public key: s·B = R + challenge·A.
#[must_use]
pub fn verifies(public: &[u8; 32], message: &[u8], response: &[u8; 64]) -> bool {
    let (commitment, claimed) = halves(response);
    let proof: Option<Scalar> = Scalar::from_canonical_bytes(claimed).into();
    let (Some(proof), Some(key)) = (proof, CompressedEdwardsY(*public).decompress()) else {
        return false;
    };
    let challenge = challenge(&commitment, public, message);
    let minus_key = key.neg();
    let expected =
        EdwardsPoint::vartime_double_scalar_mul_basepoint(&challenge, &minus_key, &proof);
    expected.compress().to_bytes() == commitment
}

fn challenge(commitment: &[u8; 32], public: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new()
        .chain_update(commitment)
        .chain_update(public)
        .chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn halves(bytes: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let mut low = [0; 32];
    let mut high = [0; 32];
    let (first, second) = bytes.split_at(32);
    low.copy_from_slice(first);
    high.copy_from_slice(second);
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::schemes::known::{PASSWORD, hex};

    #[test]
    fn known_answers() {
        let keys = Keys::new(PASSWORD);
        assert_eq!(
            keys.public().as_slice(),
            hex("648814444520e4f56043a2ec9215e63be7992d2d270bc6dee873e36164786096")
        );
        let rising: Vec<u8> = (0..32).collect();
        let falling: Vec<u8> = (0..32).rev().collect();
        for (nonce, response) in [
            (
                rising.as_slice(),
                "546c3e9311d19ee389d1ae5d945821bfe459423910136f16b3bd2ae89fd7d63b449e689f4be812891a85b8f999076446d92adb83d0707215aaa60b5a23220907",
            ),
            (
                falling.as_slice(),
                "71472a7696f029cd227822cf26fec53b15c99571b14db9e79ba1f486dfa98a06a45b888ead2cb15d1b55ea76493a36d3263d98b26836ccdbf3adaf105dcafa01",
            ),
            (
                &falling[..31],
                "a0f5eff69f077a466877bb2e0c2bcdc367073a461bd0fa55ab43d2805fa5918047a5d36a40d005fcf404abd223b73db117d20b6aa5c42a096322ff17c2425909",
            ),
        ] {
            let response: [u8; 64] = hex(response).try_into().unwrap();
            assert_eq!(keys.sign(nonce), response);
            assert!(keys.signs(nonce, &response));
            assert!(verifies(keys.public(), nonce, &response));
            assert!(!keys.signs(b"other", &response));
            assert!(!verifies(keys.public(), b"other", &response));
            assert!(!Keys::new(b"other").signs(nonce, &response));
        }
    }

    /// go-sql-driver/mysql `auth_test.go`, `TestAuthSwitchED25519`.
    #[test]
    fn the_answer_known_to_go_sql_driver() {
        let response = [
            232, 61, 201, 63, 67, 63, 51, 53, 86, 73, 238, 35, 170, 117, 146, 214, 26, 17, 35, 9,
            8, 132, 245, 141, 48, 99, 66, 58, 36, 228, 48, 84, 115, 254, 187, 168, 88, 162, 249,
            57, 35, 85, 79, 238, 167, 106, 68, 117, 56, 135, 171, 47, 20, 14, 133, 79, 15, 229,
            124, 160, 176, 100, 138, 14,
        ];
        assert_eq!(Keys::new(b"foobar").sign(&[b'A'; 32]), response);
    }
}
