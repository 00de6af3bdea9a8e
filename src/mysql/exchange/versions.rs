//! The other version of a login: what its messages say where the second copies of conflicting bytes stand.
//!
//! Owns the bytes of a login's messages while it runs, and the conflicts in them. A receiver took one copy
//! of each byte; the capture does not say which. So both are decoded: the first copies everywhere, and the
//! second copies everywhere. Only where all of the login is there and readable: behind a hole or inside
//! TLS the places of the bytes are not those of the messages.

use sha2::{Digest as _, Sha256};
use smallvec::SmallVec;

use super::{Exchange, USUAL_MESSAGES};
use crate::capture::PacketRef;
use crate::limits;
use crate::mysql::framing::{Framer, Message};
use crate::mysql::login::{Fault, Login, Side, Transport};
use crate::mysql::wire::header::Header;

/// Two copies of some bytes of the stream that differ.
#[derive(Clone, Debug)]
pub(in crate::mysql) struct Differing {
    pub side: Side,
    pub offset: u64,
    pub length: u64,
    /// The copy that was used; empty where it was not kept.
    pub kept: Vec<u8>,
    pub other: Vec<u8>,
    pub first: PacketRef,
    pub second: PacketRef,
}

impl Differing {
    /// What identifies the two copies: the first 8 bytes of their SHA-256. Of the client's bytes there is
    /// none: a hash of a response lets anyone with the salt test guesses of the password.
    pub fn digests(&self) -> Option<[u64; 2]> {
        let known = self.side == Side::Server && !self.kept.is_empty();
        known.then(|| {
            [&self.kept, &self.other].map(|bytes| {
                let digest: [u8; 32] = Sha256::digest(bytes).into();
                digest
                    .first_chunk()
                    .map_or(0, |chunk| u64::from_be_bytes(*chunk))
            })
        })
    }

    /// Writes the other copy over the bytes of a message that begins at `offset`.
    fn write_over(&self, bytes: &mut [u8], offset: u64) -> bool {
        let mut changed = false;
        for (byte, at) in bytes.iter_mut().zip(offset..) {
            let place = at.checked_sub(self.offset).map(usize::try_from);
            if let Some(Ok(place)) = place
                && let Some(other) = self.other.get(place)
            {
                changed |= byte != other;
                *byte = *other;
            }
        }
        changed
    }
}

/// A login's messages as bytes.
#[derive(Debug)]
pub(super) struct Heard {
    bytes: Vec<u8>,
    messages: SmallVec<[Place; USUAL_MESSAGES]>,
    /// Not all of them are here.
    broken: bool,
}

#[derive(Debug)]
struct Place {
    side: Side,
    offset: u64,
    at: PacketRef,
    length: usize,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            bytes: Vec::with_capacity(USUAL_BYTES),
            messages: SmallVec::new(),
            broken: false,
        }
    }
}

/// The bytes of most logins, so that one allocation does.
const USUAL_BYTES: usize = 512;

impl Heard {
    /// Keeps a message.
    pub fn push(&mut self, side: Side, message: &Message) {
        let length = Header::SIZE.saturating_add(message.payload.len());
        let room = limits::LOGIN_HEARD.saturating_sub(self.bytes.len());
        if self.broken || message.missing > 0 || message.after_gap || length > room {
            self.broken = true;
            return;
        }
        let count = u32::try_from(message.payload.len()).unwrap_or(u32::MAX);
        let [low, middle, high, _] = count.to_le_bytes();
        self.bytes
            .extend_from_slice(&[low, middle, high, message.sequence]);
        self.bytes.extend_from_slice(&message.payload);
        self.messages.push(Place {
            side,
            offset: message.offset,
            at: message.at,
            length,
        });
    }
}

impl Exchange {
    /// The login as the other copies have it; `None` where there are none, or it cannot be told.
    pub(super) fn other_version(&self) -> Option<Box<Login>> {
        let is_hole = |fault: &Fault| matches!(fault, Fault::Missing { .. });
        let readable = self.login.transport == Transport::Plain && self.login.attempt == 0;
        let kept = self.differing.iter().any(|d| !d.other.is_empty());
        if !kept || !readable || self.heard.broken || self.login.faults.iter().any(is_hole) {
            return None;
        }
        let login = &self.login;
        let mut other = Self::begin(login.client, login.server, login.first);
        other.proxied_for(login.proxied_for);
        let [mut client, mut server] = [Framer::default(), Framer::default()];
        let mut rest = self.heard.bytes.as_slice();
        let mut changed = false;
        for place in &self.heard.messages {
            let (bytes, behind) = rest.split_at_checked(place.length)?;
            rest = behind;
            let mut bytes = bytes.to_vec();
            let mut at = place.at;
            let of_side = self.differing.iter().filter(|d| d.side == place.side);
            for differing in of_side {
                if differing.write_over(&mut bytes, place.offset) {
                    at = at.max(differing.second);
                    changed = true;
                }
            }
            let framer = match place.side {
                Side::Client => &mut client,
                Side::Server => &mut server,
            };
            let (mut bytes, mut offset) = (bytes.as_slice(), place.offset);
            while let Some(message) = framer.next(&mut bytes, &mut offset, at) {
                if !other.is_decided() {
                    other.take(place.side, &message);
                }
            }
        }
        (changed && other.login.transport == Transport::Plain).then_some(other.login)
    }
}
