//! The salt byte by byte: which byte is the terminator, which ones the client hashed.
//!
//! Owns: what a `salt_form` means for the bytes on the wire. Does not own how it is drawn: that is
//! markdown's and HTML's.

use crate::report::model::{Login, Salt, Verdict};

/// Bytes drawn of one salt; real ones have 8 to 32.
const DRAWN: usize = 64;

/// A salt to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SaltBytes {
    pub(super) bytes: Vec<SaltByte>,
    /// What is to be seen, in a sentence.
    pub(super) caption: String,
}

/// One byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SaltByte {
    /// Two digits.
    pub(super) hex: String,
    /// The client put it into the hash.
    pub(super) hashed: bool,
    /// The NUL that ends the salt and is no part of it.
    pub(super) terminator: bool,
}

/// The salt of a login, if it was captured.
pub(super) fn of(login: &Login) -> Option<SaltBytes> {
    let salt = login.salt.as_ref()?;
    let bytes = unhex(&salt.hex);
    let (hashed, caption) = hashed(salt, &bytes, &login.verdict);
    let last = salt.length.checked_sub(1);
    let drawn = bytes.iter().take(DRAWN).enumerate();
    let mut caption = caption;
    if bytes.len() > DRAWN {
        caption = format!("The first {DRAWN} of {} bytes. {caption}", bytes.len());
    }
    Some(SaltBytes {
        bytes: drawn
            .map(|(at, byte)| SaltByte {
                hex: format!("{byte:02x}"),
                hashed: hashed.contains(&at),
                terminator: salt.trailing_nul && Some(at) == last,
            })
            .collect(),
        caption,
    })
}

fn unhex(hex: &str) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or(0);
    let pairs = hex.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| {
            let byte = pair.iter().fold(0, |sum, byte| sum << 4 | digit(byte));
            u8::try_from(byte).unwrap_or(0)
        })
        .collect()
}

/// Which bytes went into the hash, and the caption.
fn hashed(salt: &Salt, bytes: &[u8], verdict: &Verdict) -> (std::ops::Range<usize>, String) {
    let nothing = |why: &str| (0..0, why.to_owned());
    let found = match verdict {
        Verdict::Match(found) => found,
        Verdict::Mismatch(_) => {
            return nothing(
                "Nothing that was tried explains the response: which bytes the client hashed is not known.",
            );
        }
        Verdict::NoPassword | Verdict::Unverifiable { .. } => {
            return nothing("Nothing was recomputed: which bytes the client hashed is not known.");
        }
    };
    let whole = bytes.len();
    let body = whole.saturating_sub(usize::from(salt.trailing_nul));
    let range = match found.salt_form {
        Some("without_nul") => 0..body,
        Some("with_nul" | "raw") => 0..whole,
        Some("first_8") => 0..body.min(8),
        Some("minus_last") => 0..body.saturating_sub(1),
        Some("last_12") => body.saturating_sub(12)..body,
        Some("last_13") => body.saturating_sub(12)..whole,
        Some("cut_at_nul") => 0..bytes.iter().position(|byte| *byte == 0).unwrap_or(whole),
        Some("nuls_stripped") => {
            let kept = bytes.iter().rposition(|byte| *byte != 0);
            0..kept.map_or(0, |at| at.saturating_add(1))
        }
        None | Some("no_salt") => return nothing("No salt took part in the response."),
        Some(form) => {
            let form = super::words::salt_form(form);
            return (0..0, format!("The client hashed {form}: not these bytes."));
        }
    };
    let caption = format!(
        "The client hashed the {} underlined of {whole} bytes{}.",
        range.len(),
        match (salt.trailing_nul, range.contains(&body)) {
            (true, true) => ", the terminator included, which is no part of the salt",
            (true, false) => "; the last is the terminator and no part of the salt",
            _ => "",
        }
    );
    (range, caption)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{PasswordForm, SaltForm};
    use crate::report::testing::{capture, matching, switched};
    use crate::report::{Builder, Redactor};

    fn drawn(form: SaltForm) -> String {
        let mut examined = switched(0);
        examined.examination.verdict = matching(form, PasswordForm::AsGiven);
        let redactor = Redactor::default();
        let report = Builder::new(&redactor).report(&[capture("a", vec![examined])], 0);
        let salt = of(&report.captures[0].logins[0]).unwrap();
        salt.bytes
            .iter()
            .map(|byte| match (byte.hashed, byte.terminator) {
                (true, true) => '0',
                (true, false) => '=',
                (false, true) => 'o',
                (false, false) => '.',
            })
            .collect()
    }

    #[test]
    fn forms_are_drawn() {
        for (form, picture) in [
            (SaltForm::WithNul, "====================0"),
            (SaltForm::WithoutNul, "====================o"),
            (SaltForm::First8, "========............o"),
            (SaltForm::MinusLast, "===================.o"),
            (SaltForm::Last12, "........============o"),
            (SaltForm::Last13, "........============0"),
            (SaltForm::Greeting, "....................o"),
            (SaltForm::None, "....................o"),
        ] {
            assert_eq!(drawn(form), picture, "{form:?}");
        }
    }
}
