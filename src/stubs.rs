//! STUBS: stand in for modules that other authors write at the same time, with their names and
//! signatures. Each is deleted when the real one is there; `use crate::stubs::X` then becomes
//! `use crate::X`.

/// Stands in for `crate::auth`'s candidates.
pub mod auth {
    use secrecy::{ExposeSecret as _, SecretSlice};

    /// A password.
    pub struct Secret(SecretSlice<u8>);

    impl Secret {
        /// A password.
        #[must_use]
        pub fn password(bytes: impl Into<Vec<u8>>) -> Self {
            Self(SecretSlice::from(bytes.into()))
        }
    }

    /// A secret to try, for one user or for any.
    pub struct Candidate {
        /// What reports call it.
        pub label: String,
        /// The user it belongs to; `None` for any.
        pub user: Option<Vec<u8>>,
        secret: Secret,
    }

    impl Candidate {
        /// A candidate called `label`.
        #[must_use]
        pub const fn new(label: String, user: Option<Vec<u8>>, secret: Secret) -> Self {
            Self {
                label,
                user,
                secret,
            }
        }

        /// The password's bytes, if it is a password.
        #[must_use]
        #[expect(clippy::unnecessary_wraps, reason = "as the real one")]
        pub(crate) fn password(&self) -> Option<&[u8]> {
            Some(self.secret.0.expose_secret())
        }
    }

    /// All candidates of a run; shared between threads.
    #[derive(Default)]
    pub struct Candidates(Vec<Candidate>);

    impl Candidates {
        /// Candidates in the order in which they are tried.
        #[must_use]
        pub const fn new(list: Vec<Candidate>) -> Self {
            Self(list)
        }

        /// All of them.
        pub fn iter(&self) -> impl Iterator<Item = &Candidate> {
            self.0.iter()
        }
    }

    /// A password file of 0 bytes.
    #[derive(Clone, Copy, Debug)]
    pub struct EmptyFile;

    /// The password in a password file: its first line without the line ending (LF or CRLF).
    ///
    /// # Errors
    /// A file of 0 bytes.
    pub fn first_line(file: &[u8]) -> Result<SecretSlice<u8>, EmptyFile> {
        if file.is_empty() {
            return Err(EmptyFile);
        }
        let end = memchr::memchr(b'\n', file);
        let line = end.and_then(|end| file.get(..end)).unwrap_or(file);
        let line = match end {
            Some(_) => line.strip_suffix(b"\r").unwrap_or(line),
            None => line,
        };
        Ok(SecretSlice::from(line.to_vec()))
    }
}

/// Stands in for `crate::analyze`.
pub mod analyze {
    use std::io::Read;

    use crate::capture::Format;
    use crate::report::{CaptureReport, Status};
    use crate::stubs::auth::Candidates;

    /// What an analysis takes beside the capture.
    #[derive(Default)]
    pub struct AnalyzeSettings {
        /// The passwords to try.
        pub candidates: Candidates,
        /// Server ports where no greeting was captured (`--port`).
        pub ports: Vec<u16>,
    }

    /// Reads a capture to its end and finds nothing in it.
    pub fn analyze(
        label: &str,
        mut source: impl Read,
        settings: &AnalyzeSettings,
    ) -> CaptureReport {
        let _ = settings;
        let mut report = CaptureReport {
            path: label.to_owned(),
            status: Status::Complete,
            format: None,
            compression: None,
            bytes: 0,
            packets: 0,
            connections: 0,
            logins: Vec::new(),
            diagnostics: Vec::new(),
        };
        let mut bytes = Vec::new();
        let read = source.read_to_end(&mut bytes);
        report.bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        report.format = match bytes.get(..4) {
            Some([0x0a, 0x0d, 0x0d, 0x0a]) => Some(Format::PcapNg),
            Some(
                [0xa1, 0xb2, 0xc3, 0xd4]
                | [0xd4, 0xc3, 0xb2, 0xa1]
                | [0xa1, 0xb2, 0x3c, 0x4d]
                | [0x4d, 0x3c, 0xb2, 0xa1],
            ) => Some(Format::Pcap),
            _ => None,
        };
        if let Err(error) = read {
            report.status = Status::Failed(error.to_string());
        } else if bytes.is_empty() {
            report.status = Status::Failed("the file is empty".into());
        } else if report.format.is_none() {
            report.status = Status::Failed("not a packet capture".into());
        }
        report
    }
}

/// Stands in for `crate::auth::examine` and the rules of `crate::findings`.
pub mod examine {
    use crate::auth::Verdict;
    use crate::findings::Finding;
    use crate::mysql::Login;
    use crate::stubs::auth::Candidates;

    /// What recomputation and rules say of one login.
    #[must_use]
    pub fn examine(login: &Login, candidates: &Candidates) -> (Verdict, Vec<Finding>) {
        let _ = (login, candidates);
        (Verdict::NoPassword, Vec::new())
    }
}
