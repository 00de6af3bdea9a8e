//! Key logs: what clients and servers write with `SSLKEYLOGFILE`, and pcapng files carry inside.
//!
//! ```text
//! <label> <client random, 64 hex digits> <secret in hex>
//! RSA <first 8 bytes of the encrypted premaster secret, 16 hex digits> <premaster secret, 96 hex digits>
//! # comment
//! ```
//!
//! Source: RFC 9850; the label `RSA` is of older NSS. Lines that are none of this are passed over
//! and counted; a file still being written may end inside a line.

mod hex;
mod label;

use std::collections::HashMap;
use std::io::{self, Read};

use zeroize::Zeroizing;

use self::hex::{fixed, secret_of};
use self::label::UNUSED;
use super::secret::Secret;
use crate::limits;

pub use self::label::Label;

/// The label of master secrets, up to TLS 1.2.
const MASTER: &str = "CLIENT_RANDOM";

/// The longest line: a label, 32 and 48 bytes in hex, two blanks and the end.
const LINE: usize = 31 + 64 + 96 + 3;

/// Bytes of a key log read at once.
const BUFFER: usize = 64 << 10;

/// The secrets of one session.
#[derive(Default)]
pub(super) struct SessionSecrets {
    /// Up to TLS 1.2.
    pub master: Option<Box<Secret>>,
    /// TLS 1.3.
    traffic: Option<Box<[Option<Secret>; 4]>>,
}

impl SessionSecrets {
    pub fn traffic(&self, label: Label) -> Option<&Secret> {
        self.traffic.as_ref()?.get(label as usize)?.as_ref()
    }
}

/// The content of key logs. It has no `Debug`.
#[derive(Default)]
pub struct KeyLog {
    sessions: HashMap<[u8; 32], SessionSecrets>,
    /// Premaster secrets by the first bytes of what they look like encrypted.
    premasters: HashMap<[u8; 8], Secret>,
    garbage: u64,
    left_out: u64,
    unfinished: bool,
}

/// What a line turned out to be.
enum Line {
    Kept,
    NotWanted,
    Garbage,
    Full,
}

