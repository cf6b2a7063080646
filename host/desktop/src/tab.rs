//! The tab at the upper edge of each monitor's frame: who is looking, in words.
//!
//! It arrives as pixels, since there are no fonts here, and in several widths, since monitors differ. Unlike the frame it
//! takes clicks, so it counts as a window of ours before it is first shown: nobody's injected input reaches it.

use crate::error::DesktopError;
use crate::own_windows::X11Windows;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateGCAux, CreateWindowAux, EventMask, ImageFormat, ImageOrder, Pixmap, PropMode,
    Screen, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Bytes of a request to put pixels, besides the pixels.
const REQUEST_BYTES: usize = 64;
/// Bytes of a pixel in every format that is drawn here.
const PIXEL_BYTES: usize = 4;

/// What stands on the tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// For who cannot see it: the window's name.
    pub words: String,
    pub width: u16,
    pub height: u16,
    /// `0x00rrggbb`, row by row from the top; `width * height` of them.
    pub pixels: Vec<u32>,
}

/// The first label for which there is room.
pub(crate) fn fitting(labels: &[Label], room: u16) -> Option<&Label> {
    labels.iter().find(|label| label.width <= room)
}

/// Makes a tab with its upper left corner there, not shown yet. `None`: pixels look otherwise on this display.
pub(crate) fn make(
    connection: &RustConnection,
    screen: &Screen,
    windows: &X11Windows,
    label: &Label,
    (x, y): (i16, i16),
) -> Result<Option<Window>, DesktopError> {
    let Label { words, width, height, pixels } = label;
    let (area, there) = (usize::from(*width) * usize::from(*height), pixels.len());
    if !has_plain_pixels(connection, screen) || area == 0 || there != area {
        return Ok(None);
    }
    let window = connection.generate_id()?;
    let picture = paint(connection, screen, label)?;
    let looks = CreateWindowAux::new()
        .background_pixmap(picture)
        .border_pixel(0)
        .override_redirect(1)
        .event_mask(EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE | EventMask::BUTTON1_MOTION);
    let class = WindowClass::INPUT_OUTPUT;
    connection.create_window(
        screen.root_depth,
        window,
        screen.root,
        x,
        y,
        *width,
        *height,
        0,
        class,
        screen.root_visual,
        &looks,
    )?;
    connection.free_pixmap(picture)?;
    let utf8 = connection.intern_atom(false, b"UTF8_STRING")?.reply()?.atom;
    connection.change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, utf8, words.as_bytes())?;
    // It is there for the other connection, too, once this is answered.
    connection.sync()?;
    windows.add(window);
    Ok(Some(window))
}

/// A picture on the server with the label's pixels.
fn paint(connection: &RustConnection, screen: &Screen, label: &Label) -> Result<Pixmap, DesktopError> {
    let picture = connection.generate_id()?;
    connection.create_pixmap(screen.root_depth, picture, screen.root, label.width, label.height)?;
    let pen = connection.generate_id()?;
    connection.create_gc(pen, picture, &CreateGCAux::new())?;
    let row_bytes = usize::from(label.width) * PIXEL_BYTES;
    let rows = (connection.maximum_request_bytes().saturating_sub(REQUEST_BYTES) / row_bytes.max(1)).max(1);
    let first_is_low = connection.setup().image_byte_order == ImageOrder::LSB_FIRST;
    let bytes_of = |pixel: &u32| if first_is_low { pixel.to_le_bytes() } else { pixel.to_be_bytes() };
    let mut top = 0_i16;
    for strip in label.pixels.chunks(rows * usize::from(label.width)) {
        let bytes: Vec<u8> = strip.iter().flat_map(bytes_of).collect();
        let height = u16::try_from(strip.len() / usize::from(label.width)).unwrap_or(0);
        let (format, depth) = (ImageFormat::Z_PIXMAP, screen.root_depth);
        connection.put_image(format, picture, pen, label.width, height, 0, top, 0, depth, &bytes)?;
        top = top.saturating_add_unsigned(height);
    }
    connection.free_gc(pen)?;
    Ok(picture)
}

/// Whether this display's pixels are `0x00rrggbb` in four bytes, as on every desktop of this century.
pub(crate) fn has_plain_pixels(connection: &RustConnection, screen: &Screen) -> bool {
    let formats = &connection.setup().pixmap_formats;
    let wide = formats.iter().any(|of| of.depth == screen.root_depth && of.bits_per_pixel == 32);
    let mut visuals = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
    wide && visuals.any(|of| {
        of.visual_id == screen.root_visual && (of.red_mask, of.green_mask, of.blue_mask) == (0xff_0000, 0xff00, 0xff)
    })
}
