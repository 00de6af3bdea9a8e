//! Captures that belong together: the files of a rotation, and one login or packet seen twice.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

#[path = "common/runs.rs"]
mod runs;

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use runs::{SAMPLES, json, records, verdicts};

#[test]
fn a_rotation_is_joined_or_told() {
    for sample in ["mysql-router", "interleaved", "pymysql-1.1.1-rds-proxy"] {
        for (every, names) in [
            (
                7,
                ["t_00000_20240101120000.pcap", "t_00001_20240101120007.pcap"],
            ),
            (4, ["t.pcap", "t.pcap1"]),
        ] {
            let folder = TempDir::new().unwrap();
            let (header, records) = records(sample);
            let mut file_of = Vec::new();
            for (at, part) in records.chunks(every).enumerate() {
                let name = match at {
                    0 | 1 => names[at].to_owned(),
                    at if names[0] == "t.pcap" => format!("t.pcap{at}"),
                    at => format!("t_{at:05}_202401011300{at:02}.pcap"),
                };
                let bytes = [header.clone(), part.concat()].concat();
                fs::write(folder.path().join(&name), bytes).unwrap();
                file_of.extend((1..=part.len()).map(|own| (format!("./{name}"), own)));
            }
            let whole = format!("{SAMPLES}/{sample}.pcap");
            let (_, expected) = json(folder.path(), &["scan", &whole]);
            let (_, joined) = json(folder.path(), &["scan", ".", "--join"]);
            assert_eq!(verdicts(&joined), verdicts(&expected), "{sample} {every}");
            assert_eq!(
                joined["summary"]["findings"],
                expected["summary"]["findings"]
            );
            // The same packets, by the numbers of their files.
            let evidence = |report: &Value| -> Vec<Value> {
                let captures = report["captures"].as_array().unwrap().clone();
                let logins = captures
                    .into_iter()
                    .flat_map(|c| c["logins"].as_array().unwrap().clone());
                let mut logins: Vec<_> = logins.collect();
                logins.sort_by_key(|login| login["stream"].as_u64());
                logins
                    .iter()
                    .flat_map(|l| l["evidence"].as_array().unwrap().clone())
                    .collect()
            };
            for (own, whole) in evidence(&joined).iter().zip(evidence(&expected)) {
                let (path, number) = &file_of[whole["packet"].as_u64().unwrap() as usize - 1];
                assert_eq!(
                    (&own["capture"], &own["packet"]),
                    (&(path.as_str().into()), &((*number).into()))
                );
            }
            let (_, apart) = json(folder.path(), &["scan", "."]);
            let hints = apart["captures"].as_array().unwrap().iter();
            let hints = hints.flat_map(|c| c["diagnostics"].as_array().unwrap());
            let hints: Vec<_> = hints
                .filter(|d| d["kind"] == "goes-on-in-next-file")
                .collect();
            assert!(!hints.is_empty(), "{sample} {every}");
            assert!(hints[0]["message"].as_str().unwrap().contains("--join"));
        }
    }
}

#[test]
fn both_sides_of_a_proxy_are_linked() {
    let (_, report) = json(Path::new(SAMPLES), &["scan", "mysql-router.pcap"]);
    let logins = report["captures"][0]["logins"].as_array().unwrap();
    for (stream, other) in [(0, 1), (1, 0), (2, 3), (3, 2)] {
        let related = logins[stream]["related"].as_array().unwrap();
        assert_eq!(related.len(), 1, "{related:?}");
        assert_eq!(related[0]["how"], "proxy_side");
        assert_eq!(related[0]["stream"], other);
    }
}

/// Streams of the two sides as the samples' texts have them.
#[test]
fn each_login_is_linked_with_its_own_other_side() {
    for (sample, how, pairs) in [
        (
            "haproxy-both-sides",
            "same_exchange",
            &[(0, 1), (2, 4), (3, 5)][..],
        ),
        (
            "mysql-router-users",
            "proxy_side",
            &[(0, 1), (2, 3), (4, 6), (5, 8), (7, 10), (9, 11)],
        ),
    ] {
        let name = format!("{sample}.pcap");
        let (_, report) = json(Path::new(SAMPLES), &["scan", &name]);
        let logins = report["captures"][0]["logins"].as_array().unwrap();
        assert_eq!(logins.len(), pairs.len() * 2);
        for (one, two) in pairs {
            for (own, other) in [(*one, *two), (*two, *one)] {
                let login: &Value = &logins[own];
                let related = login["related"].as_array().unwrap();
                assert_eq!(related.len(), 1, "{sample} {own}: {related:?}");
                assert_eq!(related[0]["how"], how);
                assert_eq!(related[0]["stream"], other);
                let forwarded = related[0]["forwarded"] == true;
                assert_eq!(forwarded, how == "same_exchange");
            }
        }
        let again = if how == "same_exchange" { 3 } else { 0 };
        let counted = report["summary"]["seen_again"].as_u64();
        assert_eq!(counted.unwrap_or(0), again);
    }
}

