//! The recomputation as a small table: what was hashed by which hypothesis, and whether it is what
//! the client sent.
//!
//! Owns: its rows. Shown by markdown and HTML. Bytes are in it only where the model has them
//! (`--reveal`).

use crate::report::model::{Login, Match, Verdict};
use crate::report::text::push;
use crate::report::words;

/// One hypothesis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) hypothesis: String,
    pub(super) matches: bool,
    /// What it gives, with `--reveal`.
    pub(super) bytes: Option<String>,
}

/// The rows; empty where nothing was recomputed.
pub(super) fn rows(login: &Login) -> Vec<Row> {
    let Some(plugin) = login.plugin.as_deref() else {
        return Vec::new();
    };
    let no = |hypothesis: String| Row {
        hypothesis,
        matches: false,
        bytes: None,
    };
    let prescribed = || format!("{plugin} as it should be, from the password as given");
    match &login.verdict {
        Verdict::Match(found) => {
            let response = login.response.as_ref();
            let matched = |hypothesis| Row {
                hypothesis,
                matches: true,
                bytes: response.and_then(|response| response.recomputed.clone()),
            };
            if is_prescribed(found, plugin) {
                return vec![matched(prescribed())];
            }
            vec![no(prescribed()), matched(in_words(found))]
        }
        Verdict::Mismatch(search) => {
            let mut rows = vec![no(prescribed())];
            let others = search.tried.saturating_sub(1);
            if others > 0 {
                let others = words::counted(others, "other form");
                rows.push(no(format!(
                    "{others} of salt, password and formula ({} search)",
                    search.search
                )));
            }
            rows
        }
        Verdict::NoPassword | Verdict::Unverifiable { .. } => Vec::new(),
    }
}

/// Whether this is what the plugin asks for, down to the last byte.
fn is_prescribed(found: &Match, plugin: &str) -> bool {
    found.formula == plugin
        && matches!(found.password_form, "as_given" | "empty")
        && matches!(
            (found.salt_form, plugin),
            (None | Some("without_nul" | "raw"), _) | (Some("first_8"), "mysql_old_password")
        )
        && !found.extra_nul
        && !found.missing_nul
}

fn in_words(found: &Match) -> String {
    let mut text = format!("{} over ", found.formula);
    match found.salt_form {
        Some(form) => text.push_str(&words::salt_form(form)),
        None => text.push_str("no salt"),
    }
    text.push_str(", from the password ");
    match found.password_form {
        "as_given" | "empty" => text.push_str("as given"),
        form => {
            text.push_str("in another form: ");
            text.push_str(&form.replace('_', " "));
        }
    }
    if found.extra_nul {
        text.push_str(", one NUL behind it");
    }
    if found.missing_nul {
        text.push_str(", without the NUL that ends it");
    }
    if let Some(bytes) = found.compared {
        push(&mut text, format_args!(" (first {bytes} bytes compared)"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{PasswordForm, SaltForm};
    use crate::report::testing::{capture, matching, switched};
    use crate::report::{Builder, Redactor};

    fn of(salt: SaltForm, password: PasswordForm) -> Vec<(String, bool)> {
        let mut examined = switched(0);
        examined.examination.verdict = matching(salt, password);
        let redactor = Redactor::default();
        let report = Builder::new(&redactor).report(&[capture("a", vec![examined])], 0);
        let rows = rows(&report.captures[0].logins[0]);
        rows.into_iter()
            .map(|row| (row.hypothesis, row.matches))
            .collect()
    }

    #[test]
    fn what_should_be_stands_beside_what_was() {
        let right = "caching_sha2_password as it should be, from the password as given";
        assert_eq!(
            of(SaltForm::WithoutNul, PasswordForm::AsGiven),
            [(right.to_owned(), true)]
        );
        let wrong = "caching_sha2_password over the salt with its terminating NUL, from the password as given";
        assert_eq!(
            of(SaltForm::WithNul, PasswordForm::AsGiven),
            [(right.to_owned(), false), (wrong.to_owned(), true)]
        );
    }
}
