//! What the recomputation says of a login's response.

use crate::mysql::Plugin;

/// The answer for one login. The first kind that applies is given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It cannot be recomputed from what the capture holds.
    Unverifiable(Unverifiable),
    /// No candidate was given for this user.
    NoPassword,
    /// A candidate explains the response.
    Match(Match),
    /// Nothing that was tried explains it.
    Mismatch(Tried),
}

/// Why a response cannot be recomputed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unverifiable {
    /// The login is inside TLS that was not decrypted; with the reason.
    Encrypted(String),
    /// The salt was not captured.
    SaltNotCaptured,
    /// The client's response was not captured.
    ResponseNotCaptured,
    /// Part of the response was not captured.
    ResponseIncomplete {
        /// Bytes that are there.
        captured: usize,
        /// Bytes that are missing.
        missing: u64,
    },
    /// The client sent no response before the login ended.
    NoResponse,
    /// Two copies of the bytes differ and they lead to different answers.
    Conflicting,
    /// The password went under the server's RSA key, which was not given.
    RsaKeyMissing,
    /// The RSA block does not decrypt under any key given.
    RsaKeyWrong,
    /// The plugin's proof cannot be recomputed from a password (GSSAPI, `WebAuthn` …), or the plugin is unknown.
    PluginNotComputable(String),
    /// The exchange is not of the form the plugin prescribes.
    Malformed(String),
}

/// A candidate explains the response.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Match {
    /// The candidate's label.
    pub password: String,
    /// What was done to the candidate to get what the client used.
    pub password_form: PasswordForm,
    /// Which bytes of salt were hashed; `None` where no salt takes part.
    pub salt_form: Option<SaltForm>,
    /// The formula that matched.
    pub formula: Formula,
    /// The response carried one NUL more than the formula gives.
    pub extra_nul: bool,
    /// A password sent readable lacked the NUL that ends it.
    pub missing_nul: bool,
    /// How many bytes of the response were compared, where it was cut short; `None` if all of it.
    pub prefix: Option<usize>,
    /// One accidental match among how many wrong passwords, where that is worth telling (8-byte,
    /// 1-byte and empty responses).
    pub weak: Option<&'static str>,
    /// The candidate has more than 19 bytes, so that RSA over 20 or 21 bytes of salt differs.
    pub long_password: bool,
    /// The effort.
    pub tried: Tried,
}

impl Match {
    /// Whether the response is what `plugin` prescribes, every byte of it, from the password as
    /// given.
    #[must_use]
    pub fn is_plain(&self, plugin: &Plugin) -> bool {
        let right_salt = match plugin {
            Plugin::OldPassword => SaltForm::First8,
            Plugin::Ed25519 | Plugin::Parsec => SaltForm::Raw,
            _ => SaltForm::WithoutNul,
        };
        self.password_form == PasswordForm::AsGiven
            && self.salt_form.is_none_or(|form| form == right_salt)
            && matches!(&self.formula, Formula::Plugin(own) if own == plugin)
            && !self.extra_nul
            && !self.missing_nul
            && self.prefix.is_none()
    }
}

/// How many hypotheses were computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Tried {
    /// Formula, salt form and password form combinations computed.
    pub hypotheses: u64,
    /// The long search was left out because a like failure had it already.
    pub reduced: bool,
}

/// Which salt bytes were hashed. Names as in `verdict.salt_form`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SaltForm {
    /// The salt without its terminating NUL: right for the 20-byte family.
    WithoutNul,
    /// The terminating NUL was hashed too.
    WithNul,
    /// All bytes as on the wire: right for ed25519 and parsec, whose nonce has no terminator.
    Raw,
    /// The first 8 bytes: right for `mysql_old_password`.
    First8,
    /// The greeting's salt where a switch had sent another.
    Greeting,
    /// The same, with its terminator.
    GreetingWithNul,
    /// Cut at the first NUL inside the salt.
    CutAtNul,
    /// One byte short.
    MinusLast,
    /// The last 12 bytes (the greeting's second part).
    Last12,
    /// The last 12 bytes and the terminator.
    Last13,
    /// The first part, a NUL, the second part.
    FillerNulInside,
    /// Bytes of 0x80 and more replaced by `?`.
    AsciiQuestionMarks,
    /// Bytes of 0x80 and more replaced by U+FFFD.
    AsciiReplacementChars,
    /// Each byte taken as Latin-1 and written as UTF-8.
    Latin1ToUtf8,
    /// The salt as lower-case hex text.
    HexText,
    /// The salt as base64 text.
    Base64Text,
    /// Trailing NULs stripped though they belong to the salt.
    NulsStripped,
    /// A switch's short salt with the end of the greeting's behind it.
    Mixed,
    /// No salt at all.
    None,
    /// Twenty zero bytes.
    Zeros,
    /// The salt of an earlier exchange on the same connection.
    Earlier,
    /// The salt of another connection in the same capture.
    OtherConnection,
}

