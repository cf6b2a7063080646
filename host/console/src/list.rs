//! The list view: who I am, codes that wait for their customers, and my sessions.

use crate::expired::ExpiryWatch;
use crate::question_list::{self, QuestionList};
use crate::seats::{self, SeatsPage};
use crate::session::{colour, peer};
use crate::settings::Settings;
use crate::{asked, availability, code_card, licence, shortcuts};
use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, RichText, ScrollArea, Ui, vec2};
use lotse_engine::rep::{RepCommand, RepSession, RepView, SignIn};
use lotse_engine::view::{SessionState, Tone};
use lotse_protocol::control::SessionId;
use lotse_ui::tokens::{CONTROL_HEIGHT, Palette, mix, size, space};
use lotse_ui::widgets::{Button, badge, card, empty, focus_ring, heading, icon_button, line_sign, muted, notice};
use lotse_ui::{fonts, icons, t, words};
use std::time::Instant;

/// What a person did here.
pub(crate) enum ListAction {
    Send(RepCommand),
    SignOut,
    Open(SessionId),
    Preferences,
    Monitor,
    Help,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Page {
    #[default]
    Waiting,
    Sessions,
}

#[derive(Default)]
pub(crate) struct ListPage {
    page: Page,
    seats: SeatsPage,
    questions: QuestionList,
    watch: ExpiryWatch,
    /// A code expired, and no new one was made since.
    expired: bool,
}

impl ListPage {
    /// A new code was asked for: it will stand among those that wait.
    pub(crate) fn show_waiting(&mut self) {
        self.page = Page::Waiting;
        self.expired = false;
    }

    pub(crate) fn show_sessions(&mut self) {
        self.page = Page::Sessions;
    }

    /// Nobody is signed in: what was shown of seats was another sign-in's.
    pub(crate) fn signed_out(&mut self) {
        self.seats = SeatsPage::default();
    }

    pub(crate) fn show(&mut self, ui: &mut Ui, view: &RepView, settings: &mut Settings) -> Vec<ListAction> {
        let mut actions = Vec::new();
        self.seats.look(view);
        self.expired |= !self.watch.look(Instant::now(), view).is_empty();
        let is_read_aloud = |session: &&RepSession| session.code.is_some() && !asked::began(session);
        let (waiting, sessions): (Vec<_>, Vec<_>) = view.sessions.iter().partition(is_read_aloud);
        let palette = Palette::of(ui);
        let bar = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(space::L as i8, space::S as i8));
        Panel::top("who").frame(bar).show(ui, |ui| who(ui, view, settings, &mut actions));
        let side = Frame::new().fill(palette.canvas).inner_margin(Margin::same(space::M as i8));
        Panel::left("pages").frame(side).resizable(false).exact_size(216.0).show(ui, |ui| {
            let counts = (question_list::count(view) + waiting.len() as u64, sessions.len() as u64);
            self.navigation(ui, counts, seats::waits(view), &mut actions);
        });
        let main = Frame::new().fill(palette.canvas).inner_margin(Margin::same(space::L as i8));
        CentralPanel::default().frame(main).show(ui, |ui| {
            if let SignIn::In { reconnecting: true, .. } = view.sign_in {
                notice(ui, Tone::Caution, &t!("list-reconnecting"), &t!("list-reconnecting-next"), false);
            }
            self.seats.banner(ui);
            licence::banner(ui, view);
            if view.second_factor.recovery_code_used {
                let left = u64::from(view.second_factor.recovery_codes_left);
                let next = t!("factor-code-used-next", "left" => left);
                if notice(ui, Tone::Caution, &t!("factor-code-used"), &next, true) {
                    actions.push(ListAction::Send(RepCommand::RecoveryCodeNoted));
                }
                ui.add_space(space::M);
            }
            if let Some(problem) = &view.problem {
                let trouble = words::problem(problem);
                if notice(ui, Tone::Caution, &trouble.what, &trouble.next, true) {
                    actions.push(ListAction::Send(RepCommand::DismissProblem));
                }
                ui.add_space(space::M);
            }
            match self.page {
                Page::Waiting => {
                    let away = question_list::notes(ui, view, settings, Instant::now());
                    actions.extend(away.map(ListAction::Send));
                    self.waiting(ui, view, &waiting, &mut actions);
                }
                Page::Sessions => running(ui, &sessions, &mut actions),
            }
        });
        actions.extend(self.seats.dialogs(ui.ctx(), view).map(ListAction::Send));
        actions
    }

