//! Which clients, users and servers have which fault, where there are too many logins to read one by one.

use comfy_table::{ContentArrangement, Table, presets};

use crate::report::model::{Group, Report};
use crate::report::paint::Canvas;
use crate::report::standing::{self, By};
use crate::report::text::{for_cell, push};

/// Rows without `-v`.
const ROWS: usize = 10;
/// Characters of one name.
const NAME: usize = 64;

pub(super) fn render(out: &mut String, report: &Report, canvas: &Canvas) {
    if report.summary.logins < standing::FROM {
        return;
    }
    for (by, groups) in standing::tables(&report.summary) {
        table(out, by, groups, canvas);
    }
}

fn table(out: &mut String, by: By, groups: &[Group], canvas: &Canvas) {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(canvas.width).unwrap_or(u16::MAX))
        .force_no_tty();
    table.set_header([
        by.many(),
        "logins",
        "accepted",
        "rejected",
        "what is wrong",
        "since (UTC)",
    ]);
    let limit = if canvas.verbose { usize::MAX } else { ROWS };
    for group in groups.iter().take(limit) {
        let name = standing::name(by, group);
        let words = format!(
            "{} {}{}",
            for_cell(name.text, NAME),
            for_cell(name.version, NAME),
            name.remark
        );
        table.add_row([
            words.trim_end().to_owned(),
            group.logins.to_string(),
            group.accepted.to_string(),
            group.rejected.to_string(),
            standing::wrong(group).join("\n"),
            standing::since(group),
        ]);
    }
    out.push_str(&table.trim_fmt());
    if let Some(more) = groups.len().checked_sub(limit).filter(|more| *more > 0) {
        let many = by.many();
        push(
            out,
            format_args!("\n{more} more {many} (all with -v or --format json)"),
        );
    }
    out.push_str("\n\n");
}
