//! The codes and severities of the contract are the catalogue's. The contract is no part of the
//! package, so this runs only where `UNSCRAMBLE_CORPUS` names the folder beside it.

#![allow(clippy::unwrap_used, reason = "in helpers of tests too")]

use std::path::Path;

use unscramble::findings::{Code, Severity};

/// The rows of the table under "## Finding codes": the codes of a row and what it says of severity.
fn rows(contract: &str) -> Vec<(Vec<String>, String)> {
    let table = contract.split("## Finding codes").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let mut rows: Vec<(Vec<String>, String)> = Vec::new();
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let codes = cells.next().unwrap().split('·');
        let codes = codes
            .map(|code| code.trim().trim_matches('`').to_owned())
            .collect();
        let said = cells.next().unwrap();
        let severity = match rows.last() {
            Some((_, above)) if said == "the same" => above.clone(),
            _ => said.to_owned(),
        };
        rows.push((codes, severity));
    }
    rows
}

/// The severity without special circumstances: the one behind "else", or the first word.
fn default_severity(said: &str) -> &str {
    let said = said.split_once("else ").map_or(said, |(_, rest)| rest);
    said.split([';', ' ']).next().unwrap()
}

#[test]
fn the_contracts_codes_and_severities_are_here() {
    let Some(corpus) = std::env::var_os("UNSCRAMBLE_CORPUS") else {
        return;
    };
    let contract = Path::new(&corpus).join("../contract.md");
    let contract = std::fs::read_to_string(contract).unwrap();
    let rows = rows(&contract);
    assert!(rows.len() > 20);
    let mut order = Vec::new();
    for (codes, said) in &rows {
        for name in codes {
            let code: Code = name
                .parse()
                .unwrap_or_else(|_| panic!("{name} is not in the catalogue"));
            assert_eq!(code.severity().name(), default_severity(said), "{name}");
            if said.contains("succeeded all the same") {
                assert!(
                    code.page().changes.contains("succeeded all the same"),
                    "{name}"
                );
            }
            order.push(code);
        }
    }
    assert!(
        order.is_sorted(),
        "the catalogue keeps the contract's order"
    );
    assert_eq!(Severity::Info.name(), "info");
}
