//! A small window in the corner of the screen, above others, while this rep is asked something, by a customer or by a colleague, or
//! reads what they have opened themselves. Where one stands already, another stands above it, so that no press meant for one falls
//! on the other.
//!
//! It never takes the keyboard: its window is none that a window manager gives it to. A line at its lower edge says how much time
//! is left, if there is an end, and it closes when there is nothing to answer any more. What is asked, and what may be answered, is for [`Asks`] to say.

use crate::corner;
use egui::accesskit::Role;
use egui::{
    Align, CentralPanel, CornerRadius, Frame, Layout, Margin, Rect, RichText, Stroke, Ui, ViewportBuilder, ViewportId,
    WidgetInfo, X11WindowType, vec2,
};
use lotse_engine::rep::RepCommand;
use lotse_ui::tokens::{CONTROL_HEIGHT, Palette, space};
use lotse_ui::words;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Height of the countdown, in points.
const LINE: f32 = 3.0;
/// How often the line moves: on a longest line of a shortest offer by 20 points.
const LINE_STEP: Duration = Duration::from_millis(250);

/// Something that this rep is asked for a while, or reads.
pub(crate) trait Asks {
    type Id: Copy + PartialEq + Hash + std::fmt::Debug;
    /// Keeps windows of one kind apart from those of another.
    const KIND: &'static str;
    /// Of the window, in points.
    const SIZE: [f32; 2];

    fn id(&self) -> Self::Id;
    /// What the window is called.
    fn window(&self) -> String;
    /// When it is over, and the whole of its time, in seconds; none: it is read by choice, for as long as somebody likes.
    fn until(&self) -> Option<(Instant, u16)>;
    /// What the time means that is left, for screen readers.
    fn left(&self, clock: &str) -> String;
    /// Who asks, on one line beside the clock.
    fn title(&self, ui: &mut Ui);
    /// What they ask, in the room between title and buttons.
    fn body(&self, ui: &mut Ui);
    fn buttons(&self, ui: &mut Ui) -> Option<RepCommand>;
}

/// The window, while there is one.
pub(crate) struct Popup<Id> {
    shown: Option<Shown<Id>>,
}

struct Shown<Id> {
    id: Id,
    /// In points; `None`: wherever windows open.
    at: Option<[f32; 2]>,
    /// Its height, if it stands in the corner itself, and not above another.
    in_corner: Option<f32>,
}

impl<Id> Default for Popup<Id> {
    fn default() -> Self {
        Self { shown: None }
    }
}

impl<Id: Copy + PartialEq + Hash + std::fmt::Debug> Popup<Id> {
    /// Another than the one that stands there is to be shown, or none. Only drawing does that.
    pub(crate) fn is_behind(&self, asked: Option<Id>) -> bool {
        self.shown.as_ref().map(|shown| shown.id) != asked
    }

    /// How high what stands in the corner is, in points; 0: nothing of this kind does.
    pub(crate) fn in_corner(&self) -> f32 {
        self.shown.as_ref().and_then(|shown| shown.in_corner).unwrap_or(0.0)
    }

    /// `below`: how high another kind's window is that stands in the corner already; 0: none does.
    pub(crate) fn show<A: Asks<Id = Id>>(
        &mut self,
        context: &egui::Context,
        asks: Option<&A>,
        below: f32,
    ) -> Option<RepCommand> {
        let Some(asks) = asks else {
            self.shown = None;
            return None;
        };
        let at = self.stand(asks.id(), A::SIZE, below, |size| place(context, size, below));
        let viewport = ViewportId::from_hash_of((A::KIND, asks.id()));
        let window = window(asks.window(), A::SIZE, at);
        context.show_viewport_immediate(viewport, window, |ui, _class| contents(ui, asks))
    }

    /// Where this one stands: where it did, however the corner has changed since. Nothing moves under the pointer.
    fn stand(
        &mut self,
        id: Id,
        size: [f32; 2],
        below: f32,
        place: impl FnOnce([f32; 2]) -> Option<[f32; 2]>,
    ) -> Option<[f32; 2]> {
        if let Some(shown) = self.shown.as_ref().filter(|shown| shown.id == id) {
            return shown.at;
        }
        let [_, height] = size;
        let (at, in_corner) = (place(size), (below <= 0.0).then_some(height));
        self.shown = Some(Shown { id, at, in_corner });
        at
    }
}

