//! From segments to streams: sequence arithmetic, one direction, one conversation, the table of all.
//!
//! Owns order: what arrived late, twice, in pieces or not at all. Knows nothing of what the bytes
//! mean. Called by `analyze` with each segment; calls the [`Handler`] of the conversation.

mod connection;
mod event;
mod flow;
mod half;
mod table;
#[cfg(test)]
mod tests;

pub use event::{Closing, Direction, GapCause, Handler, Interest, StreamEvent};
pub use table::{Conversation, Pushed, Table};
