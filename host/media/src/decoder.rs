//! The receiving side: total, and bounded by the picture's size whatever a packet says.

use crate::{
    DecodeError, Rect,
    blocks::Models,
    cells::CellMask,
    copies::{self, COPIES_MAX, CopyRect},
    median, photo,
    picture::{PictureMut, size_allowed},
    pixel_stream::{PixelReader, unpack},
    wire::{self, Reader},
};

/// The decoder of one picture. The target given to [`Decoder::decode`] is its memory: it must keep its content.
pub struct Decoder {
    /// Size since the last key packet; `None` until there is one and after an error.
    size: Option<(u32, u32)>,
    /// No part of a key picture is missing.
    whole: bool,
    stream: PixelReader,
    models: Models,
    pixels: Vec<u8>,
    set_aside: Vec<u8>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

struct Header {
    flags: u8,
    width: u32,
    height: u32,
}

fn header(reader: &mut Reader) -> Result<Header, DecodeError> {
    let first = reader.byte()?;
    if first & wire::VERSION_MASK != wire::VERSION {
        return Err(DecodeError::Version);
    }
    let side = |value: u64| u32::try_from(value).map_err(|_| DecodeError::OutOfRange);
    let (width, height) = (side(reader.number()?)?, side(reader.number()?)?);
    if !size_allowed(width, height) {
        return Err(DecodeError::OutOfRange);
    }
    Ok(Header { flags: first & !wire::VERSION_MASK, width, height })
}

impl Decoder {
    #[must_use]
    pub fn new() -> Self {
        Self {
            size: None,
            whole: false,
            stream: PixelReader::new(),
            models: Models::default(),
            pixels: Vec::new(),
            set_aside: Vec::new(),
        }
    }

    /// Width and height of the picture that a packet is for. A change of size comes with a key packet.
    ///
    /// # Errors
    /// When the packet is no picture packet of this version or its size is beyond the limits.
    pub fn size_of(packet: &[u8]) -> Result<(u32, u32), DecodeError> {
        let header = header(&mut Reader::new(packet))?;
        Ok((header.width, header.height))
    }

    /// Whether a packet needs nothing that went before.
    ///
    /// # Errors
    /// As [`Decoder::size_of`].
    pub fn is_key(packet: &[u8]) -> Result<bool, DecodeError> {
        Ok(header(&mut Reader::new(packet))?.flags & wire::KEY != 0)
    }

    /// Whether the target shows all of a picture: not so between the first and the last packet of a key picture.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Brings `target` (same size, content as the last packet left it) up to date and adds to `damage` what it wrote.
    ///
    /// # Errors
    /// When the packet is malformed; the target may then be partly written, and only a key packet is taken next.
    pub fn decode(
        &mut self,
        packet: &[u8],
        target: &mut PictureMut,
        damage: &mut Vec<Rect>,
    ) -> Result<(), DecodeError> {
        let mut reader = Reader::new(packet);
        let header = header(&mut reader)?;
        let size = (header.width, header.height);
        if !target.is_valid() || (target.width, target.height) != size {
            return Err(DecodeError::Target);
        }
        let key = header.flags & wire::KEY != 0;
        // Taken out until the packet has turned out well.
        let known = self.size.take();
        if key {
            self.stream.restart();
            self.models = Models::default();
            for y in 0..size.1 as usize {
                target.span_mut(y, 0, size.0 as usize).fill(0);
            }
            damage.push(Rect::new(0, 0, size.0, size.1));
        } else if known != Some(size) {
            return Err(DecodeError::NeedsKey);
        }
        self.sections(&mut reader, header.flags, target, damage)?;
        if !reader.is_empty() {
            return Err(DecodeError::OutOfRange);
        }
        self.size = Some(size);
        self.whole = !key && (self.whole || header.flags == 0);
        Ok(())
    }

