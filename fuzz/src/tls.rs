//! TLS records: pieces of one byte give what the whole gives, and nothing comes out that did not go in.

use std::sync::Arc;

use unscramble::capture::PacketRef;
use unscramble::limits;
use unscramble::tls::wire::handshake::HandshakeHeader;
use unscramble::tls::wire::record::RecordHeader;
use unscramble::tls::{KeyLog, Keys, Session, looks_like_client_hello};

/// The chunks of both sides: length (2) with the side in its highest bit, then the bytes.
fn chunks(mut data: &[u8]) -> Vec<(bool, &[u8])> {
    let mut chunks = Vec::new();
    while let [low, high, rest @ ..] = data {
        let length = usize::from(u16::from_le_bytes([*low, *high & 0x7F]));
        let (chunk, behind) = rest.split_at(length.min(rest.len()));
        chunks.push((*high & 0x80 != 0, chunk));
        data = behind;
    }
    chunks
}

fn said(log: &[u8], chunks: &[(bool, &[u8])], size: usize) -> (String, Vec<(bool, Vec<u8>, u64)>) {
    let keys = Keys::from_parts(vec![Arc::new(KeyLog::parse(log))], Vec::new());
    let mut session = Session::new(Arc::new(keys));
    let mut plain = Vec::new();
    for (number, (from_client, chunk)) in (1..).zip(chunks) {
        let at = PacketRef { number, time: None };
        for piece in chunk.chunks(size) {
            session.data(*from_client, piece, at);
            let pieces = session.take_plain();
            plain.extend(
                pieces
                    .iter()
                    .map(|p| (p.from_client, p.bytes.to_vec(), p.at.number)),
            );
        }
    }
    assert!(session.records().len() <= limits::TLS_RECORDS_NOTED);
    assert!(session.alerts().len() <= limits::TLS_ALERTS);
    let suite = session.suite().map(|suite| format!("{suite:?}"));
    let text = format!(
        "{:?} {suite:?} {:?} {:?} {:?} {:?}",
        session.version(),
        session.sealed(),
        session.alerts(),
        session.records(),
        session.shape(),
    );
    (text, plain)
}

/// The length of a key log (2), the key log, then chunks.
pub fn run(data: &[u8]) {
    let [low, high, rest @ ..] = data else {
        return;
    };
    let length = usize::from(u16::from_le_bytes([*low, *high]));
    let (log, rest) = rest.split_at(length.min(rest.len()));
    let chunks = chunks(rest);
    for (_, chunk) in &chunks {
        let _ = looks_like_client_hello(chunk);
        if let Some(header) = RecordHeader::parse(chunk) {
            assert_eq!(header.to_bytes(), chunk[..RecordHeader::SIZE]);
        }
        assert!(HandshakeHeader::parse(chunk).is_none() || chunk.len() >= 4);
    }
    let whole = said(log, &chunks, usize::MAX);
    assert_eq!(said(log, &chunks, 1), whole);
    assert_eq!(said(log, &chunks, 7), whole);
    let given: usize = chunks.iter().map(|(_, chunk)| chunk.len()).sum();
    let plain: usize = whole.1.iter().map(|(_, bytes, _)| bytes.len()).sum();
    assert!(plain <= given, "more plaintext than records");
    assert!(whole.1.iter().all(|(_, bytes, _)| !bytes.is_empty()));
}
