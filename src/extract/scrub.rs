//! What of a login must not leave, and the bytes to write over it: of the same length, so that every
//! message stays what it was.
//!
//! | what | becomes | when |
//! |---|---|---|
//! | a password in the clear | NULs, which the analysis knows | always |
//! | signature and session token of an IAM token | zeros | always |
//! | a candidate in a name or a text | asterisks | always |
//! | what a client said behind its login | blanks, behind the first byte | always |
//! | users, databases, attributes, quoted names in errors, PROXY headers | pseudonyms of their length | `--anonymize` |
//!
//! Salt and response stay: they are what the capture is for.

use std::ops::Range;

use super::bytes::Bytes;
use super::fields::{self, Places};
use super::{names, span, token};
use crate::mysql::wire::more_data::is_public_key;
use crate::mysql::{Login, LoginRequest, Plugin, Side, Step, StepKind, Transport, Turn};
use crate::report::{ExaminedLogin, Pseudonyms, Redactor};

/// Bytes of a message's header.
const HEADER: u64 = 4;
/// Bytes of one whole RSA block: a password under the server's key, which nobody else opens.
const RSA_BLOCKS: [usize; 4] = [128, 256, 384, 512];
/// The longest other response that is computed and is no text: that of parsec, with its NUL.
const LONGEST_HASH: usize = 97;

/// Bytes to write at an offset of a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) side: Side,
    pub(super) offset: u64,
    pub(super) bytes: Vec<u8>,
}

/// A range of a payload, and what is written there.
pub(super) type Change = (Range<usize>, Vec<u8>);

/// What was done to a login.
#[derive(Debug, Default)]
pub(super) struct Scrubbed {
    pub(super) edits: Vec<Edit>,
    /// Packets in which something was written over, and what.
    pub(super) notes: Vec<(u64, &'static str)>,
}

/// What to hide.
pub(super) struct Scrub<'a> {
    pub(super) redactor: &'a Redactor,
    pub(super) pseudonyms: Option<&'a Pseudonyms>,
}

