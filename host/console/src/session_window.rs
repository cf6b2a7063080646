//! One session's window: menus, who is there and what they allow, and the talk. Closing it ends the session, after a
//! question.

use crate::chooser::Chooser;
use crate::notes::NotesField;
use crate::session::{is_running, peer, titled};
use crate::session_action::SessionAction;
use crate::settings::Settings;
use crate::window_size::remember_size;
use crate::{asked, hand_over, menu, plugin_windows, session_body, shortcuts, showing_bar};
use egui::{
    Align, CentralPanel, Frame, Label, Layout, Margin, Panel, RichText, Ui, UserAttentionType, ViewportBuilder,
    ViewportCommand, ViewportId,
};
use lotse_engine::rep::{RepCommand, RepSession};
use lotse_engine::view::{Command, Contribution, SessionState, Tone};
use lotse_protocol::control::SessionId;
use lotse_ui::files::{FileDialogs, drops, headline, question};
use lotse_ui::plugin_ui::is_empty;
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::{Answer, badge, confirm, consent_chips, dialog, line_sign, notice, notices, safety_code};
use lotse_ui::windows::bring_back;
use lotse_ui::{fonts, t, words};

#[derive(Default)]
pub(crate) struct SessionWindow {
    pub open: bool,
    /// It has the keyboard, as was seen when it was drawn last.
    pub focused: bool,
    /// The window opens by itself once when the customer comes, and before that when their question is answered.
    opened: bool,
    answered: bool,
    opened_at: Option<[f32; 2]>,
    ending: bool,
    /// What was said, kept to be read when the session and its plugins are gone.
    talk: Vec<Contribution>,
    notes: NotesField,
    pub chooser: Chooser,
    files: FileDialogs,
    /// The question about files that the taskbar was told of.
    asked: Option<u64>,
}

impl SessionWindow {
    pub(crate) fn viewport(session: SessionId) -> ViewportId {
        ViewportId::from_hash_of(("session", session.0))
    }

    /// The customer is there or has been answered, and the window has yet to open.
    pub(crate) fn is_to_open(&self, session: &RepSession) -> bool {
        if session.view.state == SessionState::Waiting { asked::waits(session) && !self.answered } else { !self.opened }
    }

    /// What goes on whether the session is drawn or not: it opens by itself, and what was said is kept. Before each drawing.
    pub(crate) fn heed(&mut self, session: &RepSession) {
        let waits = session.view.state == SessionState::Waiting;
        if self.is_to_open(session) {
            self.answered |= waits;
            self.opened |= !waits;
            self.open = true;
        }
        if let Some(talk) = session.view.places.get("chat").filter(|talk| !is_empty(talk)) {
            self.talk.clone_from(talk);
        }
        self.focused = false;
    }

    /// There is something to be drawn, in a window of its own or in a tab.
    pub(crate) fn is_shown(&self, session: &RepSession) -> bool {
        self.open && (session.view.state != SessionState::Waiting || asked::waits(session))
    }

    /// Notes that are to be kept without waiting for more, since something else is drawn in its place.
    pub(crate) fn leave(&self, session: &RepSession) -> Option<SessionAction> {
        self.notes.leave(session).map(SessionAction::Send)
    }

    /// In a window of its own. `keeps`: the size that people give it is the one of the next window.
    pub(crate) fn show(
        &mut self,
        context: &egui::Context,
        session: &RepSession,
        settings: &mut Settings,
        keeps: bool,
    ) -> Vec<SessionAction> {
        let mut actions = Vec::new();
        // The size it opens with; asking for the remembered one again and again would fight with the person's hand.
        let [width, height] = *self.opened_at.get_or_insert(settings.session_size);
        let builder = ViewportBuilder::default()
            .with_title(titled(session.unread, session))
            .with_app_id("lotse")
            .with_icon(lotse_ui::brand::icon())
            .with_inner_size([width, height])
            .with_min_inner_size([420.0, 400.0]);
        context.show_viewport_immediate(Self::viewport(session.id), builder, |ui, _class| {
            self.focused = ui.input(|input| input.focused);
            self.contents(ui, session, &mut settings.notes_folded, &mut actions);
            if keeps {
                remember_size(ui, &mut settings.session_size);
            }
        });
        plugin_windows::show(context, session, &mut actions);
        actions
    }

