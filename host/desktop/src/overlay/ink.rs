//! The window that shows one display's strokes: cut out of a plain one, or transparent.

use crate::error::DesktopError;
use crate::tab::has_plain_pixels;
use lotse_ink::{Rect, Sheet, without};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::shape::{self, ConnectionExt as _, SK, SO};
use x11rb::protocol::xfixes::{self, ConnectionExt as _, SelectionEventMask};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeGCAux, ChangeWindowAttributesAux, ClipOrdering, Colormap, ColormapAlloc, ConfigureWindowAux,
    ConnectionExt as _, CreateGCAux, CreateWindowAux, Gcontext, ImageFormat, ImageOrder, Pixmap, PropMode, Rectangle,
    Screen, VisualClass, Visualid, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Rectangles of one request, and of one window's shape. What is more is left out: no drawing that people make has so many.
const RECTANGLES_A_REQUEST: usize = 8_000;
const RECTANGLES_MAX: usize = 100_000;
/// What a request has beside its pixels, at most.
const REQUEST_BYTES: usize = 64;
/// Bytes of one put: a strip of a picture, so that other requests get in between.
const STRIP_BYTES_MAX: usize = 256 * 1024;

/// What strokes are drawn with on this display just now.
pub(super) struct Medium {
    pub screen: Screen,
    /// The selection that a compositor owns.
    compositor: Atom,
    composited: bool,
    /// Windows with an alpha channel, if the display has them.
    transparent: Option<(Visualid, Colormap)>,
    cuts: bool,
    /// Pixels are ours to write: blue, green, red and a spare byte.
    plain: bool,
}

impl Medium {
    pub(super) fn new(connection: &RustConnection, screen: Screen, number: usize) -> Result<Self, DesktopError> {
        let cuts = connection.extension_information(shape::X11_EXTENSION_NAME)?.is_some();
        let compositor = connection.intern_atom(false, format!("_NET_WM_CM_S{number}").as_bytes())?.reply()?.atom;
        if connection.extension_information(xfixes::X11_EXTENSION_NAME)?.is_some() {
            connection.xfixes_query_version(5, 0)?.reply()?;
            let all = SelectionEventMask::SET_SELECTION_OWNER
                | SelectionEventMask::SELECTION_WINDOW_DESTROY
                | SelectionEventMask::SELECTION_CLIENT_CLOSE;
            connection.xfixes_select_selection_input(screen.root, compositor, all)?;
        }
        let transparent = match transparent_visual(connection, &screen) {
            Some(visual) => {
                let colours = connection.generate_id()?;
                connection.create_colormap(ColormapAlloc::NONE, colours, screen.root, visual)?;
                Some((visual, colours))
            }
            None => None,
        };
        let plain = has_plain_pixels(connection, &screen);
        let mut medium = Self { screen, compositor, composited: false, transparent, cuts, plain };
        medium.look(connection)?;
        Ok(medium)
    }

    /// Whether windows can be made that clicks go through.
    pub(super) fn can_cut(&self) -> bool {
        self.cuts && self.plain
    }

    /// Looks whether a compositor runs. True if that changed.
    pub(super) fn look(&mut self, connection: &RustConnection) -> Result<bool, DesktopError> {
        let owner = connection.get_selection_owner(self.compositor)?.reply()?.owner;
        let composited = owner != x11rb::NONE;
        Ok(std::mem::replace(&mut self.composited, composited) != composited)
    }

    fn glass(&self) -> Option<(Visualid, Colormap)> {
        self.transparent.filter(|_| self.composited)
    }
}

