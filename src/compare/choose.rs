//! Which two logins to compare, where the user has not named both.
//!
//! A capture with one login gives that one. Of several, it is an accepted and a failed login of the
//! same user to the same server, the nearest in time; of a single capture with just two logins,
//! those. What is not clear is not guessed: the caller lists what there is.

use super::party::{Party, Which};
use crate::mysql::Outcome;

/// A login named by the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The conversation's number.
    pub stream: u64,
    /// Which login of it; without, the first.
    pub attempt: Option<u32>,
}

/// One side's capture: its logins by stream, then attempt, and what the user named of them.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'o, 'a> {
    /// The logins.
    pub logins: &'o [Party<'a>],
    /// The one that is wanted.
    pub pick: Option<Pick>,
}

/// Two logins, as indices into the offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Of the left offer.
    pub left: usize,
    /// Of the right offer.
    pub right: usize,
}

/// Why there is no choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// That capture has no login.
    NoLogin(Which),
    /// That capture has only one login, and it is the other one.
    OnlyOne(Which),
    /// That capture has no such login.
    NotThere(Which),
    /// There are several, and none stands out.
    Ambiguous,
}

/// Chooses. `same`: both offers are of the same capture.
///
/// # Errors
///
/// When it is not clear which logins are meant.
pub fn choose(left: Offer<'_, '_>, right: Offer<'_, '_>, same: bool) -> Result<Chosen, Unclear> {
    let lefts = wanted(left, Which::Left)?;
    let rights = wanted(right, Which::Right)?;
    // A login beside itself is compared only if both sides were named.
    let distinct =
        |l: usize, r: usize| !same || l != r || (left.pick.is_some() && right.pick.is_some());
    let pairs = || {
        let all = lefts
            .iter()
            .flat_map(|l| rights.iter().map(move |r| (*l, *r)));
        all.filter(|(l, r)| distinct(*l, *r))
    };
    let unordered = same && left.pick.is_none() && right.pick.is_none();
    let ordered = || pairs().filter(|(l, r)| !unordered || l < r);
    let first = ordered().next().ok_or(Unclear::OnlyOne(Which::Right))?;
    let chosen = if ordered().nth(1).is_none() {
        first
    } else {
        nearest(left, right, &ordered().collect::<Vec<_>>()).ok_or(Unclear::Ambiguous)?
    };
    let (l, r) = chosen;
    // Of one capture, the login that works is the left one.
    let accepted = |offer: Offer<'_, '_>, at: usize| {
        let party = offer.logins.get(at);
        party.is_some_and(|party| matches!(party.login.outcome, Outcome::Accepted))
    };
    if unordered && !accepted(left, l) && accepted(right, r) {
        return Ok(Chosen { left: r, right: l });
    }
    Ok(Chosen { left: l, right: r })
}

/// The logins that an offer leaves open.
fn wanted(offer: Offer<'_, '_>, which: Which) -> Result<Vec<usize>, Unclear> {
    if offer.logins.is_empty() {
        return Err(Unclear::NoLogin(which));
    }
    let Some(pick) = offer.pick else {
        return Ok((0..offer.logins.len()).collect());
    };
    let fits = |party: &Party<'_>| {
        party.stream == pick.stream
            && pick
                .attempt
                .is_none_or(|attempt| party.login.attempt == attempt)
    };
    let found = offer.logins.iter().position(fits);
    found.map(|at| vec![at]).ok_or(Unclear::NotThere(which))
}

/// The pair of an accepted and a failed login of one user and server that lies nearest in time,
/// if there is one user and server only, and one such pair.
fn nearest(
    left: Offer<'_, '_>,
    right: Offer<'_, '_>,
    pairs: &[(usize, usize)],
) -> Option<(usize, usize)> {
    let mut fitting = Vec::new();
    for &(l, r) in pairs {
        let (one, other) = (left.logins.get(l)?, right.logins.get(r)?);
        if let Some(account) = same_account(one, other).filter(|_| one_got_in(one, other)) {
            let times = one.login.first.time.zip(other.login.first.time);
            let distance = times.map(|(a, b)| a.since(b).unsigned_abs());
            fitting.push((account, distance, (l, r)));
        }
    }
    let (account, ..) = fitting.first()?;
    if fitting.iter().any(|(other, ..)| other != account) {
        return None;
    }
    if let [(_, _, only)] = fitting.as_slice() {
        return Some(*only);
    }
    let (_, least, chosen) = fitting
        .iter()
        .min_by_key(|(_, distance, _)| distance.unwrap_or(u64::MAX))?;
    let least = (*least)?;
    let equal = fitting
        .iter()
        .filter(|(_, distance, _)| *distance == Some(least))
        .count();
    (equal == 1).then_some(*chosen)
}

/// User and server, if both logins have the same.
fn same_account<'a>(
    one: &Party<'a>,
    other: &Party<'a>,
) -> Option<(&'a [u8], crate::net::Endpoint)> {
    let user = |party: &Party<'a>| party.login.request.as_ref()?.user.as_deref();
    let name = user(one)?;
    (Some(name) == user(other) && one.login.server == other.login.server)
        .then_some((name, one.login.server))
}

/// Whether just one of the two was let in, and the other is known not to have been.
const fn one_got_in(one: &Party<'_>, other: &Party<'_>) -> bool {
    matches!(
        (&one.login.outcome, &other.login.outcome),
        (
            Outcome::Accepted,
            Outcome::Rejected(_) | Outcome::Abandoned { .. }
        ) | (
            Outcome::Rejected(_) | Outcome::Abandoned { .. },
            Outcome::Accepted
        )
    )
}
