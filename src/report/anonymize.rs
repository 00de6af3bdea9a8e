//! Pseudonyms: what stands in place of names and addresses with `--anonymize`.
//!
//! Owns the keyed functions from a name to its pseudonym, and which words of a capture name a
//! machine or a person ([`attributes`], [`error_text`]). Does not own where they are put: the
//! [`Redactor`](super::Redactor) asks for those of reports, `extract` for those of packets.
//!
//! Everything is HMAC-SHA256 under one key: the same name has the same pseudonym wherever it turns
//! up, and nobody without the key can test a guessed name. Without `--anonymize-key` the key is
//! random and forgotten with the run. A user and a database of one name share the digits.

mod address;
pub(crate) mod attributes;
pub(crate) mod error_text;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::limits;
use crate::report::text;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// A user of the server or of the client's machine.
    User,
    /// A database.
    Database,
    /// A machine.
    Host,
    /// A file, folder or capture.
    File,
    /// Anything else that may tell who is meant.
    Other,
}

impl Named {
    const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Database => "db",
            Self::Host => "host",
            Self::File => "file",
            Self::Other => "name",
        }
    }
}

/// Bytes of the digest that a pseudonym shows: 40 bits, so that a million names rarely collide.
const SHOWN: usize = 5;
/// Letters of pseudonyms that must have a given length.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Makes pseudonyms. Has no `Debug`: it holds the key.
pub struct Pseudonyms {
    key: Zeroizing<[u8; 32]>,
    /// Addresses done before: one costs an HMAC for each of its bits.
    addresses: Mutex<HashMap<IpAddr, IpAddr>>,
}

impl Pseudonyms {
    /// Pseudonyms under a key of any length, such as a file's content.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        let key = Zeroizing::new(hmac(key, &[b"unscramble pseudonyms 1"]));
        let addresses = Mutex::default();
        Self { key, addresses }
    }

    /// Pseudonyms that no other run will make again.
    ///
    /// # Errors
    ///
    /// When the operating system has no random bytes.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice())?;
        Ok(Self::new(key.as_slice()))
    }

    /// `user-1a2b3c4d5e`. No name at all stays none.
    #[must_use]
    pub fn name(&self, kind: Named, name: &[u8]) -> String {
        if name.is_empty() {
            return String::new();
        }
        let digest = self.digest(b"name", name);
        let shown = digest.get(..SHOWN).unwrap_or_default();
        format!("{}-{}", kind.word(), text::hex(shown))
    }

    /// A machine's name or address as text: an address stays one.
    #[must_use]
    pub fn host(&self, host: &[u8]) -> String {
        let address = std::str::from_utf8(host).ok().and_then(|h| h.parse().ok());
        match address {
            Some(address) => self.address(address).to_string(),
            None => self.name(Named::Host, host),
        }
    }

    /// A path: one pseudonym for all of it, and the ending, which says what kind of file it is.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        if path == "-" {
            return path.to_owned();
        }
        let ending = std::path::Path::new(path).extension();
        let ending = ending.and_then(std::ffi::OsStr::to_str).filter(|ending| {
            ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        let name = self.name(Named::File, path.as_bytes());
        ending.map_or(name.clone(), |ending| format!("{name}.{ending}"))
    }

    /// A pseudonym of exactly the name's length, for packets, whose lengths stay. Of a name of one or
    /// two letters it may be that of another, too.
    #[must_use]
    pub fn same_length(&self, name: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(name.len());
        for block in 0_u32.. {
            if out.len() >= name.len() {
                break;
            }
            let digest = hmac(
                self.key.as_slice(),
                &[b"letters", &block.to_be_bytes(), name],
            );
            let letter = |byte: &u8| LETTERS.get(usize::from(byte & 31)).copied().unwrap_or(b'x');
            let wanted = name.len().saturating_sub(out.len());
            out.extend(digest.iter().map(letter).take(wanted));
        }
        out
    }

    /// An address of the same family. Two addresses with a common beginning of n bits get pseudonyms
    /// with a common beginning of n bits.
    #[must_use]
    pub fn address(&self, address: IpAddr) -> IpAddr {
        let mut known = self
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&address) {
            return *known;
        }
        let pseudonym = match address {
            IpAddr::V4(v4) => address::v4(&|prefix| self.digest(b"v4", prefix), v4).into(),
            IpAddr::V6(v6) => address::v6(&|prefix| self.digest(b"v6", prefix), v6).into(),
        };
        if known.len() < limits::PSEUDONYMS {
            known.insert(address, pseudonym);
        }
        pseudonym
    }

    /// A hardware address: locally administered, and a single station's or a group's as it was.
    #[must_use]
    pub fn hardware(&self, address: [u8; 6]) -> [u8; 6] {
        // All zeros (a loopback device) and the broadcast address name nobody.
        if address == [0; 6] || address == [0xFF; 6] {
            return address;
        }
        let mut hidden = [0; 6];
        let digest = self.digest(b"hardware", &address);
        for (byte, new) in hidden.iter_mut().zip(digest) {
            *byte = new;
        }
        let group = address.first().copied().unwrap_or(0) & 1;
        if let Some(first) = hidden.first_mut() {
            *first = (*first & 0xFC) | 2 | group;
        }
        hidden
    }

    fn digest(&self, what: &[u8], bytes: &[u8]) -> [u8; 32] {
        hmac(self.key.as_slice(), &[what, &[0], bytes])
    }
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_the_same_pseudonym_under_the_same_key() {
        let (a, b) = (Pseudonyms::new(b"key"), Pseudonyms::new(b"key"));
        let other = Pseudonyms::random().unwrap();
        let name = a.name(Named::User, b"app");
        assert_eq!(name, b.name(Named::User, b"app"));
        assert_ne!(name, other.name(Named::User, b"app"));
        assert_ne!(name, a.name(Named::User, b"App"));
        assert!(name.starts_with("user-") && name.len() == 15, "{name}");
        let database = a.name(Named::Database, b"app");
        assert_eq!(database.strip_prefix("db-"), name.strip_prefix("user-"));
        assert_eq!(a.name(Named::User, b""), "");
    }

    #[test]
    fn lengths_are_kept_where_they_must_be() {
        let pseudonyms = Pseudonyms::new(b"key");
        for length in [0, 1, 5, 32, 33, 1000] {
            let name = vec![b'n'; length];
            let pseudonym = pseudonyms.same_length(&name);
            assert_eq!(pseudonym.len(), length);
            assert_eq!(pseudonym, pseudonyms.same_length(&name));
        }
        assert_ne!(pseudonyms.same_length(b"app"), b"app");
    }

    #[test]
    fn hosts_and_paths() {
        let pseudonyms = Pseudonyms::new(b"key");
        let address: IpAddr = "10.0.0.5".parse().unwrap();
        assert_eq!(
            pseudonyms.host(b"10.0.0.5"),
            pseudonyms.address(address).to_string()
        );
        assert!(pseudonyms.host(b"db.example.com").starts_with("host-"));
        let path = pseudonyms.path("/srv/acme/login.pcapng");
        assert!(path.starts_with("file-") && path.ends_with(".pcapng"));
        assert_eq!(pseudonyms.path("-"), "-");
    }

    #[test]
    fn hardware_addresses() {
        let pseudonyms = Pseudonyms::new(b"key");
        let hidden = pseudonyms.hardware([0, 0x1B, 2, 3, 4, 5]);
        assert_eq!(hidden[0] & 3, 2);
        assert_eq!(pseudonyms.hardware([0xFF; 6]), [0xFF; 6]);
    }
}
