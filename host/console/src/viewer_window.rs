//! The viewer: a slim bar of ours, and under it the picture, which is a native window of [`lotse_viewer`] within this
//! one. The bar hides in full screen and comes back when the pointer touches the upper edge.

use crate::app;
use crate::settings::Settings;
use crate::x11_window::Finder;
use egui::{
    Align, CentralPanel, Frame, Key, Layout, Margin, Modifiers, Panel, Rect, ScrollArea, Ui, ViewportBuilder,
    ViewportCommand, ViewportId,
};
use lotse_engine::Value;
use lotse_engine::rep::{RepCommand, RepSession, RepView};
use lotse_engine::view::{Command, SessionState, SurfaceInput, SurfaceView};
use lotse_ui::plugin_ui::{Acts, is_empty, items, menu_button, toolbar};
use lotse_ui::tokens::{Palette, space};
use lotse_ui::widgets::{empty, line_sign};
use lotse_ui::{icons, t};
use lotse_viewer::{Place, ViewerHost};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) struct Viewers {
    host: Option<Arc<ViewerHost>>,
    finder: Option<Finder>,
    windows: BTreeMap<u64, Window>,
}

#[derive(Default)]
struct Window {
    /// X11 id, once it was found.
    parent: Option<u32>,
    opened_at: Option<[f32; 2]>,
    full_screen: bool,
    offset: (i32, i32),
    /// In full screen the bar comes and goes; since when nobody needs it (window time).
    bar: bool,
    idle_since: Option<f64>,
}

/// Points at the upper edge of a full screen that stay this window's, so that a pointer there is felt.
const EDGE: f32 = 2.0;
/// How long the bar stays when the pointer has gone, in seconds.
const BAR_STAYS_S: f64 = 0.8;

impl Viewers {
    pub(crate) fn new(host: Option<Arc<ViewerHost>>) -> Self {
        Self { host, finder: None, windows: BTreeMap::new() }
    }

    /// A picture was opened, and its window has yet to be.
    pub(crate) fn is_one_to_open(&self, view: &RepView) -> bool {
        let mut surfaces = view.sessions.iter().flat_map(|session| &session.view.surfaces);
        surfaces.any(|surface| !self.windows.contains_key(&surface.id))
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
        let title = t!("viewer-title", "title" => surface.title.as_str());
        // The size it opens with; asking for the remembered one again and again would fight with the person's hand.
        let [width, height] =
            *self.windows.entry(surface.id).or_default().opened_at.get_or_insert(settings.viewer_size);
        let builder = ViewportBuilder::default()
            .with_title(&title)
            .with_app_id("lotse")
            .with_icon(lotse_ui::brand::icon())
            .with_inner_size([width, height])
            .with_min_inner_size([320.0, 240.0]);
        let id = ViewportId::from_hash_of(("viewer", surface.id));
        let mut commands = Vec::new();
        context.show_viewport_immediate(id, builder, |ui, _class| {
            let window = self.windows.entry(surface.id).or_default();
            if window.full_screen != surface.options.full_screen {
                window.full_screen = surface.options.full_screen;
                ui.ctx().send_viewport_cmd(ViewportCommand::Fullscreen(window.full_screen));
            }
            let whole = ui.max_rect();
            let bar = if !surface.options.full_screen || window.wants_bar(ui) {
                bar(ui, session, &mut commands)
            } else {
                Rect::NOTHING
            };
            let mut area = picture_area(ui, surface, &mut window.offset);
            if surface.options.full_screen {
                // The bar stands over the picture, which does not move for it.
                area = Rect::from_min_max(whole.left_top() + egui::vec2(0.0, EDGE), whole.right_bottom());
            }
            self.place(ui, surface, area, bar, &title);
            if ui.input(|input| input.viewport().close_requested()) {
                commands.push(Command::Surface { surface: surface.id, input: SurfaceInput::Closed });
            }
            if surface.options.full_screen && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
                commands.push(changed(surface, "full-screen", false));
            }
            if !surface.options.full_screen {
                app::remember_size(ui, &mut settings.viewer_size);
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
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(30));
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
        host.set_offset(surface.id, window.offset.0, window.offset.1);
    }
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
    /// In full screen the bar comes when the pointer touches the upper edge, and goes a moment after it has left.
    fn wants_bar(&mut self, ui: &Ui) -> bool {
        let (now, pointer) = ui.input(|input| (input.time, input.pointer.hover_pos()));
        let near = pointer.is_some_and(|at| at.y <= EDGE + 1.0 || (self.bar && at.y < 56.0))
            || egui::Popup::is_any_open(ui.ctx());
        if near {
            self.bar = true;
            self.idle_since = None;
        } else if self.bar {
            let since = *self.idle_since.get_or_insert(now);
            self.bar = now - since < BAR_STAYS_S;
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(200));
        }
        self.bar
    }
}

/// The slim bar: what the plugins give for it, their Tools menu, and the line. Gives its place.
fn bar(ui: &mut Ui, session: &RepSession, commands: &mut Vec<Command>) -> Rect {
    let frame =
        Frame::new().fill(Palette::of(ui).surface).inner_margin(Margin::symmetric(space::S as i8, space::XS as i8));
    let panel = Panel::top("viewer bar").frame(frame).show(ui, |ui| {
        let mut acts = Acts::of(Some(session.id));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            if let Some(tools) = session.view.places.get("viewer") {
                toolbar(ui, tools, &mut acts);
            }
            if let Some(tools) = session.view.places.get("tools").filter(|tools| !is_empty(tools)) {
                menu_button(ui, &t!("menu-tools"), |ui| items(ui, tools, &mut acts));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if session.view.state == SessionState::Active {
                    line_sign(ui, &session.view.link);
                }
            });
        });
        commands.append(&mut acts.commands);
    });
    panel.response.rect
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
        } else if !surface.options.fit && !surface.options.full_screen {
            return scrolled_area(ui, surface, offset);
        }
        ui.max_rect()
    });
    central.inner
}

fn scrolled_area(ui: &mut Ui, surface: &SurfaceView, offset: &mut (i32, i32)) -> Rect {
    let scale = ui.ctx().pixels_per_point();
    let content = egui::vec2(surface.width as f32, surface.height as f32) / scale;
    // Bars of their own room: what floats over the picture would lie beneath it.
    ui.spacing_mut().scroll.floating = false;
    // While the rep only looks, the picture leaves the wheel to this window.
    let area = ScrollArea::both().auto_shrink([false, false]);
    let shown = area.show(ui, |ui| ui.allocate_space(content));
    let at = shown.state.clamped_offset() * scale;
    *offset = (at.x.round() as i32, at.y.round() as i32);
    shown.inner_rect
}
