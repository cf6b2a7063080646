//! The viewer's own thread: waits for the display and for wishes, and carries out what comes.
//!
//! It never waits for the decoder except to draw, and tells input first: a key or motion is with the engine before
//! anything else of its batch is done.

use crate::config::{ViewerConfig, ViewerError};
use crate::hints::{self, Atoms};
use crate::host::OnInput;
use crate::painter::Screen;
use crate::pointer::{Overlay, Pointers};
use crate::shared::{Shared, Wish};
use crate::sys::keymap::Keymap;
use crate::sys::wait::Woken;
use crate::window::{self, SurfaceWindow};
use lotse_engine::view::{SurfaceInput, SurfaceOptions};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use x11rb::connection::Connection;
use x11rb::protocol::xinput::{self, ConnectionExt as _, XIEventMask};
use x11rb::protocol::xkb::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, GrabMode, GrabStatus,
};
use x11rb::rust_connection::RustConnection;

/// How soon to ask for the keyboard again while another program has it.
const RETRY_MS: i32 = 100;
/// XInput's number for all master devices.
const ALL_MASTER_DEVICES: u16 = 1;

/// Everything of the thread.
pub(crate) struct Viewer {
    pub connection: RustConnection,
    pub screen: Screen,
    pub atoms: Atoms,
    pub config: ViewerConfig,
    pub windows: Vec<SurfaceWindow>,
    /// `None`: no keymap library here; keys go over as physical ones.
    pub keymap: Option<Keymap>,
    pub keymap_stale: bool,
    pub on_input: OnInput,
    pointers: Pointers,
    shared: Arc<Shared>,
}

/// A keymap stays on the thread that made it; until the thread runs there is none.
impl Viewer {
    pub(crate) fn prepare(
        config: &ViewerConfig,
        shared: Arc<Shared>,
        on_input: OnInput,
    ) -> Result<Starter, ViewerError> {
        let (connection, number) = RustConnection::connect(config.display.as_deref())?;
        let screen = Screen::of(&connection, number)?;
        let atoms = Atoms::new(&connection)?.reply()?;
        let pointers = Pointers::new(&connection, &screen)?;
        watch_keyboard(&connection)?;
        watch_presses(&connection, &screen)?;
        Ok(Starter { connection, screen, atoms, config: config.clone(), on_input, pointers, shared })
    }

    fn run(mut self) {
        while !self.shared.is_stopping() {
            if let Err(error) = self.turn() {
                tracing::warn!(%error, "the viewer lost its display");
                break;
            }
        }
        for window in std::mem::take(&mut self.windows) {
            // The windows go with the connection; nothing more can be drawn.
            let _ = window.canvas.lock().set_window(None);
            if !self.shared.is_stopping() {
                (self.on_input)(window.surface, SurfaceInput::Closed);
            }
        }
    }

