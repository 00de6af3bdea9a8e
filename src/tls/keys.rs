//! All that opens sessions of one capture: key logs, server keys, and what was learnt on the way.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::keylog::{KeyLog, Label};
use super::secret::Secret;
use super::server_key::ServerKey;
use crate::limits;

/// Keys for the sessions of one capture. It has no `Debug`.
///
/// Made anew for each capture, so that captures analysed side by side do not depend on each other;
/// the logs and keys in it are shared.
#[derive(Default)]
pub struct Keys {
    logs: Vec<Arc<KeyLog>>,
    private: Vec<Arc<ServerKey>>,
    /// Master secrets that the server's key opened, by the hash of the id or ticket that resumes
    /// their session.
    resumable: Mutex<HashMap<[u8; 32], Secret>>,
    matched: AtomicUsize,
}

impl std::fmt::Debug for Keys {
    /// Says nothing of the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// Names a session to resume.
pub(super) fn resumption_name(id_or_ticket: &[u8]) -> [u8; 32] {
    Sha256::digest(id_or_ticket).into()
}

impl Keys {
    /// From key logs, whether of files or out of the capture itself, and private keys.
    #[must_use]
    pub fn from_parts(logs: Vec<Arc<KeyLog>>, server_keys: Vec<Arc<ServerKey>>) -> Self {
        Self {
            logs,
            private: server_keys,
            ..Self::default()
        }
    }

    /// Whether anything here could open a session.
    #[must_use]
    pub fn may_open(&self) -> bool {
        !self.is_empty()
    }

    /// How many sessions the key logs hold secrets of.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.logs
            .iter()
            .fold(0, |sum, log| sum.saturating_add(log.sessions()))
    }

    /// How many handshakes of the capture a key log held secrets of.
    #[must_use]
    pub fn matched(&self) -> usize {
        self.matched.load(Ordering::Relaxed)
    }

    pub(super) fn note_match(&self) {
        self.matched.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether there is any.
    pub(super) fn is_empty(&self) -> bool {
        self.logs.is_empty() && self.private.is_empty()
    }

    pub(super) fn has_logs(&self) -> bool {
        !self.logs.is_empty()
    }

    /// Whether premaster secrets under RSA may be opened.
    pub(super) fn opens_rsa(&self) -> bool {
        !self.private.is_empty() || self.logs.iter().any(|log| log.has_premasters())
    }

    pub(super) fn has_server_keys(&self) -> bool {
        !self.private.is_empty()
    }

    pub(super) fn knows(&self, client_random: &[u8; 32]) -> bool {
        let mut logs = self.logs.iter();
        logs.any(|log| log.session(client_random).is_some())
    }

    pub(super) fn master(&self, client_random: &[u8; 32]) -> Option<Secret> {
        self.logs.iter().find_map(|log| {
            let session = log.session(client_random)?;
            session.master.as_deref().cloned()
        })
    }

    pub(super) fn traffic(&self, client_random: &[u8; 32], label: Label) -> Option<Secret> {
        self.logs.iter().find_map(|log| {
            let session = log.session(client_random)?;
            session.traffic(label).cloned()
        })
    }

    /// The premaster secret of an RSA key exchange.
    pub(super) fn premaster(&self, encrypted: &[u8]) -> Option<Secret> {
        let logged = self.logs.iter().find_map(|log| log.premaster(encrypted));
        logged.cloned().or_else(|| {
            let mut keys = self.private.iter();
            keys.find_map(|key| key.premaster(encrypted))
        })
    }

    pub(super) fn remember(&self, name: [u8; 32], master: &Secret) {
        let mut resumable = self
            .resumable
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if resumable.len() < limits::TLS_RESUMABLE || resumable.contains_key(&name) {
            resumable.insert(name, master.clone());
        }
    }

    pub(super) fn remembered(&self, name: &[u8; 32]) -> Option<Secret> {
        let resumable = self
            .resumable
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        resumable.get(name).cloned()
    }
}
