//! Extracts and pseudonyms, for every sample: the same verdicts, nothing in it that should not be, and
//! readable for tshark.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "common/tshark.rs"]
mod asked;
mod common;
#[path = "common/texts.rs"]
mod texts;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use asked::{mysql_on, side_by_side, tshark};
use assert_cmd::Command;
use memchr::memmem;
use serde_json::Value;
use texts::{Sample, samples};

struct Ran {
    out: Vec<u8>,
    err: String,
}

fn run(folder: &Path, sample: &Sample, arguments: &[&str]) -> Ran {
    let mut command = Command::cargo_bin("unscramble").unwrap();
    command.current_dir(folder).args(arguments);
    if let Some(password) = &sample.password {
        fs::write(folder.join("pass"), [password, &b"\n"[..]].concat()).unwrap();
        command.args(["--password-file", "pass"]);
    }
    let output = command.output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{} {arguments:?}: {err}",
        sample.name
    );
    Ran {
        out: output.stdout,
        err,
    }
}

fn scan(folder: &Path, sample: &Sample, capture: &str, more: &[&str]) -> Value {
    let arguments = [
        &["scan", "--format", "json", "--fail-on", "never", capture],
        more,
    ]
    .concat();
    serde_json::from_slice(&run(folder, sample, &arguments).out).unwrap()
}

fn logins(report: &Value) -> Vec<Value> {
    report["captures"][0]["logins"].as_array().unwrap().clone()
}

/// What must be the same of a login: everything that was judged.
fn verdict(login: &Value) -> Value {
    let mut verdict = login["verdict"].clone();
    // How many other connections' salts were tried depends on what else is in the capture.
    verdict.as_object_mut().unwrap().remove("tried");
    serde_json::json!([
        login["attempt"],
        login["greeting_plugin"],
        login["plugin"],
        login["path"],
        login["salt"],
        login["response"],
        login["time"],
        login["outcome"]["kind"],
        login["outcome"]["code"],
        login["transport"],
        verdict,
        login["findings"],
    ])
}

/// Passwords that crossed the network readable are overwritten, and that changes the verdict.
fn is_overwritten(login: &Value) -> bool {
    let reason = login["verdict"]["reason"].as_str();
    reason.is_some_and(|reason| reason.contains("was overwritten"))
}

/// Extracts every login of a sample; `None` where there is none.
fn extract(folder: &Path, sample: &Sample, more: &[&str]) -> Option<String> {
    let capture = sample.capture.to_str().unwrap();
    let arguments = [
        "extract",
        capture,
        "-o",
        "out.pcapng",
        "--since",
        "1970-01-01",
    ];
    let ran = run(folder, sample, &[&arguments[..], more].concat());
    if folder.join("out.pcapng").exists() {
        assert!(
            ran.err.contains("warning: This extract holds salts"),
            "{}",
            ran.err
        );
        return Some(ran.err);
    }
    let said = String::from_utf8(ran.out).unwrap();
    assert!(said.contains("nothing written"), "{}: {said}", sample.name);
    None
}

#[test]
fn an_extract_gives_the_same_verdicts() {
    let mut compared = 0;
    for sample in samples() {
        let folder = tempfile::tempdir().unwrap();
        let before = scan(
            folder.path(),
            &sample,
            sample.capture.to_str().unwrap(),
            &[],
        );
        let before = logins(&before);
        for anonymize in [false, true] {
            let more: &[&str] = if anonymize { &["--anonymize"] } else { &[] };
            let Some(said) = extract(folder.path(), &sample, more) else {
                assert!(before.is_empty(), "{}", sample.name);
                continue;
            };
            assert!(!before.is_empty(), "{}", sample.name);
            let after = logins(&scan(folder.path(), &sample, "out.pcapng", &[]));
            // What is compressed cannot be written over.
            let left_out = said.contains("left out");
            assert!(anonymize || !left_out, "{}", sample.name);
            assert!(left_out || after.len() == before.len(), "{}", sample.name);
            assert!(!after.is_empty(), "{}", sample.name);
            for (before, after) in before.iter().zip(&after) {
                // It carries no TLS secrets: what they opened is closed again.
                if before["transport"]["decrypted"] == true {
                    assert!(said.contains("secrets of TLS"), "{}: {said}", sample.name);
                    assert_eq!(after["verdict"]["kind"], "unverifiable", "{}", sample.name);
                    for field in ["kind", "version", "cipher"] {
                        assert_eq!(before["transport"][field], after["transport"][field]);
                    }
                    continue;
                }
                let (mut was, mut is) = (verdict(before), verdict(after));
                if is_overwritten(after) {
                    assert!(said.contains("Passwords that crossed"), "{said}");
                    (was[10], is[10]) = (Value::Null, Value::Null);
                    // Without the password nobody can say that it was the wrong one.
                    (was[11], is[11]) = (Value::Null, Value::Null);
                }
                // So is one that was sent after a hashed response: of its form nothing is known then.
                let named =
                    |login: &Value, code: &str| login["findings"].to_string().contains(code);
                if named(before, "full-auth-wrong-form") && named(before, "cleartext") {
                    assert!(said.contains("Passwords that crossed"), "{said}");
                    assert_eq!(after["findings"], serde_json::json!([]), "{}", sample.name);
                    (was[11], is[11]) = (Value::Null, Value::Null);
                }
                assert_eq!(was, is, "{} {more:?}", sample.name);
                compared += 1;
            }
            fs::remove_file(folder.path().join("out.pcapng")).unwrap();
        }
    }
    assert!(compared > 100, "{compared}");
}

