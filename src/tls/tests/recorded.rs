//! OpenSSL's s_client and s_server in every suite and version.

use std::sync::Arc;

use super::fixture::{all, directory, packet, read};
use crate::tls::wire::alert::{AlertDescription, AlertLevel};
use crate::tls::{Alert, Keys, Sealed, ServerKey, Session};

/// Each opens with its key log, to the last byte, and names its version and suite.
#[test]
fn all_open_with_their_key_log() {
    let files = all();
    assert!(files.len() >= 58, "only {} recordings", files.len());
    for (name, exchanges) in files {
        for exchange in exchanges {
            let outcome = exchange.run(&exchange.keys());
            let session = &outcome.session;
            assert_eq!(session.sealed(), None, "{name}");
            let said = String::from_utf8_lossy(&outcome.client);
            assert_eq!(
                said,
                String::from_utf8_lossy(&exchange.client_said),
                "{name}"
            );
            let said = String::from_utf8_lossy(&outcome.server);
            assert_eq!(
                said,
                String::from_utf8_lossy(&exchange.server_said),
                "{name}"
            );
            if name == "refused-version" {
                continue;
            }
            let version = session.version().unwrap().to_string();
            let suite = session.suite().unwrap().to_string();
            if name.starts_with('1') {
                assert_eq!(version, format!("TLS {}", &name[..3]));
                assert_eq!(squeezed(&suite), squeezed(&openssl_name(&name)), "{name}");
            }
            let alert = session.alerts().first().unwrap();
            if !name.starts_with("refused") {
                assert_eq!(alert.description, AlertDescription::CLOSE_NOTIFY, "{name}");
                assert!(alert.authentic, "{name}");
            }
        }
    }
}

/// The suite out of a recording's name, as the registry writes it.
fn openssl_name(name: &str) -> String {
    let name = name[4..]
        .trim_end_matches("-no-etm")
        .trim_end_matches("-no-ems");
    if name.starts_with("TLS_") {
        return name.to_owned();
    }
    let name = if name.contains("HE-") {
        name.to_owned()
    } else {
        format!("RSA-{name}")
    };
    let cbc = !["GCM", "CCM", "POLY"]
        .iter()
        .any(|mode| name.contains(mode));
    let name = name
        .replace("-AES", "-WITH-AES")
        .replace("-CHACHA", "-WITH-CHACHA");
    let name = if cbc {
        name.replace("-SHA", "-CBC-SHA")
    } else {
        name
    };
    let sha = if name.contains("POLY") { "-SHA256" } else { "" };
    format!("TLS-{name}{sha}")
}

fn squeezed(name: &str) -> String {
    name.replace(['-', '_'], "")
}

/// The same without the log, by the server's private key alone.
#[test]
fn rsa_key_exchange_opens_with_the_server_key() {
    let mut opened = 0;
    for (name, exchanges) in all() {
        let keys = server_keys(&["rsa.pem"]);
        for exchange in exchanges {
            let outcome = exchange.run(&keys);
            match outcome.session.sealed() {
                None if name.starts_with("refused") => {}
                None => {
                    assert_eq!(outcome.client, exchange.client_said, "{name}");
                    assert_eq!(outcome.server, exchange.server_said, "{name}");
                    opened += 1;
                }
                Some(sealed) => {
                    assert_eq!(sealed, Sealed::NotRsaExchange, "{name}");
                    assert!(outcome.client.is_empty() && outcome.server.is_empty());
                }
            }
        }
    }
    assert_eq!(opened, 16);
}

fn server_keys(names: &[&str]) -> Arc<Keys> {
    let keys = names.iter().map(|name| {
        let text = std::fs::read_to_string(directory().join(name)).unwrap();
        Arc::new(ServerKey::from_pem(&text).unwrap())
    });
    Arc::new(Keys::from_parts(Vec::new(), keys.collect()))
}

#[test]
fn server_key_in_pkcs1() {
    let [exchange] = read("1.2-AES128-SHA").try_into().ok().unwrap();
    let outcome = exchange.run(&server_keys(&["rsa-pkcs1.pem"]));
    assert_eq!(outcome.client, exchange.client_said);
}

#[test]
fn resumption_without_the_first_handshake() {
    for name in ["resumed-rsa-id", "resumed-rsa-ticket"] {
        let outcome = read(name)[1].run(&server_keys(&["rsa.pem"]));
        assert_eq!(outcome.session.sealed(), Some(Sealed::Resumed), "{name}");
    }
}

