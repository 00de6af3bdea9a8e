//! What a session that is not decrypted still shows: the sizes of its records, read as a MySQL login.
//!
//! Nothing here is proof. Sizes that several messages share give several readings, and then
//! [`Inferred::ambiguous`] is set; TLS 1.3 allows padding that no known MySQL client or server uses.
//! Lengths that would tell a password's are not told.

mod login;
mod record_sizes;
mod sentence;
#[cfg(test)]
mod tests;

use super::session::Record;
use super::suite::{Parameters, Suite};
use super::wire::record::ContentType;
use super::wire::version::Version;
use crate::capture::PacketRef;

pub use self::record_sizes::Size;

/// How a login ended, as far as sizes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InferredOutcome {
    /// An OK packet, or commands behind the login.
    Accepted,
    /// An error of the length of "Access denied for user …".
    Rejected,
}

/// What a message may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The client's login packet.
    Login,
    /// The server asks for another plugin: one of these.
    Switch(Vec<&'static str>),
    /// The client's answer to it.
    Response,
    /// caching_sha2_password: the server knows the password's hash already.
    Fast,
    /// caching_sha2_password: it wants the password itself.
    Full,
    /// The password itself, or what else answers that.
    Password,
    /// OK.
    Accepted,
    /// An error of the length of "Access denied for user …".
    AccessDenied,
    /// Something else.
    Other,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whose.
    pub from_client: bool,
    /// What it may be.
    pub kind: StepKind,
    /// Its size.
    pub size: Size,
    /// The packet that completes its record.
    pub at: PacketRef,
}

/// A login as its records' sizes show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inferred {
    /// Its messages, up to its end.
    pub steps: Vec<Step>,
    /// How it ended, where that shows.
    pub outcome: Option<InferredOutcome>,
    /// All of it in a sentence.
    pub sentence: String,
    /// The sizes allow other readings too.
    pub ambiguous: bool,
}

/// A record of which only the size is known.
#[derive(Clone, Copy, Debug)]
struct Message {
    from_client: bool,
    size: Size,
    at: PacketRef,
}

/// What the sizes of a session's encrypted records tell; `None` where that is no login.
#[must_use]
pub fn infer(version: Version, suite: Suite, records: &[Record]) -> Option<Inferred> {
    let parameters = suite.parameters()?;
    let mut messages = Vec::new();
    for record in records {
        if record.content == ContentType::APPLICATION_DATA {
            let length = usize::from(record.length);
            let size = record_sizes::content(version, parameters, length)?;
            messages.push(Message {
                from_client: record.from_client,
                size,
                at: record.at,
            });
        }
    }
    if version == Version::TLS13 {
        messages = behind_handshake(parameters, messages)?;
    } else if version == Version::TLS10 {
        messages = without_empty(&messages);
    }
    login::read(&messages)
}

/// TLS 1.3: takes off the encrypted part of the handshake, session tickets and alerts.
fn behind_handshake(parameters: Parameters, messages: Vec<Message>) -> Option<Vec<Message>> {
    const ALERT: usize = 2;
    const TICKET_LEAST: usize = 50;
    const TICKET_LIKELY: usize = 150;
    let finished = parameters.hash.size().checked_add(4)?;
    let place = messages
        .iter()
        .position(|message| message.from_client && message.size.may_be(finished))?;
    let mut behind: Vec<Message> = messages.into_iter().skip(place).skip(1).collect();
    behind.retain(|message| !message.size.may_be(ALERT));
    let mut kept = Vec::new();
    let mut ticket = None;
    let mut begun = false;
    let mut answered = false;
    for (place, message) in behind.iter().enumerate() {
        let next = behind.get(place.saturating_add(1));
        let next_same_side = next.filter(|next| !next.from_client);
        let first_answer = !message.from_client && !answered;
        // The server says nothing of MySQL before the login. Tickets that come behind it are of
        // the size of those before, or of each other's, or too large for the answer they precede.
        let is_ticket = first_answer
            && (!begun
                || ticket == Some(message.size)
                || next_same_side.is_some_and(|next| {
                    (next.size == message.size && message.size.least >= TICKET_LEAST)
                        || message.size.least >= TICKET_LIKELY
                }));
        if is_ticket {
            ticket = Some(message.size);
            continue;
        }
        answered |= first_answer;
        begun |= message.from_client;
        kept.push(*message);
    }
    Some(kept)
}

/// TLS 1.0: takes off the empty records, or puts the single first bytes back, that some send ahead
/// of each record against attacks on the chained IV.
fn without_empty(messages: &[Message]) -> Vec<Message> {
    let mut kept: Vec<Message> = Vec::new();
    let mut ahead = false;
    for (place, message) in messages.iter().enumerate() {
        let next = messages.get(place.saturating_add(1));
        let followed = next.is_some_and(|next| next.from_client == message.from_client);
        // No MySQL message is under four bytes.
        if message.size.least <= 1 && followed && !ahead {
            ahead = true;
            continue;
        }
        let mut message = *message;
        if ahead {
            message.size.most = message.size.most.saturating_add(1);
        }
        ahead = false;
        kept.push(message);
    }
    kept
}
