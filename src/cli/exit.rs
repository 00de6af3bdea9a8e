//! Exit codes, as scripts rely on them.

use std::process::ExitCode;

/// How the program ends. The order is the precedence: the last that applies wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0
    Success,
    /// 1: a finding at or above `--fail-on`, or no login with `--require-login`.
    Finding,
    /// 2: something could not be read or written, or the arguments are wrong.
    Trouble,
    /// 130: interrupted.
    Interrupted,
}

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Finding => 1,
            Self::Trouble => 2,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
