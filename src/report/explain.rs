//! `explain`: the catalogue of findings as a list, and one entry as a page.

use crate::findings::Code;
use crate::findings::defects::Defect;
use crate::report::paint::Canvas;
use crate::report::text::push;
use crate::report::words;

/// Every code with its severity and title.
#[must_use]
pub fn list(codes: &[Code], canvas: &Canvas) -> String {
    let widest = codes.iter().map(|code| code.as_str().len()).max();
    let widest = widest.unwrap_or(0);
    let mut out = String::new();
    for entry in codes {
        let severity = entry.severity().name();
        let code = format!("{entry:widest$}");
        let first = format!("{code}  {severity:7}  ");
        let mut text = String::new();
        canvas.wrap(&mut text, &first, entry.title());
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
pub fn page(code: Code, canvas: &Canvas) -> String {
    let entry = code.page();
    let severity = entry.severity.name();
    let mut out = String::new();
    push(
        &mut out,
        format_args!(
            "{} ({})\n",
            canvas.strong(code.as_str()),
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
    let mut defects = code.known_defects().peekable();
    if defects.peek().is_some() {
        push(
            &mut out,
            format_args!("\n{}\n", canvas.strong("Known cases")),
        );
        defects.for_each(|defect| case(&mut out, defect, canvas));
    }
    out
}

/// One known defect.
fn case(out: &mut String, defect: &Defect, canvas: &Canvas) {
    let what = defect.what;
    canvas.wrap(
        out,
        "  - ",
        &format!("{} ({}): {what}", defect.name, defect.versions.words()),
    );
    // An address is copied or clicked: never broken.
    push(out, format_args!("    {}\n", defect.reference));
}
