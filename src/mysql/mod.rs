//! The MySQL and MariaDB connection phase: from stream bytes to messages to [`Login`]s.

mod login;
mod plugin;
pub mod wire;

pub use login::{
    AuthPath, Fault, Login, LoginRequest, MissingCause, Outcome, Round, RoundStart, Salt,
    SaltSource, Side, Step, StepKind, Transport, Turn,
};
pub use plugin::Plugin;
