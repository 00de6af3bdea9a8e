//! Every cap of the program, with its reason and what happens when it is reached.

/// Different kinds of diagnostics kept for one capture. More are counted in one last entry.
pub const DIAGNOSTICS: usize = 100;

/// Bytes that a capture's buffer starts with, and so the size of one read: large enough that reading
/// costs little beside decoding, small enough to stay in the processor's second cache.
pub const READ_BUFFER: usize = 256 * 1024;

/// Bytes of one packet record or pcapng block that are held at once. Capture tools stop at 256 KiB a
/// packet (128 MiB for USB, which is none of ours); what claims more is a damaged length field. The
/// capture ends there with an error that names packet and offset. A pcapng block that is skipped anyway
/// may be of any length: it is never held.
pub const RECORD: u32 = 64 * 1024 * 1024;

/// Interfaces that one pcapng section may describe. Real ones have a few hundred at most; a file made of
/// nothing else would grow memory without end. Further ones are noted and forgotten, and their packets
/// are then packets of an interface that was never described.
pub const INTERFACES: usize = 65_536;

/// Bytes at the beginning of a file that are looked at to say what it is when it is no capture.
pub const SNIFF: usize = 512;
