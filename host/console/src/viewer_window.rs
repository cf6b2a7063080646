//! The viewer: a slim bar of ours, and under it the picture, which is a native window of [`lotse_viewer`] within this
//! one. The bar hides in full screen and comes back when the pointer touches the upper edge, and stays while it has
//! something to say.

use crate::settings::Settings;
use crate::window_size::remember_size;
use crate::x11_window::Finder;
use crate::{shortcuts, viewer_bar};
use egui::scroll_area::{DragScroll, ScrollSource};
use egui::{
    CentralPanel, CursorIcon, Event, Frame, Key, Modifiers, Rect, ScrollArea, Ui, UiBuilder, UserAttentionType,
    ViewportBuilder, ViewportCommand, ViewportId,
};
use lotse_engine::Value;
use lotse_engine::rep::{RepCommand, RepSession, RepView};
use lotse_engine::view::{Command, SurfaceInput, SurfaceOptions, SurfaceView};
use lotse_ui::tokens::Palette;
use lotse_ui::widgets::empty;
use lotse_ui::{icons, t};
use lotse_viewer::{Place, ViewerHost};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) struct Viewers {
    host: Option<Arc<ViewerHost>>,
    finder: Option<Finder>,
    windows: BTreeMap<u64, Window>,
    returning: Option<Returning>,
}

/// The keyboard that a window which is just opening takes from a picture that is being steered. Window managers give it
/// to each new window, and the toolkit cannot ask for one without it on X11.
#[derive(Clone, Copy)]
struct Returning {
    surface: u64,
    opened: ViewportId,
    until: Instant,
}

#[derive(Default)]
struct Window {
    /// X11 id, once it was found.
    parent: Option<u32>,
    opened_at: Option<[f32; 2]>,
    full_screen: bool,
    interactive: bool,
    offset: (i32, i32),
    /// In full screen the bar comes and goes; since when nobody needs it (window time).
    bar: bool,
    idle_since: Option<f64>,
    /// When a key was pressed for the last time (window time).
    key_at: Option<f64>,
}

/// Points at the upper edge of a full screen at which the pointer is this window's, so that it is felt. The picture is
/// seen there: on a screen of the customer's size every pixel of it has its own.
const EDGE: f32 = 2.0;
/// How long the bar stays when the pointer has gone, in seconds.
const BAR_STAYS_S: f64 = 0.8;
/// How long after a key, in seconds: what the keyboard is on stays so for good, and the bar must not.
const KEYS_STAY_S: f64 = 3.0;
/// By then a new window is there, and whoever has the keyboard wants to.
const OPENS_WITHIN: Duration = Duration::from_secs(2);
/// Keys that are typed until it is given back go astray, so that is soon.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

impl Viewers {
    pub(crate) fn new(host: Option<Arc<ViewerHost>>) -> Self {
        Self { host, finder: None, windows: BTreeMap::new(), returning: None }
    }

    /// A picture was opened, and its window has yet to be.
    pub(crate) fn is_one_to_open(&self, view: &RepView) -> bool {
        let mut surfaces = view.sessions.iter().flat_map(|session| &session.view.surfaces);
        surfaces.any(|surface| !self.windows.contains_key(&surface.id))
    }

    /// The viewers that are there.
    pub(crate) fn viewports(&self) -> Vec<ViewportId> {
        self.windows.keys().map(|surface| viewport(*surface)).collect()
    }

    /// A window opens by itself: whoever steers somebody else goes on typing there.
    pub(crate) fn keep_keyboard(&mut self, context: &egui::Context, opened: ViewportId) {
        if let Some(surface) = self.host.as_ref().and_then(|host| host.keyboard()) {
            self.returning = Some(Returning { surface, opened, until: Instant::now() + OPENS_WITHIN });
            context.request_repaint_after_for(LOOK_AGAIN, ViewportId::ROOT);
        }
    }

