//! The long-lived zstd stream of exact pixels: one history for the whole session, flushed after each packet.
//!
//! History beats spatial coding for everything that is not a photo: what scrolls back, is typed again or is uncovered
//! was in the stream before. A failure on the reading side leaves the stream useless until the next key packet.

use zstd::zstd_safe::{CCtx, CParameter, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective, Strategy, zstd_sys};

use crate::DecodeError;

/// 8 MiB: some 2.8 million pixels of history. Both sides keep that much.
const WINDOW_LOG: u32 = 23;
/// Level 1 hashes into 2^14 entries, too few to find anything far back in 8 MiB; these are 1 MiB of memory.
const HASH_LOG: u32 = 18;

/// The sending end.
pub(crate) struct PixelWriter {
    context: CCtx<'static>,
}

impl PixelWriter {
    pub(crate) fn new() -> Self {
        let mut writer = Self { context: CCtx::create() };
        writer.restart();
        writer
    }

    /// Forgets all history.
    pub(crate) fn restart(&mut self) {
        let context = &mut self.context;
        // None of these can fail: the values are constants inside zstd's limits and no frame is under way.
        let _ = context.reset(ResetDirective::SessionAndParameters);
        for parameter in [
            CParameter::CompressionLevel(1),
            CParameter::WindowLog(WINDOW_LOG),
            CParameter::HashLog(HASH_LOG),
            CParameter::Strategy(Strategy::ZSTD_fast),
            CParameter::MinMatch(6),
            CParameter::ContentSizeFlag(false),
            CParameter::ChecksumFlag(false),
        ] {
            let _ = context.set_parameter(parameter);
        }
    }

    /// Compresses all of `pixels` and appends what the other end needs to read them.
    pub(crate) fn write(&mut self, pixels: &[u8], out: &mut Vec<u8>) {
        let mut input = InBuffer::around(pixels);
        loop {
            let start = out.len();
            out.reserve((pixels.len() - input.pos) / 4 + 4096);
            let mut output = OutBuffer::around_pos(out, start);
            let left =
                self.context.compress_stream2(&mut output, &mut input, zstd_sys::ZSTD_EndDirective::ZSTD_e_flush);
            match left {
                Ok(0) => return,
                Ok(_) => {}
                // Only a lack of memory remains as a cause; the reader then meets a truncated section and asks for a key.
                Err(_) => return,
            }
        }
    }
}

/// The receiving end.
pub(crate) struct PixelReader {
    context: DCtx<'static>,
}

impl PixelReader {
    pub(crate) fn new() -> Self {
        let mut reader = Self { context: DCtx::create() };
        reader.restart();
        reader
    }

    pub(crate) fn restart(&mut self) {
        let _ = self.context.reset(ResetDirective::SessionAndParameters);
        let _ = self.context.set_parameter(DParameter::WindowLogMax(WINDOW_LOG));
    }

    /// Reads exactly `pixels.len()` bytes out of a whole section: no fewer, and nothing may follow.
    pub(crate) fn read(&mut self, section: &[u8], pixels: &mut [u8]) -> Result<(), DecodeError> {
        let mut input = InBuffer::around(section);
        let mut output = OutBuffer::around(pixels);
        loop {
            let before = (input.pos, output.pos());
            self.context.decompress_stream(&mut output, &mut input).map_err(|_| DecodeError::Stream)?;
            if input.pos == section.len() && output.pos() == output.capacity() {
                return self.nothing_left();
            }
            if before == (input.pos, output.pos()) {
                return Err(DecodeError::Stream);
            }
        }
    }

    /// zstd keeps decoded bytes that found no room: whatever comes out now is more than was announced.
    fn nothing_left(&mut self) -> Result<(), DecodeError> {
        let mut more = Vec::with_capacity(1);
        let mut output = OutBuffer::around(&mut more);
        let asked = self.context.decompress_stream(&mut output, &mut InBuffer::around(&[]));
        if asked.is_ok() && output.pos() == 0 { Ok(()) } else { Err(DecodeError::Stream) }
    }
}

/// Compresses bytes that share nothing with the stream: residuals would only push its history out.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    // Only a lack of memory fails; the empty section is then refused and answered by a request for a key.
    zstd::bulk::compress(bytes, 1).unwrap_or_default()
}

/// Reads what [`pack`] wrote, if it is exactly `bytes.len()` long.
pub(crate) fn unpack(section: &[u8], bytes: &mut [u8]) -> Result<(), DecodeError> {
    let wanted = bytes.len();
    let mut reader = PixelReader::new();
    reader.read(section, bytes)?;
    if wanted == 0 { Err(DecodeError::OutOfRange) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn history_makes_repeats_nearly_free() {
        let mut state = 1u32;
        let mut noise = vec![0u8; 100_000];
        for byte in &mut noise {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
        let (mut writer, mut reader) = (PixelWriter::new(), PixelReader::new());
        let mut sizes = Vec::new();
        for _ in 0..3 {
            let mut section = Vec::new();
            writer.write(&noise, &mut section);
            let mut back = vec![0; noise.len()];
            reader.read(&section, &mut back).unwrap();
            assert_eq!(back, noise);
            sizes.push(section.len());
        }
        assert!(sizes[1] < 200, "{sizes:?}");
    }

    #[test]
    fn too_much_and_too_little_are_refused() {
        let mut section = Vec::new();
        PixelWriter::new().write(&[7; 1000], &mut section);
        assert!(PixelReader::new().read(&section, &mut [0; 999]).is_err());
        assert!(PixelReader::new().read(&section, &mut [0; 1001]).is_err());
        assert!(PixelReader::new().read(&section, &mut [0; 1000]).is_ok());
    }
}
