//! The window in which a rep's screen is watched: a picture of somebody else's computer, and a banner that says so.
//!
//! Nothing that is done here goes anywhere but what the customer draws: the picture takes no other input, and what it told the core
//! is passed over there, too.
//! Closing the window stops watching. Its X11 window counts as ours, so that no rep clicks into it.

use crate::wishes::Wishes;
use egui::{
    Align, Context, Frame, Key, Label, Layout, Margin, Modifiers, Panel, Rect, Ui, UiBuilder, ViewportBuilder,
    ViewportCommand, ViewportId,
};
use lotse_desktop::X11Windows;
use lotse_engine::view::{Command, Contribution, SurfaceInput, SurfaceOptions, SurfaceView, Tone, View};
use lotse_ui::plugin_ui::{Acts, cautions, toolbar};
use lotse_ui::tokens::{Palette, size, space};
use lotse_ui::widgets::{Button, empty, focus_ring, notice, sign};
use lotse_ui::{fonts, icons, t, words};
use lotse_viewer::ViewerHost;
use lotse_viewer_window::{EdgeBar, Panes, changed, picture_area, scaled};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) struct Watching {
    panes: Panes,
    windows: BTreeMap<u64, Window>,
    /// Told of each window.
    own: Option<Arc<X11Windows>>,
    told: BTreeSet<u32>,
}

#[derive(Default)]
struct Window {
    full_screen: bool,
    offset: (i32, i32),
    bar: EdgeBar,
}

impl Watching {
    /// `host`: where pictures are shown; `None`: nowhere, as in tests.
    pub(crate) fn new(host: Option<Arc<ViewerHost>>, own: Option<Arc<X11Windows>>) -> Self {
        Self { panes: Panes::new(host), windows: BTreeMap::new(), own, told: BTreeSet::new() }
    }

    /// A picture was opened, and its window has yet to be: only drawing opens it.
    pub(crate) fn is_one_to_open(&self, session: &View) -> bool {
        session.surfaces.iter().any(|surface| !self.windows.contains_key(&surface.id))
    }

    /// Draws a window for each picture of the session; `None`: there is no session.
    pub(crate) fn show(&mut self, context: &Context, session: Option<&View>, wishes: &mut Wishes) {
        let surfaces = session.map(|session| session.surfaces.as_slice()).unwrap_or_default();
        let is_there = |id: u64| surfaces.iter().any(|surface| surface.id == id);
        self.windows.retain(|id, _| is_there(*id));
        self.panes.retain(is_there);
        if let Some(session) = session {
            for surface in surfaces {
                self.show_one(context, session, surface, wishes);
            }
        }
        self.tell_own();
    }

    fn show_one(&mut self, context: &Context, session: &View, surface: &SurfaceView, wishes: &mut Wishes) {
        let title = self.panes.title(surface.id, t!("watch-title", "rep" => whose(session, surface)));
        let builder = ViewportBuilder::default()
            .with_title(&title)
            .with_app_id("lotse-customer")
            .with_icon(lotse_ui::brand::icon())
            .with_inner_size([960.0, 640.0])
            .with_min_inner_size([360.0, 260.0]);
        let id = ViewportId::from_hash_of(("watching", surface.id));
        let window = self.windows.entry(surface.id).or_default();
        let panes = &mut self.panes;
        context.show_viewport_immediate(id, builder, |ui, _class| {
            let options = to_look(surface.options);
            if std::mem::replace(&mut window.full_screen, options.full_screen) != options.full_screen {
                ui.ctx().send_viewport_cmd(ViewportCommand::Fullscreen(options.full_screen));
            }
            let mut act = |command| wishes.session(command);
            let (area, bar) = if options.full_screen {
                // The banner stands over the picture, which does not move for it.
                let mut whole = ui.new_child(UiBuilder::new().max_rect(ui.max_rect()));
                let area = picture_area(&mut whole, surface, &mut window.offset, waiting);
                // That the picture stands is to be seen by whoever looks at nothing else.
                let stands = lost(session, surface).is_some() || cautions(&said(session, surface));
                let shown = window.bar.wants(ui, stands);
                (area, if shown { banner(ui, session, surface, &mut act) } else { Rect::NOTHING })
            } else {
                let bar = banner(ui, session, surface, &mut act);
                (picture_area(ui, surface, &mut window.offset, waiting), bar)
            };
            panes.place(ui, surface, options, (area, bar), (&title, window.offset));
            if ui.input(|input| input.viewport().close_requested()) {
                act(closed(surface));
            }
            if options.full_screen && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
                act(changed(surface, "full-screen", false));
            }
        });
    }

    /// Keeps the guard's list of our windows.
    fn tell_own(&mut self) {
        let Some(own) = &self.own else { return };
        let there: BTreeSet<u32> = self.panes.parents().collect();
        there.difference(&self.told).for_each(|window| own.add(*window));
        self.told.difference(&there).for_each(|window| own.remove(*window));
        self.told = there;
    }
}

/// Whatever was asked for: a customer's window is for looking.
fn to_look(options: SurfaceOptions) -> SurfaceOptions {
    SurfaceOptions { pass_system_keys: false, hotkeys: false, interactive: false, ..options }
}

/// With several reps it need not be the one who leads.
fn whose<'a>(session: &'a View, surface: &'a SurfaceView) -> &'a str {
    if surface.from.is_empty() { &session.peer } else { &surface.from }
}

fn closed(surface: &SurfaceView) -> Command {
    Command::Surface { surface: surface.id, input: SurfaceInput::Closed }
}

