//! A colleague asks this rep to take a session over or to come into it, or the rep has opened one that waits in a portal's queue: a
//! window in the corner as for a question, with the notes and what was said so far to be read before the answer.
//!
//! It never takes the keyboard and closes when there is nothing to answer any more.

use crate::corner;
use crate::questions::{is_connected, who};
use crate::{running_session, seats};
use egui::accesskit::Role;
use egui::{
    Align, CentralPanel, CornerRadius, Frame, Label, Layout, Margin, Rect, RichText, ScrollArea, Stroke, Ui,
    ViewportBuilder, ViewportId, WidgetInfo, X11WindowType, vec2,
};
use lotse_engine::rep::{AskedHandOver, RepCommand, RepView};
use lotse_protocol::handover::{HandOverId, Purpose};
use lotse_ui::tokens::{CONTROL_HEIGHT, Palette, size, space};
use lotse_ui::widgets::{Button, muted};
use lotse_ui::{fonts, icons, t, words};
use std::time::{Duration, Instant};

/// Of the window, in points.
const SIZE: [f32; 2] = [460.0, 420.0];
/// Height of the countdown, in points.
const LINE: f32 = 3.0;
/// How often the line moves.
const LINE_STEP: Duration = Duration::from_millis(250);

#[derive(Default)]
pub(crate) struct HandOverAlert {
    shown: Option<Shown>,
}

struct Shown {
    offer: HandOverId,
    /// In points; `None`: wherever windows open.
    at: Option<[f32; 2]>,
}

fn asked(view: &RepView) -> Option<&AskedHandOver> {
    view.hand_over.as_deref().filter(|_| is_connected(view))
}

impl HandOverAlert {
    /// Another than the one that stands there is to be shown, or none. Only drawing does that.
    pub(crate) fn is_behind(&self, view: &RepView) -> bool {
        asked(view).map(|asked| asked.id) != self.shown.as_ref().map(|shown| shown.offer)
    }

    pub(crate) fn show(&mut self, context: &egui::Context, view: &RepView) -> Option<RepCommand> {
        let Some(asked) = asked(view) else {
            self.shown = None;
            return None;
        };
        let shown = match self.shown.take().filter(|shown| shown.offer == asked.id) {
            Some(shown) => shown,
            None => Shown { offer: asked.id, at: place(context) },
        };
        let viewport = ViewportId::from_hash_of(("hand over", asked.id));
        let command =
            context.show_viewport_immediate(viewport, window(shown.at), |ui, _class| contents(ui, view, asked));
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
        .with_title(t!("hand-over-window"))
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

fn contents(ui: &mut Ui, view: &RepView, asked: &AskedHandOver) -> Option<RepCommand> {
    let palette = Palette::of(ui);
    let frame = Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.control_line))
        .inner_margin(Margin::same(space::L as i8));
    let left = asked.until.map(|until| until.saturating_duration_since(Instant::now()));
    let command = CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            head(ui, asked, left);
            let room = (ui.available_height() - CONTROL_HEIGHT - space::S).max(0.0);
            ui.allocate_ui(vec2(ui.available_width(), room), |ui| {
                ui.set_min_height(room);
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| told(ui, asked));
            });
            buttons(ui, view, asked)
        })
        .inner;
    if let Some(left) = left {
        countdown(ui, left.as_secs_f32() / f32::from(asked.for_s.max(1)));
        if !left.is_zero() {
            ui.ctx().request_repaint_after(LINE_STEP);
        }
    }
    command
}

/// `Anna Berg hands a session over to you            0:41`; no clock where this rep reads by choice.
fn head(ui: &mut Ui, asked: &AskedHandOver, left: Option<Duration>) {
    let title = match (left, asked.purpose) {
        (Some(_), Purpose::TakeOver) => t!("hand-over-take", "from" => &asked.from),
        (Some(_), Purpose::Join) => t!("hand-over-join", "from" => &asked.from),
        (Some(_), Purpose::Observe) => t!("hand-over-observe", "from" => &asked.from),
        (None, purpose) => running_session::title(&asked.from, purpose),
    };
    ui.horizontal(|ui| {
        let palette = Palette::of(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(left) = left {
                // The second that has begun counts.
                let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
                let clock = words::clock(seconds);
                let label = ui.label(RichText::new(&clock).color(palette.muted_ink));
                let said = t!("hand-over-left-name", "left" => clock);
                label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(fonts::strong(&title, size::TITLE)).truncate());
            });
        });
    });
}

/// Everything that is known of the session, what was said last of all.
fn told(ui: &mut Ui, asked: &AskedHandOver) {
    let customer = t!("hand-over-customer", "name" => who(&asked.customer));
    let system = if asked.system.is_empty() { String::new() } else { format!(" · {}", asked.system) };
    ui.add(Label::new(format!("{customer}{system}")).wrap());
    if !asked.portal.is_empty() {
        muted(ui, t!("asked-line", "portal" => &asked.portal, "text" => &asked.question));
    }
    if !asked.note.is_empty() {
        ui.add(Label::new(t!("hand-over-note", "from" => &asked.from, "note" => &asked.note)).wrap());
    }
    if !asked.notes.is_empty() {
        ui.label(fonts::strong(t!("hand-over-notes"), size::BODY));
        ui.add(Label::new(&asked.notes).wrap());
    }
    ui.label(fonts::strong(t!("hand-over-said"), size::BODY));
    match &asked.summary {
        Some(said) => drop(ui.add(Label::new(said).wrap())),
        None => drop(muted(ui, t!("hand-over-nothing-said"))),
    }
}

fn buttons(ui: &mut Ui, view: &RepView, asked: &AskedHandOver) -> Option<RepCommand> {
    let offer = asked.id;
    let may = !seats::waits(view) && !asked.accepting;
    ui.horizontal(|ui| {
        let label = match (asked.accepting, asked.purpose) {
            (true, _) => t!("hand-over-under-way"),
            (false, Purpose::TakeOver) => t!("hand-over-yes-take"),
            (false, Purpose::Join) => t!("hand-over-yes-join"),
            (false, Purpose::Observe) => t!("hand-over-yes-observe"),
        };
        let accept = Button::primary(label).icon(icons::HEADSET).enabled(may).show(ui);
        let (no, no_name) = match asked.until {
            Some(_) => (t!("hand-over-no"), t!("hand-over-no-name", "from" => &asked.from)),
            None => (t!("hand-over-close"), t!("hand-over-close-name", "from" => &asked.from)),
        };
        let decline = Button::secondary(no).enabled(!asked.accepting).show(ui).accessible_name(no_name);
        match (accept.clicked(), decline.clicked()) {
            (true, _) => Some(RepCommand::AnswerHandOver { offer, accept: true }),
            (false, true) => Some(RepCommand::AnswerHandOver { offer, accept: false }),
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

/// `In this session: Anna Berg (you), Bo Lind (looks on)`; nothing while nobody but this rep was ever in it.
pub(crate) fn reps(ui: &mut Ui, view: &lotse_engine::view::View) {
    if view.reps.len() < 2 && view.reps.iter().all(|rep| rep.you) {
        return;
    }
    let name = |rep: &lotse_engine::view::PresentRep| match (rep.you, rep.observing) {
        (true, true) => t!("reps-you-observing", "name" => &rep.name),
        (true, false) => t!("reps-you", "name" => &rep.name),
        (false, true) => t!("reps-observing", "name" => &rep.name),
        (false, false) => rep.name.clone(),
    };
    let names: Vec<String> = view.reps.iter().map(name).collect();
    muted(ui, t!("reps-here", "names" => names.join(", ")));
}
