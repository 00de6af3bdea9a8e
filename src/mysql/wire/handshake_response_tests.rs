//! Login packets of real clients, of odd ones, and cut ones.

use super::super::greeting::Greeting;
use super::super::test_bytes::{
    EMPTY_LOGIN, MYSQL_51_GREETING, MYSQL_51_LOGIN, SEED_GREETING, SEED_LOGIN, hex, payload,
};
use super::*;
use proptest::prelude::*;

const NO_QUIRKS: [&str; 0] = [];
/// PyMySQL's flags, of which the server of sysown/proxysql#1934 offered neither attributes nor
/// length-encoded responses.
const PYMYSQL: u32 = 0x003a_a205;
const PROXYSQL: u64 = 0x800f_ffff;

fn server(greeting: &str) -> Capabilities {
    Greeting::parse(&payload(greeting)).unwrap().capabilities
}

fn packet(flags: u32, behind: &[u8]) -> Vec<u8> {
    let mut bytes = flags.to_le_bytes().to_vec();
    bytes.extend([0, 0, 0, 1, 45]);
    bytes.resize(FIXED_SIZE, 0);
    bytes.extend(behind);
    bytes
}

#[test]
fn pymysql() {
    let login =
        HandshakeResponse::parse(&payload(SEED_LOGIN), 0, Some(server(SEED_GREETING))).unwrap();
    assert_eq!(login.capabilities, Capabilities(0x003a_a205));
    assert_eq!(login.max_packet, Some(0x00ff_ffff));
    assert_eq!(login.character_set, Some(45));
    assert_eq!(login.user.as_deref(), Some(&b"app"[..]));
    let response = hex("5066065730cf2b8440b092ea31da57caa8591226");
    assert_eq!(login.auth_response, Some(Captured::rest(&response, 0)));
    assert_eq!(login.database, None);
    assert_eq!(login.plugin, Some(Plugin::NativePassword));
    let name = (&b"_client_name"[..], &b"pymysql"[..]);
    assert_eq!(
        (login.attributes.len(), login.attributes.iter().next()),
        (3, Some(name))
    );
    assert_eq!(login.quirks, NO_QUIRKS);
}

#[test]
fn an_empty_response_for_another_plugin() {
    let login = HandshakeResponse::parse(&payload(EMPTY_LOGIN), 0, None).unwrap();
    assert_eq!(login.user.as_deref(), Some(&b"root"[..]));
    assert_eq!(login.auth_response, Some(Captured::default()));
    assert_eq!(login.plugin, Some(Plugin::NativePassword));
    assert_eq!((login.attributes.len(), login.quirks.len()), (7, 0));
}

#[test]
fn flags_that_the_server_did_not_offer_have_no_fields() {
    let bytes = payload(MYSQL_51_LOGIN);
    let login = HandshakeResponse::parse(&bytes, 0, Some(server(MYSQL_51_GREETING))).unwrap();
    assert!(login.capabilities.has(Capabilities::PLUGIN_AUTH));
    assert_eq!(login.user.as_deref(), Some(&b"root_nope"[..]));
    let response = hex("0462a99c75e97363d10a6d4b06dc84dfd4da1a96");
    assert_eq!(login.auth_response, Some(Captured::rest(&response, 0)));
    assert_eq!((login.plugin, login.quirks.len()), (None, 0));
    // The greeting not captured: the client's flags, one of which has no bytes.
    let login = HandshakeResponse::parse(&bytes, 0, None).unwrap();
    assert_eq!(login.user.as_deref(), Some(&b"root_nope"[..]));
    assert_eq!(
        login.quirks,
        ["the plugin flag is set but no plugin follows"]
    );
}

#[test]
fn proxysql_and_pymysql() {
    let native = hex("4b61e59e786a82d9aaaa9bc3a43a0b84b427e09c");
    let behind = [b"admin\0\x14".as_slice(), &native, b"\0"].concat();
    let offered = Some(Capabilities(PROXYSQL));
    let login = HandshakeResponse::parse(&packet(PYMYSQL, &behind), 0, offered).unwrap();
    assert_eq!(login.auth_response, Some(Captured::rest(&native, 0)));
    assert_eq!(login.plugin, Some(Plugin::Other(Vec::new())));
    assert_eq!(login.quirks, NO_QUIRKS);
}

/// `PROTOCOL_41`, `SECURE_CONNECTION`, `PLUGIN_AUTH`.
const BASE: u32 = 0x0008_8201;
const DB: u32 = 1 << 3;
const ZSTD: u32 = 1 << 26;

