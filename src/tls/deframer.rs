//! Cuts one direction's bytes into records.
//!
//! A record that comes whole, as most do, is handed on where it stands. Invariant: the buffer holds
//! less than one record, and a header in it is plausible.

use std::borrow::Cow;

use super::wire::record::RecordHeader;

/// One direction's unfinished record.
#[derive(Default)]
pub(super) struct Deframer {
    buffer: Vec<u8>,
}

/// What the next bytes are.
pub(super) enum Framed<'b> {
    /// A whole record: its header, and the bytes behind it.
    Record(RecordHeader, Cow<'b, [u8]>),
    /// The beginning of one, kept.
    NeedMore,
    /// No record.
    NotTls,
}

impl Deframer {
    /// Whether no record has begun.
    pub const fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Takes bytes off the front of `bytes` until a record is whole.
    pub fn next<'b>(&mut self, bytes: &mut &'b [u8]) -> Framed<'b> {
        if let (true, Some((header, body, rest))) = (self.buffer.is_empty(), whole_record(bytes)) {
            *bytes = rest;
            return Framed::Record(header, Cow::Borrowed(body));
        }
        self.fill(bytes, RecordHeader::SIZE);
        let Some(header) = RecordHeader::parse(&self.buffer) else {
            return Framed::NeedMore;
        };
        if !header.is_plausible() {
            return Framed::NotTls;
        }
        let whole = RecordHeader::SIZE.saturating_add(usize::from(header.length));
        self.fill(bytes, whole);
        if self.buffer.len() < whole {
            return Framed::NeedMore;
        }
        let body = self.buffer.split_off(RecordHeader::SIZE);
        self.buffer.clear();
        Framed::Record(header, Cow::Owned(body))
    }

    fn fill(&mut self, bytes: &mut &[u8], wanted: usize) {
        let missing = wanted.saturating_sub(self.buffer.len());
        let (taken, rest) = bytes
            .split_at_checked(missing)
            .unwrap_or((bytes, Default::default()));
        self.buffer.extend_from_slice(taken);
        *bytes = rest;
    }
}

/// The record that `bytes` begin with, if it is one and whole, and what is behind it.
fn whole_record(bytes: &[u8]) -> Option<(RecordHeader, &[u8], &[u8])> {
    let header = RecordHeader::parse(bytes).filter(|header| header.is_plausible())?;
    let (body, rest) = bytes
        .get(RecordHeader::SIZE..)?
        .split_at_checked(usize::from(header.length))?;
    Some((header, body, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::wire::record::ContentType;

    #[test]
    fn any_cutting() {
        let stream = [
            22, 3, 1, 0, 2, 8, 9, 23, 3, 3, 0, 0, 21, 3, 3, 0, 1, 7, 22, 3,
        ];
        for size in 1..=stream.len() {
            let mut deframer = Deframer::default();
            let mut found = Vec::new();
            for mut chunk in stream.chunks(size) {
                while let Framed::Record(header, body) = deframer.next(&mut chunk) {
                    found.push((header.content, body.into_owned()));
                }
            }
            let expected = [
                (ContentType::HANDSHAKE, vec![8, 9]),
                (ContentType::APPLICATION_DATA, vec![]),
                (ContentType::ALERT, vec![7]),
            ];
            assert_eq!(found, expected, "chunks of {size}");
            assert_eq!(deframer.buffer, [22, 3]);
        }
    }

    #[test]
    fn not_tls() {
        let mut bytes: &[u8] = b"\x4a\0\0\0\x0a8.0";
        assert!(matches!(
            Deframer::default().next(&mut bytes),
            Framed::NotTls
        ));
    }
}