    /// Gives the keyboard back once it is lost to the window that was opened, which then calls for attention instead.
    /// Called while nothing is drawn, too: the picture may cover everything.
    pub(crate) fn return_keyboard(&mut self, context: &egui::Context) {
        let (Some(host), Some(returning)) = (&self.host, self.returning) else { return };
        if host.keyboard() != Some(returning.surface) {
            host.focus(returning.surface);
            let attention = ViewportCommand::RequestUserAttention(UserAttentionType::Informational);
            context.send_viewport_cmd_to(returning.opened, attention);
            self.returning = None;
        } else if Instant::now() >= returning.until {
            self.returning = None;
        } else {
            context.request_repaint_after_for(LOOK_AGAIN, ViewportId::ROOT);
        }
    }

    pub(crate) fn show(
        &mut self,
        context: &egui::Context,
        view: &RepView,
        settings: &mut Settings,
        send: &mut dyn FnMut(RepCommand),
    ) {
        self.windows.retain(|id, _| {
            view.sessions.iter().any(|session| session.view.surfaces.iter().any(|surface| surface.id == *id))
        });
        for session in &view.sessions {
            for surface in &session.view.surfaces {
                self.show_one(context, session, surface, settings, send);
            }
        }
    }

    fn show_one(
        &mut self,
        context: &egui::Context,
        session: &RepSession,
        surface: &SurfaceView,
        settings: &mut Settings,
        send: &mut dyn FnMut(RepCommand),
    ) {
        let window = self.windows.entry(surface.id).or_default();
        let title = window.title(self.host.is_some(), surface);
        // The size it opens with; asking for the remembered one again and again would fight with the person's hand.
        let [width, height] = *window.opened_at.get_or_insert(settings.viewer_size);
        let builder = ViewportBuilder::default()
            .with_title(&title)
            .with_app_id("lotse")
            .with_icon(lotse_ui::brand::icon())
            .with_inner_size([width, height])
            .with_min_inner_size([320.0, 240.0]);
        let id = viewport(surface.id);
        let mut commands = Vec::new();
        context.show_viewport_immediate(id, builder, |ui, _class| {
            let window = self.windows.entry(surface.id).or_default();
            if window.full_screen != surface.options.full_screen {
                window.full_screen = surface.options.full_screen;
                ui.ctx().send_viewport_cmd(ViewportCommand::Fullscreen(window.full_screen));
            }
            let options = surface.options;
            let (area, bar) = if options.full_screen {
                // The bar stands over the picture, which does not move for it.
                let mut whole = ui.new_child(UiBuilder::new().max_rect(ui.max_rect()));
                let area = picture_area(&mut whole, surface, &mut window.offset);
                let shown = window.wants_bar(ui, viewer_bar::says_something(session));
                (area, if shown { viewer_bar::show(ui, session, &mut commands) } else { Rect::NOTHING })
            } else {
                let bar = viewer_bar::show(ui, session, &mut commands);
                (picture_area(ui, surface, &mut window.offset), bar)
            };
            let steers = std::mem::replace(&mut window.interactive, options.interactive);
            self.place(ui, surface, area, bar, &title);
            // Whoever asked for control here goes on in the picture. Another window's keyboard is not taken.
            if options.interactive
                && !steers
                && ui.input(|input| input.focused)
                && let Some(host) = &self.host
            {
                host.focus(surface.id);
            }
            commands.extend(hotkeys(ui, options).map(|number| hotkey(surface, number)));
            if ui.input(|input| input.viewport().close_requested()) {
                commands.push(Command::Surface { surface: surface.id, input: SurfaceInput::Closed });
            }
            if options.full_screen && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
                commands.push(changed(surface, "full-screen", false));
            }
            if !options.full_screen {
                remember_size(ui, &mut settings.viewer_size);
            }
        });
        for command in commands {
            send(RepCommand::Session { session: session.id, command });
        }
    }

    /// Tells the native picture where it stands, in pixels of this window.
    fn place(&mut self, ui: &Ui, surface: &SurfaceView, area: Rect, bar: Rect, title: &str) {
        let Some(host) = &self.host else { return };
        let taken: Vec<u32> = self.windows.values().filter_map(|window| window.parent).collect();
        let Some(window) = self.windows.get_mut(&surface.id) else { return };
        if window.parent.is_none() {
            self.finder = self.finder.take().or_else(Finder::new);
            window.parent = self.finder.as_ref().and_then(|finder| finder.find(title, &taken));
            // A window that has just been opened is there a moment later.
            ui.ctx().request_repaint_after(Duration::from_millis(30));
        }
        let Some(parent) = window.parent else { return };
        let scale = ui.ctx().pixels_per_point();
        let pixels = |points: f32| (points * scale).round() as i32;
        let (x, y) = (pixels(area.left()), pixels(area.top()));
        let side = |to: f32, from: i32| u32::try_from(pixels(to) - from).unwrap_or(0);
        let (width, height) = (side(area.right(), x), side(area.bottom(), y));
        host.set_options(surface.id, surface.options);
        host.place(
            surface.id,
            Place { parent, x, y, width, height, visible: surface.width > 0 && width > 0 && height > 0 },
        );
        host.set_holes(surface.id, &holes(ui, area, bar, scale));
        let edge = lotse_engine::surface::Rect::new(0, 0, width, pixels(EDGE).unsigned_abs());
        host.set_edges(surface.id, &if surface.options.full_screen { vec![edge] } else { Vec::new() });
        host.set_offset(surface.id, window.offset.0, window.offset.1);
    }
}

