//! What holds of any cutting, any damage and any bytes.

use std::sync::Arc;

use proptest::prelude::*;

use super::fixture::{Exchange, read, run};
use crate::tls::{KeyLog, Keys};

/// The chunks cut anew at these distances, in their order.
fn cut(exchange: &Exchange, sizes: &[usize]) -> Vec<(bool, Vec<u8>)> {
    let mut sizes = sizes.iter().cycle();
    let mut pieces = Vec::new();
    for (from_client, bytes) in &exchange.chunks {
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let size = *sizes.next().unwrap();
            let (piece, behind) = rest.split_at(size.min(rest.len()));
            pieces.push((*from_client, piece.to_vec()));
            rest = behind;
        }
    }
    pieces
}

const SOME: [&str; 6] = [
    "1.3-TLS_CHACHA20_POLY1305_SHA256",
    "1.2-AES128-SHA",
    "1.0-ECDHE-ECDSA-AES256-SHA",
    "key-update",
    "renegotiation",
    "retry",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_cutting(which in 0..SOME.len(), sizes in prop::collection::vec(1_usize..700, 1..9)) {
        let [exchange] = read(SOME[which]).try_into().ok().unwrap();
        let pieces = cut(&exchange, &sizes);
        let pieces = pieces.iter().map(|(client, bytes)| (*client, bytes.as_slice(), 1));
        let outcome = run(&exchange.keys(), pieces);
        prop_assert_eq!(outcome.session.sealed(), None);
        prop_assert_eq!(outcome.client, exchange.client_said);
        prop_assert_eq!(outcome.server, exchange.server_said);
    }

    /// Whatever is changed, no wrong byte is told, and nothing panics.
    #[test]
    fn any_damage(
        which in 0..SOME.len(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let [exchange] = read(SOME[which]).try_into().ok().unwrap();
        let mut damaged = exchange.clone();
        for (chunk, place, value) in places {
            let chunk = chunk.index(damaged.chunks.len());
            let bytes = &mut damaged.chunks[chunk].1;
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        let outcome = damaged.run(&exchange.keys());
        prop_assert!(exchange.client_said.starts_with(&outcome.client));
        prop_assert!(exchange.server_said.starts_with(&outcome.server));
    }

    #[test]
    fn random_bytes(chunks in prop::collection::vec((any::<bool>(), any::<Vec<u8>>()), 0..20)) {
        let keys = Arc::new(Keys::from_parts(vec![Arc::new(KeyLog::default())], Vec::new()));
        let chunks = chunks.iter().map(|(client, bytes)| (*client, bytes.as_slice(), 1));
        let outcome = run(&keys, chunks);
        prop_assert!(outcome.client.is_empty() && outcome.server.is_empty());
    }
}