impl KeyLog {
    /// Reads a key log.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut log = Self::default();
        log.add(bytes);
        log
    }

    /// Reads a key log that need not be held: those of a busy server are longer than what they hold.
    ///
    /// # Errors
    ///
    /// When `source` cannot be read.
    pub fn read(mut source: impl Read) -> io::Result<Self> {
        let mut log = Self::default();
        let mut buffer = Zeroizing::new(vec![0; BUFFER]);
        let mut filled = 0_usize;
        loop {
            let read = match source.read(buffer.get_mut(filled..).unwrap_or_default()) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            filled = filled.saturating_add(read);
            let here = buffer.get(..filled).unwrap_or_default();
            if read == 0 {
                log.add(here);
                return Ok(log);
            }
            let whole = match memchr::memrchr2(b'\n', b'\r', here) {
                Some(end) => end.saturating_add(1),
                None if filled == BUFFER => {
                    // No line of a key log is that long.
                    log.garbage = log.garbage.saturating_add(1);
                    filled = 0;
                    continue;
                }
                None => continue,
            };
            log.add(here.get(..whole).unwrap_or_default());
            buffer.copy_within(whole..filled, 0);
            filled = filled.saturating_sub(whole);
        }
    }

    /// Reads one more into the same. Of two secrets for the same the later counts.
    pub fn add(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = memchr::memchr2(b'\n', b'\r', rest);
            let (line, behind) = match end {
                Some(end) => rest.split_at_checked(end).unwrap_or((rest, &[])),
                None => (rest, Default::default()),
            };
            rest = behind.get(1..).unwrap_or_default();
            match self.line(line.trim_ascii()) {
                Line::Kept | Line::NotWanted => {}
                Line::Full => self.left_out = self.left_out.saturating_add(1),
                Line::Garbage if end.is_none() => self.unfinished = true,
                Line::Garbage => self.garbage = self.garbage.saturating_add(1),
            }
        }
    }

    /// How many sessions it holds secrets of. OpenSSL writes two lines for a session whose key
    /// exchange is RSA, and nothing in them tells that they belong together.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.sessions.len().max(self.premasters.len())
    }

    /// How many lines were none of a key log.
    #[must_use]
    pub const fn garbage(&self) -> u64 {
        self.garbage
    }

    /// How many lines were left out at [`limits::TLS_KEYS`].
    #[must_use]
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Whether the last line was unfinished: the log may still be written.
    #[must_use]
    pub const fn is_unfinished(&self) -> bool {
        self.unfinished
    }

    /// The lines that open one session, as they would stand in a log of its own; empty if there are
    /// none.
    #[must_use]
    pub fn lines_of(&self, client_random: &[u8; 32]) -> Zeroizing<String> {
        let mut lines = Zeroizing::new(String::new());
        let Some(session) = self.session(client_random) else {
            return lines;
        };
        let mut line = |label: &str, secret: &Secret| {
            // Grown once, so that no half of it is left behind in memory.
            lines.reserve(LINE);
            lines.push_str(label);
            lines.push(' ');
            hex::push(&mut lines, client_random);
            lines.push(' ');
            hex::push(&mut lines, secret.bytes());
            lines.push('\n');
        };
        if let Some(master) = session.master.as_deref() {
            line(MASTER, master);
        }
        for label in Label::ALL {
            if let Some(secret) = session.traffic(label) {
                line(label.name(), secret);
            }
        }
        lines
    }

    pub(super) fn session(&self, client_random: &[u8; 32]) -> Option<&SessionSecrets> {
        self.sessions.get(client_random)
    }

    pub(super) fn has_premasters(&self) -> bool {
        !self.premasters.is_empty()
    }

    pub(super) fn premaster(&self, encrypted: &[u8]) -> Option<&Secret> {
        self.premasters.get(encrypted.first_chunk::<8>()?)
    }

    fn line(&mut self, line: &[u8]) -> Line {
        if line.is_empty() || line.starts_with(b"#") {
            return Line::NotWanted;
        }
        let mut rest = line;
        let [label, name, secret] = std::array::from_fn(|_| word(&mut rest));
        if secret.is_empty() || !rest.is_empty() {
            return Line::Garbage;
        }
        let Ok(label) = std::str::from_utf8(label) else {
            return Line::Garbage;
        };
        self.entry(label, name, secret).unwrap_or(Line::Garbage)
    }

    /// `None` if a part is not of its form.
    fn entry(&mut self, label: &str, name: &[u8], secret: &[u8]) -> Option<Line> {
        if label == "RSA" {
            let (name, secret) = (fixed(name)?, secret_of(secret, &[48])?);
            if self.premasters.len() >= limits::TLS_KEYS {
                return Some(Line::Full);
            }
            self.premasters.insert(name, secret);
            return Some(Line::Kept);
        }
        let random: [u8; 32] = fixed(name)?;
        let traffic = Label::ALL.into_iter().find(|known| known.name() == label);
        if traffic.is_none() && label != MASTER {
            let known = UNUSED.iter().any(|known| label.starts_with(known));
            return known.then_some(Line::NotWanted);
        }
        let lengths: &[usize] = if traffic.is_some() { &[32, 48] } else { &[48] };
        let secret = secret_of(secret, lengths)?;
        if self.sessions.len() >= limits::TLS_KEYS && !self.sessions.contains_key(&random) {
            return Some(Line::Full);
        }
        let session = self.sessions.entry(random).or_default();
        match traffic {
            None => session.master = Some(Box::new(secret)),
            Some(label) => {
                let traffic = session.traffic.get_or_insert_default();
                *traffic.get_mut(label as usize)? = Some(secret);
            }
        }
        Some(Line::Kept)
    }
}

