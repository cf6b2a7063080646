//! Which keys go down on a display, whoever has the keyboard: raw events of XInput, which no grab hides.

use crate::{Display, Result, wait_for};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xinput::{self, ConnectionExt as _, XIEventMask};
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// XInput's number for all master devices.
const ALL_MASTER_DEVICES: u16 = 1;

/// Remembers the keys pressed since it was made or cleared.
pub struct KeyWatch {
    connection: RustConnection,
    pressed: Vec<u32>,
}

impl KeyWatch {
    /// Begins to watch.
    ///
    /// # Errors
    /// If the display lacks XInput 2.2.
    pub fn on(display: &Display) -> Result<Self> {
        let (connection, screen) = RustConnection::connect(Some(display.name()))?;
        let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
        connection.xinput_xi_query_version(2, 2)?.reply()?;
        let mask = xinput::EventMask { deviceid: ALL_MASTER_DEVICES, mask: vec![XIEventMask::RAW_KEY_PRESS] };
        connection.xinput_xi_select_events(root, &[mask])?.check()?;
        Ok(Self { connection, pressed: Vec::new() })
    }

    /// Key symbols pressed so far, without Shift, oldest first.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn pressed(&mut self) -> Result<&[u32]> {
        // What happened before is here once the server has answered.
        self.connection.get_input_focus()?.reply()?;
        while let Some(event) = self.connection.poll_for_event()? {
            if let Event::XinputRawKeyPress(event) = event {
                let keycode = u8::try_from(event.detail)?;
                let map = self.connection.get_keyboard_mapping(keycode, 1)?.reply()?;
                self.pressed.extend(map.keysyms.first());
            }
        }
        Ok(&self.pressed)
    }

    /// Forgets what was pressed before.
    ///
    /// # Errors
    /// If the display is gone.
    pub fn clear(&mut self) -> Result<()> {
        self.pressed()?;
        self.pressed.clear();
        Ok(())
    }

    /// Waits until a key was pressed.
    ///
    /// # Errors
    /// If it is not within 10 s; tells which were.
    pub fn expect(&mut self, keysym: u32) -> Result<()> {
        let seen = || self.pressed().ok()?.contains(&keysym).then_some(());
        let found = wait_for(10, &format!("key {keysym:#x}"), seen);
        found.map_err(|problem| format!("{problem}; pressed: {:x?}", self.pressed).into())
    }
}