    /// `no_seat`: the rep waits for one, and can make no code.
    fn navigation(
        &mut self,
        ui: &mut Ui,
        (waiting, sessions): (u64, u64),
        no_seat: bool,
        actions: &mut Vec<ListAction>,
    ) {
        ui.spacing_mut().item_spacing.y = space::XS;
        let pages = [
            (Page::Waiting, icons::HOURGLASS, t!("list-waiting", "count" => waiting)),
            (Page::Sessions, icons::SESSIONS, t!("list-sessions", "count" => sessions)),
        ];
        for (page, icon, label) in pages {
            let palette = Palette::of(ui);
            let chosen = self.page == page;
            let fill = if chosen { mix(palette.surface, palette.accent, 0.16) } else { egui::Color32::TRANSPARENT };
            let ink = palette.ink;
            let text = RichText::new(&label).color(ink);
            let text = if chosen { text.font(egui::FontId::new(size::BODY, fonts::strong_family())) } else { text };
            let button = egui::Button::new((fonts::icon(icon, 16.0).color(ink), text))
                .fill(fill)
                .stroke(egui::Stroke::NONE)
                .right_text("");
            let response = ui.add(button.min_size(vec2(ui.available_width(), CONTROL_HEIGHT)));
            focus_ring(ui, &response);
            response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::Tab, true, chosen, &label));
            if response.clicked() {
                self.page = page;
            }
        }
        ui.add_space(space::M);
        let key = shortcuts::name(shortcuts::NEW_CODE);
        let new_code = Button::primary(t!("list-new-code")).icon(icons::PLUS).shortcut(key).width(ui.available_width());
        let response = new_code.enabled(!no_seat).show(ui);
        if no_seat {
            let why = t!("seats-no-code");
            let name = format!("{}, {why}", t!("list-new-code"));
            response.accessible_name(name);
            muted(ui, why);
        } else if response.clicked() {
            self.show_waiting();
            actions.push(ListAction::Send(RepCommand::NewCode));
        }
    }

    /// Customers who ask, and beneath them codes that were read aloud.
    fn waiting(&mut self, ui: &mut Ui, view: &RepView, codes: &[&RepSession], actions: &mut Vec<ListAction>) {
        if view.questions.waiting.is_empty() && codes.is_empty() && !self.expired {
            return nobody(ui, view);
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::M;
            actions.extend(self.questions.show(ui, view).into_iter().map(ListAction::Send));
            if self.expired && code_card::expired(ui) {
                self.show_waiting();
                actions.push(ListAction::Send(RepCommand::NewCode));
            }
            if codes.is_empty() {
                return;
            }
            heading(ui, t!("list-codes-title"));
            for session in codes {
                actions.extend(code_card::show(ui, session).into_iter().map(ListAction::Send));
            }
        });
    }
}

/// What would stand here, and how it comes to that.
fn nobody(ui: &mut Ui, view: &RepView) {
    if let SignIn::In { reconnecting: true, .. } = view.sign_in {
        empty(ui, icons::OFFLINE, &t!("questions-offline"), &t!("questions-offline-next"), |_| ());
    } else if view.questions.has_portal {
        empty(ui, icons::HEADSET, &t!("list-no-codes"), &t!("questions-nobody-next"), |_| ());
    } else {
        let next = format!("{} {}", t!("list-no-codes-next"), t!("questions-no-portal"));
        empty(ui, icons::HEADSET, &t!("list-no-codes"), &next, |_| ());
    }
}

/// `● Ready ▾  Anna Berg · Acme  ⚙ ?`
fn who(ui: &mut Ui, view: &RepView, settings: &mut Settings, actions: &mut Vec<ListAction>) {
    let SignIn::In { rep, account, reconnecting, .. } = &view.sign_in else { return };
    ui.horizontal(|ui| {
        let palette = Palette::of(ui);
        let chosen = availability::menu(ui, view, *reconnecting, settings);
        actions.extend(chosen.map(ListAction::Send));
        ui.label(fonts::strong(rep, size::BODY));
        ui.label(RichText::new(account).color(palette.muted_ink));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::SIGN_OUT, &t!("list-sign-out")).clicked() {
                actions.push(ListAction::SignOut);
            }
            if icon_button(ui, icons::HELP, &t!("menu-help")).clicked() {
                actions.push(ListAction::Help);
            }
            if icon_button(ui, icons::SETTINGS, &t!("menu-preferences")).clicked() {
                actions.push(ListAction::Preferences);
            }
            if icon_button(ui, icons::MONITOR_PLUGINS, &t!("menu-monitor")).clicked() {
                actions.push(ListAction::Monitor);
            }
        });
    });
}

fn running(ui: &mut Ui, sessions: &[&RepSession], actions: &mut Vec<ListAction>) {
    if sessions.is_empty() {
        empty(ui, icons::SESSIONS, &t!("list-no-sessions"), &t!("list-no-sessions-next"), |_| ());
        return;
    }
    heading(ui, t!("list-sessions-title"));
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::S;
        for session in sessions {
            card(ui, |ui| {
                row(ui, session, actions);
                asked::line(ui, &session.view);
            });
        }
    });
}

fn row(ui: &mut Ui, session: &RepSession, actions: &mut Vec<ListAction>) {
    let view = &session.view;
    ui.horizontal(|ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.label(fonts::strong(peer(session), size::BODY));
            ui.horizontal(|ui| {
                let palette = Palette::of(ui);
                if session.unread > 0 {
                    badge(ui, &t!("unread-count", "count" => u64::from(session.unread)), palette.accent);
                }
                badge(ui, &words::state(&view.state), colour(&view.state, palette));
                match &view.state {
                    SessionState::Active => drop(line_sign(ui, &view.link)),
                    SessionState::Lost { seconds_left } => {
                        drop(muted(ui, t!("list-lost-left", "left" => words::clock(*seconds_left))))
                    }
                    SessionState::Ended { reason } => drop(muted(ui, words::end_for_rep(*reason))),
                    SessionState::Failed { problem } => drop(muted(ui, words::problem(problem).what)),
                    SessionState::Waiting | SessionState::Connecting { .. } | SessionState::AwaitingConsent => {}
                }
            });
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if matches!(view.state, SessionState::Ended { .. } | SessionState::Failed { .. })
                && icon_button(ui, icons::CLOSE, &t!("list-remove")).clicked()
            {
                actions.push(ListAction::Send(RepCommand::Close { session: session.id }));
            }
            if Button::secondary(t!("list-open")).show(ui).clicked() {
                actions.push(ListAction::Open(session.id));
            }
        });
    });
}
