//! One gzip member, zstd frame, lz4 frame or xz stream, each by its decoder.
//!
//! Every decoder here takes from the source exactly what belongs to its frame, so that the next one can be
//! looked for behind it.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;
use lz4_flex::frame::FrameDecoder as Lz4Decoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::capture::Compression;
use crate::capture::buffer::Buffer;
use crate::capture::source::Source;
use crate::limits;

/// A frame that is being unpacked.
pub(super) enum Frame<R: Source> {
    Gzip(Box<GzDecoder<Buffer<R>>>),
    Zstd(Box<Zstd<R>>),
    Lz4(Box<Lz4Decoder<Buffer<R>>>),
    Xz(Box<XzReader<Buffer<R>>>),
}

/// A zstd frame; its header is read with the first bytes.
pub(super) struct Zstd<R> {
    decoder: FrameDecoder,
    source: Buffer<R>,
    begun: bool,
}

impl<R: Source> Zstd<R> {
    fn new(source: Buffer<R>) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(limits::UNPACK_WINDOW);
        Self {
            decoder,
            source,
            begun: false,
        }
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.begun {
            self.decoder
                .init(&mut self.source)
                .map_err(io::Error::other)?;
            self.begun = true;
        }
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let one = BlockDecodingStrategy::UptoBlocks(1);
            let decoded = self.decoder.decode_blocks(&mut self.source, one);
            decoded.map_err(io::Error::other)?;
        }
        self.decoder.read(into)
    }
}

impl<R: Source> Frame<R> {
    pub(super) fn new(kind: Compression, source: Buffer<R>) -> Self {
        match kind {
            Compression::Gzip => Self::Gzip(Box::new(GzDecoder::new(source))),
            Compression::Zstd => Self::Zstd(Box::new(Zstd::new(source))),
            Compression::Lz4 => Self::Lz4(Box::new(Lz4Decoder::new(source))),
            Compression::Xz => {
                let kib = u32::try_from(limits::UNPACK_WINDOW >> 10).unwrap_or(u32::MAX);
                Self::Xz(Box::new(XzReader::new_mem_limit(source, false, kib)))
            }
        }
    }

    /// The source, to ask how far it is.
    pub(super) fn source(&self) -> &Buffer<R> {
        match self {
            Self::Gzip(decoder) => decoder.get_ref(),
            Self::Zstd(decoder) => &decoder.source,
            Self::Lz4(decoder) => decoder.get_ref(),
            Self::Xz(decoder) => decoder.inner(),
        }
    }

    pub(super) fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(decoder) => decoder.read(into),
            Self::Zstd(decoder) => decoder.read(into),
            Self::Lz4(decoder) => decoder.read(into),
            Self::Xz(decoder) => decoder.read(into),
        }
    }

    /// Checks what the decoder does not check itself, at the frame's end.
    pub(super) fn check(&self) -> io::Result<()> {
        if let Self::Zstd(zstd) = self {
            let said = zstd.decoder.get_checksum_from_data();
            if said.is_some() && said != zstd.decoder.get_calculated_checksum() {
                return Err(io::Error::other("its checksum is wrong"));
            }
        }
        Ok(())
    }

    /// Gives the source back.
    pub(super) fn into_source(self) -> Buffer<R> {
        match self {
            Self::Gzip(decoder) => decoder.into_inner(),
            Self::Zstd(zstd) => zstd.source,
            Self::Lz4(decoder) => decoder.into_inner(),
            Self::Xz(decoder) => decoder.into_inner(),
        }
    }
}
