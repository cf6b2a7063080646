//! The frame round every monitor, or round what else is seen, that says "this is being seen", with a tab that says by whom.
//!
//! Four thin windows a monitor, which every X server can show, with an empty input region, so that clicks go through; and
//! the [tab](crate::tab), which takes clicks and is dragged [along the edge](crate::tabs). They stay above the others without
//! a fight: a restack is answered once, then [ever more slowly](crate::raises). If the display is lost,
//! [`Frame::is_there`] says so.

use crate::error::DesktopError;
use crate::own_windows::X11Windows;
use crate::raises::Raises;
use crate::tab::{self, Label};
use crate::tabs::{Tab, Tabs};
use crate::wake::{Heard, Listener, hear, hear_now, hear_until};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::ReplyError;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, ConnectionExt as _, NotifyMask};
use x11rb::protocol::shape::{self, ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux,
    EventMask, MapState, PropMode, Rectangle, Screen, StackMode, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// The product's colour for this and nothing else.
const COLOUR: u32 = 0x00e0_452b;
/// Wide enough to be seen at 200 %, narrow enough to hide nothing.
const WIDTH_PX: u16 = 4;
/// More monitors than this get no frame; nobody has them.
const MONITORS_MAX: usize = 32;
/// Events that are taken together before what they changed is looked at; more come in the next round.
const EVENTS_MAX: usize = 256;
/// Of the pointer's buttons the one that clicks and drags.
const BUTTON: u8 = 1;

/// What the frame tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameEvent {
    /// Somebody at this computer clicked the tab.
    Clicked,
    /// It is no longer there, and does not come back.
    Lost,
}

/// What a frame stands round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// A part of the desktop, in pixels; the frame lies within it.
    Area { x: i32, y: i32, width: u32, height: u32 },
    /// A window, wherever it moves; the frame lies beside it and is not there while the window cannot be seen.
    Window(u32),
}

/// Called on the frame's own thread.
pub type OnFrame = Arc<dyn Fn(FrameEvent) + Send + Sync>;

/// The frame. Hidden at first; dropping it takes it away.
pub struct Frame {
    inner: Arc<Inner>,
    _listener: Listener,
}

struct Inner {
    connection: Arc<RustConnection>,
    screen: Screen,
    root: Window,
    windows: Arc<X11Windows>,
    lost: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    shown: bool,
    /// `None`: every monitor.
    around: Option<Vec<Round>>,
    /// What it stands round now.
    monitors: Vec<Rectangle>,
    /// The frame itself.
    sides: Vec<Window>,
    /// Widest first.
    labels: Vec<Label>,
    tabs: Tabs,
}

impl State {
    /// Tabs last, which are to lie above the frame.
    fn all(&self) -> impl Iterator<Item = Window> + '_ {
        self.sides.iter().copied().chain(self.tabs.windows())
    }

    fn has(&self, window: Window) -> bool {
        self.all().any(|of| of == window)
    }
}

