//! The host's own dialog to choose files, or a folder: for what a person sends, and for the place to receive into.
//!
//! By keyboard: typing filters, arrows move (with Shift they extend), Enter opens or chooses, Ctrl+Enter
//! chooses, Backspace goes up, Ctrl+A takes
//! every file, Ctrl+H shows hidden ones, Esc leaves. Folders are read beside the windows.

mod listing;
mod places;
mod reader;
mod rows;

use crate::tokens::{Palette, space};
use crate::widgets::{Button, dialog, focus_ring, icon_button, muted};
use crate::{icons, t, words};
use egui::{Align, Context, Key, Layout, Margin, Modifiers, RichText, TextEdit, Ui, vec2};
use listing::{Entry, Listing};
use places::Place;
use reader::{Answer, ENTRIES_MAX, Failure, Reader};
use std::path::{Path, PathBuf};

/// Wide enough for a name and its size, where the window is.
const WIDTH: f32 = 600.0;
/// What the list leaves of a window for everything round it, where places need several lines and where not; and its own
/// bounds, in points.
const AROUND_NARROW: f32 = 410.0;
const AROUND: f32 = 310.0;
const NARROW: f32 = 420.0;
/// Of a folder's name on a button.
const NAME_CHARS_MAX: usize = 24;
const LIST_HEIGHT: std::ops::RangeInclusive<f32> = 110.0..=340.0;
const PAGE_ROWS: isize = 10;
/// Of a path that is typed; the system's own limit is 4,096 bytes.
const PATH_CHARS_MAX: usize = 4096;

/// What is to be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Files,
    /// A folder to be sent.
    Folder,
    /// A folder to receive into.
    Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Absolute paths; of a folder one.
    Chosen(Vec<PathBuf>),
    Cancelled,
}

/// One open dialog.
#[derive(Debug)]
pub struct Chooser {
    wanted: Wanted,
    folder: PathBuf,
    /// As it is being typed.
    path: String,
    reader: Reader,
    listing: Listing,
    places: Vec<(Place, PathBuf)>,
    trouble: Option<(PathBuf, Failure)>,
    /// The folder has more than were read.
    more: bool,
    /// Free bytes where the folder is, and how many are to go there.
    room: Option<u64>,
    needed: u64,
    /// To be selected once its folder is there.
    found: Option<PathBuf>,
    /// The list shows the cursor in the next frame.
    follow: bool,
    begun: bool,
    /// The keyboard was brought here from the window beneath.
    focused: bool,
}

impl Chooser {
    /// Opens at `start`, or at home.
    #[must_use]
    pub fn new(wanted: Wanted, start: Option<PathBuf>) -> Self {
        let folder = start.or_else(places::home).unwrap_or_else(|| PathBuf::from("/"));
        Self {
            wanted,
            path: folder.display().to_string(),
            folder,
            reader: Reader::default(),
            listing: Listing::new(wanted != Wanted::Files),
            places: Vec::new(),
            trouble: None,
            more: false,
            room: None,
            needed: 0,
            found: None,
            follow: false,
            begun: false,
            focused: false,
        }
    }

    /// For so many bytes: says how much is free, and whether that is too little.
    #[must_use]
    pub fn needing(self, bytes: u64) -> Self {
        Self { needed: bytes, ..self }
    }

    /// Draws it above the window; `None` as long as it stays open.
    pub fn show(&mut self, context: &Context) -> Option<Outcome> {
        if !std::mem::replace(&mut self.begun, true) {
            self.places = places::places();
            self.go(self.folder.clone(), context);
        }
        self.heed();
        let title = match self.wanted {
            Wanted::Files => t!("chooser-files"),
            Wanted::Folder => t!("chooser-folder"),
            Wanted::Place => t!("chooser-place"),
        };
        let (outcome, closed) = dialog(context, "chooser", &title, WIDTH, |ui| self.contents(ui));
        outcome.or(closed.then_some(Outcome::Cancelled))
    }

