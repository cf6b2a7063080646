//! Files in a session's window: what is dropped on it, what the person is asked, and the dialogs to choose.
//!
//! Both programs have these. The question itself stands where the program asks its questions; the dialogs lie above the window.

use crate::chooser::{Chooser, Outcome, Wanted};
use crate::settling::Settling;
use crate::tokens::{Palette, space};
use crate::widgets::{Button, muted, notice};
use crate::{icons, t, words};
use egui::{Context, Ui};
use lotse_engine::view::{Command, FileQuestion, SessionState, Tone, View};
use std::path::{Path, PathBuf};

/// The place on which a session's window takes what is dropped.
const PLACE: &str = "chat";
/// Height of the answers, in points.
const ANSWER_HEIGHT: f32 = 44.0;

/// What of it a window alone knows.
#[derive(Default)]
pub struct FileDialogs {
    settling: Settling,
    /// For what a plugin would like to have picked.
    pick: Option<(u64, Chooser)>,
    /// For the place of what is asked about.
    place: Option<(u64, Chooser)>,
    /// The wish that was answered last: the view may name it for a moment still.
    picked: Option<u64>,
}

/// What the person is asked now.
#[must_use]
pub fn question(view: &View) -> Option<&FileQuestion> {
    view.file_questions.first().filter(|_| is_running(view))
}

fn is_running(view: &View) -> bool {
    match view.state {
        SessionState::Active | SessionState::Lost { .. } => true,
        SessionState::Waiting
        | SessionState::Connecting { .. }
        | SessionState::AwaitingConsent
        | SessionState::Ended { .. }
        | SessionState::Failed { .. } => false,
    }
}

impl FileDialogs {
    /// The dialogs that are open, above the window.
    pub fn show(&mut self, context: &Context, view: &View) -> Vec<Command> {
        let mut commands = Vec::new();
        let asked = question(view).map(|question| question.id);
        drop(self.place.take_if(|(id, _)| Some(*id) != asked));
        if asked.is_none() {
            self.settling.gone();
        }
        if let Some((request, chooser)) = &mut self.place {
            let request = *request;
            match chooser.show(context) {
                Some(Outcome::Chosen(paths)) => {
                    let place = paths.into_iter().next();
                    // Choosing nothing leaves the question open.
                    commands.extend(place.map(|place| Command::AnswerFiles { request, place: Some(place) }));
                    self.place = None;
                }
                Some(Outcome::Cancelled) => self.place = None,
                None => {}
            }
        } else {
            commands.extend(self.pick(context, view));
        }
        commands
    }

    /// One dialog at a time, for the oldest wish.
    fn pick(&mut self, context: &Context, view: &View) -> Option<Command> {
        let wish = view.file_picks.iter().find(|wish| self.picked != Some(wish.id)).filter(|_| is_running(view));
        drop(self.pick.take_if(|(id, _)| wish.map(|wish| wish.id) != Some(*id)));
        let wish = wish?;
        let wanted = if wish.folders { Wanted::Folder } else { Wanted::Files };
        let (_, chooser) = self.pick.get_or_insert_with(|| (wish.id, Chooser::new(wanted, None)));
        let paths = match chooser.show(context)? {
            Outcome::Chosen(paths) => paths,
            Outcome::Cancelled => Vec::new(),
        };
        (self.pick, self.picked) = (None, Some(wish.id));
        Some(Command::Picked { request: wish.id, paths })
    }

    /// What the question is about and its answers, three of equal weight, beneath its [`headline`]. None has the keyboard at
    /// first; Esc is "Not now". `more`: questions that wait behind it.
    pub fn ask(&mut self, ui: &mut Ui, question: &FileQuestion, more: usize) -> Option<Command> {
        let since = self.settling.since(ui, question.id);
        let FileQuestion { id, plugin, from: _, name: _, files: _, folders: _, bytes: _, place, room: _ } = question;
        ui.add(egui::Label::new(crate::fonts::strong(what(question), crate::tokens::size::TITLE)).wrap());
        room(ui, question);
        ui.add_space(space::S);
        let mut answer = None;
        for (label, choice) in [
            (t!("files-save", "place" => folder_name(place)), Choice::Save),
            (t!("files-choose"), Choice::Choose),
            (t!("files-not-now"), Choice::NotNow),
        ] {
            // Where no folder is known, one is chosen.
            if matches!(choice, Choice::Save) && place.as_os_str().is_empty() {
                continue;
            }
            let button = Button::secondary(label).width(ui.available_width()).height(ANSWER_HEIGHT).show(ui);
            if self.settling.is_meant(ui, &button, since) {
                answer = Some(choice);
            }
        }
        ui.add_space(space::XS);
        muted(ui, t!("files-trust"));
        muted(ui, t!("files-asked-by", "plugin" => plugin));
        if more > 0 {
            muted(ui, t!("files-more-questions", "count" => more as u64));
        }
        let escape =
            self.place.is_none() && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape));
        if escape && Settling::is_settled(ui, since) {
            answer = Some(Choice::NotNow);
        }
        match answer? {
            Choice::Save => Some(Command::AnswerFiles { request: *id, place: Some(place.clone()) }),
            Choice::NotNow => Some(Command::AnswerFiles { request: *id, place: None }),
            Choice::Choose => {
                let start = Some(place.clone()).filter(|place| place.is_absolute());
                self.place = Some((*id, Chooser::new(Wanted::Place, start).needing(question.bytes)));
                None
            }
        }
    }
}

