//! Where a full search was spent already and found nothing: a like login is not worth another.
//!
//! A service with a stale password fails thousands of times, each time in the same way. The first
//! of these logins are searched in full, the later ones for single deviations only: less would call a
//! login with a form of the right password one with another password. Accepted logins that nothing
//! explains are kinds of their own; where the server itself took the response for right, the later ones are
//! searched still less, but for one now and then: passwords change. Called by `analyze`, one memory for each capture.

use foldhash::fast::RandomState;
use hashbrown::{Equivalent, HashMap};

use super::hypotheses::Search;
use super::verdict::{PasswordForm, Verdict};
use crate::limits;
use crate::mysql::{AuthPath, Login, Outcome, Plugin, RoundStart};
use crate::net::Endpoint;

/// What makes two logins alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind<B = Vec<u8>, P = Plugin> {
    /// Where the account is: another server's may have another password.
    server: Endpoint,
    user: Option<B>,
    client: Option<B>,
    plugin: P,
    accepted: bool,
    /// The server let the client in for this very response, not for a password that it had it send after it.
    checked: bool,
    /// The server's error; `None` where the client left or the capture does not show the end.
    code: Option<u16>,
}

/// A kind, as a login holds it.
type KindOf<'l> = Kind<&'l [u8], &'l Plugin>;

impl Equivalent<Kind> for KindOf<'_> {
    fn equivalent(&self, key: &Kind) -> bool {
        self.server == key.server
            && self.user == key.user.as_deref()
            && self.client == key.client.as_deref()
            && *self.plugin == key.plugin
            && (self.accepted, self.checked) == (key.accepted, key.checked)
            && self.code == key.code
    }
}

impl From<&KindOf<'_>> for Kind {
    fn from(kind: &KindOf<'_>) -> Self {
        Self {
            server: kind.server,
            user: kind.user.map(<[u8]>::to_vec),
            client: kind.client.map(<[u8]>::to_vec),
            plugin: kind.plugin.clone(),
            accepted: kind.accepted,
            checked: kind.checked,
            code: kind.code,
        }
    }
}

/// What was spent on a kind.
#[derive(Clone, Debug, Default)]
struct Effort {
    /// The hypotheses of full searches that found nothing.
    hypotheses: u64,
    /// Logins since these were enough.
    later: u64,
    /// A form of a password was found.
    has_forms: bool,
}

/// What was spent on searches that found nothing, by kind.
#[derive(Clone, Debug, Default)]
pub struct Spent(HashMap<Kind, Effort, RandomState>);

impl Spent {
    /// How far to search for this login. To be asked once for each.
    #[must_use]
    pub fn search(&mut self, login: &Login) -> Search {
        if self.0.is_empty() {
            return Search::Full;
        }
        let Some(kind) = kind(login) else {
            return Search::Full;
        };
        let spent = self.0.get_mut(&kind);
        let Some(spent) = spent.filter(|spent| spent.hypotheses >= limits::SEARCH_SPENT) else {
            return Search::Full;
        };
        spent.later = spent.later.saturating_add(1);
        let for_forms = spent.has_forms || spent.later.is_multiple_of(limits::SEARCHED_ANEW);
        if kind.checked && !for_forms {
            Search::AsGiven
        } else {
            Search::Reduced
        }
    }

    /// Takes note of what a search came to. At the cap of kinds no more are remembered, and logins
    /// like them are searched in full each time.
    pub fn note(&mut self, login: &Login, verdict: &Verdict) {
        let tried = match verdict {
            Verdict::Mismatch(tried) => tried,
            Verdict::Match(found) if found.password_form != PasswordForm::AsGiven => {
                if let Some(spent) = kind(login).and_then(|kind| self.0.get_mut(&kind)) {
                    spent.has_forms = true;
                }
                return;
            }
            _ => return,
        };
        if tried.reduced {
            // Its kind is known, or it would not have been.
            return;
        }
        let Some(kind) = kind(login) else {
            return;
        };
        if self.0.len() < limits::SEARCHES && !self.0.contains_key(&kind) {
            self.0.insert((&kind).into(), Effort::default());
        }
        if let Some(spent) = self.0.get_mut(&kind) {
            spent.hypotheses = spent.hypotheses.saturating_add(tried.hypotheses);
        }
    }
}

/// What [`Kind::checked`] says.
fn was_checked(login: &Login) -> bool {
    let decides = match login.last_round().map(|round| &round.plugin) {
        Some(Plugin::NativePassword) => true,
        Some(Plugin::CachingSha2) => login.path == Some(AuthPath::Fast),
        _ => false,
    };
    // Of several factors one may have been taken for another's sake.
    let mut rounds = login.rounds.iter();
    let alone = rounds.all(|round| round.begun_by != RoundStart::NextFactor);
    decides && alone && matches!(login.outcome, Outcome::Accepted)
}

