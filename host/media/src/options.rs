//! What the encoder is told about quality, by whoever knows the link and the person.
//!
//! Everything in it may change from one packet to the next; the far side needs to know none of it.

/// Settings that may change at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderOptions {
    /// How good photo-like areas look at first, 1 to 100; 100 is exact at once.
    pub photo_quality: u8,
    /// How good photo-like areas look while they keep moving, 1 to 100; never taken as better than `photo_quality`.
    pub video_quality: u8,
    /// How long an area must rest before it is sent exactly, in microseconds.
    pub refresh_after_us: u64,
}

impl Default for EncoderOptions {
    fn default() -> Self {
        Self { photo_quality: 70, video_quality: 45, refresh_after_us: 300_000 }
    }
}
