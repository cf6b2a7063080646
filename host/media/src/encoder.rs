//! The sending side: keeps what the far side has and says how to bring it up to date.
//!
//! Order within a packet: copies, solid fills and exact boxes, lossy cells. `source` is what the screen showed when it
//! was last looked at; `far`, kept only while some cell is lossy, what the far side shows. When nothing lossy is left
//! both are the same.

use crate::{
    blocks::Models,
    canvas::Canvas,
    cells::{CELL, CellMask},
    classify::{Kind, kind},
    compare::{mark_changed, same_moved, solid, trim},
    copies::{self, CopyRect},
    lossy::LossyMap,
    median,
    motion::{self, MotionFinder},
    photo::{self, PhotoCell, PhotoSettings},
    picture::PictureRef,
    pixel_stream::PixelWriter,
    rect::Rect,
    report::EncodeReport,
    wire,
};

/// Lossy updates in close succession after which a cell is video, and coded as coarsely as motion allows.
const VIDEO_STREAK: u8 = 3;
/// Marks of changed cells by what they look like.
const SLIVER: u8 = 1;
const SMOOTH: u8 = 2;
const PHOTO: u8 = 3;
/// Bytes an exactly refreshed photo pixel takes, in 1/256, until measured.
const REFRESH_COST: usize = 384;

/// Settings that may change at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderOptions {
    /// How good photo-like areas look at first, 1 to 100; 100 is exact at once.
    pub photo_quality: u8,
    /// How good photo-like areas look while they keep moving, 1 to 100; never taken as better than `photo_quality`.
    pub video_quality: u8,
    /// How long an area must rest before it is sent exactly, in microseconds.
    pub refresh_after_us: u64,
}

impl Default for EncoderOptions {
    fn default() -> Self {
        Self { photo_quality: 70, video_quality: 45, refresh_after_us: 300_000 }
    }
}

/// The encoder of one picture; see the module.
pub struct Encoder {
    options: EncoderOptions,
    key_wanted: bool,
    source: Canvas,
    far: Option<Canvas>,
    changed: CellMask,
    lossy: LossyMap,
    motion: MotionFinder,
    stream: PixelWriter,
    models: Models,
    refresh_cost: usize,
    pixels: Vec<u8>,
}

impl Encoder {
    #[must_use]
    pub fn new(options: EncoderOptions) -> Self {
        Self {
            options,
            key_wanted: true,
            source: Canvas::default(),
            far: None,
            changed: CellMask::default(),
            lossy: LossyMap::default(),
            motion: MotionFinder::new(),
            stream: PixelWriter::new(),
            models: Models::default(),
            refresh_cost: REFRESH_COST,
            pixels: Vec::new(),
        }
    }

    /// Takes other settings from the next packet on.
    pub fn set(&mut self, options: EncoderOptions) {
        self.options = options;
    }

    /// The receiver has lost its state: the next packet will need nothing that went before.
    pub fn request_key(&mut self) {
        self.key_wanted = true;
    }

