//! What it means: typed options turned into what the library works with.
//!
//! Owns the checks that need more than one option or a look at the world. Called by [`super::run`].

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::analyze::AnalyzeSettings;
use crate::auth::{Candidate, Candidates};
use crate::cli::args::{self, Compare, Extract, FailOn, Reading, Scan, Select, Terms, Verify};
use crate::cli::keys;
use crate::cli::password;
use crate::cli::trouble::Trouble;
use crate::findings::Severity;
use crate::mysql::Plugin;
use crate::report::selection::Only;
use crate::report::{Pseudonyms, Redactor, Selection};
use crate::scan::ScanSettings;
use crate::verify::Request;

/// `scan`: passwords are read in here, the terminal asked.
pub(super) fn scan(
    typed: &Scan,
    terms: &Terms,
    pseudonyms: Option<&Pseudonyms>,
    stop: Arc<AtomicBool>,
) -> Result<ScanSettings, Trouble> {
    Ok(ScanSettings {
        analyze: analyze(&terms.reading, &terms.candidates, pseudonyms)?,
        // A plan has joined them.
        join: typed.join || typed.plan.is_some(),
        threads: typed.threads.and_then(|n| NonZero::new(usize::from(n))),
        stop,
    })
}

/// `compare`: the same of two captures at most.
pub(super) fn compare(
    typed: &Compare,
    pseudonyms: Option<&Pseudonyms>,
    stop: Arc<AtomicBool>,
) -> Result<ScanSettings, Trouble> {
    Ok(ScanSettings {
        analyze: analyze(&typed.reading, &typed.candidates, pseudonyms)?,
        join: false,
        threads: None,
        stop,
    })
}

/// `extract`: the analysis that tells which logins to write.
pub(super) fn extract(
    typed: &Extract,
    pseudonyms: Option<&Pseudonyms>,
    stop: Arc<AtomicBool>,
) -> Result<ScanSettings, Trouble> {
    Ok(ScanSettings {
        analyze: analyze(&typed.reading, &typed.candidates, pseudonyms)?,
        join: false,
        threads: typed.threads.and_then(|n| NonZero::new(usize::from(n))),
        stop,
    })
}

fn analyze(
    reading: &Reading,
    candidates: &args::Candidates,
    pseudonyms: Option<&Pseudonyms>,
) -> Result<AnalyzeSettings, Trouble> {
    Ok(AnalyzeSettings {
        candidates: password::gather(candidates, pseudonyms)?,
        server_ports: reading.port.clone().into(),
        server_keys: keys::server_keys(&reading.server_key)?,
        key_logs: keys::key_logs(&reading.keylog)?,
    })
}

/// What masks these candidates and replaces names, if that was asked for.
pub(super) fn redactor(candidates: &Candidates, pseudonyms: Option<&Arc<Pseudonyms>>) -> Redactor {
    let redactor = Redactor::new(candidates.iter().filter_map(Candidate::password));
    match pseudonyms {
        Some(pseudonyms) => redactor.anonymize(Arc::clone(pseudonyms)),
        None => redactor,
    }
}

/// Which logins are told.
pub(super) fn selection(typed: &Select) -> Selection {
    Selection {
        users: (typed.only_user.iter())
            .map(|user| user.clone().into_bytes())
            .collect(),
        clients: typed.only_client.clone(),
        servers: typed.only_server.clone(),
        only: typed.only.map(|only| match only {
            args::Only::Rejected => Only::Rejected,
            args::Only::Findings => Only::Findings,
        }),
        since: typed.since,
        until: typed.until,
    }
}

/// Whether a finding of this severity makes the exit code 1.
pub(super) fn fails(on: FailOn, severity: Severity) -> bool {
    let least = match on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Info => Severity::Info,
        FailOn::Never => return false,
    };
    severity >= least
}

/// `verify`: hex turned into bytes of a length that makes sense for the plugin.
pub(super) fn verify(typed: &Verify) -> Result<Request, Trouble> {
    let plugin = plugin(&typed.plugin)?;
    let salt = hex("--salt", &typed.salt)?;
    check_salt(&plugin, salt.len())?;
    let response = hex("--response", &typed.response)?;
    if !typed.candidates.any() {
        return Err(Trouble::new("no password to check the response against")
            .hint("give one with --password, --password-file FILE or --password-env NAME"));
    }
    Ok(Request {
        plugin,
        salt,
        response,
        user: typed
            .candidates
            .user
            .as_ref()
            .map(|user| user.clone().into_bytes()),
    })
}

/// The plugins whose response is a hash of fixed length over the salt.
const COMPUTABLE: [Plugin; 5] = [
    Plugin::CachingSha2,
    Plugin::NativePassword,
    Plugin::OldPassword,
    Plugin::Ed25519,
    Plugin::Parsec,
];

