//! A person's hands and eyes on a display: pointer and keys through XTEST, windows by their titles.

use crate::{Display, Result, wait_for};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, StackMode, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

const KEY_PRESS: u8 = 2;
const KEY_RELEASE: u8 = 3;
const BUTTON_PRESS: u8 = 4;
const BUTTON_RELEASE: u8 = 5;
const MOTION: u8 = 6;

/// A connection to act through.
pub struct Hands {
    connection: RustConnection,
    root: Window,
}

impl Hands {
    pub fn on(display: &Display) -> Result<Self> {
        let (connection, screen) = RustConnection::connect(Some(display.name()))?;
        let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
        Ok(Self { connection, root })
    }

    pub fn move_to(&self, x: i16, y: i16) -> Result<()> {
        self.connection.xtest_fake_input(MOTION, 0, 0, self.root, x, y, 0)?;
        self.sync()
    }

    pub fn click(&self, x: i16, y: i16) -> Result<()> {
        self.move_to(x, y)?;
        std::thread::sleep(std::time::Duration::from_millis(60));
        self.button(1)
    }

    /// Presses and lets go of a button where the pointer is. 4 and 5 are the wheel.
    pub fn button(&self, button: u8) -> Result<()> {
        self.connection.xtest_fake_input(BUTTON_PRESS, button, 0, self.root, 0, 0, 0)?;
        self.sync()?;
        std::thread::sleep(std::time::Duration::from_millis(40));
        self.connection.xtest_fake_input(BUTTON_RELEASE, button, 0, self.root, 0, 0, 0)?;
        self.sync()
    }

    /// Presses the first button where the pointer is and keeps it down, or lets it go.
    pub fn hold(&self, down: bool) -> Result<()> {
        let kind = if down { BUTTON_PRESS } else { BUTTON_RELEASE };
        self.connection.xtest_fake_input(kind, 1, 0, self.root, 0, 0, 0)?;
        self.sync()
    }

    /// Drags with the first button, slowly enough for each step to be seen.
    pub fn drag(&self, from: (i16, i16), to: (i16, i16)) -> Result<()> {
        const STEPS: i16 = 8;
        self.move_to(from.0, from.1)?;
        std::thread::sleep(std::time::Duration::from_millis(60));
        self.connection.xtest_fake_input(BUTTON_PRESS, 1, 0, self.root, 0, 0, 0)?;
        for step in 1..=STEPS {
            self.move_to(from.0 + (to.0 - from.0) / STEPS * step, from.1 + (to.1 - from.1) / STEPS * step)?;
            std::thread::sleep(std::time::Duration::from_millis(40));
        }
        self.connection.xtest_fake_input(BUTTON_RELEASE, 1, 0, self.root, 0, 0, 0)?;
        self.sync()
    }

    /// Presses keys together, given as keysyms, and lets go in the other order.
    pub fn keys(&self, keysyms: &[u32]) -> Result<()> {
        let codes: Vec<u8> = keysyms.iter().map(|keysym| self.keycode(*keysym)).collect::<Result<_>>()?;
        for code in &codes {
            self.connection.xtest_fake_input(KEY_PRESS, *code, 0, self.root, 0, 0, 0)?;
        }
        self.sync()?;
        std::thread::sleep(std::time::Duration::from_millis(20));
        for code in codes.iter().rev() {
            self.connection.xtest_fake_input(KEY_RELEASE, *code, 0, self.root, 0, 0, 0)?;
        }
        self.sync()
    }

    /// Types lower-case letters, digits and spaces, as the us layout has them.
    pub fn type_text(&self, text: &str) -> Result<()> {
        for character in text.chars() {
            self.keys(&[character as u32])?;
            std::thread::sleep(std::time::Duration::from_millis(15));
        }
        Ok(())
    }

    fn keycode(&self, keysym: u32) -> Result<u8> {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self.connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let per_key = usize::from(map.keysyms_per_keycode);
        let at = map.keysyms.chunks(per_key).position(|keysyms| keysyms.first() == Some(&keysym));
        at.and_then(|at| u8::try_from(at).ok())
            .map(|at| first + at)
            .ok_or_else(|| format!("no key for keysym {keysym:#x}").into())
    }

    /// Waits for a mapped window whose title contains `title`: place and size on the screen.
    pub fn window(&self, title: &str) -> Result<(i16, i16, u16, u16)> {
        wait_for(20, &format!("a window titled {title}"), || self.find(self.root, title).ok().flatten())
    }

    /// The same without waiting.
    pub fn window_now(&self, title: &str) -> Option<(i16, i16, u16, u16)> {
        self.find(self.root, title).ok().flatten()
    }

