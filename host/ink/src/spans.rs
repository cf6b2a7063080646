//! Runs of pixels that a stroke covers equally: what is blended, or cut out of a window.

use crate::region::Rect;
use std::cmp::Ordering;

/// Translucent runs of more pixels than this are cut in stripes: pixel by pixel they would be too many rectangles.
const DITHERED_PIXELS_MAX: u64 = 64 * 1024;
/// From here on a pixel rather belongs to a stroke than not, where there is nothing between.
const COVERED_FROM: u8 = 128;

/// `len` pixels from `x` on in row `y`, covered by `cover` of 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub y: i32,
    pub x: i32,
    pub len: u32,
    pub cover: u8,
}

impl Span {
    fn end(&self) -> i64 {
        i64::from(self.x) + i64::from(self.len)
    }
}

/// Runs by row, and by place within it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spans {
    list: Vec<Span>,
    bounds: Rect,
}

impl Spans {
    /// Of coverage row by row, in an area.
    pub(crate) fn of(area: Rect, cover: &[u8]) -> Self {
        let mut spans = Self::default();
        for (row, y) in cover.chunks_exact((area.width as usize).max(1)).zip(area.y..) {
            spans.push_row(y, area.x, row);
        }
        spans
    }

    fn push_row(&mut self, y: i32, from: i32, row: &[u8]) {
        let mut x = from;
        for run in row.chunk_by(|a, b| a == b) {
            let len = run.len() as u32;
            if let Some(cover) = run.first().copied().filter(|cover| *cover > 0) {
                self.list.push(Span { y, x, len, cover });
                self.bounds = self.bounds.union(&Rect::new(x, y, len, 1));
            }
            x = x.saturating_add_unsigned(len);
        }
    }

    /// What it covers lies in here.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        self.bounds
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Span> {
        self.list.iter()
    }

    fn row(&self, y: i32) -> &[Span] {
        let from = self.list.partition_point(|span| span.y < y);
        let rest = self.list.get(from..).unwrap_or_default();
        let len = rest.partition_point(|span| span.y == y);
        rest.get(..len).unwrap_or_default()
    }

    /// What this and another one cover differently lies in here.
    #[must_use]
    pub(crate) fn difference(&self, other: &Self) -> Rect {
        let (mut ours, mut theirs) = (self.rows().peekable(), other.rows().peekable());
        let mut all = Rect::default();
        loop {
            let (mut our, mut their) =
                (ours.peek().copied().unwrap_or_default(), theirs.peek().copied().unwrap_or_default());
            let y = |row: &[Span]| row.first().map_or(i64::from(i32::MAX) + 1, |span| i64::from(span.y));
            match y(our).cmp(&y(their)) {
                Ordering::Less => their = &[],
                Ordering::Greater => our = &[],
                Ordering::Equal if our.is_empty() => return all,
                Ordering::Equal => {}
            }
            if !our.is_empty() {
                ours.next();
            }
            if !their.is_empty() {
                theirs.next();
            }
            all = all.union(&differing(our, their));
        }
    }

    /// Runs row by row.
    fn rows(&self) -> impl Iterator<Item = &[Span]> {
        self.list.chunk_by(|a, b| a.y == b.y)
    }

