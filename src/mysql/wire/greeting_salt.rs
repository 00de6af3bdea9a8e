//! The second part of the greeting's salt and the plugin name behind it: where one ends and the
//! other begins.
//!
//! | size | field |
//! |---|---|
//! | length byte − 8, at least 12 | salt, part 2, for most plugins with a NUL as its last byte |
//! | to NUL | plugin name |
//!
//! The documentation ("`Protocol::HandshakeV10`" in the MySQL Source Code Documentation) says
//! `max(13, length − 8)`. Servers depart from it: a default plugin with less than 20 bytes of data
//! makes MySQL write 12 bytes without a NUL; others write a NUL they do not count, or none they do
//! count. So every plausible end is tried, and the one before a plugin name wins.

use crate::mysql::plugin::Plugin;

/// The smallest second part, without its NUL.
pub(super) const SHORTEST: usize = 12;

const NO_SALT_NUL: &str = "the salt has no terminating NUL";
const UNCOUNTED_NUL: &str = "the salt's length byte does not count its terminating NUL";
const MISCOUNTED: &str = "the salt's length byte is not the salt's length";
const NO_NAME_NUL: &str = "the plugin name has no terminating NUL";
const TWO_NAME_NULS: &str = "more than one NUL follows the plugin name";
const TRAILING: &str = "bytes follow the plugin name";
const NO_NAME: &str = "plugins are announced but none is named";
const HUGE_LENGTH: &str =
    "the salt's length byte is above 127, which MySQL's own client reads as negative";

/// The end of a greeting.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tail<'a> {
    /// Part 2 of the salt, with its NUL.
    pub salt: &'a [u8],
    /// The plugin's name.
    pub plugin: Option<Plugin>,
    /// What is unusual.
    pub quirks: Vec<&'static str>,
}

/// How much the bytes behind a salt look like a plugin name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    None,
    Some,
    Known,
}

fn likeness(bytes: &[u8]) -> Likeness {
    let name = name_of(bytes);
    let letter = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    if Plugin::known(name).is_some() {
        Likeness::Known
    } else if (3..=64).contains(&name.len()) && name.iter().all(letter) {
        Likeness::Some
    } else {
        Likeness::None
    }
}

fn name_of(bytes: &[u8]) -> &[u8] {
    let end = memchr::memchr(0, bytes);
    end.and_then(|end| bytes.get(..end)).unwrap_or(bytes)
}

/// Splits what follows the reserved bytes of a greeting with `PLUGIN_AUTH`; `None` if fewer than
/// [`SHORTEST`] bytes are there.
pub(super) fn with_plugin(length_byte: u8, input: &[u8]) -> Option<Tail<'_>> {
    let declared = usize::from(length_byte).saturating_sub(8).max(SHORTEST);
    let counts_no_nul = declared == SHORTEST && input.get(SHORTEST) == Some(&0);
    let first = if counts_no_nul {
        SHORTEST.saturating_add(1)
    } else {
        declared
    };
    let ends = [first, declared.saturating_add(1), SHORTEST, SHORTEST + 1];
    let mut best: Option<(Likeness, usize, &[u8], &[u8])> = None;
    for end in ends {
        let Some((salt, behind)) = input.split_at_checked(end) else {
            continue;
        };
        let rank = likeness(behind);
        if best.is_none_or(|(held, ..)| rank > held) {
            best = Some((rank, end, salt, behind));
        }
        if rank == Likeness::Known {
            break;
        }
    }
    let (_, end, salt, behind) = best?;
    let (plugin, mut quirks) = named(behind);
    let terminated = plugin.as_ref().is_none_or(Plugin::salt_is_terminated);
    if salt.last() != Some(&0) && terminated {
        quirks.push(NO_SALT_NUL);
    }
    if counts_no_nul && end == first && length_byte == 20 {
        quirks.push(UNCOUNTED_NUL);
    } else if length_byte == 0 || end != first {
        quirks.push(MISCOUNTED);
    }
    if length_byte > 127 {
        quirks.push(HUGE_LENGTH);
    }
    Some(Tail {
        salt,
        plugin,
        quirks,
    })
}

/// Splits what follows the reserved bytes of a greeting without `PLUGIN_AUTH`: 12 bytes and a NUL.
pub(super) fn without_plugin(input: &[u8]) -> Option<Tail<'_>> {
    let (salt, behind) = match input.get(SHORTEST) {
        Some(0) => input.split_at_checked(SHORTEST.saturating_add(1))?,
        _ => input.split_at_checked(SHORTEST)?,
    };
    let mut quirks = Vec::new();
    if salt.len() == SHORTEST {
        quirks.push(NO_SALT_NUL);
    }
    if !behind.is_empty() {
        quirks.push("bytes follow the salt though plugins are not announced");
    }
    let plugin = None;
    Some(Tail {
        salt,
        plugin,
        quirks,
    })
}

/// The salt's second part, if the beginning of what follows the reserved bytes already settles it.
pub(super) fn settled(length_byte: u8, input: &[u8]) -> Option<&[u8]> {
    if length_byte > 21 {
        return input.get(..usize::from(length_byte).saturating_sub(8));
    }
    let salt = input.get(..=SHORTEST)?;
    (salt.last() == Some(&0)).then_some(salt)
}

