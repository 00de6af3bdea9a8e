//! Greetings of real servers, of odd ones, and things that are none.

use super::super::test_bytes::{
    HOST_NOT_ALLOWED, MARIADB_10_0_GREETING, MYSQL_51_GREETING, SEED_GREETING, hex, payload,
};
use super::*;
use proptest::prelude::*;

/// Sets the payload's lower capabilities and the ten reserved bytes (for version texts of 6 bytes).
fn altered(low: [u8; 2], reserved: [u8; 10]) -> Vec<u8> {
    let mut bytes = payload(SEED_GREETING);
    bytes[21..23].copy_from_slice(&low);
    bytes[29..39].copy_from_slice(&reserved);
    bytes
}

#[test]
fn mysql_8() {
    let greeting = Greeting::parse(&payload(SEED_GREETING)).unwrap();
    let salt = hex("5a694a7e1e302538 0317737f45162954207b2b76 00");
    assert_eq!(greeting.server_version, b"8.0.36");
    assert_eq!(greeting.thread_id, 1234);
    assert_eq!(greeting.salt, salt);
    assert_eq!(greeting.salt.len(), 21);
    assert_eq!(greeting.capabilities, Capabilities(0x01ff_ffff));
    assert_eq!(greeting.character_set, Some(255));
    assert_eq!(greeting.status, Some(2));
    assert_eq!(greeting.salt_length_byte, Some(21));
    assert_eq!(greeting.plugin, Some(Plugin::NativePassword));
    assert_eq!(greeting.quirks, [""; 0]);
}

#[test]
fn mysql_5_1_has_no_plugins() {
    let greeting = Greeting::parse(&payload(MYSQL_51_GREETING)).unwrap();
    assert_eq!(greeting.server_version, b"5.1.67-log");
    assert_eq!(greeting.capabilities, Capabilities(0xf7ff));
    assert_eq!(greeting.salt, b"4\\SlCL2T4C4{1|Bp1?(L\0");
    assert_eq!((greeting.plugin, greeting.salt_length_byte), (None, None));
    assert_eq!(greeting.quirks, [""; 0]);
}

#[test]
fn mariadb_10_0() {
    let greeting = Greeting::parse(&payload(MARIADB_10_0_GREETING)).unwrap();
    let version = b"5.5.5-10.0.36-MariaDB-0ubuntu0.16.04.1";
    assert_eq!(greeting.server_version, version);
    assert_eq!(greeting.salt, b"tnNv,t'`1rkADp+#ijZe\0");
    assert_eq!(greeting.plugin, Some(Plugin::NativePassword));
}

#[test]
fn extended_capabilities_only_with_bit_0_clear() {
    let reserved = [0, 0, 0, 0, 0, 0, 0x1d, 0, 0, 0];
    let mariadb = Greeting::parse(&altered([0xfe, 0xff], reserved)).unwrap();
    assert_eq!(mariadb.capabilities, Capabilities(0x1d_01ff_fffe));
    assert_eq!(mariadb.quirks, [""; 0]);
    let leaking = Greeting::parse(&altered([0xff, 0xff], reserved)).unwrap();
    assert_eq!(leaking.capabilities, Capabilities(0x01ff_ffff));
    assert_eq!(leaking.quirks, ["the reserved bytes are not zero"]);
}

#[test]
fn very_old_servers_stop_early() {
    let bytes = payload(SEED_GREETING);
    for (end, quirk) in [
        (20, "the greeting ends before the capabilities"),
        (21, "the greeting ends before the capabilities"),
        (23, "the greeting ends before the character set"),
    ] {
        let greeting = Greeting::parse(&bytes[..end]).unwrap();
        assert_eq!(greeting.salt, bytes[12..20]);
        assert_eq!(greeting.quirks, [quirk]);
    }
    for end in (0..20).chain(24..51) {
        assert!(Greeting::parse(&bytes[..end]).is_err(), "{end}");
    }
}

#[test]
fn version_9() {
    let bytes = b"\x093.20.32\0\x07\0\0\0abcdefgh\0";
    let greeting = Greeting::parse(bytes).unwrap();
    assert_eq!((greeting.protocol, greeting.thread_id), (9, 7));
    assert_eq!(greeting.salt, b"abcdefgh\0");
    assert_eq!(greeting.plugin, None);
    assert!(looks_like(bytes));
    assert!(!looks_like(b"\x09not a version\0\x07\0\0\0abcdefgh\0"));
}