impl Scrub<'_> {
    /// Whether any turn of the login holds, or may hold, a password in the clear.
    pub(super) fn has_secret(examined: &ExaminedLogin) -> bool {
        turns(&examined.login).any(|(plugin, turn, first)| is_secret(examined, plugin, turn, first))
    }

    /// What is written over in the messages of a login that stand in the clear.
    pub(super) fn login(&self, examined: &ExaminedLogin, bytes: &Bytes) -> Scrubbed {
        let mut out = Scrubbed::default();
        let login = &examined.login;
        if login.attempt == 0
            && let (Some(length), Some(pseudonyms)) = (span::proxy_header(bytes), self.pseudonyms)
        {
            let header = bytes.get(Side::Client, 0..length);
            let changes = names::proxy_header(&header, pseudonyms);
            put(&mut out, Side::Client, 0, changes);
        }
        if matches!(login.transport, Transport::Tls { sealed: None, .. }) {
            return out;
        }
        let mut said: Vec<_> = turns(login).collect();
        for step in &login.steps {
            let begin = step.offset.saturating_add(HEADER);
            let end = begin.saturating_add(step.length);
            let payload = bytes.get(step.side, begin..end);
            // The turns come in the order of the messages that carried them.
            let carries = match step.kind {
                StepKind::Login | StepKind::ChangeUser => true,
                StepKind::Response | StepKind::KeyRequest => step.side == Side::Client,
                _ => false,
            };
            let turn = said
                .iter()
                .position(|(_, turn, _)| carries && turn.at.number == step.at.number)
                .map(|at| said.remove(at));
            let (changes, note) = self.message(examined, step, &payload, turn.as_ref());
            if let Some(note) = note {
                out.notes.push((step.at.number, note));
            }
            put(&mut out, step.side, begin, changes);
            // Behind a hole nothing was decoded, and nobody knows what it is.
            let known = begin.saturating_add(payload.len() as u64);
            if known < end && step.kind != StepKind::Greeting {
                let length = usize::try_from(end.saturating_sub(known)).unwrap_or(0);
                let fill = vec![b'*'; length.min(crate::limits::EXTRACTED_LOGIN)];
                put(&mut out, step.side, known, vec![(0..fill.len(), fill)]);
            }
        }
        out
    }

    /// What a client said behind its login: of each message the header and the first byte stay.
    pub(super) fn tail(bytes: &Bytes, tail: &Range<u64>) -> Vec<Edit> {
        let said = bytes.get(Side::Client, tail.clone());
        let mut at = 0_usize;
        let mut out = Scrubbed::default();
        while let Some([a, b, c, ..]) = said.get(at..).and_then(<[u8]>::first_chunk::<4>) {
            let length = u32::from_le_bytes([*a, *b, *c, 0]) as usize;
            let from = at.saturating_add(5);
            let end = at.saturating_add(4).saturating_add(length);
            if from < end {
                let fill = vec![b' '; end.min(said.len()).saturating_sub(from)];
                let offset = tail.start.saturating_add(from as u64);
                put(&mut out, Side::Client, offset, vec![(0..fill.len(), fill)]);
            }
            at = end.max(from.saturating_sub(1));
        }
        out.edits
    }

    fn message(
        &self,
        examined: &ExaminedLogin,
        step: &Step,
        payload: &[u8],
        turn: Option<&Said<'_>>,
    ) -> (Vec<Change>, Option<&'static str>) {
        let secret = turn.filter(|(plugin, turn, first)| is_secret(examined, plugin, turn, *first));
        let mut changes = Vec::new();
        let mut note = None;
        match step.kind {
            StepKind::Login | StepKind::ChangeUser => {
                let response = turn.map_or(&[][..], |(_, turn, _)| &turn.bytes);
                let request = examined.login.request.clone().unwrap_or_default();
                let places = if step.kind == StepKind::Login {
                    fields::of_login(payload, &request, response)
                } else {
                    fields::of_change_user(payload, &request, response)
                };
                if secret.is_some() {
                    changes.extend(self.secret_field(payload, &places, response));
                    note = Some("password overwritten");
                }
                changes.extend(self.masks(
                    payload,
                    &masked_places(payload, &places, &request, response),
                ));
                if let Some(pseudonyms) = self.pseudonyms {
                    changes.extend(names::request(payload, &places, response, pseudonyms));
                    note = note.or(Some("names replaced"));
                }
            }
            StepKind::Response | StepKind::KeyRequest => {
                let known = turn.is_some();
                if secret.is_some() || !known {
                    changes.extend(token::scrub(payload, self.pseudonyms));
                    note = Some("password overwritten");
                } else if let (Some(pseudonyms), Some((Plugin::LdapSasl, ..))) =
                    (self.pseudonyms, turn)
                {
                    // A SCRAM message names the user. Its proof is over the name, and no longer right.
                    changes.extend(names::known(payload, &examined.login, pseudonyms));
                    note = Some("names replaced");
                } else if may_hold_text(payload, turn) {
                    changes.extend(self.masks(payload, std::slice::from_ref(&(0..payload.len()))));
                }
            }
            StepKind::Result | StepKind::MoreData => {
                if step.kind == StepKind::Result {
                    changes.extend(self.masks(payload, std::slice::from_ref(&(0..payload.len()))));
                }
                if let Some(pseudonyms) = self.pseudonyms {
                    let is_prompt = step.kind == StepKind::MoreData;
                    let found = if payload.first() == Some(&0xFF) {
                        names::error(payload, self.redactor, pseudonyms)
                    } else if is_prompt && !is_prompt_text(payload) {
                        Vec::new()
                    } else {
                        names::known(payload, &examined.login, pseudonyms)
                    };
                    if !found.is_empty() {
                        note = Some("names replaced");
                    }
                    changes.extend(found);
                }
            }
            StepKind::Greeting
            | StepKind::SslRequest
            | StepKind::AuthSwitch
            | StepKind::NextFactor => {}
        }
        changes.retain(|(range, _)| !range.is_empty());
        (changes, note)
    }

    /// The response field of a login packet that holds a password.
    fn secret_field(&self, payload: &[u8], places: &Places, response: &[u8]) -> Vec<Change> {
        let Some(place) = response_in(payload, places, response) else {
            return vec![(0..payload.len(), vec![0; payload.len()])];
        };
        let field = payload.get(place.clone()).unwrap_or_default();
        let inside = token::scrub(field, self.pseudonyms);
        inside
            .into_iter()
            .map(|(range, bytes)| {
                let start = place.start.saturating_add(range.start);
                (start..place.start.saturating_add(range.end), bytes)
            })
            .collect()
    }

    /// Candidates that turn up in these places.
    fn masks(&self, payload: &[u8], places: &[Range<usize>]) -> Vec<Change> {
        let mut changes = Vec::new();
        for place in places {
            let text = payload.get(place.clone()).unwrap_or_default();
            for found in self.redactor.occurrences(text) {
                let start = place.start.saturating_add(found.start);
                let end = place.start.saturating_add(found.end);
                changes.push((start..end, vec![b'*'; found.len()]));
            }
        }
        changes
    }
}

fn put(out: &mut Scrubbed, side: Side, begin: u64, changes: Vec<Change>) {
    let edits = changes.into_iter().map(|(range, bytes)| Edit {
        side,
        offset: begin.saturating_add(range.start as u64),
        bytes,
    });
    out.edits.extend(edits);
}

