//! Puts handshake messages together: several in a record, one over several records.
//!
//! A message that is whole in one record is handed on where it stands.

use std::borrow::Cow;

use super::wire::handshake::{HandshakeHeader, HandshakeType};
use crate::limits;

/// One direction's unfinished message.
#[derive(Default)]
pub(super) struct Joiner {
    buffer: Vec<u8>,
}

/// A whole message.
pub(super) struct Message<'f> {
    pub kind: HandshakeType,
    /// With its header, as the hashes over handshakes want it.
    pub bytes: Cow<'f, [u8]>,
}

impl Message<'_> {
    /// What stands behind the header.
    pub fn body(&self) -> &[u8] {
        self.bytes.get(HandshakeHeader::SIZE..).unwrap_or_default()
    }
}

/// A message is longer than any is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Joiner {
    /// Takes the next message off the front of what a record carries, or keeps what it has of it.
    /// To be asked with each record's bytes until there is none.
    pub fn next<'f>(&mut self, fragment: &mut &'f [u8]) -> Result<Option<Message<'f>>, TooLong> {
        if self.buffer.is_empty()
            && let Some((kind, whole)) = measure(fragment)?
            && let Some((bytes, rest)) = fragment.split_at_checked(whole)
        {
            *fragment = rest;
            let bytes = Cow::Borrowed(bytes);
            return Ok(Some(Message { kind, bytes }));
        }
        self.buffer.extend_from_slice(fragment);
        *fragment = &[];
        let Some((kind, whole)) = measure(&self.buffer)? else {
            return Ok(None);
        };
        if self.buffer.len() < whole {
            return Ok(None);
        }
        let rest = self.buffer.split_off(whole);
        let bytes = Cow::Owned(std::mem::replace(&mut self.buffer, rest));
        Ok(Some(Message { kind, bytes }))
    }

    /// Whether a message is unfinished; keys must not change then.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }
}

/// The type and the size, header included, of the message that begins here; `None` before its header
/// is whole.
fn measure(bytes: &[u8]) -> Result<Option<(HandshakeType, usize)>, TooLong> {
    let Some(header) = HandshakeHeader::parse(bytes) else {
        return Ok(None);
    };
    let length = usize::try_from(header.length).unwrap_or(usize::MAX);
    if length > limits::TLS_HANDSHAKE_MESSAGE {
        return Err(TooLong);
    }
    let whole = HandshakeHeader::SIZE.saturating_add(length);
    Ok(Some((header.kind, whole)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_cutting() {
        let stream = [1, 0, 0, 2, 8, 9, 14, 0, 0, 0, 20, 0, 0, 1, 7, 11, 0];
        for size in 1..=stream.len() {
            let mut joiner = Joiner::default();
            let mut found = Vec::new();
            for mut chunk in stream.chunks(size) {
                while let Some(message) = joiner.next(&mut chunk).unwrap() {
                    found.push((message.kind.0, message.body().to_vec()));
                }
            }
            let expected = [(1, vec![8, 9]), (14, vec![]), (20, vec![7])];
            assert_eq!(found, expected, "chunks of {size}");
            assert!(!joiner.is_empty());
        }
    }

    #[test]
    fn too_long() {
        let mut joiner = Joiner::default();
        assert_eq!(joiner.next(&mut &[11, 1, 0, 1][..]).err(), Some(TooLong));
        let mut joiner = Joiner::default();
        assert!(matches!(joiner.next(&mut &[11, 1][..]), Ok(None)));
        assert_eq!(joiner.next(&mut &[0, 1][..]).err(), Some(TooLong));
    }
}
