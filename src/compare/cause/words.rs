//! What the recomputation says of two logins, in words.
//!
//! Owns: the values and reasons of causes that lie in the response. Called by [`super::proof`].

use super::Pair;
use crate::auth::{Match, SaltForm, Verdict};
use crate::compare::difference::Value;
use crate::compare::fields;
use crate::compare::party::Party;
use crate::findings::Prose;
use crate::mysql::Outcome;

/// `recomputed with NAME: left hashed 20 bytes of salt, right hashed 21`
pub(super) fn recomputed(pair: Pair<'_, '_>, field: &str) -> Prose {
    let say = |party: &Party<'_>| -> Prose {
        let Some(found) = party.matched() else {
            return if party.proof().is_some() && field == "response_length" {
                format!(
                    "sent {}",
                    bytes(party.proof().map_or(0, |proof| proof.bytes.len()))
                )
                .into()
            } else {
                not_recomputed(party).into()
            };
        };
        match field {
            "salt_form" => salt_words(party, found).into(),
            "formula" => Prose::new("used the formula ").then(formula_prose(found)),
            "password_form" => format!("used the password {}", found.password_form.name()).into(),
            _ => format!(
                "sent {}",
                bytes(party.proof().map_or(0, |proof| proof.bytes.len()))
            )
            .into(),
        }
    };
    let (left, right) = match pair.which {
        crate::compare::Which::Left => (pair.failed, pair.other),
        crate::compare::Which::Right => (pair.other, pair.failed),
    };
    let with = pair.failed.matched().map_or_else(String::new, |found| {
        format!("recomputed with {}: ", found.password)
    });
    Prose::new(with)
        .say("left ")
        .then(say(left))
        .say(", right ")
        .then(say(right))
}

fn not_recomputed(party: &Party<'_>) -> &'static str {
    match (&party.examination.verdict, &party.login.outcome) {
        (Verdict::Mismatch(_), Outcome::Accepted) => "was accepted with another password",
        (Verdict::Mismatch(_), _) => "is explained by no password given",
        _ => "could not be recomputed",
    }
}

fn salt_words(party: &Party<'_>, found: &Match) -> String {
    let sent = party
        .login
        .rounds
        .iter()
        .rev()
        .find_map(|round| round.salt.as_ref());
    let sent = sent.map_or(0, |salt| salt.bytes.len());
    match found.salt_form {
        None => "used no salt".into(),
        Some(SaltForm::WithoutNul) => format!("hashed {} of salt", bytes(sent.min(20))),
        Some(SaltForm::WithNul | SaltForm::Raw) => format!("hashed {} of salt", bytes(sent)),
        Some(form) => format!("hashed the salt as {}", form.name()),
    }
}

fn bytes(count: usize) -> String {
    match count {
        1 => "1 byte".into(),
        count => format!("{count} bytes"),
    }
}

pub(super) fn lengths(pair: Pair<'_, '_>) -> String {
    let sent = |party: &Party<'_>| bytes(party.proof().map_or(0, |proof| proof.bytes.len()));
    let (failed, other) = (sent(pair.failed), sent(pair.other));
    format!(
        "the {} client sent {failed}, the other {other}",
        pair.which.name()
    )
}

pub(super) fn salt(party: &Party<'_>) -> Value {
    match party.matched() {
        Some(found) => found.salt_form.map_or("no salt", SaltForm::name).into(),
        None => not_recomputed(party).into(),
    }
}

pub(super) fn formula(party: &Party<'_>) -> Value {
    match party.matched() {
        Some(found) => formula_prose(found).into(),
        None => not_recomputed(party).into(),
    }
}

fn formula_prose(found: &Match) -> Prose {
    match &found.formula {
        crate::auth::Formula::Plugin(plugin) => fields::plugin(plugin),
        other => Prose::new(other.name()),
    }
}

pub(super) fn length(party: &Party<'_>) -> Value {
    party.proof().map_or_else(
        || "no response".into(),
        |proof| bytes(proof.bytes.len()).into(),
    )
}
