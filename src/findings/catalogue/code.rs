//! The codes themselves, in the order of the catalogue, and where each one's texts stand.

use std::fmt;
use std::str::FromStr;

use super::{Page, Severity, data, exposure, password, protocol, refusal, response, salt, tls};
use crate::findings::defects::{self, Defect};

/// Writes the enum, its names and its pages from one table, so that none can be forgotten.
macro_rules! codes {
    ($($variant:ident $name:literal $page:path,)*) => {
        /// A finding's code, such as `salt-trailing-nul`: an index into the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Code {
            /// Every code, in the catalogue's order.
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in reports and on the command line.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What the catalogue says of it.
            #[must_use]
            pub const fn page(self) -> &'static Page {
                match self { $(Self::$variant => &$page,)* }
            }
        }
    };
}

codes! {
    SaltTrailingNul "salt-trailing-nul" salt::TRAILING_NUL,
    HashOrderReversed "hash-order-reversed" response::ORDER_REVERSED,
    StaleSalt "stale-salt" salt::STALE,
    SaltTruncated "salt-truncated" salt::TRUNCATED,
    ResponseTruncated "response-truncated" response::TRUNCATED,
    ResponseExtraNul "response-extra-nul" response::EXTRA_NUL,
    WrongPluginResponse "wrong-plugin-response" response::WRONG_PLUGIN,
    PasswordTransformed "password-transformed" password::TRANSFORMED,
    WrongPassword "wrong-password" password::WRONG,
    RightPasswordRejected "right-password-rejected" password::RIGHT_REJECTED,
    RefusedAfterAuthentication "refused-after-authentication" refusal::AFTER,
    CandidateIsWrong "candidate-is-wrong" password::CANDIDATE_WRONG,
    EmptyResponse "empty-response" password::EMPTY_RESPONSE,
    FastAuthNeverSucceeds "fast-auth-never-succeeds" response::FAST_NEVER,
    FullAuthRefused "full-auth-refused" refusal::FULL_AUTH,
    RsaSaltTrailingNul "rsa-salt-trailing-nul" salt::RSA_TRAILING_NUL,
    PluginUnsupported "plugin-unsupported" refusal::PLUGIN,
    AuthSwitchIgnored "auth-switch-ignored" protocol::SWITCH_IGNORED,
    SequenceError "sequence-error" protocol::SEQUENCE,
    TlsFailed "tls-failed" tls::FAILED,
    ServerRefusedEarly "server-refused-early" refusal::EARLY,
    IamToken "iam-token" password::IAM_TOKEN,
    UnusualSalt "unusual-salt" salt::UNUSUAL,
    ConflictingData "conflicting-data" data::CONFLICTING,
    CleartextOnPlainTcp "cleartext-on-plain-tcp" exposure::CLEARTEXT,
    WeakPlugin "weak-plugin" exposure::WEAK_PLUGIN,
    TlsNotDecrypted "tls-not-decrypted" tls::NOT_DECRYPTED,
    TlsShape "tls-shape" tls::SHAPE,
    LoginIncomplete "login-incomplete" data::INCOMPLETE,
    SaltMangled "salt-mangled" salt::MANGLED,
    HashNotDoubled "hash-not-doubled" response::NOT_DOUBLED,
    ResponseWrongLength "response-wrong-length" response::WRONG_LENGTH,
    HealthCheck "health-check" protocol::HEALTH_CHECK,
    FullAuthWrongForm "full-auth-wrong-form" refusal::FULL_AUTH_FORM,
}

impl Code {
    /// Every code, in the catalogue's order.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        Self::ALL.iter().copied()
    }

    /// The title in reports.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.page().title
    }

    /// The severity where nothing changes it.
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.page().severity
    }

    /// The defects of clients and servers that are known to lead to it.
    pub fn known_defects(self) -> impl Iterator<Item = &'static Defect> {
        defects::with_sign(self)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A name that is no finding code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no finding of this name; `unscramble explain` lists them all")]
pub struct UnknownCode;

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(name: &str) -> Result<Self, UnknownCode> {
        Self::all()
            .find(|code| code.as_str() == name)
            .ok_or(UnknownCode)
    }
}
