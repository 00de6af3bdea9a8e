//! The changed forms of a password in words.

use crate::auth::PasswordForm;

/// What the client used, to stand behind "matches"; `None` for the password as given.
pub(super) const fn used(form: PasswordForm) -> Option<&'static str> {
    Some(match form {
        PasswordForm::AsGiven => return None,
        PasswordForm::TrailingNewline => "the password with a line ending behind it",
        PasswordForm::TrailingSpace => "the password with a space behind it",
        PasswordForm::LeadingSpace => "the password with a space in front of it",
        PasswordForm::TrailingNul => "the password with a NUL behind it",
        PasswordForm::Trimmed => "the password without the white space at its ends",
        PasswordForm::PercentDecoded => "the password with its percent sequences decoded",
        PasswordForm::PercentEncoded => "the password in percent encoding",
        PasswordForm::PlusAsSpace => "the password with plus signs and spaces exchanged",
        PasswordForm::Quoted => "the password inside quotes",
        PasswordForm::Unquoted => "the password without its quotes",
        PasswordForm::Unescaped => "the password with its backslash escapes resolved",
        PasswordForm::Escaped => "the password with backslashes in front of special characters",
        PasswordForm::Empty => "an empty password",
        PasswordForm::Latin1 => "the password in Latin-1 instead of UTF-8",
        PasswordForm::Cp1252 => "the password in Windows code page 1252",
        PasswordForm::Utf8 => "the password encoded to UTF-8 once more than given",
        PasswordForm::Utf16le => "the password in UTF-16",
        PasswordForm::ByteOrderMark => "the password with a byte order mark in front of it",
        PasswordForm::Nfc => "the password in Unicode normal form C",
        PasswordForm::Nfd => "the password in Unicode normal form D",
        PasswordForm::CaseChanged => "the password with letters in another case",
        PasswordForm::Truncated => "the password cut at a length",
        PasswordForm::CutAtSpecial => "the password cut at a special character",
        PasswordForm::DollarExpanded => {
            "the password with its dollar signs replaced, as a shell or a compose file does"
        }
        PasswordForm::Base64Encoded => "the password as base64 text",
        PasswordForm::Base64Decoded => "the password decoded from base64",
        PasswordForm::UserName => "the user's name in place of the password",
        PasswordForm::StoredHash => "the text of the stored hash in place of the password",
    })
}
