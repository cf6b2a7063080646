//! The other side's pointer: as the rep's own when the rep steers, as a small picture of it when not.

use crate::config::ViewerError;
use crate::painter::{Screen, rectangle};
use lotse_engine::drawing::PenCursor;
use lotse_engine::surface::{Cursor, Rect};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::render::{self, ConnectionExt as _, PictType, Pictformat};
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    self, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, ImageFormat, Rectangle,
    Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

/// Longest side of a shape that is shown.
const SIDE_MAX: u32 = 256;
/// From this on a pixel of the shape counts as there where there is no blending.
const OPAQUE_FROM: u8 = 0x60;

/// Makes pointers in colour, where the display can.
pub(crate) struct Pointers {
    format: Option<Pictformat>,
    blank: xproto::Cursor,
    /// Those of a rep who draws, made when they are first needed.
    pens: Vec<(PenCursor, xproto::Cursor)>,
}

impl Pointers {
    pub(crate) fn new(connection: &RustConnection, screen: &Screen) -> Result<Self, ViewerError> {
        let mut format = None;
        if connection.extension_information(render::X11_EXTENSION_NAME)?.is_some() {
            connection.render_query_version(0, 11)?.reply()?;
            let formats = connection.render_query_pict_formats()?.reply()?.formats;
            let is_bgra = |info: &render::Pictforminfo| {
                let direct = &info.direct;
                info.type_ == PictType::DIRECT
                    && info.depth == 32
                    && (direct.alpha_shift, direct.alpha_mask, direct.red_shift, direct.green_shift, direct.blue_shift)
                        == (24, 0xff, 16, 8, 0)
            };
            format = formats.iter().find(|info| is_bgra(info)).map(|info| info.id);
        }
        Ok(Self { format, blank: blank(connection, screen)?, pens: Vec::new() })
    }

    /// The pointer of a rep who draws.
    pub(crate) fn pen(&mut self, connection: &RustConnection, pen: PenCursor) -> Result<xproto::Cursor, ViewerError> {
        if let Some((_, cursor)) = self.pens.iter().find(|(of, _)| *of == pen) {
            return Ok(*cursor);
        }
        let (font, cursor) = (connection.generate_id()?, connection.generate_id()?);
        connection.open_font(font, b"cursor")?;
        let (glyph, white) = (pen.x11_glyph(), u16::MAX);
        connection.create_glyph_cursor(cursor, font, font, glyph, glyph + 1, 0, 0, 0, white, white, white)?;
        connection.close_font(font)?;
        self.pens.push((pen, cursor));
        Ok(cursor)
    }

    /// A pointer of this shape. `None`: this display has no pointers in colour, keep its own arrow.
    pub(crate) fn make(
        &self,
        connection: &RustConnection,
        screen: &Screen,
        shape: Option<&Cursor>,
    ) -> Result<Option<xproto::Cursor>, ViewerError> {
        let Some(shape) = shape else { return Ok(Some(self.blank)) };
        let (Some(format), Some((width, height))) = (self.format, size(shape)) else { return Ok(None) };
        let (pixmap, context, picture, cursor) = (
            connection.generate_id()?,
            connection.generate_id()?,
            connection.generate_id()?,
            connection.generate_id()?,
        );
        connection.create_pixmap(32, pixmap, screen.root, width, height)?;
        connection.create_gc(context, pixmap, &CreateGCAux::new())?;
        connection.put_image(ImageFormat::Z_PIXMAP, pixmap, context, width, height, 0, 0, 0, 32, &shape.pixels)?;
        connection.render_create_picture(picture, pixmap, format, &render::CreatePictureAux::new())?;
        let hot = |hot: u32, side: u16| hot.min(u32::from(side) - 1) as u16;
        connection.render_create_cursor(cursor, picture, hot(shape.hot_x, width), hot(shape.hot_y, height))?;
        connection.render_free_picture(picture)?;
        connection.free_gc(context)?;
        connection.free_pixmap(pixmap)?;
        Ok(Some(cursor))
    }

    /// Gives back a pointer that [`Pointers::make`] made.
    pub(crate) fn free(&self, connection: &RustConnection, cursor: xproto::Cursor) -> Result<(), ViewerError> {
        if cursor != self.blank {
            connection.free_cursor(cursor)?;
        }
        Ok(())
    }
}

