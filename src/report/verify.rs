//! The report of `verify`: one response, typed in hex, against the candidates.
//!
//! Owns: its fields and its page of text. The check itself is [`crate::verify`]'s.

use crate::report::build::Builder;
use crate::report::model::{Response, Verification};
use crate::report::paint::Canvas;
use crate::report::text::{for_terminal, push};
use crate::report::{build, words};
use crate::verify::Verified;

impl Builder<'_> {
    /// The report of a check.
    #[must_use]
    pub fn verification(&self, verified: &Verified) -> Verification {
        Verification {
            warnings: self.warnings(),
            plugin: self.redactor().plugin(&verified.plugin).into(),
            salt: build::login::salt_of(&verified.salt, &verified.plugin, None),
            response: Response {
                missing: u64::try_from(verified.cut_off).unwrap_or(u64::MAX),
                ..self.response(
                    &verified.response,
                    Some(&verified.plugin),
                    &verified.examination,
                )
            },
            verdict: build::verdict::model(&verified.examination.verdict, self.redactor()),
            findings: verified
                .findings
                .iter()
                .map(|finding| self.finding(finding, None, None))
                .collect(),
        }
    }
}

/// As text, ending in a line feed.
#[must_use]
pub fn render(report: &Verification, canvas: &Canvas) -> String {
    let mut out = String::new();
    let (verdict, tone) = words::verdict(&report.verdict, Some(&report.plugin));
    let salt = words::salt(Some(&report.salt));
    push(
        &mut out,
        format_args!("plugin    {}\n", for_terminal(&report.plugin)),
    );
    push(&mut out, format_args!("salt      {salt}\n"));
    push(
        &mut out,
        format_args!("response  {} bytes", report.response.length),
    );
    match report.response.missing {
        0 => out.push('\n'),
        missing => push(
            &mut out,
            format_args!("; {missing} more were cut off, so that only the beginning is checked\n"),
        ),
    }
    let mut text = String::new();
    canvas.wrap(&mut text, "verdict   ", &for_terminal(&verdict));
    out.push_str(&text.replacen(&verdict, &canvas.tone(&verdict, tone), 1));
    if let crate::report::model::Verdict::Match(found) = &report.verdict {
        let facts = format!(
            "password {}, password_form {}, salt_form {}, formula {}",
            for_terminal(&found.password),
            found.password_form,
            found.salt_form.unwrap_or("none"),
            for_terminal(&found.formula),
        );
        canvas.wrap(&mut out, "          ", &facts);
    }
    for finding in &report.findings {
        out.push('\n');
        canvas.finding_head(&mut out, finding.severity, finding.code, finding.title);
        canvas.wrap(
            &mut out,
            "  what happened  ",
            &for_terminal(&finding.summary),
        );
        canvas.wrap(&mut out, "  fix            ", &for_terminal(&finding.fix));
    }
    for warning in &report.warnings {
        out.push('\n');
        canvas.warning(&mut out, warning);
        let response = &report.response;
        let hidden = "hidden, it may be a readable password";
        for (what, hex) in [
            ("response  ", &response.hex),
            ("recomputed", &response.recomputed),
        ] {
            let hex = hex.as_deref().unwrap_or(hidden);
            push(&mut out, format_args!("  {what} {hex}\n"));
        }
    }
    out
}
