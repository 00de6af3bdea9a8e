//! MySQL messages: what a cut message says, the whole one says too, unless it is of an odd form: how it is
//! to be read then shows only at its end.

use unscramble::mysql::wire::auth_switch::AuthSwitch;
use unscramble::mysql::wire::capabilities::Capabilities;
use unscramble::mysql::wire::captured::Captured;
use unscramble::mysql::wire::change_user::ChangeUser;
use unscramble::mysql::wire::client_first::ClientFirst;
use unscramble::mysql::wire::err::ErrorPacket;
use unscramble::mysql::wire::greeting::Greeting;
use unscramble::mysql::wire::handshake_response::HandshakeResponse;
use unscramble::mysql::wire::handshake_response_320::HandshakeResponse320;
use unscramble::mysql::wire::header::Header;
use unscramble::mysql::wire::lenenc;
use unscramble::mysql::wire::more_data::MoreData;
use unscramble::mysql::wire::next_factor::NextFactor;
use unscramble::mysql::wire::ok::OkPacket;
use unscramble::mysql::wire::proxy_protocol::{self, Parsed};

/// What a cut message shows of a field is what the whole message has there, or nothing.
fn same<T: PartialEq + std::fmt::Debug>(cut: Option<&T>, whole: Option<&T>) {
    assert!(
        cut.is_none() || cut == whole,
        "cut {cut:?}, whole {whole:?}"
    );
}

/// As [`same`], of bytes which the cut may run through.
fn begins(cut: Option<&Captured>, whole: Option<&Captured>) {
    let (Some(cut), Some(whole)) = (cut, whole) else {
        assert!(cut.is_none(), "cut {cut:?} of nothing");
        return;
    };
    assert!(
        whole.bytes.starts_with(&cut.bytes),
        "cut {cut:?}, whole {whole:?}"
    );
    assert_eq!(
        cut.bytes.len() as u64 + cut.missing,
        whole.bytes.len() as u64 + whole.missing,
        "a cut changes no length"
    );
}

fn client(payload: &[u8], short: &[u8], missing: u64) {
    for server in [None, Some(Capabilities(0xFFFF_FFFF))] {
        let _ = ClientFirst::parse(payload, 0, server);
        if let (Ok(cut), Ok(whole)) = (
            HandshakeResponse::parse(short, missing, server),
            HandshakeResponse::parse(payload, 0, server),
        ) && whole.quirks.is_empty()
        {
            same(cut.max_packet.as_ref(), whole.max_packet.as_ref());
            same(cut.user.as_ref(), whole.user.as_ref());
            begins(cut.auth_response.as_ref(), whole.auth_response.as_ref());
            same(cut.database.as_ref(), whole.database.as_ref());
            same(cut.plugin.as_ref(), whole.plugin.as_ref());
        }
        if let (Ok(cut), Ok(whole)) = (
            ChangeUser::parse(short, missing, server),
            ChangeUser::parse(payload, 0, server),
        ) && whole.quirks.is_empty()
        {
            same(cut.user.as_ref(), whole.user.as_ref());
            begins(cut.auth_response.as_ref(), whole.auth_response.as_ref());
            same(cut.database.as_ref(), whole.database.as_ref());
            same(cut.plugin.as_ref(), whole.plugin.as_ref());
        }
    }
    if let (Ok(cut), Ok(whole)) = (
        HandshakeResponse320::parse(short, missing),
        HandshakeResponse320::parse(payload, 0),
    ) && whole.quirks.is_empty()
    {
        same(cut.user.as_ref(), whole.user.as_ref());
        begins(cut.auth_response.as_ref(), whole.auth_response.as_ref());
        same(cut.database.as_ref(), whole.database.as_ref());
    }
}

fn server(payload: &[u8], short: &[u8], missing: u64) {
    if let Ok(greeting) = Greeting::parse(payload) {
        assert!(greeting.salt.len() <= payload.len());
        if let Some(cut) = Greeting::parse_partial(short) {
            assert_eq!(cut.protocol, greeting.protocol);
            same(cut.server_version.as_ref(), Some(&greeting.server_version));
            same(cut.thread_id.as_ref(), Some(&greeting.thread_id));
        }
    }
    if let (Ok(cut), Ok(whole)) = (
        AuthSwitch::parse(short, missing),
        AuthSwitch::parse(payload, 0),
    ) && cut.bare == whole.bare
    {
        same(cut.plugin.as_ref(), whole.plugin.as_ref());
        if cut.plugin.is_some() {
            begins(Some(&cut.data), Some(&whole.data));
        }
    }
    if let (Ok(cut), Ok(whole)) = (
        NextFactor::parse(short, missing),
        NextFactor::parse(payload, 0),
    ) {
        same(cut.plugin.as_ref(), whole.plugin.as_ref());
    }
    if let (Ok(cut), Ok(whole)) = (MoreData::parse(short, missing), MoreData::parse(payload, 0)) {
        begins(Some(&cut.data), Some(&whole.data));
    }
    if let (Ok(cut), Ok(whole)) = (
        ErrorPacket::parse(short, missing),
        ErrorPacket::parse(payload, 0),
    ) {
        assert_eq!(cut.code, whole.code);
        same(cut.sql_state.as_ref(), whole.sql_state.as_ref());
        assert!(cut.message.len() <= whole.message.len() + 6);
    }
    if let (Ok(cut), Ok(whole)) = (OkPacket::parse(short, missing), OkPacket::parse(payload, 0)) {
        same(cut.affected_rows.as_ref(), whole.affected_rows.as_ref());
        same(cut.last_insert_id.as_ref(), whole.last_insert_id.as_ref());
        same(cut.status.as_ref(), whole.status.as_ref());
        same(cut.warnings.as_ref(), whole.warnings.as_ref());
    }
}

/// The first byte says how many bytes a snaplen takes off; the rest is a message.
pub fn run(data: &[u8]) {
    let [cut, payload @ ..] = data else {
        return;
    };
    let kept = payload.len().saturating_sub(usize::from(*cut));
    let short = &payload[..kept];
    let missing = (payload.len() - kept) as u64;
    client(payload, short, missing);
    server(payload, short, missing);
    if let Some((_, used)) = lenenc::parse_int(payload) {
        assert!(used <= payload.len(), "consumed what was not given");
    }
    assert_eq!(
        Header::parse(payload).is_some(),
        payload.len() >= Header::SIZE
    );
    if let Parsed::Complete { header_len, .. } = proxy_protocol::parse(payload) {
        assert!(header_len <= payload.len(), "consumed what was not given");
    }
}
