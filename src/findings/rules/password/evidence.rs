//! Whether the capture holds enough to say that a password was not the one used.

use crate::auth::Verdict;
use crate::findings::rules::response;
use crate::findings::rules::subject::Subject;
use crate::mysql::{Plugin, Round, SaltSource, Side};

/// A mismatch means something: something was tried, every byte of the response and of all salts that it may have been
/// computed over is there, nothing contradicts itself or the protocol, and the response can be one of a password.
pub(super) fn may_be_blamed(subject: &Subject<'_>) -> bool {
    let (Some(round), Some(turn)) = (subject.round(), subject.proof()) else {
        return false;
    };
    let tried = match subject.verdict {
        Verdict::Mismatch(tried) => tried.hypotheses,
        _ => 0,
    };
    turn.missing == 0
        && tried > 0
        && subject.round_is_sure()
        && !subject.contradicts_itself()
        && !subject.breaks_the_protocol()
        && response::odd_length(subject).is_none()
        && salts_are_there(subject, round)
        && !is_iam_token(&turn.bytes)
        && !is_questionnaire(round)
}

/// The proof is empty, or the NUL that some clients send for an empty password.
pub(super) fn is_empty(subject: &Subject<'_>) -> bool {
    let (Some(round), Some(turn)) = (subject.round(), subject.proof()) else {
        return false;
    };
    if round.plugin == Plugin::Dialog && !answered_a_prompt(round) {
        return false;
    }
    let mut said = round.turns.iter().filter(|turn| turn.side == Side::Client);
    turn.missing == 0
        && !matches!(
            subject.plugin(),
            None | Some(Plugin::Other(_) | Plugin::LdapSasl)
        )
        && said.all(|turn| matches!(turn.bytes.as_slice(), [] | [0]) && turn.missing == 0)
}

/// The salt in force has its full length; and after a switch the greeting's salt is there too,
/// because a client may have stayed with it.
fn salts_are_there(subject: &Subject<'_>, round: &Round) -> bool {
    let Some(due) = subject.plugin().and_then(Plugin::salt_length) else {
        return true;
    };
    let Some(salt) = &round.salt else {
        return false;
    };
    let greeting = subject.login.greeting.as_ref();
    let older = subject.pasted
        || salt.source == SaltSource::Greeting
        || greeting.is_some_and(|greeting| greeting.salt.len() >= due.min(20));
    salt.bytes.len() >= due && older
}

/// The text of an AWS IAM token, which is no password and never matches one.
fn is_iam_token(bytes: &[u8]) -> bool {
    let has = |text: &[u8]| memchr::memmem::find(bytes, text).is_some();
    has(b"Action=connect") && has(b"X-Amz-")
}

/// A dialog with several answers: one of them may be a code and not the password.
fn is_questionnaire(round: &Round) -> bool {
    let answers = |turn: &&crate::mysql::Turn| {
        turn.side == Side::Client && !matches!(turn.bytes.as_slice(), [] | [0])
    };
    round.plugin == Plugin::Dialog && round.turns.iter().filter(answers).count() > 1
}

/// The client said something after a prompt of the server.
fn answered_a_prompt(round: &Round) -> bool {
    let mut turns = round
        .turns
        .iter()
        .skip_while(|turn| turn.side == Side::Client);
    turns.any(|turn| turn.side == Side::Client)
}