fn waiting(ui: &mut Ui) {
    empty(ui, icons::MONITOR, &t!("watch-waiting"), &t!("watch-waiting-next"), |_| ());
}

/// Whose screen this is, how large it is shown, and how it is closed. Gives its place.
fn banner(ui: &mut Ui, session: &View, surface: &SurfaceView, act: &mut dyn FnMut(Command)) -> Rect {
    let palette = Palette::of(ui);
    let ground = palette.tint(palette.caution);
    let frame = Frame::new().fill(ground).inner_margin(Margin::symmetric(space::M as i8, space::S as i8));
    let panel = Panel::top("watching").frame(frame).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            if Button::secondary(t!("watch-stop")).icon(icons::CLOSE).show(ui).clicked() {
                act(closed(surface));
            }
            let full = surface.options.full_screen;
            if choice(ui, full, &t!("watch-full-screen")) {
                act(changed(surface, "full-screen", !full));
            }
            for (fit, label) in [(false, t!("watch-actual")), (true, t!("watch-fit"))] {
                if choice(ui, surface.options.fit == fit, &label) {
                    act(scaled(surface, fit));
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                sign(ui, icons::EYE, 18.0, palette.caution);
                let words = t!("watch-banner", "rep" => whose(session, surface));
                ui.add(Label::new(fonts::strong(words, size::BODY).color(palette.ink)).truncate());
            });
        });
    });
    let mut bar = panel.response.rect;
    if let Some(lost) = lost(session, surface) {
        let frame = Frame::new().fill(ground).inner_margin(Margin::symmetric(space::M as i8, space::XS as i8));
        let line = Panel::top("watching lost").frame(frame).show(ui, |ui| notice(ui, Tone::Caution, &lost, "", false));
        bar = bar.union(line.response.rect);
    }
    let words = said(session, surface);
    if words.is_empty() {
        return bar;
    }
    let frame = Frame::new().fill(ground).inner_margin(Margin::symmetric(space::M as i8, space::XS as i8));
    let mut acts = Acts::of(session.session);
    let line = Panel::top("watching said").frame(frame).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| toolbar(ui, &words, &mut acts));
    });
    acts.commands.into_iter().for_each(act);
    bar.union(line.response.rect)
}

/// Why the picture stands still where that is the line's doing: each rep has one of their own.
fn lost(session: &View, surface: &SurfaceView) -> Option<String> {
    let whose = whose(session, surface);
    // Whoever leads is waited for, if nobody else helps meanwhile.
    let waited_for = words::picture_stands(&session.state).filter(|_| whose == session.peer);
    waited_for.or_else(|| surface.silent.then(|| t!("watch-lost", "rep" => whose)))
}

/// What the plugin whose window this is says of its picture, and no other plugin.
fn said(session: &View, surface: &SurfaceView) -> Vec<Contribution> {
    let viewer = session.places.get("viewer").into_iter().flatten();
    viewer.filter(|of| of.plugin == surface.plugin && !of.nodes.is_empty()).cloned().collect()
}

fn choice(ui: &mut Ui, on: bool, label: &str) -> bool {
    let response = ui.add(egui::Button::selectable(on, label).frame_when_inactive(true));
    focus_ring(ui, &response);
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotse_engine::view::{PresentRep, SessionState};
    use lotse_ui::samples;

    #[test]
    fn m1_each_window_names_whose_screen_it_shows() {
        let session = View { peer: "Anna Berg".to_owned(), ..View::default() };
        let surface = samples::surface();
        assert_eq!(whose(&session, &surface), "Anna Berg", "until there is a picture");
        let second = SurfaceView { from: "Bo Lind".to_owned(), ..surface };
        assert_eq!(whose(&session, &second), "Bo Lind");
    }

    #[test]
    fn n4_a_picture_stands_by_its_own_reps_line_and_by_no_other() {
        let rep =
            |name: &str| PresentRep { name: name.to_owned(), observing: false, you: false, safety_code: String::new() };
        let of = |name: &str| SurfaceView { from: name.to_owned(), ..samples::surface() };
        let silent = |name: &str| SurfaceView { silent: true, ..of(name) };
        let session = |state, reps: &[&str]| View {
            peer: "Anna Berg".to_owned(),
            state,
            reps: Arc::new(reps.iter().map(|name| rep(name)).collect()),
            ..View::default()
        };
        let annas_is_lost = session(SessionState::Lost { seconds_left: 581 }, &["Bo Lind"]);
        assert!(lost(&annas_is_lost, &silent("Anna Berg")).is_some_and(|words| words.contains("9:41")));
        assert_eq!(lost(&annas_is_lost, &of("Bo Lind")), None);
        let bos_is_lost = session(SessionState::Active, &["Anna Berg"]);
        assert_eq!(lost(&bos_is_lost, &of("Anna Berg")), None);
        assert!(lost(&bos_is_lost, &silent("Bo Lind")).is_some_and(|words| words.contains("Bo Lind")));
        // As the engine has it while another helps: whoever leads is silent, and nobody is waited for.
        let bo_helps = session(SessionState::Active, &["Bo Lind"]);
        assert!(lost(&bo_helps, &silent("Anna Berg")).is_some_and(|words| words.contains("Anna Berg")));
        assert_eq!(lost(&bo_helps, &of("Bo Lind")), None);
        // Two of one name: each picture goes by its own line.
        let namesakes = session(SessionState::Active, &["Anna Berg"]);
        assert_eq!(lost(&namesakes, &of("Anna Berg")), None);
        assert!(lost(&namesakes, &silent("Anna Berg")).is_some());
    }
}
