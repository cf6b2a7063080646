//! One surface's picture and how it stands in its window. Drawn to by the decoder through [`crate::sink`], repainted
//! from by the viewer's thread when the server or the layout asks for it.

use crate::config::ViewerError;
use crate::layout::Layout;
use crate::painter::{Painter, Source};
use crate::scale::Scaler;
use crate::sys::memory::Writer;
use lotse_engine::drawing::Strokes;
use lotse_engine::surface::Rect;
use lotse_ink::{Font, Sheet};
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
    /// What is drawn over the picture, in pixels of where it is shown.
    sheet: Sheet,
    /// There while something is.
    composed: Option<Composed>,
}

/// The picture in the size in which it is shown.
struct Scaled {
    scaler: Scaler,
    source: Source,
    writer: Writer,
}

/// The picture as shown with the strokes over it. Only where there are strokes its content means anything.
struct Composed {
    source: Source,
    writer: Writer,
}

impl Canvas {
    /// `font`: for words that are drawn.
    pub(crate) fn new(painter: Arc<Painter>, layout: Layout, font: Option<Font>) -> Self {
        let sheet = Sheet::new(font);
        Self { painter, window: None, picture: None, scaled: None, layout, sheet, composed: None }
    }

    /// These strokes lie over the picture from now on.
    pub(crate) fn draw(&mut self, strokes: &Strokes) -> Result<(), ViewerError> {
        let damage = self.sheet.set_strokes(strokes.iter().map(|laid| (laid.layer, Arc::clone(&laid.stroke))));
        self.repaint_ink(&damage)
    }

    /// The picture contains strokes with these looks itself.
    pub(crate) fn contain(&mut self, looks: &[u64]) -> Result<(), ViewerError> {
        let damage = self.sheet.contain(looks);
        self.repaint_ink(&damage)
    }

    /// Shows anew where strokes came, changed or went.
    fn repaint_ink(&mut self, damage: &lotse_ink::Rect) -> Result<(), ViewerError> {
        self.prepare_composed()?;
        if let (Some(window), false) = (self.window, damage.is_empty()) {
            self.put_area(window, &of_ink(damage))?;
            self.painter.flush()?;
        }
        Ok(())
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
        self.place_sheet()?;
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
        self.place_sheet()?;
        // A window that only grew or shrank beyond the picture is the server's to fill: it sends what must be drawn.
        if rescale || self.layout.shown() != before.shown() {
            self.repaint()?;
        }
        Ok(())
    }

    /// Shows what the decoder drew.
    pub(crate) fn present(&mut self, damage: &[Rect]) -> Result<(), ViewerError> {
        // Unseen pictures are not scaled; all of it is when the window comes back.
        let (Some(window), Some(_)) = (self.window, &self.picture) else { return Ok(()) };
        for rect in damage {
            let area = match (&mut self.scaled, &self.picture) {
                (Some(scaled), Some(picture)) => {
                    let area = scaled.scaler.touched(rect);
                    scaled.draw(picture, &area);
                    area
                }
                (Some(_), None) | (None, _) => *rect,
            };
            self.put_area(window, &area)?;
        }
        self.painter.flush()
    }

    /// Draws a part of the window again.
    pub(crate) fn expose(&mut self, part: &Rect) -> Result<(), ViewerError> {
        let Some(window) = self.window else { return Ok(()) };
        let shown = self.layout.shown();
        let part = Rect::new(part.x.saturating_sub(shown.x), part.y.saturating_sub(shown.y), part.width, part.height);
        self.put_area(window, &part)?;
        self.painter.flush()
    }

    /// Puts a part of what is shown on the window, in pixels of the shown picture. No pixel is seen without the strokes over it,
    /// not even for a moment.
    fn put_area(&mut self, window: Window, area: &Rect) -> Result<(), ViewerError> {
        let shown = self.layout.shown();
        let source = match (&self.scaled, &self.picture) {
            (Some(scaled), _) => &scaled.source,
            (None, Some(picture)) if !self.layout.is_scaled() => picture,
            (None, Some(_) | None) => return Ok(()),
        };
        let area = to_ink(&area.clip(source.width, source.height));
        let inked = area.intersect(&self.sheet.bounds());
        if let Some(composed) = self.composed.as_mut().filter(|_| !inked.is_empty()) {
            composed.draw(source, &self.sheet, &inked);
            self.painter.put_visible(window, &composed.source, &of_ink(&inked), &shown, &self.layout)?;
        }
        for plain in lotse_ink::without(&area, &[inked]) {
            self.painter.put_visible(window, source, &of_ink(&plain), &shown, &self.layout)?;
        }
        Ok(())
    }

    /// The strokes are drawn where the picture is shown now.
    fn place_sheet(&mut self) -> Result<(), ViewerError> {
        let (shown, picture) = (self.layout.shown(), self.layout.picture);
        let scale = |shown: u32, picture: u32| shown as f32 / picture.max(1) as f32;
        let clip = lotse_ink::Rect::new(0, 0, shown.width, shown.height);
        self.sheet.set_place((scale(shown.width, picture.0), scale(shown.height, picture.1)), clip);
        self.prepare_composed()
    }

    /// Memory for picture and strokes together, while there are strokes.
    fn prepare_composed(&mut self) -> Result<(), ViewerError> {
        let shown = self.layout.shown();
        if self.sheet.bounds().is_empty() || shown.is_empty() {
            self.composed = None;
            return Ok(());
        }
        let size = (shown.width, shown.height);
        if self.composed.as_ref().is_some_and(|composed| (composed.source.width, composed.source.height) == size) {
            return Ok(());
        }
        let writer = Writer::new(size.0 as usize * size.1 as usize * 4)?;
        let source = self.painter.source(writer.reader(), size.0, size.1)?;
        self.composed = Some(Composed { source, writer });
        Ok(())
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

impl Composed {
    /// Takes a part of the picture as shown and lays the strokes over it.
    fn draw(&mut self, picture: &Source, sheet: &Sheet, part: &lotse_ink::Rect) {
        let stride = self.source.width as usize * 4;
        let (from, bytes) = (part.x.max(0) as usize * 4, part.width as usize * 4);
        for y in part.y..part.bottom() as i32 {
            let at = y.max(0) as usize * stride + from;
            if let Some(row) = self.writer.bytes_mut().get_mut(at..at + bytes) {
                picture.memory.read(at, row);
                sheet.blend(y, part.x, row);
            }
        }
    }
}

fn of_ink(area: &lotse_ink::Rect) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height)
}

fn to_ink(area: &Rect) -> lotse_ink::Rect {
    lotse_ink::Rect::new(area.x, area.y, area.width, area.height)
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
