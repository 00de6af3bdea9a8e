//! The command line from outside: exit codes, messages, files.
// The helpers of a test fail as its asserts do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

/// The header of a classic pcap file, little endian, Ethernet, and no packet.
const EMPTY_CAPTURE: [u8; 24] = [
    0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0,
];

const SALT: &str = "50013806443c5442477f28202d19185b2c3d490a00";
const WITH_NUL: &str = "2e6404fe23cfc68cfac2a01d8608199819298fe2023400e43c81065f76b7170c";
const WITHOUT_NUL: &str = "7d925f88e29026cd45eec0caa37e63487697df8c1d9552f57d17dfd6b4ec7253";

/// What a run came to.
struct Run {
    code: i32,
    out: String,
    err: String,
}

fn command(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("unscramble").unwrap();
    command
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env("COLUMNS", "100");
    command
}

fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    finish(command(folder).args(arguments))
}

fn finish(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().expect("no signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(arguments: &[&str]) -> Run {
    run_in(&std::env::temp_dir(), arguments)
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn verify(response: &str, more: &[&str]) -> Run {
    let mut command = command(&std::env::temp_dir());
    command
        .env("SECRET", "secret")
        .args(["verify", "--plugin", "caching_sha2_password"]);
    command.args([
        "--salt",
        SALT,
        "--response",
        response,
        "--password-env",
        "SECRET",
    ]);
    finish(command.args(more))
}

#[test]
fn help_of_every_command() {
    let mut text = String::new();
    for arguments in [
        &["-h"][..],
        &["--help"],
        &["scan", "-h"],
        &["scan", "--help"],
        &["verify", "-h"],
        &["explain", "-h"],
    ] {
        let run = run(arguments);
        assert_eq!(run.code, 0);
        let typed = arguments.join(" ");
        text = format!("{text}$ unscramble {typed}\n{}\n", run.out);
    }
    insta::assert_snapshot!("help", text);
}

#[test]
fn without_arguments_there_is_help_and_an_error() {
    for arguments in [&[][..], &["scan"], &["verify"]] {
        let run = run(arguments);
        assert_eq!(run.code, 2);
        assert!(run.err.contains("Usage:"), "{}", run.err);
    }
    let run = run(&["scan", "--no-such-option"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("--no-such-option"));
}

#[test]
fn what_is_no_capture_is_an_error_when_named_and_skipped_in_a_folder() {
    let folder = folder(&[
        ("notes.txt", b"Dear Sir or Madam,\nplease find attached\n"),
        ("empty", b""),
        ("good.pcap", &EMPTY_CAPTURE),
    ]);
    let named = run_in(
        folder.path(),
        &["scan", "notes.txt", "empty", "missing", "good.pcap"],
    );
    assert_eq!(named.code, 2);
    for name in ["notes.txt", "empty", "missing"] {
        assert!(
            named.err.contains(&format!("error: {name}: ")),
            "{}",
            named.err
        );
    }
    assert!(
        named
            .out
            .contains("4 captures (3 not readable), no MySQL login"),
        "{}",
        named.out
    );

    let found = run_in(folder.path(), &["scan", ".", "-f", "json"]);
    assert_eq!((found.code, found.err.as_str()), (0, ""));
    let report: serde_json::Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!(report["summary"]["skipped"], 2);
    assert_eq!(report["captures"].as_array().unwrap().len(), 1);
    assert_eq!(report["captures"][0]["path"], "./good.pcap");
    assert_eq!(report["captures"][0]["status"], "complete");
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_told_and_the_rest_goes_on() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder(&[("good.pcap", &EMPTY_CAPTURE)]);
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let run = run_in(folder.path(), &["scan", "."]);
    // The superuser reads it all the same.
    if fs::read_dir(&closed).is_err() {
        assert_eq!(run.code, 2);
        assert!(run.err.contains("closed: permission denied"), "{}", run.err);
    } else {
        assert_eq!(run.code, 0);
    }
    assert!(run.out.contains("good.pcap"), "{}", run.out);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn require_login_is_a_finding_of_its_own() {
    let folder = folder(&[("good.pcap", &EMPTY_CAPTURE)]);
    assert_eq!(run_in(folder.path(), &["scan", "good.pcap"]).code, 0);
    let run = run_in(folder.path(), &["scan", "good.pcap", "--require-login"]);
    assert_eq!(run.code, 1);
}

#[test]
fn standard_input_is_a_capture_too() {
    let run = finish(
        command(&std::env::temp_dir())
            .args(["scan", "-"])
            .write_stdin(EMPTY_CAPTURE),
    );
    assert_eq!(run.code, 0);
    assert!(run.out.starts_with("-: pcap, 0 packets"), "{}", run.out);
    let run = finish(
        command(&std::env::temp_dir())
            .args(["scan", "-"])
            .write_stdin("text"),
    );
    assert_eq!(run.code, 2);
    assert!(run.err.contains("standard input"), "{}", run.err);
}

#[test]
fn passwords_come_from_files_and_variables_and_errors_say_where() {
    let folder = folder(&[("a.pcap", &EMPTY_CAPTURE), ("zero", b""), ("blank", b"\n")]);
    for (arguments, code, message) in [
        (
            &["--password-file", "missing"][..],
            2,
            "cannot read the password file missing: ",
        ),
        (
            &["--password-file", "zero"],
            2,
            "the password file zero is empty",
        ),
        (&["--password-file", "."], 2, "it is a folder"),
        (&["--password-file", "-"], 2, "is not a file"),
        (&["--password-file", "blank"], 0, ""),
        (
            &["--password-env", "NO_SUCH_VARIABLE"],
            2,
            "no environment variable",
        ),
        (
            &["--password-env", "NAME=secret"],
            2,
            "takes the name of a variable",
        ),
    ] {
        let run = run_in(folder.path(), &[&["scan", "a.pcap"], arguments].concat());
        assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(message), "{}", run.err);
        assert_eq!(run.err.contains("hint: "), code == 2, "{}", run.err);
    }
}

#[test]
fn a_password_typed_as_a_value_is_refused_and_not_repeated() {
    for arguments in [
        &["scan", "a.pcap", "-phunter2"][..],
        &["scan", "a.pcap", "--password=hunter2"],
        &["scan", "a.pcap", "--password-env", "hunter2"],
        &["scan", "a.pcap", "--password-env", "X=hunter2"],
    ] {
        let run = run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(
            !run.err.contains("hunter2") && !run.out.contains("hunter2"),
            "{}",
            run.err
        );
        assert!(run.err.contains("hint: "), "{}", run.err);
    }
}

#[test]
fn report_files_take_their_format_from_their_ending() {
    let folder = folder(&[("a.pcap", &EMPTY_CAPTURE)]);
    let written = run_in(
        folder.path(),
        &["scan", "a.pcap", "-o", "r.json", "-o", "r.txt"],
    );
    assert_eq!(written.code, 0);
    assert_eq!(written.out, "1 capture, no MySQL login\n");
    let json = fs::read_to_string(folder.path().join("r.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["schema_version"], "1");
    let text = fs::read_to_string(folder.path().join("r.txt")).unwrap();
    assert!(text.ends_with("1 capture, no MySQL login\n"), "{text}");

    let both = run_in(
        folder.path(),
        &["scan", "a.pcap", "-o", "r.txt", "-f", "json"],
    );
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&both.out).unwrap(),
        report
    );
}

#[test]
fn a_report_file_that_cannot_be_written_leaves_nothing() {
    let folder = folder(&[("a.pcap", &EMPTY_CAPTURE)]);
    for (output, message) in [
        ("report.doc", "names no format"),
        ("report", "names no format"),
        ("no/such/folder/r.json", "cannot write"),
    ] {
        let run = run_in(
            folder.path(),
            &["scan", "a.pcap", "-o", "ok.json", "-o", output],
        );
        assert_eq!(run.code, 2);
        assert!(
            run.err.contains(message) && run.err.contains("hint: "),
            "{}",
            run.err
        );
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn quiet_is_one_line() {
    let folder = folder(&[("a.pcap", &EMPTY_CAPTURE)]);
    let run = run_in(folder.path(), &["scan", "a.pcap", "-q"]);
    assert_eq!(run.out, "1 capture, no MySQL login\n");
}

#[test]
fn colour_only_when_wanted() {
    let always = |arguments: &[&str]| run(arguments).out.contains('\u{1b}');
    assert!(!always(&["explain"]));
    assert!(always(&["explain", "--color", "always"]));
    assert!(!always(&["explain", "--color", "never"]));
}

#[test]
fn verify_tells_both_forms_of_the_salt_apart() {
    for (response, form) in [(WITH_NUL, "with_nul"), (WITHOUT_NUL, "without_nul")] {
        let run = verify(response, &["--format", "json", "--fail-on", "never"]);
        assert_eq!(run.code, 0, "{}", run.err);
        let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(report["verdict"]["kind"], "match");
        assert_eq!(report["verdict"]["salt_form"], form);
        assert_eq!(report["verdict"]["password"], "env SECRET");
        assert_eq!(report["response"]["hex"], serde_json::Value::Null);
        assert!(verify(response, &["--fail-on", "never"]).out.contains(form));
    }
}

#[test]
fn verify_checks_the_beginning_of_a_response_that_was_cut() {
    let run = verify(&WITH_NUL[..32], &["--fail-on", "never"]);
    assert!(
        run.out.contains("16 bytes; 16 more were cut off"),
        "{}",
        run.out
    );
    assert!(run.out.contains("first 16 bytes match"), "{}", run.out);
}

#[test]
fn verify_shows_bytes_only_with_a_warning() {
    let run = verify(WITH_NUL, &["--reveal", "--fail-on", "never"]);
    assert!(
        run.out.contains(WITH_NUL) && run.out.contains("guesses"),
        "{}",
        run.out
    );
    let run = verify(
        WITH_NUL,
        &["--reveal", "--format", "json", "--fail-on", "never"],
    );
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["response"]["hex"], WITH_NUL);
    assert!(report["warnings"][0].as_str().unwrap().contains("guesses"));
}

#[test]
fn verify_says_what_is_wrong_with_its_input() {
    let base = [
        "verify",
        "--plugin",
        "caching_sha2_password",
        "--salt",
        SALT,
        "--response",
        WITH_NUL,
    ];
    let with = |at: usize, value: &'static str| {
        let mut arguments = base.to_vec();
        arguments[at] = value;
        arguments.extend(["--password-env", "PATH"]);
        run(&arguments)
    };
    for (run, message) in [
        (with(6, "abc"), "--response has 3 hex digits, an odd number"),
        (with(4, "abc"), "--salt has 3 hex digits, an odd number"),
        (with(6, "zz"), "--response: character 1 is no hex digit"),
        (with(4, "0011223344556677"), "--salt has 8 bytes"),
        (
            with(2, "caching_sha2"),
            "did you mean caching_sha2_password?",
        ),
        (run(&base), "no password to check the response against"),
    ] {
        assert_eq!(run.code, 2);
        assert!(run.err.contains(message), "{}", run.err);
        assert!(
            run.err.contains("error: ") && run.err.contains("hint: "),
            "{}",
            run.err
        );
    }
}

#[test]
fn explain_lists_and_explains() {
    let list = run(&["explain"]);
    assert_eq!(list.code, 0);
    for code in unscramble::findings::Code::all() {
        let listed = |line: &str| line.split_whitespace().next() == Some(code.as_str());
        assert!(list.out.lines().any(listed), "{code} in {}", list.out);
        let page = run(&["explain", code.as_str()]);
        assert_eq!(page.code, 0, "{code}");
        for heading in ["What it means", "How it is proved", "How to fix it"] {
            assert!(page.out.contains(heading), "{}", page.out);
        }
    }
    let unknown = run(&["explain", "salt-trailing-null"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.err.contains("did you mean salt-trailing-nul?"),
        "{}",
        unknown.err
    );
    assert_eq!(
        run(&["explain", "\u{1b}[31m"])
            .err
            .matches('\u{1b}')
            .count(),
        0
    );
}

#[test]
fn completions_and_the_manual() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let run = run(&["completions", shell]);
        assert_eq!(run.code, 0);
        assert!(run.out.contains("password-file"), "{shell}");
    }
    let manual = run(&["man"]);
    assert!(manual.out.contains(".TH") && manual.out.contains("UNSCRAMBLE SCAN"));
}

/// Runs `scan -` on a pipe that stays open and silent.
#[cfg(unix)]
mod live {
    use std::io::{Read as _, Write as _};
    use std::process::{Child, Command, Stdio};
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use super::EMPTY_CAPTURE;

    fn start(arguments: &[&str]) -> Child {
        Command::new(assert_cmd::cargo::cargo_bin("unscramble"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn signal(child: &Child, name: &str) {
        let sent = Command::new("kill")
            .args([name, &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    #[test]
    fn an_interrupt_prints_the_report_while_the_pipe_is_silent() {
        for name in ["-INT", "-TERM"] {
            let mut child = start(&["scan", "-"]);
            let mut pipe = child.stdin.take().unwrap();
            pipe.write_all(&EMPTY_CAPTURE).unwrap();
            pipe.flush().unwrap();
            sleep(Duration::from_millis(500));
            signal(&child, name);
            let begin = Instant::now();
            let mut out = String::new();
            child
                .stdout
                .take()
                .unwrap()
                .read_to_string(&mut out)
                .unwrap();
            assert_eq!(child.wait().unwrap().code(), Some(130));
            assert!(begin.elapsed() < Duration::from_secs(10));
            assert!(out.contains("1 capture, no MySQL login"), "{out}");
            assert!(out.contains("interrupted"), "{out}");
            drop(pipe);
        }
    }

    #[test]
    fn what_the_writer_still_holds_at_the_interrupt_is_read() {
        let mut child = start(&["scan", "-"]);
        let mut pipe = child.stdin.take().unwrap();
        sleep(Duration::from_millis(500));
        signal(&child, "-INT");
        sleep(Duration::from_millis(100));
        // As tcpdump does: it writes what it holds and closes the pipe.
        pipe.write_all(&EMPTY_CAPTURE).unwrap();
        drop(pipe);
        let mut out = String::new();
        child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut out)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130));
        assert!(out.contains("-: pcap, 0 packets"), "{out}");
    }

    #[test]
    fn a_closed_pipe_is_a_success() {
        let mut child = start(&["explain"]);
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        assert_eq!(err, "");
    }
}
