//! The sizes read as the messages of a login.
//!
//! | message | bytes, with the 4 of the packet header |
//! |---|---|
//! | switch | 4 + 1 + name + NUL + data of the plugin |
//! | response | 4 + 20 mysql_native_password, 4 + 32 caching_sha2_password, 4 + 64 ed25519 |
//! | fast, full | 4 + 2; fast is followed by the server, full by the client |
//! | OK | 4 + 7, more with session tracking |
//! | access denied | 4 + 9 + 50 + user + host ("using password: YES"; one less for NO) |

use super::sentence::sentence;
use super::{Inferred, InferredOutcome, Message, Size, Step, StepKind};

/// A header and the fixed fields of a login packet.
const LOGIN_LEAST: usize = 4 + 32;
const MORE_DATA: usize = 4 + 2;
const OK: usize = 4 + 7;
/// COM_QUIT: says nothing of how the login ended.
const QUIT: usize = 4 + 1;
const DENIED_LEAST: usize = 4 + 9 + 49 + 1;
/// With the longest user (MariaDB's 80) and host (60).
const DENIED_MOST: usize = 4 + 9 + 50 + 80 + 60;

/// Plugins a server switches to: the name, what the request holds behind it, the sizes of the
/// response (none: any).
const PLUGINS: [(&str, &[usize], &[usize]); 7] = [
    ("mysql_native_password", &[20, 21], &[4, 4 + 20]),
    ("caching_sha2_password", &[20, 21], &[4, 5, 4 + 32]),
    ("sha256_password", &[20, 21], &[]),
    ("mysql_clear_password", &[0, 1], &[]),
    ("client_ed25519", &[32], &[4 + 64]),
    ("parsec", &[32], &[4]),
    ("mysql_old_password", &[8, 9, 20, 21], &[4, 4 + 8, 4 + 9]),
];

/// The login in these messages; `None` if they do not begin with one.
pub(super) fn read(messages: &[Message]) -> Option<Inferred> {
    let (login, mut rest) = messages.split_first()?;
    if !login.from_client || login.size.most < LOGIN_LEAST {
        return None;
    }
    let mut steps = vec![step(login, StepKind::Login)];
    let (mut outcome, mut ambiguous) = (None, false);
    while let Some((message, behind)) = rest.split_first() {
        let kind = if message.from_client {
            match steps.last().map(|step| &step.kind) {
                Some(StepKind::Switch(_)) => StepKind::Response,
                Some(StepKind::Full) => StepKind::Password,
                _ => StepKind::Other,
            }
        } else {
            let readings = server_readings(message.size, behind);
            ambiguous |= readings.len() != 1 || message.size.exact().is_none();
            outcome = same_outcome(&readings);
            readings.into_iter().next().unwrap_or(StepKind::Other)
        };
        let ends = matches!(kind, StepKind::Accepted | StepKind::AccessDenied);
        steps.push(step(message, kind));
        if ends {
            break;
        }
        rest = behind;
    }
    // Statements and results of unlucky sizes look like that; one guess on another tells nothing.
    let switches = steps
        .iter()
        .filter(|step| matches!(step.kind, StepKind::Switch(_)));
    if ambiguous && switches.count() > 1 {
        return None;
    }
    let sentence = sentence(&steps, outcome, ambiguous);
    Some(Inferred {
        steps,
        outcome,
        sentence,
        ambiguous,
    })
}

const fn step(message: &Message, kind: StepKind) -> Step {
    Step {
        from_client: message.from_client,
        kind,
        size: message.size,
        at: message.at,
    }
}

/// All that a message of the server may be, the likeliest first.
fn server_readings(size: Size, behind: &[Message]) -> Vec<StepKind> {
    let next = behind.first();
    let answer = next.filter(|next| next.from_client);
    let followed = next.is_some_and(|next| !next.from_client);
    let goes_on = behind
        .iter()
        .any(|message| message.from_client && !message.size.may_be(QUIT));
    let mut readings = Vec::new();
    if size.may_be(MORE_DATA) {
        if followed {
            readings.push(StepKind::Fast);
        } else if answer.is_some() {
            readings.push(StepKind::Full);
        } else {
            readings.push(StepKind::Other);
        }
    }
    let plugins = answer.map_or_else(Vec::new, |answer| switch_plugins(size, answer.size));
    let fixed = plugins.iter().any(|(_, fixed)| *fixed);
    if !plugins.is_empty() {
        let names = plugins.into_iter().map(|(name, _)| name).collect();
        readings.push(StepKind::Switch(names));
    }
    // With session tracking an OK has any size; then only commands behind it tell it.
    if size.may_be(OK) || (size.most > OK && goes_on && !fixed && !followed) {
        readings.push(StepKind::Accepted);
    }
    if size.may_lie_in(DENIED_LEAST, DENIED_MOST) && !goes_on && !followed {
        readings.push(StepKind::AccessDenied);
    }
    readings
}

/// The plugins whose switch is of this size and whose response is of that, and whether their
/// response has a size of its own.
fn switch_plugins(size: Size, answer: Size) -> Vec<(&'static str, bool)> {
    let fits = |(name, data, responses): &(&'static str, &[usize], &[usize])| {
        let head = name.len().saturating_add(4 + 1 + 1);
        let asked = data
            .iter()
            .any(|data| size.may_be(head.saturating_add(*data)));
        let answered = responses.is_empty() || responses.iter().any(|size| answer.may_be(*size));
        (asked && answered).then_some((*name, !responses.is_empty()))
    };
    PLUGINS.iter().filter_map(fits).collect()
}

/// The outcome, if all readings have the same.
fn same_outcome(readings: &[StepKind]) -> Option<InferredOutcome> {
    let outcome = |kind: &StepKind| match kind {
        StepKind::Accepted => Some(InferredOutcome::Accepted),
        StepKind::AccessDenied => Some(InferredOutcome::Rejected),
        _ => None,
    };
    let first = outcome(readings.first()?);
    let same = readings.iter().all(|kind| outcome(kind) == first);
    first.filter(|_| same)
}
