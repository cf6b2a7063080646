//! Why a packet was refused.

/// A packet that is not understood. The decoder then waits for a key packet, because its streams have lost step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("the picture packet is of another version of the codec")]
    Version,
    #[error("the picture packet ends too early")]
    Truncated,
    #[error("the picture packet has a size or place outside its limits")]
    OutOfRange,
    #[error("the compressed pixels of the picture packet are damaged")]
    Stream,
    #[error("the target picture does not have the packet's size")]
    Target,
    #[error("pictures before this one are missing; a key packet is needed")]
    NeedsKey,
}
