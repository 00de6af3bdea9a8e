//! From secrets to keys.

pub mod prf;
pub mod traffic;