    /// Appends to `out` one packet with what changed within `damage`, or nothing if nothing did.
    ///
    /// `damage` must hold all that changed since the last call; for a key packet (the first, after a change of size or
    /// after [`Encoder::request_key`]) the whole picture is taken. An invalid picture gives an empty report.
    pub fn encode(&mut self, picture: PictureRef, damage: &[Rect], now_us: u64, out: &mut Vec<u8>) -> EncodeReport {
        let mut report = EncodeReport::default();
        if !picture.is_valid() {
            return report;
        }
        let start = out.len();
        let key = self.key_wanted || self.source.size() != (picture.width, picture.height);
        let whole = [Rect::new(0, 0, picture.width, picture.height)];
        if key {
            self.restart(&picture);
        }
        let clipped: Vec<Rect> = if key { whole.to_vec() } else { clip(damage, &picture) };
        self.changed.clear();
        mark_changed(&picture, &self.source.view(), &clipped, &mut self.changed);
        if self.changed.bounds().is_none() && !key {
            return report;
        }
        let touched = self.changed.boxes();
        let copies = if key { Vec::new() } else { self.find_copies(&picture, &touched, now_us) };
        report.copied = copies.iter().map(|copy| copy.to.area()).sum();
        self.carry_out(&copies, now_us);
        if !copies.is_empty() {
            self.unmark_same(&picture);
        }
        let photo_cells = self.take_photo_cells(&picture, now_us);
        let (fills, boxes) = self.boxes(&picture);

        let flags = [
            (key, wire::KEY),
            (!copies.is_empty(), wire::COPIES),
            (!fills.is_empty() || !boxes.is_empty(), wire::FILLS_AND_BOXES),
            (!photo_cells.is_empty(), wire::PHOTO),
        ];
        out.push(flags.iter().filter(|(on, _)| *on).fold(wire::VERSION, |all, (_, flag)| all | flag));
        wire::put(out, u64::from(picture.width));
        wire::put(out, u64::from(picture.height));
        if !copies.is_empty() {
            put_copies(out, &copies);
        }
        if !photo_cells.is_empty() && self.far.is_none() {
            let mut far = Canvas::new(picture.width, picture.height);
            far.take_rect(&self.source.view(), &whole[0]);
            self.far = Some(far);
        }
        if !fills.is_empty() || !boxes.is_empty() {
            report.filled = fills.iter().map(|(rect, _)| rect.area()).sum();
            report.exact = boxes.iter().map(Rect::area).sum();
            self.put_exact(&picture, &fills, &boxes, out);
        }
        if !photo_cells.is_empty() {
            report.lossy = photo_cells.iter().map(|cell| cell.part.area()).sum();
            self.put_photo(&picture, &photo_cells, now_us, out);
        }
        for rect in &touched {
            self.source.take_rect(&picture, rect);
        }
        self.drop_far_if_exact();
        report.key = key;
        report.bytes = out.len() - start;
        report
    }

    /// The time at which [`Encoder::refresh`] has work, or `None` if the far picture is exact already.
    #[must_use]
    pub fn refresh_due_us(&self) -> Option<u64> {
        self.lossy.due_us(self.options.refresh_after_us)
    }

    /// Appends to `out` one packet that makes some of the rested lossy areas exact, in about `budget_bytes` at most.
    /// It sends what the last [`Encoder::encode`] saw, so no new picture is needed.
    pub fn refresh(&mut self, now_us: u64, budget_bytes: usize, out: &mut Vec<u8>) -> EncodeReport {
        let mut report = EncodeReport::default();
        let (Some(mut far), false) = (self.far.take(), self.key_wanted) else {
            return report;
        };
        let start = out.len();
        let most = (budget_bytes.saturating_mul(256) / (256 * self.refresh_cost).max(1)).max(1);
        let mut cells = self.changed.clone();
        cells.clear();
        for (column, row) in self.lossy.rested(now_us, self.options.refresh_after_us, most) {
            let rect = cells.rect_of(column, row);
            if same_moved(&self.source.view(), &far.view(), &rect, 0, 0) {
                self.lossy.exact(&self.changed, &rect);
            } else {
                cells.set(column, row, 1);
            }
        }
        let boxes = cells.boxes();
        if !boxes.is_empty() {
            let source = self.source.view();
            self.pixels.clear();
            for rect in &boxes {
                median::residuals(&source, rect, &mut self.pixels);
                far.take_rect(&source, rect);
                self.lossy.exact(&cells, rect);
            }
            let (width, height) = self.source.size();
            out.push(wire::VERSION | wire::REFRESH);
            wire::put(out, u64::from(width));
            wire::put(out, u64::from(height));
            put_rects(out, &boxes);
            wire::put_section(out, &crate::pixel_stream::pack(&self.pixels));
            report.refreshed = boxes.iter().map(Rect::area).sum();
            report.bytes = out.len() - start;
            let cost = report.bytes * 256 / (report.refreshed as usize).max(1);
            self.refresh_cost = ((self.refresh_cost + cost) / 2).max(16);
        }
        self.far = Some(far);
        self.drop_far_if_exact();
        report
    }

    fn restart(&mut self, picture: &PictureRef) {
        self.key_wanted = false;
        self.source = Canvas::new(picture.width, picture.height);
        self.far = None;
        self.changed = CellMask::new(picture.width, picture.height);
        self.lossy = LossyMap::new(&self.changed);
        self.stream.restart();
        self.models = Models::default();
    }

