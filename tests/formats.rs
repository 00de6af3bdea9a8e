//! Every format over every sample: valid, in agreement with each other, the same bytes each time;
//! and a capture of which every text is an attack.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;

#[path = "common/pcap.rs"]
mod pcap;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const ENDINGS: [&str; 9] = [
    "txt", "json", "ndjson", "csv", "md", "markdown", "html", "htm", "sarif",
];

fn scan(more: &[&str]) -> std::process::Output {
    let mut command = Command::cargo_bin("unscramble").unwrap();
    command
        .current_dir(ROOT)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .env("PW", "Violet-Harbor-42")
        .args(["scan", "--fail-on", "never", "--password-env", "PW"]);
    let output = command.args(more).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{more:?}: {errors}");
    output
}

/// One run, every format.
fn all_formats(capture: &str, folder: &Path, more: &[&str]) {
    let files: Vec<String> = ENDINGS
        .iter()
        .map(|ending| folder.join(format!("r.{ending}")).display().to_string())
        .collect();
    let mut arguments = vec![capture];
    for file in &files {
        arguments.extend(["-o", file]);
    }
    arguments.extend(more);
    scan(&arguments);
}

fn text(folder: &Path, ending: &str) -> String {
    fs::read_to_string(folder.join(format!("r.{ending}"))).unwrap()
}

fn object(folder: &Path, ending: &str) -> Value {
    serde_json::from_str(&text(folder, ending)).unwrap()
}

