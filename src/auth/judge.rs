//! Judges one response: which scheme it belongs to, what is missing to recompute it, and what the
//! search says.

use super::candidate::Candidate;
use super::examine::{Context, Examination};
use super::full_auth::{self, Opened};
use super::hypotheses::{self, Found, PREFIX_MIN, Search, has_length_of_a_proof};
use super::question::Question;
use super::schemes::iam_token::IamToken;
use super::schemes::parsec::Account;
use super::schemes::rsa::Padding;
use super::schemes::scram::{Exchange, Mechanism};
use super::schemes::sha256;
use super::user_form::UserForm;
use super::verdict::{Formula, Match, Tried, Unverifiable, Verdict};
use crate::mysql::{Plugin, Side};

/// Said where the hashed response is beyond explanation, but the password behind it is not.
const HASH_UNKNOWN: &str = "the hashed response is of no form known to this program, though the \
    password sent after it is the one given";

/// Judges one response with the candidates for its user.
pub(crate) fn judge(
    question: &Question<'_>,
    given: &[&Candidate],
    context: &Context<'_>,
) -> Examination {
    let mut examination = Examination::of(question);
    let answer = answer(question, given, context);
    let mut verdict = match answer {
        Err(reason) => Verdict::Unverifiable(reason),
        Ok(_) if given.is_empty() => Verdict::NoPassword,
        Ok(Found { winner, hypotheses }) => match winner {
            Some(mut winner) => {
                examination.recomputed = winner.recomputed.take();
                let reduced = context.search.is_reduced();
                Verdict::Match(winner.into_match(Tried {
                    hypotheses,
                    reduced,
                }))
            }
            None => unexplained(question, given, hypotheses, context.search),
        },
    };
    examination.full_auth = full_auth::examine(question, given, context);
    let proven = examination
        .full_auth
        .as_ref()
        .and_then(|full| full.proof.as_ref());
    if matches!(verdict, Verdict::Mismatch(_)) && proven.is_some() {
        verdict = Verdict::Unverifiable(Unverifiable::Malformed(HASH_UNKNOWN.into()));
    }
    examination.response_is_secret = is_secret(question, &verdict);
    examination.iam_token = IamToken::parse(question.response);
    examination.verdict = verdict;
    examination
}

/// What the search finds, or why it cannot begin.
fn answer<'c>(
    question: &Question<'_>,
    given: &[&'c Candidate],
    context: &Context<'_>,
) -> Result<Found<'c>, Unverifiable> {
    let depth = context.search;
    if question.is_empty() {
        return Ok(hypotheses::hashed::search_empty(question, given));
    }
    match question.plugin {
        Plugin::Sha256 | Plugin::CachingSha2 if sha256::is_rsa_block(question.response) => {
            under_rsa(question, given, context)
        }
        Plugin::Parsec if matches!(question.response.len(), 96 | 97) => {
            let account = account(question)?;
            Ok(hypotheses::slow::search_parsec(
                question, &account, given, depth,
            ))
        }
        Plugin::LdapSasl => {
            let exchange = exchange(question)?;
            Ok(hypotheses::slow::search_scram(
                question, &exchange, given, depth,
            ))
        }
        Plugin::Dialog => Ok(any_answer(question, given, depth)),
        _ => Ok(hashed_or_clear(question, given, depth)),
    }
}

/// The plugin's own kind of response first: hashed, or the password itself.
fn hashed_or_clear<'c>(
    question: &Question<'_>,
    given: &[&'c Candidate],
    depth: Search,
) -> Found<'c> {
    let user_form = &UserForm::of(question.user);
    let hashed = || hypotheses::hashed::search(question, given, user_form, depth);
    let clear = || {
        let (plugin, response) = (&question.plugin, question.response);
        hypotheses::clear::search(plugin, response, given, user_form, depth)
    };
    match question.plugin {
        Plugin::Clear | Plugin::Dialog | Plugin::Sha256 => clear().or_else(hashed),
        // Without a salt nothing is new.
        _ if question.salts.only_other => hashed(),
        _ => hashed().or_else(clear),
    }
}

/// PAM may ask several questions: the password is among the answers.
fn any_answer<'c>(question: &Question<'_>, given: &[&'c Candidate], depth: Search) -> Found<'c> {
    let first = hashed_or_clear(question, given, depth);
    let others = question.turns.iter().filter(|turn| {
        let judged = turn.bytes == question.response;
        turn.side == Side::Client && turn.missing == 0 && !turn.bytes.is_empty() && !judged
    });
    others.fold(first, |found, turn| {
        found.or_else(|| {
            let response = turn.bytes.as_slice();
            let other = Question {
                response,
                ..question.clone()
            };
            hashed_or_clear(&other, given, depth)
        })
    })
}

/// A block under the server's key, unless it is a long password in the clear.
fn under_rsa<'c>(
    question: &Question<'_>,
    given: &[&'c Candidate],
    context: &Context<'_>,
) -> Result<Found<'c>, Unverifiable> {
    let (plugin, block) = (&question.plugin, question.response);
    let clear =
        hypotheses::clear::search(plugin, block, given, &UserForm::of(None), context.search);
    if clear.winner.is_some() {
        return Ok(clear);
    }
    match full_auth::open(question, block, given, context)? {
        // A wrong key gives such a plaintext by accident, if rarely.
        Opened {
            found,
            padding: Padding::Pkcs1v15,
        } if found.winner.is_none() && !given.is_empty() => Err(Unverifiable::RsaKeyWrong),
        Opened { found, .. } => Ok(found),
    }
}

