//! What of captured text names somebody, and its pseudonym: the part of the redactor that
//! `--anonymize` switches on.
//!
//! Owns which kind of text is treated how. The pseudonyms are of [`crate::report::anonymize`].

use std::sync::{Arc, PoisonError};

use super::{MASK, Redactor};
use crate::findings::Captured;
use crate::limits;
use crate::mysql::wire::access_denied::AccessDenied;
use crate::mysql::{Login, Outcome};
use crate::net::Endpoint;
use crate::report::anonymize::attributes::{Treatment, treatment};
use crate::report::anonymize::error_text::{self, Found};
use crate::report::anonymize::{Named, Pseudonyms};
use crate::report::text::{self, Text};

impl Redactor {
    /// Puts pseudonyms in the place of names and addresses.
    #[must_use]
    pub fn anonymize(mut self, pseudonyms: Arc<Pseudonyms>) -> Self {
        self.pseudonyms = Some(pseudonyms);
        self
    }

    /// Whether names are replaced.
    #[must_use]
    pub const fn is_anonymous(&self) -> bool {
        self.pseudonyms.is_some()
    }

    /// Notes the names of a login, so that they are found in error texts where nothing marks them.
    /// To be called for every login of a report before any of its text is made.
    pub fn learn(&self, login: &Login) {
        if self.pseudonyms.is_none() {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut note = |name: &[u8], kind| {
            if !name.is_empty() && known.len() < limits::PSEUDONYMS {
                known.entry(name.to_vec()).or_insert(kind);
            }
        };
        if let Some(request) = &login.request {
            note(request.user.as_deref().unwrap_or_default(), Named::User);
            let database = request.database.as_deref();
            note(database.unwrap_or_default(), Named::Database);
            for (key, value) in request.attributes.iter() {
                match treatment(key, value) {
                    Treatment::Stays => {}
                    Treatment::Value(kind) => note(value, kind),
                    Treatment::Both => note(value, Named::Other),
                }
            }
        }
        if let Outcome::Rejected(error) = &login.outcome
            && let Some(denied) = AccessDenied::parse(&error.message)
        {
            note(&denied.user, Named::User);
            note(&denied.host, Named::Host);
        }
    }

    /// The names in a server's error text.
    pub(crate) fn names_in(&self, text: &[u8]) -> Vec<Found> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        error_text::names(text, &|word| known.get(word).copied())
    }

    pub(super) fn anonymous(&self, pseudonyms: &Pseudonyms, kind: Captured, bytes: &[u8]) -> Text {
        match kind {
            Captured::User => self.pseudonym(pseudonyms, Named::User, bytes),
            Captured::Database => self.pseudonym(pseudonyms, Named::Database, bytes),
            Captured::Host => self.pseudonym(pseudonyms, Named::Host, bytes),
            // Drivers and versions name nobody.
            Captured::Client => self.masked(bytes),
            Captured::Server | Captured::Other => {
                let mut out = String::new();
                let mut from = 0;
                for Found { place, kind } in self.names_in(bytes) {
                    let before = bytes.get(from..place.start).unwrap_or_default();
                    out.push_str(&self.masked(before));
                    let name = bytes.get(place.clone()).unwrap_or_default();
                    out.push_str(&self.pseudonym(pseudonyms, kind, name));
                    from = place.end;
                }
                out.push_str(&self.masked(bytes.get(from..).unwrap_or_default()));
                out.into()
            }
        }
    }

    /// A name's pseudonym. That a password was typed as a name is no name's secret: it stays visible.
    fn pseudonym(&self, pseudonyms: &Pseudonyms, kind: Named, name: &[u8]) -> Text {
        if self.finds_in(name) {
            MASK.into()
        } else if kind == Named::Host {
            pseudonyms.host(name).into()
        } else {
            pseudonyms.name(kind, name).into()
        }
    }

    /// A connection attribute: key and value.
    #[must_use]
    pub fn attribute(&self, key: &[u8], value: &[u8]) -> (Text, Text) {
        let shown = || (self.masked(key), self.masked(value));
        let Some(pseudonyms) = &self.pseudonyms else {
            return shown();
        };
        match treatment(key, value) {
            Treatment::Stays => shown(),
            Treatment::Value(kind) => (self.masked(key), self.pseudonym(pseudonyms, kind, value)),
            Treatment::Both => (
                self.pseudonym(pseudonyms, Named::Other, key),
                self.pseudonym(pseudonyms, Named::Other, value),
            ),
        }
    }

    /// The address of one end of a conversation.
    #[must_use]
    pub fn address(&self, endpoint: &Endpoint) -> Text {
        match &self.pseudonyms {
            Some(pseudonyms) => text::address(pseudonyms.address(endpoint.address)),
            None => text::address(endpoint.address),
        }
    }

    /// A capture's path. It was given to this program or found by it, so that nothing is masked.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        match &self.pseudonyms {
            Some(pseudonyms) => pseudonyms.path(path),
            None => path.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn names_are_replaced_and_the_same_everywhere() {
        let pseudonyms = Arc::new(Pseudonyms::new(b"key"));
        let redactor = Redactor::new([&b"hunter2"[..]]).anonymize(Arc::clone(&pseudonyms));
        let user = redactor.text(Captured::User, b"app_reporting");
        assert_eq!(user, pseudonyms.name(Named::User, b"app_reporting"));
        assert_eq!(redactor.text(Captured::User, b"hunter2"), MASK);
        assert_eq!(redactor.text(Captured::Client, b"pymysql"), "pymysql");
        let host = pseudonyms.host(b"10.20.30.45");
        let text = b"Access denied for user 'app_reporting'@'10.20.30.45' (using password: YES)";
        assert_eq!(
            redactor.text(Captured::Server, text),
            format!("Access denied for user '{user}'@'{host}' (using password: YES)")
        );
        let text = b"User app_reporting already has more than 'max_user_connections'";
        assert!(
            redactor
                .text(Captured::Server, text)
                .contains("app_reporting")
        );
        redactor.learn(&testing::switched(0).login);
        assert!(
            redactor
                .text(Captured::Server, text)
                .contains(user.as_str())
        );
    }

    #[test]
    fn attributes_that_name_somebody() {
        let redactor = Redactor::default().anonymize(Arc::new(Pseudonyms::new(b"key")));
        let shown = |key: &str, value: &str| redactor.attribute(key.as_bytes(), value.as_bytes());
        assert_eq!(shown("_os", "Linux").1, "Linux");
        assert!(shown("_source_host", "web-7").1.starts_with("host-"));
        assert!(shown("os_user", "jane").1.starts_with("user-"));
        assert!(shown("team", "payments").0.starts_with("name-"));
    }
}
