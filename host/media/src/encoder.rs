//! The sending side: keeps what the far side has and says how to bring it up to date.
//!
//! One change goes out as several packets, what was drawn before what is a photo, so that letters and windows never
//! wait for a video beside them, and the far side unpacks one part while the next is made. `source` is what the screen
//! showed when it was last looked at; `far`, kept only while some cell is lossy, what the far side shows. When nothing
//! lossy is left both are the same.

use crate::{
    blocks::Models,
    canvas::Canvas,
    cells::{CELL, CellMask},
    choose,
    compare::{mark_changed, same_moved, solid, trim},
    copies::{self, CopyRect},
    lossy::{LossyMap, VIDEO_STREAK},
    median,
    motion::{self, MotionFinder},
    options::EncoderOptions,
    parts::{portions, slices},
    photo::{self, PhotoSettings},
    photo_cell::PhotoCell,
    picture::PictureRef,
    pixel_stream::PixelWriter,
    rect::Rect,
    report::EncodeReport,
    sections, wire,
};

/// Bytes an exactly refreshed photo pixel takes, in 1/256, until measured.
const REFRESH_COST: usize = 384;

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
    packet: Vec<u8>,
    set_aside: Vec<u8>,
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
            packet: Vec::new(),
            set_aside: Vec::new(),
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

    /// Hands to `ship`, one by one, packets with what changed within `damage`; none if nothing did.
    ///
    /// `damage` must hold all that changed since the last call; for a key picture (the first, after a change of size or
    /// after [`Encoder::request_key`]) the whole picture is taken. An invalid picture gives an empty report.
    pub fn encode(
        &mut self,
        picture: PictureRef,
        damage: &[Rect],
        now_us: u64,
        ship: &mut dyn FnMut(&[u8]),
    ) -> EncodeReport {
        let mut report = EncodeReport::default();
        if !picture.is_valid() {
            return report;
        }
        let key = self.key_wanted || self.source.size() != (picture.width, picture.height);
        let changes = self.look(&picture, damage, key);
        if !changes && !key {
            return report;
        }
        report.key = key;
        let copies = if key { Vec::new() } else { self.find_copies(&picture, now_us) };
        report.copied = copies.iter().map(|copy| copy.to.area()).sum();
        self.carry_out(&picture, &copies, now_us);
        let touched = self.changed.boxes();
        let photo_cells = choose::photo_cells(
            &picture,
            &self.source.view(),
            &mut self.changed,
            &mut self.lossy,
            &self.options,
            now_us,
        );
        let (fills, boxes) = self.boxes(&picture);
        if !photo_cells.is_empty() {
            self.keep_far();
        }
        self.ship_exact(&picture, &copies, &fills, &boxes, &mut report, ship);
        self.ship_photo(&picture, &photo_cells, now_us, &mut report, ship);
        if key {
            // Nothing more: the far side may show what it has.
            self.begin([]);
            self.hand_over(&mut report, ship);
        }
        for rect in &touched {
            self.source.take_rect(&picture, rect);
        }
        self.drop_far_if_exact();
        report
    }

    /// Marks the cells that are not as they were; for a key picture everything starts anew. False: there are none.
    fn look(&mut self, picture: &PictureRef, damage: &[Rect], key: bool) -> bool {
        if key {
            self.restart(picture);
        }
        let clipped = if key { vec![Rect::new(0, 0, picture.width, picture.height)] } else { clip(damage, picture) };
        self.changed.clear();
        mark_changed(picture, &self.source.view(), &clipped, &mut self.changed);
        self.changed.bounds().is_some()
    }

    /// Something is about to be lossy: from now on the far side's picture is another than the source.
    fn keep_far(&mut self) {
        if self.far.is_none() {
            let (width, height) = self.source.size();
            let mut far = Canvas::new(width, height);
            far.take_rect(&self.source.view(), &Rect::new(0, 0, width, height));
            self.far = Some(far);
        }
    }

    /// What was drawn, in packets of bounded size; copies and fills go with the first.
    fn ship_exact(
        &mut self,
        picture: &PictureRef,
        copies: &[CopyRect],
        fills: &[(Rect, u32)],
        boxes: &[Rect],
        report: &mut EncodeReport,
        ship: &mut dyn FnMut(&[u8]),
    ) {
        let mut parts = portions(boxes);
        if parts.is_empty() && (report.key || !copies.is_empty() || !fills.is_empty()) {
            parts.push(Vec::new());
        }
        for (at, boxes) in parts.iter().enumerate() {
            let (key, copies, fills) = if at == 0 { (report.key, copies, fills) } else { (false, &[][..], &[][..]) };
            report.filled += fills.iter().map(|(rect, _)| rect.area()).sum::<u64>();
            report.exact += boxes.iter().map(Rect::area).sum::<u64>();
            let exact = !fills.is_empty() || !boxes.is_empty();
            self.begin([(key, wire::KEY), (!copies.is_empty(), wire::COPIES), (exact, wire::FILLS_AND_BOXES)]);
            if !copies.is_empty() {
                sections::put_copies(&mut self.packet, copies);
            }
            if exact {
                self.put_exact(picture, fills, boxes);
            }
            self.hand_over(report, ship);
        }
    }

    /// What is a photo, after what was drawn.
    fn ship_photo(
        &mut self,
        picture: &PictureRef,
        cells: &[PhotoCell],
        now_us: u64,
        report: &mut EncodeReport,
        ship: &mut dyn FnMut(&[u8]),
    ) {
        let settings = self.photo_settings(cells, now_us);
        for cells in slices(cells) {
            report.lossy += cells.iter().map(|cell| cell.part.area()).sum::<u64>();
            self.begin([(true, wire::PHOTO)]);
            self.put_photo(picture, cells, settings);
            self.hand_over(report, ship);
        }
    }

    fn hand_over(&self, report: &mut EncodeReport, ship: &mut dyn FnMut(&[u8])) {
        report.bytes += self.packet.len();
        ship(&self.packet);
    }

    /// The time at which [`Encoder::refresh`] has work, or `None` if the far picture is exact already.
    #[must_use]
    pub fn refresh_due_us(&self) -> Option<u64> {
        if self.key_wanted {
            return None;
        }
        self.lossy.due_us(self.options.refresh_after_us)
    }

    /// Hands to `ship` a packet, if there is need for one, that makes some of the rested lossy areas exact, in about
    /// `budget_bytes` at most. It sends what the last [`Encoder::encode`] saw, so no new picture is needed.
    pub fn refresh(&mut self, now_us: u64, budget_bytes: usize, ship: &mut dyn FnMut(&[u8])) -> EncodeReport {
        let mut report = EncodeReport::default();
        if self.key_wanted {
            return report;
        }
        let Some(mut far) = self.far.take() else { return report };
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
            self.begin([(true, wire::REFRESH)]);
            sections::put_rects(&mut self.packet, &boxes);
            wire::put_section(&mut self.packet, &crate::pixel_stream::pack(&self.pixels));
            report.refreshed = boxes.iter().map(Rect::area).sum();
            report.bytes = self.packet.len();
            ship(&self.packet);
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

    /// A new packet with those of the flags that are on.
    fn begin<const N: usize>(&mut self, flags: [(bool, u8); N]) {
        let (width, height) = self.source.size();
        self.packet.clear();
        self.packet.push(flags.iter().filter(|(on, _)| *on).fold(wire::VERSION, |all, (_, flag)| all | flag));
        wire::put(&mut self.packet, u64::from(width));
        wire::put(&mut self.packet, u64::from(height));
    }

    fn drop_far_if_exact(&mut self) {
        if self.lossy.count() == 0 {
            self.far = None;
        }
    }

    fn find_copies(&mut self, picture: &PictureRef, now_us: u64) -> Vec<CopyRect> {
        // Video has moves of its own; searching it for exact ones would be in vain.
        let still = |&(column, row): &(usize, usize)| self.lossy.streak(column, row, now_us) < VIDEO_STREAK;
        let worth = motion::AREA_WORTH as usize / (CELL * CELL);
        if self.changed.marked().filter(still).take(worth).count() < worth {
            return Vec::new();
        }
        self.motion.copies(picture, &self.source.view(), &self.changed)
    }

    /// Brings `source` and `far` to where the copies bring the far side, and takes the mark off what is right by now.
    fn carry_out(&mut self, picture: &PictureRef, copies: &[CopyRect], now_us: u64) {
        if copies.is_empty() {
            return;
        }
        if let Some(far) = &mut self.far {
            copies::apply(&mut far.view_mut(), copies, &mut self.set_aside);
        }
        self.lossy.copied(&self.changed, copies, now_us);
        for copy in copies {
            // Found to be the same, pixel by pixel; so what was copied need not be.
            self.source.take_rect(picture, &copy.to);
        }
        let source = self.source.view();
        for copy in copies {
            let (left, top, right, bottom) = self.changed.cells_of(&copy.to);
            for row in top..bottom {
                for column in left..right {
                    let cell = self.changed.rect_of(column, row);
                    if self.changed.get(column, row) != 0
                        && (copy.to.contains(&cell) || same_moved(picture, &source, &cell, 0, 0))
                    {
                        self.changed.set(column, row, 0);
                    }
                }
            }
        }
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

    fn put_exact(&mut self, picture: &PictureRef, fills: &[(Rect, u32)], boxes: &[Rect]) {
        let out = &mut self.packet;
        sections::put_fills(out, fills);
        sections::put_rects(out, boxes);
        if !boxes.is_empty() {
            self.pixels.clear();
            boxes.iter().for_each(|rect| sections::pack_pixels(picture, rect, &mut self.pixels));
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

    fn photo_settings(&self, cells: &[PhotoCell], now_us: u64) -> PhotoSettings {
        let streak_at_least = |streak: u8| {
            let long = |cell: &&PhotoCell| self.lossy.streak(cell.column, cell.row, now_us) >= streak;
            cells.iter().filter(long).count() * 2 > cells.len()
        };
        let quality = match streak_at_least(VIDEO_STREAK) {
            true => self.options.video_quality.min(self.options.photo_quality),
            false => self.options.photo_quality,
        };
        PhotoSettings { step: step_of(quality), moves: streak_at_least(2) }
    }

    fn put_photo(&mut self, picture: &PictureRef, cells: &[PhotoCell], settings: PhotoSettings) {
        let Some(far) = &mut self.far else { return };
        let lossy = &mut self.lossy;
        photo::write(picture, &mut far.view_mut(), cells, settings, &mut self.models, &mut self.packet, |cell, by| {
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
