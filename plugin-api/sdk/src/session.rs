//! The session this plugin runs in: who is there, the time, randomness, the log. Always granted.

pub use crate::bindings::rights::lotse::plugin::session::{
    Level, Participant, Role, limits, locale, log, me, now_us, observing, participants, random, unix_ms, wake_after_us,
};

/// Everybody but this side.
pub fn others() -> Vec<Participant> {
    let own = me().id;
    participants().into_iter().filter(|participant| participant.id != own).collect()
}

/// Whether this instance runs on the rep's side.
pub fn is_rep() -> bool {
    me().role == Role::Rep
}

/// Whether this rep only looks on. What they cannot do is shown as such, with [`only_looking`].
pub fn looks_on() -> bool {
    observing(me().id)
}

/// To a rep who only looks on: why something cannot be done.
pub fn only_looking() -> &'static str {
    text("You only look on in this session.", "Sie sehen in dieser Sitzung nur zu.")
}

/// The text for the reader on this side: German where German is read, English otherwise (and in native tests).
pub fn text<'a>(en: &'a str, de: &'a str) -> &'a str {
    #[cfg(target_arch = "wasm32")]
    let german = locale().starts_with("de");
    #[cfg(not(target_arch = "wasm32"))]
    let german = false;
    if german { de } else { en }
}
