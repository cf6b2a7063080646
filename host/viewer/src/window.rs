//! One surface's window and all that is known of the person before it.

use crate::canvas::Canvas;
use crate::config::{Geometry, Place, ViewerError, WINDOW_SIDE_MAX};
use crate::keyboard::Keyboard;
use crate::layout::Layout;
use crate::painter::{MARGIN_COLOUR, Screen, rectangle};
use crate::pointer::Overlay;
use crate::shared::Wish;
use lotse_engine::drawing::{PenCursor, PenInput};
use lotse_engine::surface::{Cursor, Rect};
use lotse_engine::view::{SurfaceInput, SurfaceOptions};
use parking_lot::Mutex;
use std::sync::Arc;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::shape::{self, ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    self, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask, Gravity, Rectangle, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;

/// Until the program says otherwise: look, don't touch.
const OPTIONS_AT_FIRST: SurfaceOptions =
    SurfaceOptions { fit: false, full_screen: false, pass_system_keys: false, hotkeys: false, interactive: false };

/// A window on the display. The fields are the viewer's thread's.
pub(crate) struct SurfaceWindow {
    pub surface: u64,
    pub opening: u64,
    pub id: Window,
    pub canvas: Arc<Mutex<Canvas>>,
    pub options: SurfaceOptions,
    /// As the canvas has it, so that input need not wait for a picture that is being drawn.
    pub layout: Layout,
    /// Where it stands; of bare windows only the size counts.
    pub place: Place,
    pub holes: Vec<Rect>,
    pub edges: Vec<Rect>,
    pub is_bare: bool,
    pub mapped: bool,
    pub focused: bool,
    /// The rep's pointer is over it.
    pub inside: bool,
    /// What the window round it gets in its place.
    pub passes: Passes,
    /// We hold the whole keyboard for it.
    pub grabbed: bool,
    /// The rep freed the keyboard by hand; until the window is clicked or given the focus.
    pub freed: bool,
    pub full_screen: bool,
    /// How often it may still ask for the keyboard by itself.
    pub focus_tries: u8,
    /// The wish's counters as carried out.
    pub focus: u64,
    pub shapes: u64,
    pub inks: u64,
    /// The rep draws: pointer and keys are the drawing's and nobody else's.
    pub pen: Option<PenCursor>,
    pub keyboard: Keyboard,
    pub buttons: u32,
    pub at: (i32, i32),
    /// A motion that was not told yet.
    pub moved: bool,
    /// The other side's pointer.
    pub shape: Option<Arc<Cursor>>,
    pub cursor_at: Option<(i32, i32)>,
    pub overlay: Option<Overlay>,
    /// The rep's pointer in the other side's shape.
    pub cursor: Option<xproto::Cursor>,
    pub cursor_shown: Option<xproto::Cursor>,
}

impl SurfaceWindow {
    /// Makes the window, hidden. Waits for the server once. `None`: the parent is gone.
    pub(crate) fn new(
        connection: &RustConnection,
        screen: &Screen,
        surface: u64,
        wish: &Wish,
        bare: Option<Geometry>,
    ) -> Result<Option<Self>, ViewerError> {
        let (Some(opening), Some(canvas)) = (wish.opening, wish.canvas.clone()) else { return Ok(None) };
        let place = match (bare, wish.place) {
            (Some(bare), _) => Place {
                parent: screen.root,
                x: bare.x,
                y: bare.y,
                width: bare.width,
                height: bare.height,
                visible: true,
            },
            (None, Some(place)) => bounded(place),
            (None, None) => return Ok(None),
        };
        let id = connection.generate_id()?;
        let looks = CreateWindowAux::new()
            .background_pixel(MARGIN_COLOUR)
            .border_pixel(0)
            .bit_gravity(Gravity::NORTH_WEST)
            .colormap(screen.colormap)
            .event_mask(events(Passes::default()));
        let (x, y, width, height) = (place.x as i16, place.y as i16, place.width as u16, place.height as u16);
        let class = WindowClass::INPUT_OUTPUT;
        let made = connection.create_window(
            screen.depth,
            id,
            place.parent,
            x,
            y,
            width,
            height,
            0,
            class,
            screen.visual,
            &looks,
        )?;
        match made.check() {
            Ok(()) => {}
            Err(x11rb::errors::ReplyError::ConnectionError(error)) => return Err(error.into()),
            Err(error) => {
                tracing::debug!(%error, "the window that was to hold a picture is gone");
                return Ok(None);
            }
        }
        let mut layout = *canvas.lock().layout();
        layout.window = (place.width, place.height);
        canvas.lock().change(|theirs| theirs.window = layout.window)?;
        Ok(Some(Self {
            surface,
            opening,
            id,
            canvas,
            layout,
            options: OPTIONS_AT_FIRST,
            place,
            holes: Vec::new(),
            edges: Vec::new(),
            is_bare: bare.is_some(),
            mapped: false,
            focused: false,
            inside: false,
            passes: Passes::default(),
            grabbed: false,
            freed: false,
            full_screen: false,
            focus_tries: 0,
            focus: wish.focus,
            shapes: 0,
            inks: 0,
            pen: None,
            keyboard: Keyboard::default(),
            buttons: 0,
            at: (0, 0),
            moved: false,
            shape: None,
            cursor_at: None,
            overlay: None,
            cursor: None,
            cursor_shown: None,
        }))
    }

    /// Moves, resizes, shows or hides a window that has a parent.
    pub(crate) fn move_to(&mut self, connection: &RustConnection, place: Place) -> Result<(), ViewerError> {
        let place = bounded(place);
        if place == self.place && place.visible == self.mapped {
            return Ok(());
        }
        if place.parent != self.place.parent {
            connection.reparent_window(self.id, place.parent, place.x as i16, place.y as i16)?;
        }
        let aux = ConfigureWindowAux::new().x(place.x).y(place.y).width(place.width).height(place.height);
        connection.configure_window(self.id, &aux)?;
        if place.visible != self.mapped {
            if place.visible {
                connection.map_window(self.id)?
            } else {
                connection.unmap_window(self.id)?
            };
        }
        let resized = (place.width, place.height) != (self.place.width, self.place.height);
        self.place = place;
        if resized && !(self.holes.is_empty() && self.edges.is_empty()) {
            self.cut(connection)?;
        }
        connection.flush()?;
        self.relayout(Layout { window: (place.width, place.height), ..self.layout })?;
        self.set_mapped(place.visible)
    }

    /// Changes how the picture lies in the window. Its size is the decoder's to change.
    pub(crate) fn relayout(&mut self, layout: Layout) -> Result<(), ViewerError> {
        if std::mem::replace(&mut self.layout, layout) == layout {
            return Ok(());
        }
        self.canvas.lock().change(|theirs| *theirs = Layout { picture: theirs.picture, ..layout })
    }

    /// Whether pointer and keys mean something here.
    pub(crate) fn acts(&self) -> bool {
        self.options.interactive || self.pen.is_some()
    }

    /// Where the pointer is, and what is down, for whoever has it.
    pub(crate) fn pointed(&self, wheel: (i32, i32)) -> SurfaceInput {
        let ((x, y), buttons) = (self.at, self.buttons);
        match self.pen {
            Some(_) => SurfaceInput::Pen(PenInput::Pointer { x, y, buttons }),
            None => SurfaceInput::Pointer { x, y, buttons, wheel_x: wheel.0, wheel_y: wheel.1 },
        }
    }

    /// What the window round it is to get.
    pub(crate) fn wants_passed(&self) -> Passes {
        let looks_only = !self.is_bare && !self.acts();
        Passes {
            // Whoever only looks at a part of a picture scrolls, which is done by the window round it. Not otherwise: each
            // move would make that window draw itself.
            pointer: looks_only && self.layout.scrolls(),
            // Keys are the picture's while it steers. Else Tab, Escape and all others work that window.
            keys: looks_only || !self.is_bare && self.freed,
        }
    }

    /// Whether pictures are to be drawn to it.
    pub(crate) fn set_mapped(&mut self, mapped: bool) -> Result<(), ViewerError> {
        self.mapped = mapped;
        self.canvas.lock().set_window(mapped.then_some(self.id))
    }

    /// Lets what is under the window through at some places, and the pointer alone at others.
    pub(crate) fn set_holes(
        &mut self,
        connection: &RustConnection,
        holes: &[Rect],
        edges: &[Rect],
    ) -> Result<(), ViewerError> {
        if self.holes == holes && self.edges == edges {
            return Ok(());
        }
        self.holes = holes.to_vec();
        self.edges = edges.to_vec();
        self.cut(connection)
    }

    /// Takes out of the window what is not its own.
    pub(crate) fn cut(&self, connection: &RustConnection) -> Result<(), ViewerError> {
        if connection.extension_information(shape::X11_EXTENSION_NAME)?.is_none() {
            return Ok(());
        }
        let all = Rect::new(0, 0, self.place.width, self.place.height);
        for (kind, parts) in [(SK::BOUNDING, &self.holes), (SK::INPUT, &self.edges)] {
            if parts.is_empty() {
                connection.shape_mask(SO::SET, kind, self.id, 0, 0, x11rb::NONE)?;
                continue;
            }
            let (order, parts) = (ClipOrdering::UNSORTED, parts.iter().map(rectangle).collect::<Vec<Rectangle>>());
            connection.shape_rectangles(SO::SET, kind, order, self.id, 0, 0, &[rectangle(&all)])?;
            connection.shape_rectangles(SO::SUBTRACT, kind, order, self.id, 0, 0, &parts)?;
        }
        if self.passes.pointer {
            // Not to hear of it is not enough: the window round it would be told that the pointer has left it, which
            // window managers that take each press first (to raise what is clicked) do right before the press.
            connection.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, self.id, 0, 0, &[])?;
        }
        Ok(())
    }
}

/// What goes to the window round an embedded one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Passes {
    pub pointer: bool,
    pub keys: bool,
}

/// What a window hears of. What it does not hear of the pointer and of keys goes to the window round it.
pub(crate) fn events(passes: Passes) -> EventMask {
    let mut mask = EventMask::EXPOSURE
        | EventMask::STRUCTURE_NOTIFY
        | EventMask::FOCUS_CHANGE
        | EventMask::ENTER_WINDOW
        | EventMask::LEAVE_WINDOW;
    if !passes.pointer {
        mask |= EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE | EventMask::POINTER_MOTION;
    }
    if !passes.keys {
        mask |= EventMask::KEY_PRESS | EventMask::KEY_RELEASE;
    }
    mask
}

/// The place as far as X11 can have it.
fn bounded(place: Place) -> Place {
    let limit = WINDOW_SIDE_MAX as i32;
    Place {
        x: place.x.clamp(-limit, limit),
        y: place.y.clamp(-limit, limit),
        width: place.width.clamp(1, WINDOW_SIDE_MAX),
        height: place.height.clamp(1, WINDOW_SIDE_MAX),
        visible: place.visible && place.parent != 0 && place.width > 0 && place.height > 0,
        ..place
    }
}
