//! Ids of nodes that act. Stable: scripts and tests use them.

pub const SHOW: &str = "show";
pub const STOP: &str = "stop";
pub const CONTROL: &str = "control";
pub const PAUSE: &str = "pause";
pub const SHOT_FILE: &str = "shot-file";
pub const SHOT_CLIPBOARD: &str = "shot-clipboard";
pub const MONITOR: &str = "monitor";
pub const SCALE: &str = "scale";
pub const FULL_SCREEN: &str = "full-screen";
pub const QUALITY: &str = "quality";
pub const PASS_SYSTEM_KEYS: &str = "pass-system-keys";
pub const HOTKEYS: &str = "hotkeys";
