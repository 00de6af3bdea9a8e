//! Packets that the tests of several structures share, and reading them from hex.
//!
//! The seed packets are synthetic, their decoding was checked with tshark 4.0.17; the others stand
//! in public captures, named beside them.

use super::header::Header;

/// The bytes of a hex text; white space is for the reader.
pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

/// A packet's payload: the hex without its four-byte header, whose length is checked.
pub(super) fn payload(text: &str) -> Vec<u8> {
    let packet = hex(text);
    let header = Header::parse(&packet).unwrap();
    let payload = packet[Header::SIZE..].to_vec();
    assert_eq!(header.length as usize, payload.len(), "{text}");
    payload
}

/// Greeting of MySQL 8.0.36.
pub(super) const SEED_GREETING: &str = "\
    4a0000000a382e302e333600d20400005a694a7e1e30253800ffffff0200ff01150000000000000000000003\
    17737f45162954207b2b76006d7973716c5f6e61746976655f70617373776f726400";

/// Login of PyMySQL 1.1.1 after [`SEED_GREETING`].
pub(super) const SEED_LOGIN: &str = "\
    8500000105a23a00ffffff002d00000000000000000000000000000000000000000000006170700014506606\
    5730cf2b8440b092ea31da57caa85912266d7973716c5f6e61746976655f70617373776f726400350c5f636c\
    69656e745f6e616d650770796d7973716c0f5f636c69656e745f76657273696f6e05312e312e31045f706964\
    0434323432";

/// Switch to `caching_sha2_password` after [`SEED_LOGIN`].
pub(super) const SEED_SWITCH: &str = "\
    2c000002fe63616368696e675f736861325f70617373776f72640050013806443c5442477f28202d19185b2c\
    3d490a00";

/// zeek/auth.pcap, frame 34: greeting of MySQL 5.1.67, no plugins.
pub(super) const MYSQL_51_GREETING: &str = "\
    380000000a352e312e36372d6c6f67001a000000345c536c434c325400fff721020000000000000000000000\
    0000003443347b317c4270313f284c00";

/// zeek/auth.pcap, frame 50: a client that sets `PLUGIN_AUTH` but, the server lacking it, names none.
pub(super) const MYSQL_51_LOGIN: &str = "\
    3f00000105a60f0000000001210000000000000000000000000000000000000000000000726f6f745f6e6f70\
    6500140462a99c75e97363d10a6d4b06dc84dfd4da1a96";

/// zeek/encrypted.pcap, frame 4: greeting of MariaDB 10.0.36.
pub(super) const MARIADB_10_0_GREETING: &str = "\
    6a0000000a352e352e352d31302e302e33362d4d6172696144422d307562756e7475302e31362e30342e3100\
    21000000746e4e762c74276000ffff2d02003fe0150000000000000000000031726b4144702b23696a5a6500\
    6d7973716c5f6e61746976655f70617373776f726400";

/// zeek/encrypted.pcap, frame 6: the `SSLRequest`.
pub(super) const SSL_REQUEST: &str = "\
    2000000185ae3f20000000012d0000000000000000000000000000000000000000000000";

/// zeek/change-user-success.pcap: `COM_CHANGE_USER` of Connector/Python 9.0.0.
pub(super) const CHANGE_USER: &str = "\
    d800000011726f6f743200204e239d8a600c2e4b81f726bb457bd22a80b662ae3e058d415d9a79ee551a8c25\
    00ff0063616368696e675f736861325f70617373776f72640096045f7069640731353831343433095f706c61\
    74666f726d067838365f36340c5f736f757263655f686f73740774696e6b7978310c5f636c69656e745f6e61\
    6d65166d7973716c2d636f6e6e6563746f722d707974686f6e0f5f636c69656e745f6c6963656e7365074750\
    4c2d322e300f5f636c69656e745f76657273696f6e05392e302e30035f6f730c5562756e74752d32342e3034";

/// zeek/caching_sha2_password-after-auth-switch.pcapng: an empty response for another plugin.
pub(super) const EMPTY_LOGIN: &str = "\
    b600000185a6ff1900000001ff0000000000000000000000000000000000000000000000726f6f7400006d79\
    73716c5f6e61746976655f70617373776f72640079045f70696406313337333730095f706c6174666f726d06\
    7838365f3634035f6f73054c696e75780c5f636c69656e745f6e616d65086c69626d7973716c076f735f7573\
    6572096476616e656564656e0f5f636c69656e745f76657273696f6e06382e302e33320c70726f6772616d5f\
    6e616d65056d7973716c";

/// zeek/auth.pcap, frame 52: refused with a password.
pub(super) const DENIED: &str = "\
    53000002ff15042332383030304163636573732064656e69656420666f7220757365722027726f6f745f6e6f\
    70652740276c756d6265726a61636b2e686f6d652720287573696e672070617373776f72643a2059455329";

/// zeek/auth.pcap, frame 4: refused before any greeting.
pub(super) const HOST_NOT_ALLOWED: &str = "\
    48000000ff6a04486f737420276c756d6265726a61636b2e686f6d6527206973206e6f7420616c6c6f776564\
    20746f20636f6e6e65637420746f2074686973204d7953514c20736572766572";
