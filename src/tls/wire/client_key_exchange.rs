//! `ClientKeyExchange` of the RSA key exchange: the premaster secret under the server's key.
//!
//! | size | field |
//! |---|---|
//! | 2 | length |
//! | n | PKCS #1 v1.5 block, as long as the key's modulus |
//!
//! Source: RFC 5246 §7.4.7.1. In the other key exchanges the message has nothing that opens a session.

use nom::Parser;
use nom::combinator::all_consuming;
use nom::multi::length_data;
use nom::number::complete::be_u16;

/// The encrypted premaster secret; `None` if the message is not of this form.
#[must_use]
pub fn encrypted_premaster(body: &[u8]) -> Option<&[u8]> {
    let parsed = all_consuming(length_data(be_u16::<_, nom::error::Error<&[u8]>>)).parse(body);
    parsed.ok().map(|(_, block)| block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads() {
        assert_eq!(encrypted_premaster(&[0, 2, 8, 9]), Some(&[8, 9][..]));
        assert_eq!(encrypted_premaster(&[0, 2, 8]), None);
        assert_eq!(encrypted_premaster(&[0, 1, 8, 9]), None);
    }
}
