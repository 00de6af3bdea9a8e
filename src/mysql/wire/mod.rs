//! The messages of the connection phase, one wire structure a file: its bytes, its struct, its
//! parser (nom), its tests. No parser here knows of packets, sides or states.

pub mod capabilities;
pub mod err;
pub mod greeting;
