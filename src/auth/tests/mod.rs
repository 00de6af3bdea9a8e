//! Tests of the whole of [`crate::auth`], from a login to a verdict.

pub(crate) mod logins;
mod other_plugins;
mod properties;
mod recognised;
mod table;
mod unverifiable;
mod vectors;

use super::{Context, Examination, Match, Verdict, examine};
use crate::mysql::Login;

fn examined(login: &Login, password: &[u8]) -> Examination {
    examine(login, &logins::one(password), &Context::default())
}

fn recognise(login: &Login, password: &[u8]) -> Match {
    found(examined(login, password).verdict)
}

fn found(verdict: Verdict) -> Match {
    match verdict {
        Verdict::Match(found) => found,
        other => panic!("{other:?}"),
    }
}

/// Formula, salt form, password form.
fn names(found: &Match) -> (String, &'static str, &'static str) {
    let salt = found.salt_form.map_or("-", super::SaltForm::name);
    (found.formula.name(), salt, found.password_form.name())
}
