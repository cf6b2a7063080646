//! Letters that our own fonts lack come from the system's: Cyrillic, Greek, Vietnamese, Han, emoji and the rest.
//!
//! egui asks [`SystemFonts`] while it lays text out, once for each character that no font has. The answer comes from what
//! was found already; otherwise the character is written down, and after the pass a thread looks for it (`find`). Then
//! the windows are drawn again. Where nothing is found, the box stays. Whatever people write, no more is looked for than
//! a few times a script, and no more than four fonts are loaded.

mod find;

use egui::plugin::Plugin;
use egui::{Context, FallbackRequest, FontInsert, FontProvider, Ui, ViewportId};
use find::{Found, Room};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Fonts loaded in the life of a program: letters, Han, emoji, and one more.
const FONTS_MAX: usize = 4;
/// Bytes of all of them: Noto Sans CJK alone has 19 MB.
const BYTES_MAX: u64 = 48 << 20;
const _: () = assert!(find::FILE_BYTES_MAX <= BYTES_MAX, "what a look takes has room");
/// A second look, so that one rare character cannot spoil its script for all others.
const LOOKS_PER_SCRIPT: u8 = 2;
/// Characters of a script that one look is for: one may be rare, few of several are.
const SAMPLE: usize = 4;

/// Where scripts begin that fonts have or lack as a whole. What is said of one is not repeated for its neighbours.
const SCRIPTS: [u32; 39] = [
    0x0370,  // Greek
    0x0400,  // Cyrillic
    0x0530,  // Armenian
    0x0590,  // Hebrew
    0x0600,  // Arabic
    0x0700,  // Syriac, Thaana, N'Ko
    0x0900,  // Devanagari
    0x0980,  // Bengali
    0x0a00,  // Gurmukhi
    0x0a80,  // Gujarati
    0x0b00,  // Odia
    0x0b80,  // Tamil
    0x0c00,  // Telugu
    0x0c80,  // Kannada
    0x0d00,  // Malayalam
    0x0d80,  // Sinhala
    0x0e00,  // Thai, Lao
    0x0f00,  // Tibetan
    0x1000,  // Burmese
    0x10a0,  // Georgian
    0x1100,  // Hangul, in parts
    0x1200,  // Ethiopic
    0x13a0,  // Cherokee and others
    0x1780,  // Khmer, Mongolian and others
    0x1e00,  // Latin as Vietnamese has it
    0x1f00,  // Greek with accents
    0x2000,  // punctuation, money
    0x2190,  // arrows, mathematics
    0x2500,  // boxes, shapes
    0x2600,  // signs, dingbats
    0x2e80,  // kana, Han
    0xa000,  // Yi and others
    0xac00,  // Hangul
    0xd7b0,  // Hangul, in parts
    0xf900,  // Han and Arabic, forms kept for old texts
    0x10000, // old scripts
    0x1d000, // notes, mathematical letters
    0x1f000, // emoji
    0x20000, // rare Han
];

fn script(character: char) -> usize {
    SCRIPTS.partition_point(|start| *start <= u32::from(character))
}

/// Private characters, selectors of variants and tags are no letters that another font could have.
fn is_letter_of_fonts(character: char) -> bool {
    !matches!(u32::from(character), 0xe000..=0xf8ff | 0xfe00..=0xfe0f | 0xe0000..)
}

/// What the system's fonts add to a context's own.
pub struct SystemFonts {
    folders: Vec<PathBuf>,
    /// Held for moments only: egui asks while it holds its own lock.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// For the next look.
    wanted: Vec<char>,
    /// Looked for once, found or not.
    asked: BTreeSet<char>,
    /// Looks so far, by script.
    looks: BTreeMap<usize, u8>,
    /// A thread looks.
    looking: bool,
    /// egui has not been told of the newest.
    fresh: bool,
    found: Vec<Found>,
}

/// Has `context` ask the system's fonts. Once a context; a second time nothing happens.
pub fn install(context: &Context) {
    install_from(context, find::folders());
}

fn install_from(context: &Context, folders: Vec<PathBuf>) {
    if of(context).is_none() {
        let fonts = Arc::new(SystemFonts { folders, state: Mutex::default() });
        fonts.tell(context);
        context.add_plugin(Tender(fonts));
    }
}

