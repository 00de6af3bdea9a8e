//! Conversations put together message by message, as a pcap.

#![allow(dead_code, reason = "the tests use a part of it each")]

pub const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];
const CAPABILITIES: u32 = 0x013B_A20F;

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum From {
    Client,
    Server,
}

/// What happens in a conversation.
enum Event {
    Says(From, Vec<u8>),
    /// A second copy of what was said last, as long as that.
    Again(From, Vec<u8>),
    /// Bytes that no captured packet has.
    Lost(From, usize),
    Closes(From),
}

/// One TCP conversation.
pub struct Conversation {
    client: [u8; 4],
    begun_before: bool,
    events: Vec<Event>,
}

impl Conversation {
    pub fn new() -> Self {
        Self {
            client: [10, 0, 0, 1],
            begun_before: false,
            events: Vec::new(),
        }
    }

    /// Its beginning was not captured.
    pub fn begun_before() -> Self {
        Self {
            begun_before: true,
            ..Self::new()
        }
    }

    /// From another address.
    pub fn of(mut self, client: [u8; 4]) -> Self {
        self.client = client;
        self
    }

    pub fn client(self, sequence: u8, payload: impl AsRef<[u8]>) -> Self {
        self.raw(From::Client, packet(sequence, payload.as_ref()))
    }

    pub fn server(self, sequence: u8, payload: impl AsRef<[u8]>) -> Self {
        self.raw(From::Server, packet(sequence, payload.as_ref()))
    }

    pub fn raw(mut self, from: From, bytes: Vec<u8>) -> Self {
        self.events.push(Event::Says(from, bytes));
        self
    }

    pub fn again(mut self, from: From, bytes: Vec<u8>) -> Self {
        self.events.push(Event::Again(from, bytes));
        self
    }

    pub fn lost(mut self, from: From, bytes: usize) -> Self {
        self.events.push(Event::Lost(from, bytes));
        self
    }

    pub fn closes(mut self, from: From) -> Self {
        self.events.push(Event::Closes(from));
        self
    }
}

/// A message with its header.
pub fn packet(sequence: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    [&length[..3], &[sequence], payload].concat()
}

/// The greeting of protocol 10.
pub fn greeting(plugin: &str, salt: &[u8]) -> Vec<u8> {
    let low = (CAPABILITIES as u16).to_le_bytes();
    let high = ((CAPABILITIES >> 16) as u16).to_le_bytes();
    let length = u8::try_from(salt.len()).unwrap();
    [
        b"\x0a8.0.36\0\x07\0\0\0",
        &salt[..8],
        b"\0",
        &low,
        b"\xff\x02\0",
        &high,
        &[length],
        &[0; 10],
        &salt[8..],
        plugin.as_bytes(),
        b"\0",
    ]
    .concat()
}

/// The login packet of user `app`, with the name of a client.
pub fn login(plugin: &str, response: &[u8]) -> Vec<u8> {
    let attributes = b"\x0c_client_name\x07pymysql\x0f_client_version\x051.1.1";
    let length = |bytes: &[u8]| vec![u8::try_from(bytes.len()).unwrap()];
    [
        0x003A_A205_u32.to_le_bytes().as_slice(),
        &[0xff, 0xff, 0xff, 0, 45],
        &[0; 23],
        b"app\0",
        &length(response),
        response,
        plugin.as_bytes(),
        b"\0",
        &length(attributes),
        attributes,
    ]
    .concat()
}

pub fn switch(plugin: &str, data: &[u8]) -> Vec<u8> {
    [b"\xfe", plugin.as_bytes(), b"\0", data].concat()
}

pub fn change_user(response: &[u8]) -> Vec<u8> {
    let length = u8::try_from(response.len()).unwrap();
    [
        b"\x11app\0",
        [length].as_slice(),
        response,
        b"\0\x2d\0mysql_native_password\0",
    ]
    .concat()
}

