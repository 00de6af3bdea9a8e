//! AWS IAM authentication tokens, sent as the password of `mysql_clear_password`.
//!
//! ```text
//! host:port/?Action=connect&DBUser=user&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=…
//!   &X-Amz-Date=20240131T120000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host
//!   [&X-Amz-Security-Token=…]&X-Amz-Signature=64 hex digits
//! ```
//!
//! A presigned request of Signature Version 4 without its scheme. The signature cannot be checked
//! without the account's secret key; all else is readable. Source: "Connecting to your DB instance
//! using IAM authentication" in the Amazon RDS User Guide, "Authenticating Requests: Using Query
//! Parameters (AWS Signature Version 4)" in the Amazon S3 API Reference.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use percent_encoding::percent_decode;

/// The facts of a token; never its signature, key id or session token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IamToken {
    /// The host it is for.
    pub host: Vec<u8>,
    /// The port it is for.
    pub port: Option<u16>,
    /// The user it is for.
    pub user: Option<Vec<u8>>,
    /// When it was made, in seconds since 1970-01-01T00:00:00Z.
    pub made_at: Option<i64>,
    /// For how many seconds it is good.
    pub lasts: Option<u32>,
    /// Whether its signature is whole.
    pub signature: Signature,
}

/// Whether a token's signature is all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// 64 hex digits.
    Whole,
    /// Fewer, or something else: the token was cut or changed.
    Cut {
        /// How many characters there are.
        length: usize,
    },
    /// None: the token was cut before it.
    Missing,
}

impl IamToken {
    /// Reads a response that is such a token; `None` if it is none.
    #[must_use]
    pub fn parse(response: &[u8]) -> Option<Self> {
        let text = response.strip_suffix(b"\0").unwrap_or(response);
        let text = text.strip_prefix(b"https://").unwrap_or(text);
        let split = memchr::memchr(b'?', text)?;
        let (authority, query) = text.split_at_checked(split)?;
        let query = query.strip_prefix(b"?")?;
        let parameter = |name: &[u8]| {
            let mut pairs = query.split(|&byte| byte == b'&');
            pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix(b"="))
        };
        if parameter(b"Action") != Some(b"connect") {
            return None;
        }
        let authority = authority.strip_suffix(b"/").unwrap_or(authority);
        let colon = memchr::memrchr(b':', authority);
        let host = authority.get(..colon.unwrap_or(authority.len()))?;
        let port = colon.and_then(|colon| authority.get(colon.checked_add(1)?..));
        Some(Self {
            host: host.to_vec(),
            port: port.and_then(number),
            user: parameter(b"DBUser").map(|user| percent_decode(user).collect()),
            made_at: parameter(b"X-Amz-Date").and_then(seconds),
            lasts: parameter(b"X-Amz-Expires").and_then(number),
            signature: match parameter(b"X-Amz-Signature") {
                None => Signature::Missing,
                Some(hex) if hex.len() == 64 && hex.iter().all(u8::is_ascii_hexdigit) => {
                    Signature::Whole
                }
                Some(other) => Signature::Cut {
                    length: other.len(),
                },
            },
        })
    }

    /// The first second at which it is no longer good.
    #[must_use]
    pub fn expires_at(&self) -> Option<i64> {
        self.made_at?.checked_add(i64::from(self.lasts?))
    }
}

fn number<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    str::from_utf8(digits).ok()?.parse().ok()
}

/// `20240131T120000Z` in seconds since 1970.
fn seconds(date: &[u8]) -> Option<i64> {
    let text = str::from_utf8(date).ok()?;
    let civil = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    let timestamp = Offset::UTC.to_timestamp(civil).ok()?;
    Some(timestamp.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "db.example.com:3306/?Action=connect&DBUser=app%40corp\
        &X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20240131%2Feu-west-1%2Frds-db%2Faws4_request\
        &X-Amz-Date=20240131T120000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
        &X-Amz-Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_whole_token() {
        let with_nul = format!("{TOKEN}\0");
        for text in [TOKEN, &with_nul] {
            let token = IamToken::parse(text.as_bytes()).unwrap();
            assert_eq!(token.host, b"db.example.com");
            assert_eq!(token.port, Some(3306));
            assert_eq!(token.user.as_deref(), Some(b"app@corp".as_slice()));
            assert_eq!(token.made_at, Some(1_706_702_400));
            assert_eq!(token.expires_at(), Some(1_706_703_300));
            assert_eq!(token.signature, Signature::Whole);
        }
    }

    #[test]
    fn a_cut_token() {
        let cut = |length: usize| IamToken::parse(&TOKEN.as_bytes()[..length]).unwrap();
        let whole = TOKEN.len();
        assert_eq!(cut(whole - 1).signature, Signature::Cut { length: 63 });
        assert_eq!(cut(whole - 80).signature, Signature::Missing);
        assert_eq!(cut(whole - 120).lasts, None);
    }

    #[test]
    fn what_is_no_token() {
        for text in ["", "secret", "a?b", "host/?Action=drop"] {
            assert!(IamToken::parse(text.as_bytes()).is_none());
        }
    }
}
