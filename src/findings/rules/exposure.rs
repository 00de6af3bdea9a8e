//! What an onlooker learns from a login.

use crate::auth::Formula;
use crate::findings::catalogue::{Code, Severity};
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::rules::subject::Subject;
use crate::findings::wording;
use crate::mysql::{Plugin, Round, Side, Transport, Turn};

/// `cleartext-on-plain-tcp`
pub(super) fn cleartext(subject: &Subject<'_>) -> Option<Finding> {
    if subject.login.transport != Transport::Plain || subject.pasted {
        return None;
    }
    let rounds = &subject.login.rounds;
    let (round, turn) = rounds
        .iter()
        .find_map(|round| Some((round, readable(round)?)))
        .or_else(|| proven(subject))?;
    let code = Code::CleartextOnPlainTcp;
    let summary = subject
        .the_client()
        .say(" sent a password or an answer to ")
        .then(wording::plugin(&round.plugin))
        .say(format!(
            " readable, over a connection without TLS{}.",
            wording::packet(turn.at)
        ));
    let packets = wording::packets([Some(turn.at)]);
    let fix = subject.advice(code, code.page().fix);
    Some(subject.finding(code, code.severity(), packets, summary, fix))
}

/// The turn with text in it, for plugins that send text, and for those that send it in the wrong place.
fn readable(round: &Round) -> Option<&Turn> {
    let mut said = round.turns.iter().filter(|turn| turn.side == Side::Client);
    match round.plugin {
        Plugin::Clear => said.find(|turn| !matches!(turn.bytes.as_slice(), [] | [0])),
        Plugin::Dialog => hidden_answer(round),
        Plugin::Sha256 => said.find(|turn| is_text_line(&turn.bytes)),
        Plugin::CachingSha2 => {
            let asked = |turn: &&Turn| !(turn.side == Side::Server && turn.bytes == [4]);
            let mut after = round.turns.iter().skip_while(asked);
            after.find(|turn| turn.side == Side::Client && is_text_line(&turn.bytes))
        }
        _ => None,
    }
}

/// An answer of a dialog to a question whose answer is not shown while typing (`type >> 1` is 2).
fn hidden_answer(round: &Round) -> Option<&Turn> {
    // The first question may stand in the switch itself, where the salt stands for other plugins.
    let mut kind = round
        .salt
        .as_ref()
        .and_then(|salt| salt.bytes.first().copied());
    for turn in &round.turns {
        match turn.side {
            Side::Server => kind = turn.bytes.first().copied(),
            Side::Client => {
                let hidden = kind.is_some_and(|kind| kind >> 1 == 2);
                if hidden && !matches!(turn.bytes.as_slice(), [] | [0]) {
                    return Some(turn);
                }
            }
        }
    }
    None
}

/// A response that the recomputation found to be the password itself.
fn proven<'a>(subject: &Subject<'a>) -> Option<(&'a Round, &'a Turn)> {
    let matched = subject.matched()?;
    let clear = matched.formula == Formula::Plugin(Plugin::Clear);
    let turn = subject
        .proof()
        .filter(|turn| clear && turn.bytes.len() > 1)?;
    Some((subject.round()?, turn))
}

/// Text that ends in a NUL. RSA blocks and hashes are not: they are no UTF-8 without control characters.
fn is_text_line(bytes: &[u8]) -> bool {
    let Some((0, text)) = bytes.split_last() else {
        return false;
    };
    let text = std::str::from_utf8(text).unwrap_or_default();
    !text.is_empty() && text.len() < 127 && !text.chars().any(char::is_control)
}

/// `weak-plugin`
pub(super) fn weak_plugin(subject: &Subject<'_>) -> Option<Finding> {
    let round = subject
        .round()
        .filter(|_| !subject.pasted && subject.round_is_sure())?;
    let (severity, why) = match subject.plugin()? {
        Plugin::OldPassword => (
            Severity::Warning,
            "its 8-byte response comes from a weak hash",
        ),
        Plugin::NativePassword => (
            Severity::Info,
            "one captured response is enough to try passwords at the speed of SHA-1, and with the stored hash to log in",
        ),
        Plugin::Sha256 => (
            Severity::Info,
            "the password itself crosses at each login, under TLS or the server's RSA key",
        ),
        _ => return None,
    };
    let answer = round
        .response()
        .filter(|turn| !matches!(turn.bytes.as_slice(), [] | [0]))?;
    let code = Code::WeakPlugin;
    let summary = Prose::new("The login uses ")
        .then(wording::plugin(subject.plugin()?))
        .say(format!("{}: {why}.", wording::packet(answer.at)));
    let packets = wording::packets([Some(answer.at)]);
    Some(subject.finding(
        code,
        severity,
        packets,
        summary,
        Prose::new(code.page().fix),
    ))
}
