//! `--format sarif`: SARIF 2.1.0 (OASIS), for code-scanning pages and ticket systems that import it.
//!
//! Owns: the log's shape. The rules are the catalogue, each finding is a result in its capture, a
//! capture that could not be read is a notification. Called by `cli` for `scan`.
//!
//! A capture has no lines: the region is line 1 because GitHub asks for one, and the packets are
//! in the logical location and in the properties.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::findings::{Code, Severity};
use crate::report::model::{Capture, Finding, Report, Status};
use crate::report::text::{for_terminal, hex, push};
use crate::report::{json, words};

/// Where the schema stands.
pub const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Kept as they are in a path: RFC 3986's unreserved characters and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The whole report, indented, ending in a line feed.
#[must_use]
pub fn render(report: &Report) -> Vec<u8> {
    json::render(&log(report))
}

fn log(report: &Report) -> Value {
    let failed = |capture: &&Capture| capture.status == Status::Failed;
    let captures = &report.captures;
    let places = captures.iter().map(|capture| capture.path.as_str());
    let places: HashMap<&str, usize> = places.zip(0..).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": report.tool.name,
                "semanticVersion": report.tool.version,
                "version": report.tool.version,
                "rules": Code::all().map(rule).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": !captures.iter().any(|capture| failed(&capture)),
                "toolExecutionNotifications":
                    captures.iter().filter(failed).map(notification).collect::<Vec<_>>(),
            }],
            "artifacts": captures.iter().map(artifact).collect::<Vec<_>>(),
            "results": report.findings.iter().map(|finding| result(&places, finding)).collect::<Vec<_>>(),
            "properties": { "warnings": report.warnings },
        }],
    })
}

/// The catalogue's page.
fn rule(code: Code) -> Value {
    let page = code.page();
    let text = |text: &str| json!({ "text": plain(text) });
    let sentence = format!("{}.", page.title);
    json!({
        "id": code.as_str(),
        "name": pascal_case(code.as_str()),
        "shortDescription": text(&sentence),
        "fullDescription": text(page.meaning),
        "help": text(&format!("{}\n\nProof: {}\n\nFix: {}", page.meaning, page.proof, page.fix)),
        "defaultConfiguration": { "level": level(page.severity.name()) },
        "properties": {
            "tags": ["mysql", "authentication"],
            "problem.severity": match page.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    })
}

/// `places`: where each capture stands among the artifacts.
fn result(places: &HashMap<&str, usize>, finding: &Finding) -> Value {
    let text = format!("{} Fix: {}", &*finding.summary, &*finding.fix);
    let place = finding
        .capture
        .as_deref()
        .and_then(|path| Some((*places.get(path)?, path)));
    let locations: Vec<Value> = place
        .map(|(at, path)| location(finding, at, path))
        .into_iter()
        .collect();
    let rule = Code::all().position(|code| code.as_str() == finding.code);
    json!({
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": { "text": plain(&text) },
        "locations": locations,
        "partialFingerprints": { "finding/v1": fingerprint(finding) },
        "properties": {
            "stream": finding.stream,
            "attempt": finding.attempt,
            "packets": finding.packets,
            "displayFilter": words::packet_filter(finding),
        },
    })
}

fn location(finding: &Finding, at: usize, path: &str) -> Value {
    let packets: Vec<String> = finding.packets.iter().map(u64::to_string).collect();
    let mut name = match finding.stream {
        Some(stream) => format!("tcp.stream {stream}"),
        None => "capture".to_owned(),
    };
    if finding.attempt > 0 {
        push(
            &mut name,
            format_args!(", change of user {}", finding.attempt),
        );
    }
    if !packets.is_empty() {
        push(&mut name, format_args!(", packets {}", packets.join(", ")));
    }
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(path), "index": at },
            "region": { "startLine": 1 },
        },
        "logicalLocations": [{ "name": name, "kind": "member" }],
    })
}

fn artifact(capture: &Capture) -> Value {
    json!({
        "location": { "uri": uri(&capture.path) },
        "length": capture.bytes,
        "mimeType": "application/vnd.tcpdump.pcap",
    })
}

fn notification(capture: &Capture) -> Value {
    let why = capture.error.as_deref().unwrap_or("not readable");
    json!({
        "level": "error",
        "message": { "text": plain(why) },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(&capture.path) } } }],
    })
}

/// The same finding of the same login, however the sentence is worded one day.
fn fingerprint(finding: &Finding) -> String {
    let capture = finding.capture.as_deref().unwrap_or_default();
    let (stream, attempt) = (finding.stream, finding.attempt);
    let key = format!("{}\0{capture}\0{stream:?}\0{attempt}", finding.code);
    hex(&Sha256::digest(key.as_bytes()))
}

/// A path as a URI reference: relative as it is, absolute with the scheme.
fn uri(path: &str) -> String {
    if path == "-" {
        return "stdin".to_owned();
    }
    let encoded = utf8_percent_encode(path, PATH).to_string();
    if path.starts_with('/') {
        format!("file://{encoded}")
    } else {
        encoded
    }
}

fn level(severity: &str) -> &'static str {
    match severity {
        "error" => "error",
        "warning" => "warning",
        _ => "note",
    }
}

/// A message: control characters visible, line ends of our own kept, and no `[text](link)`, which
/// viewers turn into links even in plain text.
fn plain(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(for_terminal).collect();
    lines.join("\n").replace("](", "]\\u{28}")
}

/// `salt-trailing-nul` → `SaltTrailingNul`
fn pascal_case(code: &str) -> String {
    let words = code.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        for (path, shown) in [
            ("a.pcap", "a.pcap"),
            ("./a b.pcap", "./a%20b.pcap"),
            ("/var/a#1?.pcap", "file:///var/a%231%3F.pcap"),
            ("c:a.pcap", "c%3Aa.pcap"),
            ("-", "stdin"),
        ] {
            assert_eq!(uri(path), shown);
        }
    }

    #[test]
    fn messages_hold_no_links() {
        assert_eq!(
            plain("a [b](http://c)\u{202e}"),
            "a [b]\\u{28}http://c)\\u{202e}"
        );
        assert_eq!(pascal_case("salt-trailing-nul"), "SaltTrailingNul");
    }
}
