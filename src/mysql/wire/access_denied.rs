//! The text of "Access denied": whom the server thinks it refused.
//!
//! ```text
//! Access denied for user 'USER'@'HOST' (using password: YES)     1045, also NO
//! Access denied for user 'USER'@'HOST'                           1698 of MariaDB
//! Access denied for user 'USER'@'HOST' to database 'DATABASE'    1044
//! ```
//!
//! User names may hold quotes and `@`, hosts may not: the text is read from the right. Source:
//! `share/messages_to_clients.txt` of MySQL, `sql/share/errmsg-utf8.txt` of MariaDB. Servers that
//! speak another language give `None`.

use memchr::memmem;

/// Whom the server refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessDenied {
    /// The user name the server read.
    pub user: Vec<u8>,
    /// The client's host as the server sees it.
    pub host: Vec<u8>,
    /// Whether the server saw a response that is not empty; `None` if the text does not say.
    pub using_password: Option<bool>,
}

const OPENING: &[u8] = b"Access denied for user '";

impl AccessDenied {
    /// Reads the text of an ERR; proxies may put a prefix ending in `": "` before it.
    #[must_use]
    pub fn parse(message: &[u8]) -> Option<Self> {
        let at = memmem::find(message, OPENING)?;
        let (prefix, rest) = message.split_at_checked(at)?;
        if !prefix.is_empty() && !prefix.ends_with(b": ") {
            return None;
        }
        let rest = rest.strip_prefix(OPENING)?;
        let (rest, using_password) = password_clause(rest);
        let rest = match memmem::rfind(rest, b"' to database '") {
            Some(end) if using_password.is_none() => rest.get(..end)?,
            _ => rest.strip_suffix(b"'")?,
        };
        let between = b"'@'";
        let at = memmem::rfind(rest, between)?;
        let (user, host) = rest.split_at_checked(at)?;
        let host = host.strip_prefix(between)?;
        (!host.contains(&b'\'')).then(|| Self {
            user: user.to_vec(),
            host: host.to_vec(),
            using_password,
        })
    }
}

fn password_clause(text: &[u8]) -> (&[u8], Option<bool>) {
    if let Some(rest) = text.strip_suffix(b" (using password: YES)") {
        (rest, Some(true))
    } else if let Some(rest) = text.strip_suffix(b" (using password: NO)") {
        (rest, Some(false))
    } else {
        (text, None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::err::ErrorPacket;
    use super::super::test_bytes::{DENIED, payload};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms() {
        let table = [
            ("'u'@'h' (using password: YES)", "u", "h", Some(true)),
            ("'u'@'h' (using password: NO)", "u", "h", Some(false)),
            ("'root'@'localhost'", "root", "localhost", None),
            ("'u'@'10.0.0.1' to database 'shop'", "u", "10.0.0.1", None),
            ("''@'::1' (using password: NO)", "", "::1", Some(false)),
            ("'u'@'' (using password: NO)", "u", "", Some(false)),
            (
                "'o'hara'@'h' (using password: YES)",
                "o'hara",
                "h",
                Some(true),
            ),
            (
                "'a'@'b'@'h' (using password: YES)",
                "a'@'b",
                "h",
                Some(true),
            ),
            ("'u@x.org'@'h'", "u@x.org", "h", None),
        ];
        for (rest, user, host, using_password) in table {
            for prefix in ["", "ProxySQL Error: "] {
                let text = format!("{prefix}Access denied for user {rest}");
                let denied = AccessDenied::parse(text.as_bytes()).expect(&text);
                assert_eq!(denied.user, user.as_bytes(), "{text}");
                assert_eq!(denied.host, host.as_bytes(), "{text}");
                assert_eq!(denied.using_password, using_password, "{text}");
            }
        }
    }

    #[test]
    fn a_real_one() {
        let error = ErrorPacket::parse(&payload(DENIED), 0).unwrap();
        let denied = AccessDenied::parse(&error.message).unwrap();
        assert_eq!(
            (denied.user, denied.host),
            (b"root_nope".to_vec(), b"lumberjack.home".to_vec())
        );
    }

    #[test]
    fn other_texts() {
        for text in [
            "",
            "Zugriff verweigert für Benutzer 'u'@'h' (verwendetes Passwort: JA)",
            "Access denied, this account is locked",
            "Access denied for user 'u'@'h' (using pass",
            "Access denied for user 'u'@'h",
            "Access denied for user 'u' to database 'd'",
            "Unknown: no. Access denied for user 'u'@'h'",
        ] {
            assert_eq!(AccessDenied::parse(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(tail: Vec<u8>) {
            let _ = AccessDenied::parse(&[OPENING, &tail].concat());
        }

        #[test]
        fn any_user_comes_back(user: Vec<u8>) {
            let text = [OPENING, &user, b"'@'h' (using password: YES)"].concat();
            let denied = AccessDenied::parse(&text).unwrap();
            prop_assert_eq!(denied.user, user);
        }
    }
}