    fn drop_far_if_exact(&mut self) {
        if self.lossy.count() == 0 {
            self.far = None;
        }
    }

    fn find_copies(&mut self, picture: &PictureRef, touched: &[Rect], now_us: u64) -> Vec<CopyRect> {
        // Video has moves of its own; searching it for exact ones would be in vain.
        let still = |&(column, row): &(usize, usize)| self.lossy.streak(column, row, now_us) < VIDEO_STREAK;
        let worth = motion::AREA_WORTH as usize / (CELL * CELL);
        if self.changed.marked().filter(still).take(worth).count() < worth {
            return Vec::new();
        }
        let before = self.source.view();
        let vectors = self.motion.vectors(picture, &before, touched);
        if vectors.is_empty() { Vec::new() } else { motion::copies(picture, &before, &self.changed, &vectors) }
    }

    fn carry_out(&mut self, copies: &[CopyRect], now_us: u64) {
        if copies.is_empty() {
            return;
        }
        copies::apply(&mut self.source.view_mut(), copies);
        if let Some(far) = &mut self.far {
            copies::apply(&mut far.view_mut(), copies);
        }
        self.lossy.copied(&self.changed, copies, now_us);
    }

    /// Takes the mark off cells that the copies have brought up to date.
    fn unmark_same(&mut self, picture: &PictureRef) {
        let source = self.source.view();
        for row in 0..self.changed.rows() {
            for column in 0..self.changed.columns() {
                if self.changed.get(column, row) != 0
                    && same_moved(picture, &source, &self.changed.rect_of(column, row), 0, 0)
                {
                    self.changed.set(column, row, 0);
                }
            }
        }
    }

    /// Takes the cells to be sent lossily out of the changed ones.
    fn take_photo_cells(&mut self, picture: &PictureRef, now_us: u64) -> Vec<PhotoCell> {
        if self.options.photo_quality >= 100 {
            return Vec::new();
        }
        let source = self.source.view();
        let mut kinds = self.changed.clone();
        kinds.clear();
        let mut parts = Vec::new();
        for row in 0..kinds.rows() {
            for column in 0..kinds.columns() {
                if self.changed.get(column, row) == 0 {
                    continue;
                }
                let part = trim(picture, &source, &kinds.rect_of(column, row));
                let kind = kind(picture, &part);
                let mark = match kind {
                    Kind::Drawn => continue,
                    Kind::Sliver => SLIVER,
                    Kind::Smooth => SMOOTH,
                    Kind::Photo => PHOTO,
                };
                kinds.set(column, row, mark);
                parts.push((column, row, part));
            }
        }
        let around = |column: usize, row: usize, counts: &dyn Fn(usize, usize) -> bool| {
            let all = [(0, 1), (1, 0), (1, 2), (2, 1), (0, 0), (2, 2), (0, 2), (2, 0)].into_iter();
            let inside = all.filter_map(|(dx, dy)| Some(((column + dx).checked_sub(1)?, (row + dy).checked_sub(1)?)));
            inside.filter(|&(column, row)| counts(column, row)).count()
        };
        let photo = |column, row| kinds.get(column, row) == PHOTO;
        let photo_or_lossy = |column, row| photo(column, row) || self.lossy.is_lossy(column, row);
        let any = |column, row| matches!(kinds.get(column, row), PHOTO | SMOOTH);
        let mut cells = Vec::new();
        for (column, row, part) in parts {
            let lossy = match kinds.get(column, row) {
                SLIVER => around(column, row, &photo) >= 2,
                // One cell alone is an icon or a cursor rather than a photo.
                PHOTO => around(column, row, &photo_or_lossy) >= 2,
                _ => around(column, row, &photo_or_lossy) >= 2 || around(column, row, &any) >= 5,
            };
            if lossy {
                cells.push(PhotoCell { column, row, part, guess: self.lossy.guess(column, row) });
            }
        }
        for cell in &cells {
            self.changed.set(cell.column, cell.row, 0);
            self.lossy.sent(cell.column, cell.row, cell.part.area(), now_us);
        }
        cells
    }

