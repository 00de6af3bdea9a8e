//! Many logins at a glance: how they went by finding, client, user and server.
//!
//! Owns: the counting. The tables are in `page.html`.

use std::collections::BTreeMap;

use crate::report::model::{Login, OutcomeKind, Report};
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

/// The logins by one of their values.
pub(super) struct Tally {
    pub(super) by: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) left_out: usize,
}

/// One value.
#[derive(Default)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) logins: usize,
    pub(super) accepted: usize,
    pub(super) rejected: usize,
    pub(super) with_findings: usize,
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
            tables: vec![
                tally(report, "client", |login| {
                    let real = login.proxied_for.as_ref().unwrap_or(&login.client);
                    real.address.clone()
                }),
                tally(report, "user", |login| match login.user.as_deref() {
                    None => "(not captured)".to_owned(),
                    Some("") => "(empty)".to_owned(),
                    Some(user) => shorten(user, super::VALUE),
                }),
                tally(report, "server", |login| {
                    crate::report::words::endpoint(&login.server)
                }),
            ],
        }
    }
}

fn tally(report: &Report, by: &'static str, value: fn(&Login) -> String) -> Tally {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for login in report.captures.iter().flat_map(|capture| &capture.logins) {
        let name = value(login);
        let row = rows.entry(name.clone()).or_insert_with(|| Row {
            name,
            ..Row::default()
        });
        let add = |count: &mut usize, one: bool| *count = count.saturating_add(usize::from(one));
        add(&mut row.logins, true);
        add(
            &mut row.accepted,
            login.outcome.kind == OutcomeKind::Accepted,
        );
        add(
            &mut row.rejected,
            login.outcome.kind == OutcomeKind::Rejected,
        );
        add(&mut row.with_findings, !login.findings.is_empty());
    }
    let mut rows: Vec<Row> = rows.into_values().collect();
    // The busiest first; equal ones by name, as they come out of the map.
    rows.sort_by_key(|row| std::cmp::Reverse((row.rejected, row.logins)));
    let left_out = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    Tally { by, rows, left_out }
}
