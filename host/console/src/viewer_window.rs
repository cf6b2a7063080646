//! The viewer: a slim bar of ours, and under it the picture, which is a native window of [`lotse_viewer`] within this
//! one. The bar hides in full screen and comes back when the pointer touches the upper edge, and stays while it has
//! something to say.

use crate::settings::Settings;
use crate::window_size::remember_size;
use crate::{shortcuts, viewer_bar};
use egui::{Key, Modifiers, Rect, Ui, UiBuilder, UserAttentionType, ViewportBuilder, ViewportCommand, ViewportId};
use lotse_engine::Value;
use lotse_engine::rep::{RepCommand, RepSession, RepView};
use lotse_engine::view::{Command, SurfaceInput, SurfaceOptions, SurfaceView};
use lotse_ui::widgets::empty;
use lotse_ui::{icons, t};
use lotse_viewer::ViewerHost;
use lotse_viewer_window::{EdgeBar, Panes, changed, picture_area};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) struct Viewers {
    panes: Panes,
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
    opened_at: Option<[f32; 2]>,
    full_screen: bool,
    interactive: bool,
    offset: (i32, i32),
    /// In full screen the bar comes and goes.
    bar: EdgeBar,
}

/// By then a new window is there, and whoever has the keyboard wants to.
const OPENS_WITHIN: Duration = Duration::from_secs(2);
/// Keys that are typed until it is given back go astray, so that is soon.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

impl Viewers {
    pub(crate) fn new(host: Option<Arc<ViewerHost>>) -> Self {
        Self { panes: Panes::new(host), windows: BTreeMap::new(), returning: None }
    }

    /// A picture was opened, and its window has yet to be.
    pub(crate) fn is_one_to_open(&self, view: &RepView) -> bool {
        let mut surfaces = view.sessions.iter().flat_map(|session| &session.view.surfaces);
        surfaces.any(|surface| !self.windows.contains_key(&surface.id))
    }

    /// A window opens by itself: whoever steers somebody else goes on typing there.
    pub(crate) fn keep_keyboard(&mut self, context: &egui::Context, opened: ViewportId) {
        if let Some(surface) = self.panes.host().and_then(|host| host.keyboard()) {
            self.returning = Some(Returning { surface, opened, until: Instant::now() + OPENS_WITHIN });
            context.request_repaint_after_for(LOOK_AGAIN, ViewportId::ROOT);
        }
    }

    /// Gives the keyboard back once it is lost to the window that was opened, which then calls for attention instead.
    /// Called while nothing is drawn, too: the picture may cover everything.
    pub(crate) fn return_keyboard(&mut self, context: &egui::Context) {
        let (Some(host), Some(returning)) = (self.panes.host(), self.returning) else { return };
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
        let is_there =
            |id: u64| view.sessions.iter().any(|session| session.view.surfaces.iter().any(|surface| surface.id == id));
        self.windows.retain(|id, _| is_there(*id));
        self.panes.retain(is_there);
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
        let title = self.panes.title(surface.id, t!("viewer-title", "title" => surface.title.as_str()));
        // The size it opens with; asking for the remembered one again and again would fight with the person's hand.
        let [width, height] = *window.opened_at.get_or_insert(settings.viewer_size);
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
            let options = surface.options;
            let (area, bar) = if options.full_screen {
                // The bar stands over the picture, which does not move for it.
                let mut whole = ui.new_child(UiBuilder::new().max_rect(ui.max_rect()));
                let area = picture_area(&mut whole, surface, &mut window.offset, waiting);
                let shown = window.bar.wants(ui, viewer_bar::says_something(session));
                (area, if shown { viewer_bar::show(ui, session, &mut commands) } else { Rect::NOTHING })
            } else {
                let bar = viewer_bar::show(ui, session, &mut commands);
                (picture_area(ui, surface, &mut window.offset, waiting), bar)
            };
            let steers = std::mem::replace(&mut window.interactive, options.interactive);
            let offset = window.offset;
            self.panes.place(ui, surface, options, (area, bar), (&title, offset));
            // Whoever asked for control here goes on in the picture. Another window's keyboard is not taken.
            if options.interactive
                && !steers
                && ui.input(|input| input.focused)
                && let Some(host) = self.panes.host()
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

fn waiting(ui: &mut Ui) {
    empty(ui, icons::MONITOR, &t!("viewer-waiting"), &t!("viewer-waiting-next"), |_| ());
}
