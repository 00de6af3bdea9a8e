//! The same check from bytes that somebody copied out of another tool.

use super::candidate::Candidates;
use super::examine::{Context, Examination};
use super::judge::judge;
use super::question::{Place, Question};
use super::salt_forms::Salts;
use super::verdict::{Unverifiable, Verdict};
use crate::mysql::Plugin;

/// A response as it was pasted.
#[derive(Clone, Copy, Debug)]
pub struct Pasted<'a> {
    /// The plugin it was made under.
    pub plugin: &'a Plugin,
    /// The salt, with or without its terminator.
    pub salt: &'a [u8],
    /// The response, perhaps cut by the tool it was copied from.
    pub response: &'a [u8],
    /// The user, if known.
    pub user: Option<&'a [u8]>,
}

/// What the check of a pasted response came to.
#[derive(Clone, Debug)]
pub struct Verification {
    /// As for a login of one round with one turn.
    pub examination: Examination,
    /// How many bytes the plugin's response has, where the pasted one has fewer: a tool cut it.
    /// [`Examination::cut_at_nul`] says whether it may have been cut at a NUL, as text is.
    pub whole_length: Option<usize>,
}

/// Checks a pasted response. A cut one is compared as far as it goes.
#[must_use]
pub fn verify(pasted: &Pasted<'_>, candidates: &Candidates, context: &Context<'_>) -> Verification {
    let question = Question {
        plugin: pasted.plugin.clone(),
        user: pasted.user,
        salts: Salts {
            current: Some(pasted.salt).filter(|salt| !salt.is_empty()),
            greeting: None,
            earlier: context.earlier_salts.to_vec(),
            other: context.other_salts,
            only_other: context.again,
        },
        response: pasted.response,
        place: Place { round: 0, turn: 0 },
        pasted: true,
        turns: &[],
    };
    let given = candidates.for_user(pasted.user);
    let mut examination = judge(&question, &given, context);
    if let Some(reason) = unverifiable(pasted) {
        examination = Examination::of(&question);
        examination.verdict = Verdict::Unverifiable(reason);
    }
    let shorter = |whole: &usize| (1..*whole).contains(&pasted.response.len());
    Verification {
        examination,
        whole_length: pasted.plugin.response_length().filter(shorter),
    }
}

/// What a salt and a response alone do not tell.
fn unverifiable(pasted: &Pasted<'_>) -> Option<Unverifiable> {
    let more = match pasted.plugin {
        Plugin::Parsec => {
            "parsec's response also depends on the account's salt, which the server sends apart: only a capture has it"
        }
        Plugin::LdapSasl => {
            "a SCRAM proof also depends on the messages before it: only a capture has them"
        }
        Plugin::Other(_) => "the plugin is none that this program recomputes",
        _ if pasted.salt.is_empty() && pasted.plugin.salt_length().is_some() => {
            return Some(Unverifiable::SaltNotCaptured);
        }
        _ => return None,
    };
    Some(Unverifiable::PluginNotComputable(more.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::schemes::known::{SALT_21, hex};
    use crate::auth::tests::logins::one;

    fn check(response: &str) -> Verification {
        let pasted = Pasted {
            plugin: &Plugin::CachingSha2,
            salt: SALT_21,
            response: &hex(response),
            user: None,
        };
        verify(&pasted, &one("secret"), &Context::default())
    }

    fn salt_form(verification: &Verification) -> &'static str {
        match &verification.examination.verdict {
            Verdict::Match(found) => found.salt_form.unwrap().name(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_two_of_the_issue() {
        let wrong = check("2e6404fe23cfc68cfac2a01d8608199819298fe2023400e43c81065f76b7170c");
        assert_eq!(salt_form(&wrong), "with_nul");
        assert_eq!(wrong.whole_length, None);
        let right = check("7d925f88e29026cd45eec0caa37e63487697df8c1d9552f57d17dfd6b4ec7253");
        assert_eq!(salt_form(&right), "without_nul");
    }

    #[test]
    fn a_response_cut_at_its_nul_by_another_tool() {
        let cut = check("2e6404fe23cfc68cfac2a01d8608199819298fe20234");
        assert_eq!(salt_form(&cut), "with_nul");
        assert_eq!(cut.whole_length, Some(32));
        assert_eq!(cut.examination.cut_at_nul(), Some(true));
        let cut = check("2e6404fe23cfc68cfac2");
        assert_eq!(cut.examination.cut_at_nul(), Some(false));
    }

    #[test]
    fn a_cut_response_of_another_password() {
        let long = check("00112233445566778899aabbcc");
        assert!(matches!(long.examination.verdict, Verdict::Mismatch(_)));
        let short = check("001122334455");
        let verdict = short.examination.verdict;
        assert!(matches!(
            verdict,
            Verdict::Unverifiable(Unverifiable::Malformed(_))
        ));
    }

    #[test]
    fn plugins_that_need_more() {
        for plugin in [Plugin::Parsec, Plugin::LdapSasl, Plugin::from_name(b"x")] {
            let pasted = Pasted {
                plugin: &plugin,
                salt: SALT_21,
                response: &[7; 96],
                user: None,
            };
            let verdict = verify(&pasted, &one("secret"), &Context::default());
            let verdict = verdict.examination.verdict;
            assert!(matches!(
                verdict,
                Verdict::Unverifiable(Unverifiable::PluginNotComputable(_))
            ));
        }
    }
}
