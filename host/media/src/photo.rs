//! Photo-like cells as lossy blocks: prediction, transform, quantised differences; on both sides.
//!
//! Differences to the prediction are taken pixel by pixel in colour and turned into brightness and colour differences
//! afterwards, so what is predicted well keeps all its detail. Blocks are written into the picture in place, row by
//! row: neighbours are read as they stand there, moved blocks from the [`Reference`] kept before.

use crate::{
    DecodeError,
    blocks::{CellCode, Context, Models, Prediction, Steps},
    cells::{CELL, CellMask},
    dct::{Block, Quantizer, forward, inverse},
    picture::{PictureMut, PictureRef},
    predict::{INTRAS, Intra, Move, Neighbours, Pixels, Reference},
    range_coder::{RangeReader, RangeWriter},
    rect::Rect,
    search::{Search, block_difference, luma_of},
    wire::{Reader, put, put_section},
};

/// Steps are told in halves of a sample value, in one byte.
const STEP_UNIT: f32 = 0.5;
/// Colour is seen less sharply than brightness.
const COLOUR_STEP: f32 = 1.3;
const COLOUR_SLOPE: f32 = 2.0;
const LIGHT_SLOPE: f32 = 0.6;

/// Squared steps that a block must differ by to be sent at all.
const ENERGY_STEPS: f32 = 1.5;

/// The quantizers of one packet.
struct Quantizers {
    light: Quantizer,
    colour: Quantizer,
}

impl Quantizers {
    fn new(step: u8) -> Self {
        let step = f32::from(step.max(1)) * STEP_UNIT;
        Self { light: Quantizer::new(step, LIGHT_SLOPE), colour: Quantizer::new(step * COLOUR_STEP, COLOUR_SLOPE) }
    }

    fn of(&self, block: usize) -> &Quantizer {
        if block < 4 { &self.light } else { &self.colour }
    }
}

/// What is to be sent of one cell.
#[derive(Clone, Copy)]
pub(crate) struct PhotoCell {
    pub(crate) column: usize,
    pub(crate) row: usize,
    /// The changed part, clipped to the cell and the picture.
    pub(crate) part: Rect,
    /// Where the cell came from last time, as a first guess.
    pub(crate) guess: Move,
}

/// How cells are to be sent.
#[derive(Clone, Copy)]
pub(crate) struct PhotoSettings {
    /// Quantiser step in halves of a sample value.
    pub(crate) step: u8,
    /// Keep the picture before as reference and search for moves.
    pub(crate) moves: bool,
}

/// What the cells to the left and above were told as, by cell of the section.
struct Told {
    columns: usize,
    cells: Vec<Option<(Prediction, bool)>>,
    whole: bool,
}

impl Told {
    fn new(columns: usize, rows: usize) -> Self {
        Self { columns, cells: vec![None; columns * rows], whole: true }
    }

    fn at(&self, column: Option<usize>, row: Option<usize>) -> Option<(Prediction, bool)> {
        let (column, row) = (column?, row?);
        if column < self.columns { self.cells.get(row * self.columns + column).copied().flatten() } else { None }
    }

    fn present(&self, column: usize, row: usize) -> (bool, bool) {
        let left = self.at(column.checked_sub(1), Some(row)).is_some();
        (left, self.at(Some(column), row.checked_sub(1)).is_some())
    }

    fn context(&self, column: usize, row: usize) -> Context {
        let left = self.at(column.checked_sub(1), Some(row));
        let above = self.at(Some(column), row.checked_sub(1));
        let beyond = self.at(Some(column + 1), row.checked_sub(1));
        let moved = |cell: Option<(Prediction, bool)>| match cell {
            Some((Prediction::Moved(by), _)) => Some(by),
            Some((Prediction::Intra(_), _)) | None => None,
        };
        let count =
            |test: fn(&(Prediction, bool)) -> bool| [left, above].iter().flatten().filter(|cell| test(cell)).count();
        Context {
            moves: [moved(left), moved(above), moved(beyond)],
            bare: count(|cell| cell.1),
            intra: count(|cell| matches!(cell.0, Prediction::Intra(_))),
        }
    }

    fn set(&mut self, column: usize, row: usize, code: &CellCode) {
        let empty = (0..6).all(|block| code.is_empty(block));
        let bare = empty && matches!(code.prediction, Prediction::Moved(_));
        if let Some(cell) = self.cells.get_mut(row * self.columns + column) {
            *cell = Some((code.prediction, bare));
        }
    }
}

