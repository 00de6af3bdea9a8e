//! Values in a few words, quotes kept apart.

use crate::auth::Verdict;
use crate::compare::Party;
use crate::findings::{Captured, Prose};
use crate::mysql::{AuthPath, Outcome, Plugin, Side};

/// A plugin's name: ours where it is known, a quote where it is the wire's.
pub(in crate::compare) fn plugin(plugin: &Plugin) -> Prose {
    match plugin {
        Plugin::Other(name) if name.is_empty() => Prose::new("not named"),
        Plugin::Other(name) => Prose::default().quote(Captured::Other, name.clone()),
        known => Prose::new(known.to_string()),
    }
}

/// How `caching_sha2_password` went on.
pub(in crate::compare) const fn path(path: AuthPath) -> &'static str {
    match path {
        AuthPath::Fast => "fast authentication succeeded",
        AuthPath::FullTls => "full authentication, the password sent inside TLS",
        AuthPath::FullRsa => "full authentication, the password sent under the server's RSA key",
        AuthPath::FullRefused => "full authentication asked for, and the client gave up",
    }
}

/// How a login ended.
pub(in crate::compare) fn outcome(party: &Party<'_>) -> Prose {
    match &party.login.outcome {
        Outcome::Accepted => Prose::new("accepted"),
        Outcome::Rejected(error) if error.message.is_empty() => {
            Prose::new(format!("refused with error {}", error.code))
        }
        Outcome::Rejected(error) => Prose::new(format!("refused with error {}: ", error.code))
            .quote(Captured::Server, error.message.clone()),
        Outcome::Abandoned { by, .. } => Prose::new(match by {
            Some(Side::Client) => "the client closed the connection",
            Some(Side::Server) => "the server closed the connection",
            None => "the connection was closed",
        }),
        Outcome::Unknown => Prose::new("not captured"),
    }
}

/// What the recomputation says, in two or three words.
pub(super) const fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Unverifiable(_) => "cannot be recomputed",
        Verdict::NoPassword => "no password given to check",
        Verdict::Match(_) => "explained by a password given",
        Verdict::Mismatch(_) => "explained by no password given",
    }
}
