//! ERR: the server refuses.

/// ERR_Packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorPacket {
    /// The server's error number, such as 1045.
    pub code: u16,
    /// The five characters of the SQL state, absent before the capabilities are agreed on.
    pub sql_state: Option<[u8; 5]>,
    /// The text, as sent.
    pub message: Vec<u8>,
    /// Bytes of the text that the capture does not hold.
    pub missing: u64,
}
