//! The word that injected input and the clipboard wait for.
//!
//! Their threads ask it and know no session; a session answers, in [`crate::session`]. What it does not allow is dropped.

/// What input and the clipboard must not reach. Asked at the moment of each deed, since orders
/// wait in queues.
pub(crate) trait Guard: Send + Sync + 'static {
    /// A press at this point of the desktop may go on.
    fn allows_pointer(&self, x: i32, y: i32) -> bool;
    fn allows_keys(&self) -> bool;
    /// Plugins' orders to the clipboard may be carried out.
    fn allows_clipboard(&self) -> bool;
}
