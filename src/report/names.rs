//! The names that enums of the pipeline have in the report, where they do not name themselves.

use std::cell::RefCell;

use crate::capture::{Compression, Format, Timestamp};
use crate::mysql::{AuthPath, SaltSource, Side};

/// `format`
pub(super) const fn format(format: Format) -> &'static str {
    match format {
        Format::Pcap => "pcap",
        Format::PcapNg => "pcapng",
    }
}

/// `compression`
pub(super) const fn compression(compression: Compression) -> &'static str {
    match compression {
        Compression::Gzip => "gzip",
        Compression::Zstd => "zstd",
        Compression::Lz4 => "lz4",
        Compression::Xz => "xz",
    }
}

/// `salt.source`
pub(super) const fn salt_source(source: SaltSource) -> &'static str {
    match source {
        SaltSource::Greeting => "greeting",
        SaltSource::AuthSwitch => "auth_switch",
        SaltSource::ChangeUser => "change_user",
    }
}

/// `path`
pub(super) const fn auth_path(path: AuthPath) -> &'static str {
    match path {
        AuthPath::Fast => "fast",
        AuthPath::FullTls => "full_tls",
        AuthPath::FullRsa => "full_rsa",
        AuthPath::FullRefused => "full_refused",
    }
}

/// `outcome.by`
pub(super) const fn side(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}

/// RFC 3339, UTC, nanoseconds. `None` never happens: an `i64` of nanoseconds lies between the
/// years 1677 and 2262.
pub(super) fn time(time: Timestamp) -> Option<String> {
    thread_local! {
        /// The last second and its text: the times of a report's lines stand close together.
        static SECOND: RefCell<(i64, String)> = const { RefCell::new((i64::MAX, String::new())) };
    }
    let seconds = time.as_nanos().div_euclid(NANOS);
    let fraction = time.as_nanos().rem_euclid(NANOS);
    SECOND.with_borrow_mut(|(known, text)| {
        if *known != seconds {
            *text = jiff::Timestamp::from_second(seconds).ok()?.to_string();
            *known = seconds;
        }
        let second = text.strip_suffix('Z')?;
        Some(format!("{second}.{fraction:09}Z"))
    })
}

/// Nanoseconds of a second.
const NANOS: i64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_has_nine_digits_and_a_z() {
        for (nanos, text) in [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (1_714_558_530_123_456_789, "2024-05-01T10:15:30.123456789Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (i64::MAX, "2262-04-11T23:47:16.854775807Z"),
            (i64::MIN, "1677-09-21T00:12:43.145224192Z"),
        ] {
            assert_eq!(time(Timestamp::from_nanos(nanos)).as_deref(), Some(text));
        }
    }
}
