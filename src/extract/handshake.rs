//! The part of a TLS handshake that stands in the clear: whose session it is, and the names in it.
//!
//! Owns: where names stand. What is written over them has their length, so that every record stays
//! what it was, and sealed records are not touched. Called by [`super::plan`].
//!
//! | message | what names somebody | becomes |
//! |---|---|---|
//! | `ClientHello` | the host in `server_name` (RFC 6066 §3) | a pseudonym of its length |
//! | `Certificate` (before TLS 1.3) | the certificates | zeros: a list of none |
//! | `CertificateRequest` | the authorities asked for | zeros: a list of none |
//! | `CertificateStatus` | the answer | zeros |

use std::ops::Range;

use super::scrub::Edit;
use crate::mysql::Side;
use crate::report::Pseudonyms;
use crate::tls::wire::client_hello::ClientHello;
use crate::tls::wire::handshake::{HandshakeHeader, HandshakeType};
use crate::tls::wire::record::{ContentType, RecordHeader};

const CERTIFICATE: HandshakeType = HandshakeType(11);
const CERTIFICATE_REQUEST: HandshakeType = HandshakeType(13);
const CERTIFICATE_STATUS: HandshakeType = HandshakeType(22);
/// The extension that names the host.
const SERVER_NAME: u16 = 0;

/// Handshake messages of one side, put together, and where each byte stood.
struct Messages {
    bytes: Vec<u8>,
    /// Places in `bytes` where a record's fragment begins, and its offset in the stream.
    fragments: Vec<(usize, u64)>,
}

impl Messages {
    /// What one side sends in the clear, from its first record on; `begin` is that one's offset.
    fn of(stream: &[u8], begin: u64) -> Self {
        let mut messages = Self {
            bytes: Vec::new(),
            fragments: Vec::new(),
        };
        let mut at = 0_usize;
        while let Some(header) = stream.get(at..).and_then(RecordHeader::parse) {
            // Behind a change of the cipher everything is sealed.
            if header.content != ContentType::HANDSHAKE || !header.is_plausible() {
                break;
            }
            let from = at.saturating_add(RecordHeader::SIZE);
            let end = from.saturating_add(usize::from(header.length));
            let fragment = stream.get(from..end.min(stream.len())).unwrap_or_default();
            let offset = begin.saturating_add(from as u64);
            messages.fragments.push((messages.bytes.len(), offset));
            messages.bytes.extend_from_slice(fragment);
            at = end;
        }
        messages
    }

    /// Each message's type, and where its body stands in `bytes`; the last may be cut.
    fn iter(&self) -> impl Iterator<Item = (HandshakeType, Range<usize>)> {
        let mut at = 0_usize;
        std::iter::from_fn(move || {
            let header = HandshakeHeader::parse(self.bytes.get(at..)?)?;
            let from = at.saturating_add(HandshakeHeader::SIZE);
            let length = usize::try_from(header.length).unwrap_or(usize::MAX);
            at = from.saturating_add(length);
            Some((header.kind, from..at.min(self.bytes.len())))
        })
    }

    fn body(&self, place: &Range<usize>) -> &[u8] {
        self.bytes.get(place.clone()).unwrap_or_default()
    }

    /// Writes over a range of the messages, fragment by fragment.
    fn put(&self, side: Side, place: Range<usize>, new: &[u8], edits: &mut Vec<Edit>) {
        let ends = self.fragments.iter().skip(1).map(|(start, _)| *start);
        let ends = ends.chain([self.bytes.len()]);
        for ((start, offset), end) in self.fragments.iter().zip(ends) {
            let from = place.start.max(*start);
            let to = place.end.min(end);
            if from >= to {
                continue;
            }
            let inside = from.saturating_sub(place.start)..to.saturating_sub(place.start);
            edits.push(Edit {
                side,
                offset: offset.saturating_add(from.saturating_sub(*start) as u64),
                bytes: new.get(inside).unwrap_or_default().to_vec(),
            });
        }
    }
}

/// The client random: the name of the session in key logs. `stream` begins with its first record.
pub(super) fn client_random(stream: &[u8]) -> Option<[u8; 32]> {
    let messages = Messages::of(stream, 0);
    let (kind, place) = messages.iter().next()?;
    let hello = ClientHello::parse(messages.body(&place))?;
    (kind == HandshakeType::CLIENT_HELLO).then_some(hello.random)
}

/// What hides the names that a side sends before anything is sealed. `stream` begins with its first
/// record, at `begin`.
pub(super) fn nameless(
    side: Side,
    stream: &[u8],
    begin: u64,
    pseudonyms: &Pseudonyms,
) -> Vec<Edit> {
    let messages = Messages::of(stream, begin);
    let mut edits = Vec::new();
    for (kind, place) in messages.iter() {
        let body = messages.body(&place);
        let named = match kind {
            HandshakeType::CLIENT_HELLO => {
                for name in host_names(body) {
                    let shown = body.get(name.clone()).unwrap_or_default();
                    let new = pseudonyms.same_length(shown);
                    messages.put(side, within(&place, &name), &new, &mut edits);
                }
                continue;
            }
            CERTIFICATE | CERTIFICATE_STATUS => 0..body.len(),
            CERTIFICATE_REQUEST => authorities(body),
            _ => continue,
        };
        let zeros = vec![0; named.len()];
        messages.put(side, within(&place, &named), &zeros, &mut edits);
    }
    edits
}

fn within(place: &Range<usize>, part: &Range<usize>) -> Range<usize> {
    place.start.saturating_add(part.start)..place.start.saturating_add(part.end)
}

