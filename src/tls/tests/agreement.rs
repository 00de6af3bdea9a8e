//! tls-parser, another reader of the same structures, over the recordings.

use super::fixture::all;
use crate::tls::deframer::{Deframer, Framed};
use crate::tls::looks_like_client_hello;
use crate::tls::wire::client_hello::ClientHello;

/// tls-parser reads the same records and the same hello.
#[test]
fn agrees_with_tls_parser() {
    for (name, exchanges) in all() {
        for exchange in exchanges {
            let stream: Vec<u8> = exchange
                .chunks
                .iter()
                .filter(|(client, _)| *client)
                .flat_map(|(_, bytes)| bytes.clone())
                .collect();
            assert!(looks_like_client_hello(&stream), "{name}");
            compare(&stream);
            let stream: Vec<u8> = exchange
                .chunks
                .iter()
                .filter(|(client, _)| !*client)
                .flat_map(|(_, bytes)| bytes.clone())
                .collect();
            assert!(!looks_like_client_hello(&stream), "{name}");
            compare(&stream);
        }
    }
}

fn compare(stream: &[u8]) {
    let (mut deframer, mut ours, mut theirs) = (Deframer::default(), stream, stream);
    while let Framed::Record(header, body) = deframer.next(&mut ours) {
        let (rest, record) = tls_parser::parse_tls_raw_record(theirs).unwrap();
        theirs = rest;
        assert_eq!(record.hdr.record_type.0, header.content.0);
        assert_eq!(record.hdr.version.0, header.version.0);
        assert_eq!(record.data, body);
        if body.first() == Some(&1) && header.content.0 == 22 {
            let (_, message) = tls_parser::parse_tls_message_handshake(&body).unwrap();
            let tls_parser::TlsMessage::Handshake(tls_parser::TlsMessageHandshake::ClientHello(
                theirs,
            )) = message
            else {
                panic!("a ClientHello")
            };
            let ours = ClientHello::parse(&body[4..]).unwrap();
            assert_eq!(ours.random, theirs.random);
            assert_eq!(ours.version.0, theirs.version.0);
            assert_eq!(Some(&ours.session_id[..]), theirs.session_id.or(Some(&[])));
            let suites = |suite: &tls_parser::TlsCipherSuiteID| suite.0;
            let theirs_suites: Vec<u16> = theirs.ciphers.iter().map(suites).collect();
            assert_eq!(
                ours.suites.iter().map(|suite| suite.0).collect::<Vec<_>>(),
                theirs_suites
            );
            let (_, extensions) =
                tls_parser::parse_tls_client_hello_extensions(theirs.ext.unwrap()).unwrap();
            let kinds: Vec<u16> = extensions
                .iter()
                .map(|extension| tls_parser::TlsExtensionType::from(extension).0)
                .collect();
            assert_eq!(
                ours.extensions
                    .iter()
                    .map(|extension| extension.kind.0)
                    .collect::<Vec<_>>(),
                kinds
            );
        }
    }
    assert!(theirs.is_empty() && ours.is_empty());
}
