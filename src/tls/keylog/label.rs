//! The labels of key logs (RFC 9850 §2, and the IANA registry "TLS SSLKEYLOGFILE Labels").

/// The secrets of TLS 1.3 that open records, by their labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// `CLIENT_HANDSHAKE_TRAFFIC_SECRET`
    ClientHandshake,
    /// `SERVER_HANDSHAKE_TRAFFIC_SECRET`
    ServerHandshake,
    /// `CLIENT_TRAFFIC_SECRET_0`
    ClientTraffic,
    /// `SERVER_TRAFFIC_SECRET_0`
    ServerTraffic,
}

impl Label {
    pub(super) const ALL: [Self; 4] = [
        Self::ClientHandshake,
        Self::ServerHandshake,
        Self::ClientTraffic,
        Self::ServerTraffic,
    ];

    /// As it stands in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientHandshake => "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            Self::ServerHandshake => "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            Self::ClientTraffic => "CLIENT_TRAFFIC_SECRET_0",
            Self::ServerTraffic => "SERVER_TRAFFIC_SECRET_0",
        }
    }
}

/// How labels begin of secrets that open no record of a login; their lines are right and not kept.
/// Those of later `KeyUpdate`s (`CLIENT_TRAFFIC_SECRET_1`, OpenSSL: `_N`) follow from the first.
pub(super) const UNUSED: [&str; 8] = [
    "CLIENT_EARLY_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_",
    "SERVER_TRAFFIC_SECRET_",
    "EARLY_EXPORTER_",
    "EXPORTER_",
    "ECH_SECRET",
    "ECH_CONFIG",
    "SERVER_RANDOM",
];
