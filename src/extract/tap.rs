//! Reads a capture again, as the analysis did, and keeps bytes of chosen conversations.
//!
//! The same table, decoder and keys as in the analysis run, because what they want of a
//! conversation decides how conversations are told apart: streams get the same numbers.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use crate::capture::{CaptureError, CaptureReader, Packet};
use crate::limits;
use crate::mysql::{Connection, Side, Surroundings};
use crate::net::{Decoded, Decoder, Endpoint, Segment, SeqNum};
use crate::tcp::{Conversation, Direction, Handler, Interest, StreamEvent, Table};

/// Bytes of one side, at an offset of its stream, completed by a packet.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub(super) side: Side,
    pub(super) offset: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) packet: u64,
}

/// What is kept of one conversation.
#[derive(Clone, Debug)]
pub(super) struct Record {
    client: Endpoint,
    /// Data is kept of packets up to this one.
    last: u64,
    /// In the order in which they were delivered.
    pub(super) chunks: Vec<Chunk>,
    kept: usize,
    /// The sequence numbers that the stream offsets of client and server count from.
    pub(super) base: [Option<SeqNum>; 2],
    /// Where segments began until the base is known: a piece may be delivered long after it came.
    begins: BTreeMap<(usize, u64), SeqNum>,
    /// Offset and packet of the first bytes of each side.
    first: [Option<(u64, u64)>; 2],
}

impl Record {
    /// For the conversation of `client`, up to the packet `last`.
    pub(super) fn new(client: Endpoint, last: u64) -> Self {
        Self {
            client,
            last,
            chunks: Vec::new(),
            kept: 0,
            base: [None; 2],
            begins: BTreeMap::new(),
            first: [None; 2],
        }
    }

    /// Which side sent a segment.
    pub(super) fn side(&self, from: Endpoint) -> Side {
        if from == self.client {
            Side::Client
        } else {
            Side::Server
        }
    }

    /// Notes a segment, after its bytes may have been delivered.
    fn segment(&mut self, segment: &Segment<'_>) {
        let side = self.side(segment.from);
        let known = self.base.get(side as usize).is_some_and(Option::is_some);
        if !known && !segment.payload.is_empty() && self.begins.len() < limits::HELD_PIECES {
            let seq = segment.seq.plus(u32::from(segment.flags.syn()));
            self.begins.insert((side as usize, segment.at.number), seq);
        }
        self.settle();
    }

    /// Finds the bases, as far as the first bytes of a side were delivered.
    fn settle(&mut self) {
        for (side, (base, first)) in self.base.iter_mut().zip(self.first).enumerate() {
            if let (None, Some((offset, packet))) = (&base, first)
                && let Some(seq) = self.begins.get(&(side, packet))
            {
                let [_, _, _, _, low @ ..] = offset.to_be_bytes();
                *base = Some(SeqNum(seq.0.wrapping_sub(u32::from_be_bytes(low))));
            }
        }
    }

    fn data(&mut self, side: Side, offset: u64, bytes: &[u8], packet: u64) {
        if let Some(first) = self.first.get_mut(side as usize) {
            first.get_or_insert((offset, packet));
        }
        if packet <= self.last && self.kept < limits::EXTRACTED_LOGIN {
            self.kept = self.kept.saturating_add(bytes.len());
            self.chunks.push(Chunk {
                side,
                offset,
                bytes: bytes.to_vec(),
                packet,
            });
        }
    }
}

/// The decoder, with an ear on what it hears.
struct Tap {
    inner: Connection,
    forward: Endpoint,
    backward: Endpoint,
    record: Option<Record>,
}

impl Tap {
    fn give(self, stream: u64, records: &mut BTreeMap<u64, Record>) {
        if let Some(mut record) = self.record {
            record.settle();
            records.insert(stream, record);
        }
    }
}

impl Handler for Tap {
    type Rest = ();

    fn event(&mut self, event: StreamEvent<'_>) {
        if let (
            Some(record),
            StreamEvent::Data {
                direction,
                offset,
                bytes,
                at,
            },
        ) = (&mut self.record, &event)
        {
            let from = match direction {
                Direction::Forward => self.forward,
                Direction::Backward => self.backward,
            };
            let side = record.side(from);
            record.data(side, *offset, bytes, at.number);
        }
        self.inner.event(event);
        // Logins were taken the first time.
        self.inner.take_logins();
    }

    fn opened_by(&mut self, direction: Direction) {
        self.inner.opened_by(direction);
    }

    fn interest(&self) -> Interest {
        self.inner.interest()
    }
}

/// Reads a capture to its end or to where it is damaged. `wanted` says what to keep of a stream;
/// `see` gets every TCP segment with its stream's number. Gives the records.
///
/// # Errors
///
/// When it can no longer be opened. Damage further on ended the analysis too and was told there.
pub(super) fn read(
    source: impl Read,
    surroundings: &Arc<Surroundings>,
    wanted: impl Fn(u64) -> Option<Record>,
    mut see: impl FnMut(&Packet<'_>, &Segment<'_>, u64) -> std::io::Result<()>,
) -> Result<BTreeMap<u64, Record>, Failure> {
    let mut reader = CaptureReader::open(source).map_err(Failure::Read)?;
    let mut table: Table<Tap> = Table::default();
    let mut records = BTreeMap::new();
    let mut decoder = Decoder::default();
    let mut begin = |conversation: Conversation| Tap {
        inner: Connection::new(conversation, Arc::clone(surroundings)),
        forward: conversation.from,
        backward: conversation.to,
        record: wanted(conversation.stream),
    };
    while let Ok(Some(packet)) = reader.next_packet() {
        let Decoded::Tcp(segment) = decoder.decode(&packet) else {
            continue;
        };
        let pushed = table.push(&segment, &mut begin);
        if let Some(record) = pushed.handler.and_then(|tap| tap.record.as_mut()) {
            record.segment(&segment);
        }
        let stream = pushed.stream;
        see(&packet, &segment, stream).map_err(Failure::Write)?;
        while let Some((stream, tap)) = table.next_over(&mut begin) {
            tap.give(stream, &mut records);
        }
    }
    table.finish(&mut begin, |stream, tap| tap.give(stream, &mut records));
    Ok(records)
}

/// Why reading again, or writing, failed.
#[derive(Debug)]
pub enum Failure {
    /// The capture.
    Read(CaptureError),
    /// The extract.
    Write(std::io::Error),
}
