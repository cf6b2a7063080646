//! The console as a whole: which page the main window shows, and the windows beside it.

use crate::core::Core;
use crate::help::Help;
use crate::list::{ListAction, ListPage};
use crate::monitor::Monitor;
use crate::preferences::Preferences;
use crate::session_window::{SessionAction, SessionWindow};
use crate::settings::Store;
use crate::shortcuts;
use crate::sign_in::SignInPage;
use crate::viewer_window::Viewers;
use egui::{CentralPanel, Frame, Ui, ViewportCommand, ViewportId};
use lotse_engine::rep::{RepCommand, RepView, SignIn};
use lotse_protocol::control::SessionId;
use lotse_ui::theme::{self, SCALES_PERCENT};
use lotse_ui::tokens::Palette;
use lotse_ui::widgets::{Answer, confirm};
use lotse_ui::{t, text};
use lotse_viewer::ViewerHost;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The console's windows. Holds only what a window alone knows: drafts, open dialogs, selections.
pub struct Console {
    core: Box<dyn Core>,
    store: Store,
    sign_in: SignInPage,
    list: ListPage,
    sessions: BTreeMap<SessionId, SessionWindow>,
    preferences: Preferences,
    monitor: Monitor,
    viewers: Viewers,
    help: Help,
    closing: Closing,
}

/// Whether the program is being left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    No,
    Asked,
    Yes,
}

impl Console {
    /// `viewer`: where pictures are shown; `None`: nowhere, as in tests.
    #[must_use]
    pub fn new(context: &egui::Context, core: Box<dyn Core>, viewer: Option<Arc<ViewerHost>>, store: Store) -> Self {
        theme::install(context);
        let sign_in = SignInPage::new(&store.settings);
        let console = Self {
            core,
            store,
            sign_in,
            list: ListPage::default(),
            sessions: BTreeMap::new(),
            preferences: Preferences::default(),
            monitor: Monitor::default(),
            viewers: Viewers::new(viewer),
            help: Help::default(),
            closing: Closing::No,
        };
        console.choose(context);
        console
    }

    /// Opens the preferences, as their menu and key do.
    pub fn open_preferences(&mut self) {
        self.preferences.open = true;
    }

    /// Opens the plugin monitor, as its menu and key do.
    pub fn open_monitor(&mut self) {
        self.monitor.open = true;
    }

    /// Opens the help, as its menu and key do.
    pub fn open_help(&mut self) {
        self.help.open = true;
    }

    /// Shows the running sessions in place of the codes.
    pub fn show_sessions(&mut self) {
        self.list.show_sessions();
    }

    fn choose(&self, context: &egui::Context) {
        let settings = &self.store.settings;
        text::set_language(settings.language());
        theme::choose(context, settings.theme(), settings.scale_percent);
    }

    /// Draws the main window, and every other one as a viewport of its own.
    pub fn show(&mut self, ui: &mut Ui) {
        self.choose(ui.ctx());
        let view = self.core.view();
        self.main_window(ui, &view);
        self.session_windows(ui, &view);
        self.preferences.show(ui.ctx(), &view, &mut self.store.settings, &mut |command| self.core.send(command));
        self.monitor.show(ui.ctx(), &view);
        self.help.show(ui.ctx());
        self.viewers.show(ui.ctx(), &view, &mut self.store.settings, &mut |command| self.core.send(command));
        self.store.save();
    }

    fn main_window(&mut self, ui: &mut Ui, view: &RepView) {
        self.keys(ui, view);
        let canvas = Palette::of(ui).canvas;
        CentralPanel::default().frame(Frame::new().fill(canvas)).show(ui, |ui| match &view.sign_in {
            SignIn::In { .. } => {
                for action in self.list.show(ui, view) {
                    self.list_action(ui, action);
                }
            }
            SignIn::Out | SignIn::Trying | SignIn::Refused(_) | SignIn::Failed(_) => {
                if let Some(command) = self.sign_in.show(ui, &view.sign_in, &mut self.store.settings) {
                    self.core.send(command);
                }
            }
        });
        self.closing(ui, view);
        remember_size(ui, &mut self.store.settings.list_size);
    }

