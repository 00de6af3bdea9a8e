//! What clients, files, shells and URLs are known to make of a password, plainest first.
//!
//! Pure: bytes in, named bytes out. [`crate::auth::Candidate`] computes the list once for a run.
//! Forms that come out empty are left out: an empty password is a claim of its own
//! ([`PasswordForm::Empty`]).

mod charset;
mod cut;
mod text;

use secrecy::{ExposeSecret, SecretSlice};

use super::hex;
use super::schemes::native;
use super::verdict::PasswordForm;

/// A list of forms without two of the same bytes; of those the first, plainest, name stays.
pub(crate) struct Forms(Vec<(PasswordForm, SecretSlice<u8>)>);

impl Forms {
    /// Adds a form unless it is empty or its bytes are there already.
    fn add(&mut self, form: PasswordForm, bytes: impl Into<Vec<u8>>) {
        let bytes = SecretSlice::from(bytes.into());
        let new = bytes.expose_secret();
        let known = self.0.iter().any(|(_, old)| old.expose_secret() == new);
        if !new.is_empty() && !known {
            self.0.push((form, bytes));
        }
    }
}

/// The forms of a password, [`PasswordForm::AsGiven`] first, [`PasswordForm::Empty`] last.
///
/// Of the empty password there are these two only: as given it is answered with nothing, and as
/// `Empty` it is put through the formula all the same, which some clients do by mistake.
#[must_use]
pub(crate) fn password_forms(password: &[u8]) -> Vec<(PasswordForm, SecretSlice<u8>)> {
    let as_given = SecretSlice::from(password.to_vec());
    let mut forms = Forms(vec![(PasswordForm::AsGiven, as_given)]);
    if !password.is_empty() {
        text::ends(password, &mut forms);
        text::percent(password, &mut forms);
        text::quotes(password, &mut forms);
        text::escapes(password, &mut forms);
        charset::charsets(password, &mut forms);
        charset::cases(password, &mut forms);
        cut::truncated(password, &mut forms);
        cut::at_special(password, &mut forms);
        cut::dollar_expanded(password, &mut forms);
        text::base64(password, &mut forms);
        stored_hash(password, &mut forms);
    }
    let empty = SecretSlice::from(Vec::new());
    forms.0.push((PasswordForm::Empty, empty));
    forms.0
}

