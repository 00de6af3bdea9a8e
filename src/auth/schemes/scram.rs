//! SCRAM-SHA-1 and SCRAM-SHA-256 of `authentication_ldap_sasl_client`.
//!
//! ```text
//! client: n,a=user,n=user,r=nonce     server: r=nonce,s=salt,i=rounds     client: c=…,r=nonce,p=proof
//! salted = PBKDF2-HMAC(password, salt, rounds)
//! key    = HMAC(salted, "Client Key")
//! proof  = key XOR HMAC(H(key), client-first-bare ‖ "," ‖ server-first ‖ "," ‖ client-final without p)
//! ```
//!
//! Source: RFC 5802 section 3, RFC 7677; the exchange as in `CC plugins/auth` and Connector/Python.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::limits;

/// The hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// SCRAM-SHA-1
    Sha1,
    /// SCRAM-SHA-256
    Sha256,
}

impl Mechanism {
    /// The mechanism of a name, as the auth switch carries it.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        match name.strip_suffix(b"\0").unwrap_or(name) {
            b"SCRAM-SHA-1" => Some(Self::Sha1),
            b"SCRAM-SHA-256" => Some(Self::Sha256),
            _ => None,
        }
    }

    fn hmac(self, key: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
        // An HMAC takes a key of any length, so neither can fail.
        let tag = match self {
            Self::Sha1 => Hmac::<Sha1>::new_from_slice(key)
                .map(|mac| mac.chain_update(message).finalize().into_bytes().to_vec()),
            Self::Sha256 => Hmac::<Sha256>::new_from_slice(key)
                .map(|mac| mac.chain_update(message).finalize().into_bytes().to_vec()),
        };
        Zeroizing::new(tag.unwrap_or_default())
    }

    fn hash(self, message: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Self::Sha1 => Sha1::digest(message).to_vec(),
            Self::Sha256 => Sha256::digest(message).to_vec(),
        })
    }
}

/// A whole exchange up to the client's proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    mechanism: Mechanism,
    auth_message: Vec<u8>,
    /// The account's salt.
    salt: Vec<u8>,
    /// The rounds of key derivation.
    rounds: u32,
    proof: Vec<u8>,
}

impl Exchange {
    /// Reads the three messages; `None` if they are not of this form, or ask for more rounds than
    /// are worth spending.
    #[must_use]
    pub fn parse(
        mechanism: Mechanism,
        client_first: &[u8],
        server_first: &[u8],
        client_final: &[u8],
    ) -> Option<Self> {
        let mut header = client_first.splitn(3, |&byte| byte == b',');
        let (_, _, bare) = (header.next()?, header.next()?, header.next()?);
        let split = memchr::memmem::rfind(client_final, b",p=")?;
        let (without_proof, proof) = client_final.split_at_checked(split)?;
        let proof = proof.strip_prefix(b",p=")?;
        let rounds = str::from_utf8(attribute(server_first, b"i=")?).ok()?;
        let rounds = rounds.parse().ok()?;
        Some(Self {
            mechanism,
            auth_message: [bare, server_first, without_proof].join(b",".as_slice()),
            salt: STANDARD.decode(attribute(server_first, b"s=")?).ok()?,
            rounds: (1..=limits::SCRAM_ROUNDS)
                .contains(&rounds)
                .then_some(rounds)?,
            proof: STANDARD
                .decode(proof.strip_suffix(b"\0").unwrap_or(proof))
                .ok()?,
        })
    }

    /// The rounds of key derivation.
    #[must_use]
    pub const fn rounds(&self) -> u32 {
        self.rounds
    }

    /// Whether the proof was made with this password.
    #[must_use]
    pub fn proves(&self, password: &[u8]) -> bool {
        self.proof_of(password).ct_eq(self.proof.as_slice()).into()
    }

    fn proof_of(&self, password: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut sha1 = Zeroizing::new([0; 20]);
        let mut sha256 = Zeroizing::new([0; 32]);
        let salted: &[u8] = match self.mechanism {
            Mechanism::Sha1 => {
                pbkdf2_hmac::<Sha1>(password, &self.salt, self.rounds, sha1.as_mut_slice());
                sha1.as_slice()
            }
            Mechanism::Sha256 => {
                pbkdf2_hmac::<Sha256>(password, &self.salt, self.rounds, sha256.as_mut_slice());
                sha256.as_slice()
            }
        };
        let mut key = self.mechanism.hmac(salted, b"Client Key");
        let stored = self.mechanism.hash(&key);
        let signature = self.mechanism.hmac(&stored, &self.auth_message);
        for (byte, mask) in key.iter_mut().zip(signature.iter()) {
            *byte ^= mask;
        }
        key
    }
}

/// The value of an attribute, such as `s=`.
fn attribute<'m>(message: &'m [u8], name: &[u8]) -> Option<&'m [u8]> {
    let mut attributes = message.split(|&byte| byte == b',');
    attributes.find_map(|attribute| attribute.strip_prefix(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5802, section 5.
    #[test]
    fn rfc_5802() {
        let exchange = Exchange::parse(
            Mechanism::Sha1,
            b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
            b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        )
        .unwrap();
        assert!(exchange.proves(b"pencil"));
        assert!(!exchange.proves(b"Pencil"));
    }

    /// RFC 7677, section 3.
    #[test]
    fn rfc_7677() {
        let exchange = Exchange::parse(
            Mechanism::Sha256,
            b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
            b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        )
        .unwrap();
        assert!(exchange.proves(b"pencil"));
    }

    #[test]
    fn rounds_are_capped() {
        let parse = |rounds: &str| {
            let server = format!("r=x,s=QSXCR+Q6sek8bf92,i={rounds}");
            Exchange::parse(
                Mechanism::Sha1,
                b"n,,n=u,r=x",
                server.as_bytes(),
                b"c=biws,r=x,p=AA==",
            )
        };
        assert!(parse("4096").is_some());
        assert!(parse("2000000000").is_none());
        assert!(parse("0").is_none());
    }
}
