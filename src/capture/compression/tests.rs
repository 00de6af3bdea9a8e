//! Every compression gives the bytes back, however the source comes; what is odd is told.

use std::io::{Cursor, Read, Write as _};

use super::*;

const ALL: [Compression; 4] = [
    Compression::Gzip,
    Compression::Zstd,
    Compression::Lz4,
    Compression::Xz,
];

fn pack(kind: Compression, bytes: &[u8]) -> Vec<u8> {
    match kind {
        Compression::Gzip => {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        }
        Compression::Zstd => {
            let level = ruzstd::encoding::CompressionLevel::Fastest;
            ruzstd::encoding::compress_to_vec(bytes, level)
        }
        Compression::Lz4 => {
            let mut packer = lz4_flex::frame::FrameEncoder::new(Vec::new());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        }
        Compression::Xz => {
            let options = lzma_rust2::XzOptions::with_preset(0);
            let mut packer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        }
    }
}

fn bytes(length: u32) -> Vec<u8> {
    (0..length).flat_map(|n| (n / 7).to_le_bytes()).collect()
}

/// What came out, or the error, and the unpacker.
fn unpack<R: Read>(source: R) -> (io::Result<Vec<u8>>, Unpacked<R>) {
    let mut unpacked = Unpacked::new(source);
    let mut out = Vec::new();
    let read = Reading(&mut unpacked).read_to_end(&mut out).map(|_| out);
    (read, unpacked)
}

struct Reading<'u, R: Source>(&'u mut Unpacked<R>);

impl<R: Source> Read for Reading<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.fill(into)
    }
}

/// Gives one byte at a time.
struct Drip<R>(R);

impl<R: Read> Read for Drip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(&mut into[..1])
    }
}

#[test]
fn what_is_not_compressed_goes_through() {
    for plain in [&b""[..], b"x", b"plain bytes"] {
        let (out, unpacked) = unpack(plain);
        assert_eq!(out.unwrap(), plain);
        assert_eq!(unpacked.compression(), None);
        assert_eq!(unpacked.stored_bytes(), plain.len() as u64);
    }
}

#[test]
fn several_frames_with_zeros_between_are_one_stream() {
    let (one, two) = (bytes(100_000), bytes(3));
    for kind in ALL {
        let mut packed = pack(kind, &one);
        packed.extend([0; 4]);
        packed.extend(pack(kind, &[]));
        packed.extend(pack(kind, &two));
        packed.extend([0; 512]);
        let (out, unpacked) = unpack(Drip(packed.as_slice()));
        assert!(out.unwrap() == [one.as_slice(), &two].concat(), "{kind:?}");
        assert_eq!(unpacked.compression(), Some(kind));
        assert_eq!(unpacked.stored_bytes(), packed.len() as u64, "{kind:?}");
        assert!(!unpacked.is_cut() && !unpacked.has_rest(), "{kind:?}");
    }
}

#[test]
fn a_cut_gives_what_is_there_and_is_told() {
    let plain = bytes(200_000);
    for kind in ALL {
        let packed = pack(kind, &plain);
        for less in [1, 5, packed.len() / 2] {
            let (out, unpacked) = unpack(&packed[..packed.len() - less]);
            let out = out.unwrap();
            assert!(plain.starts_with(&out), "{kind:?}");
            assert!(unpacked.is_cut(), "{kind:?} {less}");
        }
    }
}

#[test]
fn what_stands_behind_is_told() {
    for kind in ALL {
        let mut packed = pack(kind, b"a capture");
        packed.extend(b"something else");
        let (out, unpacked) = unpack(packed.as_slice());
        assert_eq!(out.unwrap(), b"a capture");
        assert!(unpacked.has_rest() && !unpacked.is_cut(), "{kind:?}");
    }
}

#[test]
fn damage_is_an_error_and_never_a_panic() {
    let plain = bytes(20_000);
    for kind in ALL {
        let packed = pack(kind, &plain);
        let mut errors = 0;
        for at in (4..packed.len()).step_by(packed.len() / 64 + 1) {
            let mut damaged = packed.clone();
            damaged[at] ^= 0x55;
            let (out, unpacked) = unpack(damaged.as_slice());
            match out {
                Err(error) => {
                    let unpack = error.downcast::<UnpackError>().unwrap();
                    assert!(unpack.to_string().contains("damaged"), "{unpack}");
                    errors += 1;
                }
                // A damaged length may look like a cut; times in headers say nothing; and lz4 has no
                // checksum unless asked for.
                Ok(out) => assert!(
                    unpacked.is_cut() || kind == Compression::Lz4 || plain.starts_with(&out)
                ),
            }
        }
        assert!(errors > 0, "{kind:?}");
    }
}

#[test]
fn skippable_frames_are_passed() {
    let skippable = [&[0x51, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    for kind in [Compression::Zstd, Compression::Lz4] {
        let packed = [skippable.clone(), pack(kind, b"x"), skippable.clone()].concat();
        let (out, unpacked) = unpack(packed.as_slice());
        assert_eq!(out.unwrap(), b"x");
        assert!(!unpacked.has_rest(), "{kind:?}");
    }
}

#[test]
fn the_cap_on_expansion_ends_a_bomb_and_nothing_else() {
    let caps = Caps {
        free: 10_000,
        ratio: 100,
    };
    for kind in ALL {
        let bomb = pack(kind, &vec![0; 3_000_000]);
        let mut unpacked = Unpacked::with_caps(bomb.as_slice(), caps);
        let mut out = Vec::new();
        let error = Reading(&mut unpacked).read_to_end(&mut out).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("this may be a bomb"), "{kind:?}: {text}");
        assert!(text.contains(kind.unpacker()), "{text}");
        let dull = pack(kind, &bytes(50_000));
        let mut unpacked = Unpacked::with_caps(Cursor::new(dull), caps);
        assert_eq!(
            Reading(&mut unpacked).read_to_end(&mut Vec::new()).unwrap(),
            200_000
        );
    }
}

#[test]
fn an_error_of_the_source_stays_one() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    for kind in ALL {
        let packed = pack(kind, &bytes(50_000));
        let (out, _) = unpack(packed[..packed.len() / 2].chain(Broken));
        assert!(
            out.unwrap_err().downcast::<UnpackError>().is_err(),
            "{kind:?}"
        );
    }
}
