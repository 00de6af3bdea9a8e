//! TLS 1.3 (RFC 8446) around a login: TLS_AES_128_GCM_SHA256, a handshake of the usual sizes.
//!
//! The traffic secrets are random and not derived from a key exchange: who opens the session with
//! the key log cannot tell. The certificate is filler. The `Finished` messages are right.

use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::random::Random;

/// One direction's keys.
struct Keys {
    cipher: Aes128Gcm,
    iv: [u8; 12],
    sequence: u64,
}

impl Keys {
    fn new(secret: &[u8; 32]) -> Self {
        let (mut key, mut iv) = ([0; 16], [0; 12]);
        expand(secret, b"key", &mut key);
        expand(secret, b"iv", &mut iv);
        let cipher = Aes128Gcm::new_from_slice(&key).unwrap();
        Self {
            cipher,
            iv,
            sequence: 0,
        }
    }

    fn seal(&mut self, content: u8, bytes: &[u8]) -> Vec<u8> {
        let mut nonce = self.iv;
        for (byte, number) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
            *byte ^= number;
        }
        self.sequence += 1;
        let inner = [bytes, &[content]].concat();
        let [high, low] = (inner.len() as u16 + 16).to_be_bytes();
        let header = [23, 3, 3, high, low];
        let mut sealed = inner;
        let text = sealed.as_mut_slice().into();
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce.into(), &header, text)
            .unwrap();
        [header.as_slice(), &sealed, &tag].concat()
    }
}

fn expand(secret: &[u8; 32], label: &[u8], out: &mut [u8]) {
    let length = (out.len() as u16).to_be_bytes();
    let info = [
        &length,
        [label.len() as u8 + 6].as_slice(),
        b"tls13 ",
        label,
        &[0],
    ]
    .concat();
    Hkdf::<Sha256>::from_prk(secret)
        .unwrap()
        .expand(&info, out)
        .unwrap();
}

pub struct Session {
    pub client_hello: Vec<u8>,
    pub server_flight: Vec<u8>,
    pub client_finished: Vec<u8>,
    pub tickets: Vec<u8>,
    pub key_log: String,
    client: Keys,
    server: Keys,
}

impl Session {
    pub fn new(random: &mut Random) -> Self {
        let (client_random, server_random): ([u8; 32], [u8; 32]) = (random.bytes(), random.bytes());
        let secrets: [[u8; 32]; 4] = std::array::from_fn(|_| random.bytes());
        let [
            client_handshake,
            server_handshake,
            client_traffic,
            server_traffic,
        ] = &secrets;
        let labels = [
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0",
            "SERVER_TRAFFIC_SECRET_0",
        ];
        let line = |(label, secret): (&str, &[u8; 32])| {
            format!("{label} {} {}\n", hex(&client_random), hex(secret))
        };
        let key_log = labels.into_iter().zip(&secrets).map(line).collect();
        let id: [u8; 32] = random.bytes();
        let hello = |kind: u8, random: &[u8; 32], suites: &[u8], extensions: &[Vec<u8>]| {
            let extensions = extensions.concat();
            let length = (extensions.len() as u16).to_be_bytes();
            let parts: [&[u8]; 7] = [&[3, 3], random, &[32], &id, suites, &length, &extensions];
            handshake(kind, &parts.concat())
        };
        let share: [u8; 32] = random.bytes();
        let client_hello = hello(
            1,
            &client_random,
            &[0, 6, 0x13, 1, 0x13, 2, 0x13, 3, 1, 0],
            &[
                extension(43, &[2, 3, 4]),
                extension(10, &[0, 4, 0, 29, 0, 23]),
                extension(13, &[0, 8, 4, 3, 8, 4, 8, 5, 8, 6]),
                extension(51, &[&[0, 36, 0, 29, 0, 32], share.as_slice()].concat()),
                extension(45, &[1, 1]),
                extension(21, &[0; 180]),
            ],
        );
        let server_hello = hello(
            2,
            &server_random,
            &[0x13, 1, 0],
            &[
                extension(43, &[3, 4]),
                extension(51, &[&[0, 29, 0, 32], share.as_slice()].concat()),
            ],
        );
        let mut transcript = [client_hello.as_slice(), &server_hello].concat();
        let certificate = [
            [0, 0, 3, 0x25, 0, 3, 0x20].as_slice(),
            &[0x30; 800],
            &[0, 0],
        ]
        .concat();
        for (kind, body) in [
            (8, vec![0, 0]),
            (11, certificate),
            (15, [8, 4, 1, 0].into_iter().chain([7; 256]).collect()),
        ] {
            transcript.extend(handshake(kind, &body));
        }
        let mut flight = transcript[client_hello.len() + server_hello.len()..].to_vec();
        let finished = finished(server_handshake, &transcript);
        flight.extend(&finished);
        transcript.extend(&finished);
        let change = [20, 3, 3, 0, 1, 1];
        let mut server = Keys::new(server_handshake);
        let server_flight = [
            record(22, &server_hello),
            change.to_vec(),
            server.seal(22, &flight),
        ]
        .concat();
        let finished = self::finished(client_handshake, &transcript);
        let client_finished = [
            change.to_vec(),
            Keys::new(client_handshake).seal(22, &finished),
        ]
        .concat();
        let mut server = Keys::new(server_traffic);
        let ticket: [u8; 200] = random.bytes();
        let ticket = handshake(
            4,
            &[
                &[0, 0, 28, 32, 1, 2, 3, 4, 1, 0, 0, 200],
                ticket.as_slice(),
                &[0, 0],
            ]
            .concat(),
        );
        Self {
            client_hello: record(22, &client_hello),
            server_flight,
            client_finished,
            tickets: [server.seal(22, &ticket), server.seal(22, &ticket)].concat(),
            key_log,
            client: Keys::new(client_traffic),
            server,
        }
    }

    pub fn seal(&mut self, from_client: bool, bytes: &[u8]) -> Vec<u8> {
        let keys = if from_client {
            &mut self.client
        } else {
            &mut self.server
        };
        keys.seal(23, bytes)
    }
}

fn finished(secret: &[u8; 32], transcript: &[u8]) -> Vec<u8> {
    let mut key = [0; 32];
    expand(secret, b"finished", &mut key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).unwrap();
    mac.update(&Sha256::digest(transcript));
    handshake(20, &mac.finalize().into_bytes())
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = (body.len() as u32).to_be_bytes();
    [&[kind, a, b, c], body].concat()
}

fn record(content: u8, body: &[u8]) -> Vec<u8> {
    let [high, low] = (body.len() as u16).to_be_bytes();
    [&[content, 3, 3, high, low], body].concat()
}

fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    let parts: [&[u8]; 3] = [
        &kind.to_be_bytes(),
        &(body.len() as u16).to_be_bytes(),
        body,
    ];
    parts.concat()
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from_digit(digit.into(), 16).unwrap())
        .collect()
}