/// Appends a photo section for `cells` (in order of rows, then columns) and brings `far` up to date with what the far
/// side will see. `moved` is told where each cell was found to come from.
pub(crate) fn write(
    now: &PictureRef,
    far: &mut PictureMut,
    cells: &[PhotoCell],
    settings: PhotoSettings,
    models: &mut Models,
    out: &mut Vec<u8>,
    mut moved: impl FnMut(&PhotoCell, Move),
) {
    let Some(bounds) = bounds(cells) else { return };
    let (left, top, right, bottom) = bounds;
    for value in [left, top, right - left, bottom - top] {
        put(out, value as u64);
    }
    out.push(settings.step);
    out.push(u8::from(settings.moves));
    let reference = settings.moves.then(|| Reference::take(&far.as_ref(), bounds));
    let search = reference.as_ref().map(Search::new);
    let step = f32::from(settings.step) * STEP_UNIT;
    let least_energy = ENERGY_STEPS * step * step;
    let sender = Sender { quantizers: Quantizers::new(settings.step), step: settings.step, least_energy, search };
    let mut told = Told::new(right - left, bottom - top);
    let mut coder = RangeWriter::new();
    let mut waiting = cells.iter().peekable();
    for row in top..bottom {
        for column in left..right {
            let here = waiting.next_if(|cell| (cell.row, cell.column) == (row, column));
            let (beside, above) = told.present(column - left, row - top);
            models.present(&mut coder, beside, above, here.is_some());
            let Some(cell) = here else { continue };
            let origin = Rect::new((column * CELL) as i32, (row * CELL) as i32, 0, 0);
            let part = part_of(&cell.part, &origin, far.width, far.height);
            let part = models.part(&mut coder, part, told.whole);
            told.whole = part == [0, 0, 16, 16];
            let context = told.context(column - left, row - top);
            let mut code = sender.code(now, far, cell, reference.as_ref(), &context);
            models.cell(&mut coder, &context, settings.moves, &mut code);
            told.set(column - left, row - top, &code);
            if let Prediction::Moved(by) = code.prediction {
                moved(cell, by);
            }
            reconstruct(far, (column, row), part, &code, &sender.quantizers, reference.as_ref());
        }
    }
    put_section(out, &coder.finish());
}

/// Reads a photo section into `picture` and marks the cells it wrote.
pub(crate) fn read(
    reader: &mut Reader,
    picture: &mut PictureMut,
    models: &mut Models,
    written: &mut CellMask,
) -> Result<(), DecodeError> {
    let left = reader.number_max(written.columns() - 1)?;
    let top = reader.number_max(written.rows() - 1)?;
    let columns = reader.number_max(written.columns() - left)?;
    let rows = reader.number_max(written.rows() - top)?;
    let quantizers = Quantizers::new(reader.byte()?);
    let moves = reader.byte()? != 0;
    if columns == 0 || rows == 0 {
        return Err(DecodeError::OutOfRange);
    }
    let reference = moves.then(|| Reference::take(&picture.as_ref(), (left, top, left + columns, top + rows)));
    let mut coder = RangeReader::new(reader.section()?);
    let mut told = Told::new(columns, rows);
    for row in 0..rows {
        for column in 0..columns {
            let (beside, above) = told.present(column, row);
            if !models.present(&mut coder, beside, above, false) {
                continue;
            }
            let part = models.part(&mut coder, [0; 4], told.whole);
            told.whole = part == [0, 0, 16, 16];
            let context = told.context(column, row);
            let mut code = CellCode::default();
            models.cell(&mut coder, &context, moves, &mut code);
            // Moves are clamped by the syntax; a packet without a reference holds none.
            told.set(column, row, &code);
            let cell = (left + column, top + row);
            reconstruct(picture, cell, part, &code, &quantizers, reference.as_ref());
            written.set(cell.0, cell.1, 1);
        }
        if coder.overran() {
            return Err(DecodeError::Stream);
        }
    }
    Ok(())
}

fn bounds(cells: &[PhotoCell]) -> Option<(usize, usize, usize, usize)> {
    let first = cells.first()?;
    let start = (first.column, first.row, first.column + 1, first.row + 1);
    Some(cells.iter().fold(start, |(left, top, right, bottom), cell| {
        (left.min(cell.column), top.min(cell.row), right.max(cell.column + 1), bottom.max(cell.row + 1))
    }))
}

