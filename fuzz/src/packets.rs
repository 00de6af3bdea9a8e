//! Packets to segments: a segment lies inside its packet, and a shorter snaplen takes bytes away from its
//! end and nothing else.

use unscramble::capture::{LinkType, Packet, PacketRef};
use unscramble::net::{Decoded, Segment, decode};

const LINKS: [LinkType; 11] = [
    LinkType::ETHERNET,
    LinkType::NULL,
    LinkType::LOOP,
    LinkType::RAW,
    LinkType::RAW_BSD,
    LinkType::RAW_OPENBSD,
    LinkType::IPV4,
    LinkType::IPV6,
    LinkType::LINUX_SLL,
    LinkType::LINUX_SLL2,
    LinkType(9),
];

/// The byte that picks this link type.
pub fn number(link: LinkType) -> u8 {
    let place = LINKS.iter().position(|known| *known == link);
    u8::try_from(place.unwrap_or(LINKS.len() - 1)).unwrap()
}

fn packet(link: LinkType, original_len: usize, data: &[u8]) -> Packet<'_> {
    Packet {
        at: PacketRef {
            number: 1,
            time: None,
        },
        link,
        original_len: u32::try_from(original_len).unwrap_or(u32::MAX),
        data,
    }
}

fn segment<'a>(packet: &Packet<'a>) -> Option<Segment<'a>> {
    match decode(packet) {
        Decoded::Tcp(segment) => Some(segment),
        Decoded::Other => None,
        Decoded::Undecodable(why) => {
            assert!(!why.message().is_empty());
            None
        }
    }
}

fn inside(part: &[u8], whole: &[u8]) -> bool {
    part.is_empty()
        || whole.as_ptr_range().start <= part.as_ptr()
            && part.as_ptr_range().end <= whole.as_ptr_range().end
}

/// The first byte picks the link type, the second where a snaplen cuts.
pub fn run(data: &[u8]) {
    let [link, cut, bytes @ ..] = data else {
        return;
    };
    let link = LINKS[usize::from(*link) % LINKS.len()];
    let Some(whole) = segment(&packet(link, bytes.len(), bytes)) else {
        return;
    };
    for part in [whole.payload, whole.tcp, whole.ip] {
        assert!(inside(part, bytes), "bytes of another place");
    }
    assert!(whole.payload.len() <= whole.tcp.len());
    let _ = (whole.checksum(), whole.ip_checksum());
    let kept = bytes.len().saturating_sub(usize::from(*cut));
    let Some(short) = segment(&packet(link, bytes.len(), &bytes[..kept])) else {
        return;
    };
    assert_eq!(
        (short.from, short.to, short.seq),
        (whole.from, whole.to, whole.seq)
    );
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
