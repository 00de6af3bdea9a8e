//! `AuthNextFactor`: one factor is passed, the server asks for the next.
//!
//! | size | field |
//! |---|---|
//! | 1 | 0x02 |
//! | to NUL | plugin |
//! | to the end | the plugin's data |
//!
//! Only with `MULTI_FACTOR`. Source: "`Protocol::AuthNextFactor`" in the MySQL Source Code
//! Documentation.

use crate::mysql::plugin::Plugin;

use super::auth_switch::{Named, plugin_and_data};
use super::captured::Captured;
use super::error::WireError;
use super::field::{finish, marker};

/// `AuthNextFactor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextFactor {
    /// The plugin of the next factor; `None` if the capture's cut runs through its name.
    pub plugin: Option<Plugin>,
    /// The plugin's data with its terminator, if it has one.
    pub data: Captured,
    /// Departures from the documented form that were parsed all the same.
    pub quirks: Vec<&'static str>,
}

impl NextFactor {
    /// Reads the packet, or its beginning if `missing` bytes of it were not captured.
    ///
    /// # Errors
    ///
    /// If the first byte is not 0x02.
    pub fn parse(payload: &[u8], missing: u64) -> Result<Self, WireError> {
        let header = marker(b"\x02", "0x02", payload);
        let (rest, ()) = finish("AuthNextFactor", payload, header)?;
        let Named {
            plugin,
            data,
            quirks,
        } = plugin_and_data(rest, missing);
        Ok(Self {
            plugin,
            data,
            quirks,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_plugin_and_data() {
        let factor = NextFactor::parse(b"\x02caching_sha2_password\0abc", 18).unwrap();
        assert_eq!(factor.plugin, Some(Plugin::CachingSha2));
        assert_eq!(factor.data, Captured::rest(b"abc", 18));
        assert!(NextFactor::parse(b"\xfe", 0).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(payload: Vec<u8>, missing in 0_u64..9) {
            let _ = NextFactor::parse(&payload, missing);
        }
    }
}