/// The changed part within its cell; sides at the picture's edge count as the cell's, which costs nothing to tell.
fn part_of(part: &Rect, origin: &Rect, width: u32, height: u32) -> [u8; 4] {
    let side = |value: i64, from: i32| (value - i64::from(from)).clamp(0, CELL as i64) as u8;
    let right = if part.right() >= i64::from(width) { CELL as u8 } else { side(part.right(), origin.x) };
    let bottom = if part.bottom() >= i64::from(height) { CELL as u8 } else { side(part.bottom(), origin.y) };
    [side(i64::from(part.x), origin.x), side(i64::from(part.y), origin.y), right, bottom]
}

fn predicted(
    picture: &PictureMut,
    (x, y): (usize, usize),
    prediction: Prediction,
    reference: Option<&Reference>,
) -> Pixels {
    match (prediction, reference) {
        (Prediction::Moved(by), Some(reference)) => reference.block(x, y, by),
        (Prediction::Intra(intra), _) => Neighbours::of(picture, x, y).block(intra),
        (Prediction::Moved(_), None) => Neighbours::of(picture, x, y).block(Intra::Mean),
    }
}

/// Writes one cell's `part` as prediction plus differences.
fn reconstruct(
    picture: &mut PictureMut,
    (column, row): (usize, usize),
    [left, top, right, bottom]: [u8; 4],
    code: &CellCode,
    quantizers: &Quantizers,
    reference: Option<&Reference>,
) {
    let (x, y) = (column * CELL, row * CELL);
    let mut pixels = predicted(picture, (x, y), code.prediction, reference);
    add_differences(&mut pixels, code, quantizers);
    let right = (x + usize::from(right)).min(picture.width as usize);
    let bottom = (y + usize::from(bottom)).min(picture.height as usize);
    let (left, top) = (x + usize::from(left), y + usize::from(top));
    if left >= right {
        return;
    }
    for y_at in top..bottom {
        let from = ((y_at - y) * CELL + left - x) * 4;
        picture.span_mut(y_at, left, right).copy_from_slice(&pixels[from..from + (right - left) * 4]);
    }
}

fn add_differences(pixels: &mut Pixels, code: &CellCode, quantizers: &Quantizers) {
    if (0..6).all(|block| code.is_empty(block)) {
        return;
    }
    let plane = |block: usize| match code.is_empty(block) {
        true => [0; 64],
        false => sixteenths(&inverse(&quantizers.of(block).restore(&code.blocks[block]))),
    };
    let (blue, red) = (plane(4), plane(5));
    for block in 0..4 {
        let light = plane(block);
        let (left, top) = ((block % 2) * 8, (block / 2) * 8);
        for row in 0..8 {
            let start = ((top + row) * CELL + left) * 4;
            let half = (top + row) / 2 * 8 + left / 2;
            let light = &light[row * 8..row * 8 + 8];
            let (blue, red) = (&blue[half..half + 4], &red[half..half + 4]);
            for (column, pixel) in pixels[start..start + 32].chunks_exact_mut(4).enumerate() {
                let (light, blue, red) = (light[column], blue[column / 2], red[column / 2]);
                // ITU-R BT.601, as in JPEG, in 1/256: 1.772, 0.344, 0.714 and 1.402.
                pixel[0] = changed(pixel[0], light + ((454 * blue) >> 8));
                pixel[1] = changed(pixel[1], light - ((88 * blue + 183 * red) >> 8));
                pixel[2] = changed(pixel[2], light + ((359 * red) >> 8));
            }
        }
    }
}

/// Differences in whole sixteenths; beyond any that makes sense they are cut off.
fn sixteenths(block: &Block) -> [i32; 64] {
    let mut result = [0; 64];
    for (result, value) in result.iter_mut().zip(block) {
        *result = (value.clamp(-2000.0, 2000.0) * 16.0) as i32;
    }
    result
}

#[inline]
fn changed(value: u8, by: i32) -> u8 {
    ((i32::from(value) * 16 + by + 8) >> 4).clamp(0, 255) as u8
}

/// What the sending side needs to decide on a cell.
struct Sender<'a> {
    quantizers: Quantizers,
    step: u8,
    /// Sum of squares below which a block is not worth transforming.
    least_energy: f32,
    search: Option<Search<'a>>,
}

