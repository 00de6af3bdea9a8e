//! Key logs: every line counts once, and what a log gives back opens the same sessions.

use unscramble::tls::KeyLog;

pub fn run(data: &[u8]) {
    let log = KeyLog::parse(data);
    let lines = data.split(|byte| *byte == b'\n' || *byte == b'\r').count();
    assert!(log.sessions() <= lines, "sessions out of nothing");
    assert!(log.garbage() <= lines as u64);
    // Line by line, and with other line endings.
    let mut added = KeyLog::default();
    for line in data.split_inclusive(|byte| *byte == b'\n' || *byte == b'\r') {
        added.add(line);
    }
    assert_eq!(added.sessions(), log.sessions());
    assert_eq!(added.garbage(), log.garbage());
    let crlf = data
        .split(|byte| *byte == b'\n')
        .collect::<Vec<_>>()
        .join(&b"\r\n"[..]);
    assert_eq!(KeyLog::parse(&crlf).sessions(), log.sessions());
    for line in data.split(|byte| *byte == b'\n' || *byte == b'\r') {
        let Some(random) = random(line) else {
            continue;
        };
        let lines = log.lines_of(&random);
        if !lines.is_empty() {
            let again = KeyLog::parse(lines.as_bytes());
            assert_eq!((again.sessions(), again.garbage()), (1, 0));
            assert_eq!(*again.lines_of(&random), *lines);
        }
    }
}

/// The second word of a line, if it is a client random.
fn random(line: &[u8]) -> Option<[u8; 32]> {
    let word = line.split(u8::is_ascii_whitespace).nth(1)?;
    let text = std::str::from_utf8(word).ok()?;
    unscramble::auth::hex::parse(text).ok()?.try_into().ok()
}