fn kind(login: &Login) -> Option<KindOf<'_>> {
    Some(Kind {
        server: login.server,
        user: login.request.as_ref()?.user.as_deref(),
        client: login.attribute("_client_name"),
        plugin: &login.last_round()?.plugin,
        accepted: matches!(login.outcome, Outcome::Accepted),
        checked: was_checked(login),
        code: match &login.outcome {
            Outcome::Rejected(error) => Some(error.code),
            _ => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::schemes::known::SALT_21;
    use crate::auth::schemes::native;
    use crate::auth::tests::logins::{direct, one};
    use crate::auth::verdict::Tried;
    use crate::auth::{Context, examine};

    fn mismatch(hypotheses: u64) -> Verdict {
        Verdict::Mismatch(Tried {
            hypotheses,
            reduced: false,
        })
    }

    #[test]
    fn only_like_failures_are_searched_less() {
        let login = direct(Plugin::CachingSha2, SALT_21, [7; 32]);
        let mut spent = Spent::default();
        assert_eq!(spent.search(&login), Search::Full);
        spent.note(&login, &Verdict::NoPassword);
        spent.note(&login, &mismatch(limits::SEARCH_SPENT - 1));
        assert_eq!(spent.search(&login), Search::Full);
        spent.note(&login, &mismatch(1));
        assert_eq!(spent.search(&login), Search::Reduced);
        let mut other = login.clone();
        if let Some(request) = &mut other.request {
            request.user = Some(b"other".into());
        }
        assert_eq!(spent.search(&other), Search::Full);
        let mut other = login.clone();
        other.rounds[0].plugin = Plugin::NativePassword;
        assert_eq!(spent.search(&other), Search::Full);
        let mut other = login.clone();
        other.outcome = Outcome::Unknown;
        assert_eq!(spent.search(&other), Search::Full);
        let mut other = login.clone();
        other.server.port = 3307;
        assert_eq!(spent.search(&other), Search::Full);
        let mut accepted = login;
        accepted.outcome = Outcome::Accepted;
        assert_eq!(spent.search(&accepted), Search::Full);
    }

    #[test]
    fn what_the_server_took_itself_is_searched_least() {
        let searched_before = |plugin: Plugin, path, change: fn(&mut Login)| {
            let mut login = direct(plugin, SALT_21, [7; 32]);
            login.outcome = Outcome::Accepted;
            login.path = path;
            change(&mut login);
            let mut spent = Spent::default();
            spent.note(&login, &mismatch(limits::SEARCH_SPENT));
            spent.search(&login)
        };
        for (plugin, path, search) in [
            (Plugin::NativePassword, None, Search::AsGiven),
            (Plugin::CachingSha2, Some(AuthPath::Fast), Search::AsGiven),
            // The server did not look at the response, or that was not captured.
            (
                Plugin::CachingSha2,
                Some(AuthPath::FullTls),
                Search::Reduced,
            ),
            (
                Plugin::CachingSha2,
                Some(AuthPath::FullRsa),
                Search::Reduced,
            ),
            (Plugin::CachingSha2, None, Search::Reduced),
            (Plugin::Ed25519, None, Search::Reduced),
        ] {
            assert_eq!(searched_before(plugin, path, |_| ()), search);
        }
        let refused = |login: &mut Login| login.outcome = Outcome::Unknown;
        let factor = |login: &mut Login| login.rounds[0].begun_by = RoundStart::NextFactor;
        for change in [refused, factor] {
            let search = searched_before(Plugin::NativePassword, None, change);
            assert_eq!(search, Search::Reduced);
        }
        // What was asked of responses that the server never looked at was not asked of this one.
        let mut login = direct(Plugin::CachingSha2, SALT_21, [7; 32]);
        login.outcome = Outcome::Accepted;
        login.path = Some(AuthPath::FullTls);
        let mut spent = Spent::default();
        spent.note(&login, &mismatch(limits::SEARCH_SPENT));
        login.path = Some(AuthPath::Fast);
        assert_eq!(spent.search(&login), Search::Full);
    }

    #[test]
    fn a_password_that_changed_is_noticed() {
        let candidates = one(&b"secret"[..]);
        let mut spent = Spent::default();
        let mut said = |password: &[u8]| {
            let response = native::Stages::new(password).response(&SALT_21[..20]);
            let mut login = direct(Plugin::NativePassword, SALT_21, response);
            login.outcome = Outcome::Accepted;
            let search = spent.search(&login);
            let context = Context {
                search,
                ..Context::default()
            };
            let verdict = examine(&login, &candidates, &context).verdict;
            spent.note(&login, &verdict);
            match verdict {
                Verdict::Match(found) => Some(found.password_form),
                _ => None,
            }
        };
        for _ in 0..1000 {
            assert_eq!(said(b"another"), None);
        }
        // A like login with the right password changes nothing.
        assert_eq!(said(b"secret"), Some(PasswordForm::AsGiven));
        let every = usize::try_from(limits::SEARCHED_ANEW).unwrap();
        let missed = (0..1000)
            .take_while(|_| said(b"secret\n").is_none())
            .count();
        assert!((1..every).contains(&missed), "{missed}");
        for _ in 0..1000 {
            assert_eq!(said(b"secret\n"), Some(PasswordForm::TrailingNewline));
        }
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut spent = Spent::default();
        for number in 0..limits::SEARCHES + 10 {
            let mut login = direct(Plugin::CachingSha2, SALT_21, [7; 32]);
            if let Some(request) = &mut login.request {
                request.user = Some(number.to_string().into_bytes().into());
            }
            spent.note(&login, &mismatch(limits::SEARCH_SPENT));
        }
        assert_eq!(spent.0.len(), limits::SEARCHES);
    }
}
