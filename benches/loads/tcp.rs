//! One TCP connection's packets: Ethernet, IPv4, TCP with time stamps, right checksums.

/// What one end does next.
pub struct Step {
    pub from_client: bool,
    pub flags: u8,
    pub payload: Vec<u8>,
    /// Sent this many bytes further on in the stream than it should be.
    pub ahead: u32,
    /// What stands here is sent once more: the stream does not move on.
    pub again: bool,
    /// A fragment with more to come.
    pub more_fragments: bool,
}

pub const FIN: u8 = 1;
pub const SYN: u8 = 2;
pub const PSH: u8 = 8;
pub const ACK: u8 = 16;

impl Step {
    pub const fn new(from_client: bool, flags: u8, payload: Vec<u8>) -> Self {
        Self {
            from_client,
            flags,
            payload,
            ahead: 0,
            again: false,
            more_fragments: false,
        }
    }

    pub const fn data(from_client: bool, payload: Vec<u8>) -> Self {
        Self::new(from_client, PSH | ACK, payload)
    }

    pub const fn ack(from_client: bool) -> Self {
        Self::new(from_client, ACK, Vec::new())
    }
}

/// The three packets that open.
pub fn opening() -> Vec<Step> {
    let step = |from_client, flags| Step::new(from_client, flags, Vec::new());
    vec![step(true, SYN), step(false, SYN | ACK), step(true, ACK)]
}

/// The three that close, the client first.
pub fn closing() -> Vec<Step> {
    let step = |from_client, flags| Step::new(from_client, flags, Vec::new());
    vec![
        step(true, FIN | ACK),
        step(false, FIN | ACK),
        step(true, ACK),
    ]
}

pub struct Connection {
    client: ([u8; 4], u16),
    server: ([u8; 4], u16),
    /// The next sequence number of client and server.
    next: [u32; 2],
    identification: u16,
}

impl Connection {
    /// The connection with this number: a client address for each 28,000, as ephemeral ports go.
    pub fn new(number: u64, initial: [u32; 2]) -> Self {
        let [a, b, ..] = (number / 28_000).to_le_bytes();
        Self {
            client: ([10, 7, b, a], 32_768 + (number % 28_000) as u16),
            server: ([10, 1, 0, 5], 3306),
            next: initial,
            identification: number as u16,
        }
    }

    pub fn frame(&mut self, step: &Step, millis: u32) -> Vec<u8> {
        let (from, to) = if step.from_client {
            (self.client, self.server)
        } else {
            (self.server, self.client)
        };
        let side = usize::from(!step.from_client);
        let seq = self.next[side].wrapping_add(step.ahead);
        let ack = if step.flags & ACK == 0 {
            0
        } else {
            self.next[1 - side]
        };
        let syn = step.flags & SYN != 0;
        let options: Vec<u8> = if syn {
            let mut options = vec![2, 4, 5, 180, 4, 2, 8, 10];
            options.extend(millis.to_be_bytes());
            options.extend([0, 0, 0, 0, 1, 3, 3, 7]);
            options
        } else {
            let mut options = vec![1, 1, 8, 10];
            options.extend(millis.to_be_bytes());
            options.extend(millis.wrapping_sub(1).to_be_bytes());
            options
        };
        let header = 20 + options.len();
        let mut tcp = Vec::with_capacity(header + step.payload.len());
        tcp.extend(from.1.to_be_bytes());
        tcp.extend(to.1.to_be_bytes());
        tcp.extend(seq.to_be_bytes());
        tcp.extend(ack.to_be_bytes());
        tcp.extend([(header as u8 / 4) << 4, step.flags, 1, 245, 0, 0, 0, 0]);
        tcp.extend(options);
        tcp.extend(&step.payload);
        let pseudo = [
            from.0.as_slice(),
            &to.0,
            &[0, 6],
            &(tcp.len() as u16).to_be_bytes(),
            &tcp,
        ]
        .concat();
        tcp[16..18].copy_from_slice(&checksum(&pseudo));
        let mut ip = vec![0x45, 0];
        ip.extend((20 + tcp.len() as u16).to_be_bytes());
        ip.extend(self.identification.to_be_bytes());
        let fragment = if step.more_fragments { 0x20 } else { 0x40 };
        ip.extend([fragment, 0, 64, 6, 0, 0]);
        ip.extend(from.0);
        ip.extend(to.0);
        let sum = checksum(&ip);
        ip[10..12].copy_from_slice(&sum);
        self.identification = self.identification.wrapping_add(1);
        let length = step.payload.len() as u32 + u32::from(syn) + u32::from(step.flags & FIN);
        if step.ahead == 0 && !step.again {
            self.next[side] = self.next[side].wrapping_add(length);
        }
        let ethernet = [
            2,
            0,
            0,
            0,
            0,
            side as u8,
            2,
            0,
            0,
            0,
            0,
            1 - side as u8,
            8,
            0,
        ];
        [ethernet.as_slice(), &ip, &tcp].concat()
    }
}

fn checksum(bytes: &[u8]) -> [u8; 2] {
    let mut sum = 0_u32;
    for pair in bytes.chunks(2) {
        sum += u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    (!(sum as u16)).to_be_bytes()
}
