//! The MySQL and MariaDB connection phase: from stream bytes to messages to [`Login`]s.

mod compression;
mod connection;
mod detect;
mod exchange;
mod framing;
mod greetings;
mod login;
mod past;
mod plugin;
mod surroundings;
mod watching;
pub mod wire;

pub use connection::Connection;
pub use detect::Elsewhere;
pub use login::{
    AuthPath, Fault, Login, LoginRequest, MissingCause, Outcome, Round, RoundStart, Salt,
    SaltSource, Side, Step, StepKind, TlsFacts, TlsFailure, Transport, Turn, Turns,
};
pub use plugin::Plugin;
pub use surroundings::Surroundings;
