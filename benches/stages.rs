//! What each stage of the pipeline costs on a storm, and the whole: `cargo bench`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a benchmark on bytes of its own making"
)]

#[path = "loads/attacks.rs"]
mod attacks;
#[expect(dead_code, reason = "not every load is timed here")]
#[path = "loads/kinds.rs"]
mod kinds;
#[path = "loads/mysql.rs"]
mod mysql;
#[path = "loads/random.rs"]
mod random;
#[path = "loads/tcp.rs"]
mod tcp;
#[path = "loads/tls.rs"]
mod tls;
#[path = "loads/write.rs"]
mod write;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use unscramble::analyze::{AnalyzeSettings, analyze, analyze_with};
use unscramble::auth::{Candidate, Candidates, Secret};
use unscramble::capture::CaptureReader;
use unscramble::net::{Decoded, Decoder};
use unscramble::report::ndjson::Lines;
use unscramble::report::{Builder, Redactor};
use unscramble::tcp::{Direction, Handler, Interest, StreamEvent, Table};
use unscramble::tls::KeyLog;

use kinds::{Kind, Load};
use random::Random;

const LOGINS: u64 = 2000;

fn capture(kind: Kind, count: u64, ng: bool) -> (Vec<u8>, String) {
    let mut bytes = Vec::new();
    let mut secrets = String::new();
    let mut load = Load::new(kind, count, Random::new(0));
    let mut capture = write::Capture::new(&mut bytes, ng);
    while let Some(packet) = load.next_packet() {
        capture.packet(&packet);
        secrets.push_str(&load.take_secrets());
    }
    capture.finish();
    (bytes, secrets)
}

fn settings(key_log: &str) -> AnalyzeSettings {
    let candidate = |number| {
        let user = mysql::user(number);
        let secret = Secret::password(mysql::password(&user));
        Candidate::new(user.clone(), Some(user.into_bytes()), secret)
    };
    AnalyzeSettings {
        candidates: Candidates::new((0..mysql::USERS).map(candidate).collect()),
        key_logs: vec![Arc::new(KeyLog::parse(key_log.as_bytes()))],
        ..AnalyzeSettings::default()
    }
}

struct Deaf;

impl Handler for Deaf {
    type Rest = ();

    fn event(&mut self, event: StreamEvent<'_>) {
        black_box(event);
    }

    fn opened_by(&mut self, _: Direction) {}

    fn interest(&self) -> Interest {
        Interest::Both
    }
}

fn stages(criterion: &mut Criterion) {
    let (storm, _) = capture(Kind::Storm, LOGINS, false);
    let mut group = criterion.benchmark_group("storm");
    group
        .throughput(Throughput::Elements(LOGINS))
        .sample_size(20);
    group.bench_function("read", |bencher| {
        bencher.iter(|| {
            let mut reader = CaptureReader::open(storm.as_slice()).unwrap();
            while let Some(packet) = reader.next_packet().unwrap() {
                black_box(packet);
            }
        });
    });
    group.bench_function("read, decode", |bencher| {
        bencher.iter(|| {
            let mut reader = CaptureReader::open(storm.as_slice()).unwrap();
            let mut decoder = Decoder::default();
            while let Some(packet) = reader.next_packet().unwrap() {
                let _ = black_box(decoder.decode(&packet));
            }
        });
    });
    group.bench_function("read, decode, reassemble", |bencher| {
        bencher.iter(|| {
            let mut reader = CaptureReader::open(storm.as_slice()).unwrap();
            let mut decoder = Decoder::default();
            let mut table = Table::default();
            while let Some(packet) = reader.next_packet().unwrap() {
                if let Decoded::Tcp(segment) = decoder.decode(&packet) {
                    table.push(&segment, |_| Deaf);
                    while table.next_over(|_| Deaf).is_some() {}
                }
            }
        });
    });
    let nothing = AnalyzeSettings::default();
    group.bench_function("analyse, no passwords", |bencher| {
        bencher.iter(|| analyze_with("", storm.as_slice(), &nothing, &[], &mut |_| false, false));
    });
    let with_passwords = settings("");
    group.bench_function("analyse", |bencher| {
        bencher.iter(|| {
            analyze_with(
                "",
                storm.as_slice(),
                &with_passwords,
                &[],
                &mut |_| false,
                false,
            )
        });
    });
    let passwords = (0..mysql::USERS).map(|number| mysql::password(&mysql::user(number)));
    let passwords: Vec<String> = passwords.collect();
    let redactor = Redactor::new(passwords.iter().map(String::as_bytes));
    let builder = Builder::new(&redactor);
    group.bench_function("analyse, lines", |bencher| {
        bencher.iter(|| {
            let mut lines = Lines::new(&builder, std::io::sink());
            analyze_with(
                "",
                storm.as_slice(),
                &with_passwords,
                &[],
                &mut |login| {
                    lines.login("", None, login).unwrap();
                    false
                },
                false,
            )
        });
    });
    group.bench_function("analyse, whole report", |bencher| {
        bencher.iter(|| analyze("", storm.as_slice(), &with_passwords));
    });
    group.finish();
}

fn loads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("loads");
    group.sample_size(10);
    for (name, kind, count, ng) in [
        ("storm as pcapng", Kind::Storm, LOGINS, true),
        ("half mismatching", Kind::Mismatch, LOGINS, false),
        ("TLS 1.3", Kind::Tls, LOGINS, false),
        ("idle", Kind::Idle, LOGINS, false),
        ("open", Kind::Open, LOGINS, false),
        ("lone SYNs", Kind::HalfOpen, LOGINS, false),
        ("disorder", Kind::Disorder, 50, false),
        ("bulk", Kind::Bulk, 60, false),
    ] {
        let (bytes, secrets) = capture(kind, count, ng);
        let settings = settings(&secrets);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |bencher| {
            bencher
                .iter(|| analyze_with("", bytes.as_slice(), &settings, &[], &mut |_| false, false));
        });
    }
    group.finish();
}

criterion_group!(benches, stages, loads);
criterion_main!(benches);
