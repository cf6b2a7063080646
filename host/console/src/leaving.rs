//! Leaving the program and signing out both end running sessions, so both are asked about first. Whoever leaves sees the
//! window until the customers were told.

use crate::session::is_running;
use egui::{Context, ViewportCommand, ViewportId};
use lotse_engine::rep::{RepCommand, RepView};
use lotse_engine::view::Command;
use lotse_ui::farewell::{Farewell, LOOK_AGAIN};
use lotse_ui::t;
use lotse_ui::widgets::{Answer, confirm};
use lotse_ui::windows::bring_back_window;
use std::time::Instant;

/// What would end the sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Close,
    SignOut,
}

#[derive(Default)]
pub(crate) struct Leaving {
    asked: Option<Way>,
    /// It was said to leave: the sessions are ended, and then the window goes.
    farewell: Option<Farewell>,
}

impl Leaving {
    /// The list's window is to be closed. Also called while it is hidden, so nothing is drawn here.
    pub(crate) fn close_requested(&mut self, context: &Context, view: &RepView, now: Instant) {
        let runs = running(view) > 0;
        if let Some(farewell) = self.farewell {
            if !farewell.is_over(now, runs) {
                context.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::CancelClose);
            }
            return;
        }
        if !runs {
            return;
        }
        context.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::CancelClose);
        self.asked = Some(Way::Close);
        // Whoever closes by the taskbar would not see a question in a window that is minimised or covered.
        bring_back_window(context, ViewportId::ROOT, true);
    }

    /// Closes the window of a program that is being left when its time has come. Also called while it is hidden.
    pub(crate) fn tend(&self, context: &Context, view: &RepView, now: Instant) {
        let Some(farewell) = self.farewell else { return };
        if farewell.is_over(now, running(view) > 0) {
            context.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::Close);
        } else {
            context.request_repaint_after_for(LOOK_AGAIN, ViewportId::ROOT);
        }
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
                self.farewell = Some(Farewell::begin(Instant::now()));
                context.request_repaint();
            }
            Way::SignOut => commands.push(RepCommand::SignOut),
        }
        commands
    }
}

fn running(view: &RepView) -> usize {
    view.sessions.iter().filter(|session| is_running(&session.view.state)).count()
}
