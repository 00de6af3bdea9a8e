//! Many captures in tasks: whatever the order, the machine or the accident, the report is that of one scan.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

#[path = "common/runs.rs"]
#[allow(dead_code, reason = "not all of it is used here")]
mod runs;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use runs::{PASSWORDS, SAMPLES, json, records, run, verdicts};

const FORMATS: [&str; 7] = ["txt", "json", "ndjson", "csv", "md", "html", "sarif"];

/// A folder with a password file.
fn desk() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("db.pass"), "Violet-Harbor-42\n").unwrap();
    folder
}

fn call(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let (code, out, said) = run(folder, arguments, None);
    (code, String::from_utf8_lossy(&out).into_owned(), said)
}

fn tasks(plan: &Path) -> Vec<Value> {
    let text = fs::read_to_string(plan).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["type"] == "task").collect()
}

/// Plans, does every task in reverse order, and returns how many there were.
fn plan_and_do(folder: &Path, plan: &[&str]) -> usize {
    let (code, _, said) = call(folder, &[&["plan", "-o", "plan"], plan].concat());
    assert_eq!(code, 0, "{said}");
    let count = tasks(&folder.join("plan")).len();
    for task in (0..count).rev() {
        let (code, _, said) = call(
            folder,
            &[
                "scan",
                "--plan",
                "plan",
                "--task",
                &task.to_string(),
                "-o",
                "out",
            ],
        );
        assert_eq!(code, 0, "{said}");
    }
    count
}

/// `-o NAME.txt -o NAME.json …`
fn outputs(name: &str) -> Vec<String> {
    let all = FORMATS
        .iter()
        .flat_map(|format| ["-o".to_owned(), format!("{name}.{format}")]);
    all.collect()
}

fn all_formats(folder: &Path, name: &str, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("unscramble"));
    command
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1700000000");
    for (name, password) in PASSWORDS {
        command.env(name, password);
    }
    let done = command
        .args(arguments)
        .args(outputs(name))
        .output()
        .unwrap();
    (
        done.status.code().unwrap(),
        String::from_utf8(done.stdout).unwrap(),
        String::from_utf8(done.stderr).unwrap(),
    )
}

fn same_reports(folder: &Path, plan: &[&str], options: &[&str]) {
    let scan = [&["scan", "--join"], options].concat();
    let whole = all_formats(folder, "whole", &scan);
    let count = plan_and_do(folder, &[plan, options].concat());
    assert!(count > 3, "{count} tasks");
    let merged = all_formats(folder, "merged", &["merge", "out", "--plan", "plan"]);
    assert_eq!(merged, whole);
    for format in FORMATS {
        let read = |name: &str| fs::read(folder.join(format!("{name}.{format}"))).unwrap();
        assert!(read("merged") == read("whole"), "{format}");
    }
}

#[test]
fn the_report_of_tasks_is_that_of_one_scan() {
    let folder = desk();
    let options = [
        SAMPLES,
        "--password-file",
        "db.pass",
        "--password-env",
        "PW2",
    ];
    same_reports(folder.path(), &["--task-size", "40K"], &options);
}

#[test]
fn so_it_is_with_names_replaced_and_logins_selected() {
    let folder = desk();
    fs::write(folder.path().join("key"), [7; 32]).unwrap();
    let options = [
        SAMPLES,
        "--password-file",
        "db.pass",
        "--reveal",
        "--only",
        "rejected",
        "--anonymize",
        "--anonymize-key",
        "key",
    ];
    same_reports(folder.path(), &["--task-size", "60K"], &options);
}

#[test]
fn a_task_done_twice_at_once_has_one_result() {
    let folder = desk();
    let path = folder.path();
    plan_and_do(path, &[SAMPLES, "--password-file", "db.pass"]);
    let before = fs::read_dir(path.join("out")).unwrap().count();
    fs::remove_dir_all(path.join("out")).unwrap();
    let start = || {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("unscramble"));
        let command = command.current_dir(path).stdout(Stdio::piped());
        command
            .args(["scan", "--plan", "plan", "-o", "out"])
            .env("JOB_COMPLETION_INDEX", "0")
            .spawn()
            .unwrap()
    };
    let ends = [start(), start(), start()].map(|child| child.wait_with_output().unwrap());
    let said: Vec<String> = ends
        .iter()
        .map(|end| {
            assert!(end.status.success());
            String::from_utf8(end.stdout.clone()).unwrap()
        })
        .collect();
    let first = said
        .iter()
        .filter(|said| said.ends_with("): done\n"))
        .count();
    assert_eq!(first, 1, "{said:?}");
    assert_eq!(fs::read_dir(path.join("out")).unwrap().count(), before);
    let (code, _, said) = call(path, &["merge", "out", "--plan", "plan", "-f", "json"]);
    assert_eq!((code, said.as_str()), (1, ""));
}

