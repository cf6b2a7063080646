//! How a pipeline makes its pictures, as far as a plugin can set it.

use lotse_media::EncoderOptions;
use lotse_runtime::{Settings, Value, setting};

/// What a plugin can set on a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PipelineOptions {
    pub frames_per_second_max: u32,
    pub photo_quality: u8,
    pub refresh_after_us: u64,
}

impl Default for PipelineOptions {
    fn default() -> Self {
        let encoder = EncoderOptions::default();
        Self {
            frames_per_second_max: 60,
            photo_quality: encoder.photo_quality,
            refresh_after_us: encoder.refresh_after_us,
        }
    }
}

impl PipelineOptions {
    /// The same with what `settings` name; values outside their range become its edge.
    pub(crate) fn with(mut self, settings: &Settings) -> Self {
        let number = |name| match setting(settings, name) {
            Some(Value::Number(value)) => Some(*value),
            _ => None,
        };
        if let Some(value) = number("frames-per-second-max") {
            self.frames_per_second_max = value.clamp(1, 240) as u32;
        }
        if let Some(value) = number("photo-quality") {
            self.photo_quality = value.clamp(1, 100) as u8;
        }
        if let Some(value) = number("refresh-after-ms") {
            self.refresh_after_us = value.clamp(0, 60_000) as u64 * 1000;
        }
        self
    }

    pub(super) fn encoder(self) -> EncoderOptions {
        EncoderOptions {
            photo_quality: self.photo_quality,
            refresh_after_us: self.refresh_after_us,
            ..EncoderOptions::default()
        }
    }
}
