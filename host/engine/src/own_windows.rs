//! Which windows are this program's own, as injected input must know it.
//!
//! The program around the engine answers; each session's guard asks.

/// Keeps injected input away from this program's own windows: consent can be neither clicked nor typed by the rep.
/// Asked before each injected event, so answers come from a cache.
pub trait OwnWindows: Send + Sync + 'static {
    /// A press at this point of the root window would reach a window of this program.
    fn is_own_at(&self, x: i32, y: i32) -> bool;
    /// Keys would reach a window of this program.
    fn has_focus(&self) -> bool;
}