impl SaltForm {
    /// The name in `verdict.salt_form`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WithoutNul => "without_nul",
            Self::WithNul => "with_nul",
            Self::Raw => "raw",
            Self::First8 => "first_8",
            Self::Greeting => "greeting",
            Self::GreetingWithNul => "greeting_with_nul",
            Self::CutAtNul => "cut_at_nul",
            Self::MinusLast => "minus_last",
            Self::Last12 => "last_12",
            Self::Last13 => "last_13",
            Self::FillerNulInside => "filler_nul_inside",
            Self::AsciiQuestionMarks => "ascii_question_marks",
            Self::AsciiReplacementChars => "ascii_replacement_chars",
            Self::Latin1ToUtf8 => "latin1_to_utf8",
            Self::HexText => "hex_text",
            Self::Base64Text => "base64_text",
            Self::NulsStripped => "nuls_stripped",
            Self::Mixed => "mixed",
            Self::None => "no_salt",
            Self::Zeros => "zeros",
            Self::Earlier => "earlier",
            Self::OtherConnection => "other_connection",
        }
    }
}

/// What was done to the candidate to get what the client used. Names as in `verdict.password_form`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PasswordForm {
    /// The candidate itself.
    AsGiven,
    /// A line feed, a carriage return, or both behind it.
    TrailingNewline,
    /// A space behind it.
    TrailingSpace,
    /// A space in front of it.
    LeadingSpace,
    /// A NUL behind it.
    TrailingNul,
    /// White space at its ends taken away.
    Trimmed,
    /// `%XX` sequences decoded.
    PercentDecoded,
    /// Percent-encoded.
    PercentEncoded,
    /// `+` taken for a space, or a space written as `+`.
    PlusAsSpace,
    /// Inside quotes.
    Quoted,
    /// Its quotes taken away.
    Unquoted,
    /// Backslash escapes resolved.
    Unescaped,
    /// Backslashes put in front of special characters.
    Escaped,
    /// The empty password.
    Empty,
    /// In Latin-1 where the candidate is UTF-8.
    Latin1,
    /// In Windows code page 1252.
    Cp1252,
    /// In UTF-8 where the candidate is Latin-1, or encoded to UTF-8 twice.
    Utf8,
    /// In UTF-16, little endian.
    Utf16le,
    /// With a byte order mark in front.
    ByteOrderMark,
    /// In Unicode normal form C.
    Nfc,
    /// In Unicode normal form D.
    Nfd,
    /// Its letters in another case.
    CaseChanged,
    /// Cut at a length.
    Truncated,
    /// Cut at a special character.
    CutAtSpecial,
    /// `$name` replaced as a shell or a compose file does.
    DollarExpanded,
    /// As base64 text.
    Base64Encoded,
    /// Decoded from base64.
    Base64Decoded,
    /// The user's name instead.
    UserName,
    /// The stored hash's text instead.
    StoredHash,
}

impl PasswordForm {
    /// The name in `verdict.password_form`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsGiven => "as_given",
            Self::TrailingNewline => "trailing_newline",
            Self::TrailingSpace => "trailing_space",
            Self::LeadingSpace => "leading_space",
            Self::TrailingNul => "trailing_nul",
            Self::Trimmed => "trimmed",
            Self::PercentDecoded => "percent_decoded",
            Self::PercentEncoded => "percent_encoded",
            Self::PlusAsSpace => "plus_as_space",
            Self::Quoted => "quoted",
            Self::Unquoted => "unquoted",
            Self::Unescaped => "unescaped",
            Self::Escaped => "escaped",
            Self::Empty => "empty",
            Self::Latin1 => "latin1",
            Self::Cp1252 => "cp1252",
            Self::Utf8 => "utf8",
            Self::Utf16le => "utf16le",
            Self::ByteOrderMark => "byte_order_mark",
            Self::Nfc => "nfc",
            Self::Nfd => "nfd",
            Self::CaseChanged => "case_changed",
            Self::Truncated => "truncated",
            Self::CutAtSpecial => "cut_at_special",
            Self::DollarExpanded => "dollar_expanded",
            Self::Base64Encoded => "base64_encoded",
            Self::Base64Decoded => "base64_decoded",
            Self::UserName => "user_name",
            Self::StoredHash => "stored_hash",
        }
    }
}

/// Which formula produced the response.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Formula {
    /// The formula of this plugin.
    Plugin(Plugin),
    /// `caching_sha2_password` with salt and hash in the wrong order.
    CachingSha2Reversed,
    /// `mysql_native_password` with salt and hash in the wrong order.
    NativeReversed,
    /// The formula of this plugin over a single instead of a double hash.
    SingleHash(Plugin),
}

impl Formula {
    /// The plugin whose formula it is, or is a wrong variant of.
    #[must_use]
    pub const fn plugin(&self) -> &Plugin {
        match self {
            Self::Plugin(plugin) | Self::SingleHash(plugin) => plugin,
            Self::CachingSha2Reversed => &Plugin::CachingSha2,
            Self::NativeReversed => &Plugin::NativePassword,
        }
    }

    /// The name in `verdict.formula`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Plugin(plugin) => plugin.to_string(),
            Self::CachingSha2Reversed => "caching_sha2_reversed".into(),
            Self::NativeReversed => "mysql_native_reversed".into(),
            Self::SingleHash(plugin) => format!("{plugin}_single_hash"),
        }
    }
}