/// A login of a rotation: where it is, and all that is said of it.
fn logins(report: &Value) -> Vec<Value> {
    let captures = report["captures"].as_array().unwrap();
    let of = |capture: &Value| {
        let path = capture["path"].clone();
        let logins = capture["logins"].as_array().unwrap().clone();
        let with_path = logins
            .into_iter()
            .map(move |login| serde_json::json!([path, login]));
        with_path.collect::<Vec<_>>()
    };
    captures.iter().flat_map(of).collect()
}

#[test]
fn slices_have_every_login_once_and_the_verdicts_of_the_whole() {
    for (sample, every) in [
        ("mysql-router", 3),
        ("mysql-router-users", 9),
        ("interleaved", 5),
        ("sqlx-mysql-9-full-auth", 4),
        ("change-user-accepted", 4),
        ("pymysql-1.1.1-rds-proxy", 2),
    ] {
        for slice in ["1", "2", "3"] {
            let folder = desk();
            let path = folder.path();
            fs::create_dir(path.join("set")).unwrap();
            let (header, records) = records(sample);
            for (at, part) in records.chunks(every).enumerate() {
                let bytes = [header.clone(), part.concat()].concat();
                fs::write(path.join(format!("set/t.pcap{at}")), bytes).unwrap();
            }
            let (_, whole) = json(path, &["scan", "--join", "set"]);
            let names = PASSWORDS.map(|(name, _)| format!("--password-env={name}"));
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let count = plan_and_do(path, &[&["set", "--slice", slice][..], &names].concat());
            assert!(count > 1, "{sample} {slice}");
            let (_, out, said) = call(path, &["merge", "out", "--plan", "plan", "-f", "json"]);
            assert_eq!(said, "");
            let merged: Value = serde_json::from_str(&out).unwrap();
            assert_eq!(verdicts(&merged), verdicts(&whole), "{sample} {slice}");
            assert_eq!(logins(&merged), logins(&whole), "{sample} {slice}");
            assert_eq!(merged["findings"], whole["findings"], "{sample} {slice}");
            let connections = |report: &Value| -> u64 {
                let captures = report["captures"].as_array().unwrap().iter();
                captures.map(|c| c["connections"].as_u64().unwrap()).sum()
            };
            assert_eq!(connections(&merged), connections(&whole), "{sample}");
            let summary = |report: &Value| report["summary"].clone();
            assert_eq!(summary(&merged), summary(&whole), "{sample} {slice}");
        }
    }
}

