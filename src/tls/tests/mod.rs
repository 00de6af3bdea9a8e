//! Recorded exchanges, published traces, and what must hold of any bytes.

mod fixture;

mod recorded;
