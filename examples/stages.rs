//! scratch
use std::time::Instant;
use unscramble::analyze::{AnalyzeSettings, analyze};
use unscramble::auth::{Candidate, Candidates, Secret};
use unscramble::capture::CaptureReader;
use unscramble::net::{self, Decoded};
use unscramble::tcp::*;
struct Nul;
impl Handler for Nul {
    type Rest = ();
    fn event(&mut self, _: StreamEvent<'_>) {}
    fn opened_by(&mut self, _: Direction) {}
    fn interest(&self) -> Interest {
        Interest::Nothing
    }
}
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let open = || std::fs::File::open(&path).unwrap();
    let t = Instant::now();
    let mut r = CaptureReader::open(open()).unwrap();
    let mut n = 0u64;
    while let Ok(Some(p)) = r.next_packet() {
        n += p.data.len() as u64;
    }
    println!("read   {:?} {n}", t.elapsed());
    let t = Instant::now();
    let mut r = CaptureReader::open(open()).unwrap();
    let mut n = 0u64;
    while let Ok(Some(p)) = r.next_packet() {
        if let Decoded::Tcp(s) = net::decode(&p) {
            n += u64::from(s.seq.0);
        }
    }
    println!("decode {:?} {n}", t.elapsed());
    let t = Instant::now();
    let mut r = CaptureReader::open(open()).unwrap();
    let mut table = Table::default();
    while let Ok(Some(p)) = r.next_packet() {
        if let Decoded::Tcp(s) = net::decode(&p) {
            table.push(&s, |_| Nul);
        }
    }
    println!("table  {:?} {}", t.elapsed(), table.conversations());
    let candidates = (0..100)
        .map(|i| {
            let u = format!("service-{i:02}");
            Candidate::new(
                u.clone(),
                Some(u.clone().into_bytes()),
                Secret::password(format!("Violet-Harbor-{u}")),
            )
        })
        .collect();
    let settings = AnalyzeSettings {
        candidates: Candidates::new(candidates),
        ..AnalyzeSettings::default()
    };
    let t = Instant::now();
    let report = analyze(&path, open(), &settings);
    println!("analyze {:?} {}", t.elapsed(), report.logins.len());
}