/// Reads the login of user `u` with the response `x`: database, plugin, zstd level and quirks.
#[track_caller]
fn check(
    (client, server): (u32, u64),
    behind_response: &[u8],
    (database, plugin, zstd): (Option<&str>, &str, Option<u32>),
    quirks: &[&str],
) {
    let bytes = packet(client, &[b"u\0\x01x", behind_response].concat());
    let login = HandshakeResponse::parse(&bytes, 0, Some(Capabilities(server))).unwrap();
    assert_eq!(login.user.as_deref(), Some(&b"u"[..]));
    assert_eq!(login.auth_response, Some(Captured::rest(b"x", 0)));
    assert_eq!(login.database.as_deref(), database.map(str::as_bytes));
    assert_eq!(
        login.plugin.map_or(String::new(), |p| p.to_string()),
        plugin
    );
    assert_eq!(login.zstd_level, zstd);
    assert_eq!(login.quirks, quirks);
}

#[test]
fn databases_with_and_without_their_flag() {
    let native = "mysql_native_password";
    let (empty, shop) = ((None, native, None), (Some("shop"), native, None));
    let no_name = b"\0mysql_native_password\0";
    let named = b"shop\0mysql_native_password\0";
    let without_offer = "fields follow that the server did not offer";
    let without_flag = "a database is sent without its flag";
    check((BASE | DB, !0), no_name, empty, &[]);
    check((BASE | DB, !0), named, shop, &[]);
    check((BASE | DB, !u64::from(DB)), named, shop, &[without_offer]);
    check((BASE, !0), named, shop, &[without_flag]);
    check((BASE, !0), no_name, empty, &[without_flag]);
}

#[test]
fn odd_ends() {
    let native = "mysql_native_password";
    let none = "the plugin flag is set but no plugin follows";
    check((BASE, !0), b"", (None, "", None), &[none]);
    let no_nul = "the plugin name has no terminating NUL";
    check(
        (BASE, !0),
        native.as_bytes(),
        (None, native, None),
        &[no_nul],
    );
    let level = (None, native, Some(3));
    check(
        (BASE | ZSTD, !0),
        b"mysql_native_password\0\x03",
        level,
        &[],
    );
    check(
        (BASE | ZSTD, !0),
        b"mysql_native_password\0\x03\0\0\0",
        level,
        &[],
    );
    let more = b"mysql_native_password\0\x01\x02\x03";
    check(
        (BASE, !0),
        more,
        (None, native, None),
        &["bytes follow the last field"],
    );
}

#[test]
fn a_response_that_ends_in_nul() {
    let login = HandshakeResponse::parse(&packet(0x201, b"u\0x\0"), 0, None).unwrap();
    assert_eq!(login.auth_response, Some(Captured::rest(b"x", 0)));
    assert_eq!((login.plugin, login.quirks.len()), (None, 0));
}

#[test]
fn extended_capabilities_of_mariadb() {
    let mut bytes = payload(SEED_LOGIN);
    bytes[0] &= 0xfe;
    bytes[28] = 0x1d;
    let mariadb = Some(Capabilities(0xffff_ffff_ffff_fffe));
    let login = HandshakeResponse::parse(&bytes, 0, mariadb).unwrap();
    assert_eq!(login.capabilities, Capabilities(0x1d_003a_a204));
    let login = HandshakeResponse::parse(&bytes, 0, Some(server(SEED_GREETING))).unwrap();
    assert_eq!(login.capabilities, Capabilities(0x003a_a204));
}

#[test]
fn a_whole_packet_that_ends_inside_a_field_is_an_error() {
    let bytes = payload(SEED_LOGIN);
    for end in [0, 3, 31, 40, 56] {
        let result = HandshakeResponse::parse(&bytes[..end], 0, None);
        assert!(result.is_err(), "{end}: {result:?}");
    }
    let error = HandshakeResponse::parse(&bytes[..40], 0, None).unwrap_err();
    let text = "HandshakeResponse41: the response at offset 37 needs 20 bytes, 3 are left";
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_cut_never_makes_a_field_shorter() {
    let bytes = payload(SEED_LOGIN);
    let whole = HandshakeResponse::parse(&bytes, 0, None).unwrap();
    for end in 4..bytes.len() {
        let missing = (bytes.len() - end) as u64;
        let cut = HandshakeResponse::parse(&bytes[..end], missing, None).unwrap();
        assert_eq!(cut.missing, missing);
        assert_eq!(cut.user.is_some(), end >= 36, "{end}");
        assert!(cut.user.is_none() || cut.user == whole.user);
        assert_eq!(cut.plugin.is_some(), end >= 79, "{end}");
        assert!(cut.plugin.is_none() || cut.plugin == whole.plugin);
        assert!(cut.attributes.len() <= whole.attributes.len());
        assert!(
            cut.attributes
                .iter()
                .zip(whole.attributes.iter())
                .all(|(a, b)| a == b)
        );
        if let Some(response) = cut.auth_response {
            assert_eq!(response.bytes.len() as u64 + response.missing, 20);
            assert_eq!(response.is_whole(), end >= 57);
        }
    }
}

proptest! {
    #[test]
    fn never_panics(flags: u32, behind: Vec<u8>, missing in 0_u64..50, offered: Option<u64>) {
        let server = offered.map(Capabilities);
        let _ = HandshakeResponse::parse(&packet(flags, &behind), missing, server);
        let _ = HandshakeResponse::parse(&behind, missing, server);
    }
}
