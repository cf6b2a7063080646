//! Icons by role: characters of the Lucide subset under `assets/lucide.ttf`.
//!
//! An icon never stands alone for the eye of a screen reader: [`crate::widgets`] gives it a name or puts text beside it.
//! The font is cut to exactly this list, by `assets/subset.py`.

/// Lucide `monitor`
pub const MONITOR: char = '\u{e11d}';
/// Lucide `mouse-pointer-2`
pub const POINTER: char = '\u{e1c3}';
/// Lucide `clipboard`
pub const CLIPBOARD: char = '\u{e085}';
/// Lucide `message-square`
pub const CHAT: char = '\u{e117}';
/// Lucide `send`
pub const SEND: char = '\u{e152}';
/// Lucide `copy`
pub const COPY: char = '\u{e09e}';
/// Lucide `check`
pub const CHECK: char = '\u{e06c}';
/// Lucide `check-check`
pub const DELIVERED: char = '\u{e38e}';
/// Lucide `clock`
pub const PENDING: char = '\u{e087}';
/// Lucide `x`
pub const CLOSE: char = '\u{e1b2}';
/// Lucide `circle-alert`
pub const DANGER: char = '\u{e077}';
/// Lucide `triangle-alert`
pub const CAUTION: char = '\u{e193}';
/// Lucide `info`
pub const INFO: char = '\u{e0f9}';
/// Lucide `settings`
pub const SETTINGS: char = '\u{e154}';
/// Lucide `circle-help`
pub const HELP: char = '\u{e082}';
/// Lucide `plus`
pub const PLUS: char = '\u{e13d}';
/// Lucide `users`
pub const SESSIONS: char = '\u{e1a4}';
/// Lucide `log-in`
pub const SIGN_IN: char = '\u{e10d}';
/// Lucide `log-out`
pub const SIGN_OUT: char = '\u{e10e}';
/// Lucide `eye`
pub const EYE: char = '\u{e0ba}';
/// Lucide `shield-check`
pub const SAFETY: char = '\u{e1ff}';
/// Lucide `unplug`
pub const LOST: char = '\u{e45d}';
/// Lucide `activity`
pub const MONITOR_PLUGINS: char = '\u{e038}';
/// Lucide `maximize`
pub const MAXIMIZE: char = '\u{e112}';
/// Lucide `scan`
pub const SCAN: char = '\u{e257}';
/// Lucide `pause`
pub const PAUSE: char = '\u{e12e}';
/// Lucide `play`
pub const PLAY: char = '\u{e13c}';
/// Lucide `camera`
pub const CAMERA: char = '\u{e064}';
/// Lucide `chevron-down`
pub const CHEVRON_DOWN: char = '\u{e06d}';
/// Lucide `link`
pub const LINK: char = '\u{e102}';
/// Lucide `hand`
pub const HAND: char = '\u{e1d7}';
/// Lucide `octagon-x`
pub const STOP: char = '\u{e128}';
/// Lucide `wifi-off`
pub const OFFLINE: char = '\u{e1af}';
/// Lucide `refresh-cw`
pub const RESTART: char = '\u{e145}';
/// Lucide `puzzle`
pub const PLUGIN: char = '\u{e29c}';
/// Lucide `pencil`
pub const DRAW: char = '\u{e1f9}';
/// Lucide `key-round`
pub const KEY: char = '\u{e4a3}';
/// Lucide `circle`
pub const CIRCLE: char = '\u{e076}';
/// Lucide `circle-check`
pub const GOOD: char = '\u{e226}';
/// Lucide `headset`
pub const HEADSET: char = '\u{e5bd}';
/// Lucide `hourglass`
pub const HOURGLASS: char = '\u{e296}';
/// Lucide `menu`
pub const MENU: char = '\u{e115}';
/// Lucide `minus`
pub const MINUS: char = '\u{e11c}';
/// Lucide `arrow-left`
pub const ARROW_LEFT: char = '\u{e048}';
/// Lucide `languages`
pub const LANGUAGES: char = '\u{e0fe}';
/// Lucide `lock`
pub const LOCK: char = '\u{e10b}';
/// Lucide `file`
pub const FILE: char = '\u{e0c0}';
/// Lucide `folder`
pub const FOLDER: char = '\u{e0d7}';
/// Lucide `house`
pub const HOME: char = '\u{e0f5}';
/// Lucide `arrow-up`
pub const ARROW_UP: char = '\u{e04a}';
/// Lucide `download`
pub const DOWNLOAD: char = '\u{e0b2}';

/// The icon a plugin names, if it is in the set.
#[must_use]
pub fn by_name(name: &str) -> Option<char> {
    Some(match name {
        "monitor" => MONITOR,
        "mouse-pointer-2" => POINTER,
        "clipboard" => CLIPBOARD,
        "message-square" => CHAT,
        "send" => SEND,
        "copy" => COPY,
        "check" => CHECK,
        "check-check" => DELIVERED,
        "clock" => PENDING,
        "x" => CLOSE,
        "circle-alert" => DANGER,
        "triangle-alert" => CAUTION,
        "info" => INFO,
        "settings" => SETTINGS,
        "circle-help" => HELP,
        "plus" => PLUS,
        "users" => SESSIONS,
        "log-in" => SIGN_IN,
        "log-out" => SIGN_OUT,
        "eye" => EYE,
        "shield-check" => SAFETY,
        "unplug" => LOST,
        "activity" => MONITOR_PLUGINS,
        "maximize" => MAXIMIZE,
        "scan" => SCAN,
        "pause" => PAUSE,
        "play" => PLAY,
        "camera" => CAMERA,
        "chevron-down" => CHEVRON_DOWN,
        "link" => LINK,
        "hand" => HAND,
        "octagon-x" => STOP,
        "wifi-off" => OFFLINE,
        "refresh-cw" => RESTART,
        "puzzle" => PLUGIN,
        "pencil" => DRAW,
        "key-round" => KEY,
        "circle" => CIRCLE,
        "circle-check" => GOOD,
        "headset" => HEADSET,
        "hourglass" => HOURGLASS,
        "menu" => MENU,
        "minus" => MINUS,
        "arrow-left" => ARROW_LEFT,
        "languages" => LANGUAGES,
        "lock" => LOCK,
        "file" => FILE,
        "folder" => FOLDER,
        "house" => HOME,
        "arrow-up" => ARROW_UP,
        "download" => DOWNLOAD,
        _ => return None,
    })
}
