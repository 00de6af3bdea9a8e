//! Known defects of clients, proxies and servers: who, in which versions, by which sign, and
//! where it is documented.
//!
//! The rules cite an entry only where the finding's code, the plugin and the client agree with
//! it. A version outside the affected range is never called affected, and where the range is not
//! established the text says so.

mod table;

use crate::auth::{PasswordForm, SaltForm};
use crate::findings::catalogue::Code;
use crate::findings::client::Client;
use crate::findings::prose::Prose;
use crate::findings::version::Version;
use crate::mysql::Plugin;

/// One known defect.
#[derive(Clone, Copy, Debug)]
pub struct Defect {
    /// Its number in this project's notes.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it calls itself in `_client_name`; empty where it sends none, or is no client.
    pub attributes: &'static [&'static str],
    /// Which versions have it.
    pub versions: Affected,
    /// The finding it leads to.
    pub sign: Code,
    /// The plugins it concerns; empty for all.
    pub plugins: &'static [Plugin],
    /// The forms of the salt that it leads to, where that is its sign; empty for any.
    pub salt_forms: &'static [SaltForm],
    /// The forms of the password that it leads to, where that is its sign; empty for any.
    pub password_forms: &'static [PasswordForm],
    /// It shows only in the answer to an auth switch.
    pub only_after_switch: bool,
    /// Where it is documented; the project's home where there is no public report.
    pub reference: &'static str,
    /// Reported in public, or deduced from the source.
    pub basis: Basis,
    /// What goes wrong, in a sentence.
    pub what: &'static str,
}

/// Which versions have a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affected {
    /// From the first (if it is known) up to, but without, the one in which it is fixed.
    FixedIn {
        /// The first version that has it.
        from: Option<&'static str>,
        /// The first version that has it no more.
        fixed: &'static str,
    },
    /// Up to and with this one; what later versions do was not known when this was written.
    KnownUpTo(&'static str),
    /// Seen in this version.
    SeenIn(&'static str),
    /// The range is not established.
    NotEstablished,
}

/// How a defect is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A public report or a fix.
    Reported,
    /// Recorded on the wire by this project, with no public report known.
    Observed,
    /// Read in the source, with no public report known.
    Deduced,
}

/// What a client's version says of a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The version has it.
    Affected,
    /// The version lies outside what is known to be affected.
    Outside,
    /// No version is known, or it cannot be compared.
    Open,
}

impl Affected {
    /// Where a version stands.
    #[must_use]
    pub fn standing(self, version: Option<&[u8]>) -> Standing {
        let Some(version) = version.and_then(Version::parse) else {
            return Standing::Open;
        };
        let parse = |text: &str| Version::parse(text.as_bytes());
        let inside = match self {
            Self::NotEstablished => return Standing::Open,
            Self::FixedIn { from, fixed } => {
                from.and_then(parse).is_none_or(|from| from <= version)
                    && parse(fixed).is_some_and(|fixed| version < fixed)
            }
            Self::KnownUpTo(last) => parse(last).is_some_and(|last| version <= last),
            Self::SeenIn(seen) => parse(seen).is_some_and(|seen| version == seen),
        };
        if inside {
            Standing::Affected
        } else {
            Standing::Outside
        }
    }

    /// The range in words, to stand behind the name.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::FixedIn {
                from: Some(from),
                fixed,
            } => format!("{from} and later, before {fixed}"),
            Self::FixedIn { from: None, fixed } => format!("before {fixed}"),
            Self::KnownUpTo(last) => format!("up to {last}"),
            Self::SeenIn(seen) => format!("seen in {seen}"),
            Self::NotEstablished => "versions not established".into(),
        }
    }
}

impl Defect {
    /// Everything but the version agrees.
    fn fits(&self, client: Client<'_>, sign: &Sign<'_>) -> bool {
        let form = |form| self.salt_forms.is_empty() || self.salt_forms.contains(&form);
        let password = |form| self.password_forms.is_empty() || self.password_forms.contains(&form);
        self.attributes.iter().any(|name| client.is_named(name))
            && (self.plugins.is_empty() || self.plugins.contains(sign.plugin))
            && (sign.after_switch || !self.only_after_switch)
            && sign.salt_form.is_none_or(form)
            && sign.password_form.is_none_or(password)
    }

    /// The sentence that cites it, with what is known of its fix.
    fn cite(&self, standing: Standing, guessed: bool) -> String {
        let name = self.name;
        let who = match (standing, guessed) {
            (Standing::Affected, _) => "This version has a known defect".into(),
            (_, true) => format!("If it is {name}, a known defect fits"),
            (_, false) => format!("A known defect of {name} fits"),
        };
        let basis = match self.basis {
            Basis::Reported => "",
            Basis::Observed => {
                ", recorded on the wire by this project, with no public report known"
            }
            Basis::Deduced => ", found by reading its source and not reported in public",
        };
        let remedy = match (self.versions, standing) {
            (Affected::FixedIn { fixed, .. }, Standing::Affected) => {
                format!("It is fixed in {name} {fixed}: upgrade to that or later.")
            }
            (Affected::FixedIn { fixed, .. }, _) => format!(
                "It concerns versions {}; it is fixed in {name} {fixed}. The capture does not show this client's version.",
                self.versions.words()
            ),
            (Affected::KnownUpTo(last), _) => format!(
                "Versions up to {last} have it; no fixed version was known when this was written."
            ),
            (Affected::SeenIn(seen), _) => format!("It was seen in version {seen}."),
            (Affected::NotEstablished, _) => "Which versions have it is not established.".into(),
        };
        let Self {
            what, reference, ..
        } = self;
        format!("{who}{basis}: {what}, {reference}. {remedy}")
    }
}

/// Every known defect.
pub fn all() -> impl Iterator<Item = &'static Defect> {
    table::TABLES.into_iter().flatten()
}

/// The defects that lead to a finding.
pub fn with_sign(code: Code) -> impl Iterator<Item = &'static Defect> {
    all().filter(move |defect| defect.sign == code)
}

/// What a finding shows of a defect.
#[derive(Clone, Copy, Debug)]
pub struct Sign<'a> {
    /// The finding.
    pub code: Code,
    /// The plugin in force.
    pub plugin: &'a Plugin,
    /// The client answered an auth switch.
    pub after_switch: bool,
    /// The form of the salt that matched, if one did.
    pub salt_form: Option<SaltForm>,
    /// The form of the password that matched, if one did.
    pub password_form: Option<PasswordForm>,
}

/// The known defect that fits a finding about a client, as a sentence: the sign and the client's
/// name agree with it, and the version lies in the range or is not known.
#[must_use]
pub fn cited(client: Client<'_>, sign: &Sign<'_>) -> Option<Prose> {
    let (defect, standing) = with_sign(sign.code)
        .filter(|defect| defect.fits(client, sign))
        .map(|defect| (defect, defect.versions.standing(client.version)))
        .find(|(_, standing)| *standing != Standing::Outside)?;
    Some(Prose::new(defect.cite(standing, client.guessed)))
}

#[cfg(test)]
mod tests;
