//! `AuthSwitchRequest`: the server asks for another plugin, or the same with another salt.
//!
//! | size | field |
//! |---|---|
//! | 1 | 0xFE |
//! | to NUL | plugin |
//! | to the end | the plugin's data: for the hashing plugins the salt |
//!
//! A lone 0xFE (`OldAuthSwitchRequest`) asks for `mysql_old_password` with the greeting's salt. Source:
//! "`Protocol::AuthSwitchRequest`" in the MySQL Source Code Documentation.

use crate::mysql::plugin::Plugin;

use super::captured::Captured;
use super::error::WireError;
use super::field::{Step, finish, marker, nul_or_end};

/// `AuthSwitchRequest` or `OldAuthSwitchRequest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthSwitch {
    /// It is the lone 0xFE.
    pub bare: bool,
    /// The plugin asked for; `None` if the capture's cut runs through its name.
    pub plugin: Option<Plugin>,
    /// The plugin's data with its terminator, if it has one.
    pub data: Captured,
    /// Departures from the documented form that were parsed all the same.
    pub quirks: Vec<&'static str>,
}

impl AuthSwitch {
    /// Reads the request, or its beginning if `missing` bytes of it were not captured.
    ///
    /// # Errors
    ///
    /// If the first byte is not 0xFE.
    pub fn parse(payload: &[u8], missing: u64) -> Result<Self, WireError> {
        let parsed = request(payload, missing);
        let (_, request) = finish("AuthSwitchRequest", payload, parsed)?;
        Ok(request)
    }
}

fn request(input: &[u8], missing: u64) -> Step<'_, AuthSwitch> {
    let (rest, ()) = marker(b"\xfe", "0xFE", input)?;
    if rest.is_empty() && missing == 0 {
        let old = AuthSwitch {
            bare: true,
            plugin: Some(Plugin::OldPassword),
            data: Captured::default(),
            quirks: Vec::new(),
        };
        return Ok((rest, old));
    }
    let Named {
        plugin,
        data,
        quirks,
    } = plugin_and_data(rest, missing);
    let request = AuthSwitch {
        bare: false,
        plugin,
        data,
        quirks,
    };
    Ok((&[], request))
}

/// A plugin's name and its data, which `AuthSwitchRequest` and `AuthNextFactor` end in.
pub(super) struct Named {
    pub plugin: Option<Plugin>,
    pub data: Captured,
    pub quirks: Vec<&'static str>,
}

pub(super) fn plugin_and_data(input: &[u8], missing: u64) -> Named {
    let mut quirks = Vec::new();
    let Ok((rest, (name, terminated))) = nul_or_end("the plugin", missing, input) else {
        return Named {
            plugin: None,
            data: Captured::rest(&[], 0),
            quirks,
        };
    };
    if !terminated {
        quirks.push("the plugin name has no terminating NUL");
    }
    let plugin = Plugin::from_name(name);
    if rest == [0] && missing == 0 && plugin.salt_length().is_none() {
        quirks.push("a lone NUL stands where the plugin has no data");
    }
    Named {
        plugin: Some(plugin),
        data: Captured::rest(rest, missing),
        quirks,
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_bytes::{SEED_SWITCH, hex, payload};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn caching_sha2() {
        let switch = AuthSwitch::parse(&payload(SEED_SWITCH), 0).unwrap();
        let salt = hex("50013806443c5442477f28202d19185b2c3d490a00");
        assert_eq!(switch.plugin, Some(Plugin::CachingSha2));
        assert_eq!(switch.data, Captured::rest(&salt, 0));
        assert_eq!((switch.bare, switch.quirks.len()), (false, 0));
    }

    #[test]
    fn forms() {
        // (payload, missing, plugin, data length, its missing bytes, quirks)
        type Row<'a> = (&'a [u8], u64, Option<Plugin>, usize, u64, usize);
        let nonce = [b"\xfeclient_ed25519\0".as_slice(), &[0; 32]].concat();
        let other = |name: &[u8]| Plugin::Other(name.to_vec());
        let table: [Row; 9] = [
            (b"\xfe", 0, Some(Plugin::OldPassword), 0, 0, 0),
            (
                b"\xfemysql_clear_password\0",
                0,
                Some(Plugin::Clear),
                0,
                0,
                0,
            ),
            (
                b"\xfemysql_clear_password\0\0",
                0,
                Some(Plugin::Clear),
                1,
                0,
                1,
            ),
            (b"\xfemysql_clear_password", 0, Some(Plugin::Clear), 0, 0, 1),
            (&nonce, 0, Some(Plugin::Ed25519), 32, 0, 0),
            (b"\xfesomething\0", 0, Some(other(b"something")), 0, 0, 0),
            (
                b"\xfemysql_native_password\0abc",
                18,
                Some(Plugin::NativePassword),
                3,
                18,
                0,
            ),
            (b"\xfemysql_native_pass", 26, None, 0, 0, 0),
            (b"\xfe", 43, None, 0, 0, 0),
        ];
        for (bytes, missing, plugin, length, lacking, quirks) in table {
            let switch = AuthSwitch::parse(bytes, missing).unwrap();
            assert_eq!(switch.plugin, plugin, "{bytes:?}");
            assert_eq!(switch.data.bytes.len(), length, "{bytes:?}");
            assert_eq!(switch.data.missing, lacking, "{bytes:?}");
            assert_eq!(switch.quirks.len(), quirks, "{bytes:?}");
            assert_eq!(switch.bare, bytes == b"\xfe" && missing == 0);
        }
        assert!(AuthSwitch::parse(b"\0", 0).is_err());
        assert!(AuthSwitch::parse(b"", 4).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(mut payload: Vec<u8>, missing in 0_u64..9) {
            payload.insert(0, 0xfe);
            prop_assert!(AuthSwitch::parse(&payload, missing).is_ok());
        }
    }
}
