//! The viewer: a slim bar of ours, and under it the picture, which is a native window of [`lotse_viewer`] within this
//! one. The bar hides in full screen and comes back when the pointer touches the upper edge.

use crate::app;
use crate::settings::Settings;
use crate::x11_window::Finder;
use egui::{
    Align, CentralPanel, Frame, Key, Layout, Margin, Modifiers, Panel, Rect, Ui, ViewportBuilder, ViewportCommand,
    ViewportId,
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
    full_screen: bool,
    offset: (i32, i32),
}

impl Viewers {
    pub(crate) fn new(host: Option<Arc<ViewerHost>>) -> Self {
        Self { host, finder: None, windows: BTreeMap::new() }
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
        let [width, height] = settings.viewer_size;
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
            commands.extend(bar(ui, session, surface));
            let area = picture_area(ui, surface);
            self.place(ui, surface, area, &title);
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
    fn place(&mut self, ui: &Ui, surface: &SurfaceView, area: Rect, title: &str) {
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
        host.set_holes(surface.id, &holes(ui, area, scale));
        if !surface.options.fit {
            scroll(ui, host, surface.id, &mut window.offset);
        }
    }
}

/// Menus that are open over the picture are drawn by this window, so the picture leaves room for them.
fn holes(ui: &Ui, area: Rect, scale: f32) -> Vec<lotse_engine::surface::Rect> {
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
    for rect in layers {
        let rect = rect.expand(1.0).intersect(area);
        if rect.is_positive() {
            let pixels = |points: f32| (points * scale).round() as i32;
            let (x, y) = (pixels(rect.left() - area.left()), pixels(rect.top() - area.top()));
            let (width, height) = (pixels(rect.width()).unsigned_abs(), pixels(rect.height()).unsigned_abs());
            holes.push(lotse_engine::surface::Rect::new(x, y, width, height));
        }
    }
    holes
}

/// Unscaled pictures are scrolled by keyboard from the bar; the pointer over the picture belongs to the customer.
fn scroll(ui: &Ui, host: &ViewerHost, surface: u64, offset: &mut (i32, i32)) {
    const STEP: i32 = 64;
    let moved = ui.input_mut(|input| {
        let mut moved = (0, 0);
        for (key, dx, dy) in [
            (Key::ArrowLeft, -STEP, 0),
            (Key::ArrowRight, STEP, 0),
            (Key::ArrowUp, 0, -STEP),
            (Key::ArrowDown, 0, STEP),
        ] {
            if input.consume_key(Modifiers::ALT, key) {
                moved = (moved.0 + dx, moved.1 + dy);
            }
        }
        moved
    });
    if moved != (0, 0) {
        let at = host.offset_of(surface);
        *offset = (at.0 + moved.0, at.1 + moved.1);
        host.set_offset(surface, offset.0, offset.1);
    }
}

/// The slim bar: what the plugins give for it, their Tools menu, and the line.
fn bar(ui: &mut Ui, session: &RepSession, surface: &SurfaceView) -> Vec<Command> {
    let mut commands = Vec::new();
    // In full screen the bar comes when the pointer touches the upper edge.
    let near = ui.input(|input| input.pointer.hover_pos()).is_some_and(|at| at.y < 4.0)
        || ui.ctx().memory(|memory| memory.focused().is_some())
        || egui::Popup::is_any_open(ui.ctx());
    if surface.options.full_screen && !near {
        return commands;
    }
    let frame =
        Frame::new().fill(Palette::of(ui).surface).inner_margin(Margin::symmetric(space::S as i8, space::XS as i8));
    Panel::top("viewer bar").frame(frame).show(ui, |ui| {
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
    commands
}

fn changed(surface: &SurfaceView, what: &str, on: bool) -> Command {
    let what = vec![(what.to_owned(), Value::Flag(on))];
    Command::Surface { surface: surface.id, input: SurfaceInput::Changed { what } }
}

/// The room for the picture; until there is one, words.
fn picture_area(ui: &mut Ui, surface: &SurfaceView) -> Rect {
    let frame = Frame::new().fill(Palette::of(ui).canvas);
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| {
            let area = ui.max_rect();
            if surface.width == 0 {
                empty(ui, icons::MONITOR, &t!("viewer-waiting"), &t!("viewer-waiting-next"), |_| ());
            }
            area
        })
        .inner
}
