//! What could not be read of a capture, or is odd in it: counted, not printed a million times.

/// One kind of trouble in one capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// A short, stable name of the kind, such as `ip-truncated`.
    pub kind: &'static str,
    /// What is wrong, in words. Never holds text out of the capture.
    pub message: String,
    /// The first packet it was seen in.
    pub packet: Option<u64>,
    /// The conversation it was first seen in, where it belongs to one.
    pub stream: Option<u64>,
    /// How often it was seen.
    pub count: u64,
}

impl Diagnostic {
    /// Something of a whole file, and of no packet in it.
    #[must_use]
    pub const fn of_file(kind: &'static str, message: String) -> Self {
        Self {
            kind,
            message,
            packet: None,
            stream: None,
            count: 1,
        }
    }
}

/// Collects diagnostics; the same kind and message is kept once and counted.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    seen: Vec<Diagnostic>,
    /// What fell over the cap.
    more: u64,
}

impl Diagnostics {
    /// Notes one occurrence.
    pub fn note(
        &mut self,
        kind: &'static str,
        message: impl AsRef<str>,
        packet: Option<u64>,
        stream: Option<u64>,
    ) {
        let message = message.as_ref();
        let same = |d: &&mut Diagnostic| d.kind == kind && d.message == message;
        if let Some(known) = self.seen.iter_mut().find(same) {
            known.count = known.count.saturating_add(1);
        } else if self.seen.len() < crate::limits::DIAGNOSTICS {
            self.seen.push(Diagnostic {
                kind,
                message: message.to_owned(),
                packet,
                stream,
                count: 1,
            });
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// Takes over what was noted elsewhere.
    pub fn merge(&mut self, other: Self) {
        for diagnostic in other.seen {
            let same =
                |d: &&mut Diagnostic| d.kind == diagnostic.kind && d.message == diagnostic.message;
            if let Some(known) = self.seen.iter_mut().find(same) {
                known.count = known.count.saturating_add(diagnostic.count);
            } else {
                self.seen.push(diagnostic);
            }
        }
        self.more = self.more.saturating_add(other.more);
    }

    /// All of them, in the order of their first packets, the ones over the cap as a count.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<Diagnostic> {
        self.seen.sort_by_key(|d| (d.packet.unwrap_or(0), d.kind));
        if self.more > 0 {
            self.seen.push(Diagnostic {
                kind: "more-diagnostics",
                message: "further kinds of trouble were counted but not listed".into(),
                packet: None,
                stream: None,
                count: self.more,
            });
        }
        self.seen
    }
}
