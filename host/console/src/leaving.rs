//! Leaving the program and signing out both end running sessions, so both are asked about first.

use crate::session_window::is_running;
use egui::{Context, ViewportCommand, ViewportId};
use lotse_engine::rep::{RepCommand, RepView};
use lotse_engine::view::Command;
use lotse_ui::t;
use lotse_ui::widgets::{Answer, confirm};

/// What would end the sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Close,
    SignOut,
}

#[derive(Default)]
pub(crate) struct Leaving {
    asked: Option<Way>,
    /// It was said to leave: the window may go.
    agreed: bool,
}

impl Leaving {
    /// The list's window is to be closed. Also called while it is hidden, so nothing is drawn here.
    pub(crate) fn close_requested(&mut self, context: &Context, view: &RepView) {
        if self.agreed || running(view) == 0 {
            return;
        }
        context.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::CancelClose);
        self.asked = Some(Way::Close);
        // Whoever closes by the taskbar would not see a question in a window that is minimised or covered.
        raise(context, ViewportId::ROOT);
    }

    /// Signing out: at once where nothing would be lost by it.
    pub(crate) fn sign_out(&mut self, view: &RepView) -> Option<RepCommand> {
        if running(view) == 0 {
            return Some(RepCommand::SignOut);
        }
        self.asked = Some(Way::SignOut);
        None
    }

    /// Draws the question while it is open. The commands are the answer's.
    pub(crate) fn show(&mut self, context: &Context, view: &RepView) -> Vec<RepCommand> {
        let running = running(view);
        let Some(way) = self.asked.filter(|_| running > 0) else {
            // The sessions ended meanwhile: there is nothing to ask about.
            self.asked = None;
            return Vec::new();
        };
        let count = running as u64;
        let (title, body, yes) = match way {
            Way::Close => (t!("leave-title"), t!("leave-body", "count" => count), t!("leave-yes")),
            Way::SignOut => (t!("sign-out-title"), t!("sign-out-body", "count" => count), t!("list-sign-out")),
        };
        let Some(answer) = confirm(context, "leave", &title, &body, &yes) else { return Vec::new() };
        self.asked = None;
        if answer == Answer::No {
            return Vec::new();
        }
        let end = |session: &lotse_engine::rep::RepSession| RepCommand::Session {
            session: session.id,
            command: Command::End,
        };
        let mut commands: Vec<RepCommand> = view.sessions.iter().map(end).collect();
        match way {
            Way::Close => {
                self.agreed = true;
                context.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::Close);
            }
            Way::SignOut => commands.push(RepCommand::SignOut),
        }
        commands
    }
}

/// Brings a window before the person: out of the taskbar, and above others.
pub(crate) fn raise(context: &Context, window: ViewportId) {
    context.send_viewport_cmd_to(window, ViewportCommand::Minimized(false));
    context.send_viewport_cmd_to(window, ViewportCommand::Focus);
}

fn running(view: &RepView) -> usize {
    view.sessions.iter().filter(|session| is_running(&session.view.state)).count()
}
