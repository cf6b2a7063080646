//! Whether the customer's screen is being seen, as the frame and the page tell it.
//!
//! Both ask here, so that the frame stands when the words say so. In doubt it is seen.

use lotse_engine::view::View;

/// The screen is being seen right now: a capture runs. That it is allowed is not enough; that the line is gone for a moment
/// or the rep pauses is no reason to say otherwise. Only the customer's own pause is.
pub(crate) fn is_seen(view: &View) -> bool {
    view.seen && !view.paused_here
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotse_engine::view::SessionState;
    use lotse_ui::samples;

    #[test]
    fn c5_the_frame_stands_while_a_capture_runs_and_not_for_consent_alone() {
        let mut view = samples::session(false, SessionState::Active, false);
        assert!(!is_seen(&view), "seeing is allowed, and nobody looks");
        view.seen = true;
        assert!(is_seen(&view));
        view.state = SessionState::Lost { seconds_left: 600 };
        assert!(is_seen(&view), "in doubt it says so");
        view.paused = true;
        assert!(is_seen(&view), "the rep pauses, and may go on at any moment");
        view.paused_here = true;
        assert!(!is_seen(&view));
    }
}
