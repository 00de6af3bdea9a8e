//! The search for responses that hash a salt.

use smallvec::SmallVec;

use super::formulas::{Shape, Trial, Trials, Way, own_trial, trials};
use super::{Found, Search, Winner};
use crate::auth::candidate::Candidate;
use crate::auth::prepared::Prepared;
use crate::auth::question::Question;
use crate::auth::salt_forms::{SaltKind, SaltList, right_salt, salt_forms};
use crate::auth::user_form::UserForm;
use crate::auth::verdict::{Formula, PasswordForm, SaltForm};
use crate::limits;

/// What an empty response is worth.
const EMPTY: &str = "an empty response shows that the client used an empty password or none, \
    and nothing more";

/// Judges an empty response: it is that of the empty password and of no other.
pub(crate) fn search_empty<'c>(question: &Question<'_>, candidates: &[&'c Candidate]) -> Found<'c> {
    let mut hypotheses = 0_u64;
    for candidate in candidates {
        hypotheses = hypotheses.saturating_add(1);
        if candidate.is_empty() {
            let formula = Formula::Plugin(question.plugin.clone());
            let mut winner = Winner::plain(candidate, PasswordForm::AsGiven, None, formula);
            winner.extra_nul = !question.response.is_empty() && !question.nul_stands_for_empty();
            winner.weak = Some(EMPTY);
            winner.recomputed = Some(Vec::new());
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

/// Looks for the plainest hypothesis that gives every byte of the response.
pub(crate) fn search<'c>(
    question: &Question<'_>,
    candidates: &[&'c Candidate],
    user_form: &UserForm<'_>,
    depth: Search,
) -> Found<'c> {
    let mut hypotheses = 0;
    if question.salts.only_other {
        return searched(question, candidates, user_form, depth);
    }
    // What almost every login is: the right one, told without making a plan.
    if let Some(winner) = right(question, candidates, &mut hypotheses) {
        return Found {
            winner: Some(winner),
            hypotheses,
        };
    }
    searched(question, candidates, user_form, depth)
}

/// The whole plan.
fn searched<'c>(
    question: &Question<'_>,
    candidates: &[&'c Candidate],
    user_form: &UserForm<'_>,
    depth: Search,
) -> Found<'c> {
    let mut hypotheses = 0;
    let plan = Plan::new(question);
    for deviations in 0..=depth.max_deviations() {
        let winner =
            plan.with_deviations(deviations, candidates, user_form, depth, &mut hypotheses);
        if winner.is_some() {
            return Found { winner, hypotheses };
        }
    }
    Found {
        winner: None,
        hypotheses,
    }
}

/// The plugin's own formula over the salt in force with a password as given: what the plan begins with.
fn right<'c>(
    question: &Question<'_>,
    candidates: &[&'c Candidate],
    hypotheses: &mut u64,
) -> Option<Winner<'c>> {
    let trial = own_trial(&question.plugin, question.response)?;
    let (salt_form, salt) = right_salt(trial.way.salt_kind(), &question.salts)?;
    let mix = Mix {
        trial: &trial,
        salt_form,
        salt,
    };
    candidates
        .iter()
        .find_map(|candidate| mix.search(candidate, false, &UserForm::of(None), hypotheses))
}

/// The formulas and the salts of a question, before any password comes in.
struct Plan<'r> {
    trials: Trials<'r>,
    salts: SmallVec<[(SaltKind, SaltList); 1]>,
    /// The salt in force is known, so that the first form of the salts is the right one.
    salt_known: bool,
}

/// A formula over a salt, to be tried with every password.
struct Mix<'p> {
    trial: &'p Trial<'p>,
    salt_form: SaltForm,
    salt: &'p [u8],
}

impl<'r> Plan<'r> {
    fn new(question: &Question<'r>) -> Self {
        let trials = trials(&question.plugin, question.response);
        let mut kinds: SmallVec<[SaltKind; 2]> = trials.iter().map(|t| t.way.salt_kind()).collect();
        kinds.dedup();
        let salts_of = |kind| (kind, salt_forms(kind, &question.salts));
        Self {
            trials,
            salts: kinds.into_iter().map(salts_of).collect(),
            salt_known: question.salts.begin_right(),
        }
    }