/// Where windows are drawn within another one, as in tests, there is no screen to stand on.
fn place(context: &egui::Context, size: [f32; 2], below: f32) -> Option<[f32; 2]> {
    if context.embed_viewports() { None } else { corner::of_screen(size, context.pixels_per_point(), below) }
}

/// A window that window managers leave alone: they neither move it nor give it the keyboard.
fn window(title: String, size: [f32; 2], at: Option<[f32; 2]>) -> ViewportBuilder {
    let builder = ViewportBuilder::default()
        .with_title(title)
        .with_app_id("lotse")
        .with_icon(lotse_ui::brand::icon())
        .with_inner_size(size)
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

fn contents(ui: &mut Ui, asks: &impl Asks) -> Option<RepCommand> {
    let palette = Palette::of(ui);
    let frame = Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.control_line))
        .inner_margin(Margin::same(space::L as i8));
    let time = asks.until().map(|(until, for_s)| (until.saturating_duration_since(Instant::now()), for_s));
    let command = CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            head(ui, asks, time.map(|(left, _)| left));
            let room = (ui.available_height() - CONTROL_HEIGHT - space::S).max(0.0);
            ui.allocate_ui(vec2(ui.available_width(), room), |ui| {
                ui.set_min_height(room);
                asks.body(ui);
            });
            ui.horizontal(|ui| asks.buttons(ui)).inner
        })
        .inner;
    if let Some((left, for_s)) = time {
        countdown(ui, left.as_secs_f32() / f32::from(for_s.max(1)));
        if !left.is_zero() {
            ui.ctx().request_repaint_after(LINE_STEP);
        }
    }
    command
}

/// `K. Weber · Billing            0:21`; no clock where there is no end.
fn head(ui: &mut Ui, asks: &impl Asks, left: Option<Duration>) {
    ui.horizontal(|ui| {
        let palette = Palette::of(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(left) = left {
                // The second that has begun counts.
                let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
                let clock = words::clock(seconds);
                let label = ui.label(RichText::new(&clock).color(palette.muted_ink));
                let said = asks.left(&clock);
                label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| asks.title(ui));
        });
    });
}

/// A thin line at the lower edge that grows shorter.
fn countdown(ui: &Ui, part: f32) {
    let edge = ui.max_rect();
    let length = vec2(edge.width() * part.clamp(0.0, 1.0), LINE);
    let line = Rect::from_min_size(edge.left_bottom() - vec2(0.0, LINE), length);
    ui.painter().rect_filled(line, CornerRadius::ZERO, Palette::of(ui).accent);
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAND_OVER: [f32; 2] = [460.0, 420.0];
    const ALERT: [f32; 2] = [400.0, 176.0];

    /// Scar: a question that came while a rep read a session had its "Answer" over the other window's "Take over".
    #[test]
    fn q1_where_one_stands_another_stands_above_it_and_neither_moves() {
        let (mut reading, mut alert) = (Popup::<u8>::default(), Popup::<u8>::default());
        let at = |below: f32| move |_: [f32; 2]| Some([0.0, below]);
        let low = alert.in_corner();
        assert_eq!(reading.stand(1, HAND_OVER, low, at(low)), Some([0.0, 0.0]));
        let low = reading.in_corner();
        assert_eq!(alert.stand(2, ALERT, low, at(low)), Some([0.0, 420.0]));
        assert_eq!(alert.in_corner(), 0.0, "it stands above, and not in the corner");
        reading.shown = None;
        let low = reading.in_corner();
        assert_eq!(alert.stand(2, ALERT, low, at(low)), Some([0.0, 420.0]), "not while somebody may be about to press");
        let low = alert.in_corner();
        assert_eq!(reading.stand(3, HAND_OVER, low, at(low)), Some([0.0, 0.0]));
        let low = reading.in_corner();
        assert_eq!(alert.stand(4, ALERT, low, at(low)), Some([0.0, 420.0]), "the next question, too");
    }
}
