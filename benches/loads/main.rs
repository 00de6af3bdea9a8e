//! Writes the captures that `benches/compare` measures on: `loads KIND COUNT FILE`.
//!
//! Owns the choice of the load and the order of its packets. Beside the capture stand what reads it:
//! `FILE.toml` with a password for each user and, for TLS, `FILE.keylog`. The same arguments give
//! the same bytes. Run by `cargo run --release --example loads -- storm 300000 storm.pcap`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    reason = "a tool of the benchmarks, which never sees foreign bytes"
)]

mod attacks;
mod kinds;
mod mysql;
mod random;
mod tcp;
mod tls;
mod write;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::process::ExitCode;

use kinds::{Kind, Load};
use random::Random;
use write::Capture;

const USAGE: &str = "usage: loads KIND COUNT FILE
  storm     COUNT logins, each asks one thing and leaves; a half has a wrong password in
  mismatch  this one; the names end in .pcapng for pcapng
  tls       the same inside TLS 1.3, with FILE.keylog
  bulk      COUNT MB of result sets in full-sized segments
  idle      COUNT logins that stay and say nothing more
  open      COUNT connections that open and say nothing
  halfopen  COUNT lone SYNs
  disorder  COUNT connections whose every segment waits behind a hole
  many      COUNT files of a few logins each, in the folder FILE
  syndata   COUNT lone SYNs with data
  conflicts COUNT logins whose request is there twice, with different bytes
  switches  one login that is switched COUNT times
  greetings one server that greets COUNT times
  announced COUNT connections with a packet of 16 MiB announced and never sent
  fragments COUNT first fragments of packets that never become whole";

fn main() -> ExitCode {
    let typed: Vec<String> = std::env::args().skip(1).collect();
    let [kind, count, path] = typed.as_slice() else {
        return usage();
    };
    let (Some(kind), Ok(count)) = (kind_of(kind), count.parse::<u64>()) else {
        return usage();
    };
    if typed[0] == "many" {
        fs::create_dir_all(path).unwrap();
        for number in 0..count {
            one(Kind::Storm, 5, &format!("{path}/{number:05}.pcap"), number);
        }
        fs::write(format!("{path}.toml"), credentials()).unwrap();
    } else {
        one(kind, count, path, 0);
        fs::write(format!("{path}.toml"), credentials()).unwrap();
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

fn one(kind: Kind, count: u64, path: &str, seed: u64) {
    let out = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    let mut capture = Capture::new(out, path.ends_with(".pcapng"));
    let mut keylog = (kind == Kind::Tls)
        .then(|| BufWriter::new(File::create(format!("{path}.keylog")).unwrap()));
    let mut load = Load::new(kind, count, Random::new(seed));
    while let Some(packet) = load.next_packet() {
        capture.packet(&packet);
        if let Some(keylog) = &mut keylog {
            keylog.write_all(load.take_secrets().as_bytes()).unwrap();
        }
    }
    capture.finish();
}

fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "storm" | "many" => Kind::Storm,
        "mismatch" => Kind::Mismatch,
        "tls" => Kind::Tls,
        "bulk" => Kind::Bulk,
        "idle" => Kind::Idle,
        "open" => Kind::Open,
        "halfopen" => Kind::HalfOpen,
        "disorder" => Kind::Disorder,
        "syndata" => Kind::SynData,
        "conflicts" => Kind::Conflicts,
        "switches" => Kind::Switches,
        "greetings" => Kind::Greetings,
        "announced" => Kind::Announced,
        "fragments" => Kind::Fragments,
        _ => return None,
    })
}

/// A password for each user, as `--credentials` takes them.
fn credentials() -> String {
    let account = |number| {
        let user = mysql::user(number);
        format!(
            "[[account]]\nuser = \"{user}\"\npassword = \"{}\"\n",
            mysql::password(&user)
        )
    };
    (0..mysql::USERS).map(account).collect()
}