    fn salts(&self, way: Way) -> impl Iterator<Item = (SaltForm, &[u8])> {
        let kind = way.salt_kind();
        let found = self.salts.iter().filter(move |(known, _)| *known == kind);
        found.flat_map(|(_, salts)| salts.iter())
    }

    /// All hypotheses with exactly this many deviations.
    fn with_deviations<'c>(
        &self,
        deviations: u8,
        candidates: &[&'c Candidate],
        user_form: &UserForm<'_>,
        depth: Search,
        hypotheses: &mut u64,
    ) -> Option<Winner<'c>> {
        for trial in self.trials.iter().filter(|trial| deviations <= trial.most) {
            let Some(left) = deviations.checked_sub(trial.deviations) else {
                continue;
            };
            let mut others = 0_usize;
            for (index, (salt_form, salt)) in self.salts(trial.way).enumerate() {
                // Salts of other connections stand last, the nearest in time first. With another deviation only
                // those nearest are worth it, and with two more they would explain next to nothing.
                if salt_form == SaltForm::OtherConnection {
                    others = others.saturating_add(1);
                    let deep = deviations > 1 && others > limits::OTHER_SALTS_DEEP;
                    if deep || deviations > 2 {
                        break;
                    }
                }
                let wrong_salt = u8::from(index > 0 || !self.salt_known);
                let changed = match left.checked_sub(wrong_salt) {
                    Some(0) => false,
                    Some(1) if depth.changes_passwords() => true,
                    Some(_) => continue,
                    // All that follow are wrong, too.
                    None => break,
                };
                let mix = Mix {
                    trial,
                    salt_form,
                    salt,
                };
                for candidate in candidates {
                    let winner = mix.search(candidate, changed, user_form, hypotheses);
                    if winner.is_some() {
                        return winner;
                    }
                }
            }
        }
        None
    }
}

impl Mix<'_> {
    /// Tries one candidate, as given or in all its changed forms.
    fn search<'c>(
        &self,
        candidate: &'c Candidate,
        changed: bool,
        user_form: &UserForm<'_>,
        hypotheses: &mut u64,
    ) -> Option<Winner<'c>> {
        let forms = candidate.forms();
        let Some((as_given, others)) = forms.split_first() else {
            return self.search_stored(candidate, changed, hypotheses);
        };
        if !changed {
            return self.try_form(candidate, as_given, hypotheses);
        }
        let of_user = user_form.instead_of(candidate);
        others
            .iter()
            .chain(of_user)
            .find_map(|form| self.try_form(candidate, form, hypotheses))
    }

    fn try_form<'c>(
        &self,
        candidate: &'c Candidate,
        password: &Prepared,
        hypotheses: &mut u64,
    ) -> Option<Winner<'c>> {
        let Trial { way, response, .. } = *self.trial;
        if !way.takes(password) {
            return None;
        }
        *hypotheses = hypotheses.saturating_add(1);
        way.gives(password, self.salt, response).then(|| {
            let mut winner = self.winner(candidate, password.form);
            winner.recomputed = Some(way.response(password, self.salt));
            winner
        })
    }

    fn search_stored<'c>(
        &self,
        candidate: &'c Candidate,
        changed: bool,
        hypotheses: &mut u64,
    ) -> Option<Winner<'c>> {
        let Trial {
            way,
            shape,
            response,
            ..
        } = *self.trial;
        if changed || shape == Shape::Prefix {
            return None;
        }
        let proven = way.proves(candidate, self.salt, response)?;
        *hypotheses = hypotheses.saturating_add(1);
        proven.then(|| {
            let mut winner = self.winner(candidate, PasswordForm::AsGiven);
            winner.recomputed = Some(response.to_vec());
            winner
        })
    }

    fn winner<'c>(&self, candidate: &'c Candidate, form: PasswordForm) -> Winner<'c> {
        let Trial {
            way,
            shape,
            response,
            ..
        } = *self.trial;
        let mut winner = Winner::plain(candidate, form, Some(self.salt_form), way.formula());
        winner.extra_nul = shape == Shape::ExtraNul;
        winner.weak = way.weak();
        winner.prefix = (shape == Shape::Prefix).then_some(response.len());
        winner
    }
}
