//! What stands between this computer and the drivers that inject input or write its clipboard.

use crate::guard::Guard;
use crate::own_windows::OwnWindows;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Keeps injected input away from prompts and from this program's windows, and the clipboard to whom it was allowed.
pub(crate) struct SessionGuard {
    windows: Option<Arc<dyn OwnWindows>>,
    /// The customer allows control now. Asked before each event, so what waits in a queue is not injected later.
    pub(super) control: AtomicBool,
    /// The clipboard may be used now: the customer allows it, or it is the rep's own.
    pub(super) clipboard: AtomicBool,
    /// A prompt is on the screen: nothing is injected at all.
    pub(super) prompting: AtomicBool,
    pub(super) paused: AtomicBool,
}

impl SessionGuard {
    /// Without windows (the rep's own computer) nothing may be injected.
    pub(crate) fn new(windows: Option<Arc<dyn OwnWindows>>) -> Arc<Self> {
        Arc::new(Self {
            windows,
            control: AtomicBool::new(false),
            clipboard: AtomicBool::new(false),
            prompting: AtomicBool::new(false),
            paused: AtomicBool::new(false),
        })
    }

    fn allows(&self, own: impl Fn(&dyn OwnWindows) -> bool) -> bool {
        let held = self.prompting.load(Ordering::Acquire) || self.paused.load(Ordering::Acquire);
        let allowed = self.control.load(Ordering::Acquire) && !held;
        allowed && self.windows.as_deref().is_some_and(|windows| !own(windows))
    }
}

impl Guard for SessionGuard {
    fn allows_pointer(&self, x: i32, y: i32) -> bool {
        self.allows(|windows| windows.is_own_at(x, y))
    }

    fn allows_keys(&self) -> bool {
        self.allows(|windows| windows.has_focus())
    }

    fn allows_clipboard(&self) -> bool {
        self.clipboard.load(Ordering::Acquire) && !self.paused.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Our window at the left half of the desktop; the keyboard is in it or elsewhere.
    struct Left {
        focus: bool,
    }

    impl OwnWindows for Left {
        fn is_own_at(&self, x: i32, _y: i32) -> bool {
            x < 500
        }

        fn has_focus(&self) -> bool {
            self.focus
        }
    }

    #[test]
    fn c5_a_rep_s_hand_needs_the_word_and_reaches_neither_our_windows_nor_anything_during_a_question_or_a_pause() {
        for bits in 0..16_u8 {
            let [control, prompting, paused, focus] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
            let guard = SessionGuard::new(Some(Arc::new(Left { focus })));
            guard.control.store(control, Ordering::Release);
            guard.prompting.store(prompting, Ordering::Release);
            guard.paused.store(paused, Ordering::Release);
            let acts = control && !prompting && !paused;
            assert_eq!(guard.allows_pointer(700, 10), acts, "{bits:#06b}");
            assert!(!guard.allows_pointer(300, 10), "{bits:#06b}: our own window");
            assert_eq!(guard.allows_keys(), acts && !focus, "{bits:#06b}");
        }
        let nowhere = SessionGuard::new(None);
        nowhere.control.store(true, Ordering::Release);
        assert!(!nowhere.allows_pointer(700, 10) && !nowhere.allows_keys(), "a rep's own computer is never steered");
    }

    #[test]
    fn the_clipboard_waits_for_the_word_and_rests_in_a_pause() {
        let guard = SessionGuard::new(None);
        assert!(!guard.allows_clipboard(), "nobody has said so yet");
        guard.clipboard.store(true, Ordering::Release);
        assert!(guard.allows_clipboard());
        guard.paused.store(true, Ordering::Release);
        assert!(!guard.allows_clipboard());
        guard.paused.store(false, Ordering::Release);
        guard.clipboard.store(false, Ordering::Release);
        assert!(!guard.allows_clipboard(), "taken back");
    }
}