/// What the server said of a parsec account.
fn account(question: &Question<'_>) -> Result<Account, Unverifiable> {
    let mut server = question
        .turns
        .iter()
        .filter(|turn| turn.side == Side::Server);
    let message = server.find(|turn| turn.bytes.starts_with(b"P"));
    let message = message.ok_or(Unverifiable::SaltNotCaptured)?;
    if message.missing > 0 {
        return Err(Unverifiable::SaltNotCaptured);
    }
    let malformed = || Unverifiable::Malformed("the account's salt is not of parsec's form".into());
    Account::parse(&message.bytes).ok_or_else(malformed)
}

/// The SCRAM messages of an LDAP login.
fn exchange(question: &Question<'_>) -> Result<Exchange, Unverifiable> {
    let name = question
        .salts
        .current
        .ok_or(Unverifiable::SaltNotCaptured)?;
    let mechanism = Mechanism::from_name(name).ok_or(Unverifiable::SaltNotCaptured)?;
    let said = |side: Side, start: &[u8]| {
        let mut turns = question.turns.iter().filter(move |turn| turn.side == side);
        let turn = turns.find(|turn| turn.bytes.starts_with(start) && turn.missing == 0);
        turn.map(|turn| turn.bytes.as_slice())
    };
    // The client's first message begins with its wish for channel binding: none ("n" or "y") here.
    let first = said(Side::Client, b"n").or_else(|| said(Side::Client, b"y"));
    let challenge = said(Side::Server, b"r=");
    let (first, challenge) = first.zip(challenge).ok_or(Unverifiable::SaltNotCaptured)?;
    Exchange::parse(mechanism, first, challenge, question.response)
        .ok_or_else(|| Unverifiable::Malformed("the messages are not of SCRAM's form".into()))
}

/// Nothing explains the response: what that means.
fn unexplained(
    question: &Question<'_>,
    given: &[&Candidate],
    hypotheses: u64,
    search: Search,
) -> Verdict {
    // Those given for somebody else say nothing about a user who was not captured.
    if !question.pasted && question.user.is_none() && given.iter().all(|c| c.user.is_some()) {
        return Verdict::NoPassword;
    }
    // A stored hash or key that was given answers for its own plugin only.
    if !given
        .iter()
        .any(|candidate| candidate.answers_for(&question.plugin))
    {
        return Verdict::NoPassword;
    }
    if let Some(reason) = wrong_length(question) {
        return Verdict::Unverifiable(Unverifiable::Malformed(reason));
    }
    let reduced = search.is_reduced();
    Verdict::Mismatch(Tried {
        hypotheses,
        reduced,
    })
}

/// Says so where the response has a length that no plugin gives: then it does not tell whether the
/// password was another one. A pasted one may be cut, and is compared as far as it goes.
fn wrong_length(question: &Question<'_>) -> Option<String> {
    let wanted = question.plugin.response_length()?;
    let length = question.response.len();
    let cut_by_tool = question.pasted && (PREFIX_MIN..wanted).contains(&length);
    let right = length == wanted || has_length_of_a_proof(&question.plugin, question.response);
    (!right && !cut_by_tool && !question.is_empty()).then(|| {
        format!(
            "the response has {length} bytes where the plugin gives {wanted}, \
            and no password given explains it"
        )
    })
}

/// Whether the response is, or may be, a password that anybody can read.
fn is_secret(question: &Question<'_>, verdict: &Verdict) -> bool {
    if question.is_empty() {
        return false;
    }
    match (verdict, &question.plugin) {
        (
            Verdict::Match(Match {
                salt_form,
                formula: Formula::Plugin(formula),
                ..
            }),
            _,
        ) => {
            let readable = matches!(formula, Plugin::Clear | Plugin::Dialog | Plugin::Sha256);
            readable && salt_form.is_none()
        }
        (Verdict::Match(_), _) | (_, Plugin::LdapSasl | Plugin::OldPassword) => false,
        (_, Plugin::Clear | Plugin::Dialog) => true,
        (_, Plugin::Sha256) => !sha256::is_rsa_block(question.response),
        (_, plugin) => {
            let block = sha256::is_rsa_block(question.response);
            let own = plugin.response_length() == Some(question.response.len());
            let hashed = own || has_length_of_a_proof(plugin, question.response);
            is_text(question.response) || (!block && !hashed)
        }
    }
}

/// Whether the bytes are text: a hash of 20 bytes is by accident once in 10^8 times.
fn is_text(response: &[u8]) -> bool {
    let text = response.strip_suffix(b"\0").unwrap_or(response);
    str::from_utf8(text).is_ok_and(|text| !text.contains(char::is_control))
}
