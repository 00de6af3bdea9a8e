//! Many captures: compressed, hostile, many.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "common/runs.rs"]
mod runs;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

use runs::{FILE_HEADER, PASSWORDS, SAMPLES, json, records, run, verdicts};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn packed(bytes: &[u8]) -> [(&'static str, Vec<u8>); 4] {
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz4.write_all(bytes).unwrap();
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    xz.write_all(bytes).unwrap();
    let zstd = ruzstd::encoding::CompressionLevel::Fastest;
    [
        ("gzip", gzip(bytes)),
        ("zstd", ruzstd::encoding::compress_to_vec(bytes, zstd)),
        ("lz4", lz4.finish().unwrap()),
        ("xz", xz.finish().unwrap()),
    ]
}

#[test]
fn every_compression_gives_the_same_report() {
    let folder = TempDir::new().unwrap();
    let name = "pymysql-1.1.1-rds-proxy.pcap";
    let plain = fs::read(format!("{SAMPLES}/{name}")).unwrap();
    fs::write(folder.path().join("x"), &plain).unwrap();
    let (code, expected) = json(folder.path(), &["scan", "x"]);
    assert!(expected["captures"][0]["compression"].is_null());
    for (kind, bytes) in packed(&plain) {
        fs::write(folder.path().join("x"), &bytes).unwrap();
        let (packed_code, mut report) = json(folder.path(), &["scan", "x"]);
        let capture = &mut report["captures"][0];
        assert_eq!(capture["compression"], kind);
        assert_eq!(capture["bytes"], bytes.len());
        capture["compression"] = Value::Null;
        capture["bytes"] = plain.len().into();
        assert_eq!((packed_code, &report), (code, &expected), "{kind}");
        let (_, out, _) = run(folder.path(), &["scan", "-", "-f", "json"], Some(bytes));
        let report: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(report["captures"][0]["compression"], kind);
        assert_eq!(report["summary"]["logins"], 1, "{kind}");
    }
}

/// Files as other programs make them: several members, frames and streams, and what may stand between.
#[test]
fn several_members_frames_and_streams_are_one_capture() {
    let folder = TempDir::new().unwrap();
    let sample = format!("{SAMPLES}/pymysql-1.1.1-rds-proxy.pcap");
    let plain = fs::read(&sample).unwrap();
    let (_, expected) = json(folder.path(), &["scan", &sample]);
    let (one, two) = plain.split_at(plain.len() / 2);
    let skippable = [&[0x53, 0x2A, 0x4D, 0x18, 5, 0, 0, 0][..], b"notes"].concat();
    for ((kind, first), (_, second)) in packed(one).into_iter().zip(packed(two)) {
        let between = match kind {
            "zstd" | "lz4" => skippable.clone(),
            // Padding: a multiple of four zeros for xz.
            "xz" => vec![0; 8],
            _ => Vec::new(),
        };
        let begin = if kind == "zstd" {
            skippable.clone()
        } else {
            Vec::new()
        };
        let bytes = [begin, first, between, second].concat();
        fs::write(folder.path().join("x"), &bytes).unwrap();
        let (_, report) = json(folder.path(), &["scan", "x"]);
        let capture = &report["captures"][0];
        assert_eq!(capture["compression"], kind);
        assert_eq!(capture["status"], "complete", "{kind}");
        assert_eq!(verdicts(&report), verdicts(&expected), "{kind}");
        // Cut in the second part: truncated, with what came before.
        fs::write(folder.path().join("x"), &bytes[..bytes.len() - 20]).unwrap();
        let (_, report) = json(folder.path(), &["scan", "x"]);
        assert_eq!(report["captures"][0]["status"], "truncated", "{kind}");
    }
}

/// A zstd frame of a pcap header and then ones without end: records of 16 MiB each.
fn bomb() -> Vec<u8> {
    let header = records("http-only").0;
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    let block = |size: u32, kind: u32, last: u32| (size << 3 | kind << 1 | last).to_le_bytes();
    frame.extend(&block(FILE_HEADER as u32, 0, 0)[..3]);
    frame.extend(header);
    for _ in 0..9000 {
        frame.extend(&block(128 << 10, 1, 0)[..3]);
        frame.push(1);
    }
    frame.extend(&block(1, 1, 1)[..3]);
    frame.push(1);
    frame
}

#[test]
fn a_bomb_ends_with_a_message() {
    let folder = TempDir::new().unwrap();
    let bomb = bomb();
    assert!(bomb.len() < 64 << 10);
    fs::write(folder.path().join("bomb.zst"), bomb).unwrap();
    let zeros = gzip(&vec![0; 64 << 20]);
    fs::write(folder.path().join("zeros.gz"), zeros).unwrap();
    let (code, _, error) = run(folder.path(), &["scan", "bomb.zst", "zeros.gz"], None);
    assert_eq!(code, 2);
    assert!(error.contains("bomb.zst: this may be a bomb"), "{error}");
    assert!(
        error.contains("zeros.gz: this is not a packet capture"),
        "{error}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_hostile_folder_hangs_nothing() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (header, records) = records("pymysql-1.1.1-rds-proxy");
    let whole = [header, records.concat()].concat();
    fs::write(at("cut.pcap"), &whole[..whole.len() - 5]).unwrap();
    fs::write(at("whole.pcap"), &whole).unwrap();
    fs::write(at("empty"), b"").unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(at("fifo"))
        .status();
    assert!(made.unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    symlink("loop", at("loop")).unwrap();
    symlink(".", at("self")).unwrap();
    fs::File::create(at("sparse"))
        .unwrap()
        .set_len(4 << 30)
        .unwrap();
    fs::create_dir(at("closed")).unwrap();
    fs::set_permissions(at("closed"), fs::Permissions::from_mode(0o000)).unwrap();
    // Permissions do not hold root back: then there is one unreadable thing less. The kernel holds it back
    // from the memory of a process at address 0.
    let held_back = fs::read_dir(at("closed")).is_err();
    symlink("/proc/self/mem", at("memory")).unwrap();
    let (code, report) = json(folder.path(), &["scan", ".", "-v"]);
    fs::set_permissions(at("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(code, 2);
    let captures = report["captures"].as_array().unwrap();
    let status = |path: &str| {
        let found = captures.iter().find(|c| c["path"] == path);
        found.map(|c| c["status"].as_str().unwrap().to_owned())
    };
    assert_eq!(status("./cut.pcap").as_deref(), Some("truncated"));
    assert_eq!(status("./whole.pcap").as_deref(), Some("complete"));
    assert_eq!(status("./memory").as_deref(), Some("failed"));
    assert_eq!(status("./closed").as_deref(), held_back.then_some("failed"));
    let skipped = report["skipped_files"].as_array().unwrap().iter();
    let skipped: Vec<_> = skipped.map(|f| f["path"].as_str().unwrap()).collect();
    assert_eq!(
        skipped,
        [
            "./empty", "./fifo", "./loop", "./self", "./socket", "./sparse"
        ]
    );
    assert_eq!(report["summary"]["skipped"], 6);
}

#[test]
fn lists_and_globs_choose() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("d")).unwrap();
    for name in ["a.pcap", "d/b.pcap", "d/c.cap"] {
        fs::copy(
            format!("{SAMPLES}/http-only.pcap"),
            folder.path().join(name),
        )
        .unwrap();
    }
    fs::write(folder.path().join("lines"), "a.pcap\r\nd/b.pcap\n").unwrap();
    fs::write(folder.path().join("nul"), "a.pcap\0d\0").unwrap();
    let paths = |arguments: &[&str]| {
        let (_, report) = json(folder.path(), arguments);
        let captures = report["captures"].as_array().unwrap().iter();
        captures
            .map(|c| c["path"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        paths(&["scan", "--files-from", "lines"]),
        ["a.pcap", "d/b.pcap"]
    );
    assert_eq!(
        paths(&["scan", "--files-from", "nul", "-0"]),
        ["a.pcap", "d/b.pcap", "d/c.cap"]
    );
    assert_eq!(
        paths(&["scan", ".", "--include", "*.pcap"]),
        ["./a.pcap", "./d/b.pcap"]
    );
    assert_eq!(paths(&["scan", ".", "--exclude", "d"]), ["./a.pcap"]);
    let (code, _, error) = run(folder.path(), &["scan", "--files-from", "nowhere"], None);
    assert_eq!(
        (code, error.contains("nowhere: no such file")),
        (2, true),
        "{error}"
    );
}

/// Samples with other addresses and ports, `count` of them.
fn many(folder: &Path, count: u32) -> u32 {
    let samples = ["pymysql-1.1.1-rds-proxy", "database-denied", "http-only"];
    let samples = samples.map(records);
    for n in 0..count {
        let (header, records) = &samples[n as usize % samples.len()];
        let mut bytes = header.clone();
        for record in records {
            let mut record = record.clone();
            // Ethernet, IPv4: the client's end is the one with the high port.
            let ip = 16 + 14;
            let tcp = ip + usize::from(record[ip] & 15) * 4;
            let port = |at: usize| u16::from_be_bytes([record[at], record[at + 1]]);
            let (address, at) = if port(tcp) > port(tcp + 2) {
                (ip + 12, tcp)
            } else {
                (ip + 16, tcp + 2)
            };
            record[address..address + 4].copy_from_slice(&(0x0a00_0000 + n).to_be_bytes());
            record[at..at + 2].copy_from_slice(&(40_000 + (n % 20_000) as u16).to_be_bytes());
            bytes.extend(record);
        }
        let inside = folder.join(format!("{:03}", n / 100));
        fs::create_dir_all(&inside).unwrap();
        fs::write(inside.join(format!("{n:05}")), bytes).unwrap();
    }
    count
}

#[test]
fn thousands_of_captures_in_one_run_alike_on_one_thread_and_eight() {
    let folder = TempDir::new().unwrap();
    let count = if common::corpus().is_some() {
        9999
    } else {
        1500
    };
    let count = many(folder.path(), count);
    let scan = |threads: &str| {
        let arguments = ["scan", ".", "-f", "json", "--threads", threads];
        let passwords = ["--password-env", "PW1", "--password-env", "PW4"];
        run(folder.path(), &[&arguments[..], &passwords].concat(), None)
    };
    let (one, eight) = (scan("1"), scan("8"));
    assert!(one == eight, "the number of threads shows");
    let endings = ["txt", "ndjson", "csv", "md", "html", "sarif"];
    let files = |threads: &str| {
        let mut command = Command::cargo_bin("unscramble").unwrap();
        command
            .current_dir(folder.path())
            .env("SOURCE_DATE_EPOCH", "1");
        command.args([
            "scan",
            ".",
            "--threads",
            threads,
            "--include",
            "00*",
            "--password-env",
            "PW1",
        ]);
        command.env(PASSWORDS[0].0, PASSWORDS[0].1);
        let out = TempDir::new().unwrap();
        let paths = endings.map(|ending| out.path().join(format!("r.{ending}")));
        for path in &paths {
            command.arg("-o").arg(path);
        }
        assert_eq!(command.output().unwrap().status.code(), Some(1));
        paths.map(|path| fs::read(path).unwrap())
    };
    for ((one, eight), ending) in files("1").iter().zip(&files("8")).zip(endings) {
        assert!(!one.is_empty() && one == eight, "{ending}");
    }
    assert_eq!(one.0, 1);
    let report: Value = serde_json::from_slice(&one.1).unwrap();
    let summary = &report["summary"];
    assert_eq!(summary["captures"], count);
    assert_eq!(summary["logins"], count / 3 * 2);
    assert_eq!(summary["rejected"], count / 3 * 2);
    assert_eq!(summary["findings"]["salt-trailing-nul"], count / 3);
}

#[test]
fn the_summary_says_which_clients_users_and_servers() {
    let folder = TempDir::new().unwrap();
    many(folder.path(), 30);
    let (_, report) = json(folder.path(), &["scan", "."]);
    let clients = report["summary"]["by_client"].as_array().unwrap();
    assert_eq!(clients[0]["version"], "1.1.1");
    assert_eq!(clients[0]["logins"], 10);
    assert_eq!(clients[0]["faults"][0]["code"], "salt-trailing-nul");
    assert_eq!(clients[0]["faults"][0]["logins"], 10);
    assert!(clients[0]["faults"][0]["since"].is_string());
    let users = report["summary"]["by_user"].as_array().unwrap();
    assert_eq!(
        (&users[0]["name"], &users[0]["rejected"]),
        (&"app".into(), &20.into())
    );
    assert_eq!(users[0]["errors"].as_array().unwrap().len(), 2);
    assert!(
        !report["summary"]["by_server"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let (_, table, _) = run(folder.path(), &["scan", ".", "--password-env", "PW1"], None);
    let table = String::from_utf8(table).unwrap();
    assert!(
        table.contains("clients") && table.contains("salt-trailing-nul (10)"),
        "{table}"
    );
}

#[test]
fn a_second_run_reads_only_what_changed() {
    let folder = TempDir::new().unwrap();
    many(folder.path(), 6);
    let scan = || json(folder.path(), &["scan", "000", "--state", "state"]);
    let (code, first) = scan();
    assert_eq!((code, &first["summary"]["logins"]), (1, &4.into()));
    assert_eq!(first["summary"]["before"]["captures"], 0);
    let (code, second) = scan();
    assert_eq!((code, &second["summary"]["captures"]), (0, &0.into()));
    let before = &second["summary"]["before"];
    assert_eq!(
        (&before["captures"], &before["logins"]),
        (&6.into(), &4.into())
    );
    assert_eq!(before["findings"]["salt-trailing-nul"], 2);
    // One that is still written: whole records up to now, then the rest.
    let (header, records) = records("pymysql-1.1.1-rds-proxy");
    let whole = [header, records.concat()].concat();
    let growing = folder.path().join("000/growing");
    fs::write(&growing, &whole[..whole.len() / 2]).unwrap();
    let (_, third) = scan();
    assert_eq!(third["summary"]["captures"], 1);
    fs::write(&growing, &whole).unwrap();
    let (code, fourth) = scan();
    assert_eq!((code, &fourth["summary"]["captures"]), (1, &1.into()));
    assert_eq!(
        fourth["captures"][0]["logins"][0]["outcome"]["kind"],
        "rejected"
    );
    assert_eq!(fourth["summary"]["before"]["captures"], 6);
    // Other passwords: everything anew. The state names none of them.
    let other = [
        "scan",
        "000",
        "--state",
        "state",
        "-f",
        "json",
        "--password-env",
        "PW2",
    ];
    let (_, out, _) = run(folder.path(), &other, None);
    let report: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(report["summary"]["captures"], 7);
    let state = fs::read_to_string(folder.path().join("state")).unwrap();
    for (name, password) in PASSWORDS {
        assert!(!state.contains(name) && !state.contains(password));
    }
    fs::write(folder.path().join("state"), "{}").unwrap();
    let (code, _, error) = run(folder.path(), &["scan", "000", "--state", "state"], None);
    assert!(
        code == 2 && error.contains("this is no state file"),
        "{error}"
    );
}
