//! Every cap of the program, with its reason and what happens when it is reached.

/// Different kinds of diagnostics kept for one capture. More are counted in one last entry.
pub const DIAGNOSTICS: usize = 100;
