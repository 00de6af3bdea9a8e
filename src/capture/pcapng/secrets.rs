//! The Decryption Secrets Block (draft-ietf-opsawg-pcapng, section 4.7).
//!
//! | offset | size | field |
//! |---|---|---|
//! | 8 | 4 | secrets type; `0x544c534b` ("TLSK") for a TLS key log |
//! | 12 | 4 | length of the secrets, in bytes |
//! | 16 | | the secrets, padded to a multiple of 4 bytes |
//!
//! Only TLS key logs are of use here; other kinds are passed over.

use super::super::reader::Trouble;
use super::block::ByteOrder;

/// "TLSK": the text that SSLKEYLOGFILE writes.
const TLS_KEY_LOG: u32 = 0x544c_534b;
/// Bytes before the secrets.
const BEFORE: usize = 16;

/// The key log in a block, if it holds one. `body` is the block without its trailing length.
pub(super) fn parse(body: &[u8], order: ByteOrder) -> Result<Option<&[u8]>, Trouble> {
    let (words, _) = body.as_chunks();
    let [_, _, kind, length, ..] = words else {
        return Err(Trouble::Damaged(
            "a decryption secrets block shorter than its header",
        ));
    };
    let length = order.u32(*length) as usize;
    let secrets = body.get(BEFORE..).and_then(|rest| rest.get(..length));
    let secrets = secrets.ok_or(Trouble::Damaged(
        "a decryption secrets block shorter than its secrets",
    ))?;
    Ok((order.u32(*kind) == TLS_KEY_LOG).then_some(secrets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_logs_and_others() {
        let block = |kind: u32, length: u32| {
            [
                &10_u32.to_le_bytes()[..],
                &32_u32.to_le_bytes(),
                &kind.to_le_bytes(),
                &length.to_le_bytes(),
                b"CLIENT_R",
            ]
            .concat()
        };
        let log = block(TLS_KEY_LOG, 7);
        assert!(matches!(
            parse(&log, ByteOrder::Little),
            Ok(Some(b"CLIENT_"))
        ));
        let wireguard = block(0x5747_4b4c, 7);
        assert!(matches!(parse(&wireguard, ByteOrder::Little), Ok(None)));
        let lying = block(TLS_KEY_LOG, 9);
        assert!(parse(&lying, ByteOrder::Little).is_err());
    }
}
