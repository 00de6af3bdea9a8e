//! The table of known defects, in two halves: those of the salt, and the others.

mod others;
mod salts;

use super::{Affected, Basis, Defect};
use crate::findings::catalogue::Code;
use crate::mysql::Plugin;

/// Both halves.
pub(super) const TABLES: [&[Defect]; 2] = [salts::DEFECTS, others::DEFECTS];

/// What most entries share, so that each says only what is its own.
const COMMON: Defect = Defect {
    id: "",
    name: "",
    attributes: &[],
    versions: Affected::NotEstablished,
    sign: Code::SaltTrailingNul,
    plugins: &[Plugin::CachingSha2],
    salt_forms: &[],
    only_after_switch: false,
    reference: "",
    basis: Basis::Reported,
    what: "",
};
