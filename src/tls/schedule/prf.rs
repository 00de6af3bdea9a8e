//! The pseudorandom function of TLS 1.0 to 1.2: master secrets and key blocks come out of it.
//!
//! ```text
//! P_hash(secret, seed) = HMAC(secret, A(1) ‖ seed) ‖ HMAC(secret, A(2) ‖ seed) ‖ …
//!     A(0) = seed, A(i) = HMAC(secret, A(i−1)),  seed = label ‖ seed
//! TLS 1.2:     PRF = P_hash, of the suite's hash or SHA-256
//! TLS 1.0/1.1: PRF = P_MD5(first half of the secret) XOR P_SHA1(second half)
//! ```
//!
//! Source: RFC 5246 §5, RFC 2246 §5, RFC 7627 §4 (extended master secret).

use zeroize::Zeroizing;

use crate::tls::hash::Hash;
use crate::tls::secret::Secret;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prf {
    /// TLS 1.0 and 1.1.
    Md5Sha1,
    /// TLS 1.2.
    Single(Hash),
}

impl Prf {
    /// Fills `out`; `None` only if a digest were longer than it can be.
    pub fn fill(self, secret: &[u8], label: &[u8], seed: &[&[u8]], out: &mut [u8]) -> Option<()> {
        out.fill(0);
        match self {
            Self::Single(hash) => xor_p_hash(hash, secret, label, seed, out),
            Self::Md5Sha1 => {
                // The halves share the middle byte of a secret of odd length.
                let half = secret.len().div_ceil(2);
                let first = secret.get(..half)?;
                let second = secret.get(secret.len().checked_sub(half)?..)?;
                xor_p_hash(Hash::Md5, first, label, seed, out)?;
                xor_p_hash(Hash::Sha1, second, label, seed, out)
            }
        }
    }

    /// `PRF(premaster, "master secret", client random ‖ server random)`
    pub fn master_secret(self, premaster: &[u8], client: &[u8], server: &[u8]) -> Option<Secret> {
        self.to_master(premaster, b"master secret", &[client, server])
    }

    /// `PRF(premaster, "extended master secret", hash of the messages)`
    pub fn extended_master_secret(self, premaster: &[u8], session_hash: &[u8]) -> Option<Secret> {
        self.to_master(premaster, b"extended master secret", &[session_hash])
    }

    fn to_master(self, premaster: &[u8], label: &[u8], seed: &[&[u8]]) -> Option<Secret> {
        let mut master = Zeroizing::new([0; 48]);
        self.fill(premaster, label, seed, master.as_mut())?;
        Secret::new(master.as_ref())
    }
}

fn xor_p_hash(
    hash: Hash,
    secret: &[u8],
    label: &[u8],
    seed: &[&[u8]],
    out: &mut [u8],
) -> Option<()> {
    let seed: Vec<&[u8]> = std::iter::once(label).chain(seed.iter().copied()).collect();
    let mut a = hash.hmac(secret, &seed)?;
    for chunk in out.chunks_mut(hash.size()) {
        let mut parts = vec![a.bytes()];
        parts.extend(&seed);
        let block = hash.hmac(secret, &parts)?;
        for (byte, other) in chunk.iter_mut().zip(block.bytes()) {
            *byte ^= other;
        }
        a = hash.hmac(secret, &[a.bytes()])?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::tests::hex;

    /// The vectors that the TLS working group's list has for TLS 1.2.
    #[test]
    fn tls12() {
        let table = [
            (
                Hash::Sha256,
                "9bbe436ba940f017b17652849a71db35",
                "a0ba9f936cda311827a6f796ffd5198c",
                "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a\
                 6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab\
                 4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701\
                 87347b66",
            ),
            (
                Hash::Sha384,
                "b80b733d6ceefcdc71566ea48e5567df",
                "cd665cf6a8447dd6ff8b27555edb7465",
                "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd\
                 e9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd\
                 8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425\
                 9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee6\
                 91c8f3a26854308d5eaa3be85e0990703d73e56f",
            ),
        ];
        for (hash, secret, seed, expected) in table {
            let expected = hex(expected);
            let mut out = vec![0xff; expected.len()];
            let prf = Prf::Single(hash);
            let filled = prf.fill(&hex(secret), b"test label", &[&hex(seed)], &mut out);
            assert_eq!((filled, out), (Some(()), expected));
        }
    }

    /// Of a secret of odd length, the halves of which share a byte; computed by Python's `hmac`.
    #[test]
    fn tls10() {
        let secret: Vec<u8> = (0..47).collect();
        let seed: Vec<u8> = (100..116).collect();
        let mut out = [0; 50];
        let filled = Prf::Md5Sha1.fill(&secret, b"test label", &[&seed[..5], &seed[5..]], &mut out);
        let expected = "cc267492db0f31670ff93476ec619d44fd6007369edc9563b21654c16f54aa0f6842b9ec100b3b8caf24511b5d144df825a0";
        assert_eq!((filled, out.to_vec()), (Some(()), hex(expected)));
    }
}
