//! TLS: from the bytes of a conversation to those inside, where keys allow.
//!
//! ```text
//! data ──► deframer ──► record ──► protection ──► joiner ──► handshake messages ──► next keys
//!                                            └──► plaintext, alerts
//! ```
//!
//! A [`Session`] takes the bytes of both directions, from the `ClientHello` on, and gives the
//! plaintext with the packets it came in. Keys come from key logs ([`KeyLog`]) and, for the RSA
//! key exchange, from the server's private key ([`ServerKey`]). Every record is authenticated.
//! What cannot be opened says why ([`Sealed`]); what its sizes still tell is [`shape`]'s matter.
//! What the plaintext means is not known here.

mod cipher;
mod deframer;
mod hash;
mod joiner;
pub mod keylog;
mod keys;
mod negotiation;
mod plaintext;
mod schedule;
mod sealed;
mod secret;
mod server_key;
mod session;
pub mod shape;
mod suite;
#[cfg(test)]
mod tests;
mod transcript;
pub mod wire;

pub use keylog::KeyLog;
pub use keys::Keys;
pub use plaintext::Plaintext;
pub use sealed::Sealed;
pub use server_key::{KeyError, ServerKey};
pub use session::{Alert, Plain, Record, Session};
pub use suite::Suite;

use wire::handshake::HandshakeType;
use wire::record::{ContentType, RecordHeader};

/// Whether bytes begin with a `ClientHello`, as far as they go. At least the record's header and
/// the message's type are needed.
#[must_use]
pub fn looks_like_client_hello(bytes: &[u8]) -> bool {
    let kind = bytes.get(RecordHeader::SIZE).copied().map(HandshakeType);
    RecordHeader::parse(bytes).is_some_and(|header| {
        header.content == ContentType::HANDSHAKE && header.is_plausible() && header.length > 4
    }) && kind == Some(HandshakeType::CLIENT_HELLO)
}