    /// Solid rectangles and trimmed others that make the remaining changed cells exact.
    fn boxes(&self, picture: &PictureRef) -> (Vec<(Rect, u32)>, Vec<Rect>) {
        let source = self.source.view();
        let (mut fills, mut boxes) = (Vec::new(), Vec::new());
        for rect in self.changed.boxes() {
            let rect = trim(picture, &source, &rect);
            if rect.is_empty() {
                continue;
            }
            match solid(picture, &rect) {
                Some(colour) => fills.push((rect, colour)),
                None => boxes.push(rect),
            }
        }
        (fills, boxes)
    }

    fn put_exact(&mut self, picture: &PictureRef, fills: &[(Rect, u32)], boxes: &[Rect], out: &mut Vec<u8>) {
        wire::put(out, fills.len() as u64);
        let mut former = Rect::default();
        for (rect, colour) in fills {
            wire::put_rect(out, rect, &former);
            out.extend_from_slice(&colour.to_le_bytes()[..3]);
            former = *rect;
        }
        put_rects(out, boxes);
        if !boxes.is_empty() {
            self.pixels.clear();
            boxes.iter().for_each(|rect| pack_pixels(picture, rect, &mut self.pixels));
            let mut section = Vec::new();
            self.stream.write(&self.pixels, &mut section);
            wire::put_section(out, &section);
        }
        for rect in boxes.iter().chain(fills.iter().map(|(rect, _)| rect)) {
            if let Some(far) = &mut self.far {
                far.take_rect(picture, rect);
            }
            self.lossy.exact(&self.changed, rect);
        }
    }

    fn put_photo(&mut self, picture: &PictureRef, cells: &[PhotoCell], now_us: u64, out: &mut Vec<u8>) {
        let streak_at_least = |streak: u8| {
            let long = |cell: &&PhotoCell| self.lossy.streak(cell.column, cell.row, now_us) >= streak;
            cells.iter().filter(long).count() * 2 > cells.len()
        };
        let quality = match streak_at_least(VIDEO_STREAK) {
            true => self.options.video_quality.min(self.options.photo_quality),
            false => self.options.photo_quality,
        };
        let settings = PhotoSettings { step: step_of(quality), moves: streak_at_least(2) };
        let Some(far) = &mut self.far else { return };
        let lossy = &mut self.lossy;
        photo::write(picture, &mut far.view_mut(), cells, settings, &mut self.models, out, |cell, by| {
            lossy.moved(cell.column, cell.row, by);
        });
    }
}

/// Quantiser step in halves of a sample value: 2 at the best, doubling for every 15 less of quality.
fn step_of(quality: u8) -> u8 {
    let worse = f32::from(100 - quality.clamp(1, 100));
    (2.0 * (worse / 15.0).exp2()).round().min(120.0) as u8
}

fn clip(damage: &[Rect], picture: &PictureRef) -> Vec<Rect> {
    let clipped = damage.iter().map(|rect| rect.clip(picture.width, picture.height));
    clipped.filter(|rect| !rect.is_empty()).collect()
}

fn put_rects(out: &mut Vec<u8>, rects: &[Rect]) {
    wire::put(out, rects.len() as u64);
    let mut former = Rect::default();
    for rect in rects {
        wire::put_rect(out, rect, &former);
        former = *rect;
    }
}

fn put_copies(out: &mut Vec<u8>, copies: &[CopyRect]) {
    wire::put(out, copies.len() as u64);
    let mut former = CopyRect { to: Rect::default(), dx: 0, dy: 0 };
    for copy in copies {
        wire::put_rect(out, &copy.to, &former.to);
        wire::put_signed(out, i64::from(copy.dx) - i64::from(former.dx));
        wire::put_signed(out, i64::from(copy.dy) - i64::from(former.dy));
        former = *copy;
    }
}

/// Appends the pixels of `rect` by rows, three bytes each.
fn pack_pixels(picture: &PictureRef, rect: &Rect, pixels: &mut Vec<u8>) {
    let (left, top, right, bottom) = rect.spans();
    for y in top..bottom {
        let start = pixels.len();
        pixels.resize(start + (right - left) * 3, 0);
        for (target, pixel) in pixels[start..].chunks_exact_mut(3).zip(picture.span(y, left, right).chunks_exact(4)) {
            target.copy_from_slice(&pixel[..3]);
        }
    }
}