/// Each field alone, as it is told in reports. Where the walk did not come to the end, or the plugin's name is any, also
/// all around the response and a known name: `password` is a part of those, and may be a candidate.
fn masked_places(
    payload: &[u8],
    places: &Places,
    request: &LoginRequest,
    response: &[u8],
) -> Vec<Range<usize>> {
    let known = request.plugin.as_ref().and_then(Plugin::known_name);
    let begin = places.begin.min(payload.len());
    let response = response_in(payload, places, response).filter(|place| place.start >= begin);
    let response = response.unwrap_or(begin..begin);
    let attributes = places.attributes.iter();
    let attributes = attributes.flat_map(|(key, value)| [key.clone(), value.clone()]);
    let behind = payload.get(response.end..).unwrap_or_default();
    let name = known.and_then(|name| Some((memchr::memmem::find(behind, name.as_bytes())?, name)));
    let name = name.map_or(payload.len()..payload.len(), |(at, name)| {
        let start = response.end.saturating_add(at);
        start..start.saturating_add(name.len())
    });
    let around = [
        begin..response.start,
        response.end..name.start,
        name.end..payload.len(),
    ];
    let told = places.whole && (known.is_some() || request.plugin.is_none());
    let around = around.into_iter().filter(|_| !told);
    [places.user.clone(), places.database.clone()]
        .into_iter()
        .chain(attributes)
        .chain(around)
        .collect()
}

/// Where the response field stands: if the walk did not get there, wherever its bytes are.
fn response_in(payload: &[u8], places: &Places, response: &[u8]) -> Option<Range<usize>> {
    if !places.response.is_empty() {
        return Some(places.response.clone());
    }
    let found = memchr::memmem::find(payload, response);
    found.map(|at| at..at.saturating_add(response.len()))
}

/// A turn of the client, the plugin of its round, and whether it is the round's first.
type Said<'l> = (&'l Plugin, &'l Turn, bool);

fn turns(login: &Login) -> impl Iterator<Item = Said<'_>> {
    login.rounds.iter().flat_map(|round| {
        let of_client = round.turns.iter().filter(|turn| turn.side == Side::Client);
        let numbered = of_client.zip(0_usize..);
        numbered.map(move |(turn, at)| (&round.plugin, turn, at == 0))
    })
}

/// Whether a turn is, or may be, a password that anybody can read. In doubt it is.
fn is_secret(examined: &ExaminedLogin, plugin: &Plugin, turn: &Turn, first: bool) -> bool {
    if turn.bytes.is_empty() {
        return false;
    }
    let examination = &examined.examination;
    if examination.response_is_secret && examination.turn(&examined.login) == Some(turn) {
        return true;
    }
    let block = turn.missing == 0 && RSA_BLOCKS.contains(&turn.bytes.len());
    match plugin {
        Plugin::Clear | Plugin::Dialog | Plugin::Other(_) => true,
        Plugin::OldPassword | Plugin::LdapSasl => false,
        Plugin::Sha256 => !block && turn.bytes != [1],
        Plugin::CachingSha2 if !first => !block && turn.bytes != [2],
        _ => is_text(&turn.bytes),
    }
}

/// Whether a turn is longer than what is computed, so that a candidate in it stands for itself. SCRAM's is text, and its
/// proof is over all of it.
fn may_hold_text(payload: &[u8], turn: Option<&Said<'_>>) -> bool {
    let computed = payload.len() <= LONGEST_HASH || RSA_BLOCKS.contains(&payload.len());
    !computed && !matches!(turn, Some((Plugin::LdapSasl, ..)))
}

/// Whether an AuthMoreData is text in which a name may stand: no key, no salt.
fn is_prompt_text(payload: &[u8]) -> bool {
    payload.get(1..).is_some_and(is_text) && !is_public_key(payload.get(1..).unwrap_or_default())
}

/// Whether the bytes are text: a hash of 20 bytes is by accident once in 10^8 times.
fn is_text(bytes: &[u8]) -> bool {
    let text = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    std::str::from_utf8(text).is_ok_and(|text| !text.contains(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_known_plugin_no_name_is_masked() {
        let payload = b"....\x01rmysql_native_password\0rest";
        let places = Places {
            begin: 4,
            response: 5..6,
            ..Places::default()
        };
        let covered = |plugin: &[u8]| {
            let request = LoginRequest {
                plugin: Some(Plugin::from_name(plugin)),
                ..LoginRequest::default()
            };
            let places = masked_places(payload, &places, &request, b"r");
            let mut covered: Vec<usize> = places.into_iter().flatten().collect();
            covered.sort_unstable();
            covered
        };
        assert_eq!(covered(b"mysql_native_password"), [4, 27, 28, 29, 30, 31]);
        let all: Vec<usize> = std::iter::once(4).chain(6..32).collect();
        assert_eq!(covered(b"another"), all);
    }
}