    /// Puts a window somewhere, as a person drags it; width and height are its content's.
    pub fn place(&self, title: &str, x: i32, y: i32, width: u32, height: u32) -> Result<()> {
        let window = self.id(title)?;
        self.place_window(window, x, y, width, height)
    }

    /// The same for a window that is known.
    pub fn place_window(&self, window: Window, x: i32, y: i32, width: u32, height: u32) -> Result<()> {
        let change = ConfigureWindowAux::new().x(x).y(y).width(width).height(height).stack_mode(StackMode::ABOVE);
        self.connection.configure_window(window, &change)?;
        self.sync()
    }

    /// Waits for a mapped window whose title contains `title`, to speak of it when it is no longer to be seen.
    pub fn id(&self, title: &str) -> Result<Window> {
        wait_for(20, &format!("a window titled {title}"), || self.find_id(self.root, title).ok().flatten())
    }

    /// Whether it is on the screen and neither minimised nor gone. It may be covered.
    pub fn is_mapped(&self, window: Window) -> bool {
        let attributes = self.connection.get_window_attributes(window).ok().and_then(|asked| asked.reply().ok());
        attributes.is_some_and(|it| it.map_state == x11rb::protocol::xproto::MapState::VIEWABLE)
    }

    /// Puts a window into the taskbar, and waits until it is there.
    pub fn minimise(&self, window: Window) -> Result<()> {
        /// Of the ICCCM.
        const ICONIC_STATE: u32 = 3;
        self.ask_manager(window, self.root, b"WM_CHANGE_STATE", ICONIC_STATE)?;
        wait_for(10, "a window to be minimised", || (!self.is_mapped(window)).then_some(()))
    }

    /// The close button of a window, or of its entry in the taskbar.
    pub fn close(&self, window: Window) -> Result<()> {
        let delete = self.connection.intern_atom(false, b"WM_DELETE_WINDOW")?.reply()?.atom;
        self.ask_manager(window, window, b"WM_PROTOCOLS", delete)
    }

    /// Puts the window that has just this title beneath the others.
    pub fn lower(&self, title: &str) -> Result<()> {
        let window = self.id_of(title)?;
        self.connection.configure_window(window, &ConfigureWindowAux::new().stack_mode(StackMode::BELOW))?;
        self.sync()
    }

    /// The same for the window that has just this title.
    pub fn ask_to_close(&self, title: &str) -> Result<()> {
        self.close(self.id_of(title)?)
    }

    /// Waits for a mapped window that has just this title.
    pub fn id_of(&self, title: &str) -> Result<Window> {
        wait_for(20, &format!("a window titled {title} and no more"), || {
            self.find_where(self.root, &|name| name == title).ok().flatten()
        })
    }

    /// Place and size on the screen of a window that is known.
    pub fn place_of(&self, window: Window) -> Result<(i16, i16, u16, u16)> {
        let size = self.connection.get_geometry(window)?.reply()?;
        let place = self.connection.translate_coordinates(window, self.root, 0, 0)?.reply()?;
        Ok((place.dst_x, place.dst_y, size.width, size.height))
    }

    fn ask_manager(&self, window: Window, to: Window, what: &[u8], how: u32) -> Result<()> {
        let kind = self.connection.intern_atom(false, what)?.reply()?.atom;
        let message = ClientMessageEvent::new(32, window, kind, [how, 0, 0, 0, 0]);
        let mask = if to == self.root {
            EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY
        } else {
            EventMask::NO_EVENT
        };
        self.connection.send_event(false, to, mask, message)?;
        self.sync()
    }

    fn find(&self, window: Window, title: &str) -> Result<Option<(i16, i16, u16, u16)>> {
        self.find_id(window, title)?.map(|found| self.place_of(found)).transpose()
    }

    fn find_id(&self, window: Window, title: &str) -> Result<Option<Window>> {
        self.find_where(window, &|name| name.contains(title))
    }

    fn find_where(&self, window: Window, is: &dyn Fn(&str) -> bool) -> Result<Option<Window>> {
        let name = self.connection.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 256)?.reply()?;
        let mapped = self.connection.get_window_attributes(window)?.reply()?.map_state
            == x11rb::protocol::xproto::MapState::VIEWABLE;
        if mapped && window != self.root && is(&String::from_utf8_lossy(&name.value)) {
            return Ok(Some(window));
        }
        for child in self.connection.query_tree(window)?.reply()?.children {
            if let Some(found) = self.find_where(child, is)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    pub fn pointer(&self) -> Result<(i16, i16)> {
        let pointer = self.connection.query_pointer(self.root)?.reply()?;
        Ok((pointer.root_x, pointer.root_y))
    }

    fn sync(&self) -> Result<()> {
        self.connection.get_input_focus()?.reply()?;
        Ok(())
    }
}
