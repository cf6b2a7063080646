//! Bringing a window back before the person, the same way in both programs.
//!
//! On X11 already coming out of the taskbar asks the window manager to activate the window, so that is asked for only
//! where it is needed: a window that must not take the keyboard is left as it is unless it is minimised.

use egui::{Context, ViewportCommand, ViewportId};

/// Out of the taskbar; with `focus`, from beneath other windows and with the keyboard, too. For the window whose turn it is,
/// which in a program of one window is that window.
pub fn bring_back(context: &Context, focus: bool) {
    bring_back_window(context, context.viewport_id(), focus);
}

/// The same for any window of the program.
pub fn bring_back_window(context: &Context, window: ViewportId, focus: bool) {
    if focus || is_minimised(context, window) {
        context.send_viewport_cmd_to(window, ViewportCommand::Minimized(false));
    }
    if focus {
        context.send_viewport_cmd_to(window, ViewportCommand::Focus);
    }
}

/// Whether the window is in the taskbar, as far as is known.
#[must_use]
pub fn is_minimised(context: &Context, window: ViewportId) -> bool {
    context.input(|input| input.raw.viewports.get(&window).and_then(|it| it.minimized)) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::RawInput;

    fn asked(minimised: bool, focus: bool) -> Vec<ViewportCommand> {
        let context = Context::default();
        let mut input = RawInput::default();
        input.viewports.entry(ViewportId::ROOT).or_default().minimized = Some(minimised);
        let output = context.run_logic(&input, |context| bring_back(context, focus));
        output.viewport_commands.get(&ViewportId::ROOT).cloned().unwrap_or_default()
    }

    #[test]
    fn a_window_that_is_there_is_activated_only_with_the_keyboard() {
        let (out, focus) = (ViewportCommand::Minimized(false), ViewportCommand::Focus);
        assert!(asked(false, false).is_empty());
        assert_eq!(asked(true, false), std::slice::from_ref(&out));
        for minimised in [false, true] {
            assert_eq!(asked(minimised, true), [out.clone(), focus.clone()]);
        }
    }
}
