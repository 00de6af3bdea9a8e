//! What came after `01 04`: the password inside TLS, in the clear, or under the server's RSA key.
//!
//! The verdict on a `caching_sha2` login is about the hashed response. This is the second witness.

use super::candidate::Candidate;
use super::examine::Context;
use super::hypotheses::{self, Found, Winner};
use super::question::{Place, Question, is_key_request};
use super::schemes::rsa::{self, Padding};
use super::schemes::sha256;
use super::user_form::UserForm;
use super::verdict::{PasswordForm, SaltForm, Unverifiable};
use crate::mysql::{Plugin, Side, Turn};

/// The password as it was sent whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullAuth {
    /// The client's turn that holds it.
    pub place: Place,
    /// How it was sent.
    pub kind: FullAuthKind,
    /// What explains it; `None` if no candidate does, or the key is missing or wrong.
    pub proof: Option<FullAuthProof>,
}

/// How a password was sent whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FullAuthKind {
    /// Readable, as it should be inside TLS only.
    Clear,
    /// In a block of the length of an RSA key.
    Rsa,
}

/// The candidate that a password sent whole is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullAuthProof {
    /// The candidate's label.
    pub password: String,
    /// What was done to it.
    pub password_form: PasswordForm,
    /// Which salt bytes were `XORed`, under RSA. With a short password the salt with and without
    /// its terminator give the same bytes, and the right form is named.
    pub salt_form: Option<SaltForm>,
    /// The password has more than 19 bytes, so that 20 and 21 bytes of salt differ.
    pub long_password: bool,
    /// A readable password lacked the NUL that ends it.
    pub missing_nul: bool,
    /// How an RSA block was padded.
    pub padding: Option<Padding>,
}

impl FullAuthProof {
    fn new(winner: &Winner<'_>, padding: Option<Padding>) -> Self {
        let long = |password: &[u8]| password.len() > 19;
        Self {
            password: winner.candidate.label.clone(),
            password_form: winner.form,
            salt_form: winner.salt_form,
            long_password: winner.candidate.password().is_some_and(long),
            missing_nul: winner.missing_nul,
            padding,
        }
    }
}

/// An RSA block that was opened.
pub(crate) struct Opened<'c> {
    pub found: Found<'c>,
    pub padding: Padding,
}

/// Opens a block and looks for the candidate in it.
///
/// # Errors
/// No key was given, or none fits.
pub(crate) fn open<'c>(
    question: &Question<'_>,
    block: &[u8],
    given: &[&'c Candidate],
    context: &Context<'_>,
) -> Result<Opened<'c>, Unverifiable> {
    if context.server_keys.is_empty() {
        return Err(Unverifiable::RsaKeyMissing);
    }
    let mut opened = context
        .server_keys
        .iter()
        .filter_map(|key| rsa::decrypt(key, block));
    let (plaintext, padding) = opened.next().ok_or(Unverifiable::RsaKeyWrong)?;
    let found = hypotheses::rsa::search(question, &plaintext, given, context.search);
    Ok(Opened { found, padding })
}

/// Looks at what a client sent whole under `caching_sha2_password` or `sha256_password`.
pub(crate) fn examine(
    question: &Question<'_>,
    given: &[&Candidate],
    context: &Context<'_>,
) -> Option<FullAuth> {
    let place = question.place;
    // Under sha256_password the judged response is that very turn, under the other a later one.
    let begin = match question.plugin {
        Plugin::Sha256 => place.turn,
        Plugin::CachingSha2 => place.turn.checked_add(1)?,
        _ => return None,
    };
    let sends = |turn: &Turn| {
        let says = !matches!(turn.bytes.as_slice(), [] | [0]);
        turn.side == Side::Client && turn.missing == 0 && says && !is_key_request(turn)
    };
    let mut turns = question.turns.iter().enumerate().skip(begin);
    let (turn, sent) = turns.find(|(_, turn)| sends(turn))?;
    let place = Place { turn, ..place };
    let depth = context.search;
    let clear = hypotheses::clear::search(
        &question.plugin,
        &sent.bytes,
        given,
        &UserForm::of(None),
        depth,
    );
    let clear = clear.winner.map(|winner| FullAuthProof::new(&winner, None));
    let (kind, proof) = if clear.is_none() && sha256::is_rsa_block(&sent.bytes) {
        let opened = open(question, &sent.bytes, given, context).ok();
        let proof = opened.and_then(|Opened { found, padding }| {
            let winner = found.winner?;
            Some(FullAuthProof::new(&winner, Some(padding)))
        });
        (FullAuthKind::Rsa, proof)
    } else {
        (FullAuthKind::Clear, clear)
    };
    Some(FullAuth { place, kind, proof })
}
