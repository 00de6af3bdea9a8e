//! Names inside the text of a server's error, found and replaced.
//!
//! ```text
//! Access denied for user 'app'@'10.0.0.5' (using password: YES)
//!                         ^^^   ^^^^^^^^  quoted: replaced, by what stands before
//! User app has exceeded the 'max_user_connections' resource
//!      ^^^ a name of this run: replaced   ^^^^^^^^ a word of the server's own: stays
//! ```
//!
//! Replaced are: what stands in quotes, addresses, paths, and every word that is known as a name from
//! a login of this run. The server's own words stay.

use std::net::IpAddr;

use super::Named;
use crate::mysql::Plugin;
use crate::mysql::wire::access_denied::AccessDenied;

/// Where a name stands in the text, and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) place: std::ops::Range<usize>,
    pub(crate) kind: Named,
}

/// Words of the server's own sentences. A user of such a name cannot be told from the word.
const OWN_WORDS: [&[u8]; 24] = [
    b"Access",
    b"access",
    b"denied",
    b"for",
    b"user",
    b"User",
    b"to",
    b"database",
    b"Host",
    b"host",
    b"is",
    b"not",
    b"allowed",
    b"connect",
    b"this",
    b"MySQL",
    b"MariaDB",
    b"server",
    b"using",
    b"password",
    b"YES",
    b"NO",
    b"Plugin",
    b"plugin",
];

/// Every name in `text`, ascending. `known` says what a word is the name of, if a login had it.
pub(crate) fn names(text: &[u8], known: &dyn Fn(&[u8]) -> Option<Named>) -> Vec<Found> {
    let mut found = denied(text);
    // Behind the closing quote of what was found.
    let mut from = found
        .last()
        .map_or(0, |last| last.place.end.saturating_add(1));
    while let Some(at) = next_quote(text, from) {
        words(text, from..at.start.saturating_sub(1), known, &mut found);
        let quoted = text.get(at.clone()).unwrap_or_default();
        if !is_the_servers(quoted) {
            let before = text.get(..at.start.saturating_sub(1)).unwrap_or_default();
            let kind = known(quoted).unwrap_or_else(|| kind_of(before, quoted));
            found.push(Found {
                place: at.clone(),
                kind,
            });
        }
        from = at.end.saturating_add(1);
    }
    words(text, from..text.len(), known, &mut found);
    found
}

/// User, host and database of an access denied: the user may hold quotes.
fn denied(text: &[u8]) -> Vec<Found> {
    let Some(denied) = AccessDenied::parse(text) else {
        return Vec::new();
    };
    let account = [b"'", denied.user.as_slice(), b"'@'", &denied.host, b"'"].concat();
    let Some(at) = memchr::memmem::find(text, &account) else {
        return Vec::new();
    };
    let user = at.saturating_add(1);
    let user = user..user.saturating_add(denied.user.len());
    let host = user.end.saturating_add(3);
    let host = host..host.saturating_add(denied.host.len());
    [(user, Named::User), (host, Named::Host)]
        .map(|(place, kind)| Found { place, kind })
        .into_iter()
        .filter(|found| !found.place.is_empty())
        .collect()
}

/// The inside of the next quotes. A quote inside a word (`can't`) opens and closes nothing.
fn next_quote(text: &[u8], from: usize) -> Option<std::ops::Range<usize>> {
    let in_word = |at: Option<usize>| {
        at.and_then(|at| text.get(at))
            .is_some_and(u8::is_ascii_alphanumeric)
    };
    let is_quote = |byte: u8| matches!(byte, b'\'' | b'"' | b'`');
    let mut at = from;
    loop {
        let here = text.get(at..)?;
        let open = at.saturating_add(here.iter().position(|byte| is_quote(*byte))?);
        let quote = text.get(open).copied()?;
        let inside = open.saturating_add(1);
        at = inside;
        if in_word(open.checked_sub(1)) {
            continue;
        }
        let rest = text.get(inside..)?;
        let mut ends = memchr::memchr_iter(quote, rest).map(|end| inside.saturating_add(end));
        if let Some(end) = ends.find(|end| !in_word(end.checked_add(1)))
            && end > inside
        {
            return Some(inside..end);
        }
    }
}

