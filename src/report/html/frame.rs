//! What every page has around its content, for `layout.html`.
//!
//! Owns: the style sheet, the script, and the policy that allows these two and nothing else.

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use super::tone_class;
use crate::report::model::Tool;
use crate::report::words::Tone;

pub(super) const STYLE: &str = include_str!("page.css");
pub(super) const SCRIPT: &str = include_str!("page.js");

/// The values of `layout.html`.
pub(in crate::report) struct Frame<'a> {
    pub(in crate::report) policy: String,
    pub(in crate::report) style: &'static str,
    pub(in crate::report) script: &'static str,
    pub(in crate::report) answer: String,
    /// `good`, `bad`, `doubtful`, `neutral`: a class, and a word for it.
    pub(in crate::report) tone: &'static str,
    pub(in crate::report) summary: String,
    pub(in crate::report) warnings: &'a [&'static str],
    pub(in crate::report) tool: String,
    pub(in crate::report) written: &'a str,
}

impl<'a> Frame<'a> {
    /// `summary` stands below the answer.
    pub(in crate::report) fn new(
        (answer, tone): (String, Tone),
        summary: String,
        warnings: &'a [&'static str],
        tool: &Tool,
        written: &'a str,
    ) -> Self {
        Self {
            policy: policy(),
            style: STYLE,
            script: SCRIPT,
            answer,
            tone: tone_class(tone),
            summary,
            warnings,
            tool: format!("{} {}", tool.name, tool.version),
            written,
        }
    }
}

/// Our style and our script, and nothing else: no request, no script out of a capture.
fn policy() -> String {
    let hash = |text: &str| {
        let digest = Sha256::digest(text.as_bytes());
        base64::engine::general_purpose::STANDARD.encode(digest)
    };
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
