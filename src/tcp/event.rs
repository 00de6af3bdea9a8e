//! What reassembly tells the layer above, and what that layer tells reassembly.

use crate::capture::PacketRef;

/// Which way along a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the sender of the conversation's first captured packet.
    Forward,
    /// Towards it.
    Backward,
}

impl Direction {
    /// The other way.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// One thing that happened in a conversation. Data comes in stream order in each direction, and
/// across the two directions in an order that the acknowledgements allow: nothing comes before
/// what its sender had already received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEvent<'a> {
    /// The first bytes of a direction follow, and its SYN was not captured: bytes may be missing in front.
    MidStream {
        /// Which way.
        direction: Direction,
        /// They begin with the byte that the other end was waiting for in its first captured
        /// packet: if that is where the other end began to speak, nothing is missing.
        awaited: bool,
    },
    /// The next bytes of a direction: the payload of one segment, or what is new of it.
    Data {
        /// Which way.
        direction: Direction,
        /// The stream offset of the first byte.
        offset: u64,
        /// At least one byte.
        bytes: &'a [u8],
        /// The packet that carried them.
        at: PacketRef,
    },
    /// Bytes that the capture does not hold; no retransmission filled the hole.
    Gap {
        /// Which way.
        direction: Direction,
        /// The stream offset of the first missing byte.
        offset: u64,
        /// How many bytes are missing, at least 1.
        length: u64,
        /// Why.
        cause: GapCause,
        /// The packet that shows that they are missing.
        at: PacketRef,
    },
    /// Bytes arrived twice and the copies differ. The first copy is the one in `Data`.
    Conflict {
        /// Which way.
        direction: Direction,
        /// The stream offset of the first byte of the overlap.
        offset: u64,
        /// The first copy of the overlap.
        kept: &'a [u8],
        /// The other copy, of the same length.
        other: &'a [u8],
        /// The packet with the first copy.
        first: PacketRef,
        /// The packet with the other copy.
        second: PacketRef,
    },
    /// An end of the conversation closed it: FIN or RST. Bytes may still follow, late.
    Closed {
        /// The way of the segment that says so.
        direction: Direction,
        /// Which of the two.
        how: Closing,
        /// Its packet.
        at: PacketRef,
    },
    /// Nothing more will come.
    End,
}

/// How an end closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Closing {
    /// FIN: after all its bytes.
    Fin,
    /// RST: at once.
    Rst,
}

/// Why bytes are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GapCause {
    /// The packet was captured, its end was cut off by the snaplen.
    Snaplen,
    /// No captured packet holds them.
    NotCaptured,
}

/// What the layer above still wants of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interest {
    /// Both directions, in order, with conflicts.
    Both,
    /// One direction in order; the other costs nothing.
    Only(Direction),
    /// Nothing: it is not the protocol looked for.
    Nothing,
}

/// The layer above: it takes the events of one conversation.
pub trait Handler {
    /// What is left of it while it rests.
    type Rest;

    /// Takes the next event.
    fn event(&mut self, event: StreamEvent<'_>);

    /// Learns who opened the conversation; called again when that becomes known later.
    fn opened_by(&mut self, direction: Direction);

    /// What it still wants; asked after each event.
    fn interest(&self) -> Interest;

    /// About how many bytes of the conversation it holds.
    fn weight(&self) -> usize {
        0
    }

    /// Packs itself up, if it wants one direction only and waits in it for nothing that has begun.
    /// Then it must have told all that it has to tell: it may be dropped without being asked again.
    fn rest(&mut self) -> Option<Self::Rest> {
        None
    }

    /// Goes on: it was just made, and this is what was left of it.
    fn wake(&mut self, _rest: Self::Rest) {}
}
