//! The rules: what is said of one login.
//!
//! Each rule is a pure function from a [`Subject`] to at most one finding; [`RULES`] lists them.
//! A rule that cannot prove its finding from the capture returns nothing.

mod data;
mod exposure;
mod password;
mod protocol;
mod refusal;
mod response;
mod salt;
mod salt_form;
pub(in crate::findings) mod seen;
mod subject;
mod supplied;
mod tls;

use crate::findings::finding::Finding;
pub use subject::Subject;
pub use supplied::{Facts, FullFault, RsaXor, TlsEnd, TokenFault};

/// One rule.
type Rule = fn(&Subject<'_>) -> Option<Finding>;

/// Every rule, in the catalogue's order.
const RULES: &[Rule] = &[
    salt_form::trailing_nul,
    response::order_reversed,
    salt_form::stale,
    salt_form::truncated,
    response::truncated,
    response::extra_nul,
    response::wrong_plugin,
    password::transformed,
    password::wrong,
    password::right_rejected,
    refusal::after_authentication,
    password::candidate_wrong,
    password::empty,
    refusal::full_auth,
    supplied::rsa_trailing_nul,
    refusal::plugin,
    protocol::switch_ignored,
    protocol::sequence,
    tls::failed,
    refusal::early,
    supplied::iam_token,
    salt::unusual,
    data::conflicting,
    exposure::cleartext,
    exposure::weak_plugin,
    tls::not_decrypted,
    supplied::tls_shape,
    data::incomplete,
    salt_form::mangled,
    response::not_doubled,
    response::wrong_length,
    supplied::full_auth_form,
];

/// What is to be said of one login, worst first. A correct login gets nothing but
/// `weak-plugin`, where that applies.
#[must_use]
pub fn judge(subject: &Subject<'_>) -> Vec<Finding> {
    if let Some(check) = protocol::health_check(subject) {
        return vec![check];
    }
    let mut findings: Vec<Finding> = RULES.iter().filter_map(|rule| rule(subject)).collect();
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.code));
    findings
}

#[cfg(test)]
mod tests;
