//! Every sample against its text: `samples/NAME.md` says which password was typed, what the
//! recorded client and server were known to do, and what must be found.
//!
//! The texts were written from the clients' known behaviour and from `tshark`'s raw bytes by
//! `samples/record/packets.py`, not from this program's output.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");

/// What one sample's text says.
struct Text {
    name: String,
    capture: PathBuf,
    password: Option<Vec<u8>>,
    user: Option<String>,
    /// The tables of logins: the options beside the password, and the rows.
    tables: Vec<(Vec<String>, Vec<Vec<String>>)>,
    /// Of the packets table: packet, stream, message.
    packets: Vec<(u64, u64, String)>,
}

fn read(path: &Path) -> Text {
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let capture = ["pcap", "pcapng"]
        .map(|end| path.with_extension(end))
        .into_iter()
        .find(|c| c.is_file());
    let field = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        line.unwrap_or_else(|| panic!("{name}.md has no line {key}"))
            .trim()
            .to_owned()
    };
    let (password, user) = (field("password:"), field("user:"));
    let mut tables: Vec<(Vec<String>, Vec<Vec<String>>)> = Vec::new();
    let mut packets = Vec::new();
    let mut options = Vec::new();
    let mut inside = "";
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("**With `") {
            let said = said.split('`').next().unwrap();
            options = said.split_whitespace().map(str::to_owned).collect();
        }
        let cells: Vec<_> = line
            .trim()
            .trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect();
        match (
            line.starts_with("| stream | attempt |"),
            line.starts_with("| packet |"),
            line.starts_with('|'),
        ) {
            (true, _, _) => {
                inside = "logins";
                tables.push((options.clone(), Vec::new()));
            }
            (_, true, _) => inside = "packets",
            (_, _, true) if line.starts_with("|---") => {}
            (_, _, true) if inside == "logins" => tables.last_mut().unwrap().1.push(cells),
            (_, _, true) if inside == "packets" => {
                let number = |cell: &str| cell.parse().unwrap_or(u64::MAX);
                packets.push((
                    number(&cells[0]),
                    number(&cells[1]),
                    cells.last().unwrap().clone(),
                ));
            }
            _ => inside = "",
        }
    }
    Text {
        capture: capture.unwrap_or_else(|| panic!("{name}.md has no capture beside it")),
        password: (password != "-").then(|| unescape(&password)),
        user: (user != "*").then_some(user),
        name,
        tables,
        packets,
    }
}

/// `\n`, `\\` and `\xNN`.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        (rest, bytes) = match (first, more.first()) {
            (b'\\', Some(b'n')) => (&more[1..], [bytes, vec![b'\n']].concat()),
            (b'\\', Some(b'\\')) => (&more[1..], [bytes, vec![b'\\']].concat()),
            (b'\\', Some(b'x')) => {
                let hex = std::str::from_utf8(&more[1..3]).unwrap();
                (
                    &more[3..],
                    [bytes, vec![u8::from_str_radix(hex, 16).unwrap()]].concat(),
                )
            }
            _ => (more, [bytes, vec![first]].concat()),
        };
    }
    bytes
}

