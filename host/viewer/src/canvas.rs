//! One surface's picture and how it stands in its window. Drawn to by the decoder through [`crate::sink`], repainted
//! from by the viewer's thread when the server or the layout asks for it.

use crate::config::ViewerError;
use crate::layout::Layout;
use crate::painter::{Painter, Source};
use crate::scale::Scaler;
use crate::sys::memory::Writer;
use lotse_engine::surface::Rect;
use std::sync::Arc;
use x11rb::protocol::xproto::Window;

/// Picture, scaled picture and window of one surface.
pub(crate) struct Canvas {
    painter: Arc<Painter>,
    /// `None`: nowhere to be seen now.
    window: Option<Window>,
    picture: Option<Source>,
    scaled: Option<Scaled>,
    layout: Layout,
}

/// The picture in the size in which it is shown.
struct Scaled {
    scaler: Scaler,
    source: Source,
    writer: Writer,
}

impl Canvas {
    pub(crate) fn new(painter: Arc<Painter>, layout: Layout) -> Self {
        Self { painter, window: None, picture: None, scaled: None, layout }
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The decoder draws into other memory from now on. Nothing of it is shown before it is presented.
    pub(crate) fn set_picture(&mut self, picture: Source) -> Result<(), ViewerError> {
        let layout = Layout { picture: (picture.width, picture.height), ..self.layout };
        self.scaled = None;
        self.picture = Some(picture);
        self.layout = layout;
        self.prepare_scaled()?;
        self.clear_margin()?;
        self.painter.flush()
    }

    /// The window on the screen; its whole content is to be drawn.
    pub(crate) fn set_window(&mut self, window: Option<Window>) -> Result<(), ViewerError> {
        if std::mem::replace(&mut self.window, window) == window { Ok(()) } else { self.repaint() }
    }

    /// Changes window size, scale or scroll position, and draws all anew if that changes what is seen.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Layout)) -> Result<(), ViewerError> {
        let before = self.layout;
        change(&mut self.layout);
        if self.layout == before {
            return Ok(());
        }
        let rescale = self.prepare_scaled()?;
        // A window that only grew or shrank beyond the picture is the server's to fill: it sends what must be drawn.
        if rescale || self.layout.shown() != before.shown() {
            self.repaint()?;
        }
        Ok(())
    }

    /// Shows what the decoder drew.
    pub(crate) fn present(&mut self, damage: &[Rect]) -> Result<(), ViewerError> {
        // Unseen pictures are not scaled; all of it is when the window comes back.
        let (Some(window), Some(picture)) = (self.window, &self.picture) else { return Ok(()) };
        let shown = self.layout.shown();
        if let Some(scaled) = &mut self.scaled {
            for rect in damage {
                let area = scaled.scaler.touched(rect);
                scaled.draw(picture, &area);
                self.painter.put_visible(window, &scaled.source, &area, &shown, &self.layout)?;
            }
        } else if !self.layout.is_scaled() {
            for rect in damage {
                self.painter.put_visible(window, picture, rect, &shown, &self.layout)?;
            }
        }
        self.painter.flush()
    }

    /// Draws a part of the window again.
    pub(crate) fn expose(&mut self, part: &Rect) -> Result<(), ViewerError> {
        let Some(window) = self.window else { return Ok(()) };
        let shown = self.layout.shown();
        let source = match (&self.scaled, &self.picture) {
            (Some(scaled), _) => &scaled.source,
            (None, Some(picture)) if !self.layout.is_scaled() => picture,
            _ => return Ok(()),
        };
        let part = Rect::new(part.x.saturating_sub(shown.x), part.y.saturating_sub(shown.y), part.width, part.height);
        self.painter.put_visible(window, source, &part, &shown, &self.layout)?;
        self.painter.flush()
    }

    fn repaint(&mut self) -> Result<(), ViewerError> {
        if self.window.is_none() {
            return Ok(());
        }
        self.clear_margin()?;
        let (width, height) = self.layout.picture;
        self.present(&[Rect::new(0, 0, width, height)])
    }

    fn clear_margin(&self) -> Result<(), ViewerError> {
        let Some(window) = self.window else { return Ok(()) };
        let (width, height) = (i64::from(self.layout.window.0), i64::from(self.layout.window.1));
        let seen = self.layout.visible();
        let (left, top) = (i64::from(seen.x), i64::from(seen.y));
        self.painter.fill_margin(
            window,
            &[
                Rect::between(0, 0, width, top),
                Rect::between(0, top, left, seen.bottom()),
                Rect::between(seen.right(), top, width, seen.bottom()),
                Rect::between(0, seen.bottom(), width, height),
            ],
        )
    }

    /// Makes tables and memory for the scale wanted now. Tells whether they are new, that is, empty.
    fn prepare_scaled(&mut self) -> Result<bool, ViewerError> {
        let shown = self.layout.shown();
        if !self.layout.is_scaled() || shown.is_empty() {
            return Ok(self.scaled.take().is_some());
        }
        let sizes = (self.layout.picture, (shown.width, shown.height));
        if self.scaled.as_ref().is_some_and(|scaled| scaled.scaler.sizes() == sizes) {
            return Ok(false);
        }
        let writer = Writer::new(shown.width as usize * shown.height as usize * 4)?;
        let source = self.painter.source(writer.reader(), shown.width, shown.height)?;
        self.scaled = Some(Scaled { scaler: Scaler::new(sizes.0, sizes.1), source, writer });
        Ok(true)
    }
}

impl Scaled {
    fn draw(&mut self, picture: &Source, area: &Rect) {
        let stride = picture.width as usize * 4;
        let read = |y: u32, x: u32, row: &mut [u8]| picture.memory.read(y as usize * stride + x as usize * 4, row);
        self.scaler.scale(area, read, self.writer.bytes_mut());
    }
}

impl Painter {
    /// Puts what of `part`, in pixels of the source, lies in the window. `shown` is where the source's corner is.
    fn put_visible(
        &self,
        window: Window,
        source: &Source,
        part: &Rect,
        shown: &Rect,
        layout: &Layout,
    ) -> Result<(), ViewerError> {
        let seen = layout.visible();
        let seen = Rect::new(seen.x - shown.x, seen.y - shown.y, seen.width, seen.height);
        let part = part.clip(source.width, source.height).intersect(&seen);
        if part.is_empty() {
            return Ok(());
        }
        self.put(window, source, &part, part.x + shown.x, part.y + shown.y)
    }
}
