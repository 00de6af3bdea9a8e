//! A password in the clear, written over. An AWS IAM token stays readable but for what proves it: its
//! times, host and user are what a finding is about.

use std::ops::Range;

use super::scrub::Change;
use crate::auth::{IamToken, OVERWRITTEN_BYTE};
use crate::report::Pseudonyms;

/// What is written over in a response that is a password.
pub(super) fn scrub(response: &[u8], pseudonyms: Option<&Pseudonyms>) -> Vec<Change> {
    // The NUL of an empty password gives nothing away.
    if let [1..=u8::MAX] = response {
        return vec![(0..1, vec![OVERWRITTEN_BYTE])];
    }
    if IamToken::parse(response).is_none() {
        return vec![(0..response.len(), vec![0; response.len()])];
    }
    let mut changes = Vec::new();
    for name in [&b"X-Amz-Signature="[..], b"X-Amz-Security-Token="] {
        let value = value(response, name);
        changes.push((value.clone(), vec![b'0'; value.len()]));
    }
    if let Some(pseudonyms) = pseudonyms {
        let key = value(response, b"X-Amz-Credential=");
        let text = response.get(key.clone()).unwrap_or_default();
        let id = memchr::memchr(b'%', text).unwrap_or(text.len());
        let id = key.start..key.start.saturating_add(id);
        let begin = if response.starts_with(b"https://") {
            8
        } else {
            0
        };
        let rest = response.get(begin..).unwrap_or_default();
        let host = rest.iter().position(|b| matches!(b, b':' | b'/' | b'?'));
        let host = begin..host.map_or(begin, |end| end.saturating_add(begin));
        for place in [id, host, value(response, b"DBUser=")] {
            let name = response.get(place.clone()).unwrap_or_default();
            changes.push((place, pseudonyms.same_length(name)));
        }
    }
    changes.retain(|(place, _)| !place.is_empty());
    changes
}

/// The value of a parameter; empty if it is not there.
fn value(token: &[u8], name: &[u8]) -> Range<usize> {
    let Some(at) = memchr::memmem::find(token, name) else {
        return 0..0;
    };
    let from = at.saturating_add(name.len());
    let rest = token.get(from..).unwrap_or_default();
    let end = memchr::memchr2(b'&', 0, rest).unwrap_or(rest.len());
    from..from.saturating_add(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(response: &[u8], pseudonyms: Option<&Pseudonyms>) -> Vec<u8> {
        let mut out = response.to_vec();
        for (place, bytes) in scrub(response, pseudonyms) {
            out[place].copy_from_slice(&bytes);
        }
        out
    }

    #[test]
    fn a_password_goes_and_a_token_loses_its_proof() {
        assert_eq!(after(b"secret\0", None), [0; 7]);
        assert_eq!(after(b"s", None), [0x7F]);
        assert_eq!(after(b"\0", None), [0]);
        let token = b"db.example.com:3306/?Action=connect&DBUser=app&X-Amz-Credential=AKIA%2F2024\
            &X-Amz-Date=20240131T120000Z&X-Amz-Expires=900&X-Amz-Signature=abcdef\0";
        let hidden = after(token, None);
        let before = IamToken::parse(token).unwrap();
        assert_eq!(IamToken::parse(&hidden), Some(before.clone()));
        assert!(hidden.ends_with(b"X-Amz-Signature=000000\0"));
        let pseudonyms = Pseudonyms::new(b"key");
        let hidden = IamToken::parse(&after(token, Some(&pseudonyms))).unwrap();
        assert_eq!(hidden.user, Some(pseudonyms.same_length(b"app")));
        assert_ne!(hidden.host, before.host);
        assert_eq!(hidden.made_at, before.made_at);
    }
}