/// Takes the next word of a line and the blanks behind it; empty if there is none.
fn word<'a>(line: &mut &'a [u8]) -> &'a [u8] {
    let end = memchr::memchr2(b' ', b'\t', line).unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end).unwrap_or((line, &[]));
    *line = rest.trim_ascii_start();
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RANDOM: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    fn random() -> [u8; 32] {
        fixed(RANDOM.as_bytes()).unwrap()
    }

    fn line(label: &str, length: usize) -> String {
        format!("{label} {RANDOM} {}\n", "Ab".repeat(length))
    }

    #[test]
    fn the_lines_of_one_session_read_back() {
        let text = [
            line("CLIENT_RANDOM", 48),
            line("SERVER_TRAFFIC_SECRET_0", 32),
            line("CLIENT_TRAFFIC_SECRET_0", 48),
            line("EXPORTER_SECRET", 32),
        ];
        let log = KeyLog::parse(text.concat().as_bytes());
        let lines = log.lines_of(&random());
        assert!(lines.len() <= 3 * LINE);
        let mut found: Vec<_> = lines.split_inclusive('\n').collect();
        found.sort_unstable();
        let mut wanted: Vec<_> = text[..3]
            .iter()
            .map(|line| line.replace("Ab", "ab"))
            .collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
        assert!(log.lines_of(&[1; 32]).is_empty());
    }

    #[test]
    fn both_generations() {
        let text = [
            "# comment\r\n\r\n".to_owned(),
            line("CLIENT_RANDOM", 48),
            line("SERVER_TRAFFIC_SECRET_0", 32),
            line("CLIENT_HANDSHAKE_TRAFFIC_SECRET", 48),
            line("EXPORTER_SECRET", 32),
            line("CLIENT_EARLY_TRAFFIC_SECRET", 32),
        ];
        let log = KeyLog::parse(text.concat().as_bytes());
        assert_eq!(
            (log.sessions(), log.garbage(), log.is_unfinished()),
            (1, 0, false)
        );
        let session = log.session(&random()).unwrap();
        assert_eq!(session.master.as_ref().unwrap().bytes(), [0xab; 48]);
        let traffic = |label| session.traffic(label).map(|secret| secret.bytes().len());
        assert_eq!(traffic(Label::ServerTraffic), Some(32));
        assert_eq!(traffic(Label::ClientHandshake), Some(48));
        assert_eq!(traffic(Label::ClientTraffic), None);
        assert!(log.session(&[0; 32]).is_none());
    }

    #[test]
    fn premaster() {
        let text = format!("RSA 0102030405060708 {}", "cd".repeat(48));
        let log = KeyLog::parse(text.as_bytes());
        assert_eq!(log.sessions(), 1);
        let found = log.premaster(&[1, 2, 3, 4, 5, 6, 7, 8, 9]).unwrap();
        assert_eq!(found.bytes(), [0xcd; 48]);
        assert!(log.premaster(&[1, 2, 3]).is_none());
    }

    #[test]
    fn garbage_is_counted() {
        let lines = [
            "CLIENT_RANDOM 00 00\n".to_owned(),
            line("CLIENT_RANDOM", 47),
            line("SOMETHING", 48),
            "\u{0}\u{fffd}\n".to_owned(),
            line("CLIENT_RANDOM", 48).replace('A', "G"),
            line("CLIENT_RANDOM", 48).replace('\n', " more\n"),
        ];
        let log = KeyLog::parse(lines.concat().as_bytes());
        assert_eq!((log.sessions(), log.garbage()), (0, lines.len() as u64));
    }

    #[test]
    fn still_being_written() {
        let text = line("CLIENT_RANDOM", 48);
        let whole = KeyLog::parse(text.trim_end().as_bytes());
        assert_eq!((whole.sessions(), whole.is_unfinished()), (1, false));
        let cut = KeyLog::parse(&text.as_bytes()[..100]);
        assert_eq!(
            (cut.sessions(), cut.garbage(), cut.is_unfinished()),
            (0, 0, true)
        );
    }

    #[test]
    fn the_later_counts() {
        let mut log = KeyLog::parse(line("CLIENT_RANDOM", 48).as_bytes());
        log.add(line("CLIENT_RANDOM", 48).replace("Ab", "12").as_bytes());
        let session = log.session(&random()).unwrap();
        assert_eq!(session.master.as_ref().unwrap().bytes(), [0x12; 48]);
    }

    #[test]
    fn is_compact() {
        // Beside these, a key of the map is 32 bytes, and the map at most half empty.
        let entry = size_of::<SessionSecrets>() + size_of::<[Option<Secret>; 4]>();
        assert!(entry + 32 + size_of::<SessionSecrets>() + 32 < 400);
    }

    /// Gives a few bytes at a time.
    struct Pieces<'b>(&'b [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(into.len());
            self.0.read(&mut into[..most])
        }
    }

    #[test]
    fn a_line_longer_than_any_is_passed_over() {
        let text = ["x".repeat(BUFFER * 2), "\n".to_owned(), line(MASTER, 48)].concat();
        let log = KeyLog::read(text.as_bytes()).unwrap();
        assert_eq!(log.sessions(), 1);
        assert!(log.garbage() > 0);
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _ = KeyLog::parse(&bytes);
        }

        #[test]
        fn in_pieces_as_at_once(kinds in prop::collection::vec(0..5_usize, 0..12), piece in 1..300_usize, cut in 0..40_usize) {
            let lines = [line(MASTER, 48), line("SERVER_TRAFFIC_SECRET_0", 32), "# x\r\n".into(), "nonsense\r".into(), line("RSA", 3)];
            let mut text: String = kinds.iter().map(|kind| lines[*kind].as_str()).collect();
            text.truncate(text.len().saturating_sub(cut));
            let told = |log: &KeyLog| (log.sessions(), log.garbage(), log.is_unfinished(), log.lines_of(&random()).to_string());
            let pieces = KeyLog::read(Pieces(text.as_bytes(), piece)).unwrap();
            prop_assert_eq!(told(&pieces), told(&KeyLog::parse(text.as_bytes())));
        }
    }
}