impl Frame {
    /// Makes the frame, hidden, on `display`; `None`: `$DISPLAY`. `windows` are told of the tabs.
    ///
    /// # Errors
    /// If there is no display or no thread to be had.
    pub fn start(display: Option<&str>, windows: Arc<X11Windows>, on_frame: OnFrame) -> Result<Self, DesktopError> {
        let (connection, number) = RustConnection::connect(display)?;
        let screen = connection.setup().roots.get(number).cloned().ok_or(DesktopError::NoScreen)?;
        let root = screen.root;
        let connection = Arc::new(connection);
        let inner = Arc::new(Inner {
            connection: Arc::clone(&connection),
            screen,
            root,
            windows,
            lost: AtomicBool::new(false),
            state: Mutex::default(),
        });
        let watch =
            ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY | EventMask::STRUCTURE_NOTIFY);
        connection.change_window_attributes(root, &watch)?.check()?;
        if connection.extension_information(randr::X11_EXTENSION_NAME)?.is_some() {
            connection.randr_query_version(1, 5)?.reply()?;
            connection.randr_select_input(root, NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE)?;
        }
        inner.rebuild()?;
        let theirs = Arc::clone(&inner);
        let listener = Listener::start("lotse-frame", &connection, root, move |mailbox| {
            if let Err(error) = theirs.listen(mailbox, &on_frame) {
                tracing::warn!(%error, "the frame round the screen lost its display");
                theirs.lost.store(true, Ordering::Release);
                on_frame(FrameEvent::Lost);
            }
        })?;
        Ok(Self { inner, _listener: listener })
    }

    /// Whether it can be shown.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !self.inner.lost.load(Ordering::Acquire)
    }

    /// What stands on the tabs from now on, widest first: each monitor has the first that it has room for. There are no tabs
    /// until this was said.
    pub fn label(&self, labels: Vec<Label>) {
        if let Err(error) = self.inner.label(labels) {
            tracing::warn!(%error, "the words at the frame cannot be changed");
        }
    }

    /// What it stands round from now on; `None`: every monitor, as at first.
    pub fn surround(&self, around: Option<Vec<Round>>) {
        let around = around.map(|all| all.into_iter().take(MONITORS_MAX).collect());
        if std::mem::replace(&mut self.inner.state.lock().around, around.clone()) == around {
            return;
        }
        if let Err(error) = self.inner.rebuild() {
            tracing::warn!(%error, "the frame cannot stand round something else");
        }
    }

    /// Shows or hides it, at once.
    pub fn show(&self, on: bool) {
        if let Err(error) = self.inner.show(on) {
            tracing::warn!(%error, "the frame round the screen cannot be changed");
        }
    }
}

