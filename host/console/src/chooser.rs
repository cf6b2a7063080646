//! The chooser: what a rep shows of this computer is picked here and nowhere else, and that pick is the consent.
//!
//! The host's own window, which no plugin draws in. A click on a tile picks it, a second one or "Show" shows it; Esc and the
//! close button show nothing.

use crate::session::peer;
use egui::accesskit::Role;
use egui::{
    Align, CentralPanel, Color32, ColorImage, CornerRadius, Frame, Key, Label, Layout, Margin, Modifiers, Panel, Rect,
    Response, RichText, ScrollArea, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, UiBuilder, Vec2,
    ViewportBuilder, ViewportId, WidgetInfo, pos2, vec2,
};
use lotse_engine::rep::RepSession;
use lotse_engine::view::{Choosing, Command, ShowOffer, ShowSource, Thumbnail};
use lotse_ui::tokens::{FOCUS_RING, Palette, RADIUS, size, space};
use lotse_ui::widgets::{Button, empty, heading, muted, section, sign};
use lotse_ui::{fonts, icons, t};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A tile, in points: a small picture, and two lines beneath it.
const TILE: Vec2 = vec2(208.0, 176.0);
const PICTURE_HEIGHT: f32 = 122.0;

/// Holds what a window alone knows: what is picked and not yet said.
#[derive(Default)]
pub(crate) struct Chooser {
    request: Option<u64>,
    picked: Option<ShowSource>,
    textures: BTreeMap<ShowSource, (Arc<Thumbnail>, TextureHandle)>,
}

/// What a person did in this frame.
#[derive(Default)]
struct Did {
    shows: bool,
    leaves: bool,
}

impl Chooser {
    /// The rep's answer, once there is one.
    pub(crate) fn show(&mut self, context: &egui::Context, session: &RepSession) -> Option<Command> {
        let Some(choosing) = &session.view.choosing else {
            *self = Self::default();
            return None;
        };
        if self.request != Some(choosing.request) {
            *self = Self { request: Some(choosing.request), ..Self::default() };
        }
        let builder = ViewportBuilder::default()
            .with_title(t!("chooser-window", "peer" => peer(session)))
            .with_app_id("lotse")
            .with_icon(lotse_ui::brand::icon())
            .with_inner_size([720.0, 600.0])
            .with_min_inner_size([480.0, 380.0]);
        let id = ViewportId::from_hash_of(("chooser", session.id.0));
        let mut did = Did::default();
        context.show_viewport_immediate(id, builder, |ui, _class| {
            did = self.contents(ui, session, choosing);
            let escape = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
            did.leaves |= escape || ui.input(|input| input.viewport().close_requested());
        });
        let request = choosing.request;
        match (did, self.picked) {
            (Did { leaves: true, .. }, _) => Some(Command::ChooseShowing { request, source: None }),
            (Did { shows: true, .. }, Some(source)) => Some(Command::ChooseShowing { request, source: Some(source) }),
            (Did { .. }, _) => None,
        }
    }

