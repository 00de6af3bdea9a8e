//! What the connections of one capture have in common.

use std::sync::Arc;

use super::greetings::Greetings;
use crate::tls::Keys;

/// What all connections of one capture refer to.
#[derive(Debug)]
pub struct Surroundings {
    /// Ports that the user says are servers'.
    pub(super) server_ports: Arc<[u16]>,
    /// What may open their TLS.
    pub(super) keys: Arc<Keys>,
    pub(super) greetings: Arc<Greetings>,
}

impl Surroundings {
    /// `server_ports` are those the user named, `keys` may open the connections' TLS.
    #[must_use]
    pub fn new(server_ports: Arc<[u16]>, keys: Arc<Keys>) -> Self {
        Self {
            server_ports,
            keys,
            greetings: Arc::default(),
        }
    }

    /// The same with other keys, for connections that are still to come.
    #[must_use]
    pub fn with_keys(&self, keys: Arc<Keys>) -> Self {
        Self {
            server_ports: Arc::clone(&self.server_ports),
            keys,
            greetings: Arc::clone(&self.greetings),
        }
    }

    /// What may open the connections' TLS.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}