/// What quoted words are the server's own and name nobody.
fn is_the_servers(quoted: &[u8]) -> bool {
    quoted.starts_with(b"max_")
        || quoted.starts_with(b"--")
        || quoted.starts_with(b"mysql_")
        || quoted.starts_with(b"mysqladmin ")
        || quoted.starts_with(b"mariadb-admin ")
        || !matches!(Plugin::from_name(quoted), Plugin::Other(_))
}

/// What a quoted name is, by the words before it.
fn kind_of(before: &[u8], quoted: &[u8]) -> Named {
    let before = before.to_ascii_lowercase();
    let text = std::str::from_utf8(quoted).ok();
    if text.is_some_and(|text| text.parse::<IpAddr>().is_ok()) || before.ends_with(b"@") {
        Named::Host
    } else if before.ends_with(b"user ") || before.ends_with(b"role ") {
        Named::User
    } else if before.ends_with(b"database ") || before.ends_with(b"schema ") {
        Named::Database
    } else if before.ends_with(b"host ") {
        Named::Host
    } else {
        Named::Other
    }
}

/// Words outside of quotes that are names.
fn words(
    text: &[u8],
    place: std::ops::Range<usize>,
    known: &dyn Fn(&[u8]) -> Option<Named>,
    found: &mut Vec<Found>,
) {
    let Some(part) = text.get(place.clone()) else {
        return;
    };
    let is_break = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'\'' | b'"' | b'`' | b'(' | b')' | b',' | b';')
    };
    let mut start = place.start;
    for word in part.split(is_break) {
        let next = start.saturating_add(word.len()).saturating_add(1);
        let bare = word.trim_ascii_end();
        let bare = bare.strip_suffix(b".").unwrap_or(bare);
        let bare = bare.strip_suffix(b":").unwrap_or(bare);
        let address = std::str::from_utf8(bare).is_ok_and(|word| {
            word.parse::<IpAddr>().is_ok() || word.parse::<std::net::SocketAddr>().is_ok()
        });
        let kind = if bare.is_empty() || OWN_WORDS.contains(&bare) {
            None
        } else if address {
            Some(Named::Host)
        } else if bare.starts_with(b"/") || bare.get(1..3) == Some(b":\\") {
            Some(Named::File)
        } else {
            known(bare)
        };
        if let Some(kind) = kind {
            found.push(Found {
                place: start..start.saturating_add(bare.len()),
                kind,
            });
        }
        start = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let known = |word: &[u8]| (word == b"app").then_some(Named::User);
        let mut out = String::new();
        let mut from = 0;
        for found in names(text.as_bytes(), &known) {
            out.push_str(&text[from..found.place.start]);
            out.extend(["<", found.kind.word(), ">"]);
            from = found.place.end;
        }
        out.push_str(&text[from..]);
        out
    }

    #[test]
    fn names_are_found_and_the_servers_words_stay() {
        for (text, expected) in [
            (
                "Access denied for user 'app'@'10.0.0.5' (using password: YES)",
                "Access denied for user '<user>'@'<host>' (using password: YES)",
            ),
            (
                "Access denied for user 'o'hara'@'web-7' to database 'shop'",
                "Access denied for user '<user>'@'<host>' to database '<db>'",
            ),
            ("Unknown database 'shop'", "Unknown database '<db>'"),
            (
                "Host '10.0.0.5' is not allowed to connect to this MySQL server",
                "Host '<host>' is not allowed to connect to this MySQL server",
            ),
            (
                "User app has exceeded the 'max_user_connections' resource",
                "User <user> has exceeded the 'max_user_connections' resource",
            ),
            (
                "Plugin 'mysql_native_password' is not loaded",
                "Plugin 'mysql_native_password' is not loaded",
            ),
            (
                "This RDS proxy has no credentials for the role app. Check them",
                "This RDS proxy has no credentials for the role <user>. Check them",
            ),
            (
                "Can't open '/srv/a' for 10.1.2.3.",
                "Can't open '<name>' for <host>.",
            ),
            ("Can't open /srv/acme/x, sorry", "Can't open <file>, sorry"),
            (
                "Access denied for user ''@'h' (using password: NO)",
                "Access denied for user ''@'<host>' (using password: NO)",
            ),
            ("nothing 'open", "nothing 'open"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
