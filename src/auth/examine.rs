//! From one login and the candidates to a verdict.
//!
//! The order is the contract's: what makes a login unverifiable first, then whether there is a
//! candidate at all, then the search.

use std::sync::Arc;

use super::candidate::Candidates;
use super::full_auth::FullAuth;
use super::hypotheses::Search;
use super::judge::judge;
use super::question::{
    Factor, Place, Question, ask, factors, plugin_is_guessed, sealed, user, waits_for_switch,
};
use super::schemes::iam_token::IamToken;
use super::verdict::{Match, Unverifiable, Verdict};
use crate::mysql::{Fault, Login, Outcome, Plugin, Turn};
use crate::tls::ServerKey;

/// What is known beside the login and the candidates.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// Salts of earlier logins on the same connection, as on the wire.
    pub earlier_salts: &'a [&'a [u8]],
    /// Salts of other connections near in time, as on the wire; the nearest first.
    pub other_salts: &'a [&'a [u8]],
    /// The same was asked without `other_salts`, and no hypothesis gave the response: nothing is tried
    /// but those.
    pub again: bool,
    /// RSA keys of the server; each is tried.
    pub server_keys: &'a [Arc<ServerKey>],
    /// How far to search.
    pub search: Search,
}

/// The verdict, and what it is about.
#[derive(Clone)]
pub struct Examination {
    /// The answer.
    pub verdict: Verdict,
    /// The client's turn that was judged; `None` if there is none.
    pub response: Option<Place>,
    /// The plugin it was judged under; `None` if the login did not get that far.
    pub plugin: Option<Plugin>,
    /// The judged bytes are, or may be, a password in the clear: no report may show them.
    pub response_is_secret: bool,
    /// What the hypothesis that matched gives, whole even where the response was cut short; `None`
    /// without a match and where it would show a password. For `--reveal`.
    pub recomputed: Option<Vec<u8>>,
    /// The password as it was sent whole under `caching_sha2_password` (after the hashed response)
    /// or `sha256_password`.
    pub full_auth: Option<FullAuth>,
    /// The response is an AWS IAM token: what it says.
    pub iam_token: Option<IamToken>,
    /// With several factors, what each of them came to, in order; else empty.
    pub factors: Vec<FactorVerdict>,
    /// Where copies of the login's bytes differ: the verdict with the first ones, and with the others.
    pub versions: Option<Box<[Verdict; 2]>>,
}

/// What one factor of a multi-factor login came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorVerdict {
    /// The plugin in force at its end; `None` if that was not captured.
    pub plugin: Option<Plugin>,
    /// The answer for this factor alone.
    pub verdict: Verdict,
}

impl std::fmt::Debug for Examination {
    /// Without the recomputed bytes: together with the salt they allow guessing the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("Examination");
        let fields = fields
            .field("verdict", &self.verdict)
            .field("plugin", &self.plugin);
        fields
            .field("response", &self.response)
            .finish_non_exhaustive()
    }
}

impl Examination {
    fn without_response(verdict: Verdict) -> Self {
        Self {
            verdict,
            response: None,
            plugin: None,
            response_is_secret: false,
            recomputed: None,
            full_auth: None,
            iam_token: None,
            factors: Vec::new(),
            versions: None,
        }
    }

    /// Nothing said yet about this question.
    pub(crate) fn of(question: &Question<'_>) -> Self {
        Self {
            response: Some(question.place),
            plugin: Some(question.plugin.clone()),
            ..Self::without_response(Verdict::NoPassword)
        }
    }

    /// Whether the response is what the plugin prescribes, from a candidate as given.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        match (&self.verdict, &self.plugin) {
            (Verdict::Match(found), Some(plugin)) => found.is_plain(plugin),
            _ => false,
        }
    }

    /// The turn that was judged.
    #[must_use]
    pub fn turn<'l>(&self, login: &'l Login) -> Option<&'l Turn> {
        let place = self.response?;
        login.rounds.get(place.round)?.turns.get(place.turn)
    }

    /// Where the response was cut short and matched: whether the byte that should come next is a
    /// NUL, as it is when a tool or a client took the response for text.
    #[must_use]
    pub fn cut_at_nul(&self) -> Option<bool> {
        let Verdict::Match(Match {
            prefix: Some(length),
            ..
        }) = &self.verdict
        else {
            return None;
        };
        let next = self.recomputed.as_ref()?.get(*length)?;
        Some(*next == 0)
    }
}

