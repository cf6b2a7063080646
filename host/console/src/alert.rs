//! The popup alert: a small window in the corner of the screen, above others, while a question is offered to the rep.
//!
//! It never takes the keyboard: its window is none that a window manager gives it to. The console's other windows have keys
//! for it. It closes when the offer is over; the list then tells what became of it.

use crate::questions::{alerted, may_answer, rows, who};
use crate::settings::Settings;
use crate::{corner, shortcuts};
use egui::accesskit::Role;
use egui::{
    Align, CentralPanel, CornerRadius, Frame, Label, Layout, Margin, Rect, RichText, Stroke, Ui, ViewportBuilder,
    ViewportId, WidgetInfo, X11WindowType, vec2,
};
use lotse_engine::rep::{Offer, RepCommand, RepView};
use lotse_protocol::question::QuestionId;
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::Button;
use lotse_ui::{fonts, icons, t, words};
use std::time::{Duration, Instant};

/// Of the window, in points.
const SIZE: [f32; 2] = [400.0, 176.0];
/// Rows of a question; the list has the whole of it.
const ROWS: usize = 3;
/// Height of the countdown, in points.
const LINE: f32 = 3.0;
/// How often the line moves: on a longest line of a shortest offer by 20 points.
const LINE_STEP: Duration = Duration::from_millis(250);

#[derive(Default)]
pub(crate) struct Alert {
    shown: Option<Shown>,
}

struct Shown {
    question: QuestionId,
    /// In points; `None`: wherever windows open.
    at: Option<[f32; 2]>,
}

impl Alert {
    /// Another question than the one that stands there is to be shown, or none. Only drawing does that.
    pub(crate) fn is_behind(&self, view: &RepView, settings: &Settings) -> bool {
        let shown = self.shown.as_ref().map(|shown| shown.question);
        alerted(view, settings).map(|offer| offer.question.id) != shown
    }

    pub(crate) fn show(&mut self, context: &egui::Context, view: &RepView, settings: &Settings) -> Option<RepCommand> {
        let Some(offer) = alerted(view, settings) else {
            self.shown = None;
            return None;
        };
        let id = offer.question.id;
        let shown = match self.shown.take().filter(|shown| shown.question == id) {
            Some(shown) => shown,
            None => Shown { question: id, at: place(context) },
        };
        let viewport = ViewportId::from_hash_of(("alert", id));
        let command =
            context.show_viewport_immediate(viewport, window(shown.at), |ui, _class| contents(ui, view, offer));
        self.shown = Some(shown);
        command
    }
}

/// Where windows are drawn within another one, as in tests, there is no screen to stand on.
fn place(context: &egui::Context) -> Option<[f32; 2]> {
    if context.embed_viewports() { None } else { corner::of_screen(SIZE, context.pixels_per_point()) }
}

/// A window that window managers leave alone: they neither move it nor give it the keyboard.
fn window(at: Option<[f32; 2]>) -> ViewportBuilder {
    let builder = ViewportBuilder::default()
        .with_title(t!("alert-window"))
        .with_app_id("lotse")
        .with_icon(lotse_ui::brand::icon())
        .with_inner_size(SIZE)
        .with_resizable(false)
        .with_decorations(false)
        .with_taskbar(false)
        .with_active(false)
        .with_always_on_top()
        .with_window_type(X11WindowType::Notification)
        .with_override_redirect(true);
    match at {
        Some(at) => builder.with_position(at),
        None => builder,
    }
}

fn contents(ui: &mut Ui, view: &RepView, offer: &Offer) -> Option<RepCommand> {
    let palette = Palette::of(ui);
    let frame = Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.control_line))
        .inner_margin(Margin::same(space::L as i8));
    let left = offer.until.saturating_duration_since(Instant::now());
    let command = CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            let name = who(&offer.question.name);
            head(ui, &name, offer, left);
            let room = ui.available_height() - lotse_ui::tokens::CONTROL_HEIGHT - space::S;
            ui.allocate_ui(vec2(ui.available_width(), room.max(0.0)), |ui| {
                ui.set_min_height(room.max(0.0));
                rows(ui, &offer.question.text, ROWS);
            });
            buttons(ui, view, offer, &name)
        })
        .inner;
    countdown(ui, left.as_secs_f32() / f32::from(offer.for_s.max(1)));
    if !left.is_zero() {
        ui.ctx().request_repaint_after(LINE_STEP);
    }
    command
}

/// `K. Weber · Billing            0:21`
fn head(ui: &mut Ui, name: &str, offer: &Offer, left: Duration) {
    ui.horizontal(|ui| {
        let palette = Palette::of(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // The second that has begun counts.
            let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
            let clock = words::clock(seconds);
            let label = ui.label(RichText::new(&clock).color(palette.muted_ink));
            let said = t!("question-left-name", "left" => clock);
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(fonts::strong(name, size::TITLE)).truncate());
                let portal = RichText::new(format!("· {}", offer.question.portal)).color(palette.muted_ink);
                ui.add(Label::new(portal).truncate());
            });
        });
    });
}

fn buttons(ui: &mut Ui, view: &RepView, offer: &Offer, name: &str) -> Option<RepCommand> {
    let question = offer.question.id;
    let may = may_answer(view);
    let under_way = view.questions.answering == Some(question);
    ui.horizontal(|ui| {
        let label = if under_way { t!("question-answering") } else { t!("question-answer") };
        let answer = Button::primary(label).icon(icons::CHAT).shortcut(shortcuts::name(shortcuts::ANSWER));
        let answer = answer.enabled(may).show(ui).accessible_name(t!("question-answer-name", "name" => name));
        // Without its key, which the help names: in German both have no room.
        let pass = Button::secondary(t!("question-pass"));
        let pass = pass.enabled(may).show(ui).accessible_name(t!("question-pass-name", "name" => name));
        match (answer.clicked(), pass.clicked()) {
            (true, _) => Some(RepCommand::AnswerQuestion { question }),
            (false, true) => Some(RepCommand::PassQuestion { question }),
            (false, false) => None,
        }
    })
    .inner
}

/// A thin line at the lower edge that grows shorter.
fn countdown(ui: &Ui, part: f32) {
    let edge = ui.max_rect();
    let length = vec2(edge.width() * part.clamp(0.0, 1.0), LINE);
    let line = Rect::from_min_size(edge.left_bottom() - vec2(0.0, LINE), length);
    ui.painter().rect_filled(line, CornerRadius::ZERO, Palette::of(ui).accent);
}