#[test]
fn reasons() {
    let [modern] = read("1.3-TLS_AES_128_GCM_SHA256").try_into().ok().unwrap();
    let [older] = read("1.2-ECDHE-ECDSA-AES128-SHA").try_into().ok().unwrap();
    let nothing = Arc::new(Keys::default());
    for exchange in [&modern, &older] {
        let sealed = exchange.run(&nothing).session.sealed();
        assert_eq!(sealed, Some(Sealed::NoKeys));
    }
    let sealed = modern.run(&older.keys()).session.sealed();
    assert_eq!(sealed, Some(Sealed::NoKey { sessions: 1 }));
    let sealed = older.run(&modern.keys()).session.sealed();
    assert_eq!(sealed, Some(Sealed::NoKey { sessions: 1 }));
    let mut partial = modern.clone();
    partial.keylog = modern
        .keylog
        .lines()
        .filter(|line| !line.contains("SERVER_TRAFFIC"))
        .collect::<Vec<_>>()
        .join("\n");
    let sealed = partial.run(&partial.keys()).session.sealed();
    assert_eq!(
        sealed,
        Some(Sealed::NoTrafficSecret {
            label: "SERVER_TRAFFIC_SECRET_0"
        })
    );
    let mut headless = older.clone();
    headless.chunks.drain(..2);
    let sealed = headless.run(&older.keys()).session.sealed();
    assert_eq!(sealed, Some(Sealed::NotCaptured));
    let mut session = Session::new(older.keys());
    let (from_client, bytes) = &older.chunks[0];
    session.data(*from_client, bytes, packet(1));
    session.gap(false, 10, packet(7));
    assert_eq!(session.sealed(), Some(Sealed::Gap { at: packet(7) }));
    let mut refused = older.clone();
    refused.chunks[1].1 = b"\x17\0\0\x01\xff\x10\x04Too many connections".to_vec();
    let sealed = refused.run(&older.keys()).session.sealed();
    assert_eq!(sealed, Some(Sealed::NotTls { at: packet(2) }));
}

/// A flipped bit in any encrypted record: sealed there, and nothing of it or behind it is told.
#[test]
fn a_flipped_bit_is_named() {
    for name in [
        "1.3-TLS_AES_128_GCM_SHA256",
        "1.2-ECDHE-ECDSA-AES128-CCM8",
        "1.2-ECDHE-ECDSA-CHACHA20-POLY1305",
        "1.2-ECDHE-ECDSA-AES256-SHA384",
        "1.2-ECDHE-ECDSA-AES128-SHA-no-etm",
        "1.0-ECDHE-ECDSA-AES128-SHA",
        "1.0-AES128-SHA",
    ] {
        let [exchange] = read(name).try_into().ok().unwrap();
        let whole = exchange.run(&exchange.keys());
        for (number, (chunk, at)) in exchange.chunks.iter().zip(1_u64..).enumerate() {
            if !whole.packets.contains(&at) {
                continue;
            }
            // In the middle of the last record of the packet, of which records may be several.
            for place in [chunk.1.len() - 1, chunk.1.len() - 9] {
                let mut damaged = exchange.clone();
                damaged.chunks[number].1[place] ^= 0x10;
                let outcome = damaged.run(&exchange.keys());
                let sealed = outcome.session.sealed();
                assert_eq!(
                    sealed,
                    Some(Sealed::NotAuthentic { at: packet(at) }),
                    "{name}"
                );
                assert!(outcome.packets.iter().all(|packet| *packet <= at));
                assert!(exchange.client_said.starts_with(&outcome.client));
                assert!(exchange.server_said.starts_with(&outcome.server));
            }
        }
    }
}

/// Another session's secrets under this one's name.
#[test]
fn wrong_secret() {
    let [exchange] = read("1.3-TLS_AES_256_GCM_SHA384").try_into().ok().unwrap();
    let last = |line: &str| {
        let (front, end) = line.split_at(line.len() - 1);
        format!("{front}{}", if end == "0" { "1" } else { "0" })
    };
    let mut other = exchange.clone();
    other.keylog = exchange
        .keylog
        .lines()
        .map(last)
        .collect::<Vec<_>>()
        .join("\n");
    let sealed = exchange.run(&other.keys()).session.sealed();
    assert_eq!(sealed, Some(Sealed::NotAuthentic { at: packet(2) }));
}

#[test]
fn early_data_is_passed_over() {
    let exchanges = read("early-data");
    let second = &exchanges[1];
    let outcome = second.run(&second.keys());
    assert_eq!(outcome.session.sealed(), None);
    assert_eq!(outcome.client, second.client_said);
}

/// The client refuses the certificate, or the server the version: the alert says so.
#[test]
fn alerts() {
    let table = [
        // OpenSSL sends it in the clear, though keys are agreed on.
        ("refused-1.3", true, AlertDescription::UNKNOWN_CA),
        ("refused-1.2", true, AlertDescription::UNKNOWN_CA),
        ("refused-version", false, AlertDescription::PROTOCOL_VERSION),
    ];
    for (name, from_client, description) in table {
        let [exchange] = read(name).try_into().ok().unwrap();
        for keys in [exchange.keys(), Arc::default()] {
            let outcome = exchange.run(&keys);
            let expected = Alert {
                from_client,
                level: AlertLevel::FATAL,
                description,
                authentic: false,
                at: packet(exchange.chunks.len() as u64),
            };
            assert_eq!(outcome.session.alerts(), [expected], "{name}");
        }
    }
}

/// Only one direction was captured.
#[test]
fn one_direction() {
    for name in ["1.3-TLS_AES_128_GCM_SHA256", "1.2-AES128-SHA"] {
        for side in [true, false] {
            let [mut exchange] = read(name).try_into().ok().unwrap();
            exchange
                .chunks
                .retain(|(from_client, _)| *from_client == side);
            let sealed = exchange.run(&exchange.keys()).session.sealed();
            assert_eq!(sealed, Some(Sealed::NotCaptured), "{name} {side}");
        }
    }
}