fn scan(text: &Text, options: &[String]) -> Value {
    let mut command = Command::cargo_bin("unscramble").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
        .args(["scan", "--format", "json", "--reveal", "--fail-on", "never"])
        .arg(&text.capture);
    let file = tempfile::NamedTempFile::new().unwrap();
    if let Some(password) = &text.password {
        fs::write(file.path(), [password.as_slice(), b"\n"].concat()).unwrap();
        command.arg("--password-file").arg(file.path());
    }
    if let Some(user) = &text.user {
        command.args(["--user", user]);
    }
    let output = command.args(options).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{}: {errors}", text.name);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A login as a row of the text's table.
fn row(login: &Value) -> Vec<String> {
    let mut codes: BTreeSet<_> = login["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(text_of)
        .collect();
    // Whether the sizes of sealed records say something is a test of its own.
    codes.remove("tls-shape");
    let codes: Vec<_> = codes.into_iter().collect();
    let findings = if codes.is_empty() {
        "-".into()
    } else {
        codes.join(", ")
    };
    let verdict = &login["verdict"];
    // What the sizes of sealed records suggest is no outcome that was seen.
    let unknown = Value::from("unknown");
    [
        &login["stream"],
        &login["attempt"],
        &login["user"],
        &login["plugin"],
        if login["outcome"]["inferred"] == true {
            &unknown
        } else {
            &login["outcome"]["kind"]
        },
        &verdict["kind"],
        &verdict["salt_form"],
        &verdict["password_form"],
        &verdict["formula"],
    ]
    .into_iter()
    .map(text_of)
    .chain([findings])
    .collect()
}

fn sorted_codes(row: &[String]) -> Vec<String> {
    let mut row = row.to_vec();
    let last = row.last_mut().unwrap();
    let codes: BTreeSet<_> = last.split(',').map(str::trim).collect();
    *last = codes.into_iter().collect::<Vec<_>>().join(", ");
    row
}

fn texts() -> Vec<Text> {
    let mut paths: Vec<_> = fs::read_dir(SAMPLES)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| {
        path.extension().is_some_and(|end| end == "md") && path.file_stem().unwrap() != "README"
    });
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

#[test]
fn every_capture_has_a_text() {
    for entry in fs::read_dir(SAMPLES).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|end| end == "pcap" || end == "pcapng")
        {
            assert!(
                path.with_extension("md").is_file(),
                "{} has no text",
                path.display()
            );
        }
    }
}

