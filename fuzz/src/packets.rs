//! Packets to segments: a segment lies inside its packet, and a shorter snaplen takes bytes away from its
//! end and nothing else.

use unscramble::capture::{LinkType, Packet, PacketRef};
use unscramble::net::{Carried, Decoded, Decoder, Segment};

/// Link types by the registry of tcpdump.org; the last two are not read.
const LINKS: [u16; 16] = [
    1, 0, 9, 12, 14, 50, 51, 101, 105, 108, 113, 127, 228, 229, 276, 220,
];

/// The byte that picks this link type.
pub fn number(link: LinkType) -> u8 {
    let place = LINKS.iter().position(|known| *known == link.0);
    u8::try_from(place.unwrap_or(LINKS.len() - 1)).unwrap()
}

fn packet(link: LinkType, number: u64, original_len: usize, data: &[u8]) -> Packet<'_> {
    Packet {
        at: PacketRef { number, time: None },
        link,
        original_len: u32::try_from(original_len).unwrap_or(u32::MAX),
        data,
    }
}

fn segment<'a>(decoder: &'a mut Decoder, packet: &Packet<'a>) -> Option<Segment<'a>> {
    let decoded = decoder.decode(packet);
    if let Decoded::Undecodable(why) = decoded {
        assert!(!why.message().is_empty());
    }
    let Decoded::Tcp(segment) = decoded else {
        return None;
    };
    let whole = match segment.carried {
        Carried::Fragments(whole) => whole,
        _ => packet.data,
    };
    for part in [segment.payload, segment.tcp, segment.ip] {
        assert!(inside(part, whole), "bytes of another place");
    }
    assert!(segment.payload.len() <= segment.tcp.len());
    let _ = (segment.checksum(), segment.ip_checksum());
    Some(segment)
}

fn inside(part: &[u8], whole: &[u8]) -> bool {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    part.is_empty() || whole.start <= part.start && part.end <= whole.end
}

/// The first byte picks the link type, the second where a snaplen cuts; then packets, each behind its
/// length (2).
pub fn run(data: &[u8]) {
    let [link, cut, packets @ ..] = data else {
        return;
    };
    let link = LinkType(LINKS[usize::from(*link) % LINKS.len()]);
    let (mut rest, mut number) = (packets, 0);
    let mut decoder = Decoder::default();
    while let [low, high, behind @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(behind.len());
        let (bytes, behind) = behind.split_at(length);
        rest = behind;
        number += 1;
        let _ = segment(&mut decoder, &packet(link, number, length, bytes));
        cut_by_a_snaplen(link, bytes, usize::from(*cut));
    }
    decoder.finish();
    let told = decoder.take_diagnostics();
    assert!(told.into_vec().iter().all(|told| !told.message.is_empty()));
}

fn cut_by_a_snaplen(link: LinkType, bytes: &[u8], cut: usize) {
    let kept = &bytes[..bytes.len().saturating_sub(cut)];
    let [mut one, mut other] = [Decoder::default(), Decoder::default()];
    let (Some(whole), Some(short)) = (
        segment(&mut one, &packet(link, 1, bytes.len(), bytes)),
        segment(&mut other, &packet(link, 1, bytes.len(), kept)),
    ) else {
        return;
    };
    let place = |segment: &Segment<'_>| (segment.from, segment.to, segment.seq);
    assert_eq!(place(&short), place(&whole));
    if short.trouble.is_none() && whole.trouble.is_none() {
        assert!(whole.payload.starts_with(short.payload), "other bytes");
        let length =
            |segment: &Segment<'_>| segment.payload.len() as u64 + u64::from(segment.cut_off);
        assert_eq!(
            length(&short),
            length(&whole),
            "a snaplen changes no length"
        );
    }
}