impl Inner {
    fn show(&self, on: bool) -> Result<(), DesktopError> {
        let mut state = self.state.lock();
        if state.shown == on {
            return Ok(());
        }
        state.shown = on;
        for window in state.all() {
            if on {
                self.connection.configure_window(window, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE))?;
                self.connection.map_window(window)?;
            } else {
                self.connection.unmap_window(window)?;
            }
        }
        self.connection.flush()?;
        Ok(())
    }

    fn label(&self, labels: Vec<Label>) -> Result<(), DesktopError> {
        let mut state = self.state.lock();
        if state.labels == labels {
            return Ok(());
        }
        state.labels = labels;
        self.rebuild_tabs(&mut state)
    }

    fn listen(&self, mailbox: Window, on_frame: &OnFrame) -> Result<(), DesktopError> {
        let mut raises = Raises::new();
        loop {
            let (mut monitors, mut stacking, mut moved) = (false, false, false);
            // Clicks are heard while a restack is let stand, too.
            let mut heard = match raises.due() {
                Some(due) => hear_until(&self.connection, mailbox, due)?,
                None => Some(hear(&self.connection, mailbox)?),
            };
            let mut taken = 0;
            while let Some(what) = heard {
                match what {
                    Heard::Stop => return Ok(()),
                    Heard::Event(event) => {
                        monitors |= self.is_about_monitors(&event);
                        stacking |= self.is_about_stacking(&event);
                        moved |= self.is_about_places(&event);
                        if self.follow_pointer(&event)? {
                            on_frame(FrameEvent::Clicked);
                        }
                    }
                }
                taken += 1;
                // Only what is there already; the next round waits again.
                heard = if taken < EVENTS_MAX { hear_now(&self.connection, mailbox)? } else { None };
            }
            if monitors || (moved && self.have_moved()?) {
                self.rebuild()?;
            }
            if stacking && raises.due().is_none() && self.is_covered()? {
                raises.covered(Instant::now());
            }
            if raises.take(Instant::now()) {
                self.raise()?;
            }
        }
    }

    fn is_about_monitors(&self, event: &Event) -> bool {
        match event {
            Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) => true,
            Event::ConfigureNotify(event) => event.window == self.root,
            _ => false,
        }
    }

    /// Follows the pointer at a tab, and moves the tab that it drags. True if the tab was clicked.
    fn follow_pointer(&self, event: &Event) -> Result<bool, DesktopError> {
        match event {
            Event::ButtonPress(event) if event.detail == BUTTON => {
                self.state.lock().tabs.press(event.event, event.root_x);
            }
            Event::MotionNotify(event) => {
                let mut state = self.state.lock();
                if let Some(left) = state.tabs.drag(event.event, event.root_x) {
                    let place = ConfigureWindowAux::new().x(i32::from(left));
                    self.connection.configure_window(event.event, &place)?;
                    self.connection.flush()?;
                }
            }
            Event::ButtonRelease(event) if event.detail == BUTTON => {
                return Ok(self.state.lock().tabs.release(event.event, event.event_x, event.event_y));
            }
            _ => {}
        }
        Ok(false)
    }

    fn is_about_stacking(&self, event: &Event) -> bool {
        let window = match event {
            Event::ConfigureNotify(event) => event.window,
            Event::MapNotify(event) => event.window,
            Event::CirculateNotify(event) => event.window,
            Event::ReparentNotify(event) => event.window,
            _ => return false,
        };
        let state = self.state.lock();
        state.shown && window != self.root && !state.has(window)
    }

    /// Whether a window that the frame stands round may be elsewhere now.
    fn is_about_places(&self, event: &Event) -> bool {
        let window = match event {
            Event::ConfigureNotify(event) => event.window,
            Event::MapNotify(event) => event.window,
            Event::UnmapNotify(event) => event.window,
            Event::ReparentNotify(event) => event.window,
            Event::DestroyNotify(event) => event.window,
            _ => return false,
        };
        let state = self.state.lock();
        let windows = state.around.iter().flatten().any(|round| matches!(round, Round::Window(_)));
        windows && !state.has(window)
    }

    fn have_moved(&self) -> Result<bool, DesktopError> {
        let corners = |of: &[Rectangle]| of.iter().map(|it| (it.x, it.y, it.width, it.height)).collect::<Vec<_>>();
        let now = corners(&self.places()?);
        Ok(now != corners(&self.state.lock().monitors))
    }

    /// What the frame is to stand round.
    fn places(&self) -> Result<Vec<Rectangle>, DesktopError> {
        let Some(around) = self.state.lock().around.clone() else { return self.monitors() };
        let mut places = Vec::new();
        for round in around {
            match round {
                Round::Area { x, y, width, height } => places.extend(rectangle(x, y, width, height)),
                Round::Window(window) => places.extend(self.beside(window)?),
            }
        }
        Ok(places)
    }

    /// Round a window, as long as it can be seen.
    fn beside(&self, window: Window) -> Result<Option<Rectangle>, DesktopError> {
        let known = |error| match error {
            // It is gone.
            ReplyError::X11Error(_) => Ok(None),
            error @ ReplyError::ConnectionError(_) => Err(DesktopError::from(error)),
        };
        let attributes = match self.connection.get_window_attributes(window)?.reply() {
            Ok(attributes) => attributes,
            Err(error) => return known(error),
        };
        let size = match self.connection.get_geometry(window)?.reply() {
            Ok(size) => size,
            Err(error) => return known(error),
        };
        let at = match self.connection.translate_coordinates(window, self.root, 0, 0)?.reply() {
            Ok(at) => at,
            Err(error) => return known(error),
        };
        if attributes.map_state != MapState::VIEWABLE {
            return Ok(None);
        }
        let (edge, wide) = (i32::from(WIDTH_PX), 2 * u32::from(WIDTH_PX));
        let (x, y) = (i32::from(at.dst_x) - edge, i32::from(at.dst_y) - edge);
        Ok(rectangle(x, y, u32::from(size.width) + wide, u32::from(size.height) + wide))
    }

    /// Whether another window is above one of ours.
    fn is_covered(&self) -> Result<bool, DesktopError> {
        let stack = self.connection.query_tree(self.root)?.reply()?.children;
        let state = self.state.lock();
        let mut top = stack.iter().rev().take(state.all().count());
        Ok(state.shown && !top.all(|window| state.has(*window)))
    }

    fn raise(&self) -> Result<(), DesktopError> {
        for window in self.state.lock().all() {
            self.connection.configure_window(window, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE))?;
        }
        self.connection.flush()?;
        Ok(())
    }

    /// Makes the windows for what the frame stands round now.
    fn rebuild(&self) -> Result<(), DesktopError> {
        let monitors = self.places()?;
        let cut = self.connection.extension_information(shape::X11_EXTENSION_NAME)?.is_some();
        let mut state = self.state.lock();
        for window in state.sides.drain(..) {
            self.connection.destroy_window(window)?;
        }
        for side in monitors.iter().flat_map(sides) {
            let window = self.connection.generate_id()?;
            let looks = CreateWindowAux::new().background_pixel(COLOUR).border_pixel(0).override_redirect(1);
            let Rectangle { x, y, width, height } = side;
            let class = WindowClass::INPUT_OUTPUT;
            self.connection.create_window(
                x11rb::COPY_DEPTH_FROM_PARENT,
                window,
                self.root,
                x,
                y,
                width,
                height,
                0,
                class,
                0,
                &looks,
            )?;
            self.connection.change_property8(
                PropMode::REPLACE,
                window,
                AtomEnum::WM_NAME,
                AtomEnum::STRING,
                b"Lotse: your screen is being seen",
            )?;
            if cut {
                self.connection.shape_rectangles(SO::SET, SK::INPUT, ClipOrdering::UNSORTED, window, 0, 0, &[])?;
            }
            if state.shown {
                self.connection.map_window(window)?;
            }
            state.sides.push(window);
        }
        state.monitors = monitors;
        self.rebuild_tabs(&mut state)
    }

    /// Makes the tabs that belong to the monitors and words of now. The old ones go when the new ones are there, so that
    /// none is missing for a moment.
    fn rebuild_tabs(&self, state: &mut State) -> Result<(), DesktopError> {
        let mut tabs = Vec::new();
        for monitor in &state.monitors {
            let Some(label) = tab::fitting(&state.labels, monitor.width) else { continue };
            let place = (state.tabs.left(monitor, label.width), monitor.y);
            if let Some(window) = tab::make(&self.connection, &self.screen, &self.windows, label, place)? {
                if state.shown {
                    self.connection.map_window(window)?;
                }
                tabs.push(Tab { window, monitor: *monitor, width: label.width, height: label.height });
            }
        }
        for Tab { window, .. } in state.tabs.replace(tabs) {
            self.connection.destroy_window(window)?;
            self.windows.remove(window);
        }
        self.connection.flush()?;
        Ok(())
    }

    fn monitors(&self) -> Result<Vec<Rectangle>, DesktopError> {
        let mut monitors = Vec::new();
        if self.connection.extension_information(randr::X11_EXTENSION_NAME)?.is_some()
            && let Ok(reply) = self.connection.randr_get_monitors(self.root, true)?.reply()
        {
            let areas =
                reply.monitors.iter().map(|it| Rectangle { x: it.x, y: it.y, width: it.width, height: it.height });
            monitors.extend(areas.filter(|area| area.width > 0 && area.height > 0).take(MONITORS_MAX));
        }
        if monitors.is_empty() {
            let all = self.connection.get_geometry(self.root)?.reply()?;
            monitors.push(Rectangle { x: 0, y: 0, width: all.width, height: all.height });
        }
        Ok(monitors)
    }
}

/// As far as X11 can say where it is.
fn rectangle(x: i32, y: i32, width: u32, height: u32) -> Option<Rectangle> {
    let (width, height) = (u16::try_from(width).ok()?, u16::try_from(height).ok()?);
    let place = Rectangle { x: i16::try_from(x).ok()?, y: i16::try_from(y).ok()?, width, height };
    (width > 0 && height > 0).then_some(place)
}

/// Top, bottom, left, right of a monitor, without the corners twice.
fn sides(monitor: &Rectangle) -> [Rectangle; 4] {
    let Rectangle { x, y, width, height } = *monitor;
    let edge = WIDTH_PX.min(width).min(height);
    let right = x.saturating_add_unsigned(width - edge);
    let bottom = y.saturating_add_unsigned(height - edge);
    let inner = height.saturating_sub(2 * edge).max(1);
    let top = y.saturating_add_unsigned(edge);
    [
        Rectangle { x, y, width, height: edge },
        Rectangle { x, y: bottom, width, height: edge },
        Rectangle { x, y: top, width: edge, height: inner },
        Rectangle { x: right, y: top, width: edge, height: inner },
    ]
}