#[test]
fn what_is_missing_doubled_or_foreign_is_named() {
    let folder = desk();
    let path = folder.path();
    let count = plan_and_do(path, &[SAMPLES, "--task-size", "100K"]);
    let all = tasks(&path.join("plan"));
    let file = |n: usize| format!("task-{}.ndjson", all[n]["id"].as_str().unwrap());
    // A second place holds the first task as well, another one changed, and one of another plan.
    fs::create_dir(path.join("more")).unwrap();
    fs::copy(
        path.join("out").join(file(0)),
        path.join("more").join(file(0)),
    )
    .unwrap();
    let changed = fs::read_to_string(path.join("out").join(file(1))).unwrap();
    let changed = changed.replacen("\"packets\":", "\"packets\":1", 1);
    fs::write(path.join("more").join(file(1)), changed).unwrap();
    fs::write(path.join("more/task-0123456789abcdef.ndjson"), "").unwrap();
    // One is gone, one is cut.
    fs::remove_file(path.join("out").join(file(2))).unwrap();
    let cut = fs::read(path.join("out").join(file(3))).unwrap();
    fs::write(path.join("out").join(file(3)), &cut[..cut.len() - 40]).unwrap();
    let (code, out, said) = call(
        path,
        &["merge", "out", "more", "--plan", "plan", "-f", "json"],
    );
    assert_eq!(code, 2);
    for named in [
        format!("{} stands in 2 places, the same in each", file(0)),
        format!("{} stands in 2 places and is not the same in each", file(1)),
        format!(
            "task 2 ({}): its result is missing",
            all[2]["id"].as_str().unwrap()
        ),
        format!(
            "task 3 ({}): its result cannot be read: it is cut",
            all[3]["id"].as_str().unwrap()
        ),
        "task-0123456789abcdef.ndjson is of no task of this plan".to_owned(),
    ] {
        assert!(said.contains(&named), "{named} in {said}");
    }
    let report: Value = serde_json::from_str(&out).unwrap();
    let failed = report["captures"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|capture| capture["status"] == "failed");
    let sources = |n: usize| all[n]["sets"].as_array().unwrap().len();
    assert_eq!(failed.count(), sources(2) + sources(3));
    // What is left is planned, done, and whole again.
    fs::remove_file(path.join("out").join(file(3))).unwrap();
    let (code, _, said) = call(
        path,
        &[
            "plan",
            SAMPLES,
            "--task-size",
            "100K",
            "--done",
            "out",
            "-o",
            "left",
        ],
    );
    assert_eq!(code, 0, "{said}");
    assert_eq!(tasks(&path.join("left")).len(), 2);
    for task in ["0", "1"] {
        assert_eq!(
            call(
                path,
                &["scan", "--plan", "left", "--task", task, "-o", "out"]
            )
            .0,
            0
        );
    }
    let (code, _, said) = call(
        path,
        &[
            "merge",
            "out",
            "--plan",
            "plan",
            "-f",
            "json",
            "--fail-on",
            "never",
        ],
    );
    assert_eq!((code, said.as_str()), (0, ""), "{count}");
}

