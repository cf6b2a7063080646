//! Several sessions in one window, a tab each. What a tab shows is the session's own window's.
//!
//! Ctrl+Tab leads to the next tab and Ctrl+Shift+Tab back. A session that begins does not push away the one that is being
//! written in: its tab comes to the others.

use crate::session::{colour, peer, titled};
use crate::session_action::SessionAction;
use crate::session_window::SessionWindow;
use crate::settings::Settings;
use crate::shortcuts;
use crate::window_size::remember_size;
use egui::accesskit::Role;
use egui::{Frame, Margin, Panel, ScrollArea, Ui, ViewportBuilder, ViewportId, WidgetInfo, vec2};
use lotse_engine::rep::RepSession;
use lotse_protocol::control::SessionId;
use lotse_ui::tokens::{CONTROL_HEIGHT, Palette, mix, size, space};
use lotse_ui::widgets::focus_ring;
use lotse_ui::{fonts, icons, t, words};
use std::collections::BTreeMap;

/// Of a name on a tab, in characters.
const NAME_CHARS_MAX: usize = 22;

#[derive(Default)]
pub(crate) struct StackWindow {
    current: Option<SessionId>,
    /// Where the current tab stands among the others.
    at: usize,
    /// The tab that was drawn last.
    drawn: Option<SessionId>,
    opened_at: Option<[f32; 2]>,
    is_open: bool,
}

impl StackWindow {
    pub(crate) fn viewport() -> ViewportId {
        ViewportId::from_hash_of("session stack")
    }

    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// This session's tab is the one to be seen.
    pub(crate) fn select(&mut self, session: SessionId) {
        self.current = Some(session);
    }

    /// Sessions stand in windows of their own.
    pub(crate) fn close(&mut self) {
        *self = Self { current: self.current, ..Self::default() };
    }

    /// `sessions`: those that have a tab, with their windows' contents in `windows`.
    pub(crate) fn show(
        &mut self,
        context: &egui::Context,
        sessions: &[&RepSession],
        windows: &mut BTreeMap<SessionId, SessionWindow>,
        settings: &mut Settings,
    ) -> Vec<SessionAction> {
        let mut actions = Vec::new();
        let Some(mut current) = self.choose(sessions) else {
            self.close();
            return actions;
        };
        self.is_open = true;
        // The size it opens with; asking for the remembered one again and again would fight with the person's hand.
        let [width, height] = *self.opened_at.get_or_insert(settings.stack_size);
        let unread = sessions.iter().fold(0_u32, |sum, session| sum.saturating_add(session.unread));
        let builder = ViewportBuilder::default()
            .with_title(titled(unread, current))
            .with_app_id("lotse")
            .with_icon(lotse_ui::brand::icon())
            .with_inner_size([width, height])
            .with_min_inner_size([420.0, 440.0]);
        context.show_viewport_immediate(Self::viewport(), builder, |ui, _class| {
            current = self.tabs(ui, sessions, current);
            if let Some(before) = self.drawn.replace(current.id).filter(|before| *before != current.id) {
                let left = sessions.iter().find(|session| session.id == before);
                let leaves = |session: &&RepSession| windows.get(&before)?.leave(session);
                actions.extend(left.and_then(leaves));
            }
            if let Some(window) = windows.get_mut(&current.id) {
                window.focused = ui.input(|input| input.focused);
                ui.push_id(current.id, |ui| {
                    window.contents(ui, current, &mut settings.notes_folded, &mut actions);
                });
            }
            remember_size(ui, &mut settings.stack_size);
        });
        self.current = Some(current.id);
        actions
    }

    /// The tab to be seen: the chosen one, or the one that took its place.
    fn choose<'a>(&mut self, sessions: &[&'a RepSession]) -> Option<&'a RepSession> {
        let chosen = sessions.iter().position(|session| Some(session.id) == self.current);
        self.at = chosen.unwrap_or_else(|| self.at.min(sessions.len().saturating_sub(1)));
        sessions.get(self.at).copied()
    }

    /// Draws the tabs, if there is more than one, and gives the one to be seen.
    fn tabs<'a>(&mut self, ui: &mut Ui, sessions: &[&'a RepSession], current: &'a RepSession) -> &'a RepSession {
        let count = sessions.len();
        let mut at = self.at;
        if shortcuts::pressed(ui, shortcuts::PREVIOUS_TAB) {
            at = (at + count.saturating_sub(1)) % count.max(1);
        }
        if shortcuts::pressed(ui, shortcuts::NEXT_TAB) {
            at = (at + 1) % count.max(1);
        }
        if count > 1 {
            let margin = Margin::symmetric(space::S as i8, space::XS as i8);
            let frame = Frame::new().fill(Palette::of(ui).canvas).inner_margin(margin);
            Panel::top("session tabs").frame(frame).show(ui, |ui| {
                ScrollArea::horizontal().id_salt("session tabs").show(ui, |ui| {
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = space::XS;
                        for (index, session) in sessions.iter().enumerate() {
                            let moved = self.drawn != Some(session.id);
                            if tab(ui, index, session, index == at, moved) {
                                at = index;
                            }
                        }
                    });
                });
            });
        }
        if at != self.at {
            // The title is the next pass's.
            ui.ctx().request_repaint();
        }
        self.at = at;
        sessions.get(at).copied().unwrap_or(current)
    }
}

/// `● 1 K. Weber (2)`. True: it was clicked. `moved`: it was not the one that was seen last.
fn tab(ui: &mut Ui, index: usize, session: &RepSession, chosen: bool, moved: bool) -> bool {
    let palette = Palette::of(ui);
    let whole = peer(session);
    let mut label: String = whole.chars().take(NAME_CHARS_MAX).collect();
    if label.len() < whole.len() {
        label.push('…');
    }
    if session.unread > 0 {
        label = format!("{label} ({})", crate::session::unread(session.unread));
    }
    let text = egui::RichText::new(format!("{} {label}", index + 1)).color(palette.ink);
    let strong = chosen || session.unread > 0;
    let text = if strong { text.font(egui::FontId::new(size::BODY, fonts::strong_family())) } else { text };
    let fill = if chosen { mix(palette.surface, palette.accent, 0.16) } else { egui::Color32::TRANSPARENT };
    let sign = fonts::icon(icons::CIRCLE, 12.0).color(colour(&session.view.state, palette));
    let button = egui::Button::new((sign, text)).fill(fill).stroke(egui::Stroke::NONE);
    let response = ui.add(button.min_size(vec2(0.0, CONTROL_HEIGHT)));
    focus_ring(ui, &response);
    let state = words::state(&session.view.state);
    let name = match session.unread {
        0 => t!("tab-name", "peer" => whole, "state" => state),
        unread => t!("tab-name-unread", "peer" => whole, "count" => u64::from(unread), "state" => state),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, &name));
    if chosen && moved {
        response.scroll_to_me(None);
    }
    response.clicked()
}