    fn contents(&mut self, ui: &mut Ui, session: &RepSession, choosing: &Choosing) -> Did {
        let mut did = Did::default();
        let palette = Palette::of(ui);
        let bar = Frame::new().fill(palette.surface).inner_margin(Margin::symmetric(space::L as i8, space::M as i8));
        Panel::bottom("chooser answers").frame(bar).show(ui, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let can = self.picked.is_some();
                did.shows = Button::primary(t!("chooser-show")).width(112.0).enabled(can).show(ui).clicked();
                did.leaves = Button::secondary(t!("common-cancel")).width(112.0).show(ui).clicked();
            });
        });
        let page = Frame::new().fill(palette.canvas).inner_margin(Margin::same(space::L as i8));
        CentralPanel::default().frame(page).show(ui, |ui| {
            heading(ui, t!("chooser-title"));
            muted(ui, t!("chooser-lead", "plugin" => choosing.plugin.as_str(), "peer" => peer(session)));
            ui.add_space(space::S);
            if choosing.offers.is_empty() {
                let (title, next) = if choosing.complete {
                    (t!("chooser-nothing"), t!("chooser-nothing-next"))
                } else {
                    (t!("chooser-looking"), t!("chooser-looking-next"))
                };
                return empty(ui, icons::MONITOR, &title, &next, |_| ());
            }
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                did.shows |= self.offers(ui, choosing);
            });
        });
        did
    }

    /// Whether one of them was chosen by a second click.
    fn offers(&mut self, ui: &mut Ui, choosing: &Choosing) -> bool {
        let is_screen = |offer: &&ShowOffer| matches!(offer.source, ShowSource::Display(_));
        let (screens, windows): (Vec<&ShowOffer>, Vec<&ShowOffer>) = choosing.offers.iter().partition(is_screen);
        section(ui, t!("chooser-screens"));
        muted(ui, t!("chooser-screens-note"));
        let mut shows = self.tiles(ui, &screens);
        ui.add_space(space::M);
        section(ui, t!("chooser-windows"));
        if windows.is_empty() {
            muted(ui, t!("chooser-no-windows"));
        } else {
            muted(ui, t!("chooser-windows-note"));
            shows |= self.tiles(ui, &windows);
        }
        shows
    }

    fn tiles(&mut self, ui: &mut Ui, offers: &[&ShowOffer]) -> bool {
        ui.add_space(space::S);
        let mut shows = false;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::M);
            for (index, offer) in offers.iter().enumerate() {
                let response = self.tile(ui, offer, index + 1);
                if response.clicked() {
                    self.picked = Some(offer.source);
                }
                shows |= response.double_clicked();
            }
        });
        shows
    }

    fn tile(&mut self, ui: &mut Ui, offer: &ShowOffer, number: usize) -> Response {
        let palette = Palette::of(ui);
        let (title, beneath) = words(offer, number);
        let picked = self.picked == Some(offer.source);
        let (rect, response) = ui.allocate_exact_size(TILE, Sense::click());
        let name = t!("chooser-tile", "title" => title.as_str(), "program" => beneath.as_str());
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, picked, &name));
        let (fill, edge) = match (picked, response.hovered()) {
            (true, _) => (palette.tint(palette.accent), Stroke::new(2.0, palette.accent)),
            (false, true) => (palette.hover(), Stroke::new(1.0, palette.control_line)),
            (false, false) => (palette.surface, Stroke::new(1.0, palette.line)),
        };
        ui.painter().rect(rect, CornerRadius::same(RADIUS), fill, edge, StrokeKind::Inside);
        if response.has_focus() {
            let ring = Stroke::new(FOCUS_RING, palette.accent);
            ui.painter().rect_stroke(rect.expand(1.0), CornerRadius::same(RADIUS + 2), ring, StrokeKind::Outside);
        }
        let inside = rect.shrink(space::S);
        let room = Rect::from_min_size(inside.min, vec2(inside.width(), PICTURE_HEIGHT - space::S));
        self.picture(ui, offer, room);
        let lines = Rect::from_min_max(pos2(inside.left(), room.bottom() + space::XS), inside.max);
        let mut below = ui.new_child(UiBuilder::new().max_rect(lines).layout(Layout::top_down(Align::Min)));
        below.spacing_mut().item_spacing.y = 1.0;
        below.add(Label::new(fonts::strong(title, size::BODY).color(palette.ink)).selectable(false).truncate());
        let beneath = RichText::new(beneath).size(size::SMALL).color(palette.muted_ink);
        below.add(Label::new(beneath).selectable(false).truncate());
        response
    }

    /// In the middle of the room and not larger than it is; a sign as long as there is none.
    fn picture(&mut self, ui: &mut Ui, offer: &ShowOffer, room: Rect) {
        let Some(thumbnail) = &offer.thumbnail else {
            let mut middle = ui.new_child(
                UiBuilder::new().max_rect(room).layout(Layout::centered_and_justified(egui::Direction::TopDown)),
            );
            let colour = Palette::of(ui).muted_ink;
            let icon = match offer.source {
                ShowSource::Display(_) => icons::MONITOR,
                ShowSource::Window(_) => icons::SCAN,
            };
            sign(&mut middle, icon, 32.0, colour);
            return;
        };
        let known = self.textures.get(&offer.source).filter(|(of, _)| Arc::ptr_eq(of, thumbnail));
        let texture = match known {
            Some((_, texture)) => texture.clone(),
            None => {
                let sides = [thumbnail.width as usize, thumbnail.height as usize];
                let image = ColorImage::from_rgba_unmultiplied(sides, &thumbnail.rgba);
                let texture = ui.ctx().load_texture(offer.source.name(), image, TextureOptions::LINEAR);
                self.textures.insert(offer.source, (thumbnail.clone(), texture.clone()));
                texture
            }
        };
        let natural = vec2(thumbnail.width as f32, thumbnail.height as f32);
        let part = (room.width() / natural.x).min(room.height() / natural.y).min(1.0);
        let place = Rect::from_center_size(room.center(), natural * part);
        let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture.id(), place, all, Color32::WHITE);
        let edge = Stroke::new(1.0, Palette::of(ui).line);
        ui.painter().rect_stroke(place, CornerRadius::ZERO, edge, StrokeKind::Outside);
    }
}

/// What it is called, and what stands beneath.
fn words(offer: &ShowOffer, number: usize) -> (String, String) {
    let measured = t!("chooser-size", "width" => offer.width.to_string(), "height" => offer.height.to_string());
    match offer.source {
        ShowSource::Display(_) => {
            (t!("chooser-screen", "number" => number.to_string(), "name" => offer.title.as_str()), measured)
        }
        ShowSource::Window(_) if offer.title.is_empty() => (offer.program.clone(), measured),
        ShowSource::Window(_) if offer.program.is_empty() => (offer.title.clone(), measured),
        ShowSource::Window(_) => (offer.title.clone(), offer.program.clone()),
    }
}