/// `K. Weber wants to send you:`
#[must_use]
pub fn headline(question: &FileQuestion) -> String {
    t!("files-wants", "from" => &question.from)
}

#[derive(Clone, Copy)]
enum Choice {
    Save,
    Choose,
    NotNow,
}

/// `scan.pdf (8.4 MB)`, or the first of several with how many they are.
fn what(question: &FileQuestion) -> String {
    let FileQuestion { name, files, folders, bytes, .. } = question;
    let name = if name.is_empty() { t!("files-unnamed") } else { name.clone() };
    let bytes = words::bytes(*bytes);
    if files.saturating_add(*folders) <= 1 {
        return t!("files-one", "name" => name, "bytes" => bytes);
    }
    let count = t!("files-count", "files" => *files, "folders" => *folders);
    t!("files-many", "name" => name, "count" => count, "bytes" => bytes)
}

/// How much is free where it would go, and a caution if that is too little.
fn room(ui: &mut Ui, question: &FileQuestion) {
    if question.place.as_os_str().is_empty() {
        return;
    }
    let place = folder_name(&question.place);
    match question.room {
        None => drop(muted(ui, t!("files-room-unknown", "place" => place))),
        Some(room) if room >= question.bytes => {
            muted(ui, t!("files-room", "place" => place, "room" => words::bytes(room)));
        }
        Some(room) => {
            let missing = words::bytes(question.bytes.saturating_sub(room));
            let line = t!("files-too-little", "place" => place, "room" => words::bytes(room), "missing" => missing);
            notice(ui, Tone::Caution, &line, "", false);
        }
    }
}

fn folder_name(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| folder.display().to_string())
}

/// What hovers over the window with files is told where they would go; what is dropped goes there. `peer`: who gets
/// them; empty: one of several, whom the plugin knows.
pub fn drops(ui: &Ui, view: &View, peer: &str) -> Option<Command> {
    let (hovered, paths) = ui.input(|input| {
        let dropped = input.raw.dropped_files.iter();
        let paths: Vec<PathBuf> =
            dropped.map(|file| file.path().to_owned()).filter(|path| path.is_absolute()).collect();
        (!input.raw.hovered_files.is_empty(), paths)
    });
    let taken = view.state == SessionState::Active && view.drop_places.iter().any(|place| place == PLACE);
    if hovered && is_running(view) {
        overlay(ui, taken, peer);
    }
    (taken && !paths.is_empty()).then(|| Command::Dropped { place: PLACE.to_owned(), paths })
}

/// Over the whole window: wherever it is let go, it is taken.
fn overlay(ui: &Ui, taken: bool, peer: &str) {
    let context = ui.ctx();
    let palette = Palette::of(ui);
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
    let painter = context.layer_painter(layer);
    let window = context.content_rect();
    let colour = if taken { palette.accent } else { palette.muted_ink };
    painter.rect_filled(window, egui::CornerRadius::ZERO, palette.canvas.gamma_multiply(0.92));
    let edge = egui::Stroke::new(2.0, colour);
    let round = egui::CornerRadius::same(crate::tokens::RADIUS);
    painter.rect_stroke(window.shrink(space::M), round, edge, egui::StrokeKind::Inside);
    let (icon, title, body) = if taken && peer.is_empty() {
        (icons::DOWNLOAD, t!("drop-to-send-several"), t!("drop-to-send-several-next"))
    } else if taken {
        (icons::DOWNLOAD, t!("drop-to-send", "peer" => peer), String::new())
    } else {
        (icons::CAUTION, t!("drop-not-now"), t!("drop-not-now-next"))
    };
    let sign = egui::FontId::new(40.0, crate::fonts::icon_family());
    let above = window.center() - egui::vec2(0.0, 48.0);
    painter.text(above, egui::Align2::CENTER_CENTER, icon, sign, colour);
    let width = window.width() - 4.0 * space::XL;
    let strong = egui::FontId::new(crate::tokens::size::TITLE, crate::fonts::strong_family());
    let plain = egui::FontId::new(crate::tokens::size::BODY, egui::FontFamily::Proportional);
    let mut top = window.center().y;
    for (line, font, ink) in [(title, strong, palette.ink), (body, plain, palette.muted_ink)] {
        let galley = painter.layout(line, font, ink, width);
        let at = egui::pos2(window.center().x - galley.size().x / 2.0, top);
        top += galley.size().y + space::S;
        painter.galley(at, galley, ink);
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
