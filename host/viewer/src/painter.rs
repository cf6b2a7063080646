//! The connection that pictures go out on, apart from the one that events come in on, so that neither waits for the
//! other. Nothing here waits for an answer while pictures flow.

use crate::config::ViewerError;
use crate::sys::memory::Reader;
use lotse_engine::surface::Rect;
use parking_lot::Mutex;
use std::sync::Arc;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::Event;
use x11rb::protocol::shm::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, Gcontext, ImageFormat, ImageOrder, Rectangle, Window};
use x11rb::rust_connection::RustConnection;

/// Bytes of one put without shared memory; small enough that a remote display's other requests get in between.
const STRIP_BYTES_MAX: usize = 256 * 1024;
/// What is beside the picture.
pub(crate) const MARGIN_COLOUR: u32 = 0x0016_181c;

/// What of the display's set-up both connections need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub root: Window,
    pub depth: u8,
    pub visual: u32,
    pub colormap: u32,
    pub width: u16,
    pub height: u16,
}

impl Screen {
    /// The display's screen, if its pixels are ours: blue, green, red and a spare byte.
    pub(crate) fn of(connection: &RustConnection, number: usize) -> Result<Self, ViewerError> {
        let setup = connection.setup();
        let screen = setup.roots.get(number).ok_or(ViewerError::NoScreen(number))?;
        let depth = screen.root_depth;
        let visual = screen
            .allowed_depths
            .iter()
            .flat_map(|depth| &depth.visuals)
            .find(|visual| visual.visual_id == screen.root_visual);
        let fits = matches!(depth, 24 | 32)
            && setup.image_byte_order == ImageOrder::LSB_FIRST
            && setup.pixmap_formats.iter().any(|format| format.depth == depth && format.bits_per_pixel == 32)
            && visual.is_some_and(|visual| {
                (visual.red_mask, visual.green_mask, visual.blue_mask) == (0xff_0000, 0xff00, 0xff)
            });
        if !fits {
            return Err(ViewerError::Depth { depth });
        }
        Ok(Self {
            root: screen.root,
            depth,
            visual: screen.root_visual,
            colormap: screen.default_colormap,
            width: screen.width_in_pixels,
            height: screen.height_in_pixels,
        })
    }
}

/// Puts pixels on windows.
pub(crate) struct Painter {
    connection: RustConnection,
    depth: u8,
    /// Graphics contexts for pixels and for the margin.
    pixels: Gcontext,
    margin: Gcontext,
    shared_memory: bool,
    /// Rows on their way out without shared memory.
    strip: Mutex<Vec<u8>>,
}

/// A picture in memory as the server knows it.
pub(crate) struct Source {
    painter: Arc<Painter>,
    pub memory: Reader,
    /// `None`: the server cannot see this memory.
    segment: Option<shm::Seg>,
    pub width: u32,
    pub height: u32,
}

impl Painter {
    pub(crate) fn new(display: Option<&str>) -> Result<Arc<Self>, ViewerError> {
        let (connection, number) = RustConnection::connect(display)?;
        let screen = Screen::of(&connection, number)?;
        let shared_memory = connection.extension_information(shm::X11_EXTENSION_NAME)?.is_some()
            && connection.shm_query_version()?.reply().is_ok();
        let context = |foreground| -> Result<Gcontext, ViewerError> {
            let id = connection.generate_id()?;
            connection.create_gc(id, screen.root, &CreateGCAux::new().foreground(foreground).graphics_exposures(0))?;
            Ok(id)
        };
        let (pixels, margin) = (context(0)?, context(MARGIN_COLOUR)?);
        connection.flush()?;
        Ok(Arc::new(Self { depth: screen.depth, pixels, margin, shared_memory, strip: Mutex::default(), connection }))
    }

