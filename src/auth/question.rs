//! What a login asks of the recomputation: which response was made under which plugin, over
//! which salts; or why it cannot be asked.

use smallvec::SmallVec;

use super::examine::Context;
use super::not_computable;
use super::salt_forms::Salts;
use super::schemes::scram::Mechanism;
use super::schemes::sha256;
use super::verdict::Unverifiable;
use crate::mysql::{Fault, Login, Outcome, Plugin, Round, RoundStart, Side, Transport, Turn};

/// Where a client's turn stands in a login: `login.rounds[round].turns[turn]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index into the login's rounds.
    pub round: usize,
    /// Index into the round's turns.
    pub turn: usize,
}

/// One response and what it may have been made of.
#[derive(Clone, Debug)]
pub(crate) struct Question<'a> {
    /// The plugin in force.
    pub plugin: Plugin,
    /// The user, if captured.
    pub user: Option<&'a [u8]>,
    /// The salts it may have been made over.
    pub salts: Salts<'a>,
    /// The response's bytes.
    pub response: &'a [u8],
    /// Where they stand.
    pub place: Place,
    /// They were pasted: another tool may have cut them, and who logs in is not known.
    pub pasted: bool,
    /// All that was said under the plugin.
    pub turns: &'a [Turn],
}

impl Question<'_> {
    /// Whether the client gave the answer of the empty password.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.response, [] | [0])
    }

    /// Whether a single NUL is a documented answer of the empty password under this plugin.
    pub(crate) const fn nul_stands_for_empty(&self) -> bool {
        matches!(
            self.plugin,
            Plugin::CachingSha2
                | Plugin::Sha256
                | Plugin::Clear
                | Plugin::Dialog
                | Plugin::OldPassword
        )
    }
}

/// The rounds of one factor: where they begin in the login, and the rounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factor<'a> {
    /// Index of the first round.
    pub start: usize,
    /// The rounds; the last one is in force.
    pub rounds: &'a [Round],
}

/// The login's factors, in order; one for all but multi-factor authentication.
pub(crate) fn factors(login: &Login) -> SmallVec<[Factor<'_>; 1]> {
    let mut factors = SmallVec::new();
    let mut start = 0_usize;
    for rounds in login
        .rounds
        .chunk_by(|_, next| next.begun_by != RoundStart::NextFactor)
    {
        factors.push(Factor { start, rounds });
        start = start.saturating_add(rounds.len());
    }
    factors
}

/// What one factor of a login asks.
///
/// # Errors
/// The reason why its response cannot be recomputed.
pub(crate) fn ask<'a>(
    login: &'a Login,
    factor: Factor<'a>,
    context: &Context<'a>,
) -> Result<Question<'a>, Unverifiable> {
    let (round, before) = factor
        .rounds
        .split_last()
        .ok_or_else(|| no_response(login))?;
    let plugin = round.plugin.clone();
    // What began the round was not captured (whole): not even the plugin is known.
    if plugin.name().is_empty() {
        return Err(Unverifiable::SaltNotCaptured);
    }
    if let Some(reason) = not_computable::reason(&plugin) {
        return Err(Unverifiable::PluginNotComputable(reason));
    }
    let current = round.salt.as_ref().map(|salt| salt.bytes.as_slice());
    if plugin == Plugin::LdapSasl
        && current.is_some_and(|name| Mechanism::from_name(name).is_none())
    {
        let reason = "the LDAP mechanism is neither SCRAM-SHA-1 nor SCRAM-SHA-256";
        return Err(Unverifiable::PluginNotComputable(reason.into()));
    }
    let (turn_index, turn) = proof(&plugin, &round.turns).ok_or_else(|| no_response(login))?;
    if turn.missing > 0 {
        return Err(Unverifiable::ResponseIncomplete {
            captured: turn.bytes.len(),
            missing: turn.missing,
        });
    }
    // An empty response is made of no salt.
    if current.is_none() && plugin.salt_length().is_some() && !turn.bytes.is_empty() {
        return Err(Unverifiable::SaltNotCaptured);
    }
    let greeting = login
        .greeting
        .as_ref()
        .map(|greeting| greeting.salt.as_slice());
    let rounds_before = login.rounds.iter().take(factor.start).chain(before);
    let salts_before = rounds_before.filter_map(|round| round.salt.as_ref());
    let earlier = salts_before.map(|salt| salt.bytes.as_slice());
    let round_index = factor.start.saturating_add(before.len());
    Ok(Question {
        plugin,
        user: user(login),
        salts: Salts {
            current: current.filter(|salt| !salt.is_empty()),
            greeting,
            earlier: earlier
                .chain(context.earlier_salts.iter().copied())
                .collect(),
            other: context.other_salts,
            only_other: context.again,
        },
        response: &turn.bytes,
        place: Place {
            round: round_index,
            turn: turn_index,
        },
        pasted: false,
        turns: &round.turns,
    })
}

