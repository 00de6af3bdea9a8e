//! Phrases that several rules use, so that the same thing is always said in the same words.

use std::fmt::{Display, from_fn};

use crate::capture::PacketRef;
use crate::findings::prose::{Captured, Prose};
use crate::mysql::Plugin;
use crate::mysql::wire::err::ErrorPacket;

/// A plugin's name: words where it is one we know, a quotation where it is the wire's.
pub(super) fn plugin(plugin: &Plugin) -> Prose {
    match plugin {
        Plugin::Other(name) if name.is_empty() => Prose::new("a plugin without a name"),
        Plugin::Other(name) => Prose::default().quote(Captured::Other, name.clone()),
        known => Prose::new(known.known_name().unwrap_or_default()),
    }
}

/// ` (packet 8)`, or nothing where there is none, and for bytes that were pasted.
pub(super) fn packet(at: impl Into<Option<PacketRef>>) -> impl Display {
    let number = at.into().map_or(0, |at| at.number);
    from_fn(move |f| match number {
        0 => Ok(()),
        number => write!(f, " (packet {number})"),
    })
}

/// `1 byte`, `21 bytes`.
pub(super) fn bytes(count: impl TryInto<u64>) -> impl Display {
    let count = count.try_into().unwrap_or(u64::MAX);
    from_fn(move |f| match count {
        1 => f.write_str("1 byte"),
        count => write!(f, "{count} bytes"),
    })
}

/// `error 1045`, with the packet.
pub(super) fn error(error: &ErrorPacket, at: Option<PacketRef>) -> impl Display + use<> {
    let code = error.code;
    from_fn(move |f| write!(f, "error {code}{}", packet(at)))
}

/// `, "Unknown database 'x'"`, if the server gave a text.
pub(super) fn error_text(error: &ErrorPacket) -> Prose {
    if error.message.is_empty() {
        return Prose::default();
    }
    Prose::new(": \u{201c}")
        .quote(Captured::Server, error.message.clone())
        .say("\u{201d}")
}

/// Packet numbers as a finding lists them: ascending, each once, without the 0 of pasted bytes.
pub(super) fn packets(of: impl IntoIterator<Item = Option<PacketRef>>) -> Vec<u64> {
    let mut numbers: Vec<u64> = of.into_iter().flatten().map(|at| at.number).collect();
    numbers.retain(|number| *number != 0);
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_ascending_and_unique() {
        let at = |number| Some(PacketRef { number, time: None });
        assert_eq!(packets([at(8), None, at(4), at(8), at(0)]), [4, 8]);
    }

    #[test]
    fn names_from_the_wire_are_quoted() {
        let odd = Plugin::from_name(b"no\x1bsuch");
        let quoted = Prose::default().quote(Captured::Other, b"no\x1bsuch".as_slice());
        assert_eq!(plugin(&odd), quoted);
        assert_eq!(plugin(&Plugin::Parsec), Prose::new("parsec"));
    }
}