/// A visual whose fourth byte says how dense a pixel is, in the order that we write.
fn transparent_visual(connection: &RustConnection, screen: &Screen) -> Option<Visualid> {
    let setup = connection.setup();
    let fits = setup.image_byte_order == ImageOrder::LSB_FIRST
        && setup.pixmap_formats.iter().any(|format| format.depth == 32 && format.bits_per_pixel == 32);
    let deep = screen.allowed_depths.iter().find(|depth| depth.depth == 32).filter(|_| fits)?;
    let ours = deep.visuals.iter().find(|visual| {
        visual.class == VisualClass::TRUE_COLOR
            && (visual.red_mask, visual.green_mask, visual.blue_mask) == (0xff_0000, 0xff00, 0xff)
    });
    ours.map(|visual| visual.visual_id)
}

/// A window with strokes, while there are any.
pub(super) struct Ink {
    pub window: Window,
    pixels: Pixmap,
    pen: Gcontext,
    depth: u8,
    /// It is transparent; otherwise it is cut.
    glass: bool,
    size: (u16, u16),
}

impl Ink {
    /// Makes it, not yet to be seen.
    pub(super) fn new(connection: &RustConnection, medium: &Medium, area: &Rect) -> Result<Self, DesktopError> {
        let Rectangle { x, y, width, height } = rectangle(area);
        let glass = medium.glass();
        let (depth, visual, colours) = match glass {
            Some((visual, colours)) => (32, visual, colours),
            None => (medium.screen.root_depth, medium.screen.root_visual, medium.screen.default_colormap),
        };
        let (pixels, pen, window) = (connection.generate_id()?, connection.generate_id()?, connection.generate_id()?);
        connection.create_pixmap(depth, pixels, medium.screen.root, width, height)?;
        connection.create_gc(pen, pixels, &CreateGCAux::new().foreground(0).graphics_exposures(0))?;
        connection.poly_fill_rectangle(pixels, pen, &[Rectangle { x: 0, y: 0, width, height }])?;
        let looks =
            CreateWindowAux::new().background_pixmap(pixels).border_pixel(0).override_redirect(1).colormap(colours);
        let class = WindowClass::INPUT_OUTPUT;
        connection.create_window(depth, window, medium.screen.root, x, y, width, height, 0, class, visual, &looks)?;
        let name = b"Lotse: drawings";
        connection.change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, AtomEnum::STRING, name)?;
        connection.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, window, 0, 0, &[])?;
        connection.shape_rectangles(SO::SET, SK::BOUNDING, ClipOrdering::UNSORTED, window, 0, 0, &[])?;
        connection.map_window(window)?;
        Ok(Self { window, pixels, pen, depth, glass: glass.is_some(), size: (width, height) })
    }

    /// Shows what is on the sheet where it changed. `holes`: where other windows of Lotse are seen.
    pub(super) fn show(
        &self,
        connection: &RustConnection,
        sheet: &Sheet,
        damage: &Rect,
        holes: &[Rect],
    ) -> Result<(), DesktopError> {
        let damage = damage.intersect(&Rect::new(0, 0, self.size.0.into(), self.size.1.into()));
        if !damage.is_empty() {
            if self.glass {
                self.glaze(connection, sheet, &damage)?
            } else {
                self.fill(connection, sheet, &damage)?
            }
            // Servers may have taken a copy.
            let looks = ChangeWindowAttributesAux::new().background_pixmap(self.pixels);
            connection.change_window_attributes(self.window, &looks)?;
        }
        self.cut(connection, sheet, holes)?;
        if !damage.is_empty() {
            let Rectangle { x, y, width, height } = rectangle(&damage);
            connection.clear_area(false, self.window, x, y, width, height)?;
        }
        Ok(())
    }

    /// Gives the window its form.
    pub(super) fn cut(&self, connection: &RustConnection, sheet: &Sheet, holes: &[Rect]) -> Result<(), DesktopError> {
        let parts: Vec<Rect> = if self.glass {
            without(&sheet.bounds(), holes)
        } else {
            let cuts = sheet.iter().flat_map(|(stroke, spans)| spans.cut(stroke.opacity_percent));
            let whole: Vec<Rect> = cuts.take(RECTANGLES_MAX).collect();
            let holed = |part: &Rect| holes.iter().any(|hole| !hole.intersect(part).is_empty());
            whole.iter().flat_map(|part| if holed(part) { without(part, holes) } else { vec![*part] }).collect()
        };
        let parts: Vec<Rectangle> = parts.iter().map(rectangle).collect();
        let mut operation = SO::SET;
        let (kind, order) = (SK::BOUNDING, ClipOrdering::UNSORTED);
        if parts.is_empty() {
            connection.shape_rectangles(operation, kind, order, self.window, 0, 0, &[])?;
        }
        for chunk in parts.chunks(RECTANGLES_A_REQUEST) {
            connection.shape_rectangles(operation, kind, order, self.window, 0, 0, chunk)?;
            operation = SO::UNION;
        }
        Ok(())
    }

    /// Colours where each stroke is; between them nothing is seen of the window.
    fn fill(&self, connection: &RustConnection, sheet: &Sheet, damage: &Rect) -> Result<(), DesktopError> {
        connection.set_clip_rectangles(ClipOrdering::UNSORTED, self.pen, 0, 0, &[rectangle(damage)])?;
        let touched = |part: &&Rect| !part.intersect(damage).is_empty();
        for (stroke, spans) in sheet.iter().filter(|(_, spans)| !spans.bounds().intersect(damage).is_empty()) {
            connection.change_gc(self.pen, &ChangeGCAux::new().foreground(stroke.color()))?;
            let parts: Vec<Rectangle> =
                spans.cut(stroke.opacity_percent).iter().take(RECTANGLES_MAX).filter(touched).map(rectangle).collect();
            for chunk in parts.chunks(RECTANGLES_A_REQUEST) {
                connection.poly_fill_rectangle(self.pixels, self.pen, chunk)?;
            }
        }
        Ok(())
    }

    /// Pixels with their density, put in strips.
    fn glaze(&self, connection: &RustConnection, sheet: &Sheet, damage: &Rect) -> Result<(), DesktopError> {
        let row_bytes = damage.width as usize * 4;
        let room = connection.maximum_request_bytes().saturating_sub(REQUEST_BYTES).min(STRIP_BYTES_MAX);
        let rows_max = (room / row_bytes.max(1)).max(1) as i32;
        let end = damage.bottom() as i32;
        let mut top = damage.y;
        while top < end {
            let rows = rows_max.min(end - top);
            let mut strip = vec![0; rows as usize * row_bytes];
            for (row, y) in strip.chunks_exact_mut(row_bytes.max(1)).zip(top..) {
                sheet.blend(y, damage.x, row);
            }
            let Rectangle { x, y, width, height } = rectangle(&Rect::new(damage.x, top, damage.width, rows as u32));
            let format = ImageFormat::Z_PIXMAP;
            connection.put_image(format, self.pixels, self.pen, width, height, x, y, 0, self.depth, &strip)?;
            top += rows;
        }
        Ok(())
    }

    /// Puts it elsewhere, as large as it is.
    pub(super) fn place(&self, connection: &RustConnection, area: &Rect) -> Result<(), DesktopError> {
        let Rectangle { x, y, .. } = rectangle(area);
        connection.configure_window(self.window, &ConfigureWindowAux::new().x(i32::from(x)).y(i32::from(y)))?;
        Ok(())
    }

    pub(super) fn discard(self, connection: &RustConnection) -> Result<(), DesktopError> {
        connection.destroy_window(self.window)?;
        connection.free_gc(self.pen)?;
        connection.free_pixmap(self.pixels)?;
        Ok(())
    }
}

/// A rectangle for the server, cut to what 16 bits hold.
pub(super) fn rectangle(rect: &Rect) -> Rectangle {
    let at = |value: i32| value.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
    let side = |value: u32| value.clamp(1, i16::MAX as u32) as u16;
    Rectangle { x: at(rect.x), y: at(rect.y), width: side(rect.width), height: side(rect.height) }
}
