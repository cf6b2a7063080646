//! Ids of nodes that act. Stable: scripts and tests use them.

pub const SHARE: &str = "share";
pub const STOP: &str = "stop-sharing";
pub const PAUSE: &str = "pause-sharing";
pub const QUALITY: &str = "quality-sharing";
pub const STOP_WATCHING: &str = "stop-watching";