impl Sender<'_> {
    fn code(
        &self,
        now: &PictureRef,
        far: &PictureMut,
        cell: &PhotoCell,
        reference: Option<&Reference>,
        context: &Context,
    ) -> CellCode {
        let (x, y) = (cell.column * CELL, cell.row * CELL);
        let wanted = pixels_of(now, x, y);
        let light = luma_of(&wanted);
        // Half a step per bit: what one more bit may cost in difference.
        let bit_cost = u32::from(self.step).div_ceil(2);
        let moved = self.search.as_ref().map(|search| {
            let expected = context.expected_move();
            let [left, above, _] = context.moves;
            let likely = [expected, cell.guess, (0, 0), left.unwrap_or(expected), above.unwrap_or(expected)];
            search.best(&light, (x, y), &likely, bit_cost)
        });
        let mut best = (Prediction::Intra(Intra::Mean), u32::MAX, [0; CELL * CELL * 4]);
        if let (Some((by, cost)), Some(reference)) = (moved, reference) {
            best = (Prediction::Moved(by), cost, reference.block(x, y, by));
        }
        // A move that leaves little more than noise is not bettered by neighbours.
        if best.1 > 6 * (CELL * CELL) as u32 {
            let neighbours = Neighbours::of(far, x, y);
            for intra in INTRAS {
                let block = neighbours.block(intra);
                let cost = block_difference(&light, &luma_of(&block)) + 8 * bit_cost;
                if cost < best.1 {
                    best = (Prediction::Intra(intra), cost, block);
                }
            }
        }
        let (prediction, _, expected) = best;
        let bias = if matches!(prediction, Prediction::Moved(_)) { 0.24 } else { 0.34 };
        CellCode { prediction, blocks: self.differences(&wanted, &expected, cell, bias) }
    }

    fn differences(&self, wanted: &Pixels, expected: &Pixels, cell: &PhotoCell, bias: f32) -> [Steps; 6] {
        let inside = inside(cell);
        let mut lights = [[0.0; 64]; 4];
        let (mut blue, mut red) = ([0.0; 64], [0.0; 64]);
        for y in 0..CELL {
            for x in 0..CELL {
                if !inside(x, y) {
                    continue;
                }
                let at = (y * CELL + x) * 4;
                let of =
                    |channel: usize| f32::from(i16::from(wanted[at + channel]) - i16::from(expected[at + channel]));
                let (b, g, r) = (of(0), of(1), of(2));
                let light = 0.114 * b + 0.587 * g + 0.299 * r;
                lights[y / 8 * 2 + x / 8][y % 8 * 8 + x % 8] = light;
                let half = y / 2 * 8 + x / 2;
                // A quarter each: colour is the mean of four pixels.
                blue[half] += (b - light) * (0.25 / 1.772);
                red[half] += (r - light) * (0.25 / 1.402);
            }
        }
        let [a, b, c, d] = lights;
        let mut steps = [[0; 64]; 6];
        for (block, (steps, samples)) in steps.iter_mut().zip([a, b, c, d, blue, red]).enumerate() {
            // By Parseval no coefficient can exceed the root of this; so little is spread over many and drops out.
            let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
            if energy >= self.least_energy {
                *steps = self.quantizers.of(block).quantize(&forward(&samples), bias);
                drop_crumbs(steps);
            }
        }
        steps
    }
}

/// Clears a block with nothing but one or two single steps of fine detail: they cost more than they show.
fn drop_crumbs(steps: &mut Steps) {
    let mut weight = 0;
    for (at, &value) in steps.iter().enumerate() {
        if value != 0 {
            let coarse = at / 8 + at % 8 <= 2;
            weight += if value.abs() > 1 || at == 0 {
                9
            } else if coarse {
                3
            } else {
                1
            };
        }
    }
    if weight <= 3 {
        *steps = [0; 64];
    }
}

/// Whether a pixel of the cell is to be sent.
fn inside(cell: &PhotoCell) -> impl Fn(usize, usize) -> bool + use<> {
    let (left, top, right, bottom) = cell.part.spans();
    let (x0, y0) = (cell.column * CELL, cell.row * CELL);
    move |x, y| (left..right).contains(&(x0 + x)) && (top..bottom).contains(&(y0 + y))
}

/// The pixels of a cell; outside the picture they are black, and never sent.
fn pixels_of(picture: &PictureRef, x: usize, y: usize) -> Pixels {
    let mut pixels = [0; CELL * CELL * 4];
    let right = (x + CELL).min(picture.width as usize);
    let bottom = (y + CELL).min(picture.height as usize);
    for (row, target) in (y..bottom).zip(pixels.chunks_exact_mut(CELL * 4)) {
        let span = picture.span(row, x, right);
        target[..span.len()].copy_from_slice(span);
    }
    pixels
}