    pub(crate) fn contents(
        &mut self,
        ui: &mut Ui,
        session: &RepSession,
        notes_folded: &mut bool,
        actions: &mut Vec<SessionAction>,
    ) {
        let send = |command| SessionAction::Send(RepCommand::Session { session: session.id, command });
        let palette = Palette::of(ui);
        // Room for the ring round the menu that the keyboard is on.
        let bar = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(space::S as i8, space::XS as i8));
        let mut wants_end = shortcuts::pressed(ui, shortcuts::CLOSE);
        Panel::top("menu").frame(bar).show(ui, |ui| {
            let chosen = menu::show(ui, session);
            actions.extend(chosen.commands.into_iter().map(send));
            actions.extend(chosen.actions);
            wants_end |= chosen.end;
        });
        let head = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(space::L as i8, space::S as i8));
        Panel::top("head").frame(head).show(ui, |ui| header(ui, session));
        if showing_bar::show(ui, session) {
            actions.push(send(Command::StopShowing));
        }
        if let Some(talk) = session.view.places.get("chat").filter(|talk| !is_empty(talk)) {
            self.talk.clone_from(talk);
        }
        actions.extend(self.notes.show(ui, session, notes_folded).map(SessionAction::Send));
        let body = Frame::new().fill(palette.canvas).inner_margin(Margin::same(space::L as i8));
        CentralPanel::default().frame(body).show(ui, |ui| {
            actions.extend(notices(ui, &session.view.notices).into_iter().map(send));
            let outcome = session_body::show(ui, session, &self.talk);
            actions.extend(outcome.commands.into_iter().map(send));
            if outcome.new_code {
                actions.push(SessionAction::NewCode);
            }
            if outcome.close {
                self.open = false;
                actions.push(SessionAction::Send(RepCommand::Close { session: session.id }));
            }
        });
        for (key, action) in [
            (shortcuts::HELP, SessionAction::Help),
            (shortcuts::MONITOR, SessionAction::Monitor),
            (shortcuts::PREFERENCES, SessionAction::Preferences),
            (shortcuts::NEW_CODE, SessionAction::NewCode),
            (shortcuts::LARGER, SessionAction::ScaleBy(1)),
            (shortcuts::SMALLER, SessionAction::ScaleBy(-1)),
        ] {
            if shortcuts::pressed(ui, key) {
                actions.push(action);
            }
        }
        actions.extend(self.files(ui, session).into_iter().map(send));
        self.closing(ui, session, wants_end, actions);
    }

    /// What the rep is asked about files, what is to be chosen, and what is dropped on the window.
    fn files(&mut self, ui: &Ui, session: &RepSession) -> Vec<Command> {
        let view = &session.view;
        let mut commands = Vec::new();
        if let Some(asked) = question(view) {
            if self.asked.replace(asked.id) != Some(asked.id) {
                // The window may be covered, and the customer waits for a word.
                let attention = ViewportCommand::RequestUserAttention(UserAttentionType::Informational);
                ui.ctx().send_viewport_cmd(attention);
            }
            let more = view.file_questions.len().saturating_sub(1);
            let title = headline(asked);
            let (answer, _) = dialog(ui.ctx(), "files", &title, 420.0, |ui| self.files.ask(ui, asked, more));
            commands.extend(answer);
        }
        commands.extend(self.files.show(ui.ctx(), view));
        commands.extend(drops(ui, view, &peer(session)));
        commands
    }

    /// The window's own close button, Ctrl+W and the menu all mean the same.
    fn closing(&mut self, ui: &mut Ui, session: &RepSession, wants_end: bool, actions: &mut Vec<SessionAction>) {
        let wanted = wants_end || ui.input(|input| input.viewport().close_requested());
        let running = is_running(&session.view.state);
        if wanted && running {
            self.ending = true;
            // It may have been closed by the taskbar, while it cannot be seen.
            bring_back(ui.ctx(), true);
        } else if wanted {
            self.open = false;
            actions.extend(self.leave(session));
        }
        if !self.ending || !running {
            self.ending = false;
            return;
        }
        let title = t!("end-title", "peer" => peer(session));
        match confirm(ui.ctx(), "end", &title, &t!("end-body"), &t!("end-yes")) {
            Some(Answer::Yes) => {
                self.ending = false;
                actions.push(SessionAction::Send(RepCommand::Session { session: session.id, command: Command::End }));
            }
            Some(Answer::No) => self.ending = false,
            None => {}
        }
    }
}

/// Who is there, how good the line is, what they allow, and the safety code: always visible, in words.
fn header(ui: &mut Ui, session: &RepSession) {
    let view = &session.view;
    ui.spacing_mut().item_spacing.y = space::XS;
    ui.horizontal(|ui| {
        let palette = Palette::of(ui);
        // What must be seen whole stands at the right and is laid out first; the names get the room that is left.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if view.state == SessionState::Active {
                line_sign(ui, &view.link);
            }
            if view.developer {
                badge(ui, &t!("developer-title"), palette.caution).on_hover_text(t!("developer-body"));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(fonts::strong(peer(session), size::TITLE)).truncate());
                if !view.peer_system.is_empty() {
                    ui.add(Label::new(RichText::new(&view.peer_system).color(palette.muted_ink)).truncate());
                }
            });
        });
    });
    asked::line(ui, view);
    hand_over::reps(ui, view);
    if !view.consents.is_empty() {
        consent_chips(ui, &view.consents);
    }
    if !view.safety_code.is_empty() {
        safety_code(ui, &view.safety_code);
    }
    if let Some(who) = words::pause_for_rep(view) {
        notice(ui, Tone::Plain, &t!("paused-title"), &who, false);
    }
}
