//! The search for what was put under the server's RSA key: which password, `XORed` with which salt.

use subtle::ConstantTimeEq;

use super::{Found, Search, Winner};
use crate::auth::candidate::Candidate;
use crate::auth::prepared::Prepared;
use crate::auth::question::Question;
use crate::auth::salt_forms::{SaltKind, salt_forms};
use crate::auth::schemes::rsa::masked;
use crate::auth::verdict::{Formula, PasswordForm, SaltForm};
use crate::mysql::Plugin;

/// Below this length a plaintext proves too little for two deviations at once.
const SHORT: usize = 12;

/// Looks for the password and the salt whose XOR the decrypted block holds.
///
/// With fewer than 21 bytes of plaintext the salt with and without its terminator give the same
/// bytes, and the right form is named.
pub(crate) fn search<'c>(
    question: &Question<'_>,
    plaintext: &[u8],
    candidates: &[&'c Candidate],
    depth: Search,
) -> Found<'c> {
    let salts = salt_forms(SaltKind::Twenty, &question.salts);
    let most = if plaintext.len() < SHORT { 1 } else { 2 };
    let mut hypotheses = 0_u64;
    for deviations in 0..=depth.max_deviations().min(most) {
        for (index, (salt_form, salt)) in salts.iter().enumerate() {
            let wrong_salt = u8::from(index > 0 || !question.salts.begin_right());
            let changed = match deviations.checked_sub(wrong_salt) {
                Some(0) => false,
                Some(1) => true,
                _ => continue,
            };
            for candidate in candidates {
                let with_changes = |p: &&Prepared| (p.form != PasswordForm::AsGiven) == changed;
                for password in candidate.forms().iter().filter(with_changes) {
                    if let Some(same) = same(password.bytes(), salt, plaintext) {
                        hypotheses = hypotheses.saturating_add(1);
                        if same {
                            let winner = winner(&question.plugin, candidate, password, salt_form);
                            return Found {
                                winner: Some(winner),
                                hypotheses,
                            };
                        }
                    }
                }
            }
        }
    }
    Found {
        winner: None,
        hypotheses,
    }
}

/// `None` where the lengths rule it out.
fn same(password: &[u8], salt: &[u8], plaintext: &[u8]) -> Option<bool> {
    let fits = password.len().checked_add(1) == Some(plaintext.len());
    fits.then(|| masked(password, salt).ct_eq(plaintext).into())
}

fn winner<'c>(
    plugin: &Plugin,
    candidate: &'c Candidate,
    password: &Prepared,
    salt_form: SaltForm,
) -> Winner<'c> {
    let formula = Formula::Plugin(plugin.clone());
    Winner::plain(candidate, password.form, Some(salt_form), formula)
}
