//! Captures made by hand: one MySQL conversation of given messages.

/// A classic pcap file of raw IPv4 packets with these payloads on one connection; `true` is from
/// the client. Payloads may be long: they are cut into segments.
pub fn conversation(messages: &[(bool, Vec<u8>)]) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xA1B2_C3D4_u32, 0x0004_0002, 0, 0, 262_144, 101] {
        file.extend(word.to_le_bytes());
    }
    let mut sequence = [1000_u32, 5000];
    let mut number = 0_u32;
    let mut packet = |from_client: bool, flags: u8, payload: &[u8], sequence: &mut [u32; 2]| {
        let own = usize::from(!from_client);
        let ends = [(40_000_u16, 3306_u16), (3306, 40_000)][own];
        let hosts = [[10, 0, 0, 1], [10, 0, 0, 2]];
        let mut tcp = Vec::new();
        tcp.extend(ends.0.to_be_bytes());
        tcp.extend(ends.1.to_be_bytes());
        tcp.extend(sequence[own].to_be_bytes());
        tcp.extend(sequence[1 - own].to_be_bytes());
        tcp.extend([0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]);
        tcp.extend(payload);
        let mut bytes = vec![0x45, 0];
        bytes.extend(u16::try_from(tcp.len() + 20).unwrap().to_be_bytes());
        bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        bytes.extend(hosts[own]);
        bytes.extend(hosts[1 - own]);
        bytes.extend(tcp);
        let length = u32::try_from(bytes.len()).unwrap();
        number += 1;
        for word in [1_700_000_000, number, length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend(bytes);
        let synchronize = u32::from(flags & 0x02 != 0);
        sequence[own] += u32::try_from(payload.len()).unwrap() + synchronize;
    };
    packet(true, 0x02, &[], &mut sequence);
    packet(false, 0x12, &[], &mut sequence);
    packet(true, 0x10, &[], &mut sequence);
    for (from_client, message) in messages {
        for piece in message.chunks(1400) {
            packet(*from_client, 0x18, piece, &mut sequence);
        }
    }
    file
}

/// A MySQL packet.
pub fn mysql(sequence: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    [&length[..3], &[sequence], payload].concat()
}

/// A login in which every text is hostile, refused. `text` is the user's name, the database's and
/// the server's error; `short` is what attributes and, as far as it is printable, the version hold:
/// a server with another version is not taken for one.
pub fn hostile(text: &str, short: &str) -> Vec<u8> {
    let version: Vec<u8> = short
        .bytes()
        .filter(|byte| (0x20..0x7f).contains(byte))
        .take(48)
        .collect();
    let text: Vec<u8> = text.bytes().filter(|byte| *byte != 0).collect();
    let salt: Vec<u8> = (1..=20).collect();
    // Protocol 4.1, secure connection, plugins, attributes, length-encoded response, database.
    let capabilities = 0x0038_8208_u32;
    let [low, high] = [capabilities & 0xFFFF, capabilities >> 16];
    let mut greeting = vec![10];
    greeting.extend(b"8.0.1-");
    greeting.extend(&version);
    greeting.push(0);
    greeting.extend(7_u32.to_le_bytes());
    greeting.extend(&salt[..8]);
    greeting.push(0);
    greeting.extend(&low.to_le_bytes()[..2]);
    greeting.extend([255, 2, 0]);
    greeting.extend(&high.to_le_bytes()[..2]);
    greeting.push(21);
    greeting.extend([0; 10]);
    greeting.extend(&salt[8..]);
    greeting.push(0);
    greeting.extend(b"mysql_native_password\0");
    let mut login = capabilities.to_le_bytes().to_vec();
    login.extend(0x0100_0000_u32.to_le_bytes());
    login.push(255);
    login.extend([0; 23]);
    login.extend(&text);
    login.push(0);
    login.push(20);
    login.extend([0xA5; 20]);
    login.extend(&text);
    login.push(0);
    login.extend(b"mysql_native_password\0");
    let mut attributes = Vec::new();
    for name in ["_client_name", "_client_version", "program_name"] {
        for part in [name.as_bytes(), short.as_bytes()] {
            lenenc(&mut attributes, part.len());
            attributes.extend(part);
        }
    }
    // A name of an attribute is text as well.
    lenenc(&mut attributes, short.len());
    attributes.extend(short.as_bytes());
    lenenc(&mut attributes, 1);
    attributes.push(b'x');
    lenenc(&mut login, attributes.len());
    login.extend(attributes);
    let mut error = vec![0xFF];
    error.extend(1045_u16.to_le_bytes());
    error.extend(b"#28000");
    error.extend(b"Access denied for user '");
    error.extend(&text);
    error.extend(b"'@'");
    error.extend(&text);
    error.extend(b"' (using password: YES)");
    conversation(&[
        (false, mysql(0, &greeting)),
        (true, mysql(1, &login)),
        (false, mysql(2, &error)),
    ])
}

/// A length-encoded integer.
fn lenenc(out: &mut Vec<u8>, value: usize) {
    let bytes = u32::try_from(value).unwrap().to_le_bytes();
    match value {
        0..=250 => out.push(bytes[0]),
        251..=0xFFFF => {
            out.push(0xFC);
            out.extend(&bytes[..2]);
        }
        _ => {
            out.push(0xFD);
            out.extend(&bytes[..3]);
        }
    }
}
