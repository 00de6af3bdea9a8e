//! The table of known defects, by what they concern.

mod others;
mod passwords;
mod salts;
mod servers;

use super::{Affected, Basis, Defect};
use crate::findings::catalogue::Code;
use crate::mysql::Plugin;

/// All parts.
pub(super) const TABLES: [&[Defect]; 4] = [
    salts::DEFECTS,
    others::DEFECTS,
    passwords::DEFECTS,
    servers::DEFECTS,
];

/// What most entries share, so that each says only what is its own.
const COMMON: Defect = Defect {
    id: "",
    name: "",
    attributes: &[],
    versions: Affected::NotEstablished,
    sign: Code::SaltTrailingNul,
    plugins: &[Plugin::CachingSha2],
    salt_forms: &[],
    password_forms: &[],
    only_after_switch: false,
    reference: "",
    basis: Basis::Reported,
    what: "",
};