/// A length of `size` bytes at `at`, and where what it measures stands; cut where the bytes end.
fn vector(bytes: &[u8], at: usize, size: usize) -> Option<Range<usize>> {
    let from = at.checked_add(size)?;
    let length = bytes.get(at..from)?;
    let length = length
        .iter()
        .fold(0_usize, |n, byte| (n << 8) | usize::from(*byte));
    Some(from.min(bytes.len())..from.saturating_add(length).min(bytes.len()))
}

/// The names in the extension `server_name` of a `ClientHello`.
fn host_names(body: &[u8]) -> Vec<Range<usize>> {
    let extensions = || {
        let session_id = vector(body, 34, 1)?;
        let suites = vector(body, session_id.end, 2)?;
        let compression = vector(body, suites.end, 1)?;
        vector(body, compression.end, 2)
    };
    let Some(extensions) = extensions() else {
        return Vec::new();
    };
    let mut names = Vec::new();
    let mut at = extensions.start;
    while let (Some(kind), Some(data)) = (
        body.get(at..at.saturating_add(2)),
        vector(body, at.saturating_add(2), 2),
    ) {
        if kind == SERVER_NAME.to_be_bytes() {
            // A list of names: a type of 1 byte, then the name with a length of 2.
            let mut name = data.start.saturating_add(2);
            while let Some(host) = vector(body, name.saturating_add(1), 2) {
                if host.start > data.end {
                    break;
                }
                name = host.end;
                names.push(host.start..host.end.min(data.end));
            }
        }
        at = data.end;
        if at >= extensions.end {
            break;
        }
    }
    names
}

/// The authorities at the end of a `CertificateRequest` before TLS 1.3, with their length: behind the
/// types, and in TLS 1.2 the signature algorithms.
fn authorities(body: &[u8]) -> Range<usize> {
    let types = vector(body, 0, 1).map_or(0, |types| types.end);
    let first = vector(body, types, 2);
    let second = first.as_ref().and_then(|first| vector(body, first.end, 2));
    let from = match (first, second) {
        (Some(first), Some(_)) => first.end,
        _ => types,
    };
    from..body.len()
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// A hello that names `host`, cut into records of `size` bytes.
    fn hello(host: &[u8], size: usize) -> Vec<u8> {
        let length = |n: usize| u16::try_from(n).unwrap().to_be_bytes();
        // An extension that means nothing here, then the name's.
        let mut name = vec![0, 23, 0, 0, 0, 0];
        name.extend([length(host.len() + 5), length(host.len() + 3)].concat());
        name.push(0);
        name.extend(length(host.len()));
        name.extend(host);
        let mut body = vec![3, 3];
        body.extend([9; 32]);
        body.extend([1, 7, 0, 2, 0x13, 1, 1, 0]);
        body.extend(length(name.len()));
        body.extend(name);
        let mut message = vec![1, 0];
        message.extend(length(body.len()));
        message.extend(body);
        let records = message.chunks(size).map(|part| {
            let mut record = vec![22, 3, 1];
            record.extend(length(part.len()));
            record.extend(part);
            record
        });
        records.collect::<Vec<_>>().concat()
    }

    fn applied(stream: &[u8], edits: &[Edit], begin: u64) -> Vec<u8> {
        let mut out = stream.to_vec();
        for edit in edits {
            let at = usize::try_from(edit.offset - begin).unwrap();
            out[at..at + edit.bytes.len()].copy_from_slice(&edit.bytes);
        }
        out
    }

    #[test]
    fn the_host_is_written_over_however_the_records_are_cut() {
        let pseudonyms = Pseudonyms::new(&[7; 32]);
        for size in [1, 7, 50, 4000] {
            let stream = hello(b"db7.corp.example", size);
            assert_eq!(client_random(&stream), Some([9; 32]));
            let edits = nameless(Side::Client, &stream, 40, &pseudonyms);
            let whole: Vec<u8> = edits.iter().flat_map(|edit| edit.bytes.clone()).collect();
            assert_eq!(whole.len(), 16, "records of {size}");
            let new = applied(&stream, &edits, 40);
            let messages = Messages::of(&new, 0);
            assert!(memchr::memmem::find(&messages.bytes, b"corp").is_none());
            assert_eq!(client_random(&new), Some([9; 32]));
        }
    }

    #[test]
    fn certificates_and_authorities_are_zeroed() {
        let pseudonyms = Pseudonyms::new(&[7; 32]);
        let certificate = [11, 0, 0, 10, 0, 0, 7, 0, 0, 4, b'n', b'a', b'm', b'e'];
        let request = [13, 0, 0, 12, 1, 1, 0, 2, 4, 1, 0, 4, 0, 2, b'c', b'a'];
        let fragment = [&certificate[..], &request].concat();
        let mut stream = vec![22, 3, 3, 0, u8::try_from(fragment.len()).unwrap()];
        stream.extend(fragment);
        // A change of the cipher ends what is in the clear.
        stream.extend([20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 8, 11, 0, 0, 4, 1, 2, 3, 4]);
        let edits = nameless(Side::Server, &stream, 0, &pseudonyms);
        let new = applied(&stream, &edits, 0);
        let mut expected = stream.clone();
        expected[9..19].fill(0);
        expected[29..35].fill(0);
        assert_eq!(new, expected);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes(stream: Vec<u8>, size in 1_usize..60) {
            let pseudonyms = Pseudonyms::new(&[7; 32]);
            let mut cut = hello(b"db7", size);
            cut.extend(stream);
            for stream in [&cut[..], &cut[5..], &cut[..cut.len() / 2]] {
                for edit in nameless(Side::Client, stream, 0, &pseudonyms) {
                    let end = edit.offset + edit.bytes.len() as u64;
                    proptest::prop_assert!(end <= stream.len() as u64);
                }
            }
        }
    }
}