    fn sections(
        &mut self,
        reader: &mut Reader,
        flags: u8,
        target: &mut PictureMut,
        damage: &mut Vec<Rect>,
    ) -> Result<(), DecodeError> {
        if flags & wire::COPIES != 0 {
            let copies = read_copies(reader, target.width, target.height)?;
            copies::apply(target, &copies, &mut self.set_aside);
            damage.extend(copies.iter().map(|copy| copy.to));
        }
        if flags & wire::FILLS_AND_BOXES != 0 {
            self.exact(reader, target, damage)?;
        }
        if flags & wire::PHOTO != 0 {
            let mut written = CellMask::new(target.width, target.height);
            photo::read(reader, target, &mut self.models, &mut written)?;
            damage.extend(written.boxes());
        }
        if flags & wire::REFRESH != 0 {
            let boxes = read_rects(reader, target.width, target.height)?;
            unpack(reader.section()?, self.sized(&boxes))?;
            let mut rest = self.pixels.as_slice();
            for rect in &boxes {
                let Some((own, others)) = rest.split_at_checked(rect.area() as usize * 3) else {
                    return Err(DecodeError::Stream);
                };
                median::restore(own, target, rect);
                rest = others;
            }
            damage.extend(boxes);
        }
        Ok(())
    }

    fn exact(
        &mut self,
        reader: &mut Reader,
        target: &mut PictureMut,
        damage: &mut Vec<Rect>,
    ) -> Result<(), DecodeError> {
        let mut former = Rect::default();
        let mut area = 0;
        for _ in 0..reader.number_max(wire::RECTS_MAX)? {
            let rect = reader.rect(&former, target.width, target.height)?;
            area += rect.area();
            // Rectangles of one list do not overlap, so more than the picture is hostile.
            if area > u64::from(target.width) * u64::from(target.height) {
                return Err(DecodeError::OutOfRange);
            }
            let colour = [reader.byte()?, reader.byte()?, reader.byte()?, 0];
            let (left, top, right, bottom) = rect.spans();
            for y in top..bottom {
                target.span_mut(y, left, right).chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&colour));
            }
            damage.push(rect);
            former = rect;
        }
        let boxes = read_rects(reader, target.width, target.height)?;
        if boxes.is_empty() {
            return Ok(());
        }
        let section = reader.section()?;
        self.sized(&boxes);
        self.stream.read(section, &mut self.pixels)?;
        let mut pixels = self.pixels.chunks_exact(3);
        for rect in &boxes {
            let (left, top, right, bottom) = rect.spans();
            for y in top..bottom {
                for (pixel, colour) in target.span_mut(y, left, right).chunks_exact_mut(4).zip(pixels.by_ref()) {
                    pixel.copy_from_slice(&[colour[0], colour[1], colour[2], 0]);
                }
            }
        }
        damage.extend(boxes);
        Ok(())
    }

    /// The pixel buffer, made to hold exactly `boxes`; their area is within the picture's.
    fn sized(&mut self, boxes: &[Rect]) -> &mut [u8] {
        self.pixels.resize(boxes.iter().map(|rect| rect.area() as usize * 3).sum(), 0);
        &mut self.pixels
    }
}

/// Rectangles inside the picture, together no larger than it.
fn read_rects(reader: &mut Reader, width: u32, height: u32) -> Result<Vec<Rect>, DecodeError> {
    let count = reader.number_max(wire::RECTS_MAX)?;
    let mut rects = Vec::new();
    let mut former = Rect::default();
    let mut area = 0;
    for _ in 0..count {
        former = reader.rect(&former, width, height)?;
        area += former.area();
        if area > u64::from(width) * u64::from(height) {
            return Err(DecodeError::OutOfRange);
        }
        rects.push(former);
    }
    Ok(rects)
}

/// Copies whose both ends lie inside the picture, together no more than a few pictures' worth of work.
fn read_copies(reader: &mut Reader, width: u32, height: u32) -> Result<Vec<CopyRect>, DecodeError> {
    let count = reader.number_max(COPIES_MAX)?;
    let mut copies = Vec::new();
    let mut former = CopyRect { to: Rect::default(), dx: 0, dy: 0 };
    let mut area = 0;
    for _ in 0..count {
        let to = reader.rect(&former.to, width, height)?;
        let move_by = |former: i32, step: i64| {
            i32::try_from(i64::from(former) + step)
                .ok()
                .filter(|by| by.unsigned_abs() <= crate::SIDE_MAX)
                .ok_or(DecodeError::OutOfRange)
        };
        let dx = move_by(former.dx, reader.signed()?)?;
        let dy = move_by(former.dy, reader.signed()?)?;
        former = CopyRect { to, dx, dy };
        area += to.area();
        let outside = former.from().clip(width, height) != former.from();
        // Grown copies may overlap a little, so the limit is not the bare area.
        if outside || area > 2 * u64::from(width) * u64::from(height) {
            return Err(DecodeError::OutOfRange);
        }
        copies.push(former);
    }
    Ok(copies)
}
