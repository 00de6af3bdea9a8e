//! The recorded exchanges under `tests/tls/`; how they are made stands in `record.py` there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::capture::PacketRef;
use crate::tls::{KeyLog, Keys, Session};

/// One recorded connection.
#[derive(Clone, Default)]
pub struct Exchange {
    pub keylog: String,
    /// Whether the client's, and the bytes.
    pub chunks: Vec<(bool, Vec<u8>)>,
    pub client_said: Vec<u8>,
    pub server_said: Vec<u8>,
}

/// What a session made of an exchange.
pub struct Outcome {
    pub session: Session,
    pub client: Vec<u8>,
    pub server: Vec<u8>,
    /// The packets of the plaintext, in order.
    pub packets: Vec<u64>,
}

pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls")
}

pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap())
        .collect()
}

/// All connections of one file.
pub fn read(name: &str) -> Vec<Exchange> {
    let text = std::fs::read_to_string(directory().join(format!("{name}.txt"))).unwrap();
    text.split("---\n").map(parse).collect()
}

/// All files, by their names.
pub fn all() -> Vec<(String, Vec<Exchange>)> {
    let mut names: Vec<String> = std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
        .filter(|name| name != "early")
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| (name.clone(), read(&name)))
        .collect()
}

fn parse(text: &str) -> Exchange {
    let mut exchange = Exchange::default();
    for line in text.lines() {
        let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
        match what {
            "k" => exchange.keylog.extend([rest, "\n"]),
            "c" | "s" => exchange.chunks.push((what == "c", hex(rest))),
            "C" => exchange.client_said = hex(rest),
            "S" => exchange.server_said = hex(rest),
            _ => {}
        }
    }
    exchange
}

pub const fn packet(number: u64) -> PacketRef {
    PacketRef { number, time: None }
}

impl Exchange {
    pub fn keys(&self) -> Arc<Keys> {
        let log = KeyLog::parse(self.keylog.as_bytes());
        assert_eq!(log.garbage(), 0);
        Arc::new(Keys::from_parts(vec![Arc::new(log)], Vec::new()))
    }

    /// Each chunk a packet, counted from 1.
    pub fn run(&self, keys: &Arc<Keys>) -> Outcome {
        let chunks = self.chunks.iter().zip(1..);
        run(
            keys,
            chunks.map(|((client, bytes), number)| (*client, bytes.as_slice(), number)),
        )
    }
}

pub fn run<'a>(keys: &Arc<Keys>, chunks: impl Iterator<Item = (bool, &'a [u8], u64)>) -> Outcome {
    let mut session = Session::new(Arc::clone(keys));
    let (mut client, mut server, mut packets) = (Vec::new(), Vec::new(), Vec::new());
    for (from_client, bytes, number) in chunks {
        session.data(from_client, bytes, packet(number));
        for plain in session.take_plain() {
            let said = if plain.from_client {
                &mut client
            } else {
                &mut server
            };
            said.extend_from_slice(&plain.bytes);
            packets.push(plain.at.number);
        }
    }
    Outcome {
        session,
        client,
        server,
        packets,
    }
}
