//! The search for proofs that cost a key derivation each: parsec and SCRAM. Few forms of the
//! password are tried, each derived once.

use super::{Found, Search, Winner};
use crate::auth::candidate::Candidate;
use crate::auth::prepared::Prepared;
use crate::auth::question::Question;
use crate::auth::salt_forms::{SaltKind, salt_forms};
use crate::auth::schemes::parsec::{self, Account};
use crate::auth::schemes::scram::Exchange;
use crate::auth::verdict::{Formula, PasswordForm, SaltForm};
use crate::mysql::Plugin;

/// Whether a form is worth a key derivation: the first of each kind, of the kinds that have few.
fn is_worth_it(password: &Prepared, before: &[PasswordForm], depth: Search) -> bool {
    use PasswordForm as F;
    let form = password.form;
    let rare = matches!(
        form,
        F::CaseChanged | F::StoredHash | F::Base64Encoded | F::Escaped
    );
    let quick = matches!(form, F::AsGiven | F::TrailingNewline);
    let repeated = before.contains(&form) && !matches!(form, F::TrailingNewline | F::Truncated);
    !rare && !repeated && (depth == Search::Full || quick)
}

/// All candidates as given first, then their other forms.
fn passwords<'c>(
    candidates: &[&'c Candidate],
    depth: Search,
) -> Vec<(&'c Candidate, &'c Prepared)> {
    let mut passwords = Vec::new();
    for candidate in candidates {
        let mut before = Vec::new();
        for password in candidate.forms() {
            // The empty password is derived from like any other: no need to force it.
            let doubled = candidate.is_empty() && password.is_forced_empty();
            if !doubled && is_worth_it(password, &before, depth) {
                passwords.push((*candidate, password));
            }
            before.push(password.form);
        }
    }
    passwords.sort_by_key(|(_, password)| password.form != PasswordForm::AsGiven);
    passwords
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
    for (candidate, password) in passwords(candidates, depth) {
        let keys = password.parsec(account);
        for (form, nonce) in nonces
            .iter()
            .filter(|(form, _)| *form != SaltForm::OtherConnection)
        {
            hypotheses = hypotheses.saturating_add(1);
            if parsec::verifies(&keys, nonce, response) {
                let formula = Formula::Plugin(Plugin::Parsec);
                let mut winner = Winner::plain(candidate, password.form, Some(*form), formula);
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
    exchange: &Exchange,
    candidates: &[&'c Candidate],
    depth: Search,
) -> Found<'c> {
    let mut hypotheses = 0_u64;
    for (candidate, password) in passwords(candidates, depth) {
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
