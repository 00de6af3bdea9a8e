//! The formulas that a response may have been made with: the plugin's own and the wrong ones.

use secrecy::ExposeSecret;
use smallvec::SmallVec;

use crate::auth::candidate::{Candidate, Secret};
use crate::auth::prepared::Prepared;
use crate::auth::salt_forms::SaltKind;
use crate::auth::schemes::{ed25519, native};
use crate::auth::verdict::Formula;
use crate::mysql::Plugin;

/// Fewest bytes of a response that was cut short on which a match is built: 64 bits, against
/// fewer than 2^20 hypotheses a candidate.
pub(crate) const PREFIX_MIN: usize = 8;

/// What a match of the old password is worth.
const OLD: &str = "the eight bytes of mysql_old_password carry about 40 bits: each wrong password \
    tried would match by accident once in 10^12 times; and its hash skips spaces and tabs, so that \
    passwords which differ only in those cannot be told apart";

/// A way from a password and a salt to a response of fixed length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Native,
    NativeReversed,
    NativeSingleHash,
    Sha2,
    Sha2Reversed,
    Sha2SingleHash,
    Old,
    Ed25519,
}

/// All of them; the ways of one plugin stand together, its own first.
const WAYS: [Way; 8] = [
    Way::Sha2,
    Way::Sha2Reversed,
    Way::Sha2SingleHash,
    Way::Native,
    Way::NativeReversed,
    Way::NativeSingleHash,
    Way::Old,
    Way::Ed25519,
];

/// How the response's length fits a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// It has the length that the formula gives.
    Exact,
    /// It has one NUL more.
    ExtraNul,
    /// It has fewer bytes.
    Prefix,
}

/// A way to try on a response, with what it would say against the client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trial<'r> {
    pub way: Way,
    pub shape: Shape,
    /// The bytes to compare: the response without the extra NUL.
    pub response: &'r [u8],
    /// How far the way and the shape are from what the plugin prescribes.
    pub deviations: u8,
    /// The most deviations that may be tried: fewer where a match would prove little, or cost much.
    pub most: u8,
}

/// All that can be tried on a response.
pub(super) type Trials<'r> = SmallVec<[Trial<'r>; 4]>;

/// The ways whose length the response can have under this plugin, the plugin's own first.
pub(super) fn trials<'r>(plugin: &Plugin, response: &'r [u8]) -> Trials<'r> {
    let mut trials: Trials<'r> = WAYS
        .into_iter()
        .filter_map(|way| trial(way, plugin, response))
        .collect();
    trials.sort_by_key(|trial| trial.deviations);
    trials
}

/// The trial of the plugin's own formula, if the response has the length that it gives.
pub(super) fn own_trial<'r>(plugin: &Plugin, response: &'r [u8]) -> Option<Trial<'r>> {
    let way = match plugin {
        Plugin::NativePassword => Way::Native,
        Plugin::CachingSha2 => Way::Sha2,
        Plugin::OldPassword => Way::Old,
        Plugin::Ed25519 => Way::Ed25519,
        _ => return None,
    };
    trial(way, plugin, response).filter(|trial| trial.deviations == 0)
}

/// Whether the response is as long as that of some plugin: only then does a search that found
/// nothing say that no password given was used.
pub(crate) fn has_length_of_a_proof(plugin: &Plugin, response: &[u8]) -> bool {
    let trials = trials(plugin, response);
    trials.iter().any(|trial| trial.shape != Shape::Prefix)
}

fn trial<'r>(way: Way, plugin: &Plugin, response: &'r [u8]) -> Option<Trial<'r>> {
    let of_plugin = way.plugin() == *plugin;
    let (shape, compared) = way.shape(response, of_plugin)?;
    let own = of_plugin && way.formula() == Formula::Plugin(plugin.clone());
    let deviations = u8::from(!own).saturating_add(u8::from(shape != Shape::Exact));
    Some(Trial {
        way,
        shape,
        response: compared,
        deviations,
        most: match (way, shape) {
            (Way::Old, _) | (Way::Ed25519, Shape::Prefix) => 2,
            _ => u8::MAX,
        },
    })
}

impl Way {
    /// The plugin whose formula this is, or is a wrong variant of.
    pub(super) const fn plugin(self) -> Plugin {
        match self {
            Self::Native | Self::NativeReversed | Self::NativeSingleHash => Plugin::NativePassword,
            Self::Sha2 | Self::Sha2Reversed | Self::Sha2SingleHash => Plugin::CachingSha2,
            Self::Old => Plugin::OldPassword,
            Self::Ed25519 => Plugin::Ed25519,
        }
    }