    fn go(&mut self, path: PathBuf, context: &Context) {
        let context = context.clone();
        self.reader.read(path, move || context.request_repaint());
    }

    /// Takes what was read meanwhile.
    fn heed(&mut self) {
        match self.reader.poll() {
            None => {}
            Some(Answer::Folder { folder, entries, more, room }) => {
                self.path = folder.display().to_string();
                (self.folder, self.more, self.room, self.trouble) = (folder, more, room, None);
                self.listing.set(entries);
                if let Some(name) = self.found.take().as_deref().and_then(Path::file_name) {
                    self.listing.select(name);
                }
                self.follow = true;
            }
            Some(Answer::File(path)) => {
                let folder = path.parent().map(Path::to_owned);
                self.found = Some(path);
                if let Some(folder) = folder {
                    // Without a window to wake: this one is being drawn.
                    self.reader.read(folder, || ());
                }
            }
            Some(Answer::Failed { path, why }) => self.trouble = Some((path, why)),
        }
    }

    fn contents(&mut self, ui: &mut Ui) -> Option<Outcome> {
        let (path_id, filter_id) = (ui.scope_id().with("path"), ui.scope_id().with("filter"));
        let focused = ui.memory(|memory| memory.focused());
        let mut outcome = None;
        if focused.is_none() || focused == Some(filter_id) {
            outcome = self.keys(ui);
        }
        self.path_row(ui, path_id);
        self.place_row(ui);
        self.filter_row(ui, filter_id);
        let around = if ui.available_width() < NARROW { AROUND_NARROW } else { AROUND };
        let room = ui.ctx().content_rect().height() - around;
        let height = room.clamp(*LIST_HEIGHT.start(), *LIST_HEIGHT.end());
        if let Some(row) = rows::list(ui, &mut self.listing, height, std::mem::take(&mut self.follow)) {
            outcome = self.activate(row, ui.ctx()).or(outcome);
        }
        self.told(ui);
        outcome = self.answers(ui).or(outcome);
        if !std::mem::replace(&mut self.focused, true) || ui.memory(|memory| memory.focused()).is_none() {
            ui.memory_mut(|memory| memory.request_focus(filter_id));
        }
        if self.reader.is_reading() {
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
        }
        outcome
    }

    /// What the keyboard does while it is nowhere else.
    fn keys(&mut self, ui: &Ui) -> Option<Outcome> {
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        for (key, by) in
            [(Key::ArrowDown, 1), (Key::ArrowUp, -1), (Key::PageDown, PAGE_ROWS), (Key::PageUp, -PAGE_ROWS)]
        {
            // First with Shift: a key without modifiers is found with any.
            let extends = self.wanted == Wanted::Files && pressed(Modifiers::SHIFT, key);
            if extends || pressed(Modifiers::NONE, key) {
                self.listing.step(by, extends);
                self.follow = true;
            }
        }
        if self.wanted == Wanted::Files && self.listing.filter().is_empty() && pressed(Modifiers::COMMAND, Key::A) {
            self.listing.select_all();
        }
        if pressed(Modifiers::COMMAND, Key::H) {
            self.listing.show_hidden(!self.listing.shows_hidden());
        }
        if self.listing.filter().is_empty() && pressed(Modifiers::NONE, Key::Backspace) {
            self.up(ui.ctx());
        }
        if !self.listing.filter().is_empty() && pressed(Modifiers::NONE, Key::Escape) {
            self.listing.set_filter(String::new());
        }
        if pressed(Modifiers::COMMAND, Key::Enter) {
            return self.choose();
        }
        if pressed(Modifiers::NONE, Key::Enter) {
            let row = self.listing.cursor();
            return if self.listing.selected().count() > 1 { self.choose() } else { self.activate(row, ui.ctx()) };
        }
        None
    }

