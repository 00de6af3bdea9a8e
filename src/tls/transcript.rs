//! The hash over a handshake's messages, for the extended master secret (RFC 7627 §3).

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384};

use super::hash::Hash;
use super::schedule::prf::Prf;

/// All hashes that may be wanted, since the first messages come before it is known which.
#[derive(Clone, Default)]
pub(super) struct Transcript {
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
    sha384: Sha384,
}

impl Transcript {
    /// Takes the next message with its header.
    pub fn message(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha1.update(bytes);
        self.sha256.update(bytes);
        self.sha384.update(bytes);
    }

    /// The hash over all messages so far, as the session's PRF has it.
    pub fn session_hash(&self, prf: Prf) -> Vec<u8> {
        let md5 = || self.md5.clone().finalize().to_vec();
        let sha1 = || self.sha1.clone().finalize().to_vec();
        match prf {
            Prf::Md5Sha1 => [md5(), sha1()].concat(),
            Prf::Single(Hash::Md5) => md5(),
            Prf::Single(Hash::Sha1) => sha1(),
            Prf::Single(Hash::Sha256) => self.sha256.clone().finalize().to_vec(),
            Prf::Single(Hash::Sha384) => self.sha384.clone().finalize().to_vec(),
        }
    }
}
