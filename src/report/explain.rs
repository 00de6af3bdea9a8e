//! `explain`: the catalogue of findings as a list, and one entry as a page.

use crate::report::codes::Entry;
use crate::report::paint::Canvas;
use crate::report::text::push;
use crate::report::words;

/// Every code with its severity and title.
#[must_use]
pub fn list(entries: &[Entry], canvas: &Canvas) -> String {
    let widest = entries.iter().map(|e| e.code.len()).max().unwrap_or(0);
    let mut out = String::new();
    for entry in entries {
        let severity = entry.severity.name();
        let code = format!("{:widest$}", entry.code);
        let first = format!("{code}  {severity:7}  ");
        let mut text = String::new();
        canvas.wrap(&mut text, &first, entry.title);
        let painted = format!(
            "{}  {}  ",
            canvas.strong(&code),
            canvas.tone(&format!("{severity:7}"), words::severity_tone(severity))
        );
        out.push_str(&text.replacen(&first, &painted, 1));
    }
    out.push_str("\n`unscramble explain CODE` shows one of them: what it means, how it is proved, how to fix it.\n");
    out
}

/// One entry.
#[must_use]
pub fn page(entry: &Entry, canvas: &Canvas) -> String {
    let severity = entry.severity.name();
    let mut out = String::new();
    push(
        &mut out,
        format_args!(
            "{} ({})\n",
            canvas.strong(entry.code),
            canvas.tone(severity, words::severity_tone(severity))
        ),
    );
    canvas.wrap(&mut out, "", entry.title);
    if !entry.changes.is_empty() {
        canvas.wrap(&mut out, "", entry.changes);
    }
    for (heading, text) in [
        ("What it means", entry.meaning),
        ("How it is proved", entry.proof),
        ("How to fix it", entry.fix),
    ] {
        push(&mut out, format_args!("\n{}\n", canvas.strong(heading)));
        for paragraph in text.split('\n') {
            canvas.wrap(&mut out, "  ", paragraph.trim());
        }
    }
    out
}