    /// Shows the server memory that holds a tightly packed picture. Waits for the server once.
    pub(crate) fn source(self: &Arc<Self>, memory: Reader, width: u32, height: u32) -> Result<Source, ViewerError> {
        let mut source = Source { painter: Arc::clone(self), segment: None, width, height, memory };
        if let (true, Some(id)) = (self.shared_memory, source.memory.segment()) {
            let segment = self.connection.generate_id()?;
            match self.connection.shm_attach(segment, id as u32, true)?.check() {
                Ok(()) => source.segment = Some(segment),
                Err(x11rb::errors::ReplyError::ConnectionError(error)) => return Err(error.into()),
                // A display on another computer: rows go through the connection.
                Err(error) => tracing::debug!(%error, "no shared memory with the display"),
            }
        }
        source.memory.forget();
        Ok(source)
    }

    /// Puts a part of a picture at a point of a window. The part lies in the picture, the target within 16 bits.
    pub(crate) fn put(&self, window: Window, source: &Source, part: &Rect, x: i32, y: i32) -> Result<(), ViewerError> {
        let Some(segment) = source.segment else { return self.put_rows(window, source, part, x, y) };
        self.connection.shm_put_image(
            window,
            self.pixels,
            source.width as u16,
            source.height as u16,
            part.x as u16,
            part.y as u16,
            part.width as u16,
            part.height as u16,
            x as i16,
            y as i16,
            self.depth,
            u8::from(ImageFormat::Z_PIXMAP),
            false,
            segment,
            0,
        )?;
        Ok(())
    }

    fn put_rows(&self, window: Window, source: &Source, part: &Rect, x: i32, y: i32) -> Result<(), ViewerError> {
        let row_bytes = part.width as usize * 4;
        let room = self.connection.maximum_request_bytes().saturating_sub(64).min(STRIP_BYTES_MAX);
        let rows_max = (room / row_bytes.max(1)).max(1) as u32;
        let mut strip = self.strip.lock();
        let mut done = 0;
        while done < part.height {
            let rows = rows_max.min(part.height - done);
            strip.resize(rows as usize * row_bytes, 0);
            for (row, bytes) in (0..rows).zip(strip.chunks_exact_mut(row_bytes)) {
                let line = part.y as usize + (done + row) as usize;
                source.memory.read((line * source.width as usize + part.x as usize) * 4, bytes);
            }
            self.connection.put_image(
                ImageFormat::Z_PIXMAP,
                window,
                self.pixels,
                part.width as u16,
                rows as u16,
                x as i16,
                (y + done as i32) as i16,
                0,
                self.depth,
                &strip,
            )?;
            done += rows;
        }
        Ok(())
    }

    /// Fills parts of a window that no picture covers.
    pub(crate) fn fill_margin(&self, window: Window, parts: &[Rect]) -> Result<(), ViewerError> {
        let parts: Vec<Rectangle> = parts.iter().filter(|part| !part.is_empty()).map(rectangle).collect();
        if !parts.is_empty() {
            self.connection.poly_fill_rectangle(window, self.margin, &parts)?;
        }
        Ok(())
    }

    /// Sends what was put, and takes in what the server complains of: a window that went meanwhile is no trouble.
    pub(crate) fn flush(&self) -> Result<(), ViewerError> {
        self.connection.flush()?;
        while let Some(event) = self.connection.poll_for_event()? {
            if let Event::Error(error) = event {
                tracing::debug!(?error, "the display refused a part of a picture");
            }
        }
        Ok(())
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Some(segment) = self.segment.take() {
            // On a broken connection the server let go of it already.
            let _ = self.painter.connection.shm_detach(segment);
        }
    }
}

/// A rectangle for the server, cut to what 16 bits hold.
pub(crate) fn rectangle(rect: &Rect) -> Rectangle {
    Rectangle {
        x: rect.x.clamp(i16::MIN.into(), i16::MAX.into()) as i16,
        y: rect.y.clamp(i16::MIN.into(), i16::MAX.into()) as i16,
        width: rect.width.min(u16::MAX.into()) as u16,
        height: rect.height.min(u16::MAX.into()) as u16,
    }
}