    fn turn(&mut self) -> Result<(), ViewerError> {
        for (surface, wish) in self.shared.take_changed() {
            self.carry_out(surface, &wish)?;
        }
        // Requests that wait for an answer, and flushes, may take in events: look again until there is none.
        loop {
            let mut any = false;
            while let Some(event) = self.connection.poll_for_event()? {
                any = true;
                self.handle(event)?;
            }
            self.tell_motions();
            if self.keymap_stale {
                self.reload_keymap();
            }
            for index in 0..self.windows.len() {
                self.update_grab(index)?;
                self.update_events(index)?;
                self.update_pointer(index)?;
            }
            self.connection.flush()?;
            // One that was taken in just now would lie here unseen until something else wakes this thread: a window that only
            // shows stayed empty, since what it was to draw anew was never heard.
            match self.connection.poll_for_event()? {
                Some(event) => self.handle(event)?,
                None if any => {}
                None => break,
            }
        }
        let keyboard = self.windows.iter().find(|window| window.focused).map(|window| window.surface);
        self.shared.set_keyboard(keyboard);
        let waits = self.windows.iter().any(|window| window.wants_grab() && !window.grabbed || window.focus_tries > 0);
        let fd = self.connection.stream().as_raw_fd();
        if self.shared.waker().wait(fd, waits.then_some(RETRY_MS))? == Woken::Timeout {
            for index in 0..self.windows.len() {
                self.try_focus(index)?;
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, surface: u64, wish: &Wish) -> Result<(), ViewerError> {
        let mut found = self.windows.iter().position(|window| window.surface == surface);
        if let Some(index) = found
            && self.windows.get(index).is_some_and(|window| Some(window.opening) != wish.opening)
        {
            let window = self.forget(index)?;
            self.connection.destroy_window(window.id)?;
            found = None;
        }
        if wish.opening.is_none() {
            return Ok(());
        }
        let visible = self.config.bare.is_some() || wish.place.is_some_and(|place| place.visible && place.parent != 0);
        if found.is_none() && visible {
            let made = SurfaceWindow::new(&self.connection, &self.screen, surface, wish, self.config.bare)?;
            let Some(mut window) = made else { return Ok(()) };
            if let Some(bare) = &self.config.bare {
                hints::describe(&self.connection, &self.atoms, window.id, bare, &self.config.title)?;
                self.connection.map_window(window.id)?;
                window.set_mapped(true)?;
            }
            self.windows.push(window);
            found = Some(self.windows.len() - 1);
        }
        match found {
            Some(index) => self.apply(index, wish),
            None => Ok(()),
        }
    }

    fn apply(&mut self, index: usize, wish: &Wish) -> Result<(), ViewerError> {
        self.set_options(index, wish.options)?;
        self.set_pen(index, wish.pen)?;
        let Some(window) = self.windows.get_mut(index) else { return Ok(()) };
        if let (false, Some(place)) = (window.is_bare, wish.place) {
            window.move_to(&self.connection, place)?;
        }
        window.set_holes(&self.connection, &wish.holes, &wish.edges)?;
        let mut layout = window.layout;
        (layout.fit, layout.offset) = (window.options.fit, wish.offset);
        if let Some(picture) = wish.picture {
            layout.picture = picture;
        }
        window.relayout(layout)?;
        if window.inks != wish.inks {
            window.inks = wish.inks;
            window.canvas.lock().draw(&wish.strokes)?;
        }
        window.cursor_at = wish.cursor_at;
        if wish.shapes != window.shapes {
            window.shapes = wish.shapes;
            window.shape = wish.shape.clone().flatten();
            if let Some(overlay) = window.overlay.take() {
                overlay.destroy(&self.connection)?;
            }
            let shape = window.shape.as_deref();
            let new =
                if wish.shape.is_some() { self.pointers.make(&self.connection, &self.screen, shape)? } else { None };
            // The old one must stay until the window has the new one.
            let old = std::mem::replace(&mut window.cursor, new);
            self.update_pointer(index)?;
            if let Some(old) = old {
                self.pointers.free(&self.connection, old)?;
            }
        }
        if let Some(window) = self.windows.get_mut(index)
            && window.focus != wish.focus
            && window.mapped
        {
            window.focus = wish.focus;
            window.freed = false;
            self.take_focus(index)?;
        }
        Ok(())
    }

    fn set_options(&mut self, index: usize, options: Option<SurfaceOptions>) -> Result<(), ViewerError> {
        let Some(window) = self.windows.get_mut(index) else { return Ok(()) };
        let Some(options) = options.filter(|options| *options != window.options) else { return Ok(()) };
        let stops = window.options.interactive && !options.interactive && window.pen.is_none();
        window.options = options;
        if stops {
            self.release_all(index);
            // Keys are the other window's from now on, which only counts once the focus is there, too.
            if self.windows.get(index).is_some_and(|window| window.focused) {
                self.focus_parent(index)?;
            }
        }
        let Some(window) = self.windows.get_mut(index) else { return Ok(()) };
        if window.is_bare && window.full_screen != options.full_screen {
            window.full_screen = options.full_screen;
            let id = window.id;
            if hints::is_managed(&self.connection, &self.atoms, self.screen.root)? {
                hints::set_full_screen(&self.connection, &self.atoms, &self.screen, id, options.full_screen)?;
            } else if let Some(bare) = self.config.bare {
                let (x, y, width, height) = if options.full_screen {
                    (0, 0, self.screen.width.into(), self.screen.height.into())
                } else {
                    (bare.x, bare.y, bare.width, bare.height)
                };
                let place = ConfigureWindowAux::new().x(x).y(y).width(width).height(height);
                self.connection.configure_window(id, &place)?;
            }
        }
        Ok(())
    }

    /// The window is gone or going.
    pub(crate) fn forget(&mut self, index: usize) -> Result<SurfaceWindow, ViewerError> {
        self.release_all(index);
        let mut window = self.windows.swap_remove(index);
        window.set_mapped(false)?;
        if window.grabbed {
            self.connection.ungrab_keyboard(x11rb::CURRENT_TIME)?;
        }
        if let Some(cursor) = window.cursor {
            self.pointers.free(&self.connection, cursor)?;
        }
        Ok(window)
    }

    fn update_grab(&mut self, index: usize) -> Result<(), ViewerError> {
        let Some(window) = self.windows.get_mut(index) else { return Ok(()) };
        let wanted = window.wants_grab();
        if wanted && !window.grabbed {
            let mode = GrabMode::ASYNC;
            let reply = self.connection.grab_keyboard(false, window.id, x11rb::CURRENT_TIME, mode, mode)?.reply()?;
            window.grabbed = reply.status == GrabStatus::SUCCESS;
        } else if !wanted && window.grabbed {
            self.connection.ungrab_keyboard(x11rb::CURRENT_TIME)?;
            window.grabbed = false;
        }
        Ok(())
    }

    fn update_events(&mut self, index: usize) -> Result<(), ViewerError> {
        let Some(window) = self.windows.get_mut(index) else { return Ok(()) };
        let passes = window.wants_passed();
        if std::mem::replace(&mut window.passes, passes) != passes {
            let change = ChangeWindowAttributesAux::new().event_mask(window::events(passes));
            self.connection.change_window_attributes(window.id, &change)?;
            window.cut(&self.connection)?;
        }
        Ok(())
    }

    /// The rep's pointer looks like the other side's while it steers; otherwise that one is shown where it is.
    fn update_pointer(&mut self, index: usize) -> Result<(), ViewerError> {
        let pen = self.windows.get(index).and_then(|window| window.pen);
        let pen = pen.map(|pen| self.pointers.pen(&self.connection, pen)).transpose()?;
        let Some(window) = self.windows.get_mut(index) else { return Ok(()) };
        let cursor = pen.or(window.cursor.filter(|_| window.options.interactive));
        if cursor != window.cursor_shown {
            let looks = ChangeWindowAttributesAux::new().cursor(cursor.unwrap_or(x11rb::NONE));
            self.connection.change_window_attributes(window.id, &looks)?;
            window.cursor_shown = cursor;
        }
        let elsewhere = !window.options.interactive || !window.inside;
        let at = window
            .cursor_at
            .filter(|_| elsewhere && window.shape.is_some())
            .map(|(x, y)| window.layout.to_window(x, y));
        if at.is_some()
            && window.overlay.is_none()
            && let Some(shape) = window.shape.as_deref()
        {
            window.overlay = Overlay::new(&self.connection, &self.screen, window.id, shape)?;
        }
        if let Some(overlay) = &mut window.overlay {
            overlay.set(&self.connection, at)?;
        }
        Ok(())
    }

    pub(crate) fn reload_keymap(&mut self) {
        self.keymap_stale = false;
        match Keymap::load(self.config.display.as_deref()) {
            Ok(keymap) => self.keymap = Some(keymap),
            Err(error) => {
                tracing::warn!(%error, "keys are sent by their place only: text in another layout than the customer's will differ");
            }
        }
    }
}

/// What goes to the thread.
pub(crate) struct Starter {
    connection: RustConnection,
    screen: Screen,
    atoms: Atoms,
    config: ViewerConfig,
    on_input: OnInput,
    pointers: Pointers,
    shared: Arc<Shared>,
}

impl Starter {
    pub(crate) fn run(self) {
        let Self { connection, screen, atoms, config, on_input, pointers, shared } = self;
        let windows = Vec::new();
        let (keymap, keymap_stale) = (None, false);
        let mut viewer =
            Viewer { connection, screen, atoms, config, windows, keymap, keymap_stale, on_input, pointers, shared };
        viewer.reload_keymap();
        viewer.run();
    }
}

/// Repeats without releases between, and events when the keymap changes.
fn watch_keyboard(connection: &RustConnection) -> Result<(), ViewerError> {
    let core = xkb::ID::USE_CORE_KBD.into();
    if !connection.xkb_use_extension(1, 0)?.reply().is_ok_and(|reply| reply.supported) {
        return Ok(());
    }
    let repeat = xkb::PerClientFlag::DETECTABLE_AUTO_REPEAT;
    let none = xkb::BoolCtrl::default();
    connection.xkb_per_client_flags(core, repeat, repeat, none, none, none)?.reply()?;
    let events = xkb::EventType::NEW_KEYBOARD_NOTIFY | xkb::EventType::MAP_NOTIFY;
    let parts = xkb::MapPart::KEY_TYPES | xkb::MapPart::KEY_SYMS | xkb::MapPart::MODIFIER_MAP;
    connection.xkb_select_events(
        core,
        xkb::EventType::default(),
        events,
        parts,
        parts,
        &xkb::SelectEventsAux::new(),
    )?;
    Ok(())
}

/// Presses anywhere, so that a click beside an embedded picture gives the keyboard back to the window round it.
fn watch_presses(connection: &RustConnection, screen: &Screen) -> Result<(), ViewerError> {
    use x11rb::connection::RequestConnection as _;
    if connection.extension_information(xinput::X11_EXTENSION_NAME)?.is_none() {
        return Ok(());
    }
    connection.xinput_xi_query_version(2, 2)?.reply()?;
    let mask = xinput::EventMask { deviceid: ALL_MASTER_DEVICES, mask: vec![XIEventMask::RAW_BUTTON_PRESS] };
    connection.xinput_xi_select_events(screen.root, &[mask])?;
    Ok(())
}
