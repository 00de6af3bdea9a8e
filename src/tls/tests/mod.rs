//! Recorded exchanges, published traces, and what must hold of any bytes.

mod agreement;
mod fixture;
mod properties;
mod recorded;

pub(super) use self::fixture::hex;