fn viewport(surface: u64) -> ViewportId {
    ViewportId::from_hash_of(("viewer", surface))
}

/// Menus that are open over the picture are drawn by this window, so the picture leaves room for them.
fn holes(ui: &Ui, area: Rect, bar: Rect, scale: f32) -> Vec<lotse_engine::surface::Rect> {
    let layers: Vec<Rect> = ui.ctx().memory(|memory| {
        let areas = memory.areas();
        areas
            .visible_layer_ids()
            .into_iter()
            .filter(|layer| matches!(layer.order, egui::Order::Foreground | egui::Order::Tooltip | egui::Order::Middle))
            .filter_map(|layer| memory.area_rect(layer.id))
            .collect()
    });
    let mut holes = Vec::new();
    for rect in layers.into_iter().map(|rect| rect.expand(1.0)).chain([bar]) {
        let rect = rect.intersect(area);
        if rect.is_positive() {
            let pixels = |points: f32| (points * scale).round() as i32;
            let (x, y) = (pixels(rect.left() - area.left()), pixels(rect.top() - area.top()));
            let (width, height) = (pixels(rect.width()).unsigned_abs(), pixels(rect.height()).unsigned_abs());
            holes.push(lotse_engine::surface::Rect::new(x, y, width, height));
        }
    }
    holes
}

impl Window {
    /// Until the picture has found its parent, the window bears the surface's number: two may be called the same.
    fn title(&self, hosted: bool, surface: &SurfaceView) -> String {
        let title = t!("viewer-title", "title" => surface.title.as_str());
        if hosted && self.parent.is_none() { format!("{title} · {}", surface.id) } else { title }
    }

    /// In full screen the bar comes when the pointer touches the upper edge, and goes a moment after it has left.
    fn wants_bar(&mut self, ui: &Ui, says_something: bool) -> bool {
        let (now, pointer) = ui.input(|input| (input.time, input.pointer.hover_pos()));
        let by_keyboard = self.has_keyboard(ui, now);
        let near = says_something
            || by_keyboard
            || pointer.is_some_and(|at| at.y <= EDGE + 1.0 || (self.bar && at.y < 56.0))
            || egui::Popup::is_any_open(ui.ctx());
        if near {
            self.bar = true;
            self.idle_since = None;
            if by_keyboard {
                ui.ctx().request_repaint_after(Duration::from_millis(200));
            }
        } else if self.bar {
            let since = *self.idle_since.get_or_insert(now);
            self.bar = now - since < BAR_STAYS_S;
            ui.ctx().request_repaint_after(Duration::from_millis(200));
        }
        self.bar
    }

    /// Somebody acts here by keyboard. Tab finds what is in the bar, though it is hidden.
    fn has_keyboard(&mut self, ui: &Ui, now: f64) -> bool {
        let is_press = |event: &Event| matches!(event, Event::Key { pressed: true, .. });
        let (focused, pressed, tab) =
            ui.input(|input| (input.focused, input.events.iter().any(is_press), input.key_pressed(Key::Tab)));
        if focused && pressed {
            self.key_at = Some(now);
        }
        let lately = self.key_at.is_some_and(|at| now - at < KEYS_STAY_S);
        focused && lately && (tab || ui.memory(|memory| memory.focused().is_some()))
    }
}

