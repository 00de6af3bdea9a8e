//! Versions as clients give them, as far as they can be compared.

/// A version made of numbers and dots. Anything else (release candidates, builds, commits) is
/// not compared: where it stands beside a release cannot be told from its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(Vec<u64>);

impl Version {
    /// Reads `1.1.2` or `v1.1.2`; trailing zeros do not count (`1.1` is `1.1.0`).
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let text = text.strip_prefix('v').unwrap_or(text);
        let digits = |part: &str| {
            let numeric = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            numeric.then(|| part.parse().ok()).flatten()
        };
        let mut parts: Vec<u64> = text.split('.').map(digits).collect::<Option<_>>()?;
        while parts.last() == Some(&0) {
            parts.pop();
        }
        Some(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    fn version(text: &str) -> Version {
        Version::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(version("1.1.1") < version("1.1.2"));
        assert!(version("0.10.1") > version("0.9.0"));
        assert!(version("1.1") < version("1.1.1"));
        assert_eq!(version("v1.9"), version("1.9.0"));
    }

    #[test]
    fn what_is_not_numbers_and_dots_is_not_compared() {
        for text in [
            "",
            "1.1.2rc1",
            "1..2",
            "1.9.0-dev",
            "x",
            "1.99999999999999999999999",
        ] {
            assert_eq!(Version::parse(text.as_bytes()), None, "{text}");
        }
    }
}
