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

fn server(greeting: &str) -> Option<Capabilities> {
    Some(Greeting::parse(&payload(greeting)).unwrap().capabilities)
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
    let login = HandshakeResponse::parse(&payload(SEED_LOGIN), 0, server(SEED_GREETING)).unwrap();
    assert_eq!(login.capabilities, Capabilities(0x003a_a205));
    assert_eq!(login.max_packet, Some(0x00ff_ffff));
    assert_eq!(login.character_set, Some(45));
    assert_eq!(login.user, Some(b"app".to_vec()));
    let response = hex("5066065730cf2b8440b092ea31da57caa8591226");
    assert_eq!(login.auth_response, Some(Captured::rest(&response, 0)));
    assert_eq!(login.database, None);
    assert_eq!(login.plugin, Some(Plugin::NativePassword));
    let name = (b"_client_name".to_vec(), b"pymysql".to_vec());
    assert_eq!((login.attributes.len(), &login.attributes[0]), (3, &name));
    assert_eq!(login.quirks, NO_QUIRKS);
}

#[test]
fn an_empty_response_for_another_plugin() {
    let login = HandshakeResponse::parse(&payload(EMPTY_LOGIN), 0, None).unwrap();
    assert_eq!(login.user, Some(b"root".to_vec()));
    assert_eq!(login.auth_response, Some(Captured::default()));
    assert_eq!(login.plugin, Some(Plugin::NativePassword));
    assert_eq!((login.attributes.len(), login.quirks.len()), (7, 0));
}

#[test]
fn flags_that_the_server_did_not_offer_have_no_fields() {
    let bytes = payload(MYSQL_51_LOGIN);
    let login = HandshakeResponse::parse(&bytes, 0, server(MYSQL_51_GREETING)).unwrap();
    assert!(login.capabilities.has(Capabilities::PLUGIN_AUTH));
    assert_eq!(login.user, Some(b"root_nope".to_vec()));
    let response = hex("0462a99c75e97363d10a6d4b06dc84dfd4da1a96");
    assert_eq!(login.auth_response, Some(Captured::rest(&response, 0)));
    assert_eq!((login.plugin, login.quirks.len()), (None, 0));
    // The greeting not captured: the client's flags, one of which has no bytes.
    let login = HandshakeResponse::parse(&bytes, 0, None).unwrap();
    assert_eq!(login.user, Some(b"root_nope".to_vec()));
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

#[test]
fn odd_forms() {
    let db = Capabilities::CONNECT_WITH_DB.0;
    let zstd = Capabilities::ZSTD.0;
    let base = 0x0008_8201_u64; // PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH
    let native = Some(Plugin::NativePassword);
    // (client, server, bytes behind the fixed part, database, plugin, zstd, quirks)
    type Row<'a> = (
        u64,
        u64,
        &'a [u8],
        Option<&'a [u8]>,
        Option<Plugin>,
        Option<u32>,
        &'a [&'a str],
    );
    let table: [Row; 11] = [
        (
            base | db,
            !0,
            b"u\0\x01x\0mysql_native_password\0",
            None,
            native.clone(),
            None,
            &[],
        ),
        (
            base | db,
            !0,
            b"u\0\x01xshop\0mysql_native_password\0",
            Some(b"shop"),
            native.clone(),
            None,
            &[],
        ),
        (
            base | db,
            !db,
            b"u\0\x01xshop\0mysql_native_password\0",
            Some(b"shop"),
            native.clone(),
            None,
            &["fields follow that the server did not offer"],
        ),
        (
            base,
            !0,
            b"u\0\x01xshop\0mysql_native_password\0",
            Some(b"shop"),
            native.clone(),
            None,
            &["a database is sent without its flag"],
        ),
        (
            base,
            !0,
            b"u\0\x01x\0mysql_native_password\0",
            None,
            native.clone(),
            None,
            &["a database is sent without its flag"],
        ),
        (
            base,
            !0,
            b"u\0\x01x",
            None,
            None,
            None,
            &["the plugin flag is set but no plugin follows"],
        ),
        (
            base,
            !0,
            b"u\0\x01xmysql_native_password",
            None,
            native.clone(),
            None,
            &["the plugin name has no terminating NUL"],
        ),
        (
            base | zstd,
            !0,
            b"u\0\x01xmysql_native_password\0\x03",
            None,
            native.clone(),
            Some(3),
            &[],
        ),
        (
            base | zstd,
            !0,
            b"u\0\x01xmysql_native_password\0\x03\0\0\0",
            None,
            native.clone(),
            Some(3),
            &[],
        ),
        (
            base,
            !0,
            b"u\0\x01xmysql_native_password\0\x01\x02\x03",
            None,
            native,
            None,
            &["bytes follow the last field"],
        ),
        (0x201, !0, b"u\0x\0", None, None, None, &[]),
    ];
    for (client, offered, behind, database, plugin, zstd, quirks) in table {
        let bytes = packet(u32::try_from(client).unwrap(), behind);
        let login = HandshakeResponse::parse(&bytes, 0, Some(Capabilities(offered))).unwrap();
        assert_eq!(login.user.as_deref(), Some(&b"u"[..]), "{behind:?}");
        assert_eq!(
            login.auth_response,
            Some(Captured::rest(b"x", 0)),
            "{behind:?}"
        );
        assert_eq!(login.database.as_deref(), database, "{behind:?}");
        assert_eq!(login.plugin, plugin, "{behind:?}");
        assert_eq!(login.zstd_level, zstd, "{behind:?}");
        assert_eq!(login.quirks, quirks, "{behind:?}");
    }
}

#[test]
fn extended_capabilities_of_mariadb() {
    let mut bytes = payload(SEED_LOGIN);
    bytes[0] &= 0xfe;
    bytes[28] = 0x1d;
    let mariadb = Some(Capabilities(0xffff_ffff_ffff_fffe));
    let login = HandshakeResponse::parse(&bytes, 0, mariadb).unwrap();
    assert_eq!(login.capabilities, Capabilities(0x1d_003a_a204));
    let login = HandshakeResponse::parse(&bytes, 0, server(SEED_GREETING)).unwrap();
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
        assert!(whole.attributes.starts_with(&cut.attributes));
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