#[test]
fn every_sample_gives_what_its_text_says() {
    let texts = texts();
    assert!(
        texts.len() >= 40,
        "samples are missing: only {} are there",
        texts.len()
    );
    let mut wrong = String::new();
    for text in &texts {
        for (options, rows) in &text.tables {
            let report = scan(text, options);
            let found: Vec<_> = report["captures"][0]["logins"]
                .as_array()
                .unwrap()
                .iter()
                .map(row)
                .collect();
            let wanted: Vec<_> = rows.iter().map(|row| sorted_codes(row)).collect();
            if found != wanted {
                use std::fmt::Write as _;
                let _ = writeln!(
                    wrong,
                    "{} {options:?}\n  says  {wanted:?}\n  found {found:?}",
                    text.name
                );
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// What may be said of a login that is right in every respect.
const OF_RIGHT_LOGINS: &str = "weak-plugin cleartext-on-plain-tcp unusual-salt \
    fast-auth-never-succeeds health-check tls-not-decrypted tls-shape login-incomplete";

#[test]
fn right_logins_are_left_alone() {
    let mut right = 0;
    for text in texts() {
        let report = scan(&text, &[]);
        for login in report["captures"][0]["logins"].as_array().unwrap() {
            let verdict = &login["verdict"];
            let plain = verdict["kind"] == "match"
                && verdict["password_form"] == "as_given"
                && verdict["formula"] == login["plugin"]
                && matches!(
                    text_of(&verdict["salt_form"]).as_str(),
                    "without_nul" | "raw" | "first_8" | "-"
                );
            if !plain || login["outcome"]["kind"] != "accepted" {
                continue;
            }
            right += 1;
            for finding in report["findings"].as_array().unwrap() {
                let of_login =
                    finding["stream"] == login["stream"] && finding["attempt"] == login["attempt"];
                let code = text_of(&finding["code"]);
                assert!(
                    !of_login
                        || (OF_RIGHT_LOGINS.split(' ').any(|may| may == code)
                            && finding["severity"] != "error"),
                    "{}: stream {}: {finding}",
                    text.name,
                    login["stream"]
                );
            }
        }
    }
    assert!(right >= 30, "only {right} right logins");
}

#[test]
fn what_record_sizes_suggest_is_what_the_keys_show() {
    let (mut sealed, mut told) = (0, 0);
    for text in texts() {
        let opened = text
            .tables
            .iter()
            .find(|(options, _)| options.iter().any(|option| option == "--keylog"));
        let Some((options, _)) = opened else { continue };
        let without = scan(&text, &[]);
        let with = scan(&text, options);
        let logins = |report: &Value| report["captures"][0]["logins"].as_array().unwrap().clone();
        // A login in the clear beside it is judged as any.
        let inside = |login: &Value| login["transport"]["kind"] == "tls";
        for login in logins(&without).into_iter().filter(inside) {
            sealed += 1;
            let same = |other: &&Value| {
                other["stream"] == login["stream"] && other["attempt"] == login["attempt"]
            };
            let all = logins(&with);
            let shown = all.iter().find(same).unwrap();
            if login["outcome"]["inferred"] == true {
                assert_eq!(
                    login["outcome"]["kind"], shown["outcome"]["kind"],
                    "{}: {login}",
                    text.name
                );
                told += 1;
            }
            let accused = login["findings"].as_array().unwrap().iter().map(text_of);
            let harmless = [
                "tls-not-decrypted",
                "tls-shape",
                "tls-failed",
                "login-incomplete",
            ];
            for code in accused {
                assert!(harmless.contains(&code.as_str()), "{}: {code}", text.name);
            }
        }
    }
    assert!(sealed >= 25, "only {sealed} sealed logins");
    assert!(told >= 10, "only {told} of {sealed} outcomes were inferred");
}

/// The last hex of those messages of a stream that have `word` in them.
fn last_hex<'t>(text: &'t Text, stream: u64, words: [&str; 2]) -> Option<&'t str> {
    let of_stream = text.packets.iter().filter(|(_, of, _)| *of == stream);
    let said = of_stream.filter(|(_, _, message)| words.iter().any(|word| message.contains(word)));
    let mut hex = said.filter_map(|(_, _, message)| message.rsplit([' ', ':']).next());
    hex.rfind(|hex| hex.len() >= 16 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[test]
fn salts_responses_and_packets_are_those_that_tshark_shows() {
    let mut compared = [0; 3];
    for text in texts() {
        let report = scan(&text, &[]);
        let logins = report["captures"][0]["logins"].as_array().unwrap();
        for login in logins {
            let stream = login["stream"].as_u64().unwrap();
            let of_stream = logins
                .iter()
                .filter(|other| other["stream"] == login["stream"])
                .count();
            let numbers: Vec<_> = text
                .packets
                .iter()
                .filter(|(_, of, _)| *of == stream)
                .map(|(n, _, _)| *n)
                .collect();
            for evidence in login["evidence"].as_array().unwrap() {
                let packet = evidence["packet"].as_u64().unwrap();
                assert!(
                    numbers.is_empty() || numbers.contains(&packet),
                    "{}: {evidence}",
                    text.name
                );
                compared[2] += 1;
            }
            if of_stream > 1 {
                continue;
            }
            if let (Some(hex), Some(salt)) = (
                last_hex(&text, stream, ["salt", "salt"]),
                login["salt"]["hex"].as_str(),
            ) {
                assert_eq!(salt, hex, "{}: salt", text.name);
                compared[0] += 1;
            }
            let plugin = text_of(&login["plugin"]);
            if !matches!(
                plugin.as_str(),
                "caching_sha2_password" | "mysql_native_password"
            ) {
                continue;
            }
            if let (Some(hex), Some(response)) = (
                last_hex(&text, stream, ["response,", "response "]),
                login["response"]["hex"].as_str(),
            ) && !response.is_empty()
            {
                assert_eq!(response, hex, "{}: response", text.name);
                compared[1] += 1;
            }
        }
    }
    assert!(
        compared.iter().all(|count| *count >= 30),
        "compared only {compared:?}"
    );
}
