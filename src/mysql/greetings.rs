//! Greetings of a capture's servers, each kept once for all connections that got it.
//!
//! Large captures have very many connections that idle behind their login, and all that tells the
//! greetings of one server apart is the connection's id and the salt.

use std::sync::{Arc, Mutex, PoisonError};

use smallvec::SmallVec;

use crate::limits;

/// Bytes of a greeting that are a connection's own: id (4), salt (8), and the salt's second part (12).
const OWN: usize = 24;
/// Bytes of it in front of the second part, which begins at [`SECOND`] behind the id.
const FRONT: usize = 12;
const SECOND: usize = 31;
/// As long as most are.
const USUAL: usize = 128;

/// What the greetings of one server have in common: one of them, with zeros for what is a connection's own.
#[derive(Debug)]
struct Common(Box<[u8]>);

/// What the greetings seen so far have in common.
#[derive(Debug, Default)]
pub(super) struct Greetings(Mutex<Vec<Arc<Common>>>);

/// The payload of one connection's greeting: any bytes, of which those of greetings take little.
#[derive(Debug)]
pub(super) struct Kept {
    common: Arc<Common>,
    own: [u8; OWN],
}

impl Greetings {
    /// Keeps a payload. At the cap, further greetings share nothing.
    pub fn keep(&self, payload: &[u8]) -> Kept {
        let mut common: SmallVec<[u8; USUAL]> = payload.into();
        let mut own = [0; OWN];
        for (place, own) in places(&common).zip(&mut own) {
            if let Some(byte) = common.get_mut(place) {
                *own = std::mem::take(byte);
            }
        }
        // Only whole entries are ever in the list, so that it is sound after a panic too.
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.iter().find(|seen| *seen.0 == *common);
        let common = known.cloned().unwrap_or_else(|| {
            let common = Arc::new(Common(common.into_boxed_slice()));
            if seen.len() < limits::GREETINGS {
                seen.push(Arc::clone(&common));
            }
            common
        });
        Kept { common, own }
    }
}

impl Kept {
    /// Bytes of the payload.
    pub fn len(&self) -> usize {
        self.common.0.len()
    }

    /// The payload, as it was sent.
    pub fn payload(&self) -> Box<[u8]> {
        let mut payload = self.common.0.clone();
        for (place, own) in places(&self.common.0).zip(self.own) {
            if let Some(byte) = payload.get_mut(place) {
                *byte = own;
            }
        }
        payload
    }
}

/// Where a connection's own bytes stand: behind the version text, which ends at the first NUL.
fn places(payload: &[u8]) -> impl Iterator<Item = usize> + use<> {
    let version = memchr::memchr(0, payload).unwrap_or(payload.len());
    let id = version.saturating_add(1);
    let second = id.saturating_add(SECOND);
    (id..).take(FRONT).chain((second..).take(OWN - FRONT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn greeting(version: &str, id: u8) -> Vec<u8> {
        let mut payload = vec![10];
        payload.extend(version.as_bytes());
        payload.extend([0, id, 0, 0, 0]);
        payload.extend([id; 8]);
        payload.extend([0, 0xff, 0xf7, 0xff, 2, 0, 0xff, 0xc1, 21]);
        payload.extend([0; 10]);
        payload.extend([id; 12]);
        payload.extend(b"\0mysql_native_password\0");
        payload
    }

    #[test]
    fn those_of_one_server_share_all_but_their_own() {
        let greetings = Greetings::default();
        let sent = [("8.0.36", 1), ("8.0.36", 2), ("8.4.0", 3), ("8.0.36", 4)];
        let sent = sent.map(|(version, id)| greeting(version, id));
        let kept = sent.each_ref().map(|payload| greetings.keep(payload));
        for (payload, kept) in sent.iter().zip(&kept) {
            assert_eq!(**payload, *kept.payload());
        }
        assert_eq!(greetings.0.lock().unwrap().len(), 2);
        assert!(Arc::ptr_eq(&kept[0].common, &kept[3].common));
    }

    #[test]
    fn the_memory_is_bounded() {
        let greetings = Greetings::default();
        for number in 0..limits::GREETINGS + 10 {
            let payload = greeting(&number.to_string(), 1);
            assert_eq!(*greetings.keep(&payload).payload(), *payload);
        }
        assert_eq!(greetings.0.lock().unwrap().len(), limits::GREETINGS);
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(payloads: Vec<Vec<u8>>) {
            let greetings = Greetings::default();
            for payload in payloads {
                prop_assert_eq!(&*greetings.keep(&payload).payload(), &*payload);
            }
        }
    }
}