/// With its secrets a login inside TLS gives the same verdict again, unless a password is readable in it.
#[test]
fn an_extract_with_keys_opens_tls_again() {
    let (mut opened, mut kept_closed) = (0, 0);
    for sample in samples() {
        let folder = tempfile::tempdir().unwrap();
        let capture = sample.capture.to_str().unwrap();
        let log = sample.capture.with_extension("keylog");
        let log = log.to_str().unwrap();
        let keys: &[&str] = if Path::new(log).exists() {
            &["--keylog", log]
        } else {
            &[]
        };
        let open = |login: &Value| {
            let transport = &login["transport"];
            transport["decrypted"] == true && transport["kind"] == "tls"
        };
        let before = logins(&scan(folder.path(), &sample, capture, keys));
        let has_keys = !keys.is_empty() || sample.name.starts_with("keys-");
        if !has_keys || !before.iter().any(open) {
            continue;
        }
        for keep in [&["--with-keys", "--keep-payload"][..], &["--with-keys"]] {
            let said = extract(folder.path(), &sample, &[keys, keep].concat()).unwrap();
            let after = logins(&scan(folder.path(), &sample, "out.pcapng", &[]));
            assert_eq!(before.len(), after.len(), "{}", sample.name);
            for (before, after) in before.iter().zip(&after).filter(|(login, _)| open(login)) {
                if open(after) {
                    let told = said.contains("holds the secrets of TLS");
                    assert!(told, "{}: {said}", sample.name);
                    assert_eq!(verdict(before), verdict(after), "{}", sample.name);
                    opened += 1;
                } else {
                    let told = said.contains("password is readable");
                    assert!(told && keep.len() == 1, "{}: {said}", sample.name);
                    kept_closed += 1;
                }
            }
            fs::remove_file(folder.path().join("out.pcapng")).unwrap();
        }
    }
    assert!(opened >= 20 && kept_closed >= 2, "{opened} {kept_closed}");
}

#[test]
fn later_commands_and_readable_passwords_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let all = samples();
    let sample = |name: &str| all.iter().find(|sample| sample.name == name).unwrap();
    let clear = sample("clear-password");
    let has = |text: &[u8]| {
        let bytes = fs::read(folder.path().join("out.pcapng")).unwrap();
        memmem::find(&bytes, text).is_some()
    };
    extract(folder.path(), clear, &["--keep-payload"]);
    assert!(has(b"Tundra-Chapel-82") && has(b"version_comment"));
    extract(folder.path(), clear, &[]);
    assert!(!has(b"Tundra-Chapel-82") && !has(b"Plum-Causeway-13"));
    assert!(!has(b"version_comment") && has(b"app"));
    let token = sample("iam-token");
    extract(folder.path(), token, &[]);
    assert!(has(b"Action=connect"));
    let original = fs::read(&token.capture).unwrap();
    let at = memmem::find(&original, b"X-Amz-Signature=").unwrap() + 16;
    assert!(!has(&original[at..at + 64]));
}

