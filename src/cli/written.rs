//! The time of writing: the one thing in a report that is not out of the captures.

use crate::cli::trouble::Trouble;

/// Now, or what `SOURCE_DATE_EPOCH` says (seconds; <https://reproducible-builds.org/specs/source-date-epoch/>).
pub(super) fn now() -> Result<String, Trouble> {
    let now = match std::env::var_os("SOURCE_DATE_EPOCH") {
        None => jiff::Timestamp::now(),
        Some(value) => value
            .to_str()
            .and_then(|text| text.parse().ok())
            .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
            .ok_or_else(|| {
                Trouble::new("the environment variable SOURCE_DATE_EPOCH is no time")
                    .hint("it takes the seconds since 1970 as a number")
            })?,
    };
    Ok(now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}
