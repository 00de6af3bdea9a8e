//! Puts handshake messages together: several in a record, one over several records.

use super::wire::handshake::{HandshakeHeader, HandshakeType};
use crate::limits;

/// One direction's unfinished message.
#[derive(Default)]
pub(super) struct Joiner {
    buffer: Vec<u8>,
}

/// A whole message.
pub(super) struct Message {
    pub kind: HandshakeType,
    /// With its header, as the hashes over handshakes want it.
    pub bytes: Vec<u8>,
}

impl Message {
    /// What stands behind the header.
    pub fn body(&self) -> &[u8] {
        self.bytes.get(HandshakeHeader::SIZE..).unwrap_or_default()
    }
}

/// A message is longer than any is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Joiner {
    pub fn push(&mut self, fragment: &[u8]) {
        self.buffer.extend_from_slice(fragment);
    }

    /// The next message, if it is whole. To be asked after each fragment until there is none.
    pub fn next(&mut self) -> Result<Option<Message>, TooLong> {
        let Some(header) = HandshakeHeader::parse(&self.buffer) else {
            return Ok(None);
        };
        let length = usize::try_from(header.length).unwrap_or(usize::MAX);
        if length > limits::TLS_HANDSHAKE_MESSAGE {
            return Err(TooLong);
        }
        let whole = HandshakeHeader::SIZE.saturating_add(length);
        if self.buffer.len() < whole {
            return Ok(None);
        }
        let rest = self.buffer.split_off(whole);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        Ok(Some(Message {
            kind: header.kind,
            bytes,
        }))
    }

    /// Whether a message is unfinished; keys must not change then.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }
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
            for chunk in stream.chunks(size) {
                joiner.push(chunk);
                while let Some(message) = joiner.next().unwrap() {
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
        joiner.push(&[11, 1, 0, 1]);
        assert_eq!(joiner.next().err(), Some(TooLong));
    }
}
