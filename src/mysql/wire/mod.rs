//! The messages of the connection phase, one wire structure a file: its bytes, its struct, its
//! parser (nom), its tests. No parser here knows of packets, sides or states.
//!
//! A message may be cut by the capture's snaplen. Its parser then takes the bytes that are there
//! and `missing`, how many of the message are not; fields behind the cut come back as `None`, and
//! a field that the cut runs through is never taken for whole (see [`captured::Captured`]).

pub mod access_denied;
pub mod attributes;
pub mod auth_switch;

pub mod capabilities;
pub mod captured;
pub mod change_user;
pub mod client_first;
pub mod compressed;
pub mod err;
pub mod error;
mod field;
pub mod field_bytes;
pub mod greeting;
mod greeting_salt;
pub mod handshake_response;
pub mod handshake_response_320;
pub mod header;
pub mod lenenc;
pub mod more_data;
pub mod next_factor;
pub mod ok;
pub mod proxy_protocol;
pub mod ssl_request;
#[cfg(test)]
mod test_bytes;
pub mod x_protocol;
