//! The names that enums of the pipeline have in the report, where they do not name themselves.

use crate::capture::{Compression, Format};
use crate::mysql::{AuthPath, SaltSource, Side};

/// `format`
pub(super) const fn format(format: Format) -> &'static str {
    match format {
        Format::Pcap => "pcap",
        Format::PcapNg => "pcapng",
    }
}

/// `compression`
pub(super) const fn compression(compression: Compression) -> &'static str {
    match compression {
        Compression::Gzip => "gzip",
        Compression::Zstd => "zstd",
        Compression::Lz4 => "lz4",
        Compression::Xz => "xz",
    }
}

/// `salt.source`
pub(super) const fn salt_source(source: SaltSource) -> &'static str {
    match source {
        SaltSource::Greeting => "greeting",
        SaltSource::AuthSwitch => "auth_switch",
        SaltSource::ChangeUser => "change_user",
    }
}

/// `path`
pub(super) const fn auth_path(path: AuthPath) -> &'static str {
    match path {
        AuthPath::Fast => "fast",
        AuthPath::FullTls => "full_tls",
        AuthPath::FullRsa => "full_rsa",
        AuthPath::FullRefused => "full_refused",
    }
}

/// `outcome.by`
pub(super) const fn side(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}
