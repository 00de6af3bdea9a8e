//! `compare` on the samples: what the recorded clients and servers were known to do
//! (`samples/NAME.md`) is the cause that must stand on top, and nothing else may weigh as one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::Write as _;

use assert_cmd::Command;
use serde_json::Value;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
const PROXY: &str = "Violet-Harbor-42";
const MARIADB: &str = "Amber-Quarry-88";
const MYSQL: &str = "Copper-Lantern-17";

struct Run {
    code: i32,
    out: String,
    err: String,
}

/// Runs `compare` in the folder of the samples.
fn run(arguments: &[&str], passwords: &[&str]) -> Run {
    let mut command = Command::cargo_bin("unscramble").unwrap();
    command.current_dir(SAMPLES).arg("compare").args(arguments);
    command.env("SOURCE_DATE_EPOCH", "1700000000");
    for (at, password) in passwords.iter().enumerate() {
        let name = format!("CANDIDATE_{at}");
        command.env(&name, password).args(["--password-env", &name]);
    }
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        code: output.status.code().expect("no signal"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// The JSON report, and the exit code.
fn json(captures: &[&str], passwords: &[&str]) -> (Value, i32) {
    let run = run(&[captures, &["--format", "json"]].concat(), passwords);
    let report =
        serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{captures:?}: {}", run.err));
    (report, run.code)
}

/// What must be the one cause: conclusion, step, field, the packets of both.
type Expected<'e> = (&'e str, &'e str, &'e str, (u64, u64));

#[track_caller]
fn one_cause(captures: [&str; 2], password: &str, expected: Expected<'_>) -> Value {
    let (report, code) = json(&captures, &[password]);
    let (conclusion, step, field, (left, right)) = expected;
    assert_eq!(code, 1, "{captures:?}");
    assert_eq!(report["conclusion"]["code"], conclusion, "{captures:?}");
    let differences = report["differences"].as_array().unwrap();
    let causes: Vec<&Value> = differences
        .iter()
        .filter(|d| d["weight"] == "cause")
        .collect();
    assert_eq!(causes.len(), 1, "{causes:#?}");
    assert_eq!(
        (causes[0]["step"].as_str(), causes[0]["field"].as_str()),
        (Some(step), Some(field))
    );
    for difference in differences {
        let weight = difference["weight"].as_str().unwrap();
        assert!(
            ["cause", "possible", "expected"].contains(&weight),
            "{difference}"
        );
        assert!(
            !difference["reason"].as_str().unwrap().is_empty(),
            "{difference}"
        );
        assert_ne!(difference["left"], difference["right"], "{difference}");
    }
    let divergence = &report["first_divergence"];
    assert_eq!(divergence["step"], step);
    assert_eq!(
        (
            divergence["left_packet"].as_u64(),
            divergence["right_packet"].as_u64()
        ),
        (Some(left), Some(right))
    );
    report
}

#[test]
fn pymysql_1_1_1_beside_three_clients_that_do_it_right() {
    for works in [
        "pymysql-1.1.2-rds-proxy",
        "mysql2-rds-proxy",
        "mariadb-cli-rds-proxy",
    ] {
        let captures = [&*format!("{works}.pcap"), "pymysql-1.1.1-rds-proxy.pcap"];
        let expected = ("salt-trailing-nul", "response", "salt_form", (9, 9));
        let report = one_cause(captures, PROXY, expected);
        assert_eq!(
            report["first_divergence"]["sentence"],
            "Same until packet 8/8 (auth switch). The right client hashed the salt's trailing NUL."
        );
        let differences = report["differences"].as_array().unwrap();
        let cause = differences.iter().find(|d| d["weight"] == "cause").unwrap();
        assert_eq!(
            (cause["left"].as_str(), cause["right"].as_str()),
            (Some("without_nul"), Some("with_nul"))
        );
        let reason = cause["reason"].as_str().unwrap();
        assert!(
            reason.contains("left hashed 20 bytes of salt, right hashed 21"),
            "{reason}"
        );
        // The other way round it is the left client's.
        let turned = [captures[1], captures[0]];
        let report = one_cause(turned, PROXY, expected);
        let sentence = report["first_divergence"]["sentence"].as_str().unwrap();
        assert!(
            sentence.ends_with("The left client hashed the salt's trailing NUL."),
            "{sentence}"
        );
    }
}

#[test]
fn the_same_inside_tls_with_key_logs() {
    for version in ["1.2", "1.3"] {
        let name = |client: &str, end: &str| format!("pymysql-{client}-tls-{version}.{end}");
        let (works, fails) = (name("current", "pcap"), name("1.1.1", "pcap"));
        let logs = [name("current", "keylog"), name("1.1.1", "keylog")];
        let captures = [&*works, &*fails];
        let keys = ["--keylog", &logs[0], "--keylog", &logs[1]];
        let (report, code) = json(&[&captures[..], &keys].concat(), &["Linden-Harbour-58"]);
        assert_eq!(
            (code, report["conclusion"]["code"].as_str()),
            (1, Some("salt-trailing-nul"))
        );
        assert_eq!(report["first_divergence"]["step"], "response");
        let differences = report["differences"].as_array().unwrap();
        assert_eq!(
            differences
                .iter()
                .filter(|d| d["weight"] == "cause")
                .count(),
            1
        );
        // Without keys it is not guessed: what shows is compared.
        let (report, code) = json(&captures, &["Linden-Harbour-58"]);
        assert_eq!((code, &report["conclusion"]["code"]), (1, &Value::Null));
        let differences = report["differences"].as_array().unwrap();
        assert!(
            differences
                .iter()
                .any(|d| d["field"] == "tls_shape" && d["weight"] == "possible")
        );
        let sentence = report["conclusion"]["sentence"].as_str().unwrap();
        assert!(sentence.contains("a key log"), "{sentence}");
    }
}

#[test]
fn tls_that_failed_beside_tls_that_did_not() {
    let captures = [
        "pymysql-current-tls-1.3.pcap",
        "tls-1.3-certificate-refused.pcap",
    ];
    let keys = ["--keylog", "pymysql-current-tls-1.3.keylog"];
    let (report, code) = json(&[&captures[..], &keys].concat(), &["Linden-Harbour-58"]);
    assert_eq!(
        (code, report["conclusion"]["code"].as_str()),
        (1, Some("tls-failed"))
    );
    assert_eq!(report["first_divergence"]["step"], "ssl_request");
}

#[test]
fn the_other_causes() {
    let table: [([&str; 2], &str, Expected<'_>); 12] = [
        (
            [
                "mariadb-native-accepted.pcap",
                "mariadb-native-refused.pcap",
            ],
            MARIADB,
            ("wrong-password", "login", "password", (6, 6)),
        ),
        // The candidate is the one that the refused client used.
        (
            [
                "mariadb-native-accepted.pcap",
                "mariadb-native-refused.pcap",
            ],
            "Cobalt-Meadow-31",
            ("candidate-is-wrong", "login", "password", (6, 6)),
        ),
        (
            [
                "mysql-9-caching-sha2-fast.pcap#1",
                "npm-mysql-unsupported-plugin.pcap",
            ],
            MYSQL,
            ("plugin-unsupported", "login", "plugin_support", (26, 6)),
        ),
        (
            [
                "mysql-9-caching-sha2-rsa.pcap",
                "mysql-9-public-key-refused.pcap",
            ],
            MYSQL,
            (
                "full-auth-refused",
                "key_request",
                "full_authentication",
                (9, 9),
            ),
        ),
        (
            [
                "mysql-9-caching-sha2-fast.pcap#0",
                "mysql-9-public-key-refused.pcap",
            ],
            MYSQL,
            (
                "full-auth-refused",
                "more_data",
                "full_authentication",
                (8, 8),
            ),
        ),
        (
            ["mysql-9-caching-sha2-fast.pcap#0", "host-not-allowed.pcap"],
            MYSQL,
            ("server-refused-early", "greeting", "error", (4, 4)),
        ),
        (
            [
                "mariadb-native-accepted.pcap",
                "right-password-rejected.pcap",
            ],
            MARIADB,
            ("right-password-rejected", "result", "account", (8, 8)),
        ),
        (
            ["mariadb-native-accepted.pcap", "database-denied.pcap"],
            MARIADB,
            ("refused-after-authentication", "login", "database", (6, 6)),
        ),
        (
            [
                "mysql-9-caching-sha2-fast.pcap#0",
                "native-not-loaded.pcap#0",
            ],
            MYSQL,
            ("plugin-unsupported", "result", "error", (9, 8)),
        ),
        // The client left at full authentication, which it would not have met with the right password.
        (
            [
                "wrong-password-gives-up.pcap#0",
                "wrong-password-gives-up.pcap#1",
            ],
            MYSQL,
            ("wrong-password", "login", "password", (6, 26)),
        ),
        (
            ["host-mask.pcap#0", "host-mask.pcap#1"],
            MYSQL,
            ("right-password-rejected", "result", "account", (9, 32)),
        ),
        (
            [
                "mysql-9-caching-sha2-rsa.pcap",
                "full-auth-wrong-form.pcap#0",
            ],
            "Lantern-Quarry-36",
            (
                "full-auth-wrong-form",
                "response",
                "full_authentication",
                (11, 9),
            ),
        ),
    ];
    for (captures, password, expected) in table {
        one_cause(captures, password, expected);
    }
}

#[test]
fn tls_demanded_and_not_offered() {
    let key = |name: &str| format!("{name}.keylog");
    for (name, code) in [
        ("server-demands-tls", "refused-after-authentication"),
        ("account-demands-tls", "right-password-rejected"),
    ] {
        let (left, right) = (format!("{name}.pcap#0"), format!("{name}.pcap#1"));
        let arguments = [&*left, &*right, "--keylog", &key(name)];
        let (report, exit) = json(&arguments, &[MYSQL]);
        assert_eq!((exit, &report["conclusion"]["code"]), (1, &code.into()));
        let divergence = &report["first_divergence"];
        assert_eq!(
            (
                &divergence["step"],
                &divergence["left_packet"],
                &divergence["right_packet"]
            ),
            (&"ssl_request".into(), &6.into(), &35.into())
        );
        assert_eq!(causes(&report), [("ssl_request", "transport")]);
    }
    // 3159 needs no other end beside it; of 1045 nobody knows without one.
    let named = ["server-demands-tls.pcap#0", "server-demands-tls.pcap#1"];
    let (report, _) = json(&named, &[]);
    assert_eq!(causes(&report), [("ssl_request", "transport")]);
    let sentence = report["conclusion"]["sentence"].as_str().unwrap();
    assert!(
        sentence
            .ends_with("How the left login ended is not shown: inside TLS that was not decrypted."),
        "{sentence}"
    );
    let named = ["account-demands-tls.pcap#0", "account-demands-tls.pcap#1"];
    let (report, _) = json(&named, &[MYSQL]);
    assert_eq!(causes(&report), []);
}

/// Step and field of what weighs `cause`.
fn causes(report: &Value) -> Vec<(&str, &str)> {
    let differences = report["differences"].as_array().unwrap().iter();
    let causes = differences.filter(|d| d["weight"] == "cause");
    causes
        .map(|d| (d["step"].as_str().unwrap(), d["field"].as_str().unwrap()))
        .collect()
}

#[test]
fn a_host_mask_is_told_by_the_two_addresses() {
    let captures = ["host-mask.pcap"];
    let (report, _) = json(&captures, &[MYSQL]);
    let differences = report["differences"].as_array().unwrap();
    let address = differences.iter().find(|d| d["field"] == "client_address");
    let address = address.unwrap();
    assert_eq!(
        (&address["weight"], &address["left"], &address["right"]),
        (&"possible".into(), &"127.0.0.2".into(), &"127.0.0.1".into())
    );
}

#[test]
fn two_candidates_of_one_account_are_two_passwords() {
    let captures = [
        "mariadb-native-accepted.pcap",
        "mariadb-native-refused.pcap",
    ];
    let (report, _) = json(&captures, &[MARIADB, "Cobalt-Meadow-31"]);
    assert_eq!(causes(&report), [("login", "password")]);
    let differences = report["differences"].as_array().unwrap();
    let cause = differences.iter().find(|d| d["weight"] == "cause").unwrap();
    assert_eq!(
        (cause["left"].as_str(), cause["right"].as_str()),
        (Some("env CANDIDATE_0"), Some("env CANDIDATE_1"))
    );
    // The passwords of two servers' accounts are no candidates of one account.
    let captures = [
        "mysql-9-caching-sha2-fast.pcap#0",
        "right-password-rejected.pcap",
    ];
    let (report, _) = json(&captures, &[MYSQL, MARIADB]);
    let reason = report["conclusion"]["sentence"].as_str().unwrap();
    assert!(
        reason.contains("the right response is correct for env CANDIDATE_1, the left one for env CANDIDATE_0; the servers are two"),
        "{reason}"
    );
}

#[test]
fn a_login_and_a_change_of_user_stand_on_one_line() {
    let captures = [
        "change-user-refused.pcap#0.0",
        "change-user-refused.pcap#0.1",
    ];
    let (report, _) = json(&captures, &["Lagoon-Spire-15"]);
    let steps = report["steps"].as_array().unwrap();
    let line = steps.iter().find(|step| step["step"] == "login").unwrap();
    assert_eq!(
        (&line["left"]["packet"], &line["right"]["packet"]),
        (&6.into(), &13.into())
    );
}

#[test]
fn standard_input_and_compressed_captures() {
    let read = |name: &str| fs::read(format!("{SAMPLES}/{name}.pcap")).unwrap();
    let compare = |arguments: &[&str], input: &[u8]| {
        let mut command = Command::cargo_bin("unscramble").unwrap();
        command.current_dir(SAMPLES).arg("compare").args(arguments);
        command.args(["--format", "json", "--password-env", "PW"]);
        let output = command
            .env("PW", MYSQL)
            .write_stdin(input)
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let report: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{error}"));
        (report, output.status.code())
    };
    for arguments in [
        &["-"][..],
        &["-#0", "-#1"],
        &["-#0.0", "wrong-password-gives-up.pcap#1"],
    ] {
        let (report, code) = compare(arguments, &read("wrong-password-gives-up"));
        assert_eq!(
            (code, causes(&report)),
            (Some(1), vec![("login", "password")])
        );
        assert_eq!(report["captures"]["left"], "-");
    }
    let folder = tempfile::tempdir().unwrap();
    let packed = folder.path().join("a.pcap.gz");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&read("mysql-9-caching-sha2-fast")).unwrap();
    fs::write(&packed, gzip.finish().unwrap()).unwrap();
    let left = format!("{}#0", packed.display());
    let (report, _) = compare(&[&left, "wrong-password-gives-up.pcap#1"], b"");
    assert_eq!(report["conclusion"]["code"], "wrong-password");
}

#[test]
fn what_a_capture_lacks_is_said() {
    // The first 700 bytes end behind the greeting.
    let folder = tempfile::tempdir().unwrap();
    let cut = folder.path().join("cut.pcap");
    let whole = fs::read(format!("{SAMPLES}/mariadb-native-accepted.pcap")).unwrap();
    fs::write(&cut, &whole[..600]).unwrap();
    let captures = [cut.to_str().unwrap(), "mariadb-native-refused.pcap"];
    let (report, code) = json(&captures, &[MARIADB]);
    assert_eq!((code, causes(&report)), (1, Vec::new()));
    let sentence = report["conclusion"]["sentence"].as_str().unwrap();
    for said in [
        "The capture does not show how the left login ended.",
        "Of the left one: The capture does not hold all of this login:",
        "What would decide: ",
    ] {
        assert!(sentence.contains(said), "{sentence}");
    }
}

#[test]
fn names_are_pseudonyms_in_every_format() {
    let captures = ["host-mask.pcap#0", "host-mask.pcap#1"];
    for format in ["table", "json", "markdown", "html"] {
        let asked = ["--format", format, "--anonymize"];
        let run = run(&[&captures[..], &asked].concat(), &[MYSQL]);
        assert_eq!(run.code, 1, "{}", run.err);
        for name in ["127.0.0.", "host-mask", "'app'", "user app"] {
            assert!(!run.out.contains(name), "{format}: {name}");
        }
        assert!(run.out.contains("pseudonyms"), "{format}");
    }
    let wrong = run(
        &["native-not-loaded.pcap", "interleaved.pcap", "--anonymize"],
        &[],
    );
    assert!(
        wrong.code == 2 && !wrong.err.contains("legacy") && !wrong.err.contains("127.0.0."),
        "{}",
        wrong.err
    );
}

#[test]
fn what_needs_no_password_is_found_without_one() {
    for (captures, code) in [
        (
            [
                "mysql-9-caching-sha2-fast.pcap#1",
                "npm-mysql-unsupported-plugin.pcap",
            ],
            "plugin-unsupported",
        ),
        (
            [
                "mysql-9-caching-sha2-rsa.pcap",
                "mysql-9-public-key-refused.pcap",
            ],
            "full-auth-refused",
        ),
        (
            ["mysql-9-caching-sha2-fast.pcap#0", "host-not-allowed.pcap"],
            "server-refused-early",
        ),
    ] {
        assert_eq!(json(&captures, &[]).0["conclusion"]["code"], code);
    }
}

#[test]
fn a_fault_that_both_have_and_one_server_forgives() {
    let captures = [
        "pymysql-1.1.1-mysql-9-full-auth.pcap#1",
        "pymysql-1.1.1-rds-proxy.pcap",
    ];
    let (report, code) = json(&captures, &[PROXY, MYSQL]);
    assert_eq!(
        (code, report["conclusion"]["code"].as_str()),
        (1, Some("salt-trailing-nul"))
    );
    assert_eq!(report["first_divergence"]["step"], "more_data");
    let sentence = report["conclusion"]["sentence"].as_str().unwrap();
    assert!(
        sentence.contains("both responses have the same fault"),
        "{sentence}"
    );
}

#[test]
fn two_equal_logins_have_no_cause() {
    // One capture, two right clients.
    let (report, code) = json(&["mysql-9-caching-sha2-fast.pcap"], &[MYSQL]);
    assert_eq!(code, 0);
    assert_eq!(
        (&report["first_divergence"], &report["conclusion"]["code"]),
        (&Value::Null, &Value::Null)
    );
    assert!(
        report["differences"]
            .as_array()
            .unwrap()
            .iter()
            .all(|d| d["weight"] != "cause")
    );
    // A login beside itself has no difference at all.
    let same = "mariadb-native-accepted.pcap#0";
    let (report, code) = json(&[same, same], &[MARIADB]);
    assert_eq!(
        (code, report["differences"].as_array().unwrap().len()),
        (0, 0)
    );
}

#[test]
fn nothing_is_guessed_and_what_would_decide_is_said() {
    for (captures, passwords, decides) in [
        (
            [
                "mariadb-native-accepted.pcap",
                "mariadb-native-refused.pcap",
            ],
            &[][..],
            "the password: give it",
        ),
        (
            [
                "mariadb-native-accepted.pcap",
                "mariadb-native-refused.pcap",
            ],
            &["other"],
            "not the password in use",
        ),
        (
            ["interleaved.pcap#1", "tls-not-decrypted.pcap"],
            &["Indigo-Kettle-63"],
            "a key log",
        ),
    ] {
        let (report, code) = json(&captures, passwords);
        assert_eq!(
            (code, &report["conclusion"]["code"]),
            (1, &Value::Null),
            "{captures:?}"
        );
        assert_eq!(report["first_divergence"], Value::Null);
        let sentence = report["conclusion"]["sentence"].as_str().unwrap();
        assert!(
            sentence.contains("What would decide: ") && sentence.contains(decides),
            "{sentence}"
        );
    }
}

#[test]
fn of_one_capture_the_login_that_works_stands_left() {
    let (report, code) = json(&["interleaved.pcap"], &["Indigo-Kettle-63"]);
    assert_eq!(code, 1);
    let streams = (
        report["left"]["stream"].as_u64(),
        report["right"]["stream"].as_u64(),
    );
    assert_eq!(streams, (Some(1), Some(0)));
    assert_eq!(report["conclusion"]["code"], "salt-trailing-nul");
    assert_eq!(report["captures"]["left"], "interleaved.pcap");
    // One named, the other one found.
    let (report, _) = json(
        &["interleaved.pcap#0", "interleaved.pcap"],
        &["Indigo-Kettle-63"],
    );
    let streams = (
        report["left"]["stream"].as_u64(),
        report["right"]["stream"].as_u64(),
    );
    assert_eq!(streams, (Some(0), Some(1)));
    // An attempt of a connection.
    let (report, _) = json(
        &[
            "change-user-refused.pcap#0.0",
            "change-user-refused.pcap#0.1",
        ],
        &[],
    );
    assert_eq!(
        (&report["left"]["attempt"], &report["right"]["attempt"]),
        (&0.into(), &1.into())
    );
}

#[test]
fn a_choice_that_is_not_clear_lists_what_there_is() {
    let captures = ["native-not-loaded.pcap", "mysql-9-caching-sha2-fast.pcap"];
    let unclear = run(&captures, &[]);
    assert_eq!((unclear.code, unclear.out.as_str()), (2, ""));
    for said in [
        "native-not-loaded.pcap#0: ",
        "native-not-loaded.pcap#1: ",
        "mysql-9-caching-sha2-fast.pcap#1: ",
        "user legacy, rejected, 1524",
        "error: which two logins are meant is not clear",
        "hint: name each login as CAPTURE#STREAM or CAPTURE#STREAM.ATTEMPT",
    ] {
        assert!(unclear.err.contains(said), "{said} in {}", unclear.err);
    }
    // A user name that is the password is masked there too.
    let masked = run(&captures, &["legacy"]);
    assert!(!masked.err.contains("legacy"), "{}", masked.err);
}

#[test]
fn what_is_not_there_is_an_error() {
    for (captures, message) in [
        (
            &["interleaved.pcap#7", "interleaved.pcap#0"][..],
            "interleaved.pcap has no login in stream 7",
        ),
        (
            &["interleaved.pcap#0.2", "interleaved.pcap#1"],
            "has no login in stream 0, attempt 2",
        ),
        (
            &["interleaved.pcap#x", "interleaved.pcap#1"],
            "what stands behind # names no login",
        ),
        (
            &["mariadb-native-accepted.pcap"],
            "has one login only, and it takes two",
        ),
        (
            &["http-only.pcap", "interleaved.pcap#1"],
            "http-only.pcap: no MySQL login",
        ),
        (
            &["missing.pcap#0", "interleaved.pcap#1"],
            "missing.pcap: no such file",
        ),
        (&["."], ". is a folder"),
        (&["http-only.md", "interleaved.pcap#1"], "http-only.md: "),
    ] {
        let run = run(captures, &[]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{captures:?}");
        assert!(run.err.contains(message), "{message} in {}", run.err);
    }
}

#[test]
fn files_and_formats() {
    let folder = tempfile::tempdir().unwrap();
    let name = |end: &str| folder.path().join(end).to_str().unwrap().to_owned();
    let (text, object) = (name("c.txt"), name("c.json"));
    let (note, page) = (name("c.md"), name("c.html"));
    let captures = ["mariadb-cli-rds-proxy.pcap", "pymysql-1.1.1-rds-proxy.pcap"];
    let run = run(
        &[
            &captures[..],
            &["-o", &text, "-o", &note, "-o", &object, "-o", &page],
        ]
        .concat(),
        &[PROXY],
    );
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(
        run.out.starts_with("The right client hashed") && run.out.lines().count() == 1,
        "{}",
        run.out
    );
    for (path, begin) in [
        (&text, "Same until packet 8/8"),
        (&note, "# Same until packet 8/8"),
        (&page, "<!DOCTYPE html>"),
        (&object, "{\n"),
    ] {
        let written = fs::read_to_string(path).unwrap();
        assert!(written.starts_with(begin), "{written}");
        assert!(!written.contains(PROXY), "{written}");
    }
    let wrong = self::run(&["interleaved.pcap", "-o", "x.sarif"], &[]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("names no format of a comparison"),
        "{}",
        wrong.err
    );
}

#[test]
fn response_bytes_are_shown_only_when_asked_for() {
    // Of samples/pymysql-1.1.1-rds-proxy.md, packet 9.
    const RESPONSE: &str = "3b6b9ee4bfe944a37556a89c54d1ea78b8842894fc8d12b9eb58a7124ac0b768";
    let captures = ["mariadb-cli-rds-proxy.pcap", "pymysql-1.1.1-rds-proxy.pcap"];
    for format in ["table", "json", "markdown", "html"] {
        let asked = ["--format", format];
        let hidden = run(&[&captures[..], &asked].concat(), &[PROXY]);
        assert!(!hidden.out.contains(RESPONSE), "{format}");
        let shown = run(&[&captures[..], &asked, &["--reveal"]].concat(), &[PROXY]);
        assert!(
            shown.out.contains(RESPONSE)
                && shown.out.contains("lets anyone test") | shown.out.contains("let anyone test"),
            "{}",
            shown.out
        );
    }
}

#[test]
fn for_people() {
    let captures = ["mariadb-cli-rds-proxy.pcap", "pymysql-1.1.1-rds-proxy.pcap"];
    insta::assert_snapshot!("compare_table", run(&captures, &[PROXY]).out);
    let page = run(
        &[&captures[..], &["--format", "markdown"]].concat(),
        &[PROXY],
    )
    .out;
    insta::assert_snapshot!("compare_markdown", page);
    let verbose = run(&[&captures[..], &["-v"]].concat(), &[PROXY]).out;
    assert!(
        verbose.contains("a new salt for each connection"),
        "{verbose}"
    );
}
