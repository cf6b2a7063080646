//! Pointer and keyboard through enigo, which speaks XTEST; places and layout are looked up on a connection of our own.

use enigo::{Axis, Button, Coordinate, Direction, Enigo, InputError, Mouse, Settings};
use lotse_driver::{Error, Input, Result};
use x11rb::connection::Connection;

use crate::connection::{Link, lost};
use crate::displays::{self, Area};
use crate::typist::{Typist, press};

/// X counts its keycodes from the input event codes of the kernel plus this.
const KEYCODE_OFFSET: u32 = 8;
/// As the ABI has it: more clicks in one call are a mistake.
const CLICKS_MAX: i32 = 100;

/// An open pointer and keyboard.
#[derive(Debug)]
pub struct X11Input {
    link: Link,
    monitors: bool,
    enigo: Enigo,
    typist: Typist,
    keys_down: Vec<u8>,
    buttons_down: Vec<Button>,
    /// The display that was last pointed at, until displays change.
    pointed_at: Option<(u32, Area)>,
}

impl Input for X11Input {
    fn open() -> Result<Self> {
        let link = Link::connect()?;
        let monitors = displays::has_monitors(&link.conn)?;
        if monitors {
            displays::watch(&link.conn, link.screen.root)?;
        }
        let settings = Settings { linux_delay: 0, ..Settings::default() };
        let enigo = Enigo::new(&settings)
            .map_err(|error| Error::unsupported(format!("the X server lets nobody act as a keyboard: {error}")))?;
        let typist = Typist::new(&link.conn)?;
        let (keys_down, buttons_down) = (Vec::new(), Vec::new());
        Ok(Self { link, monitors, enigo, typist, keys_down, buttons_down, pointed_at: None })
    }

    fn pointer(&mut self, display: u32, x: i32, y: i32) -> Result<()> {
        let area = self.area(display)?;
        let place = |at: i32, from: i16, size: u16| i32::from(from) + at.clamp(0, i32::from(size.max(1)) - 1);
        let (x, y) = (place(x, area.x, area.width), place(y, area.y, area.height));
        self.enigo.move_mouse(x, y, Coordinate::Abs).map_err(no_pointer)
    }

    fn button(&mut self, index: u32, down: bool) -> Result<()> {
        let button = match index {
            0 => Button::Left,
            1 => Button::Middle,
            2 => Button::Right,
            3 => Button::Back,
            4 => Button::Forward,
            _ => return Err(Error::invalid("there is no such button")),
        };
        let direction = if down { Direction::Press } else { Direction::Release };
        self.enigo.button(button, direction).map_err(no_pointer)?;
        self.buttons_down.retain(|it| *it != button);
        if down {
            self.buttons_down.push(button);
        }
        Ok(())
    }

    fn wheel(&mut self, dx: i32, dy: i32) -> Result<()> {
        for (clicks, axis) in [(dx, Axis::Horizontal), (dy, Axis::Vertical)] {
            self.enigo.scroll(clicks.clamp(-CLICKS_MAX, CLICKS_MAX), axis).map_err(no_pointer)?;
        }
        Ok(())
    }

    fn key(&mut self, code: u32, down: bool) -> Result<()> {
        let keycode = code.checked_add(KEYCODE_OFFSET).and_then(|code| u8::try_from(code).ok());
        let keycode =
            keycode.filter(|code| *code > KEYCODE_OFFSET as u8 && *code <= self.link.conn.setup().max_keycode);
        let keycode = keycode.ok_or_else(|| Error::invalid("X11 has no such key"))?;
        press(&mut self.enigo, keycode, down)?;
        self.typist.pressed();
        self.keys_down.retain(|it| *it != keycode);
        if down {
            self.keys_down.push(keycode);
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<()> {
        self.take_events()?;
        let lifted = Typist::modifiers_of(&self.link.conn, &self.keys_down)?;
        for &keycode in &lifted {
            press(&mut self.enigo, keycode, false)?;
        }
        let typed = self.typist.text(&self.link.conn, &mut self.enigo, text);
        for &keycode in &lifted {
            press(&mut self.enigo, keycode, true)?;
        }
        typed
    }

    fn release_all(&mut self) -> Result<()> {
        let mut outcome = Ok(());
        // Last pressed, first let go: modifiers outlast what they modify.
        while let Some(keycode) = self.keys_down.pop() {
            outcome = outcome.and(press(&mut self.enigo, keycode, false));
        }
        while let Some(button) = self.buttons_down.pop() {
            outcome = outcome.and(self.enigo.button(button, Direction::Release).map_err(no_pointer));
        }
        outcome
    }
}

impl X11Input {
    fn take_events(&mut self) -> Result<()> {
        while let Some(event) = self.link.conn.poll_for_event().map_err(|error| lost(&error))? {
            if displays::changed(&event) {
                self.pointed_at = None;
            }
        }
        Ok(())
    }

    fn area(&mut self, display: u32) -> Result<Area> {
        self.take_events()?;
        match self.pointed_at {
            Some((id, area)) if id == display => Ok(area),
            Some(_) | None => {
                let found = displays::list(&self.link.conn, self.link.screen.root, self.monitors)?;
                let (_, area) = displays::find(found, display)?;
                self.pointed_at = Some((display, area));
                Ok(area)
            }
        }
    }
}

impl Drop for X11Input {
    fn drop(&mut self) {
        // The server may be gone, and everything that was down with it.
        let _gone = self.release_all();
        let _gone = self.typist.give_back(&self.link.conn);
    }
}

fn no_pointer(error: InputError) -> Error {
    Error::gone(format!("the X server takes no pointer: {error}"))
}