#[test]
fn rotations_of_two_hosts_are_not_mixed_and_holes_are_told() {
    let folder = TempDir::new().unwrap();
    for (host, sample) in [("web1", "mysql-router"), ("web2", "mysql-router-users")] {
        let (header, records) = records(sample);
        for (at, part) in records.chunks(9).enumerate() {
            // As if both had been recorded at the same time; of web2 the third file is lost.
            let mut bytes = header.clone();
            for (n, record) in part.iter().enumerate() {
                let second = 1_700_000_000 + u32::try_from(at * 100 + n).unwrap();
                bytes.extend(second.to_le_bytes());
                bytes.extend(&record[4..]);
            }
            if (host, at) != ("web2", 2) {
                fs::write(folder.path().join(format!("{host}.pcap{at}")), bytes).unwrap();
            }
        }
    }
    let (_, report) = json(folder.path(), &["scan", ".", "--join"]);
    let captures = report["captures"].as_array().unwrap();
    let order: Vec<&str> = captures
        .iter()
        .map(|c| c["path"].as_str().unwrap())
        .collect();
    assert!(order.is_sorted_by_key(|path| path.starts_with("./web2")));
    let notes = |kind: &str| -> Vec<(&str, &str)> {
        let all = captures.iter().flat_map(|capture| {
            let notes = capture["diagnostics"].as_array().unwrap().iter();
            notes.map(move |note| (capture, note))
        });
        all.filter(|(_, note)| note["kind"] == kind)
            .map(|(c, note)| {
                (
                    c["path"].as_str().unwrap(),
                    note["message"].as_str().unwrap(),
                )
            })
            .collect()
    };
    assert_eq!(notes("joined-order"), []);
    assert_eq!(notes("joined-overlap"), []);
    let missing = notes("joined-file-missing");
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert_eq!(missing[0].0, "./web2.pcap3");
    assert!(
        missing[0]
            .1
            .contains("1 file is missing between ./web2.pcap1")
    );
}

#[test]
fn findings_across_logins_stand_beside_their_login_in_joined_files_too() {
    let name = "pymysql-1.1.1-mysql-9-full-auth";
    let folder = TempDir::new().unwrap();
    let (header, records) = records(name);
    for (at, part) in records.chunks(3).enumerate() {
        let bytes = [header.clone(), part.concat()].concat();
        fs::write(folder.path().join(format!("t.pcap{at:03}")), bytes).unwrap();
    }
    let (_, whole) = json(Path::new(SAMPLES), &["scan", &format!("{name}.pcap")]);
    let (_, joined) = json(folder.path(), &["scan", ".", "--join"]);
    assert_eq!(verdicts(&joined), verdicts(&whole));
    assert!(whole["summary"]["findings"]["fast-auth-never-succeeds"] == 1);
}

#[test]
fn one_login_from_both_ends_is_shown_as_such() {
    let folder = TempDir::new().unwrap();
    let name = "pymysql-1.1.1-rds-proxy.pcap";
    for end in ["client.pcap", "server.pcap"] {
        fs::copy(format!("{SAMPLES}/{name}"), folder.path().join(end)).unwrap();
    }
    let (_, report) = json(folder.path(), &["scan", "."]);
    assert_eq!(report["summary"]["logins"], 2);
    assert_eq!(report["summary"]["seen_again"], 1);
    let related = &report["captures"][0]["logins"][0]["related"][0];
    assert_eq!(related["how"], "same_exchange");
    assert_eq!(related["capture"], "./server.pcap");
}

/// Every packet twice, the second with a VLAN tag and 100 µs later, as a mirror port gives them.
#[test]
fn packets_seen_twice_count_once() {
    let folder = TempDir::new().unwrap();
    for sample in [
        "pymysql-1.1.1-rds-proxy",
        "interleaved",
        "change-user-accepted",
    ] {
        let (header, records) = records(sample);
        let mut twice = header;
        for record in &records {
            let mut tagged = record.clone();
            tagged.splice(16 + 12..16 + 12, [0x81, 0, 0, 7]);
            for at in [8, 12] {
                let length = u32::from_le_bytes(tagged[at..at + 4].try_into().unwrap()) + 4;
                tagged[at..at + 4].copy_from_slice(&length.to_le_bytes());
            }
            twice.extend(record);
            twice.extend(tagged);
        }
        fs::write(folder.path().join("x"), twice).unwrap();
        let (_, expected) = json(Path::new(SAMPLES), &["scan", &format!("{sample}.pcap")]);
        let (_, report) = json(folder.path(), &["scan", "x"]);
        assert_eq!(verdicts(&report), verdicts(&expected), "{sample}");
        let connections = |report: &Value| report["captures"][0]["connections"].clone();
        assert_eq!(connections(&report), connections(&expected));
    }
}
