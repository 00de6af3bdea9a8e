//! Names in the packets of a login, and the pseudonyms written over them: of the same length, because
//! the lengths of messages and fields stay.

use std::ops::Range;

use super::fields::Places;
use super::scrub::Change;
use crate::mysql::Login;
use crate::mysql::wire::err::ErrorPacket;
use crate::report::anonymize::attributes::{Treatment, treatment};
use crate::report::{Pseudonyms, Redactor};

/// In a login packet or a COM_CHANGE_USER.
pub(super) fn request(
    payload: &[u8],
    places: &Places,
    response: &[u8],
    pseudonyms: &Pseudonyms,
) -> Vec<Change> {
    if !places.whole {
        return unknown(payload, response, pseudonyms);
    }
    let text = |place: &Range<usize>| payload.get(place.clone()).unwrap_or_default();
    let mut hidden = vec![places.user.clone(), places.database.clone()];
    for (key, value) in &places.attributes {
        match treatment(text(key), text(value)) {
            Treatment::Stays => {}
            Treatment::Value(_) => hidden.push(value.clone()),
            Treatment::Both => hidden.extend([key.clone(), value.clone()]),
        }
    }
    hidden
        .into_iter()
        .map(|place| (place.clone(), pseudonyms.same_length(text(&place))))
        .collect()
}

/// A packet whose fields were not found: all but its fixed beginning, its response and its NULs goes.
fn unknown(payload: &[u8], response: &[u8], pseudonyms: &Pseudonyms) -> Vec<Change> {
    let from = payload.len().min(32);
    let kept = memchr::memmem::find(payload, response)
        .filter(|_| response.len() >= 8)
        .map_or(payload.len()..payload.len(), |at| {
            at..at.saturating_add(response.len())
        });
    let hide = |place: Range<usize>| {
        let text = payload.get(place.clone()).unwrap_or_default();
        let mut bytes = pseudonyms.same_length(text);
        for (new, old) in bytes.iter_mut().zip(text) {
            if *old == 0 {
                *new = 0;
            }
        }
        (place, bytes)
    };
    [from..kept.start.max(from), kept.end..payload.len()]
        .into_iter()
        .map(hide)
        .collect()
}

/// In the text of an ERR.
pub(super) fn error(payload: &[u8], redactor: &Redactor, pseudonyms: &Pseudonyms) -> Vec<Change> {
    let Ok(error) = ErrorPacket::parse(payload, 0) else {
        return Vec::new();
    };
    let begin = payload.len().saturating_sub(error.message.len());
    let found = redactor.names_in(&error.message).into_iter();
    found
        .map(|found| {
            let name = error.message.get(found.place.clone()).unwrap_or_default();
            let start = begin.saturating_add(found.place.start);
            let end = begin.saturating_add(found.place.end);
            (start..end, pseudonyms.same_length(name))
        })
        .collect()
}

/// The login's own names, wherever they stand: the OK packet tells the database, a prompt the user.
pub(super) fn known(payload: &[u8], login: &Login, pseudonyms: &Pseudonyms) -> Vec<Change> {
    let request = login.request.as_ref();
    let names = request
        .into_iter()
        .flat_map(|request| [&request.user, &request.database]);
    let mut changes = Vec::new();
    // One letter turns up in any message, and says nothing.
    for name in names.flatten().filter(|name| name.len() > 1) {
        for at in memchr::memmem::find_iter(payload, name) {
            let place = at..at.saturating_add(name.len());
            changes.push((place, pseudonyms.same_length(name)));
        }
    }
    changes
}

/// In a PROXY header. The text of version 1 becomes one that names no address; in version 2 addresses
/// are replaced and what may follow them is blanked.
pub(super) fn proxy_header(header: &[u8], pseudonyms: &Pseudonyms) -> Vec<Change> {
    if header.starts_with(b"PROXY ") && header.ends_with(b"\r\n") {
        let mut text = b"PROXY UNKNOWN".to_vec();
        text.resize(header.len().saturating_sub(2).max(text.len()), b' ');
        text.extend(b"\r\n");
        // A header too short for that names no address.
        return if text.len() == header.len() {
            vec![(0..header.len(), text)]
        } else {
            Vec::new()
        };
    }
    let Some(family) = header.get(13).map(|family| family >> 4) else {
        return Vec::new();
    };
    let size = match family {
        1 => 4_usize,
        2 => 16,
        _ => 0,
    };
    let mut changes = Vec::new();
    let mut at = 16_usize;
    for _ in 0..2 {
        let end = at.saturating_add(size);
        let bytes = header.get(at..end).unwrap_or_default();
        changes.push((at..end, super::packet::hidden(bytes, pseudonyms)));
        at = end;
    }
    // Behind the addresses the ports; then types, lengths and values, made one that says nothing.
    let rest = at.saturating_add(if size > 0 { 4 } else { 0 })..header.len();
    if let Some(value) = rest.len().checked_sub(3) {
        let length = u16::try_from(value).unwrap_or(0).to_be_bytes();
        let mut bytes = vec![4];
        bytes.extend(length);
        bytes.resize(rest.len(), 0);
        changes.push((rest, bytes));
    }
    changes
}
