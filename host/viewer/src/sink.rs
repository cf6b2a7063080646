//! The engine's way in: the decoder draws into memory that the X server reads, and says what it drew.

use crate::canvas::Canvas;
use crate::config::ViewerError;
use crate::painter::Painter;
use crate::shared::{Shared, set};
use crate::sys::memory::Writer;
use lotse_engine::surface::{Cursor, PictureMut, Rect, SinkError, SurfaceSink};
use parking_lot::Mutex;
use std::sync::Arc;

/// Longest side of a picture: sizes in shared-memory puts are 16 bits, positions are signed.
const PICTURE_SIDE_MAX: u32 = 32_767;
/// Most bytes of a picture; 8K UHD twice over, as the codec has it.
const PICTURE_BYTES_MAX: usize = 256 << 20;

/// One surface, as the engine holds it. Dropping it takes the window away.
pub(crate) struct Sink {
    surface: u64,
    opening: u64,
    shared: Arc<Shared>,
    painter: Arc<Painter>,
    canvas: Arc<Mutex<Canvas>>,
    memory: Option<(Writer, u32, u32)>,
}

impl Sink {
    pub(crate) fn new(
        surface: u64,
        opening: u64,
        shared: Arc<Shared>,
        painter: Arc<Painter>,
        canvas: Arc<Mutex<Canvas>>,
    ) -> Self {
        Self { surface, opening, shared, painter, canvas, memory: None }
    }
}

fn sink_error(error: &ViewerError) -> SinkError {
    SinkError(error.to_string())
}

impl SurfaceSink for Sink {
    fn resize(&mut self, width: u32, height: u32) -> Result<(), SinkError> {
        let bytes = width as usize * height as usize * 4;
        if width == 0 || height == 0 || width.max(height) > PICTURE_SIDE_MAX || bytes > PICTURE_BYTES_MAX {
            return Err(SinkError(format!("a picture of {width} by {height} pixels is not possible")));
        }
        if self.memory.as_ref().is_some_and(|(_, w, h)| (*w, *h) == (width, height)) {
            return Ok(());
        }
        let writer = Writer::new(bytes).map_err(|error| SinkError(error.to_string()))?;
        let source = self.painter.source(writer.reader(), width, height).map_err(|error| sink_error(&error))?;
        self.memory = Some((writer, width, height));
        self.canvas.lock().set_picture(source).map_err(|error| sink_error(&error))?;
        self.shared.change_open(self.surface, self.opening, |wish| set(&mut wish.picture, Some((width, height))));
        Ok(())
    }

    fn picture(&mut self) -> PictureMut<'_> {
        match &mut self.memory {
            Some((writer, width, height)) => {
                let (width, height, stride) = (*width, *height, *width as usize * 4);
                let bytes = stride * height as usize;
                // The mapping is at least this long; `resize` made it so.
                let pixels = writer.bytes_mut().get_mut(..bytes).unwrap_or(&mut []);
                PictureMut { width, height, stride, pixels }
            }
            None => PictureMut { width: 0, height: 0, stride: 0, pixels: &mut [] },
        }
    }

    fn present(&mut self, damage: &[Rect]) -> Result<(), SinkError> {
        self.canvas.lock().present(damage).map_err(|error| sink_error(&error))
    }

    fn cursor(&mut self, shape: Option<&Cursor>) {
        let shape = shape.filter(|shape| shape.width > 0).cloned().map(Arc::new);
        self.shared.change_open(self.surface, self.opening, |wish| {
            wish.shape = Some(shape);
            wish.shapes += 1;
            true
        });
    }

    fn cursor_at(&mut self, x: i32, y: i32) {
        self.shared.change_open(self.surface, self.opening, |wish| set(&mut wish.cursor_at, Some((x, y))));
    }

    fn drawn(&mut self, looks: &[u64]) {
        if let Err(error) = self.canvas.lock().contain(looks) {
            // The next picture says it again, to whom it matters.
            tracing::debug!(%error, "strokes that the picture contains could not be taken away");
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.close(self.surface, Some(self.opening));
    }
}