#[test]
fn bad_days() {
    let folder = desk();
    let path = folder.path();
    fs::create_dir(path.join("set")).unwrap();
    let sample = fs::read(format!("{SAMPLES}/pymysql-1.1.1-rds-proxy.pcap")).unwrap();
    fs::write(path.join("set/good.pcap"), &sample).unwrap();
    // Poisoned: a record that announces more than there can be.
    let mut poisoned = sample.clone();
    poisoned[32..40].fill(0xff);
    fs::write(path.join("set/poisoned.pcap"), poisoned).unwrap();
    let plan = [
        "plan",
        "set",
        "--password-file",
        "db.pass",
        "--task-size",
        "1",
        "-o",
        "plan",
    ];
    assert_eq!(call(path, &plan).0, 0);
    let task = |n: &str| call(path, &["scan", "--plan", "plan", "--task", n, "-o", "out"]);
    // The password is not on the worker: nothing is done, and nothing says that it was.
    fs::rename(path.join("db.pass"), path.join("away")).unwrap();
    let (code, _, said) = task("0");
    assert!(
        code == 2 && said.contains("db.pass: no such file"),
        "{said}"
    );
    assert!(!path.join("out").exists());
    fs::rename(path.join("away"), path.join("db.pass")).unwrap();
    // The disk is full.
    #[cfg(unix)]
    {
        let program = assert_cmd::cargo::cargo_bin("unscramble");
        let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" scan --plan plan --task 0 -o out";
        let mut shell = Command::new("bash");
        let shell = shell.args(["-c", script]).arg(program).current_dir(path);
        let end = shell.output().unwrap();
        let said = String::from_utf8(end.stderr).unwrap();
        assert!(
            end.status.code() == Some(2) && said.contains("cannot write the result"),
            "{said}"
        );
        assert_eq!(
            fs::read_dir(path.join("out")).unwrap().count(),
            0,
            "nothing is left"
        );
    }
    assert_eq!(task("0").0, 0);
    // A poisoned file is a failed capture, and the task is done.
    assert_eq!(task("1").0, 0);
    let (code, out, said) = call(path, &["merge", "out", "--plan", "plan", "-f", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 2);
    assert!(said.contains("set/poisoned.pcap"), "{said}");
    assert_eq!(report["captures"][1]["status"], "failed");
    assert_eq!(
        report["captures"][0]["logins"][0]["findings"][0],
        "salt-trailing-nul"
    );
    // A file that has changed since the plan is no longer what was planned.
    fs::remove_dir_all(path.join("out")).unwrap();
    fs::write(path.join("set/good.pcap"), &sample[..sample.len() - 1]).unwrap();
    assert_eq!(task("0").0, 0);
    let (_, out, _) = call(path, &["merge", "out", "--plan", "plan", "-f", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    let why = report["captures"][0]["error"].as_str().unwrap();
    assert!(why.contains("has changed since the plan"), "{why}");
}

#[test]
fn no_secret_is_in_a_plan_or_a_result() {
    let folder = desk();
    let path = folder.path();
    plan_and_do(
        path,
        &[SAMPLES, "--password-file", "db.pass", "--task-size", "1M"],
    );
    let mut files = vec![path.join("plan")];
    files.extend(
        fs::read_dir(path.join("out"))
            .unwrap()
            .map(|entry| entry.unwrap().path()),
    );
    assert!(files.len() > 1);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("Violet-Harbor-42"), "{}", file.display());
        // No response either: with the salt it would let guesses be tested.
        assert!(!text.contains("\"hex\":null,\"recomputed\":\""));
    }
    let (code, _, said) = call(path, &["plan", SAMPLES, "-p", "-o", "x"]);
    assert!(
        code == 2 && said.contains("cannot hold a password"),
        "{said}"
    );
    let (code, _, said) = call(path, &["plan", SAMPLES, "--anonymize", "-o", "x"]);
    assert!(code == 2 && said.contains("--anonymize-key"), "{said}");
}

#[test]
fn a_result_that_was_made_up_is_refused() {
    let folder = desk();
    let path = folder.path();
    plan_and_do(
        path,
        &[
            SAMPLES,
            "--include",
            "pymysql-1.1.1-rds-proxy.pcap",
            "--password-file",
            "db.pass",
        ],
    );
    let id = tasks(&path.join("plan"))[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = path.join(format!("out/task-{id}.ndjson"));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("salt-trailing-nul"));
    fs::write(&file, text.replace("salt-trailing-nul", "<b>bold</b>")).unwrap();
    let (code, _, said) = call(path, &["merge", "out", "--plan", "plan"]);
    assert!(
        code == 2 && said.contains("a word that unscramble does not use"),
        "{said}"
    );
    // A plan that was changed is none.
    let plan = fs::read_to_string(path.join("plan")).unwrap();
    fs::write(path.join("plan"), plan.replace("db.pass", "other.pass")).unwrap();
    let (code, _, said) = call(
        path,
        &["scan", "--plan", "plan", "--task", "0", "-o", "more"],
    );
    assert!(code == 2 && said.contains("was changed"), "{said}");
}

/// A plan and a result are files that anybody may have written.
#[test]
fn what_is_read_back_may_be_anything() {
    let folder = desk();
    let path = folder.path();
    plan_and_do(path, &[SAMPLES, "--include", "interleaved.pcap"]);
    let id = tasks(&path.join("plan"))[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let result = fs::read(path.join(format!("out/task-{id}.ndjson"))).unwrap();
    let plan = fs::read(path.join("plan")).unwrap();
    assert!(unscramble::plan::read(result.as_slice()).is_ok());
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let mut refused = 0;
    for _ in 0..2000 {
        let (mut result, mut plan) = (result.clone(), plan.clone());
        for bytes in [&mut result, &mut plan] {
            let at = random(bytes.len());
            match random(3) {
                0 => bytes[at] = u8::try_from(random(256)).unwrap(),
                1 => bytes.truncate(at),
                _ => {
                    let part = bytes[at..(at + 40).min(bytes.len())].to_vec();
                    bytes.splice(at..at, part);
                }
            }
        }
        refused += usize::from(unscramble::plan::Plan::read(plan.as_slice()).is_err());
        let mut merged = unscramble::report::Merged::default();
        if let Ok(outcome) = unscramble::plan::read(result.as_slice()) {
            for told in outcome.told {
                let _ = merged.hear(0, told);
            }
            merged.run_over(0, Some(0));
            let _ = merged.finish();
        }
    }
    assert!(
        refused > 1800,
        "{refused} of 2000 changed plans were refused"
    );
}

#[cfg(not(feature = "cloud"))]
#[test]
fn a_build_without_the_cloud_says_so() {
    let folder = desk();
    for arguments in [
        &["scan", "s3://bucket/key"][..],
        &["plan", "s3://bucket/key", "-o", "x"],
        &[
            "scan",
            "--plan",
            "s3://bucket/plan",
            "--task",
            "0",
            "-o",
            "x",
        ],
    ] {
        let (code, _, said) = call(folder.path(), arguments);
        assert!(
            code == 2 && said.contains("this build reads no s3:// URLs"),
            "{said}"
        );
    }
}
