//! `mysql_old_password`, the scheme of MySQL 3.23 to 4.0.
//!
//! ```text
//! (n, m)        = hash(password) XOR hash(salt[..8])          two 31-bit numbers
//! seeds         = n mod 0x3FFFFFFF, m mod 0x3FFFFFFF
//! response (8)  = (⌊31·random⌋ + 64) × 8, each XOR ⌊31·random⌋   the same last number for all
//! ```
//!
//! The hash skips spaces and tabs, in the password and in the salt. A NUL usually follows the
//! response on the wire. Source: "Old Password Authentication" in the MySQL Source Code
//! Documentation (`sql/password.c`, `hash_password`, `scramble_323`, `my_rnd`, up to MySQL 5.6).

use zeroize::Zeroizing;

/// The scheme's numbers stay below 30 bits of one.
const MAX: u64 = 0x3FFF_FFFF;

/// The hash of a password or a salt: two numbers of 31 bits, wiped when dropped.
pub struct Hashed {
    first: Zeroizing<u32>,
    second: Zeroizing<u32>,
}

impl Hashed {
    /// Hashes a password (or a salt).
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        let mut first = 1_345_345_333_u32;
        let mut second = 0x1234_5671_u32;
        let mut add = 7_u32;
        for byte in text.iter().filter(|byte| !matches!(byte, b' ' | b'\t')) {
            let byte = u32::from(*byte);
            let mixed = (first & 63).wrapping_add(add).wrapping_mul(byte);
            first ^= mixed.wrapping_add(first << 8);
            second = second.wrapping_add((second << 8) ^ first);
            add = add.wrapping_add(byte);
        }
        Self {
            first: Zeroizing::new(first & 0x7FFF_FFFF),
            second: Zeroizing::new(second & 0x7FFF_FFFF),
        }
    }

    /// The response over the salt bytes given; the plugin takes the first eight.
    #[must_use]
    pub fn response(&self, salt: &[u8]) -> [u8; 8] {
        let salt = Self::new(salt);
        let mut random = Random {
            first: u64::from(*self.first ^ *salt.first) % MAX,
            second: u64::from(*self.second ^ *salt.second) % MAX,
        };
        let mut response = [0; 8];
        for byte in &mut response {
            *byte = random.below_31().wrapping_add(64);
        }
        let last = random.below_31();
        response.map(|byte| byte ^ last)
    }
}

/// The generator of `my_rnd`.
struct Random {
    first: u64,
    second: u64,
}

impl Random {
    /// ⌊31·random⌋, in floating point as the servers and clients compute it.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both numbers are below 2^30, the quotient is in 0..1"
    )]
    fn below_31(&mut self) -> u8 {
        // Both stay below 2^30, so that neither sum can overflow 64 bits.
        self.first = self.first.wrapping_mul(3).wrapping_add(self.second) % MAX;
        self.second = self.first.wrapping_add(self.second).wrapping_add(33) % MAX;
        (self.first as f64 / MAX as f64 * 31.0) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::schemes::known::{PASSWORD, SALT_21, hex};

    #[test]
    fn known_answer() {
        let response = Hashed::new(PASSWORD).response(&SALT_21[..8]);
        assert_eq!(response.as_slice(), hex("494258474a425051"));
    }

    /// go-sql-driver/mysql `auth_test.go`, `TestScrambleOldPass`.
    #[test]
    fn answers_known_to_go_sql_driver() {
        let salt = [9, 8, 7, 6, 5, 4, 3, 2];
        for (password, response) in [
            (" pass", "47575c5a435b4251"),
            ("pass ", "47575c5a435b4251"),
            ("123\t456", "575c47505b5b5559"),
            ("C0mpl!ca ted#PASS123", "5d5d554849584a45"),
        ] {
            let made = Hashed::new(password.as_bytes()).response(&salt);
            assert_eq!(made.as_slice(), hex(response), "{password}");
        }
    }
}
