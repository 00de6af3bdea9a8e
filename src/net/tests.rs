//! Packets as a whole, byte by byte.