#[test]
fn a_prefix_gives_what_it_has() {
    let bytes = payload(SEED_GREETING);
    let at = |end: usize| Greeting::parse_partial(&bytes[..end]).unwrap();
    assert_eq!(at(7).server_version, None);
    assert_eq!(at(8).server_version.as_deref(), Some(&b"8.0.36"[..]));
    assert_eq!((at(11).thread_id, at(12).thread_id), (None, Some(1234)));
    assert_eq!(
        (at(38).capabilities, at(39).capabilities),
        (None, Some(Capabilities(0x01ff_ffff)))
    );
    assert_eq!(at(51).without_plugin, None);
    let whole = Greeting::parse(&bytes).unwrap();
    assert_eq!(
        at(60).without_plugin,
        Some(Greeting {
            plugin: None,
            ..whole
        })
    );
    assert_eq!(Greeting::parse_partial(b"\xff"), None);
    assert_eq!(Greeting::parse_partial(b""), None);
}

#[test]
fn an_error_names_the_field() {
    let error = Greeting::parse(&payload(SEED_GREETING)[..10]).unwrap_err();
    let text = "HandshakeV10: the thread id at offset 8 needs 4 bytes, 2 are left";
    assert_eq!(error.to_string(), text);
    let error = Greeting::parse(b"\x16\x03").unwrap_err();
    assert_eq!(
        error.to_string(),
        "HandshakeV10: the protocol at offset 0 is not 10 or 9"
    );
}

#[test]
fn detection_believes_greetings() {
    for text in [SEED_GREETING, MYSQL_51_GREETING, MARIADB_10_0_GREETING] {
        assert!(looks_like(&payload(text)));
    }
    assert!(looks_like(&payload(SEED_GREETING)[..21]));
    let mut named = b"\x0anode.js rocks\0".to_vec();
    named.extend(&payload(SEED_GREETING)[8..]);
    assert!(looks_like(&named));
}

#[test]
fn detection_believes_nothing_else() {
    let text: &[&[u8]] = &[
        b"",
        b"\x0a",
        b"\nHello, this is a text that says nothing of interest to anybody here\n",
        b"\x0a1.5\0abcdefghijklm",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x16\x03\x03\0\x5d\x02\0\0\x59\x03\x03",
        b"\0\x01\0\0\0\x06\x01\x03\0\0\0\x0a",
        b"220 mail.example.org ESMTP\r\n",
        b"\x01\0\x0b\0\0\0\x3d\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"\x0anot a number\0\x01\0\0\0abcdefgh\0\0\0",
        b"\x0a\x01\x02\x03\0\x01\0\0\0abcdefgh\0\0\0",
    ];
    for bytes in text {
        assert!(!looks_like(bytes), "{bytes:?}");
    }
    assert!(!looks_like(&payload(HOST_NOT_ALLOWED)));
    // tcpdump/ntp-mode7.pcap, at byte 343: zeros and small numbers that fit every count.
    let ntp = "0a000000 0e000000000000286600 0029d30000159500000000000000650ab550ae598b070700ea000000\
        ea0000000000000000000000000000000000080045 0000dc0f5940004011";
    assert!(!looks_like(&hex(ntp)));
}

proptest! {
    #[test]
    fn never_panics(mut bytes: Vec<u8>, plausible: bool) {
        if plausible {
            bytes.splice(0..0, *b"\x0a8.0.36\0");
        }
        let _ = Greeting::parse(&bytes);
        let _ = Greeting::parse_partial(&bytes);
        let _ = looks_like(&bytes);
    }

    #[test]
    fn a_prefix_never_contradicts_the_whole(end in 1_usize..74) {
        let bytes = payload(SEED_GREETING);
        let partial = Greeting::parse_partial(&bytes[..end]).unwrap();
        prop_assert!(partial.server_version.is_none_or(|version| version == b"8.0.36"));
        prop_assert!(partial.thread_id.is_none_or(|id| id == 1234));
        prop_assert!(partial.capabilities.is_none_or(|c| c.0 == 0x01ff_ffff));
    }
}
