//! Captures in an object store give what the same files give on disk, over connections that break.
//!
//! The store is moto's server (`pip install 'moto[server]'`), found as `UNSCRAMBLE_MOTO` or on the path.
#![cfg(feature = "cloud")]
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
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use runs::SAMPLES;

/// An object store of this test.
struct Store {
    server: Child,
    port: u16,
}

impl Store {
    fn new() -> Self {
        // Below the ports that the system gives to whoever asks for any.
        static STORES: AtomicU16 = AtomicU16::new(0);
        let of_process = u16::try_from(std::process::id() % 1000).unwrap();
        let port = 20_000 + of_process * 10 + STORES.fetch_add(1, Ordering::Relaxed);
        let program = std::env::var("UNSCRAMBLE_MOTO").unwrap_or_else(|_| "moto_server".into());
        let mut command = Command::new(&program);
        let command = command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let server = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let server =
            server.unwrap_or_else(|error| panic!("{program}: {error}; pip install 'moto[server]'"));
        let store = Self { server, port };
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                begin.elapsed() < Duration::from_mins(1),
                "moto does not answer"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
        store.put("/captures", b"");
        store
    }

    fn put(&self, path: &str, body: &[u8]) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// What stands between the program and the store.
#[derive(Clone, Copy)]
enum Between {
    /// Two of three connections are cut after so many bytes of answers.
    Cut(usize),
    /// The first connections are answered like this.
    Answers(&'static str, usize),
}

/// Its port, and how often it struck.
fn between(store: &Store, how: Between) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, behind) = (listener.local_addr().unwrap().port(), store.port);
    let struck = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&struck);
    std::thread::spawn(move || {
        for (number, client) in listener.incoming().enumerate() {
            let (mut client, count) = (client.unwrap(), Arc::clone(&count));
            let mut limit = usize::MAX;
            match how {
                Between::Cut(bytes) if number % 3 != 0 => limit = bytes,
                Between::Answers(status, times) if number < times => {
                    count.fetch_add(1, Ordering::Relaxed);
                    let _ = client.read(&mut [0; 4096]);
                    let answer = format!(
                        "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    );
                    let _ = client.write_all(answer.as_bytes());
                    continue;
                }
                _ => {}
            }
            std::thread::spawn(move || {
                let mut server = TcpStream::connect(("127.0.0.1", behind)).unwrap();
                let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut from, &mut to));
                let mut buffer = [0; 1024];
                while let Ok(read @ 1..) = server.read(&mut buffer) {
                    let given = read.min(limit);
                    limit -= given;
                    if client.write_all(&buffer[..given]).is_err() || limit == 0 {
                        count.fetch_add(usize::from(limit == 0), Ordering::Relaxed);
                        break;
                    }
                }
                let _ = (
                    client.shutdown(Shutdown::Both),
                    server.shutdown(Shutdown::Both),
                );
            });
        }
    });
    (port, struck)
}

fn run(folder: &Path, port: u16, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("unscramble"));
    let done = command
        .current_dir(folder)
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
        .env("AWS_ACCESS_KEY_ID", "AKIDexample")
        .env("AWS_SECRET_ACCESS_KEY", "never-to-be-shown")
        .env("AWS_REGION", "us-east-1")
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .env("PW", "Violet-Harbor-42")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, said) = (text(done.stdout), text(done.stderr));
    assert!(!out.contains("never-to-be-shown") && !said.contains("never-to-be-shown"));
    (done.status.code().unwrap(), out, said)
}

/// Samples on disk and in the store: as they are, in gzip and in zstd.
fn filled(store: &Store) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (at, name) in [
        "interleaved",
        "mysql-router-users",
        "pymysql-1.1.1-rds-proxy",
        "change-user-zlib",
    ]
    .iter()
    .enumerate()
    {
        let bytes = fs::read(format!("{SAMPLES}/{name}.pcap")).unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(&bytes).unwrap();
        let zstd = ruzstd::encoding::compress_to_vec(
            &bytes[..],
            ruzstd::encoding::CompressionLevel::Fastest,
        );
        // Other names, so that they are of no rotation.
        for (ending, bytes) in [
            ("raw.pcap", bytes),
            ("gzip.pcap.gz", gzip.finish().unwrap()),
            ("zstd.pcap.zst", zstd),
        ] {
            let name = format!("host{at}/{name} {ending}");
            let path = folder.path().join("all").join(&name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &bytes).unwrap();
            store.put(
                &format!("/captures/all/{}", name.replace(' ', "%20")),
                &bytes,
            );
        }
    }
    folder
}

fn same(folder: &Path, port: u16) {
    let options = ["-f", "json", "--password-env", "PW"];
    let there = run(
        folder,
        port,
        &[&["scan", "s3://captures/all/"], &options[..]].concat(),
    );
    let here = run(folder, port, &[&["scan", "all/"], &options[..]].concat());
    assert_eq!(there.0, here.0, "{}", there.2);
    assert_eq!(there.1.replace("s3://captures/all/", "all/"), here.1);
    let report: Value = serde_json::from_str(&here.1).unwrap();
    assert_eq!(report["summary"]["captures"], 12);
}

