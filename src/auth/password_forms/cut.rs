//! Passwords cut short: at a length, at a special character, at a `$name`.

use super::Forms;
use crate::auth::verdict::PasswordForm;

/// Lengths of buffers and columns that passwords are known to be cut at, in bytes.
const LENGTHS: [usize; 11] = [8, 16, 20, 32, 64, 79, 80, 127, 128, 255, 256];

/// Characters that end a word, a comment or a part of a URL somewhere.
const SPECIAL: &[u8] = b"$#@:/%;!&?= +,\"'`\\|<>()[]{}^*~\t";

/// Cut at the known lengths, with and without room for a NUL. A password that lacks some other
/// number of bytes was mistyped, not cut.
pub(super) fn truncated(password: &[u8], forms: &mut Forms) {
    let with_nul = LENGTHS.iter().map(|length| length.saturating_sub(1));
    for length in LENGTHS.into_iter().chain(with_nul) {
        if length < password.len() {
            let kept = password.get(..length).unwrap_or_default();
            forms.add(PasswordForm::Truncated, kept);
        }
    }
}

/// Cut at the first and at the last of each special character, blanks before it cut too.
pub(super) fn at_special(password: &[u8], forms: &mut Forms) {
    for special in SPECIAL {
        let first = password.iter().position(|byte| byte == special);
        let last = password.iter().rposition(|byte| byte == special);
        for index in [first, last].into_iter().flatten() {
            let kept = password.get(..index).unwrap_or_default();
            forms.add(PasswordForm::CutAtSpecial, kept);
            forms.add(PasswordForm::CutAtSpecial, kept.trim_ascii_end());
        }
    }
}

/// `$name` and `${name}` replaced by nothing, `$$` by `$`, as a shell or a compose file does.
pub(super) fn dollar_expanded(password: &[u8], forms: &mut Forms) {
    if password.contains(&b'$') {
        forms.add(PasswordForm::DollarExpanded, expanded(password, true));
        forms.add(PasswordForm::DollarExpanded, expanded(password, false));
    }
}

fn expanded(password: &[u8], names_too: bool) -> Vec<u8> {
    let mut result = Vec::with_capacity(password.len());
    let mut rest = password;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'$' {
            result.push(byte);
        } else if let Some(behind) = rest.strip_prefix(b"$") {
            result.push(b'$');
            rest = behind;
        } else {
            let name = if names_too { name_length(rest) } else { 0 };
            if name == 0 {
                result.push(byte);
            }
            rest = rest.get(name..).unwrap_or_default();
        }
    }
    result
}

/// How many bytes behind a `$` make a variable's name, braces included; a shell also takes a
/// single digit or one of its special parameters.
fn name_length(text: &[u8]) -> usize {
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    match text.first() {
        Some(b'{') => text
            .iter()
            .position(|&byte| byte == b'}')
            .map_or(0, |end| end.saturating_add(1)),
        Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'-' | b'!') => 1,
        Some(byte) if in_word(byte) => text.iter().take_while(|byte| in_word(byte)).count(),
        _ => 0,
    }
}
