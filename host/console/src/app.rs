//! The console as a whole: which page the main window shows, and the windows beside it.

use crate::alert::Alert;
use crate::at_rest::AtRest;
use crate::availability::{self, Following};
use crate::chime::{Chime, Ringer};
use crate::core::Core;
use crate::desk::{self, Desk};
use crate::hand_over::HandOverAlert;
use crate::help::Help;
use crate::jump_keys::JumpKeys;
use crate::leaving::Leaving;
use crate::list::{ListAction, ListPage};
use crate::monitor::Monitor;
use crate::preferences::Preferences;
use crate::question_keys::QuestionKeys;
use crate::questions::may_answer;
use crate::recovery_codes::RecoveryCodesPage;
use crate::seats;
use crate::secret_copies::may_copy;
use crate::session_action::SessionAction;
use crate::session_window::SessionWindow;
use crate::settings::{Settings, Store};
use crate::shortcuts;
use crate::showing_frame::ShowingFrame;
use crate::sign_in::SignInPage;
use crate::stack_window::StackWindow;
use crate::viewer_window::Viewers;
use crate::window_size::remember_size;
use egui::{CentralPanel, Frame, Ui, ViewportCommand, ViewportId, ViewportInfo};
use lotse_desktop::X11Windows;
use lotse_engine::Arrangement;
use lotse_engine::rep::{DeskWish, RepCommand, RepSession, RepView, SignIn, Windows};
use lotse_engine::view::Command;
use lotse_protocol::control::SessionId;
use lotse_ui::text;
use lotse_ui::theme::{self, SCALES_PERCENT};
use lotse_ui::tokens::Palette;
use lotse_ui::windows::bring_back_window;
use lotse_viewer::ViewerHost;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// The console's windows. Holds only what a window alone knows: drafts, open dialogs, selections.
pub struct Console {
    core: Box<dyn Core>,
    store: Store,
    sign_in: SignInPage,
    recovery_codes: RecoveryCodesPage,
    list: ListPage,
    sessions: BTreeMap<SessionId, SessionWindow>,
    stack: StackWindow,
    desk: Desk,
    jumps: Arc<JumpKeys>,
    rest: Arc<AtRest>,
    preferences: Preferences,
    monitor: Monitor,
    viewers: Viewers,
    /// `None` where nothing is shown, as in tests.
    showing: Option<ShowingFrame>,
    help: Help,
    leaving: Leaving,
    alert: Alert,
    hand_over: HandOverAlert,
    keys: Arc<QuestionKeys>,
    following: Following,
    chime: Chime,
    ringer: Ringer,
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
            recovery_codes: RecoveryCodesPage::default(),
            list: ListPage::default(),
            sessions: BTreeMap::new(),
            stack: StackWindow::default(),
            desk: Desk::default(),
            jumps: JumpKeys::listen(context),
            rest: Arc::default(),
            preferences: Preferences::default(),
            monitor: Monitor::default(),
            showing: viewer.as_ref().map(|_| ShowingFrame::default()),
            viewers: Viewers::new(viewer),
            help: Help::default(),
            leaving: Leaving::default(),
            alert: Alert::default(),
            hand_over: HandOverAlert::default(),
            keys: QuestionKeys::listen(context),
            following: Following::default(),
            chime: Chime::default(),
            ringer: Ringer::default(),
        };
        console.choose(context);
        console
    }

    /// Incoming questions are heard from now on.
    pub(crate) fn with_chime(self, chime: Chime) -> Self {
        Self { chime, ..self }
    }

    /// What is shown is framed by windows that these count, so that drawings leave them alone.
    pub(crate) fn with_own_windows(self, own: Option<Arc<X11Windows>>) -> Self {
        Self { showing: self.showing.map(|_| ShowingFrame::among(own)), ..self }
    }

    /// Says to whoever wakes the windows what is shown.
    pub(crate) fn with_rest(self, rest: Arc<AtRest>) -> Self {
        Self { rest, ..self }
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

    /// What goes on while nothing is drawn, as long as all windows are minimised or covered. Only drawing opens and closes
    /// windows, so it is asked for where one is missing or was told to close: a customer who joins must not wait until
    /// somebody looks into the taskbar.
    pub fn heed(&mut self, context: &egui::Context) {
        let view = self.core.view();
        let (hidden, close, told) = context.input(|input| {
            let list = input.viewport();
            let told = input.raw.viewports.values().any(ViewportInfo::close_requested);
            (list.visible() == Some(false), list.close_requested(), told)
        });
        let now = Instant::now();
        if close {
            self.leaving.close_requested(context, &view, now);
        }
        self.leaving.tend(context, &view, now);
        let arrived = self.desk.alert(context, &view, &self.store.settings);
        if self.ringer.look(&view, &self.store.settings) || arrived {
            self.chime.play();
        }
        self.viewers.return_keyboard(context);
        if self.showing.as_mut().is_some_and(|frame| frame.tend(context, &view)) {
            self.stop_showing(&view);
        }
        let no_window = |session: &RepSession| match self.sessions.get(&session.id) {
            Some(window) => window.is_to_open(session),
            None => SessionWindow::default().is_to_open(session),
        };
        let missing = view.sessions.iter().any(no_window) || self.viewers.is_one_to_open(&view);
        let alert = self.alert.is_behind(&view, &self.store.settings) || self.hand_over.is_behind(&view);
        let choosing = view.sessions.iter().any(|session| session.view.choosing.is_some());
        let ordered = self.desk.is_behind(&view);
        if hidden && (missing || told || alert || choosing || ordered) {
            context.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::RequestPaintWhileHidden);
        }
    }

    /// The tab at the frame was clicked: nothing of this computer is shown any more.
    fn stop_showing(&self, view: &RepView) {
        for session in view.sessions.iter().filter(|session| !session.view.showing.is_empty()) {
            self.core.send(RepCommand::Session { session: session.id, command: Command::StopShowing });
        }
    }

    /// Draws the main window, and every other one as a viewport of its own.
    pub fn show(&mut self, ui: &mut Ui) {
        self.choose(ui.ctx());
        let view = self.core.view();
        self.following.look(&view, &mut self.store.settings);
        self.main_window(ui, &view);
        self.session_windows(ui, &view);
        let settings = &mut self.store.settings;
        self.preferences.show(ui.ctx(), &view, settings, &self.chime, &mut |command| self.core.send(command));
        self.monitor.show(ui.ctx(), &view);
        self.help.show(ui.ctx());
        self.viewers.show(ui.ctx(), &view, &mut self.store.settings, &mut |command| self.core.send(command));
        let below = self.hand_over.in_corner();
        if let Some(command) = self.alert.show(ui.ctx(), &view, &self.store.settings, below) {
            self.core.send(command);
        }
        let below = self.alert.in_corner();
        if let Some(command) = self.hand_over.show(ui.ctx(), &view, below) {
            self.core.send(command);
        }
        self.question_keys(&view);
        self.desk_windows(ui.ctx(), &view);
        self.rest.show_figures(self.monitor.open);
        self.store.save();
    }

    /// What was pressed in whichever window of the console.
    fn question_keys(&mut self, view: &RepView) {
        let (answer, pass, ready) = (self.keys.answer(), self.keys.pass(), self.keys.ready());
        if let Some(question) =
            view.questions.offer.as_ref().map(|offer| offer.question.id).filter(|_| may_answer(view))
        {
            if answer {
                self.core.send(RepCommand::AnswerQuestion { question });
            } else if pass {
                self.core.send(RepCommand::PassQuestion { question });
            }
        }
        if ready && matches!(view.sign_in, SignIn::In { .. }) && !seats::waits(view) {
            let settings = &mut self.store.settings;
            let command = availability::set(settings, !settings.ready);
            self.core.send(command);
        }
    }

    fn main_window(&mut self, ui: &mut Ui, view: &RepView) {
        self.keys(ui, view);
        let canvas = Palette::of(ui).canvas;
        CentralPanel::default().frame(Frame::new().fill(canvas)).show(ui, |ui| match &view.sign_in {
            SignIn::In { .. } if !view.second_factor.recovery_codes.is_empty() => {
                let user = &self.store.settings.user;
                if let Some(command) = self.recovery_codes.show(ui, &view.second_factor, user, may_copy(view)) {
                    self.core.send(command);
                }
            }
            SignIn::In { .. } => {
                for action in self.list.show(ui, view, &mut self.store.settings) {
                    self.list_action(ui, view, action);
                }
            }
            SignIn::Out | SignIn::Trying | SignIn::Refused(_) | SignIn::Failed(_) | SignIn::Ended(_) => {
                self.list.signed_out();
                if let Some(command) = self.sign_in.show(ui, view, &mut self.store.settings) {
                    self.core.send(command);
                }
            }
        });
        for command in self.leaving.show(ui.ctx(), view) {
            self.core.send(command);
        }
        remember_size(ui, &mut self.store.settings.list_size);
    }

    fn list_action(&mut self, ui: &Ui, view: &RepView, action: ListAction) {
        match action {
            ListAction::Send(command) => self.core.send(command),
            ListAction::SignOut => {
                if let Some(command) = self.leaving.sign_out(view) {
                    self.core.send(command);
                }
            }
            ListAction::Open(session) => {
                if let Some(window) = self.sessions.get_mut(&session) {
                    window.open = true;
                    self.jump(ui.ctx(), view, session);
                }
            }
            ListAction::Preferences => self.preferences.open = true,
            ListAction::Monitor => self.monitor.open = true,
            ListAction::Help => self.help.open = true,
        }
    }

    fn keys(&mut self, ui: &Ui, view: &RepView) {
        let may = matches!(view.sign_in, SignIn::In { .. }) && !seats::waits(view);
        if may && shortcuts::pressed(ui, shortcuts::NEW_CODE) {
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
            scale_by(&mut self.store.settings, 1);
        }
        if shortcuts::pressed(ui, shortcuts::SMALLER) {
            scale_by(&mut self.store.settings, -1);
        }
    }

    /// One window or tab for each session that a customer has joined, opened by itself.
    fn session_windows(&mut self, ui: &Ui, view: &RepView) {
        self.sessions.retain(|id, _| view.sessions.iter().any(|session| session.id == *id));
        let how = desk::arrangement(view, &self.store.settings);
        let stacked = how == Arrangement::Stack;
        for session in &view.sessions {
            let window = self.sessions.entry(session.id).or_default();
            if window.is_to_open(session) && !(stacked && self.stack.is_open()) {
                self.viewers.keep_keyboard(ui.ctx(), desk::window_of(session.id, how));
            }
            window.heed(session);
            if let Some(command) = window.chooser.show(ui.ctx(), session) {
                self.core.send(RepCommand::Session { session: session.id, command });
            }
        }
        let shown = self.shown(view);
        let mut actions = Vec::new();
        if stacked {
            actions = self.stack.show(ui.ctx(), &shown, &mut self.sessions, &mut self.store.settings);
        } else {
            self.stack.close();
            let keeps = how != Arrangement::Tile;
            for session in shown {
                let window = self.sessions.entry(session.id).or_default();
                actions.extend(window.show(ui.ctx(), session, &mut self.store.settings, keeps));
            }
        }
        for action in actions {
            self.session_action(ui, action);
        }
    }

    /// Sessions that have a window or a tab, in the order of the list.
    fn shown<'a>(&self, view: &'a RepView) -> Vec<&'a RepSession> {
        let is_shown =
            |session: &&RepSession| self.sessions.get(&session.id).is_some_and(|window| window.is_shown(session));
        view.sessions.iter().filter(is_shown).collect()
    }

    fn session_action(&mut self, ui: &Ui, action: SessionAction) {
        match action {
            SessionAction::Send(command) => self.core.send(command),
            SessionAction::Monitor => self.monitor.open = true,
            SessionAction::Preferences => self.preferences.open = true,
            SessionAction::Help => self.help.open = true,
            SessionAction::ScaleBy(steps) => scale_by(&mut self.store.settings, steps),
            SessionAction::NewCode => {
                self.list.show_waiting();
                self.core.send(RepCommand::NewCode);
                bring_back_window(ui.ctx(), ViewportId::ROOT, true);
            }
        }
    }

    /// What was asked of the session windows by key or by a plugin, where they stand now, and which is in front.
    fn desk_windows(&mut self, context: &egui::Context, view: &RepView) {
        let open: Vec<SessionId> = self.shown(view).iter().map(|session| session.id).collect();
        desk::remember(view, &mut self.store.settings);
        let how = desk::arrangement(view, &self.store.settings);
        // As they were drawn; what is wished now is drawn next.
        self.desk.place(context, &open, &self.viewers.viewports(), how, self.store.settings.session_size);
        let front = open.iter().copied().find(|id| self.sessions.get(id).is_some_and(|window| window.focused));
        for wish in self.desk.wishes(view) {
            match wish {
                DeskWish::Arrange(how) => {
                    self.desk.arrange(how, view, &mut self.store.settings);
                    // Of many tabs the one of the window that was in front is seen.
                    front.into_iter().for_each(|session| self.stack.select(session));
                    context.request_repaint();
                }
                DeskWish::Show(session) if open.contains(&session) => self.jump(context, view, session),
                DeskWish::Show(_) => {}
            }
        }
        if let Some(session) = self.jumps.take().and_then(|at| open.get(at).copied()) {
            self.jump(context, view, session);
        }
        let how = desk::arrangement(view, &self.store.settings);
        if let Some(windows) = self.desk.news(Windows { open, front, arrangement: how }) {
            self.core.stand(windows);
        }
    }

    /// The session's window, or its tab, comes to the front with the keyboard.
    fn jump(&mut self, context: &egui::Context, view: &RepView, session: SessionId) {
        let how = desk::arrangement(view, &self.store.settings);
        self.stack.select(session);
        bring_back_window(context, desk::window_of(session, how), true);
        context.request_repaint();
    }
}

fn scale_by(settings: &mut Settings, steps: isize) {
    let at = SCALES_PERCENT.iter().position(|scale| *scale >= settings.scale_percent).unwrap_or(0);
    let next = at.saturating_add_signed(steps).min(SCALES_PERCENT.len() - 1);
    settings.scale_percent = SCALES_PERCENT[next];
}

impl eframe::App for Console {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        self.heed(context);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        Palette::of_visuals(visuals).canvas.to_normalized_gamma_f32()
    }
}