/// The text of `mysql.user.authentication_string` instead of the password.
fn stored_hash(password: &[u8], forms: &mut Forms) {
    let stages = native::Stages::new(password);
    let digits = hex::lower(stages.stored());
    let starred = ["*", &digits].concat();
    forms.add(PasswordForm::StoredHash, starred.to_ascii_uppercase());
    forms.add(PasswordForm::StoredHash, starred);
    forms.add(PasswordForm::StoredHash, digits.to_ascii_uppercase());
    forms.add(PasswordForm::StoredHash, digits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn has(password: &str, form: PasswordForm, bytes: impl AsRef<[u8]>) -> bool {
        password_forms(password.as_bytes())
            .iter()
            .any(|(name, made)| *name == form && made.expose_secret() == bytes.as_ref())
    }

    #[test]
    fn each_form_is_made() {
        use PasswordForm as F;
        for (password, form, bytes) in [
            ("secret", F::AsGiven, "secret"),
            ("secret", F::TrailingNewline, "secret\n"),
            ("secret", F::TrailingNewline, "secret\r\n"),
            ("secret", F::TrailingNewline, "secret\r"),
            ("secret", F::TrailingSpace, "secret "),
            ("secret", F::LeadingSpace, " secret"),
            ("secret", F::TrailingNul, "secret\0"),
            (" secret\t", F::Trimmed, "secret"),
            ("p%40ss", F::PercentDecoded, "p@ss"),
            ("p@ss/w", F::PercentEncoded, "p%40ss%2Fw"),
            ("p@ss/w", F::PercentEncoded, "p%40ss%2fw"),
            ("p@ss/w", F::PercentEncoded, "%70%40%73%73%2F%77"),
            ("a+b", F::PlusAsSpace, "a b"),
            ("a b", F::PlusAsSpace, "a+b"),
            ("secret", F::Quoted, "'secret'"),
            ("secret", F::Quoted, "\"secret\""),
            ("secret", F::Quoted, "`secret`"),
            ("'secret'", F::Unquoted, "secret"),
            (r"a\$b", F::Unescaped, "a$b"),
            (r"a\nb", F::Unescaped, "a\nb"),
            ("a'b", F::Escaped, r"a\'b"),
            ("a$b", F::Escaped, r"a\$b"),
            ("Secret", F::CaseChanged, "secret"),
            ("Secret", F::CaseChanged, "SECRET"),
            ("Secret", F::CaseChanged, "sECRET"),
            ("secret", F::CaseChanged, "Secret"),
            ("secret", F::CaseChanged, "seCret"),
            ("\u{e9}cole \u{dc}b", F::CaseChanged, "\u{c9}COLE \u{fc}B"),
            ("\u{e9}cole", F::CaseChanged, "\u{c9}cole"),
            ("abc \u{dc}b", F::CaseChanged, "abc \u{fc}b"),
            ("12345678901234567", F::Truncated, "1234567890123456"),
            ("123456789", F::Truncated, "12345678"),
            ("sec#ret", F::CutAtSpecial, "sec"),
            ("sec$world", F::CutAtSpecial, "sec"),
            ("a$b c", F::DollarExpanded, "a c"),
            ("a${b}c", F::DollarExpanded, "ac"),
            ("a$$b", F::DollarExpanded, "a$b"),
            ("secret", F::Base64Encoded, "c2VjcmV0"),
            ("c2VjcmV0", F::Base64Decoded, "secret"),
            (
                "secret",
                F::StoredHash,
                "*14E65567ABDB5135D0CFD9A70B3032C179A49EE7",
            ),
        ] {
            assert!(has(password, form, bytes), "{}: {bytes:?}", form.name());
        }
    }

    #[test]
    fn character_sets() {
        use PasswordForm as F;
        assert!(has("p\u{e4}ss", F::Latin1, b"p\xe4ss"));
        assert!(has("p\u{20ac}", F::Cp1252, b"p\x80"));
        assert!(has("p\u{e4}", F::Utf8, "p\u{c3}\u{a4}"));
        assert!(has("ab", F::Utf16le, b"a\0b\0"));
        assert!(has("ab", F::ByteOrderMark, b"\xef\xbb\xbfab"));
        assert!(has("a\u{308}", F::Nfc, "\u{e4}"));
        assert!(has("\u{e4}", F::Nfd, "a\u{308}"));
        let latin1 = password_forms(b"p\xe4ss");
        let utf8 = latin1.iter().find(|(form, _)| *form == F::Utf8);
        assert_eq!(utf8.unwrap().1.expose_secret(), "p\u{e4}ss".as_bytes());
    }

    #[test]
    fn the_empty_password_has_two_forms_only() {
        let forms = password_forms(b"");
        let names: Vec<_> = forms.iter().map(|(form, _)| *form).collect();
        assert_eq!(names, [PasswordForm::AsGiven, PasswordForm::Empty]);
    }

    proptest! {
        #[test]
        fn no_bytes_twice_and_as_given_first(password in proptest::collection::vec(any::<u8>(), 1..80)) {
            let forms = password_forms(&password);
            prop_assert_eq!(forms[0].0, PasswordForm::AsGiven);
            prop_assert_eq!(forms[0].1.expose_secret(), &password[..]);
            let mut bytes: Vec<_> = forms.iter().map(|(_, b)| b.expose_secret().to_vec()).collect();
            bytes.sort();
            bytes.dedup();
            prop_assert_eq!(bytes.len(), forms.len());
        }
    }
}