pub fn error(code: u16) -> Vec<u8> {
    let text: &[u8] = match code {
        1045 => b"Access denied for user 'app'@'10.0.0.1' (using password: YES)",
        _ => b"it says why",
    };
    [b"\xff".as_slice(), &code.to_le_bytes(), b"#28000", text].concat()
}

/// An error in place of a greeting: without an SQL state.
pub fn early_error(code: u16) -> Vec<u8> {
    [b"\xff".as_slice(), &code.to_le_bytes(), b"it says why"].concat()
}

/// All conversations one after the other, as a pcap; it begins at 2026-01-01T00:00:00Z.
pub fn pcap(conversations: &[Conversation]) -> Vec<u8> {
    let mut file = [
        0xa1b2_c3d4_u32.to_le_bytes(),
        [2, 0, 4, 0],
        [0; 4],
        [0; 4],
        [0, 0, 4, 0],
        [1, 0, 0, 0],
    ]
    .concat();
    let mut clock = 1_767_225_600_u32;
    for (number, conversation) in conversations.iter().enumerate() {
        let port = 40_000 + u16::try_from(number).unwrap();
        let mut tcp = Tcp {
            file: &mut file,
            clock: &mut clock,
            client: conversation.client,
            port,
            next: [1000, 9000],
        };
        if !conversation.begun_before {
            tcp.segment(From::Client, 0x02, &[]);
            tcp.segment(From::Server, 0x12, &[]);
            tcp.segment(From::Client, 0x10, &[]);
        }
        for event in &conversation.events {
            match event {
                Event::Says(from, bytes) => tcp.segment(*from, 0x18, bytes),
                Event::Again(from, bytes) => {
                    tcp.next[usize::from(*from == From::Server)] -=
                        u32::try_from(bytes.len()).unwrap();
                    tcp.segment(*from, 0x18, bytes);
                }
                Event::Lost(from, bytes) => {
                    tcp.next[usize::from(*from == From::Server)] += u32::try_from(*bytes).unwrap();
                }
                Event::Closes(from) => {
                    let other = match from {
                        From::Client => From::Server,
                        From::Server => From::Client,
                    };
                    tcp.segment(*from, 0x11, &[]);
                    tcp.segment(other, 0x11, &[]);
                }
            }
        }
    }
    file
}

struct Tcp<'f> {
    file: &'f mut Vec<u8>,
    clock: &'f mut u32,
    client: [u8; 4],
    port: u16,
    /// The next sequence number of client and server.
    next: [u32; 2],
}

impl Tcp<'_> {
    fn segment(&mut self, from: From, flags: u8, payload: &[u8]) {
        let server = usize::from(from == From::Server);
        let mut addresses = [self.client, [10, 0, 0, 9]];
        let mut ports = [self.port.to_be_bytes(), 3306_u16.to_be_bytes()];
        let (sequence, acknowledged) = (self.next[server], self.next[1 - server]);
        if server == 1 {
            addresses.reverse();
            ports.reverse();
        }
        let length = u16::try_from(40 + payload.len()).unwrap();
        let frame = [
            &[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0],
            [0x45, 0].as_slice(),
            &length.to_be_bytes(),
            &[0, 1, 0x40, 0, 64, 6, 0, 0],
            &addresses.concat(),
            &ports.concat(),
            &sequence.to_be_bytes(),
            &acknowledged.to_be_bytes(),
            &[0x50, flags, 0xff, 0xff, 0, 0, 0, 0],
            payload,
        ]
        .concat();
        *self.clock += 1;
        let size = u32::try_from(frame.len()).unwrap().to_le_bytes();
        for part in [&self.clock.to_le_bytes()[..], &[0; 4], &size, &size, &frame] {
            self.file.extend_from_slice(part);
        }
        let counted = u32::from(flags & 0x03 != 0);
        self.next[server] = sequence
            .wrapping_add(u32::try_from(payload.len()).unwrap())
            .wrapping_add(counted);
    }
}
