//! From packets to TCP segments: link headers and the IP layer.

mod segment;

pub use segment::{Endpoint, Segment, SeqNum, TcpFlags};