    fn up(&mut self, context: &Context) {
        if let Some(parent) = self.folder.parent().map(Path::to_owned) {
            self.found = Some(self.folder.clone());
            self.go(parent, context);
        }
    }

    fn path_row(&mut self, ui: &mut Ui, id: egui::Id) {
        ui.horizontal(|ui| {
            if icon_button(ui, icons::ARROW_UP, &t!("chooser-up")).clicked() {
                self.up(ui.ctx());
            }
            let edit = TextEdit::singleline(&mut self.path)
                .id(id)
                .char_limit(PATH_CHARS_MAX)
                .margin(Margin::symmetric(10, 4))
                .min_size(vec2(0.0, crate::tokens::CONTROL_HEIGHT))
                .desired_width(f32::INFINITY);
            let response = ui.add(edit).accessible_name(t!("chooser-path"));
            if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                let path = places::typed(&self.path, &self.folder);
                self.go(path, ui.ctx());
            }
        });
    }

    fn place_row(&mut self, ui: &mut Ui) {
        let mut to = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for (place, folder) in &self.places {
                let (icon, name) = match place {
                    Place::Home => (icons::HOME, t!("chooser-home")),
                    Place::Desktop => (icons::MONITOR, t!("chooser-desktop")),
                    Place::Documents => (icons::FOLDER, t!("chooser-documents")),
                    Place::Downloads => (icons::DOWNLOAD, t!("chooser-downloads")),
                    Place::Computer => (icons::CIRCLE, t!("chooser-computer")),
                };
                if Button::quiet(name).icon(icon).height(28.0).show(ui).clicked() {
                    to = Some(folder.clone());
                }
            }
        });
        if let Some(folder) = to {
            self.go(folder, ui.ctx());
        }
    }

    fn filter_row(&mut self, ui: &mut Ui, id: egui::Id) {
        let row = vec2(ui.available_width(), 28.0);
        // With a height of its own: a dialog has as much room below as the window.
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            let on = self.listing.shows_hidden();
            let label = t!("chooser-hidden");
            let button = egui::Button::selectable(on, label.as_str()).frame_when_inactive(true);
            let response = ui.add(button.min_size(vec2(0.0, 28.0)));
            focus_ring(ui, &response);
            response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::Switch, true, on, &label));
            if response.clicked() {
                self.listing.show_hidden(!on);
            }
            let mut filter = self.listing.filter().to_owned();
            let hint = RichText::new(t!("chooser-filter")).color(Palette::of(ui).muted_ink);
            let edit = TextEdit::singleline(&mut filter)
                .id(id)
                .hint_text(hint)
                .char_limit(255)
                .margin(Margin::symmetric(10, 3))
                .min_size(vec2(0.0, 28.0))
                .desired_width(ui.available_width());
            ui.add(edit).accessible_name(t!("chooser-filter"));
            self.listing.set_filter(filter);
        });
    }

    /// A row was double-clicked, or Enter pressed on it: folders open, files are chosen.
    fn activate(&mut self, row: usize, context: &Context) -> Option<Outcome> {
        let entry = self.listing.row(row)?;
        let path = self.folder.join(&entry.file_name);
        if entry.folder {
            self.go(path, context);
            return None;
        }
        Some(Outcome::Chosen(vec![path]))
    }

    /// Why nothing is shown, or not everything.
    fn told(&self, ui: &mut Ui) {
        let line = match &self.trouble {
            Some((path, why)) => {
                let path = path.display().to_string();
                match why {
                    Failure::NotThere => t!("chooser-not-there", "path" => path),
                    Failure::NotAllowed => t!("chooser-not-allowed", "path" => path),
                    Failure::Busy => t!("chooser-busy"),
                    Failure::Other(why) => t!("chooser-failed", "path" => path, "why" => why),
                }
            }
            None if self.reader.is_reading() => t!("chooser-reading"),
            None if self.more => t!("chooser-more", "count" => ENTRIES_MAX as u64),
            None if self.wanted == Wanted::Place && self.room.is_some() => {
                t!("chooser-room", "room" => words::bytes(self.room.unwrap_or(0)))
            }
            None if self.listing.has_nothing() => t!("chooser-empty"),
            None if self.listing.len() == 0 && self.listing.filter().is_empty() => t!("chooser-nothing-to-choose"),
            None if self.listing.len() == 0 => t!("chooser-none"),
            None => String::new(),
        };
        let caution = self.lacks_room();
        if self.trouble.is_some() {
            let colour = Palette::of(ui).danger;
            ui.add(egui::Label::new(RichText::new(line).color(colour)).wrap());
        } else if let Some(caution) = caution {
            let colour = Palette::of(ui).caution;
            ui.add(egui::Label::new(RichText::new(caution).color(colour)).wrap());
        } else {
            // Always a line high, so that nothing jumps.
            muted(ui, if line.is_empty() { "\u{a0}".to_owned() } else { line });
        }
    }

    /// What does not fit where the folder is.
    fn lacks_room(&self) -> Option<String> {
        let room = self.room.filter(|room| self.wanted == Wanted::Place && *room < self.needed)?;
        let missing = words::bytes(self.needed.saturating_sub(room));
        Some(t!("chooser-too-little", "room" => words::bytes(room), "missing" => missing))
    }

    fn answers(&mut self, ui: &mut Ui) -> Option<Outcome> {
        let files = self.listing.selected().filter(|entry| !entry.folder).count();
        let label = match self.wanted {
            Wanted::Files => t!("chooser-choose-files", "count" => files as u64),
            Wanted::Folder | Wanted::Place => t!("chooser-choose-folder", "name" => self.folder_name()),
        };
        let ready = match self.wanted {
            Wanted::Files => self.listing.selected().next().is_some(),
            Wanted::Folder | Wanted::Place => self.trouble.is_none() && !self.reader.is_reading(),
        };
        ui.add_space(space::XS);
        let row = vec2(ui.available_width(), crate::tokens::CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            let choose = Button::primary(label).enabled(ready).show(ui);
            let cancel = Button::secondary(t!("common-cancel")).show(ui);
            if cancel.clicked() {
                return Some(Outcome::Cancelled);
            }
            if !choose.clicked() {
                return None;
            }
            let row = self.listing.cursor();
            let opens = self.wanted == Wanted::Files && files == 0;
            if opens { self.activate(row, ui.ctx()) } else { self.choose() }
        })
        .inner
    }

    /// The folder that would be chosen: the selected one, or the one that is shown.
    fn chosen_folder(&self) -> PathBuf {
        let selected = self.listing.selected().next().filter(|entry| entry.folder);
        selected.map_or_else(|| self.folder.clone(), |entry| self.folder.join(&entry.file_name))
    }

    fn folder_name(&self) -> String {
        let selected = self.listing.selected().next().filter(|entry| entry.folder).map(|entry| entry.name.clone());
        let shown = || self.folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = selected.or_else(shown).unwrap_or_else(|| self.folder.display().to_string());
        match name.char_indices().nth(NAME_CHARS_MAX) {
            Some((cut, _)) => format!("{}…", name.get(..cut).unwrap_or_default()),
            None => name,
        }
    }

    fn choose(&self) -> Option<Outcome> {
        match self.wanted {
            Wanted::Folder | Wanted::Place => Some(Outcome::Chosen(vec![self.chosen_folder()])),
            Wanted::Files => {
                let files = self.listing.selected().filter(|entry| !entry.folder);
                let paths: Vec<PathBuf> = files.map(|entry: &Entry| self.folder.join(&entry.file_name)).collect();
                (!paths.is_empty()).then_some(Outcome::Chosen(paths))
            }
        }
    }
}

#[cfg(test)]
#[path = "chooser_tests.rs"]
mod tests;