/// Judges a login: recomputes its response under every hypothesis.
///
/// With several factors each is judged alone, and the first that does not match is given.
#[must_use]
pub fn examine(login: &Login, candidates: &Candidates, context: &Context<'_>) -> Examination {
    if let Some(reason) = sealed(login) {
        return Examination::without_response(Verdict::Unverifiable(reason));
    }
    let factors = factors(login);
    if let [] | [_] = factors.as_slice() {
        let none = Factor {
            start: 0,
            rounds: &[],
        };
        let only = factors.first().copied().unwrap_or(none);
        return examine_factor(login, only, candidates, context);
    }
    let mut each: Vec<Examination> = factors
        .iter()
        .map(|factor| examine_factor(login, *factor, candidates, context))
        .collect();
    let verdicts = factors.iter().zip(&each).map(|(factor, examination)| {
        let plugin = factor.rounds.last().map(|round| round.plugin.clone());
        FactorVerdict {
            plugin: plugin.filter(|plugin| !plugin.name().is_empty()),
            verdict: examination.verdict.clone(),
        }
    });
    let verdicts = verdicts.collect();
    let last = each.len().saturating_sub(1);
    let fails = each.iter().position(|examination| !examination.is_plain());
    let mut decisive = each.swap_remove(fails.unwrap_or(last));
    decisive.factors = verdicts;
    decisive
}

fn examine_factor(
    login: &Login,
    factor: Factor<'_>,
    candidates: &Candidates,
    context: &Context<'_>,
) -> Examination {
    let question = match ask(login, factor, context) {
        Ok(question) => question,
        Err(reason) => return Examination::without_response(Verdict::Unverifiable(reason)),
    };
    let given = candidates.for_user(user(login));
    let waits = waits_for_switch(login, question.place);
    if question.response.is_empty() && waits && !given.iter().any(|c| c.is_empty()) {
        let reason = match login.outcome {
            Outcome::Unknown => Unverifiable::ResponseNotCaptured,
            _ => Unverifiable::NoResponse,
        };
        return Examination::without_response(Verdict::Unverifiable(reason));
    }
    if is_overwritten(&question) {
        let reason = "the password was overwritten, as `unscramble extract` does";
        let reason = Unverifiable::PluginNotComputable(reason.into());
        return Examination {
            verdict: Verdict::Unverifiable(reason),
            ..Examination::of(&question)
        };
    }
    let mut examination = judge(&question, &given, context);
    if plugin_is_guessed(login, question.place) && !fits_plugin(&question, &examination.verdict) {
        let reason = "the name of the client's plugin was not captured";
        examination.verdict =
            Verdict::Unverifiable(Unverifiable::PluginNotComputable(reason.into()));
        examination.recomputed = None;
    }
    let decisive = |fault: &Fault| matches!(fault, Fault::Conflict { decisive: true, .. });
    if !examination.is_plain() && login.faults.iter().any(decisive) {
        examination.verdict = Verdict::Unverifiable(Unverifiable::Conflicting);
        examination.recomputed = None;
    }
    examination
}

/// What an extract has in place of a password of one byte: one NUL is what an empty password gives.
pub(crate) const OVERWRITTEN_BYTE: u8 = 0x7F;

/// NULs in place of a password. Nobody types any, and of no plugin's hash are all bytes zero.
fn is_overwritten(question: &Question<'_>) -> bool {
    if question.response == [OVERWRITTEN_BYTE] {
        return true;
    }
    question.response.len() > 1
        && question.response.iter().all(|byte| *byte == 0)
        && question.plugin.response_length() != Some(question.response.len())
}

/// Whether a verdict holds though only the plugin of the greeting is known: a hash of the length
/// or the formula of that plugin was made under it.
fn fits_plugin(question: &Question<'_>, verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Match(found) => *found.formula.plugin() == question.plugin,
        Verdict::Mismatch(_) => {
            let length = question.plugin.response_length();
            length == Some(question.response.len())
        }
        Verdict::Unverifiable(_) | Verdict::NoPassword => true,
    }
}
