//! The password under the server's RSA key: `sha256_password`, and `caching_sha2_password` after `01 04`.
//!
//! ```text
//! block = RSA-OAEP-SHA1((password ‖ 00) XOR salt)     the 20 bytes of the salt over and over
//! ```
//!
//! Servers before 8.0.5 used PKCS #1 v1.5 for `caching_sha2_password`. The server undoes the XOR and
//! reads up to the NUL, so that a client that XORs with 21 bytes fails only for passwords of 20
//! bytes and more. Source: `sql/auth/sha2_password.cc`, `sql-common/client_authentication.cc`.

use std::convert::Infallible;

use rsa::hazmat::rsa_decrypt;
use rsa::rand_core::TryCryptoRng;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Oaep, RsaPrivateKey};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::tls::ServerKey;

/// How the block was padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// OAEP with SHA-1.
    Oaep,
    /// OAEP with SHA-256, which no server takes.
    OaepSha256,
    /// PKCS #1 v1.5, as servers before 8.0.5 wanted it.
    Pkcs1v15,
}

/// What is inside a block, the XOR with the salt still in place; `None` if it is not under
/// this key.
#[must_use]
pub fn decrypt(key: &ServerKey, block: &[u8]) -> Option<(Zeroizing<Vec<u8>>, Padding)> {
    if let Ok(plain) = key.rsa().decrypt(Oaep::<Sha1>::new(), block) {
        return Some((Zeroizing::new(plain), Padding::Oaep));
    }
    if let Ok(plain) = key.rsa().decrypt(Oaep::<Sha256>::new(), block) {
        return Some((Zeroizing::new(plain), Padding::OaepSha256));
    }
    let plain = decrypt_pkcs1v15(key.rsa(), block)?;
    Some((plain, Padding::Pkcs1v15))
}

/// `EM = 00 ‖ 02 ‖ at least 8 bytes that are not 0 ‖ 00 ‖ message` (RFC 8017, section 7.2.2).
/// Done here because the crate's own answers a wrong key with made-up bytes, to hide from an
/// attacker that the key was wrong (implicit rejection): here that must be known.
fn decrypt_pkcs1v15(key: &RsaPrivateKey, block: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if block.len() != key.size() {
        return None;
    }
    let cipher = BoxedUint::from_be_slice(block, key.n_bits_precision()).ok()?;
    let no_blinding = None::<&mut dyn TryCryptoRng<Error = Infallible>>;
    let message = rsa_decrypt(no_blinding, key, &cipher).ok()?;
    let bytes = Zeroizing::new(message.to_be_bytes().to_vec());
    let padded = bytes.strip_prefix(&[0, 2])?;
    let end = memchr::memchr(0, padded).filter(|end| *end >= 8)?;
    let plain = padded.get(end..)?.strip_prefix(&[0])?;
    Some(Zeroizing::new(plain.to_vec()))
}

