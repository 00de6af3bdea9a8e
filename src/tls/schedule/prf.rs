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
