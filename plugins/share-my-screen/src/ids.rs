//! Ids of nodes that act. Stable: scripts and tests use them.

pub const SHARE: &str = "share";
pub const STOP: &str = "stop-sharing";
pub const PAUSE: &str = "pause-sharing";
pub const QUALITY: &str = "quality-sharing";
/// The window has controls of its own for these two; here they are for scripts.
pub const SCALE: &str = "scale";
pub const FULL_SCREEN: &str = "full-screen";
pub const STOP_WATCHING: &str = "stop-watching";