    /// The same without what another one covers.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        if other.is_empty() || self.bounds.intersect(&other.bounds).is_empty() {
            return self.clone();
        }
        let mut left = Self::default();
        let mut row = vec![0; self.bounds.width as usize];
        for spans in self.list.chunk_by(|a, b| a.y == b.y) {
            let Some(y) = spans.first().map(|span| span.y) else { continue };
            row.fill(0);
            for span in spans {
                self.pixels(span, &mut row).iter_mut().for_each(|cover| *cover = span.cover);
            }
            for span in other.row(y) {
                for cover in self.pixels(span, &mut row) {
                    *cover = scaled(*cover, 255 - span.cover);
                }
            }
            left.push_row(y, self.bounds.x, &row);
        }
        left
    }

    /// The pixels of a span in a row that begins where the bounds do.
    fn pixels<'a>(&self, span: &Span, row: &'a mut [u8]) -> &'a mut [u8] {
        let (from, end) = (i64::from(span.x) - i64::from(self.bounds.x), span.end() - i64::from(self.bounds.x));
        let width = row.len() as i64;
        let (from, end) = (from.clamp(0, width) as usize, end.clamp(0, width) as usize);
        row.get_mut(from..end.max(from)).unwrap_or_default()
    }

    /// Lays it over pixels of four bytes, blue first, that begin at `x` of row `y`. The fourth byte is how dense a pixel is,
    /// with the colours multiplied by it; where it means nothing, it still means nothing afterwards.
    pub fn blend(&self, color: u32, opacity_percent: u32, y: i32, x: i32, pixels: &mut [u8]) {
        let [blue, green, red, _] = color.to_le_bytes();
        let source = [blue, green, red, 255];
        let opacity = (opacity_percent.min(100) * 255 / 100) as u8;
        let count = (pixels.len() / 4) as i64;
        for span in self.row(y) {
            let from = (i64::from(span.x) - i64::from(x)).clamp(0, count) as usize;
            let end = (span.end() - i64::from(x)).clamp(0, count) as usize;
            let alpha = scaled(span.cover, opacity);
            for pixel in pixels.get_mut(from * 4..end.max(from) * 4).unwrap_or_default().chunks_exact_mut(4) {
                for (to, of) in pixel.iter_mut().zip(source) {
                    *to = scaled(of, alpha).saturating_add(scaled(*to, 255 - alpha));
                }
            }
        }
    }

    fn is_striped(&self) -> bool {
        self.list.iter().map(|span| u64::from(span.len)).sum::<u64>() > DITHERED_PIXELS_MAX
    }

    /// Whether [`Self::cut`] makes the same pattern of both.
    pub(crate) fn is_cut_as(&self, other: &Self) -> bool {
        self.is_striped() == other.is_striped()
    }

    /// The rectangles to cut out of a window where nothing is translucent: pixels rather covered than not, and of those as
    /// many as the opacity says, by a pattern.
    #[must_use]
    pub fn cut(&self, opacity_percent: u32) -> Vec<Rect> {
        let opacity = opacity_percent.clamp(1, 100);
        let striped = self.is_striped();
        let mut rects = Vec::new();
        for row in self.list.chunk_by(|a, b| a.y == b.y) {
            for (y, from, end) in joined(row) {
                if opacity == 100 {
                    rects.push(Rect::between(from, y.into(), end, i64::from(y) + 1));
                } else if striped {
                    if is_dark_row(y, opacity) {
                        rects.push(Rect::between(from, y.into(), end, i64::from(y) + 1));
                    }
                } else {
                    let dots = (from..end).filter(|x| is_dark_pixel(*x, y, opacity));
                    rects.extend(dots.map(|x| Rect::between(x, y.into(), x + 1, i64::from(y) + 1)));
                }
            }
        }
        rects
    }
}

/// What two rows at the same height cover differently.
fn differing(ours: &[Span], theirs: &[Span]) -> Rect {
    let front = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let (ours, theirs) = (ours.get(front..).unwrap_or_default(), theirs.get(front..).unwrap_or_default());
    let back = ours.iter().rev().zip(theirs.iter().rev()).take_while(|(a, b)| a == b).count();
    let rest = |row: &[Span]| {
        let row = row.get(..row.len() - back).unwrap_or_default();
        (row.first().copied(), row.last().copied())
    };
    let ((first, last), (their_first, their_last)) = (rest(ours), rest(theirs));
    // Of two runs that begin alike, or end alike, what both have is the same.
    let left = match (first, their_first) {
        (Some(a), Some(b)) if (a.x, a.cover) == (b.x, b.cover) => a.end().min(b.end()),
        (Some(a), Some(b)) => a.x.min(b.x).into(),
        (Some(one), None) | (None, Some(one)) => one.x.into(),
        (None, None) => return Rect::default(),
    };
    let (right, y) = match (last, their_last) {
        (Some(a), Some(b)) if (a.end(), a.cover) == (b.end(), b.cover) => (a.x.max(b.x).into(), a.y),
        (Some(a), Some(b)) => (a.end().max(b.end()), a.y),
        (Some(one), None) | (None, Some(one)) => (one.end(), one.y),
        (None, None) => return Rect::default(),
    };
    Rect::between(left, y.into(), right, i64::from(y) + 1)
}

/// Neighbours in a row that are covered enough, as one: row, beginning and end.
fn joined(row: &[Span]) -> impl Iterator<Item = (i32, i64, i64)> {
    let mut runs: Vec<(i32, i64, i64)> = Vec::new();
    for span in row.iter().filter(|span| span.cover >= COVERED_FROM) {
        match runs.last_mut() {
            Some((_, _, end)) if *end == i64::from(span.x) => *end = span.end(),
            Some(_) | None => runs.push((span.y, span.x.into(), span.end())),
        }
    }
    runs.into_iter()
}

/// One to three of four pixels in a square of two by two.
fn is_dark_pixel(x: i64, y: i32, opacity: u32) -> bool {
    let rank = match (x & 1, y & 1) {
        (0, 0) => 0,
        (1, 1) => 1,
        (1, 0) => 2,
        _ => 3,
    };
    rank < dark_of_four(opacity)
}

/// One to three of four rows.
fn is_dark_row(y: i32, opacity: u32) -> bool {
    let rank = match y & 3 {
        0 => 0,
        2 => 1,
        1 => 2,
        _ => 3,
    };
    rank < dark_of_four(opacity)
}

fn dark_of_four(opacity: u32) -> u32 {
    ((opacity * 4 + 50) / 100).clamp(1, 3)
}

fn scaled(value: u8, by: u8) -> u8 {
    ((u32::from(value) * u32::from(by) + 127) / 255) as u8
}

#[cfg(test)]
#[path = "spans_tests.rs"]
mod tests;
