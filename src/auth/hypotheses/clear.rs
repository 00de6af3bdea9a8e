//! The search for responses that are the password itself: under the plugins that want it so, and
//! by mistake under those that hash.

use super::{Found, Search, Winner};
use crate::auth::candidate::Candidate;
use crate::auth::schemes::clear::{Ending, compare};
use crate::auth::user_form::UserForm;
use crate::auth::verdict::{Formula, PasswordForm};
use crate::mysql::Plugin;

/// Shortest changed form that is taken as an explanation: of shorter ones too many exist.
const CHANGED_MIN: usize = 4;

/// Shortest beginning of a candidate that is taken for a cut one.
const CUT_MIN: usize = 8;

/// Looks for the candidate, and what was done to it, that the response is.
pub(crate) fn search<'c>(
    plugin: &Plugin,
    response: &[u8],
    candidates: &[&'c Candidate],
    user_form: &UserForm<'_>,
    depth: Search,
) -> Found<'c> {
    let mut hypotheses = 0_u64;
    let mut best: Option<(u8, Winner<'c>)> = None;
    for candidate in candidates {
        let of_user = user_form.instead_of(candidate);
        for password in candidate.forms().iter().chain(of_user) {
            let changed = password.form != PasswordForm::AsGiven;
            let tried = depth.changes_passwords() && password.bytes().len() >= CHANGED_MIN;
            if changed && !tried {
                continue;
            }
            hypotheses = hypotheses.saturating_add(1);
            let Some(ending) = compare(response, password.bytes()) else {
                continue;
            };
            let missing = ending == Ending::Missing;
            let deviations = u8::from(changed).saturating_add(u8::from(missing));
            if best.as_ref().is_none_or(|(least, _)| deviations < *least) {
                let mut winner = winner(plugin, candidate, password.form);
                winner.missing_nul = missing;
                best = Some((deviations, winner));
            }
        }
    }
    let most = depth.max_deviations();
    let found = best.filter(|(deviations, _)| *deviations <= most);
    let winner = found.map(|(_, winner)| winner);
    let winner = winner.or_else(|| cut(plugin, response, candidates));
    Found { winner, hypotheses }
}

/// A candidate cut anywhere, as columns and buffers do with long tokens.
fn cut<'c>(plugin: &Plugin, response: &[u8], candidates: &[&'c Candidate]) -> Option<Winner<'c>> {
    let text = response.strip_suffix(b"\0");
    let kept = text.unwrap_or(response);
    let begins = |candidate: &&&Candidate| {
        let whole = candidate.password();
        whole.is_some_and(|whole| whole.starts_with(kept))
    };
    let candidate = candidates.iter().find(begins)?;
    (kept.len() >= CUT_MIN).then(|| {
        let mut winner = winner(plugin, candidate, PasswordForm::Truncated);
        winner.missing_nul = text.is_none();
        winner
    })
}

fn winner<'c>(plugin: &Plugin, candidate: &'c Candidate, form: PasswordForm) -> Winner<'c> {
    let formula = match plugin {
        Plugin::Clear | Plugin::Dialog | Plugin::Sha256 => plugin.clone(),
        _ => Plugin::Clear,
    };
    Winner::plain(candidate, form, None, Formula::Plugin(formula))
}