/// What [`install`] gave `context`, for text that is laid out elsewhere.
#[must_use]
pub fn of(context: &Context) -> Option<Arc<SystemFonts>> {
    context.with_plugin(|tender: &mut Tender| tender.0.clone())
}

impl SystemFonts {
    /// How many fonts are loaded: what was laid out with fewer may show boxes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.state().found.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has egui ask again for everything.
    fn tell(self: &Arc<Self>, context: &Context) {
        let provider: Arc<dyn FontProvider> = self.clone();
        context.set_font_providers(vec![provider]);
    }

    /// Starts the thread, if there is anything to look for and none looks.
    fn look_if_wanted(self: &Arc<Self>, context: &Context) {
        {
            let mut state = self.state();
            if state.looking || state.wanted.is_empty() {
                return;
            }
            state.looking = true;
        }
        let (fonts, context) = (self.clone(), context.clone());
        let thread = std::thread::Builder::new().name("lotse-fonts".into()).spawn(move || {
            if fonts.look() {
                context.request_repaint_of(ViewportId::ROOT);
            }
        });
        // It stays at "a thread looks": where there are no threads, boxes are the lesser trouble.
        if let Err(error) = thread {
            tracing::warn!(%error, "no fonts of the system can be looked for");
        }
    }

    /// Looks until nothing is wanted. Whether anything was found.
    fn look(&self) -> bool {
        let mut any = false;
        loop {
            let (wanted, room) = {
                let mut state = self.state();
                let wanted = state.begin();
                if wanted.is_empty() {
                    state.looking = false;
                    return any;
                }
                (wanted, state.room())
            };
            let found = find::look(&self.folders, &wanted, room);
            for font in &found {
                tracing::debug!(font = %font.name, "letters come from a font of the system");
            }
            any |= !found.is_empty();
            let mut state = self.state();
            state.fresh |= !found.is_empty();
            state.found.extend(found);
        }
    }
}

impl FontProvider for SystemFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let character = request.cluster.chars().next()?;
        let mut state = self.state();
        let found = state.found.iter().find(|font| font.has(character));
        let insert = found.map(|font| FontInsert::new(&font.name, font.data.clone(), Vec::new()));
        if insert.is_none() {
            state.want(character);
        }
        insert
    }
}

impl State {
    /// Writes `character` down for the next look, within the bounds.
    fn want(&mut self, character: char) {
        let script_here = script(character);
        let beside = self.wanted.iter().filter(|other| script(**other) == script_here).count();
        let looks = self.looks.get(&script_here).copied().unwrap_or(0);
        let is_known = self.asked.contains(&character) || self.wanted.contains(&character);
        let is_room = self.found.len() < FONTS_MAX && looks < LOOKS_PER_SCRIPT && beside < SAMPLE;
        if is_room && !is_known && is_letter_of_fonts(character) {
            self.wanted.push(character);
        }
    }

    /// What the look that begins now is for; empty when there is nothing to look for.
    fn begin(&mut self) -> Vec<char> {
        let mut wanted = std::mem::take(&mut self.wanted);
        wanted.retain(|character| self.found.len() < FONTS_MAX && !self.found.iter().any(|font| font.has(*character)));
        let scripts: BTreeSet<usize> = wanted.iter().map(|character| script(*character)).collect();
        for script in scripts {
            *self.looks.entry(script).or_default() += 1;
        }
        self.asked.extend(&wanted);
        wanted
    }

    fn room(&self) -> Room {
        let loaded: u64 = self.found.iter().map(|font| font.data.bytes().len() as u64).sum();
        Room { fonts: FONTS_MAX.saturating_sub(self.found.len()), bytes: BYTES_MAX.saturating_sub(loaded) }
    }
}

/// Between the passes of a context: starts looks, and tells egui what they found.
struct Tender(Arc<SystemFonts>);

impl Plugin for Tender {
    fn debug_name(&self) -> &'static str {
        "fonts of the system"
    }

    /// Fonts change before the main window is laid out, and with it all that are drawn inside its pass: never half way.
    fn on_begin_pass(&mut self, ui: &mut Ui) {
        if ui.ctx().viewport_id() == ViewportId::ROOT && std::mem::take(&mut self.0.state().fresh) {
            self.0.tell(ui.ctx());
        }
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        self.0.look_if_wanted(ui.ctx());
    }
}

#[cfg(test)]
#[path = "system_fonts_tests.rs"]
mod tests;