fn named(behind: &[u8]) -> (Option<Plugin>, Vec<&'static str>) {
    let mut quirks = Vec::new();
    let name = name_of(behind);
    if behind.is_empty() {
        return (None, vec![NO_NAME]);
    }
    match behind.get(name.len()..).unwrap_or_default() {
        [] => quirks.push(NO_NAME_NUL),
        [0] => {}
        [0, more @ ..] if more.iter().all(|b| *b == 0) => quirks.push(TWO_NAME_NULS),
        _ => quirks.push(TRAILING),
    }
    (Some(Plugin::from_name(name)), quirks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TWELVE: &[u8] = b"abcdefghijkl";

    #[test]
    fn finds_the_end_of_the_salt() {
        // (length byte, bytes between reserved and name, name, salt length, plugin, quirks)
        type Row<'a> = (u8, &'a [u8], &'a [u8], usize, Plugin, &'a [&'a str]);
        let nonce: Vec<u8> = (8..32).collect();
        let long: Vec<u8> = (8..41).collect();
        let native = Plugin::NativePassword;
        let name = b"mysql_native_password\0".as_slice();
        let table: [Row; 14] = [
            (21, b"abcdefghijkl\0", name, 13, native.clone(), &[]),
            (
                20,
                b"abcdefghijkl\0",
                name,
                13,
                native.clone(),
                &[UNCOUNTED_NUL],
            ),
            // MySQL with PAM as default plugin: 12 bytes, no NUL, and rightly so.
            (
                20,
                TWELVE,
                b"mysql_clear_password\0",
                12,
                Plugin::Clear,
                &[],
            ),
            (20, TWELVE, name, 12, native.clone(), &[NO_SALT_NUL]),
            (
                20,
                TWELVE,
                b"auth_socket\0",
                12,
                Plugin::Other(b"auth_socket".to_vec()),
                &[],
            ),
            // Sphinx: 21 announced, 12 written.
            (
                21,
                TWELVE,
                name,
                12,
                native.clone(),
                &[NO_SALT_NUL, MISCOUNTED],
            ),
            // Manticore to 5.0.3: the byte before the name is random.
            (
                21,
                b"abcdefghijklZ",
                name,
                13,
                native.clone(),
                &[NO_SALT_NUL],
            ),
            (
                0,
                b"abcdefghijkl\0",
                name,
                13,
                native.clone(),
                &[MISCOUNTED],
            ),
            (
                21,
                b"abcdefghijkl\0\0",
                name,
                14,
                native.clone(),
                &[MISCOUNTED],
            ),
            (
                21,
                b"abcdefghijkl\0",
                b"mysql_native_password",
                13,
                native.clone(),
                &[NO_NAME_NUL],
            ),
            (
                21,
                b"abcdefghijkl\0",
                b"mysql_native_password\0\0",
                13,
                native.clone(),
                &[TWO_NAME_NULS],
            ),
            (32, &nonce, b"ed25519\0", 24, Plugin::Ed25519, &[]),
            (41, &long, b"parsec\0", 33, Plugin::Parsec, &[]),
            (
                200,
                b"abcdefghijkl\0",
                name,
                13,
                native,
                &[MISCOUNTED, HUGE_LENGTH],
            ),
        ];
        for (length_byte, salt, name, salt_length, plugin, quirks) in table {
            let input = [salt, name].concat();
            let tail = with_plugin(length_byte, &input).unwrap();
            assert_eq!(tail.salt, &input[..salt_length], "{length_byte} {input:?}");
            assert_eq!(tail.plugin, Some(plugin), "{length_byte} {input:?}");
            assert_eq!(tail.quirks, quirks, "{length_byte} {input:?}");
        }
    }

    #[test]
    fn a_raw_nonce_may_end_in_zero() {
        let mut input = vec![7; 23];
        input.extend(b"\0ed25519\0");
        let tail = with_plugin(32, &input).unwrap();
        assert_eq!(tail.salt.len(), 24);
        assert_eq!(tail.quirks, [""; 0]);
    }

    #[test]
    fn without_plugins() {
        let tail = without_plugin(b"abcdefghijkl\0").unwrap();
        assert_eq!((tail.salt.len(), tail.quirks.len()), (13, 0));
        let tail = without_plugin(TWELVE).unwrap();
        assert_eq!((tail.salt, &tail.quirks[..]), (TWELVE, &[NO_SALT_NUL][..]));
        assert_eq!(without_plugin(b"short"), None);
    }

    #[test]
    fn a_missing_name_is_a_quirk() {
        let tail = with_plugin(21, b"abcdefghijkl\0").unwrap();
        assert_eq!((tail.plugin, tail.quirks), (None, vec![NO_NAME]));
    }

    proptest! {
        #[test]
        fn never_panics(length_byte: u8, input: Vec<u8>) {
            let tail = with_plugin(length_byte, &input);
            prop_assert_eq!(tail.is_some(), input.len() >= SHORTEST);
            let _ = without_plugin(&input);
            let _ = settled(length_byte, &input);
        }
    }
}