/// F9 to F12 where the keyboard is with this window; while the picture has it, they are told by the viewer.
fn hotkeys(ui: &Ui, options: SurfaceOptions) -> impl Iterator<Item = i64> {
    let keys = [(Key::F9, 9), (Key::F10, 10), (Key::F11, 11), (Key::F12, 12)];
    keys.into_iter()
        .filter(move |(key, _)| options.hotkeys && shortcuts::tapped_alone(ui, *key))
        .map(|(_, number)| number)
}

fn hotkey(surface: &SurfaceView, number: i64) -> Command {
    let what = vec![("hotkey".to_owned(), Value::Number(number))];
    Command::Surface { surface: surface.id, input: SurfaceInput::Changed { what } }
}

fn changed(surface: &SurfaceView, what: &str, on: bool) -> Command {
    let what = vec![(what.to_owned(), Value::Flag(on))];
    Command::Surface { surface: surface.id, input: SurfaceInput::Changed { what } }
}

/// The room for the picture; until there is one, words. A picture in its own size that does not fit has scroll bars, and
/// `offset` becomes the pixel of it that stands at the corner.
fn picture_area(ui: &mut Ui, surface: &SurfaceView, offset: &mut (i32, i32)) -> Rect {
    let frame = Frame::new().fill(Palette::of(ui).canvas);
    let central = CentralPanel::default().frame(frame).show(ui, |ui| {
        if surface.width == 0 {
            empty(ui, icons::MONITOR, &t!("viewer-waiting"), &t!("viewer-waiting-next"), |_| ());
        } else if !surface.options.fit && !has_room(ui, surface) {
            return scrolled_area(ui, surface, offset);
        }
        ui.max_rect()
    });
    central.inner
}

/// Counted in pixels: points are fractions of them at some scales, and a bar for nothing would take from the picture.
fn has_room(ui: &Ui, surface: &SurfaceView) -> bool {
    let room = ui.max_rect().size() * ui.ctx().pixels_per_point();
    surface.width as f32 <= room.x.round() && surface.height as f32 <= room.y.round()
}

fn scrolled_area(ui: &mut Ui, surface: &SurfaceView, offset: &mut (i32, i32)) -> Rect {
    let scale = ui.ctx().pixels_per_point();
    let content = egui::vec2(surface.width as f32, surface.height as f32) / scale;
    // Bars of their own room: what floats over the picture would lie beneath it.
    ui.spacing_mut().scroll.floating = false;
    // While the rep only looks, the picture leaves the pointer to this window: wheel, and dragging.
    let drag = if surface.options.interactive { DragScroll::Never } else { DragScroll::Always };
    let mut area = ScrollArea::both().auto_shrink([false, false]);
    area = area.scroll_source(ScrollSource { drag, ..ScrollSource::default() });
    area = area.on_hover_cursor(CursorIcon::Grab).on_drag_cursor(CursorIcon::Grabbing);
    let shown = area.show(ui, |ui| ui.allocate_space(content));
    let at = shown.state.clamped_offset() * scale;
    *offset = (at.x.round() as i32, at.y.round() as i32);
    shown.inner_rect
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scar: two viewers of the same title that opened together could find each other's window.
    #[test]
    fn two_viewers_are_called_differently_until_their_windows_are_found() {
        lotse_ui::text::set_language(lotse_ui::text::Language::English);
        let (first, second) = (lotse_ui::samples::surface(), SurfaceView { id: 2, ..lotse_ui::samples::surface() });
        let mut window = Window::default();
        assert_ne!(window.title(true, &first), window.title(true, &second));
        assert_eq!(window.title(false, &second), "Screen 1 · Lotse", "nothing is looked for");
        window.parent = Some(7);
        assert_eq!(window.title(true, &second), "Screen 1 · Lotse");
    }
}
