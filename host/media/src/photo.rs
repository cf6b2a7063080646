//! Photo-like cells as lossy blocks: prediction, transform, quantised differences; on both sides.
//!
//! Differences to the prediction are taken pixel by pixel in colour and turned into brightness and colour differences
//! afterwards, so what is predicted well keeps all its detail. Blocks are written into the picture in place, row by
//! row: neighbours are read as they stand there, moved blocks from the [`Reference`] kept before.

use multiversion::multiversion;

use crate::{
    DecodeError,
    blocks::{CellCode, Context, Models, Prediction},
    cells::{CELL, CellMask},
    dct::{Block, at_most, nearest},
    photo_cell::PhotoCell,
    picture::{PictureMut, PictureRef},
    planes,
    predict::{Intra, Move, Neighbours, Pixels, Reference},
    quantizers::{Quantizers, STEP_UNIT},
    range_coder::{RangeReader, RangeWriter},
    rect::Rect,
    sender::Sender,
    wire::{Reader, put, put_section},
};

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
        let bare = code.is_bare() && matches!(code.prediction, Prediction::Moved(_));
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
    let quantizers = Quantizers::new(settings.step);
    let sender = Sender::new(&quantizers, f32::from(settings.step) * STEP_UNIT, reference.as_ref());
    let mut told = Told::new(right - left, bottom - top);
    let mut coder = RangeWriter::new();
    let mut waiting = cells.iter().peekable();
    // One each for all cells: they are a kilobyte, and moving them about is seen.
    let (mut code, mut expected) = (CellCode::default(), [0; CELL * CELL * 4]);
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
            sender.code(now, far, cell, &context, (&mut code, &mut expected));
            models.cell(&mut coder, &context, settings.moves, &mut code);
            told.set(column - left, row - top, &code);
            if let Prediction::Moved(by) = code.prediction {
                moved(cell, by);
            }
            reconstruct(far, (column, row), part, &mut expected, &code, &quantizers);
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
    let (mut code, mut expected) = (CellCode::default(), [0; CELL * CELL * 4]);
    for row in 0..rows {
        for column in 0..columns {
            let (beside, above) = told.present(column, row);
            if !models.present(&mut coder, beside, above, false) {
                continue;
            }
            let part = models.part(&mut coder, [0; 4], told.whole);
            told.whole = part == [0, 0, 16, 16];
            let context = told.context(column, row);
            code.clear();
            models.cell(&mut coder, &context, moves, &mut code);
            // Moves are clamped by the syntax; a packet without a reference holds none.
            told.set(column, row, &code);
            let cell = (left + column, top + row);
            predicted(picture, (cell.0 * CELL, cell.1 * CELL), code.prediction, reference.as_ref(), &mut expected);
            reconstruct(picture, cell, part, &mut expected, &code, &quantizers);
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
    pixels: &mut Pixels,
) {
    match (prediction, reference) {
        (Prediction::Moved(by), Some(reference)) => reference.block(x, y, by, pixels),
        (Prediction::Intra(intra), _) => Neighbours::of(picture, x, y).block(intra, pixels),
        (Prediction::Moved(_), None) => Neighbours::of(picture, x, y).block(Intra::Mean, pixels),
    }
}

/// Writes one cell's `part` as the `pixels` that were expected plus differences.
#[multiversion(targets("x86_64+avx2"))]
fn reconstruct(
    picture: &mut PictureMut,
    (column, row): (usize, usize),
    [left, top, right, bottom]: [u8; 4],
    pixels: &mut Pixels,
    code: &CellCode,
    quantizers: &Quantizers,
) {
    let (x, y) = (column * CELL, row * CELL);
    add_differences(pixels, code, quantizers);
    if [left, top, right, bottom] == [0, 0, CELL as u8, CELL as u8]
        && x + CELL <= picture.width as usize
        && y + CELL <= picture.height as usize
    {
        // Nearly all are whole: rows of one length are no calls.
        for (y, row) in (y..).zip(pixels.as_chunks::<{ CELL * 4 }>().0) {
            if let Some(target) = picture.span_mut(y, x, x + CELL).first_chunk_mut() {
                *target = *row;
            }
        }
        return;
    }
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

#[inline(always)]
fn add_differences(pixels: &mut Pixels, code: &CellCode, quantizers: &Quantizers) {
    if code.is_bare() {
        return;
    }
    let mut differences = [[0; 64]; 6];
    for (block, plane) in differences.iter_mut().enumerate() {
        if let Some(steps) = code.steps(block) {
            sixteenths(&quantizers.of(block).samples(steps), plane);
        }
    }
    planes::add(pixels, &differences);
}

/// Differences in whole sixteenths; beyond any that makes sense they are cut off.
#[inline(always)]
fn sixteenths(block: &Block, plane: &mut [i32; 64]) {
    for (result, value) in plane.iter_mut().zip(block) {
        *result = nearest(-at_most(-at_most(value * 16.0, 32_000.0), 32_000.0));
    }
}
