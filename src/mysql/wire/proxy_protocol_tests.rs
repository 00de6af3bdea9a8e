//! PROXY headers of both versions, whole, cut and broken.

use super::super::test_bytes::{SEED_LOGIN, hex};
use super::*;
use proptest::prelude::*;

fn sides(stream: &[u8]) -> Option<(usize, Option<String>, Option<String>)> {
    match parse(stream) {
        Parsed::Complete {
            header_len,
            source,
            destination,
        } => Some((
            header_len,
            source.map(|end| end.to_string()),
            destination.map(|end| end.to_string()),
        )),
        _ => None,
    }
}

fn version_2_header(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [SIGNATURE_2, &[command, family], &length, body].concat()
}

#[test]
fn version_1_forms() {
    let ends = |from: &str, to: &str| (Some(from.to_owned()), Some(to.to_owned()));
    let table = [
        (
            "PROXY TCP4 192.0.2.1 198.51.100.7 56324 3306\r\n",
            ends("192.0.2.1:56324", "198.51.100.7:3306"),
        ),
        (
            "PROXY TCP6 2001:db8::1 ::1 1 3306\r\n",
            ends("[2001:db8::1]:1", "[::1]:3306"),
        ),
        ("PROXY UNKNOWN\r\n", (None, None)),
        (
            "PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n",
            (None, None),
        ),
    ];
    for (line, (source, destination)) in table {
        let stream = [line.as_bytes(), b"\x20\0\0\x01"].concat();
        assert_eq!(
            sides(&stream),
            Some((line.len(), source, destination)),
            "{line}"
        );
        for end in 0..line.len() {
            assert_eq!(parse(&stream[..end]), Parsed::NeedMore, "{line} {end}");
        }
    }
    for line in [
        "PROXY TCP4 192.0.2.1 198.51.100.7 56324\r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.7 56324 99999\r\n",
        "PROXY UDP4 192.0.2.1 198.51.100.7 1 2\r\n",
        "PROXY \r\n",
        "PROXY\tTCP4",
    ] {
        assert_eq!(parse(line.as_bytes()), Parsed::NotProxy, "{line}");
    }
    let endless = [b"PROXY UNKNOWN ".as_slice(), &[b'x'; 93]].concat();
    assert_eq!(parse(&endless[..106]), Parsed::NeedMore);
    assert_eq!(parse(&endless), Parsed::NotProxy);
}

#[test]
fn version_2_forms() {
    let four = hex("c0000201 c6336407 dc04 0cea");
    let with_tlv = [&four[..], &hex("03 0004 00000000")].concat();
    let mut six = vec![0; 36];
    (six[15], six[31], six[35]) = (1, 2, 9);
    let ends = |from: &str, to: &str| (Some(from.to_owned()), Some(to.to_owned()));
    let v4 = ends("192.0.2.1:56324", "198.51.100.7:3306");
    let table = [
        (0x21, 0x11, four.clone(), v4.clone()),
        (0x21, 0x11, with_tlv, v4),
        (0x21, 0x21, six, ends("[::1]:0", "[::2]:9")),
        (0x21, 0x31, vec![b'/'; 216], (None, None)),
        (0x21, 0x00, Vec::new(), (None, None)),
        (0x20, 0x00, Vec::new(), (None, None)),
        (0x20, 0x11, four, (None, None)),
    ];
    for (command, family, body, (source, destination)) in table {
        let header = version_2_header(command, family, &body);
        let stream = [&header[..], &hex(SEED_LOGIN)].concat();
        assert_eq!(sides(&stream), Some((header.len(), source, destination)));
        for end in 0..header.len() {
            assert_eq!(parse(&stream[..end]), Parsed::NeedMore, "{end}");
        }
    }
    assert_eq!(
        parse(&version_2_header(0x11, 0x11, &[0; 12])),
        Parsed::NotProxy
    );
    assert_eq!(
        parse(&version_2_header(0x22, 0x11, &[0; 12])),
        Parsed::NotProxy
    );
    assert_eq!(
        parse(&version_2_header(0x21, 0x11, &[0; 11])),
        Parsed::NotProxy
    );
}

#[test]
fn a_login_is_none() {
    assert_eq!(parse(&hex(SEED_LOGIN)), Parsed::NotProxy);
    assert_eq!(parse(b"\r\n\r\nGET / HTTP/1.1"), Parsed::NotProxy);
}

proptest! {
    #[test]
    fn takes_no_more_than_there_is(tail: Vec<u8>, signature in 0..3) {
        let start: &[u8] = match signature {
            0 => SIGNATURE_1,
            1 => SIGNATURE_2,
            _ => b"",
        };
        let stream = [start, &tail].concat();
        if let Parsed::Complete { header_len, .. } = parse(&stream) {
            prop_assert!(header_len <= stream.len());
        }
    }
}
