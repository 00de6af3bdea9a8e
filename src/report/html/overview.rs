//! Many logins at a glance: how they went by finding, client, user and server.
//!
//! Owns: which rows a page bears. The counting is in the model, the tables are in `page.html`.

use std::collections::BTreeMap;

use crate::report::model::{Group, Report};
use crate::report::standing::{self, By};
use crate::report::text::shorten;

/// Rows of one table.
const ROWS: usize = 15;

/// The tables.
pub(super) struct Overview {
    pub(super) findings: Vec<Kind>,
    pub(super) tables: Vec<Tally>,
}

/// One kind of finding.
pub(super) struct Kind {
    pub(super) severity: &'static str,
    pub(super) code: &'static str,
    pub(super) title: &'static str,
    pub(super) count: usize,
}

/// The logins of each client, user or server.
pub(super) struct Tally {
    pub(super) by: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) left_out: usize,
}

/// One of them.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) remark: &'static str,
    pub(super) logins: u64,
    pub(super) accepted: u64,
    pub(super) rejected: u64,
    pub(super) wrong: Vec<String>,
    pub(super) since: String,
}

impl Overview {
    pub(super) fn of(report: &Report) -> Self {
        let mut kinds: BTreeMap<(u8, &'static str), Kind> = BTreeMap::new();
        for finding in &report.findings {
            let rank = match finding.severity {
                "error" => 0,
                "warning" => 1,
                _ => 2,
            };
            let kind = kinds.entry((rank, finding.code)).or_insert(Kind {
                severity: finding.severity,
                code: finding.code,
                title: finding.title,
                count: 0,
            });
            kind.count = kind.count.saturating_add(1);
        }
        Self {
            findings: kinds.into_values().collect(),
            tables: standing::tables(&report.summary)
                .into_iter()
                .map(|(by, groups)| tally(by, groups))
                .collect(),
        }
    }
}

fn tally(by: By, groups: &[Group]) -> Tally {
    let row = |group| {
        let name = standing::name(by, group);
        let text = format!("{} {}", name.text, name.version);
        Row {
            name: shorten(text.trim_end(), super::VALUE),
            remark: name.remark,
            logins: group.logins,
            accepted: group.accepted,
            rejected: group.rejected,
            wrong: standing::wrong(group),
            since: standing::since(group),
        }
    };
    Tally {
        by: by.one(),
        rows: groups.iter().take(ROWS).map(row).collect(),
        left_out: groups.len().saturating_sub(ROWS),
    }
}
