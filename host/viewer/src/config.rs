//! What the program tells the viewer: where windows stand, and what can go wrong at the start.

use lotse_engine::surface::Rect;
use std::str::FromStr;

/// Most surfaces that are remembered at a time; a session has one or two.
pub(crate) const SURFACES_MAX: usize = 64;
/// Most holes in a picture; a menu and its submenu are two.
pub(crate) const HOLES_MAX: usize = 32;
/// X11 positions are 16 bits, and windows must stay below that with room for an offset.
pub(crate) const WINDOW_SIDE_MAX: u32 = 32_000;

/// How the viewer starts.
#[derive(Debug, Clone, Default)]
pub struct ViewerConfig {
    /// X11 display; `None`: `$DISPLAY`.
    pub display: Option<String>,
    /// Each surface is an undecorated window of its own here, unscaled from its corner. `None`: surfaces are shown
    /// inside a parent window, see [`crate::ViewerHost::place`].
    pub bare: Option<Geometry>,
    /// Title of bare windows; empty: `Lotse`.
    pub title: String,
    /// A font file for words that are drawn on pictures; `None`: they are left out.
    pub font: Option<&'static [u8]>,
}

/// A window's place on the root window in pixels, as `1920x1080+0+0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    pub width: u32,
    pub height: u32,
    pub x: i32,
    pub y: i32,
}

/// Not a geometry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a geometry looks like 1920x1080+0+0, not like {0:?}")]
pub struct GeometryError(pub String);

impl FromStr for Geometry {
    type Err = GeometryError;

    fn from_str(text: &str) -> Result<Self, GeometryError> {
        parse(text).ok_or_else(|| GeometryError(text.chars().take(64).collect()))
    }
}

fn parse(text: &str) -> Option<Geometry> {
    let (width, rest) = text.split_once('x')?;
    let at = rest.find(['+', '-'])?;
    let (height, offsets) = rest.split_at_checked(at)?;
    let second = offsets.get(1..)?.find(['+', '-'])? + 1;
    let (x, y) = offsets.split_at_checked(second)?;
    let geometry = Geometry { width: width.parse().ok()?, height: height.parse().ok()?, x: signed(x)?, y: signed(y)? };
    let sides = 1..=WINDOW_SIDE_MAX;
    (sides.contains(&geometry.width) && sides.contains(&geometry.height)).then_some(geometry)
}

fn signed(text: &str) -> Option<i32> {
    let value: i32 = text.parse().ok()?;
    (value.unsigned_abs() <= WINDOW_SIDE_MAX).then_some(value)
}

/// Where a surface stands inside another window, in pixels of that window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// X11 id of the window that holds the picture.
    pub parent: u32,
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    pub visible: bool,
}

/// Pixels of the window at which the program's own drawing shows through the picture, such as an open menu, or at which
/// it has the pointer though the picture is seen.
pub(crate) type Holes = Vec<Rect>;

/// Why there is no viewer.
#[derive(Debug, thiserror::Error)]
pub enum ViewerError {
    #[error("no connection to the X11 display: {0}")]
    Connect(#[from] x11rb::errors::ConnectError),
    #[error("the connection to the X11 display broke: {0}")]
    Connection(#[from] x11rb::errors::ConnectionError),
    #[error("the X11 display refused a request: {0}")]
    Reply(#[from] x11rb::errors::ReplyError),
    #[error("the X11 display gives no identifiers any more: {0}")]
    Ids(#[from] x11rb::errors::ReplyOrIdError),
    #[error(
        "the X11 display has {depth} bits a pixel in another form than 24-bit colour in 32 bits, which is all that pictures are made for"
    )]
    Depth { depth: u8 },
    #[error("the X11 display has no screen {0}")]
    NoScreen(usize),
    #[error("the operating system refused: {0}")]
    System(#[from] std::io::Error),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn geometry_as_x11_programs_write_it() {
        assert_eq!("1920x1080+0+0".parse(), Ok(Geometry { width: 1920, height: 1080, x: 0, y: 0 }));
        assert_eq!("10x20-5+7".parse(), Ok(Geometry { width: 10, height: 20, x: -5, y: 7 }));
        for bad in ["", "10x20", "x+0+0", "0x5+0+0", "10x20+1", "99999x1+0+0", "1x1+99999999999+0", "1x1+-1+0é"] {
            assert!(bad.parse::<Geometry>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn fuzz_geometry(text in "\\PC{0,24}|[0-9x+é-]{0,16}") {
            let _ = text.parse::<Geometry>();
        }
    }
}