#[test]
fn objects_give_what_files_give() {
    let store = Store::new();
    let folder = filled(&store);
    same(folder.path(), store.port);
    // One object, a bucket, globs.
    let count = |arguments: &[&str]| {
        let (_, out, said) = run(
            folder.path(),
            store.port,
            &[arguments, &["-f", "json"]].concat(),
        );
        let report: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{said}"));
        report["summary"]["captures"].as_u64().unwrap()
    };
    assert_eq!(
        count(&["scan", "s3://captures/all/host0/interleaved raw.pcap"]),
        1
    );
    assert_eq!(count(&["scan", "s3://captures"]), 12);
    assert_eq!(
        count(&[
            "scan",
            "s3://captures/all",
            "--include",
            "*.gz",
            "--exclude",
            "host0"
        ]),
        3
    );
    let web = format!(
        "http://127.0.0.1:{}/captures/all/host0/interleaved%20raw.pcap",
        store.port
    );
    assert_eq!(count(&["scan", &web]), 1);
    // extract reads it twice, and compare.
    let url = "s3://captures/all/host0/interleaved gzip.pcap.gz";
    let (code, _, said) = run(
        folder.path(),
        store.port,
        &["extract", url, "--stream", "0", "-o", "x.pcapng"],
    );
    assert_eq!(code, 0, "{said}");
    let (code, out, said) = run(
        folder.path(),
        store.port,
        &["compare", url, "--password-env", "PW"],
    );
    assert!(code < 2 && !out.is_empty(), "{said}");
}

#[test]
fn connections_that_are_cut_change_nothing() {
    let store = Store::new();
    let folder = filled(&store);
    let (port, cuts) = between(&store, Between::Cut(4_000));
    same(folder.path(), port);
    assert!(cuts.load(Ordering::Relaxed) > 3, "{cuts:?}");
}

#[test]
fn a_server_that_is_throttled_is_asked_again_and_one_that_refuses_is_not() {
    let store = Store::new();
    let folder = filled(&store);
    let (port, struck) = between(&store, Between::Answers("503 Slow Down", 2));
    same(folder.path(), port);
    assert_eq!(struck.load(Ordering::Relaxed), 2);
    for (status, told) in [
        ("403 Forbidden", "access was refused (403)"),
        ("404 Not Found", "no such object"),
    ] {
        let (port, _) = between(&store, Between::Answers(status, usize::MAX));
        let begin = Instant::now();
        let (code, _, said) = run(
            folder.path(),
            port,
            &["scan", "s3://captures/all/host0/interleaved raw.pcap"],
        );
        assert!(code == 2 && said.contains(told), "{said}");
        assert!(begin.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn tasks_read_and_write_objects() {
    let store = Store::new();
    let folder = filled(&store);
    let path = folder.path();
    let call = |arguments: &[&str]| run(path, store.port, arguments);
    let (code, _, said) = call(&[
        "plan",
        "s3://captures/all",
        "--task-size",
        "10K",
        "--password-env",
        "PW",
        "-o",
        "plan",
    ]);
    assert_eq!(code, 0, "{said}");
    let plan = fs::read_to_string(path.join("plan")).unwrap();
    let tasks = plan.lines().count() - 1;
    assert!(tasks > 2);
    store.put("/captures/plan.ndjson", plan.as_bytes());
    for task in 0..tasks {
        let number = task.to_string();
        let task = [
            "scan",
            "--plan",
            "s3://captures/plan.ndjson",
            "--task",
            &number,
            "-o",
            "s3://captures/out/",
        ];
        // At the same time, twice.
        let ends = std::thread::scope(|scope| {
            [scope.spawn(|| call(&task)), scope.spawn(|| call(&task))]
                .map(|end| end.join().unwrap())
        });
        for (code, _, said) in ends {
            assert_eq!(code, 0, "{said}");
        }
    }
    let merged = call(&[
        "merge",
        "s3://captures/out",
        "--plan",
        "s3://captures/plan.ndjson",
        "-o",
        "merged.html",
    ]);
    let whole = call(&[
        "scan",
        "--join",
        "s3://captures/all",
        "--password-env",
        "PW",
        "-o",
        "whole.html",
    ]);
    assert_eq!(merged, whole);
    assert!(
        fs::read(path.join("merged.html")).unwrap() == fs::read(path.join("whole.html")).unwrap()
    );
    let (_, out, _) = call(&[
        "plan",
        "s3://captures/all",
        "--task-size",
        "10K",
        "--password-env",
        "PW",
        "--done",
        "s3://captures/out",
        "-o",
        "left",
    ]);
    assert!(out.contains("0 tasks"), "{out}");
    // An object that is another one now is not read as the one that was planned.
    store.put("/captures/all/host0/interleaved%20raw.pcap", b"changed");
    let (code, ..) = call(&["scan", "--plan", "plan", "--task", "0", "-o", "again"]);
    assert_eq!(code, 0);
    let (code, out, _) = call(&["merge", "again", "--plan", "plan", "-f", "json"]);
    assert!(
        code == 2 && out.contains("the object has changed since it was found"),
        "{out}"
    );
}

#[test]
fn what_a_url_must_not_hold_is_refused() {
    let folder = TempDir::new().unwrap();
    for (url, told) in [
        (
            "https://user:secret@host/x.pcap",
            "must not hold a name or password",
        ),
        (
            "https://host/x.pcap?X-Amz-Signature=secret",
            "may hold a signature",
        ),
    ] {
        let (code, out, said) = run(folder.path(), 1, &["scan", url]);
        assert!(code == 2 && said.contains(told), "{said}");
        let shown = format!("{out}{said}");
        assert!(!shown.contains("secret"), "{shown}");
    }
}