fn plugin(typed: &str) -> Result<Plugin, Trouble> {
    let plugin = Plugin::from_name(typed.as_bytes());
    if COMPUTABLE.contains(&plugin) {
        return Ok(plugin);
    }
    let names: Vec<String> = COMPUTABLE.iter().map(Plugin::to_string).collect();
    let what = match plugin {
        Plugin::Other(_) => format!("--plugin {typed}: there is no such plugin"),
        known => format!("--plugin {known}: its clients send no salted hash of the password"),
    };
    let closest = names
        .iter()
        .map(|name| (strsim::jaro_winkler(typed, name), name))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > 0.8);
    Err(Trouble::new(what).hint(match closest {
        Some((_, name)) => format!("did you mean {name}?"),
        None => format!("the ones that can be checked: {}", names.join(", ")),
    }))
}

fn check_salt(plugin: &Plugin, had: usize) -> Result<(), Trouble> {
    let fits = match plugin {
        // Its salt is the beginning of the greeting's.
        Plugin::OldPassword => matches!(had, 8 | 9 | 20 | 21),
        Plugin::NativePassword | Plugin::CachingSha2 => matches!(had, 20 | 21),
        other => other.salt_length().is_none_or(|length| had == length),
    };
    if fits {
        return Ok(());
    }
    let length = plugin.salt_length().unwrap_or(0);
    let with_nul = if plugin.salt_is_terminated() {
        ", or one more with the terminating NUL"
    } else {
        ""
    };
    Err(Trouble::new(format!(
        "--salt has {had} bytes; the salt of {plugin} has {length}{with_nul}"
    ))
    .hint(if had == 8 || had == 12 {
        "the greeting carries the salt in two parts, of 8 and of 12 bytes: put them together"
    } else {
        "copy the salt of the greeting or of the auth switch request, whichever came last"
    }))
}

/// Hex with blanks, colons and a leading 0x allowed.
fn hex(option: &str, typed: &str) -> Result<Vec<u8>, Trouble> {
    let typed = typed.trim();
    let typed = typed.strip_prefix("0x").unwrap_or(typed);
    let mut digits: Vec<u8> = Vec::with_capacity(typed.len());
    for (at, c) in typed.chars().enumerate() {
        match c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()) {
            Some(digit) => digits.push(digit),
            None if c.is_whitespace() || c == ':' => {}
            // The character is not repeated: somebody may have typed a password.
            None => {
                return Err(Trouble::new(format!(
                    "{option}: character {} is no hex digit",
                    at.saturating_add(1)
                ))
                .hint("give the bytes in hex, such as 2e6404fe or 2e:64:04:fe"));
            }
        }
    }
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err(Trouble::new(format!(
            "{option} has {} hex digits, an odd number: one is missing or too many",
            digits.len()
        ))
        .hint("each byte has two digits, 0a and not a"));
    }
    Ok(pairs
        .map(|pair| pair.iter().fold(0, |byte: u8, digit| byte << 4 | digit))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_as_other_tools_print_it() {
        for text in ["00abFF", "00:ab:ff", " 00 AB ff\n", "0x00abff", "00ab:ff "] {
            assert_eq!(hex("--salt", text).unwrap(), [0, 0xab, 0xff], "{text}");
        }
        assert!(hex("--salt", "").unwrap().is_empty());
        let odd = hex("--salt", "abc").unwrap_err();
        assert!(odd.what.contains("3 hex digits, an odd number"), "{odd}");
        let other = hex("--salt", "00 secret").unwrap_err();
        assert_eq!(other.what, "--salt: character 4 is no hex digit");
    }

    #[test]
    fn plugins_that_can_be_checked() {
        assert_eq!(
            plugin("caching_sha2_password").unwrap(),
            Plugin::CachingSha2
        );
        assert_eq!(plugin("ed25519").unwrap(), Plugin::Ed25519);
        let near = plugin("caching_sha2").unwrap_err();
        assert_eq!(near.hint.unwrap(), "did you mean caching_sha2_password?");
        let clear = plugin("mysql_clear_password").unwrap_err();
        assert!(clear.what.contains("no salted hash"), "{clear}");
    }

    #[test]
    fn salts_of_a_length_that_makes_sense() {
        for (plugin, length, fits) in [
            (Plugin::CachingSha2, 20, true),
            (Plugin::CachingSha2, 21, true),
            (Plugin::CachingSha2, 19, false),
            (Plugin::NativePassword, 8, false),
            (Plugin::OldPassword, 8, true),
            (Plugin::Ed25519, 32, true),
            (Plugin::Ed25519, 33, false),
        ] {
            assert_eq!(
                check_salt(&plugin, length).is_ok(),
                fits,
                "{plugin} {length}"
            );
        }
    }

    #[test]
    fn severities_that_fail() {
        assert!(fails(FailOn::Error, Severity::Error));
        assert!(!fails(FailOn::Error, Severity::Warning));
        assert!(fails(FailOn::Warning, Severity::Error));
        assert!(fails(FailOn::Info, Severity::Info));
        assert!(!fails(FailOn::Never, Severity::Error));
    }
}
