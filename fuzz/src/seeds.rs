//! Seeds out of captures: for each target, what it takes.

use std::collections::BTreeMap;

use unscramble::capture::CaptureReader;
use unscramble::net::{Decoded, Decoder, Endpoint, Segment};
use unscramble::tcp::{Conversation, Direction, Handler, Interest, StreamEvent, Table};

/// A seed, and the target it is for.
pub type Seed = (&'static str, Vec<u8>);

/// Of one capture no more packets than this become seeds.
const PACKETS: usize = 24;

/// Packets of one seed: fragments belong together.
const TOGETHER: usize = 4;

/// The data of one conversation, in order.
struct Talk {
    client: Direction,
    said: Vec<(Direction, Vec<u8>)>,
}

impl Talk {
    fn new(_: Conversation) -> Self {
        Self {
            client: Direction::Forward,
            said: Vec::new(),
        }
    }
}

impl Handler for Talk {
    type Rest = ();

    fn event(&mut self, event: StreamEvent<'_>) {
        if let StreamEvent::Data {
            direction, bytes, ..
        } = event
        {
            match self.said.last_mut() {
                Some((last, all)) if *last == direction => all.extend(bytes),
                _ => self.said.push((direction, bytes.to_vec())),
            }
        }
    }

    fn opened_by(&mut self, direction: Direction) {
        self.client = direction;
    }

    fn interest(&self) -> Interest {
        Interest::Both
    }
}

/// Everything that one capture gives, with the key log beside it.
pub fn of_capture(capture: &[u8], key_log: &[u8]) -> Vec<Seed> {
    let mut seeds = vec![
        ("capture", capture.to_vec()),
        ("pipeline", capture.to_vec()),
    ];
    let mut table = Table::default();
    let Ok(mut reader) = CaptureReader::open(capture) else {
        return seeds;
    };
    let mut packets = 0;
    let mut decoder = Decoder::default();
    let mut segments = Segments::default();
    while let Ok(Some(packet)) = reader.next_packet() {
        packets += 1;
        if packets <= PACKETS {
            if packets % TOGETHER == 1 {
                seeds.push(("packets", vec![super::packets::number(packet.link), 8]));
            }
            let length = u16::try_from(packet.data.len()).unwrap_or(u16::MAX);
            let seed = seeds.iter_mut().rfind(|seed| seed.0 == "packets");
            let (_, seed) = seed.unwrap();
            seed.extend(length.to_le_bytes());
            seed.extend(&packet.data[..usize::from(length)]);
        }
        if let Decoded::Tcp(segment) = decoder.decode(&packet) {
            segments.push(&segment);
            table.push(&segment, Talk::new);
        }
    }
    seeds.extend(segments.seeds());
    while let Some((_, talk)) = table.next_over(Talk::new) {
        of_talk(&talk, key_log, &mut seeds);
    }
    table.finish(Talk::new, |_, talk| of_talk(&talk, key_log, &mut seeds));
    seeds
}

fn of_talk(talk: &Talk, key_log: &[u8], seeds: &mut Vec<Seed>) {
    let from_client = |direction| direction == talk.client;
    let mut conversation = Vec::new();
    let mut session = Vec::new();
    let mut in_tls = [false; 2];
    for (direction, bytes) in &talk.said {
        let side = usize::from(from_client(*direction));
        // Behind the SSLRequest and the greeting.
        in_tls[side] |= matches!(bytes.as_slice(), [20..=23, 3, 0..=4, ..]);
        if in_tls[side] {
            chunk(&mut session, side == 1, bytes, 0x7FFF);
        } else {
            seeds.push(("mysql", [&[5], bytes.get(4..).unwrap_or_default()].concat()));
        }
        chunk(&mut conversation, side == 1, bytes, 0x0FFF);
    }
    if conversation.len() <= 4096 {
        seeds.push(("extract", conversation.clone()));
        seeds.push(("conversation", conversation));
    }
    if !session.is_empty() {
        let length = u16::try_from(key_log.len()).unwrap_or(0);
        let log = key_log.get(..usize::from(length)).unwrap_or_default();
        seeds.push(("tls", [&length.to_le_bytes()[..], log, &session].concat()));
    }
}

/// Length (2) with the side in its highest bit, then the bytes.
fn chunk(out: &mut Vec<u8>, from_client: bool, bytes: &[u8], most: usize) {
    for bytes in bytes.chunks(most) {
        let length = u16::try_from(bytes.len()).unwrap();
        let side = if from_client { 0x8000 } else { 0 };
        out.extend((length | side).to_le_bytes());
        out.extend(bytes);
    }
}

/// What the first conversation did, as operations of the reassembly target.
#[derive(Default)]
struct Segments {
    of: BTreeMap<Endpoint, Sent>,
}

/// The first sequence number of an end, and its operations.
type Sent = (u32, Vec<[u8; 5]>);

impl Segments {
    fn push(&mut self, segment: &Segment<'_>) {
        let side = u8::from(segment.from > segment.to);
        let of = self.of.entry(segment.from);
        let (first, all) = of.or_insert((segment.seq.0, Vec::new()));
        let [low, high, ..] = segment.seq.0.wrapping_sub(*first).to_le_bytes();
        let length = u8::try_from(segment.payload.len().min(60)).unwrap_or(0);
        all.push([side | length << 1, low, high, 0, 200]);
    }

    fn seeds(self) -> impl Iterator<Item = Seed> {
        self.of.into_values().map(|(first, all)| {
            let isn = first.to_le_bytes();
            let head = [&isn[..], &isn, &[0]].concat();
            ("reassembly", [head, all.concat()].concat())
        })
    }
}

/// What stands beside captures: key logs and credentials.
pub fn of_texts(key_log: &[u8]) -> Vec<Seed> {
    let mut seeds = Vec::new();
    if !key_log.is_empty() {
        seeds.push(("key_log", key_log.to_vec()));
    }
    for account in [
        "password = '%S'",
        "password_file = 'there'",
        "password_file = 'empty'",
        "password_env = 'SET'",
        "password_env = '%S'",
        "native_hash = '*14E65567ABDB5135D0CFD9A70B3032C179A49EE7'",
        "native_hash = '%S'",
        "ed25519_public = 'ZIgURERSDk9WBDouySFeY755ktLSe8bcruhz42Fkhgk'",
        "ed25519_public = '%S'",
        "label = \"%S\"\npassword = %S",
        "%S = '''%S",
    ] {
        let text = format!("[[account]]\nuser = \"app\"\n{account}\n[[account]]\nuser = '*'\n");
        seeds.push(("credentials", text.into_bytes()));
    }
    seeds
}
