//! A verdict: its kind, and why it cannot be recomputed, in words and as a stable name.

use crate::auth::{Match, Tried, Unverifiable, Verdict};
use crate::findings::Captured;
use crate::report::model;
use crate::report::redact::Redactor;
use crate::report::text::Text;

pub(in crate::report) fn model(verdict: &Verdict, redactor: &Redactor) -> model::Verdict {
    match verdict {
        Verdict::Unverifiable(why) => {
            let (cause, reason) = reason(why, redactor);
            model::Verdict::Unverifiable { reason, cause }
        }
        Verdict::NoPassword => model::Verdict::NoPassword,
        Verdict::Match(found) => model::Verdict::Match(matching(found, redactor)),
        Verdict::Mismatch(tried) => model::Verdict::Mismatch(search(*tried)),
    }
}

fn matching(found: &Match, redactor: &Redactor) -> model::Match {
    use crate::auth::Formula;
    model::Match {
        password: Text::new(&found.password),
        password_form: found.password_form.name(),
        salt_form: found.salt_form.map(crate::auth::SaltForm::name),
        formula: match &found.formula {
            Formula::Plugin(plugin) => redactor.plugin(plugin),
            named => named.name().into(),
        },
        extra_nul: found.extra_nul,
        missing_nul: found.missing_nul,
        compared: found.prefix,
        chance: found.weak,
        search: search(found.tried),
    }
}

const fn search(tried: Tried) -> model::Search {
    model::Search {
        tried: tried.hypotheses,
        search: if tried.reduced { "reduced" } else { "full" },
    }
}

/// Why, as a stable name and in words.
fn reason(why: &Unverifiable, redactor: &Redactor) -> (&'static str, String) {
    match why {
        Unverifiable::Encrypted(why) => ("encrypted", format!("encrypted: {why}")),
        Unverifiable::SaltNotCaptured => {
            ("salt_not_captured", "the salt was not captured".to_owned())
        }
        Unverifiable::ResponseNotCaptured => (
            "response_not_captured",
            "the client's response was not captured".to_owned(),
        ),
        Unverifiable::ResponseIncomplete { captured, missing } => (
            "response_incomplete",
            format!(
                "of the client's response {captured} bytes were captured, {missing} are missing"
            ),
        ),
        Unverifiable::NoResponse => (
            "no_response",
            "the client sent no response before the login ended".to_owned(),
        ),
        Unverifiable::Conflicting => (
            "conflicting",
            "the capture holds two versions of the same bytes, and they lead to different answers"
                .to_owned(),
        ),
        Unverifiable::RsaKeyMissing => (
            "rsa_key_missing",
            "the password was sent under the server's RSA key, which was not given".to_owned(),
        ),
        Unverifiable::RsaKeyWrong => (
            "rsa_key_wrong",
            "the password was sent under an RSA key that is none of those given".to_owned(),
        ),
        Unverifiable::PluginNotComputable(why) => (
            "plugin_not_computable",
            format!("no password recomputes it: {why}"),
        ),
        Unverifiable::Malformed(what) => (
            "malformed",
            // Mostly our own words, but nothing keeps a quote out of it.
            format!(
                "not what the plugin prescribes: {}",
                redactor.text(Captured::Other, what.as_bytes())
            ),
        ),
    }
}
