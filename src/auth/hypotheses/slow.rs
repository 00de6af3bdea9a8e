//! The search for proofs that cost a key derivation each: parsec and SCRAM.
//!
//! A derivation takes PBKDF2's rounds, a thousand and more hashes, and nothing makes that cheaper:
//! at 1024 rounds of SHA-512 it is about as dear as a thousand hypotheses of the other plugins. So
//! each form of a password is derived from once, for all nonces and for all logins to the account, and
//! how many forms there are is bounded by [`limits::DERIVATION_ROUNDS`]. One form of each kind is
//! always tried, the others (the second kind of quotes, each letter in its other case …) as long as
//! the rounds last; for one password and the rounds that servers use they do.

use super::{Found, Search, Winner};
use crate::auth::candidate::Candidate;
use crate::auth::prepared::Prepared;
use crate::auth::question::Question;
use crate::auth::salt_forms::{SaltKind, salt_forms};
use crate::auth::schemes::parsec::{self, Account};
use crate::auth::schemes::scram::Exchange;
use crate::auth::user_form::UserForm;
use crate::auth::verdict::{Formula, PasswordForm};
use crate::limits;
use crate::mysql::Plugin;

/// How early a form is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    AsGiven,
    /// The first of its kind.
    First,
    /// A further one of its kind.
    Further,
}

/// One form of one candidate.
type Form<'a, 'c> = (Rank, &'c Candidate, &'a Prepared);

/// The forms to derive from: all candidates as given, then one form of each kind, then the others
/// as far as the rounds go.
fn passwords<'a, 'c: 'a>(
    candidates: &[&'c Candidate],
    user_form: &'a UserForm<'_>,
    rounds: u32,
    depth: Search,
) -> impl Iterator<Item = (&'c Candidate, &'a Prepared)> {
    let mut forms: Vec<Form<'a, 'c>> = Vec::new();
    for candidate in candidates {
        let mut before = Vec::new();
        let of_user = user_form.instead_of(candidate);
        for password in candidate.forms().iter().chain(of_user) {
            let form = password.form;
            let rank = match form {
                PasswordForm::AsGiven => Rank::AsGiven,
                _ if before.contains(&form) => Rank::Further,
                _ => Rank::First,
            };
            // The empty password is derived from like any other: no need to force it.
            let doubled = candidate.is_empty() && password.is_forced_empty();
            let quick = matches!(form, PasswordForm::AsGiven | PasswordForm::TrailingNewline);
            if !doubled && (quick || depth == Search::Full) {
                forms.push((rank, candidate, password));
            }
            before.push(form);
        }
    }
    forms.sort_by_key(|(rank, ..)| *rank);
    let affordable = limits::DERIVATION_ROUNDS.checked_div(rounds).unwrap_or(0);
    let affordable = usize::try_from(affordable).unwrap_or(usize::MAX);
    let due = move |(place, (rank, ..)): &(usize, Form<'a, 'c>)| {
        *rank != Rank::Further || *place < affordable
    };
    let due = forms.into_iter().enumerate().filter(due);
    due.map(|(_, (_, candidate, password))| (candidate, password))
}

/// parsec: the signature in the response, over each form of the server's nonce.
pub(crate) fn search_parsec<'c>(
    question: &Question<'_>,
    account: &Account,
    candidates: &[&'c Candidate],
    depth: Search,
) -> Found<'c> {
    let (response, extra_nul) = match question.response {
        [rest @ .., 0] if rest.len() == 96 => (rest, true),
        whole => (whole, false),
    };
    let mut hypotheses = 0_u64;
    let Ok(response) = <&[u8; 96]>::try_from(response) else {
        return Found {
            winner: None,
            hypotheses,
        };
    };
    let nonces = salt_forms(SaltKind::Raw, &question.salts);
    let user_form = UserForm::of(question.user);
    let rounds = account.rounds();
    for (candidate, password) in passwords(candidates, &user_form, rounds, depth) {
        let keys = password.parsec(account);
        for (index, (form, nonce)) in nonces.iter().enumerate() {
            hypotheses = hypotheses.saturating_add(1);
            // Of a signer that mixes randomness in, only the nonce in force is expected.
            let signed = parsec::signs(&keys, nonce, response)
                || (index == 0
                    && !question.salts.only_other
                    && parsec::verifies(&keys, nonce, response));
            if signed {
                let formula = Formula::Plugin(Plugin::Parsec);
                let mut winner = Winner::plain(candidate, password.form, Some(form), formula);
                winner.extra_nul = extra_nul;
                winner.recomputed = Some(response.to_vec());
                return Found {
                    winner: Some(winner),
                    hypotheses,
                };
            }
        }
    }
    Found {
        winner: None,
        hypotheses,
    }
}

/// SCRAM: the client's proof.
pub(crate) fn search_scram<'c>(
    question: &Question<'_>,
    exchange: &Exchange,
    candidates: &[&'c Candidate],
    depth: Search,
) -> Found<'c> {
    let mut hypotheses = 0_u64;
    let user_form = UserForm::of(question.user);
    let rounds = exchange.rounds();
    for (candidate, password) in passwords(candidates, &user_form, rounds, depth) {
        hypotheses = hypotheses.saturating_add(1);
        if exchange.proves(password.bytes()) {
            let formula = Formula::Plugin(Plugin::LdapSasl);
            let winner = Winner::plain(candidate, password.form, None, formula);
            return Found {
                winner: Some(winner),
                hypotheses,
            };
        }
    }
    Found {
        winner: None,
        hypotheses,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Secret;

    fn count(rounds: u32, depth: Search) -> (usize, usize) {
        let secret = Secret::password("Sec$ret 'word'%40");
        let candidate = Candidate::new("pw".into(), None, secret);
        let all = candidate.forms().len();
        let none = UserForm::of(None);
        (passwords(&[&candidate], &none, rounds, depth).count(), all)
    }

    #[test]
    fn what_servers_use_is_searched_whole() {
        for rounds in [1024, 4096, 8192, 15_000] {
            let (tried, all) = count(rounds, Search::Full);
            assert_eq!(tried, all, "{rounds} rounds");
        }
    }

    #[test]
    fn slower_derivations_get_one_form_of_each_kind() {
        let (tried, all) = count(1 << 21, Search::Full);
        assert!(tried >= 15 && tried < all, "{tried} of {all}");
        assert_eq!(count(4096, Search::Reduced).0, 4);
    }
}