    /// What the verdict calls it.
    pub(super) const fn formula(self) -> Formula {
        match self {
            Self::Native | Self::Sha2 | Self::Old | Self::Ed25519 => Formula::Plugin(self.plugin()),
            Self::NativeReversed => Formula::NativeReversed,
            Self::Sha2Reversed => Formula::CachingSha2Reversed,
            Self::NativeSingleHash | Self::Sha2SingleHash => Formula::SingleHash(self.plugin()),
        }
    }

    /// How it takes its salt.
    pub(super) const fn salt_kind(self) -> SaltKind {
        match self {
            Self::Old => SaltKind::Eight,
            Self::Ed25519 => SaltKind::Raw,
            _ => SaltKind::Twenty,
        }
    }

    /// What a match is worth, where that must be told.
    pub(super) const fn weak(self) -> Option<&'static str> {
        match self {
            Self::Old => Some(OLD),
            _ => None,
        }
    }

    /// How the response's length fits, and the bytes to compare; `None` if it cannot fit. Only
    /// the plugin in force is given the benefit of a response cut short.
    fn shape(self, response: &[u8], of_plugin: bool) -> Option<(Shape, &[u8])> {
        let length = self.plugin().response_length()?;
        if response.len() == length {
            return Some((Shape::Exact, response));
        }
        if let Some(rest) = response.strip_suffix(b"\0")
            && rest.len() == length
        {
            // Clients end the response of the old password with a NUL.
            let shape = match self {
                Self::Old => Shape::Exact,
                _ => Shape::ExtraNul,
            };
            return Some((shape, rest));
        }
        let cut = of_plugin && (PREFIX_MIN..length).contains(&response.len());
        cut.then_some((Shape::Prefix, response))
    }

    /// Whether it makes sense for this form of the password: the plugins that hash have no formula
    /// for the empty one, which is answered with nothing, unless it is forced through.
    pub(super) fn takes(self, password: &Prepared) -> bool {
        self == Self::Ed25519 || !password.bytes().is_empty() || password.is_forced_empty()
    }

    /// What it gives.
    pub(super) fn response(self, password: &Prepared, salt: &[u8]) -> Vec<u8> {
        match self {
            Self::Native => password.native().response(salt).to_vec(),
            Self::NativeReversed => password.native().response_reversed(salt).to_vec(),
            Self::NativeSingleHash => password.native().response_single_hash(salt).to_vec(),
            Self::Sha2 => password.caching_sha2().response(salt).to_vec(),
            Self::Sha2Reversed => password.caching_sha2().response_reversed(salt).to_vec(),
            Self::Sha2SingleHash => password.caching_sha2().response_single_hash(salt).to_vec(),
            Self::Old => password.old().response(salt).to_vec(),
            Self::Ed25519 => password.ed25519().sign(salt).to_vec(),
        }
    }

    /// Whether it gives these bytes, or begins with them.
    pub(super) fn gives(self, password: &Prepared, salt: &[u8], response: &[u8]) -> bool {
        // Nobody measures how long it takes to compare what a capture holds.
        let begins =
            |whole: &[u8]| whole.first() == response.first() && whole.starts_with(response);
        match self {
            Self::Native => begins(&password.native().response(salt)),
            Self::NativeReversed => begins(&password.native().response_reversed(salt)),
            Self::NativeSingleHash => begins(&password.native().response_single_hash(salt)),
            Self::Sha2 => begins(&password.caching_sha2().response(salt)),
            Self::Sha2Reversed => begins(&password.caching_sha2().response_reversed(salt)),
            Self::Sha2SingleHash => begins(&password.caching_sha2().response_single_hash(salt)),
            Self::Old => begins(&password.old().response(salt)),
            Self::Ed25519 => match response.try_into() {
                Ok(whole) => password.ed25519().signs(salt, whole),
                Err(_) => begins(&password.ed25519().sign(salt)),
            },
        }
    }

    /// Whether the whole response was made with the password behind a stored hash or key; `None`
    /// where that cannot be told.
    pub(super) fn proves(
        self,
        candidate: &Candidate,
        salt: &[u8],
        response: &[u8],
    ) -> Option<bool> {
        match (self, candidate.secret()) {
            (Self::Native, Secret::NativeHash(stored)) => {
                let response = response.try_into().ok()?;
                Some(native::proves(response, salt, stored.expose_secret()))
            }
            (Self::NativeReversed, Secret::NativeHash(stored)) => {
                let response = response.try_into().ok()?;
                let stored = stored.expose_secret();
                Some(native::proves_reversed(response, salt, stored))
            }
            (Self::Ed25519, Secret::Ed25519Public(public)) => {
                let response = response.try_into().ok()?;
                Some(ed25519::verifies(public, salt, response))
            }
            _ => None,
        }
    }
}