fn lines(folder: &Path) -> Vec<Value> {
    let text = text(folder, "ndjson");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn committed(path: &str) -> String {
    fs::read_to_string(PathBuf::from(ROOT).join(path)).unwrap()
}

/// The report's schema with nothing beside the fields it names.
fn strict(mut schema: Value) -> Value {
    fn close(schema: &mut Value) {
        match schema {
            Value::Object(map) => {
                map.values_mut().for_each(close);
                if map.contains_key("properties") {
                    map.insert("unevaluatedProperties".into(), false.into());
                }
            }
            Value::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }
    close(&mut schema);
    // These are parts of larger objects, which are closed themselves.
    for part in [
        "Match",
        "Search",
        "Login",
        "Finding",
        "CaptureLine",
        "SummaryLine",
        "Summary",
    ] {
        if let Some(part) = schema["$defs"][part].as_object_mut() {
            part.remove("unevaluatedProperties");
        }
    }
    schema
}

#[track_caller]
fn assert_valid(schema: &Value, value: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(value)
        .take(5)
        .map(|error| {
            format!(
                "{}: {}",
                error.instance_path(),
                error.to_string().chars().take(300).collect::<String>()
            )
        })
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_committed_schema_is_the_one_that_is_printed() {
    let printed = Command::cargo_bin("unscramble")
        .unwrap()
        .arg("schema")
        .output()
        .unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(PathBuf::from(ROOT).join("src/report/schema.json"), &printed).unwrap();
    }
    assert!(
        printed == committed("src/report/schema.json"),
        "the model has changed: run this test with UPDATE_SCHEMA=1 and look at the difference"
    );
}

#[test]
fn every_sample_in_every_format() {
    let schema = strict(serde_json::from_str(&committed("src/report/schema.json")).unwrap());
    let line_schema = {
        let mut schema = schema.clone();
        let line = schema["$defs"]["Line"].clone();
        let root = schema.as_object_mut().unwrap();
        for key in ["properties", "required", "type", "unevaluatedProperties"] {
            root.remove(key);
        }
        root.extend(line.as_object().unwrap().clone());
        schema
    };
    let mut sarif_schema: Value =
        serde_json::from_str(&committed("tests/schemas/sarif-2.1.0.json")).unwrap();
    // A bracket too many makes this one no regular expression, in OASIS's own text.
    for part in ["run", "toolComponent"] {
        let language = &mut sarif_schema["definitions"][part]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern");
    }
    let [hidden, revealed] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    all_formats("samples", hidden.path(), &[]);
    all_formats("samples", revealed.path(), &["--reveal", "--threads", "1"]);
    for folder in [hidden.path(), revealed.path()] {
        let report = object(folder, "json");
        assert_valid(&schema, &report);
        assert_valid(&sarif_schema, &object(folder, "sarif"));
        let lines = lines(folder);
        let validator = jsonschema::validator_for(&line_schema).unwrap();
        for line in &lines {
            let errors: Vec<_> = validator.iter_errors(line).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
        agree(&report, &lines, folder);
    }
}

/// The same logins and findings in all formats.
fn agree(report: &Value, lines: &[Value], folder: &Path) {
    let captures = report["captures"].as_array().unwrap();
    let logins: usize = captures
        .iter()
        .map(|c| c["logins"].as_array().unwrap().len())
        .sum();
    assert!(logins > 60, "only {logins} logins");
    let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!(of("login"), logins);
    assert_eq!(of("capture"), captures.len());
    assert_eq!(
        (of("summary"), &lines.last().unwrap()["type"]),
        (1, &"summary".into())
    );
    // Logins, what looks across them, captures, the summary: each in the order of the captures.
    let kinds = lines.iter().map(|line| line["type"].as_str().unwrap());
    let rank = |kind| {
        ["login", "finding", "capture", "summary"]
            .iter()
            .position(|k| *k == kind)
    };
    let places = |line: &&Value| {
        let path = if line["type"] == "capture" {
            &line["path"]
        } else {
            &line["capture"]
        };
        captures.iter().position(|capture| capture["path"] == *path)
    };
    assert!(kinds.is_sorted_by_key(rank));
    for kind in ["login", "finding", "capture"] {
        let of_kind = lines.iter().filter(|line| line["type"] == kind);
        assert!(
            of_kind.map(|line| places(&line).unwrap()).is_sorted(),
            "{kind}"
        );
    }
    for line in lines.iter().filter(|line| line["type"] == "login") {
        let known = captures[places(&line).unwrap()]["logins"]
            .as_array()
            .unwrap();
        let same = |login: &&Value| {
            login["stream"] == line["stream"] && login["attempt"] == line["attempt"]
        };
        let login = known.iter().find(same).unwrap();
        for field in ["verdict", "outcome", "salt", "user", "evidence"] {
            assert_eq!(login[field], line[field], "{} {field}", line["capture"]);
        }
    }
    let mut rows = csv::Reader::from_path(folder.join("r.csv")).unwrap();
    assert_eq!(rows.records().map(Result::unwrap).count(), logins);
    let results = &object(folder, "sarif")["runs"][0]["results"];
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(results.as_array().unwrap().len(), findings.len());
    let page = text(folder, "html");
    assert_eq!(page.matches("<details class=\"login\"").count(), logins);
    assert_eq!(page, text(folder, "htm"));
    assert_eq!(text(folder, "md"), text(folder, "markdown"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let [one, two] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let capture = "samples/pymysql-1.1.1-rds-proxy.pcap";
    all_formats(capture, one.path(), &["--threads", "1"]);
    all_formats(capture, two.path(), &["--threads", "4"]);
    for ending in ENDINGS {
        assert_eq!(
            text(one.path(), ending),
            text(two.path(), ending),
            "{ending}"
        );
        assert!(!text(one.path(), ending).is_empty());
    }
    assert!(text(one.path(), "html").contains("2023-11-14 22:13:20 UTC"));
    // On standard output as in the file.
    for (format, ending) in [
        ("ndjson", "ndjson"),
        ("csv", "csv"),
        ("markdown", "md"),
        ("html", "html"),
        ("sarif", "sarif"),
    ] {
        let output = scan(&[capture, "-f", format]);
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            text(one.path(), ending)
        );
    }
}

#[test]
fn a_line_comes_while_the_capture_is_still_written() {
    use std::io::{BufRead as _, Write as _};
    use std::process::Stdio;
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("unscramble"))
        .current_dir(ROOT)
        .env("PW", "Violet-Harbor-42")
        .args(["scan", "-", "-f", "ndjson", "--password-env", "PW"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let capture = fs::read(PathBuf::from(ROOT).join("samples/pymysql-1.1.1-rds-proxy.pcap"));
    pipe.write_all(&capture.unwrap()).unwrap();
    pipe.flush().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let _ = sender.send(line);
    });
    let line = receiver.recv_timeout(std::time::Duration::from_mins(1));
    drop(pipe);
    child.wait().unwrap();
    reader.join().unwrap();
    let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
    assert_eq!(
        (&line["type"], &line["capture"]),
        (&"login".into(), &"-".into())
    );
    assert_eq!(line["verdict"]["salt_form"], "with_nul");
    assert_eq!(line["finding_details"][0]["code"], "salt-trailing-nul");
}

/// Everything that anything might act on.
const HOSTILE: &str = "<script>window.pwned=1;alert(1)</script>\"'><img src=x onerror=\"pwned=1\">\
    </script></style></svg></title><svg onload=pwned=1>javascript:pwned=1 {{7*7}} ${7*7} {% raw %}\
    \x1b[2J\x1b]0;title\x07\x1b[31m\u{9b}31m\r\n# heading\n\n| a | b |\n|---|---|\n```\n~~~\n`code` ``x`` \
    [link](https://evil.example/) ![image](https://evil.example/x.png) <https://evil.example/> www.evil.example \
    @everyone #1 !2 [~admin] {code} h1. ||x|| $x$ &lt; &#60; \\ \t=cmd|' /C calc'!A0 \
    \u{202e}nimda\u{2066}\u{200b}\u{feff}\u{e0041}\u{2028} participant X; end note \u{7f}";

#[test]
fn an_attack_in_every_text_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    for (name, length) in [("once", 0), ("long", 65536)] {
        for first in ["", "=1+1", "-1", "@SUM(1)"] {
            let mut text = format!("{first}{HOSTILE}");
            while text.len() < length {
                text.push_str(HOSTILE);
            }
            let capture = folder.path().join(format!("{name}.pcap"));
            fs::write(&capture, pcap::hostile(&text, HOSTILE)).unwrap();
            all_formats(capture.to_str().unwrap(), folder.path(), &[]);
            harmless(folder.path());
            beside_another(&capture, folder.path());
            if length > 0 {
                break;
            }
        }
    }
    // For tests/browser, which opens it.
    let kept = PathBuf::from(ROOT).join("target/hostile");
    fs::create_dir_all(&kept).unwrap();
    for (report, kept_as) in [("r", "hostile"), ("c", "hostile-compare")] {
        let report = folder.path().join(format!("{report}.html"));
        fs::copy(report, kept.join(format!("{kept_as}.html"))).unwrap();
    }
}

/// `compare`: the attack left and right.
fn beside_another(capture: &Path, folder: &Path) {
    let hostile = format!("{}#0", capture.display());
    let other = "samples/mariadb-native-accepted.pcap#0";
    for captures in [[&*hostile, other], [other, &*hostile]] {
        let mut command = Command::cargo_bin("unscramble").unwrap();
        command.current_dir(ROOT).arg("compare").args(captures);
        for ending in ["txt", "json", "md", "html"] {
            command.arg("-o").arg(folder.join(format!("c.{ending}")));
        }
        let output = command.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{error}");
        let read = |ending: &str| fs::read_to_string(folder.join(format!("c.{ending}"))).unwrap();
        assert!(read("json").contains("<script>"));
        for ending in ["txt", "json", "md", "html"] {
            let shown = read(ending);
            let acts = |c: char| unscramble::report::text::must_escape(c) && c != '\n';
            assert!(!shown.chars().any(acts), "{ending}");
            assert!(ending == "json" || shown.len() < 200_000, "{ending}");
        }
        harmless_page(&read("html"));
        harmless_markdown(&read("md"));
    }
}

fn harmless_page(page: &str) {
    for tag in ["<script", "<img", "<svg onload", "<style"] {
        let ours = usize::from(matches!(tag, "<script" | "<style"));
        assert_eq!(page.matches(tag).count(), ours, "{tag}");
    }
}

fn harmless_markdown(markdown: &str) {
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_MATH) {
        let acts = matches!(
            event,
            Event::Html(_)
                | Event::InlineHtml(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
        );
        assert!(!acts, "{event:?}");
    }
}

fn harmless(folder: &Path) {
    let report = object(folder, "json");
    let login = &report["captures"][0]["logins"][0];
    for field in ["user", "database", "server_version"] {
        let whole = || {
            report["captures"]
                .to_string()
                .chars()
                .take(3000)
                .collect::<String>()
        };
        assert!(login[field].is_string(), "{field}: {}", whole());
    }
    assert!(
        login["user"].as_str().unwrap().contains("<script>"),
        "{login}"
    );
    assert!(
        login["server_version"]
            .as_str()
            .unwrap()
            .contains("<script>")
    );
    assert!(login["database"].as_str().unwrap().contains("<script>"));
    assert!(
        login["outcome"]["message"]
            .as_str()
            .unwrap()
            .contains("<script>")
    );
    assert_eq!(login["attributes"].as_object().unwrap().len(), 4);
    for ending in ENDINGS {
        let shown = text(folder, ending);
        // Rows of CSV end in CR LF; nothing else that acts is in any format.
        let acts = |c: char| {
            unscramble::report::text::must_escape(c) && c != '\n' && !(ending == "csv" && c == '\r')
        };
        assert!(!shown.chars().any(acts), "{ending}");
        assert!(
            ending.contains("json") || shown.len() < 200_000,
            "{ending}: {}",
            shown.len()
        );
    }
    let mut rows = csv::Reader::from_path(folder.join("r.csv")).unwrap();
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    for cell in &rows[0] {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell}"
        );
    }
    harmless_page(&text(folder, "html"));
    harmless_markdown(&text(folder, "md"));
    let sarif = object(folder, "sarif");
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        assert!(!result["message"]["text"].as_str().unwrap().contains("]("));
    }
    assert_eq!(lines(folder)[0]["user"], login["user"]);
}