#[test]
fn streams_and_findings_choose() {
    let folder = tempfile::tempdir().unwrap();
    let all = samples();
    let sample = all.iter().find(|s| s.name == "clear-password").unwrap();
    let capture = sample.capture.to_str().unwrap();
    let extracted = |more: &[&str]| {
        let arguments = [&["extract", capture, "-o", "out.pcapng"], more].concat();
        let said = String::from_utf8(run(folder.path(), sample, &arguments).out).unwrap();
        said.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(extracted(&[]), "2");
    assert_eq!(extracted(&["--stream", "1"]), "1");
    assert_eq!(extracted(&["--finding", "wrong-password"]), "1");
    assert_eq!(extracted(&["--only", "rejected"]), "1");
    fs::remove_file(folder.path().join("out.pcapng")).unwrap();
    let none = ["extract", capture, "-o", "out.pcapng", "--stream", "9"];
    let said = String::from_utf8(run(folder.path(), sample, &none).out).unwrap();
    assert_eq!(said, "nothing written: of 2 logins none was selected\n");
    assert!(!folder.path().join("out.pcapng").exists());
}

/// Names and addresses that a report of a sample shows.
fn names(report: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for login in logins(report) {
        let mut note = |value: &Value| {
            // What is shorter stands in any text.
            names.extend(
                value
                    .as_str()
                    .filter(|text| text.len() > 4)
                    .map(str::to_owned),
            );
        };
        note(&login["user"]);
        note(&login["database"]);
        note(&login["client"]["address"]);
        note(&login["server"]["address"]);
        note(&login["proxied_for"]["address"]);
        for key in ["_source_host", "_server_host", "_client_host"] {
            note(&login["attributes"][key]);
        }
    }
    names
}

#[test]
fn names_and_addresses_leave_nothing_of_themselves() {
    let mut seen = BTreeSet::new();
    for sample in samples() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), [7; 32]).unwrap();
        let capture = sample.capture.to_str().unwrap();
        let plain = scan(folder.path(), &sample, capture, &[]);
        let names = names(&plain);
        let with_key = ["--anonymize", "--anonymize-key", "key"];
        let hidden = scan(folder.path(), &sample, capture, &with_key);
        assert_eq!(hidden, scan(folder.path(), &sample, capture, &with_key));
        for (plain, hidden) in logins(&plain).iter().zip(logins(&hidden)) {
            assert_eq!(plain["verdict"]["kind"], hidden["verdict"]["kind"]);
            assert_eq!(plain["findings"], hidden["findings"]);
            let user = hidden["user"].as_str().unwrap_or_default();
            assert!(user.is_empty() || user.starts_with("user-"), "{user}");
        }
        let mut written = vec![hidden.to_string().into_bytes()];
        for more in [&with_key[..], &with_key[..1]] {
            let arguments = [&["scan", "--fail-on", "never", "-v", capture], more].concat();
            written.push(run(folder.path(), &sample, &arguments).out);
        }
        if extract(folder.path(), &sample, &with_key).is_some() {
            written.push(fs::read(folder.path().join("out.pcapng")).unwrap());
        }
        for name in &names {
            // Accounts of these names cannot be told from the words, but where names stand.
            let as_name = match name.as_str() {
                "mysql" | "report" => vec![
                    format!("\"{name}\""),
                    format!("'{name}'"),
                    format!("\0{name}\0"),
                ],
                name => vec![name.to_owned()],
            };
            for bytes in &written {
                let found = |text: &String| memmem::find(bytes, text.as_bytes()).is_some();
                assert!(
                    !as_name.iter().any(found),
                    "{}: {name} is left",
                    sample.name
                );
            }
        }
        let path = sample.capture.parent().unwrap().to_str().unwrap();
        assert!(
            written
                .iter()
                .all(|bytes| memmem::find(bytes, path.as_bytes()).is_none())
        );
        seen.extend(names);
    }
    assert!(seen.len() >= 5, "{seen:?}");
}

/// Frames that tshark calls malformed, by the packet of the original that the comment names.
fn malformed(capture: &Path, ports: &BTreeSet<u16>, original: bool) -> BTreeSet<String> {
    let field = if original {
        "frame.number"
    } else {
        "frame.comment"
    };
    let wanted = ["-Y", "_ws.malformed", "-T", "fields", "-e", field];
    let arguments = [&mysql_on(ports)[..], &wanted.map(str::to_owned)].concat();
    let out = tshark(capture, &arguments);
    let number = |line: &str| match line.split_once("; packet ") {
        Some((_, rest)) => rest.split(' ').next().unwrap_or_default().to_owned(),
        None => line.to_owned(),
    };
    out.lines().map(number).collect()
}

fn wrong_checksums(capture: &Path) -> String {
    let arguments = [
        "-o",
        "tcp.check_checksum:TRUE",
        "-o",
        "ip.check_checksum:TRUE",
        "-Y",
        "tcp.checksum.status == 0 || ip.checksum.status == 0",
    ];
    tshark(capture, &arguments.map(str::to_owned))
}

/// How many extracts of a sample tshark has read, and called nothing in them malformed.
fn read_by_tshark(sample: &Sample) -> u32 {
    let mut read = 0;
    let folder = tempfile::tempdir().unwrap();
    let report = scan(folder.path(), sample, sample.capture.to_str().unwrap(), &[]);
    let ports = logins(&report);
    let ports = ports
        .iter()
        .filter_map(|login| login["server"]["port"].as_u64());
    let ports: BTreeSet<u16> = ports.map(|port| u16::try_from(port).unwrap()).collect();
    let before = malformed(&sample.capture, &ports, true);
    for more in [&[][..], &["--anonymize"]] {
        if extract(folder.path(), sample, more).is_none() {
            continue;
        }
        let out = folder.path().join("out.pcapng");
        // tshark knows no bare 0xFE, and calls it malformed wherever it stands.
        let new: Vec<_> = malformed(&out, &ports, false)
            .difference(&before)
            .cloned()
            .collect();
        assert!(new.is_empty(), "{}: {new:?}", sample.name);
        assert_eq!(wrong_checksums(&out), "", "{}", sample.name);
        read += 1;
    }
    read
}

/// Needs tshark, which a user's machine need not have: it runs where the corpus is.
#[test]
fn tshark_reads_every_extract() {
    if common::corpus().is_none() {
        return;
    }
    // tshark takes a while to start, and does so for each extract.
    let read: u32 = side_by_side(&samples(), read_by_tshark).iter().sum();
    assert!(read >= 80, "{read}");
}
