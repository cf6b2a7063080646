//! What one call of the encoder did, for pacing and statistics.

/// What went out. All zero when nothing had changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EncodeReport {
    /// Bytes of all packets.
    pub bytes: usize,
    /// It needs nothing that went before.
    pub key: bool,
    /// Pixels brought up to date by copying.
    pub copied: u64,
    /// Pixels filled with one colour.
    pub filled: u64,
    /// Pixels sent exactly through the pixel stream.
    pub exact: u64,
    /// Pixels sent lossily as blocks.
    pub lossy: u64,
    /// Pixels sent exactly that were lossy before.
    pub refreshed: u64,
}

impl EncodeReport {
    /// Pixels that changed on the far side.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.copied + self.filled + self.exact + self.lossy + self.refreshed
    }
}
