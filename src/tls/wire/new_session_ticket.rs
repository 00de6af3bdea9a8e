//! `NewSessionTicket` before TLS 1.3: what the client may resume the session with.
//!
//! | size | field |
//! |---|---|
//! | 4 | lifetime in seconds |
//! | 2 + n | ticket |
//!
//! Source: RFC 5077 §3.3. The message of TLS 1.3 (RFC 8446 §4.6.1) has more fields; nothing in it
//! opens a session here.

use nom::Parser;
use nom::combinator::all_consuming;
use nom::multi::length_data;
use nom::number::complete::{be_u16, be_u32};
use nom::sequence::preceded;

/// The ticket; `None` if the message is not of this form.
#[must_use]
pub fn ticket(body: &[u8]) -> Option<&[u8]> {
    let ticket = preceded(be_u32::<_, nom::error::Error<&[u8]>>, length_data(be_u16));
    all_consuming(ticket)
        .parse(body)
        .ok()
        .map(|(_, ticket)| ticket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads() {
        assert_eq!(ticket(&[0, 0, 0, 9, 0, 1, 7]), Some(&[7][..]));
        assert_eq!(ticket(&[0, 0, 0, 9, 0, 2, 7]), None);
        assert_eq!(ticket(&[0, 0]), None);
    }
}
