//! The viewer as the program and the engine hold it.

use crate::canvas::Canvas;
use crate::config::{HOLES_MAX, Place, ViewerConfig, ViewerError};
use crate::layout::Layout;
use crate::painter::Painter;
use crate::shared::{Shared, set};
use crate::sink::Sink;
use crate::thread::Viewer;
use lotse_engine::drawing::{PenCursor, Strokes};
use lotse_engine::surface::{SurfaceHost, SurfaceSink};
use lotse_engine::view::{SurfaceInput, SurfaceOptions};
use lotse_ink::Font;
use parking_lot::Mutex;
use std::sync::Arc;
use std::thread::JoinHandle;

/// Called with what a person did on a surface. From the viewer's thread: must not block.
pub type OnInput = Arc<dyn Fn(u64, SurfaceInput) + Send + Sync>;

/// Windows for pictures, on one X11 display. Dropping it takes them all away.
pub struct ViewerHost {
    config: ViewerConfig,
    shared: Arc<Shared>,
    painter: Arc<Painter>,
    font: Option<Font>,
    thread: Option<JoinHandle<()>>,
}

impl ViewerHost {
    /// Connects to the display and starts the viewer's thread.
    ///
    /// # Errors
    /// If there is no display, or its pixels are not 24-bit colour in 32 bits.
    pub fn new(config: ViewerConfig, on_input: OnInput) -> Result<Arc<Self>, ViewerError> {
        let shared = Arc::new(Shared::new()?);
        let painter = Painter::new(config.display.as_deref())?;
        let viewer = Viewer::prepare(&config, Arc::clone(&shared), on_input)?;
        let thread = std::thread::Builder::new().name("lotse-viewer".to_owned()).spawn(move || viewer.run())?;
        let font = config.font.and_then(Font::new);
        Ok(Arc::new(Self { config, shared, painter, font, thread: Some(thread) }))
    }

    /// Shows the surface inside another window, there. No effect on bare windows.
    pub fn place(&self, surface: u64, place: Place) {
        self.shared.change(surface, |wish| set(&mut wish.place, Some(place)));
    }

    /// Parts of the surface's area, from its corner, where the parent's own drawing is to be seen and clicked instead:
    /// open menus, the bar over the picture. Replaces the former ones; at most 32.
    pub fn set_holes(&self, surface: u64, holes: &[lotse_engine::surface::Rect]) {
        let holes = holes.get(..HOLES_MAX).unwrap_or(holes);
        self.shared.change(surface, |wish| set(&mut wish.holes, holes.to_vec()));
    }

    /// Parts of the surface's area, from its corner, where the picture is seen and the pointer is the parent's: the edge
    /// that brings a hidden bar back. Replaces the former ones; at most 32.
    pub fn set_edges(&self, surface: u64, edges: &[lotse_engine::surface::Rect]) {
        let edges = edges.get(..HOLES_MAX).unwrap_or(edges);
        self.shared.change(surface, |wish| set(&mut wish.edges, edges.to_vec()));
    }

    pub fn set_options(&self, surface: u64, options: SurfaceOptions) {
        self.shared.change(surface, |wish| set(&mut wish.options, Some(options)));
    }

    /// The pixel of the picture that is to stand at the area's corner when the picture is not fitted.
    pub fn set_offset(&self, surface: u64, x: i32, y: i32) {
        self.shared.change(surface, |wish| set(&mut wish.offset, (x, y)));
    }

    /// The scroll position in effect: as wished, as far as the picture goes.
    #[must_use]
    pub fn offset_of(&self, surface: u64) -> (i32, i32) {
        self.shared
            .get(surface)
            .and_then(|wish| wish.canvas)
            .map_or((0, 0), |canvas| canvas.lock().layout().offset_clamped())
    }

    /// Width and height of the picture in pixels, once there is one.
    #[must_use]
    pub fn size_of(&self, surface: u64) -> Option<(u32, u32)> {
        self.shared.get(surface)?.picture
    }

    /// Gives the surface the keyboard.
    pub fn focus(&self, surface: u64) {
        self.shared.change(surface, |wish| {
            wish.focus += 1;
            true
        });
    }

    /// The surface that has the keyboard, if one has.
    #[must_use]
    pub fn keyboard(&self) -> Option<u64> {
        self.shared.keyboard()
    }

    /// Takes the surface's window away. Its sink goes on without effect.
    pub fn close(&self, surface: u64) {
        self.shared.close(surface, None);
    }
}

impl SurfaceHost for ViewerHost {
    fn open(&self, surface: u64) -> Option<Box<dyn SurfaceSink>> {
        let layout = match self.config.bare {
            Some(bare) => Layout { window: (bare.width, bare.height), ..Layout::default() },
            None => Layout { centred: true, ..Layout::default() },
        };
        let canvas = Arc::new(Mutex::new(Canvas::new(Arc::clone(&self.painter), layout, self.font.clone())));
        let opening = self.shared.open(surface, Some(Arc::clone(&canvas)))?;
        Some(Box::new(Sink::new(surface, opening, Arc::clone(&self.shared), Arc::clone(&self.painter), canvas)))
    }

    fn draw(&self, surface: u64, strokes: Strokes) {
        self.shared.draw(surface, strokes);
    }

    fn grab(&self, surface: u64, cursor: Option<PenCursor>) {
        self.shared.grab(surface, cursor);
    }
}

impl Drop for ViewerHost {
    fn drop(&mut self) {
        self.shared.stop();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the viewer's thread had failed");
        }
    }
}
