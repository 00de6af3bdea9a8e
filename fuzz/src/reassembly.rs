//! Reassembly against a model: two arrays of bytes, filled in by whoever comes first.
//!
//! Segments come in any order, twice, or not at all, and may disagree. As long as no cap is reached,
//! exactly the captured bytes are told, in order, and every other byte up to the last as missing.

use std::net::{IpAddr, Ipv4Addr};

use unscramble::capture::PacketRef;
use unscramble::net::{Carried, Endpoint, Segment, SeqNum, TcpFlags};
use unscramble::tcp::{Direction, Handler, Interest, StreamEvent, Table};

const CLIENT: Endpoint = Endpoint {
    address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
    port: 40000,
};
const SERVER: Endpoint = Endpoint {
    address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)),
    port: 3306,
};

/// Operations of one input; far from the caps on what is held back.
const OPERATIONS: usize = 400;

/// What was told of each direction: a byte, or that it is missing.
#[derive(Default)]
struct Told {
    streams: [Vec<Option<u8>>; 2],
    conflicts: usize,
    ended: bool,
}

impl Handler for Told {
    type Rest = ();

    fn event(&mut self, event: StreamEvent<'_>) {
        assert!(!self.ended, "an event behind the end");
        match event {
            StreamEvent::Data {
                direction,
                offset,
                bytes,
                ..
            } => {
                let stream = &mut self.streams[direction as usize];
                assert_eq!(offset, stream.len() as u64, "data in order");
                assert!(!bytes.is_empty());
                stream.extend(bytes.iter().map(|byte| Some(*byte)));
            }
            StreamEvent::Gap {
                direction,
                offset,
                length,
                ..
            } => {
                let stream = &mut self.streams[direction as usize];
                assert_eq!(offset, stream.len() as u64, "gaps in order");
                assert!(length > 0);
                stream.resize(stream.len() + usize::try_from(length).unwrap(), None);
            }
            StreamEvent::Conflict { .. } => self.conflicts += 1,
            StreamEvent::End => self.ended = true,
            StreamEvent::MidStream { .. } => panic!("both SYNs were captured"),
            StreamEvent::Closed { .. } => {}
        }
    }

    fn opened_by(&mut self, direction: Direction) {
        assert_eq!(direction, Direction::Forward);
    }

    fn interest(&self) -> Interest {
        Interest::Both
    }
}

struct Sender {
    table: Table<Told>,
    number: u64,
    isn: [u32; 2],
}

impl Sender {
    fn send(&mut self, side: usize, flags: u8, offset: u32, ack: Option<u32>, payload: &[u8]) {
        self.number += 1;
        let syn = u32::from(flags & TcpFlags::SYN == 0);
        let ends = [(CLIENT, SERVER), (SERVER, CLIENT)][side];
        let segment = Segment {
            at: PacketRef {
                number: self.number,
                time: None,
            },
            from: ends.0,
            to: ends.1,
            seq: SeqNum(self.isn[side].wrapping_add(offset).wrapping_add(syn)),
            ack: ack.map(|ack| SeqNum(self.isn[1 - side].wrapping_add(ack).wrapping_add(1))),
            flags: TcpFlags(flags),
            payload,
            cut_off: 0,
            tcp: &[],
            ip: &[],
            trouble: None,
            carried: Carried::Plain,
        };
        let pushed = self.table.push(&segment, |_| Told::default());
        assert_eq!(pushed.stream, 0);
        assert!(!pushed.outside_window);
    }
}

/// Nine bytes for the two initial sequence numbers and whether copies agree, then operations of five:
/// side and length, offset (2), what the bytes are, how far the other side is acknowledged.
pub fn run(data: &[u8]) {
    let [a, b, c, d, e, f, g, h, agree, operations @ ..] = data else {
        return;
    };
    let isn = [[*a, *b, *c, *d], [*e, *f, *g, *h]].map(u32::from_le_bytes);
    let agree = agree & 1 == 0;
    let mut sender = Sender {
        table: Table::default(),
        number: 0,
        isn,
    };
    sender.send(0, TcpFlags::SYN, 0, None, &[]);
    sender.send(1, TcpFlags::SYN | TcpFlags::ACK, 0, Some(0), &[]);
    let mut model: [Vec<Option<u8>>; 2] = Default::default();
    let mut conflicts = false;
    for operation in operations.chunks_exact(5).take(OPERATIONS) {
        let [what, low, high, seed, ack] = *operation else {
            unreachable!("chunks of five")
        };
        let side = usize::from(what & 1);
        // A segment of one byte may be a keep-alive probe, whose byte is not the stream's.
        let length = 2 + usize::from(what >> 1) % 60;
        let offset = usize::from(u16::from_le_bytes([low, high]) % 2000);
        let byte = |place: usize| {
            let own = if agree { 0 } else { seed };
            u8::try_from(place % 251).unwrap() ^ own
        };
        let payload: Vec<u8> = (offset..offset + length).map(byte).collect();
        let stream = &mut model[side];
        stream.resize(stream.len().max(offset + length), None);
        for (place, byte) in payload.iter().enumerate() {
            let first = *stream[offset + place].get_or_insert(*byte);
            conflicts |= first != *byte;
        }
        // Nothing is acknowledged that was not captured, else more is missing at the end.
        let captured = model[1 - side].len();
        let acknowledged = u32::try_from(captured * usize::from(ack) / 255).unwrap();
        let offset = u32::try_from(offset).unwrap();
        sender.send(side, TcpFlags::ACK, offset, Some(acknowledged), &payload);
    }
    let mut over: Vec<_> =
        std::iter::from_fn(|| sender.table.next_over(|_| Told::default())).collect();
    let finish = |stream, told| over.push((stream, told));
    sender.table.finish(|_| Told::default(), finish);
    let (_, told) = over.pop().unwrap();
    assert!(over.is_empty());
    assert!(told.ended);
    assert_eq!(told.streams, model);
    assert!(told.conflicts == 0 || conflicts, "a conflict that is none");
    assert!(
        told.conflicts > 0 || !conflicts,
        "a conflict that nobody told"
    );
}