    fn list_action(&mut self, ui: &Ui, action: ListAction) {
        match action {
            ListAction::Send(command) => self.core.send(command),
            ListAction::Open(session) => {
                if let Some(window) = self.sessions.get_mut(&session) {
                    window.open = true;
                    let id = SessionWindow::viewport(session);
                    ui.ctx().send_viewport_cmd_to(id, ViewportCommand::Focus);
                }
            }
            ListAction::Preferences => self.preferences.open = true,
            ListAction::Monitor => self.monitor.open = true,
            ListAction::Help => self.help.open = true,
        }
    }

    fn keys(&mut self, ui: &Ui, view: &RepView) {
        if matches!(view.sign_in, SignIn::In { .. }) && shortcuts::pressed(ui, shortcuts::NEW_CODE) {
            self.list.show_waiting();
            self.core.send(RepCommand::NewCode);
        }
        if shortcuts::pressed(ui, shortcuts::PREFERENCES) {
            self.preferences.open = true;
        }
        if shortcuts::pressed(ui, shortcuts::MONITOR) {
            self.monitor.open = true;
        }
        if shortcuts::pressed(ui, shortcuts::HELP) {
            self.help.open = true;
        }
        if shortcuts::pressed(ui, shortcuts::LARGER) {
            self.scale_by(1);
        }
        if shortcuts::pressed(ui, shortcuts::SMALLER) {
            self.scale_by(-1);
        }
    }

    fn scale_by(&mut self, steps: isize) {
        let settings = &mut self.store.settings;
        let at = SCALES_PERCENT.iter().position(|scale| *scale >= settings.scale_percent).unwrap_or(0);
        let next = at.saturating_add_signed(steps).min(SCALES_PERCENT.len() - 1);
        settings.scale_percent = SCALES_PERCENT[next];
    }

    /// One window a session that a customer has joined, opened by itself.
    fn session_windows(&mut self, ui: &Ui, view: &RepView) {
        self.sessions.retain(|id, _| view.sessions.iter().any(|session| session.id == *id));
        for session in &view.sessions {
            let window = self.sessions.entry(session.id).or_default();
            for action in window.show(ui.ctx(), session, &mut self.store.settings) {
                match action {
                    SessionAction::Send(command) => self.core.send(command),
                    SessionAction::Monitor => self.monitor.open = true,
                    SessionAction::Preferences => self.preferences.open = true,
                    SessionAction::Help => self.help.open = true,
                    SessionAction::NewCode => {
                        self.list.show_waiting();
                        self.core.send(RepCommand::NewCode);
                        ui.ctx().send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::Focus);
                    }
                }
            }
        }
    }

    /// Leaving ends running sessions, so it is asked about first.
    fn closing(&mut self, ui: &Ui, view: &RepView) {
        let running =
            view.sessions.iter().filter(|session| crate::session_window::is_running(&session.view.state)).count();
        let wanted = ui.input(|input| input.viewport().close_requested());
        if wanted && self.closing != Closing::Yes && running > 0 {
            ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
            self.closing = Closing::Asked;
        }
        if self.closing != Closing::Asked {
            return;
        }
        let title = t!("leave-title");
        let body = t!("leave-body", "count" => running as u64);
        match confirm(ui.ctx(), "leave", &title, &body, &t!("leave-yes")) {
            Some(Answer::Yes) => {
                self.closing = Closing::Yes;
                for session in &view.sessions {
                    let command = lotse_engine::view::Command::End;
                    self.core.send(RepCommand::Session { session: session.id, command });
                }
                ui.ctx().send_viewport_cmd(ViewportCommand::Close);
            }
            Some(Answer::No) => self.closing = Closing::No,
            None => {}
        }
    }
}

/// Keeps the window's size for the next start.
pub(crate) fn remember_size(ui: &Ui, size: &mut [f32; 2]) {
    let shown = ui.input(|input| input.viewport().inner_rect);
    if let Some(rect) = shown.filter(|rect| rect.width() > 1.0 && rect.height() > 1.0) {
        *size = [rect.width().round(), rect.height().round()];
    }
}

impl eframe::App for Console {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        Palette::of_visuals(visuals).canvas.to_normalized_gamma_f32()
    }
}
