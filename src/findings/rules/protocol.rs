//! Messages out of order.

use crate::findings::catalogue::Code;
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::rules::subject::Subject;
use crate::findings::wording;
use crate::mysql::{Fault, Side, StepKind};

/// `auth-switch-ignored`
pub(super) fn switch_ignored(subject: &Subject<'_>) -> Option<Finding> {
    let at = subject.login.faults.iter().find_map(|fault| match fault {
        Fault::SwitchIgnored { at } => Some(*at),
        _ => None,
    })?;
    if subject.misses_any() {
        return None;
    }
    let code = Code::AuthSwitchIgnored;
    let switch = subject.at(StepKind::AuthSwitch);
    let asked = subject.plugin().map_or_else(Prose::default, |plugin| {
        Prose::new(" to ").then(wording::plugin(plugin))
    });
    let summary = subject
        .the_client()
        .say(" went on without answering the auth switch")
        .then(asked)
        .say(wording::packet(switch).to_string())
        .say(format!(
            ": what it sent instead begins a new exchange{}.",
            wording::packet(at)
        ));
    let packets = wording::packets([switch, Some(at), subject.at(StepKind::Result)]);
    let fix = subject.advice(code, code.page().fix);
    Some(subject.finding(code, code.severity(), packets, summary, fix))
}

/// `sequence-error`
pub(super) fn sequence(subject: &Subject<'_>) -> Option<Finding> {
    let errors = || {
        subject.login.faults.iter().filter_map(|fault| match fault {
            Fault::SequenceError {
                side,
                expected,
                found,
                at,
            } => Some((*side, *expected, *found, *at)),
            _ => None,
        })
    };
    let (side, expected, found, at) = errors().next().filter(|_| !subject.misses_any())?;
    let who = match side {
        Side::Client => subject.the_client(),
        Side::Server => Prose::new("The server"),
    };
    let code = Code::SequenceError;
    let summary = who.say(format!(
        " sent a message with sequence number {found} where {expected} was due{}.",
        wording::packet(at)
    ));
    let packets = wording::packets(errors().map(|(_, _, _, at)| Some(at)));
    Some(subject.finding(
        code,
        code.severity(),
        packets,
        summary,
        Prose::new(code.page().fix),
    ))
}

/// `health-check`: a client that spoke first and has no password. With a password in hand it must
/// have seen the greeting, and only the capture has the packets in another order.
pub(super) fn health_check(subject: &Subject<'_>) -> Option<Finding> {
    let at = subject.login.faults.iter().find_map(|fault| match fault {
        Fault::SpokeFirst { at } => Some(*at),
        _ => None,
    })?;
    let rounds = &subject.login.rounds;
    let silent = rounds
        .iter()
        .flat_map(|round| &round.turns)
        .filter(|turn| turn.side == Side::Client)
        .all(|turn| matches!(turn.bytes.as_slice(), [] | [0]) && turn.missing == 0);
    if !silent || subject.misses(Side::Server) {
        return None;
    }
    let code = Code::HealthCheck;
    let summary = format!(
        "The client sent its login packet before the greeting and without a password{}, as load balancers do to check \
a server.",
        wording::packet(at)
    );
    let packets = wording::packets([Some(at), subject.at(StepKind::Result)]);
    Some(subject.finding(
        code,
        code.severity(),
        packets,
        summary.into(),
        Prose::new(code.page().fix),
    ))
}
