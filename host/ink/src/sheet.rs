//! All strokes over one picture, drawn once and kept as runs: what changed is drawn anew, the rest is not.
//!
//! On a computer that shows somebody else's screen the picture comes to contain the strokes itself. What it contains is left
//! out here from then on ([`Sheet::contain`]), also while the newer version of a stroke is still on its way: of that only what
//! goes beyond the contained one is drawn. So nothing is seen twice, and a stroke is seen at once.

use crate::raster::draw;
use crate::region::Rect;
use crate::shape::Stroke;
use crate::spans::Spans;
use crate::words::Font;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// Earlier versions of a stroke that are remembered: those of a pen within two round trips of a slow line.
const PAST_MAX: usize = 32;

#[derive(Debug)]
pub struct Sheet {
    font: Option<Font>,
    scale: (f32, f32),
    clip: Rect,
    entries: Vec<Entry>,
    contained: HashSet<u64>,
    bounds: Rect,
}

#[derive(Debug)]
struct Entry {
    /// Layer and stroke.
    name: (u64, u64),
    stroke: Arc<Stroke>,
    look: u64,
    /// The picture contains it, once and for all.
    done: bool,
    /// The newest earlier version that the picture contains.
    under: Option<Arc<Stroke>>,
    /// Earlier versions that it may come to contain, with their looks, the oldest first.
    past: VecDeque<(u64, Arc<Stroke>)>,
    spans: Spans,
}

impl Sheet {
    /// Empty, at a scale of one. Without a font, words are left out.
    #[must_use]
    pub fn new(font: Option<Font>) -> Self {
        let (entries, contained) = (Vec::new(), HashSet::new());
        Self { font, scale: (1.0, 1.0), clip: Rect::default(), entries, contained, bounds: Rect::default() }
    }

    /// Where the picture is shown: pixels shown for each of its own, and what is drawn at all. Tells whether that is new; then
    /// everything was drawn anew.
    pub fn set_place(&mut self, scale: (f32, f32), clip: Rect) -> bool {
        if self.scale == scale && self.clip == clip {
            return false;
        }
        (self.scale, self.clip) = (scale, clip);
        for entry in &mut self.entries {
            entry.draw(scale, &clip, self.font.as_ref());
        }
        self.measure();
        true
    }

    /// These strokes are there from now on, with the layers they are on, the lowest first. Gives what is to be shown anew.
    pub fn set_strokes(&mut self, strokes: impl Iterator<Item = (u64, Arc<Stroke>)>) -> Rect {
        let before = self.entries.drain(..).enumerate().map(|(place, entry)| (entry.name, (place, entry)));
        let mut old: HashMap<(u64, u64), (usize, Entry)> = before.collect();
        let (mut damage, mut highest) = (Rect::default(), 0);
        for (layer, stroke) in strokes {
            let (place, before) = old.remove(&(layer, stroke.id)).unzip();
            // One that lay below another and lies above it now is seen anew, though it is the same.
            let rises = place.is_some_and(|place| place < highest);
            highest = place.map_or(highest, |place| highest.max(place));
            let entry = match before {
                Some(entry) if Arc::ptr_eq(&entry.stroke, &stroke) || *entry.stroke == *stroke => entry,
                mut before => {
                    let paint = before.as_ref().map(|of| of.stroke.paint());
                    let spans = before.as_mut().map(|of| std::mem::take(&mut of.spans)).unwrap_or_default();
                    let mut entry = Entry::new(layer, stroke, before);
                    entry.done = self.contained.contains(&entry.look);
                    entry.draw(self.scale, &self.clip, self.font.as_ref());
                    // Of a pen that goes on only its end is shown anew.
                    let goes_on = paint == Some(entry.stroke.paint()) && spans.is_cut_as(&entry.spans);
                    let anew = if goes_on {
                        spans.difference(&entry.spans)
                    } else {
                        spans.bounds().union(&entry.spans.bounds())
                    };
                    damage = damage.union(&anew);
                    entry
                }
            };
            if rises {
                damage = damage.union(&entry.spans.bounds());
            }
            self.entries.push(entry);
        }
        let damage = old.values().fold(damage, |damage, (_, gone)| damage.union(&gone.spans.bounds()));
        self.measure();
        damage
    }

    /// The picture contains the strokes with these looks now. Gives what is to be shown anew.
    pub fn contain(&mut self, looks: &[u64]) -> Rect {
        self.contained = looks.iter().copied().collect();
        let mut damage = Rect::default();
        for entry in self.entries.iter_mut().filter(|entry| !entry.done) {
            if entry.find_contained(&self.contained) {
                damage = damage.union(&entry.spans.bounds());
                entry.draw(self.scale, &self.clip, self.font.as_ref());
                damage = damage.union(&entry.spans.bounds());
            }
        }
        self.measure();
        damage
    }

    /// What is drawn lies in here; empty if nothing is.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        self.bounds
    }

    /// Each stroke and its runs, the lowest first.
    pub fn iter(&self) -> impl Iterator<Item = (&Stroke, &Spans)> {
        self.entries.iter().map(|entry| (&*entry.stroke, &entry.spans))
    }

    /// The looks of all its strokes.
    #[must_use]
    pub fn looks(&self) -> Vec<u64> {
        self.entries.iter().map(|entry| entry.look).collect()
    }

    /// Lays all of it over a part of a row, as [`Spans::blend`] does.
    pub fn blend(&self, y: i32, x: i32, pixels: &mut [u8]) {
        for (stroke, spans) in self.iter() {
            spans.blend(stroke.color(), stroke.opacity_percent, y, x, pixels);
        }
    }

    fn measure(&mut self) {
        self.bounds = self.entries.iter().fold(Rect::default(), |all, entry| all.union(&entry.spans.bounds()));
    }
}

impl Entry {
    /// A stroke in place of an earlier version.
    fn new(layer: u64, stroke: Arc<Stroke>, before: Option<Self>) -> Self {
        let (name, look) = ((layer, stroke.id), stroke.look());
        let mut entry =
            Self { name, stroke, look, done: false, under: None, past: VecDeque::new(), spans: Spans::default() };
        if let Some(before) = before {
            if before.done {
                entry.under = Some(before.stroke);
            } else {
                (entry.under, entry.past) = (before.under, before.past);
                entry.past.push_back((before.look, before.stroke));
                if entry.past.len() > PAST_MAX {
                    entry.past.pop_front();
                }
            }
        }
        entry
    }

    /// Looks for itself and for its earlier versions. Tells whether that is news.
    fn find_contained(&mut self, contained: &HashSet<u64>) -> bool {
        if contained.contains(&self.look) {
            self.done = true;
            self.past.clear();
            return true;
        }
        let Some(at) = self.past.iter().rposition(|(look, _)| contained.contains(look)) else { return false };
        self.under = self.past.drain(..=at).next_back().map(|(_, stroke)| stroke);
        true
    }

    fn draw(&mut self, scale: (f32, f32), clip: &Rect, font: Option<&Font>) {
        self.spans = match &self.under {
            _ if self.done => Spans::default(),
            None => draw(&self.stroke, scale, clip, font),
            Some(under) => draw(&self.stroke, scale, clip, font).without(&draw(under, scale, clip, font)),
        };
    }
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
