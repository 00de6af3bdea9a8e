//! The bytes of conversations, reassembled and, where keys are there, decrypted by this crate.

// Each test file uses a part of it.
#![allow(dead_code)]

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use unscramble::capture::{CaptureReader, PacketRef};
use unscramble::mysql::Login;
use unscramble::net::{Decoded, Decoder, Endpoint};
use unscramble::tcp::{Conversation, Direction, Handler, Interest, StreamEvent, Table};
use unscramble::tls::{Keys, Session, looks_like_client_hello};

/// Takes down all of a conversation.
pub struct Recorder {
    pub from: Endpoint,
    pub to: Endpoint,
    pub data: Vec<Piece>,
}

/// What one packet brought, or that something is missing.
pub struct Piece {
    pub direction: Direction,
    pub bytes: Vec<u8>,
    pub at: PacketRef,
    pub hole: bool,
}

impl Recorder {
    fn new(conversation: Conversation) -> Self {
        Self {
            from: conversation.from,
            to: conversation.to,
            data: Vec::new(),
        }
    }

    pub fn sender(&self, direction: Direction) -> Endpoint {
        match direction {
            Direction::Forward => self.from,
            Direction::Backward => self.to,
        }
    }
}

impl Handler for Recorder {
    type Rest = ();

    fn event(&mut self, event: StreamEvent<'_>) {
        match event {
            StreamEvent::Data {
                direction,
                bytes,
                at,
                ..
            } => self.data.push(Piece {
                direction,
                bytes: bytes.to_vec(),
                at,
                hole: false,
            }),
            // In tshark's words, with the NUL that it puts behind them.
            StreamEvent::Gap {
                direction,
                length,
                at,
                ..
            } => {
                let text = format!("[{length} bytes missing in capture file]\0");
                self.data.push(Piece {
                    direction,
                    bytes: text.into_bytes(),
                    at,
                    hole: true,
                });
            }
            // tshark tells no holes behind the last byte.
            StreamEvent::End => {
                for direction in [Direction::Forward, Direction::Backward] {
                    let of_direction = |piece: &Piece| piece.direction == direction;
                    while let Some(last) = self.data.iter().rposition(of_direction)
                        && self.data[last].hole
                    {
                        self.data.remove(last);
                    }
                }
            }
            _ => {}
        }
    }

    fn opened_by(&mut self, _: Direction) {}

    fn interest(&self) -> Interest {
        Interest::Both
    }
}

/// Reads as far as the capture can be read.
pub fn reassemble(capture: &Path) -> Vec<(u64, Recorder)> {
    let mut reader = CaptureReader::open(File::open(capture).unwrap()).unwrap();
    let mut decoder = Decoder::default();
    let mut table = Table::default();
    let mut over = Vec::new();
    while let Ok(Some(packet)) = reader.next_packet() {
        if let Decoded::Tcp(segment) = decoder.decode(&packet) {
            table.push(&segment, Recorder::new);
            over.extend(std::iter::from_fn(|| table.next_over(Recorder::new)));
        }
    }
    table.finish(Recorder::new, |stream, recorder| {
        over.push((stream, recorder));
    });
    over.sort_by_key(|(stream, _)| *stream);
    over
}

/// What the client and the server sent inside TLS, by our own session.
pub fn decrypted(recorder: &Recorder, login: &Login, keys: &Arc<Keys>) -> [Vec<u8>; 2] {
    let mut plain = [Vec::new(), Vec::new()];
    let mut session = Session::new(Arc::clone(keys));
    // TLS begins behind the SSLRequest and behind the greeting, or with the first byte.
    let stream = |from_client: bool| -> Vec<u8> {
        let pieces = recorder.data.iter();
        let of_side =
            pieces.filter(|p| (recorder.sender(p.direction) == login.client) == from_client);
        of_side.flat_map(|piece| piece.bytes.clone()).collect()
    };
    let client = stream(true);
    let begins = (0..client.len()).find(|at| looks_like_client_hello(&client[*at..]));
    let Some(begins) = begins else {
        return plain;
    };
    let greeting = stream(false);
    let greeting = if begins == 0 {
        0
    } else {
        4 + usize::from(greeting[0]) + usize::from(greeting[1]) * 256
    };
    let mut skip = [begins, greeting];
    for piece in &recorder.data {
        let from_client = recorder.sender(piece.direction) == login.client;
        let skip = &mut skip[usize::from(!from_client)];
        let skipped = (*skip).min(piece.bytes.len());
        *skip -= skipped;
        session.data(from_client, &piece.bytes[skipped..], piece.at);
        for piece in session.take_plain() {
            plain[usize::from(!piece.from_client)].extend(piece.bytes.iter());
        }
    }
    plain
}