/// The user who logs in, if captured.
pub(crate) fn user(login: &Login) -> Option<&[u8]> {
    login.request.as_ref()?.user.as_deref()
}

/// The reason why a login behind TLS cannot be judged.
pub(crate) fn sealed(login: &Login) -> Option<Unverifiable> {
    match &login.transport {
        Transport::Tls {
            sealed: Some(reason),
            ..
        } => Some(Unverifiable::Encrypted(reason.clone())),
        _ => None,
    }
}

/// Whether the plugin of a round is the greeting's for want of a better: the client may have named
/// another in a part of its packet that was not captured.
pub(crate) fn plugin_is_guessed(login: &Login, place: Place) -> bool {
    let Some(round) = login.rounds.get(place.round) else {
        return false;
    };
    let by_login = matches!(round.begun_by, RoundStart::Login | RoundStart::ChangeUser);
    let request = login.request.as_ref();
    by_login && request.is_none_or(|request| request.missing > 0 && request.plugin.is_none())
}

/// The client's turn that holds the proof: the first for most plugins.
fn proof<'a>(plugin: &Plugin, turns: &'a [Turn]) -> Option<(usize, &'a Turn)> {
    let client = || {
        let turns = turns.iter().enumerate();
        turns.filter(|(_, turn)| turn.side == Side::Client)
    };
    match plugin {
        // Behind the request for the key, if there is one.
        Plugin::Sha256 => client().find(|(_, turn)| !is_key_request(turn)),
        // Behind the account's salt; before it the client says nothing.
        Plugin::Parsec => client().rfind(|(_, turn)| !turn.bytes.is_empty() || turn.missing > 0),
        Plugin::LdapSasl => client().find(|(_, turn)| turn.bytes.starts_with(b"c=")),
        // The first answer may be a dummy; one that the server passed over with a question is.
        Plugin::Dialog => client()
            .find(|(_, turn)| !matches!(turn.bytes.as_slice(), [] | [0]) || turn.missing > 0)
            .or_else(|| client().next_back())
            .filter(|(index, turn)| {
                let asked = turns
                    .iter()
                    .skip(*index)
                    .any(|next| next.side == Side::Server);
                !asked || !matches!(turn.bytes.as_slice(), [] | [0])
            }),
        _ => client().next(),
    }
}

/// Whether a turn asks for the server's public key.
pub(crate) fn is_key_request(turn: &Turn) -> bool {
    let asks = [sha256::KEY_REQUEST, sha256::CACHING_KEY_REQUEST];
    turn.side == Side::Client && turn.missing == 0 && asks.contains(&turn.bytes.as_slice())
}

/// Why there is no response: the client did not send it, or the capture does not have it.
fn no_response(login: &Login) -> Unverifiable {
    let of_client = |fault: &Fault| {
        matches!(
            fault,
            Fault::Missing {
                side: Side::Client,
                ..
            }
        )
    };
    let by_client = Some(Side::Client);
    let heard = login.steps.iter().any(|step| step.side == Side::Client)
        || matches!(login.outcome, Outcome::Abandoned { by, .. } if by == by_client)
        // Refused in place of a greeting: the client had nothing to answer.
        || (login.greeting.is_none() && matches!(login.outcome, Outcome::Rejected(_)));
    let cut = login
        .request
        .as_ref()
        .is_some_and(|request| request.missing > 0);
    let ended = matches!(
        login.outcome,
        Outcome::Rejected(_) | Outcome::Abandoned { .. }
    );
    if heard && ended && !cut && !login.faults.iter().any(of_client) {
        Unverifiable::NoResponse
    } else {
        Unverifiable::ResponseNotCaptured
    }
}

/// Whether an empty response is no answer at all: libmysqlclient sends nothing under its own
/// plugin's name where the greeting names another, and waits to be switched.
/// Source: `sql-common/client.cc`, `run_plugin_auth`.
pub(crate) fn waits_for_switch(login: &Login, place: Place) -> bool {
    let Some(round) = login.rounds.get(place.round) else {
        return false;
    };
    let greeted = login.greeting.as_ref().and_then(|g| g.plugin.as_ref());
    let by_login = matches!(round.begun_by, RoundStart::Login | RoundStart::ChangeUser);
    // A greeting that was not captured may have named any plugin.
    let other = greeted.is_none_or(|plugin| *plugin != round.plugin);
    by_login && other && !matches!(login.outcome, Outcome::Accepted)
}
