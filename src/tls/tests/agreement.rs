//! tls-parser, another reader of the same structures, over the recordings.

use tls_parser::TlsMessageHandshake;

use super::fixture::all;
use crate::tls::deframer::{Deframer, Framed};
use crate::tls::looks_like_client_hello;
use crate::tls::wire::client_hello::ClientHello;
use crate::tls::wire::extension::Extension;
use crate::tls::wire::server_hello::ServerHello;

/// tls-parser reads the same records and the same hellos.
#[test]
fn agrees_with_tls_parser() {
    let (mut clients, mut servers) = (0, 0);
    for (name, exchanges) in all() {
        for exchange in exchanges {
            let stream: Vec<u8> = exchange
                .chunks
                .iter()
                .filter(|(client, _)| *client)
                .flat_map(|(_, bytes)| bytes.clone())
                .collect();
            assert!(looks_like_client_hello(&stream), "{name}");
            clients += compare(&stream);
            let stream: Vec<u8> = exchange
                .chunks
                .iter()
                .filter(|(client, _)| !*client)
                .flat_map(|(_, bytes)| bytes.clone())
                .collect();
            assert!(!looks_like_client_hello(&stream), "{name}");
            servers += compare(&stream);
        }
    }
    // Some servers answer with an alert.
    assert!(servers > clients / 2 && clients > 10, "{clients} {servers}");
}

/// How many hellos were compared.
fn compare(stream: &[u8]) -> usize {
    let mut hellos = Vec::new();
    let (mut deframer, mut ours, mut theirs) = (Deframer::default(), stream, stream);
    while let Framed::Record(header, body) = deframer.next(&mut ours) {
        let (rest, record) = tls_parser::parse_tls_raw_record(theirs).unwrap();
        theirs = rest;
        assert_eq!(record.hdr.record_type.0, header.content.0);
        assert_eq!(record.hdr.version.0, header.version.0);
        assert_eq!(record.data, &body[..]);
        // A handshake message may be followed by others in its record.
        let message = body.split_at_checked(4).filter(|_| header.content.0 == 22);
        let Some((head, behind)) = message.filter(|(head, _)| matches!(head[0], 1 | 2)) else {
            continue;
        };
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let Some(message) = behind.get(..length) else {
            continue;
        };
        hellos.push(head[0]);
        match head[0] {
            1 => compare_client_hello(&body, message),
            _ => compare_server_hello(&body, message),
        }
    }
    assert!(theirs.is_empty() && ours.is_empty());
    hellos.len()
}

fn handshake(body: &[u8]) -> TlsMessageHandshake<'_> {
    let (_, message) = tls_parser::parse_tls_message_handshake(body).unwrap();
    let tls_parser::TlsMessage::Handshake(message) = message else {
        panic!("a handshake message")
    };
    message
}

fn compare_client_hello(body: &[u8], message: &[u8]) {
    let TlsMessageHandshake::ClientHello(theirs) = handshake(body) else {
        panic!("a ClientHello")
    };
    let ours = ClientHello::parse(message).unwrap();
    assert_eq!(ours.random, theirs.random);
    assert_eq!(ours.version.0, theirs.version.0);
    assert_eq!(Some(ours.session_id), theirs.session_id.or(Some(&[])));
    let suites: Vec<u16> = theirs.ciphers.iter().map(|suite| suite.0).collect();
    assert_eq!(
        ours.suites.iter().map(|suite| suite.0).collect::<Vec<_>>(),
        suites
    );
    let (_, extensions) =
        tls_parser::parse_tls_client_hello_extensions(theirs.ext.unwrap()).unwrap();
    assert_eq!(kinds(&ours.extensions), their_kinds(&extensions));
}

fn compare_server_hello(body: &[u8], message: &[u8]) {
    let TlsMessageHandshake::ServerHello(theirs) = handshake(body) else {
        panic!("a ServerHello")
    };
    let ours = ServerHello::parse(message).unwrap();
    assert_eq!(ours.random, theirs.random);
    assert_eq!(ours.legacy_version.0, theirs.version.0);
    assert_eq!(Some(ours.session_id), theirs.session_id.or(Some(&[])));
    assert_eq!(ours.suite.0, theirs.cipher.0);
    assert_eq!(ours.compression, theirs.compression.0);
    let extensions = theirs.ext.unwrap_or_default();
    let (_, extensions) = tls_parser::parse_tls_server_hello_extensions(extensions).unwrap();
    assert_eq!(kinds(&ours.extensions), their_kinds(&extensions));
}

fn kinds(extensions: &[Extension]) -> Vec<u16> {
    let kinds = extensions.iter().map(|extension| extension.kind.0);
    kinds.collect()
}

fn their_kinds(extensions: &[tls_parser::TlsExtension<'_>]) -> Vec<u16> {
    let kinds = extensions.iter().map(tls_parser::TlsExtensionType::from);
    kinds.map(|kind| kind.0).collect()
}