/// (password ‖ 00) XOR the salt over and over; without a salt as it is.
#[must_use]
pub fn masked(password: &[u8], salt: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut masked = Zeroizing::new([password, b"\0"].concat());
    for (byte, mask) in masked.iter_mut().zip(salt.iter().cycle()) {
        *byte ^= mask;
    }
    masked
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::auth::schemes::known::{PASSWORD, SALT_21, hex, salt_20};
    use crate::tls::KeyError;

    pub(crate) const LONG: &[u8] = b"correct horse battery staple";

    /// Made for these tests with `openssl genrsa 1024`; it opens nothing.
    pub(crate) const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAO6FCRVIpBjYYi9V
Mqq78Dhd41fX0ARE9GRuBMLCXiGjTbxf9Ya9c7L24uJGpNGoclJQHeKsxJL6mFo8
1QEeuDdHwYr+4oc6MVDUk3NXZCfpQoQII8j3ik3ijsrp29Bmm8W5VSXhzjaQ7nRN
xvMyq+i1ad6jzV0XrBjWH3C3/CGhAgMBAAECgYEArcFgUo7ua+MF87E/Db2HS6ip
uw5OTS3mU1sKQM7TP/H06SuGczeEF3Ve5rPL0afCUFBo1P5C3UeMwP/bs8srKkII
loX1HETmsFdIPNBaIjE7BHTwxBfK2w3sIfZrHdtBTXaCbAC29e0rm5yg7/AsgsPP
X1veOYZMfVN3QLfMJPkCQQD9kCdE+PGOyMFrhgeZSkdB9G/QofFFdN+j+hkc8yeB
u5BE+A1qwLCc/AotUnHFFzYuXleRrYrCmHd/u2k/XACHAkEA8M/e0+DB4AcJkjWP
uu6tV1PL9OcV0Y3yJjg1bXpm0dAAImB+D6IVbApN2zHO3MHic+bCJ7QvWijxAjOp
XBgelwJAQvAMPdwOQOhkj1MZrHD8cL/ryMMHo5Nf+rTqbkcOleQDCQIG4LivpzGu
KhrKqAIhron/ShjrOcXwPgsmlLBf/wJBANVeGX16Y83v7lcSBiwHVqdNpCV2qypl
ruyWWSCLl5bHyZasEIYhgwGbj6hr1XJciB1RlS5AxMQKCqF8zM7AwDkCQB9gqJPd
3nfRSG41HLYlvGdzB9tkTrvZ4x+NTihSton2P+9umPOZnE5aeeSMy+EAsumSheHr
Zje9EwO8L+HjrE4=
-----END PRIVATE KEY-----
";
    const KEY_PKCS1: &str = "-----BEGIN RSA PRIVATE KEY-----
MIICXQIBAAKBgQDuhQkVSKQY2GIvVTKqu/A4XeNX19AERPRkbgTCwl4ho028X/WG
vXOy9uLiRqTRqHJSUB3irMSS+phaPNUBHrg3R8GK/uKHOjFQ1JNzV2Qn6UKECCPI
94pN4o7K6dvQZpvFuVUl4c42kO50TcbzMqvotWneo81dF6wY1h9wt/whoQIDAQAB
AoGBAK3BYFKO7mvjBfOxPw29h0uoqbsOTk0t5lNbCkDO0z/x9OkrhnM3hBd1Xuaz
y9GnwlBQaNT+Qt1HjMD/27PLKypCCJaF9RxE5rBXSDzQWiIxOwR08MQXytsN7CH2
ax3bQU12gmwAtvXtK5ucoO/wLILDz19b3jmGTH1Td0C3zCT5AkEA/ZAnRPjxjsjB
a4YHmUpHQfRv0KHxRXTfo/oZHPMngbuQRPgNasCwnPwKLVJxxRc2Ll5Xka2Kwph3
f7tpP1wAhwJBAPDP3tPgweAHCZI1j7rurVdTy/TnFdGN8iY4NW16ZtHQACJgfg+i
FWwKTdsxztzB4nPmwie0L1oo8QIzqVwYHpcCQELwDD3cDkDoZI9TGaxw/HC/68jD
B6OTX/q06m5HDpXkAwkCBuC4r6cxrioayqgCIa6J/0oY6znF8D4LJpSwX/8CQQDV
Xhl9emPN7+5XEgYsB1anTaQldqsqZa7sllkgi5eWx8mWrBCGIYMBm4+oa9VyXIgd
UZUuQMTECgqhfMzOwMA5AkAfYKiT3d530UhuNRy2JbxncwfbZE672eMfjU4oUraJ
9j/vbpjzmZxOWnnkjMvhALLpkoXh62Y3vRMDvC/h46xO
-----END RSA PRIVATE KEY-----
";

    /// `openssl pkeyutl -encrypt -pkeyopt rsa_padding_mode:oaep` of what [`masked`] gives.
    pub(crate) const SECRET_20: &str = "5ede00083cfcd9288c84ae323d859a053c61c872f6317e0d4476fdc1e46505c2e64e00adf15abf4e6d8f5639960def95a7b62e0c15a2795b6ab504567aad51b4c8276c2eeecc16f92af8cccfa80ff8f063922bebcc7c3a76fabb48a873b450dcb6a7837ed8e1f78a4f7058ab7793a8742063cc657fe72d39cec394b6da13716f";
    pub(crate) const LONG_20: &str = "c9f363eb6e490f5beecf454473f17d54ac22bb13a6224459c81a093ea3408445b79df5cb165e9cd8534dc7e0b3e9acab90c215bde583cfa7f75f9348f93eaf5a1ff072b1de079521b2ada36ccea2cd043cec05d69a817f5d1b5f60df38b5213f7ca870a28844667ae9d3c79b87516eae04cd29c933b70f83e468afe3288c5e64";
    pub(crate) const LONG_21: &str = "15107096a37321c6b8bc2316bcce9371eff56a351c4cdf16173b8c81c655c6de3b6d00eed0ba845eab0916fdc48ae1d9c217aa4b346545c9b23b2b042669349b9923435ddc475943cbb0368d87fad01b75b70b41d44be4277bbe3835c363e43a2b76535beadf42050339e128e567a63627aa1e00b642c2354753e6eb6927147e";
    /// With `rsa_padding_mode:pkcs1`.
    const LONG_20_V15: &str = "3f3560e314b6dddb1f67d22cfe6a1604bf102c94445084d3f588d96f4c7c9261c528a0b16e379031ffba4997b42a97982ed8112d7e5b697617273c4fcb40b54cb4d9b8238379a31a62c1605cb42d9b81fc1b957628e426371e2026a11dcae6da811150c3357e4cde46b74ba76a160eba44c84989cedb40a901c630dc5b52b16b";

    #[test]
    fn known_answers() {
        for (password, salt, plain) in [
            (PASSWORD, salt_20(), "23645b74214854"),
            (
                LONG,
                salt_20(),
                "336e4a74215f20622f105a5348397a3a58492c7829214b72254c382747",
            ),
            (
                LONG,
                SALT_21,
                "336e4a74215f20622f105a5348397a3a58492c787970724c6734503142",
            ),
        ] {
            assert_eq!(masked(password, salt).as_slice(), hex(plain));
        }
        assert_eq!(masked(PASSWORD, b"").as_slice(), b"secret\0");
    }

    #[test]
    fn blocks_made_by_openssl() {
        for pem in [KEY, KEY_PKCS1] {
            let key = ServerKey::from_pem(pem).unwrap();
            for (block, password, salt, padding) in [
                (SECRET_20, PASSWORD, salt_20(), Padding::Oaep),
                (LONG_20, LONG, salt_20(), Padding::Oaep),
                (LONG_21, LONG, SALT_21, Padding::Oaep),
                (LONG_20_V15, LONG, salt_20(), Padding::Pkcs1v15),
            ] {
                let (plain, how) = decrypt(&key, &hex(block)).unwrap();
                assert_eq!(plain, masked(password, salt));
                assert_eq!(how, padding);
            }
            assert!(decrypt(&key, &[7; 128]).is_none());
            assert!(decrypt(&key, &[7; 5]).is_none());
        }
    }

    #[test]
    fn what_is_no_key() {
        let error = |text: &str| ServerKey::from_pem(text).err();
        assert_eq!(error("secret"), Some(KeyError::NotPem));
        let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----";
        assert_eq!(error(locked), Some(KeyError::Encrypted));
        let damaged = KEY.replace("MIICdwIBADAN", "MIICdwIBADAM");
        assert_eq!(error(&damaged), Some(KeyError::NotRsa));
    }
}
