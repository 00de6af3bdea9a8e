//! The structures of TLS on the wire, one a file: its bytes, its struct, its parser (nom), its
//! tests. No parser here knows of keys, sides or states.

pub mod alert;
pub mod client_hello;
pub mod client_key_exchange;
pub mod extension;
pub mod handshake;
pub mod key_update;
pub mod new_session_ticket;
pub mod record;
pub mod server_hello;
pub mod version;
