//! The same finding of many logins told once: findings grouped by code, severity and fix.
//!
//! Used by every renderer for people.

use std::collections::HashMap;

use crate::report::model::Finding;

/// A finding and the others of its code that are fixed the same way.
pub(super) struct Group<'a> {
    pub(super) first: &'a Finding,
    pub(super) all: Vec<&'a Finding>,
}

/// The worst first, else in the report's order.
pub(super) fn groups(findings: &[Finding]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known = HashMap::new();
    for finding in findings {
        let key = (finding.code, finding.severity, &finding.fix);
        let at = *known.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.all.push(finding),
            None => groups.push(Group {
                first: finding,
                all: vec![finding],
            }),
        }
    }
    groups.sort_by_key(|group| match group.first.severity {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    });
    groups
}
