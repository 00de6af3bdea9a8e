//! Which clients, users and servers have which fault, where there are too many logins to read one by one.

use comfy_table::{ContentArrangement, Table, presets};

use crate::report::model::{Group, Report};
use crate::report::paint::Canvas;
use crate::report::text::{for_cell, push};

/// From so many logins on the tables are shown.
const FROM: u64 = 11;
/// Rows without `-v`.
const ROWS: usize = 10;
/// Characters of one name.
const NAME: usize = 64;

pub(super) fn render(out: &mut String, report: &Report, canvas: &Canvas) {
    let summary = &report.summary;
    if summary.logins < FROM {
        return;
    }
    for (title, groups) in [
        ("clients", &summary.by_client),
        ("users", &summary.by_user),
        ("servers", &summary.by_server),
    ] {
        table(out, title, groups, canvas);
    }
}

fn table(out: &mut String, title: &str, groups: &[Group], canvas: &Canvas) {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(canvas.width).unwrap_or(u16::MAX))
        .force_no_tty();
    table.set_header([
        title,
        "logins",
        "accepted",
        "rejected",
        "what is wrong",
        "since (UTC)",
    ]);
    let limit = if canvas.verbose { usize::MAX } else { ROWS };
    for group in groups.iter().take(limit) {
        let grave = group.faults.iter().filter(|fault| fault.severity != "info");
        let mut wrong: Vec<String> = grave
            .map(|fault| format!("{} ({})", fault.code, fault.logins))
            .collect();
        let errors = group.errors.iter().take(3);
        wrong.extend(errors.map(|error| format!("error {} ({})", error.code, error.logins)));
        let since = group.faults.iter().find(|fault| fault.severity != "info");
        let since = since.and_then(|fault| fault.since.as_deref()).unwrap_or("");
        let since = since.get(..19).unwrap_or(since).replacen('T', " ", 1);
        table.add_row([
            name(title, group),
            group.logins.to_string(),
            group.accepted.to_string(),
            group.rejected.to_string(),
            wrong.join("\n"),
            since,
        ]);
    }
    out.push_str(&table.trim_fmt());
    if let Some(more) = groups.len().checked_sub(limit).filter(|more| *more > 0) {
        push(
            out,
            format_args!("\n{more} more {title} (all with -v or --format json)"),
        );
    }
    out.push_str("\n\n");
}

fn name(title: &str, group: &Group) -> String {
    let Some(name) = group.name.as_deref() else {
        return if title == "users" {
            "(not captured)"
        } else {
            "(says no name)"
        }
        .to_owned();
    };
    let name = if name.is_empty() { "(empty)" } else { name };
    let version = group.version.as_deref().unwrap_or_default();
    let guess = if group.guessed { " (a guess)" } else { "" };
    let name = for_cell(name, NAME);
    format!("{name} {}{guess}", for_cell(version, NAME))
        .trim_end()
        .to_owned()
}