fn blank(connection: &RustConnection, screen: &Screen) -> Result<xproto::Cursor, ViewerError> {
    let (pixmap, context, cursor) = (connection.generate_id()?, connection.generate_id()?, connection.generate_id()?);
    connection.create_pixmap(1, pixmap, screen.root, 1, 1)?;
    connection.create_gc(context, pixmap, &CreateGCAux::new().foreground(0))?;
    connection.poly_fill_rectangle(pixmap, context, &[Rectangle { x: 0, y: 0, width: 1, height: 1 }])?;
    connection.create_cursor(cursor, pixmap, pixmap, 0, 0, 0, 0, 0, 0, 0, 0)?;
    connection.free_gc(context)?;
    connection.free_pixmap(pixmap)?;
    Ok(cursor)
}

/// Width and height, if the shape is one that can be shown.
fn size(shape: &Cursor) -> Option<(u16, u16)> {
    let sides = 1..=SIDE_MAX;
    let fits = sides.contains(&shape.width)
        && sides.contains(&shape.height)
        && shape.pixels.len() == shape.width as usize * shape.height as usize * 4;
    fits.then_some((shape.width as u16, shape.height as u16))
}

/// A small window over the picture that looks like the pointer and that clicks go through.
pub(crate) struct Overlay {
    window: Window,
    hot: (i32, i32),
    at: Option<(i32, i32)>,
}

impl Overlay {
    /// `None`: the shape cannot be shown, or the display cannot cut windows.
    pub(crate) fn new(
        connection: &RustConnection,
        screen: &Screen,
        parent: Window,
        shape: &Cursor,
    ) -> Result<Option<Self>, ViewerError> {
        let Some((width, height)) = size(shape) else { return Ok(None) };
        if connection.extension_information(x11rb::protocol::shape::X11_EXTENSION_NAME)?.is_none() {
            return Ok(None);
        }
        let (pixmap, context, window) =
            (connection.generate_id()?, connection.generate_id()?, connection.generate_id()?);
        connection.create_pixmap(screen.depth, pixmap, screen.root, width, height)?;
        connection.create_gc(context, pixmap, &CreateGCAux::new())?;
        connection.put_image(
            ImageFormat::Z_PIXMAP,
            pixmap,
            context,
            width,
            height,
            0,
            0,
            0,
            screen.depth,
            &shape.pixels,
        )?;
        let looks = CreateWindowAux::new()
            .background_pixmap(pixmap)
            .border_pixel(0)
            .colormap(screen.colormap)
            .override_redirect(1);
        let class = WindowClass::INPUT_OUTPUT;
        connection.create_window(screen.depth, window, parent, 0, 0, width, height, 0, class, screen.visual, &looks)?;
        connection.free_gc(context)?;
        connection.free_pixmap(pixmap)?;
        let runs: Vec<Rectangle> = opaque_runs(shape).iter().map(rectangle).collect();
        connection.shape_rectangles(SO::SET, SK::BOUNDING, ClipOrdering::YX_BANDED, window, 0, 0, &runs)?;
        connection.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, window, 0, 0, &[])?;
        Ok(Some(Self { window, hot: (shape.hot_x as i32, shape.hot_y as i32), at: None }))
    }

    /// Shows it with its hot spot at a point of the parent, or hides it.
    pub(crate) fn set(&mut self, connection: &RustConnection, at: Option<(i32, i32)>) -> Result<(), ViewerError> {
        if at == self.at {
            return Ok(());
        }
        match at {
            Some((x, y)) => {
                let place = ConfigureWindowAux::new().x(x - self.hot.0).y(y - self.hot.1);
                connection.configure_window(self.window, &place)?;
                if self.at.is_none() {
                    connection.map_window(self.window)?;
                }
            }
            None => {
                connection.unmap_window(self.window)?;
            }
        }
        self.at = at;
        Ok(())
    }

    pub(crate) fn destroy(self, connection: &RustConnection) -> Result<(), ViewerError> {
        connection.destroy_window(self.window)?;
        Ok(())
    }
}

/// The parts of a shape that are rather there than not, row by row.
fn opaque_runs(shape: &Cursor) -> Vec<Rect> {
    let mut runs = Vec::new();
    for (y, row) in shape.pixels.chunks_exact(shape.width as usize * 4).enumerate() {
        let mut begin = None;
        for (x, pixel) in row.chunks_exact(4).enumerate() {
            let opaque = pixel[3] >= OPAQUE_FROM;
            if opaque && begin.is_none() {
                begin = Some(x);
            }
            if let Some(from) = begin.filter(|_| !opaque) {
                runs.push(Rect::new(from as i32, y as i32, (x - from) as u32, 1));
                begin = None;
            }
        }
        if let Some(from) = begin {
            runs.push(Rect::new(from as i32, y as i32, shape.width - from as u32, 1));
        }
    }
    runs
}
