//! The clipboard through arboard; what it cannot tell (changes, formats) comes by XFIXES on a connection of our own.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use arboard::{ClearExtLinux, ImageData, LinuxClipboardKind, SetExtLinux};
use lotse_driver::{Clipboard, ClipboardFormats, Error, Image, Result, Wake};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xfixes::{ConnectionExt as _, SelectionEvent, SelectionEventMask};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, SelectionNotifyEvent, Window, WindowClass,
};

use crate::connection::{Link, Woken, lost, refused, refused_id};

/// Time for the owner of the clipboard to say what it has.
const FORMATS_WAIT: Duration = Duration::from_millis(500);
/// Time for our own window to become the owner of a selection: a round trip, on a machine that is very busy.
const OWN_WAIT: Duration = Duration::from_millis(1000);
/// Longest wait for something written to be everybody's.
const SETTLE_WAIT: Duration = Duration::from_millis(100);
/// Most formats of one owner that are looked at.
const TARGETS_MAX: u32 = 256;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        CLIPBOARD,
        TARGETS,
        UTF8_STRING,
        TEXT_UTF8: b"text/plain;charset=utf-8",
        TEXT_PLAIN: b"text/plain",
        PNG: b"image/png",
        LOTSE_TARGETS,
    }
}

/// arboard serves every clipboard of this library from one window while any is open: their number, and that window.
static SERVED: Mutex<(usize, Window)> = Mutex::new((0, x11rb::NONE));

/// An open clipboard.
pub struct X11Clipboard {
    link: Link,
    atoms: Atoms,
    window: Window,
    /// `None` only while it is dropped.
    board: Option<arboard::Clipboard>,
    own: Window,
    changed: bool,
}

impl Clipboard for X11Clipboard {
    fn open() -> Result<Self> {
        let link = Link::connect()?;
        let (conn, root) = (&link.conn, link.screen.root);
        let atoms = Atoms::new(conn).map_err(|error| lost(&error))?.reply().map_err(refused)?;
        let window = conn.generate_id().map_err(refused_id)?;
        conn.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &CreateWindowAux::new())
            .map_err(|error| lost(&error))?;
        let version = conn.xfixes_query_version(5, 0).map_err(|error| lost(&error))?;
        version.reply().map_err(|_| Error::unsupported("the X server lacks the extension XFIXES"))?;
        conn.xfixes_select_selection_input(window, atoms.CLIPBOARD, SelectionEventMask::SET_SELECTION_OWNER)
            .map_err(|error| lost(&error))?
            .check()
            .map_err(refused)?;
        let mut board = arboard::Clipboard::new().map_err(failed)?;
        let mut served = SERVED.lock().unwrap_or_else(PoisonError::into_inner);
        if served.0 == 0 {
            served.1 = own_window(&link, &mut board)?;
        }
        served.0 += 1;
        let own = served.1;
        drop(served);
        Ok(Self { link, atoms, window, board: Some(board), own, changed: false })
    }

    fn waker(&self) -> Wake {
        self.link.waker()
    }

    fn wait_changed(&mut self, timeout: Option<Duration>) -> Result<bool> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            self.take_events()?;
            if std::mem::take(&mut self.changed) {
                return Ok(true);
            }
            match self.link.sleep(deadline)? {
                Woken::Bell | Woken::Deadline => return Ok(false),
                Woken::Server => {}
            }
        }
    }

    fn formats(&mut self) -> Result<ClipboardFormats> {
        let conn = &self.link.conn;
        let atoms = &self.atoms;
        if owner(&self.link, atoms.CLIPBOARD)? == x11rb::NONE {
            return Ok(ClipboardFormats::default());
        }
        conn.convert_selection(self.window, atoms.CLIPBOARD, atoms.TARGETS, atoms.LOTSE_TARGETS, x11rb::CURRENT_TIME)
            .map_err(|error| lost(&error))?;
        match self.answer()? {
            Some(answer) if answer.property != x11rb::NONE => {}
            Some(_) | None => return Ok(ClipboardFormats::default()),
        }
        let (conn, atoms) = (&self.link.conn, &self.atoms);
        let targets = conn
            .get_property(true, self.window, atoms.LOTSE_TARGETS, AtomEnum::ATOM, 0, TARGETS_MAX)
            .map_err(|error| lost(&error))?
            .reply()
            .map_err(refused)?;
        let targets: Vec<u32> = targets.value32().into_iter().flatten().collect();
        let texts = [atoms.UTF8_STRING, atoms.TEXT_UTF8, atoms.TEXT_PLAIN, u32::from(AtomEnum::STRING)];
        Ok(ClipboardFormats {
            text: targets.iter().any(|target| texts.contains(target)),
            image: targets.contains(&atoms.PNG),
        })
    }

    fn read_text(&mut self) -> Result<String> {
        self.board()?.get_text().map_err(failed)
    }

    fn read_image(&mut self) -> Result<Image> {
        let ImageData { width, height, bytes } = self.board()?.get_image().map_err(failed)?;
        let side = |side: usize| u32::try_from(side).map_err(|_| Error::unsupported("the image is too large"));
        Ok(Image { width: side(width)?, height: side(height)?, rgba: bytes.into_owned() })
    }

    fn write_text(&mut self, text: &str) -> Result<()> {
        self.board()?.set_text(text).map_err(failed)?;
        self.settle()
    }

    fn write_image(&mut self, width: u32, height: u32, rgba: &[u8]) -> Result<()> {
        let image = ImageData { width: width as usize, height: height as usize, bytes: Cow::Borrowed(rgba) };
        self.board()?.set_image(image).map_err(failed)?;
        self.settle()
    }
}

impl X11Clipboard {
    fn board(&mut self) -> Result<&mut arboard::Clipboard> {
        self.board.as_mut().ok_or_else(|| Error::invalid("the clipboard is closed"))
    }

    /// Waits for the server to have heard of what we wrote, so that who asks next gets it. Another program may have taken
    /// the clipboard at once, which is no fault.
    fn settle(&self) -> Result<()> {
        let deadline = Instant::now() + SETTLE_WAIT;
        while owner(&self.link, self.atoms.CLIPBOARD)? != self.own && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Waits for what `convert_selection` asked for; `None` when the owner does not answer.
    fn answer(&mut self) -> Result<Option<SelectionNotifyEvent>> {
        let deadline = Instant::now() + FORMATS_WAIT;
        let mut rung = false;
        let answer = loop {
            if let Some(answer) = self.take_events()? {
                break Some(answer);
            }
            match self.link.sleep(Some(deadline))? {
                Woken::Bell => rung = true,
                Woken::Server => {}
                Woken::Deadline => break None,
            }
        };
        // The ring was for a wait for changes, and must not be lost on this one.
        if rung {
            (self.link.waker())();
        }
        Ok(answer)
    }

    /// Notes changes; gives the answer to a question for formats, if it came.
    fn take_events(&mut self) -> Result<Option<SelectionNotifyEvent>> {
        let mut answer = None;
        while let Some(event) = self.link.conn.poll_for_event().map_err(|error| lost(&error))? {
            match event {
                Event::XfixesSelectionNotify(notice) => {
                    let theirs = notice.owner != self.own && notice.owner != x11rb::NONE;
                    self.changed |= theirs && notice.subtype == SelectionEvent::SET_SELECTION_OWNER;
                }
                Event::SelectionNotify(notice) => answer = Some(notice),
                // Nothing else was asked for; a keyboard's new mapping is told to everybody.
                _ => {}
            }
        }
        Ok(answer)
    }
}

impl Drop for X11Clipboard {
    fn drop(&mut self) {
        let mut served = SERVED.lock().unwrap_or_else(PoisonError::into_inner);
        self.board = None;
        served.0 = served.0.saturating_sub(1);
    }
}

/// Finds out which window arboard serves from, by taking the secondary selection, which hardly anybody uses, for a moment.
fn own_window(link: &Link, board: &mut arboard::Clipboard) -> Result<Window> {
    let selection = AtomEnum::SECONDARY.into();
    let before = owner(link, selection)?;
    board.set().clipboard(LinuxClipboardKind::Secondary).text("").map_err(failed)?;
    let deadline = Instant::now() + OWN_WAIT;
    loop {
        let now = owner(link, selection)?;
        if now != x11rb::NONE && now != before {
            board.clear_with().clipboard(LinuxClipboardKind::Secondary).map_err(failed)?;
            return Ok(now);
        }
        if Instant::now() > deadline {
            return Err(Error::failed("the X server does not let this program own a selection"));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn owner(link: &Link, selection: Atom) -> Result<Window> {
    let asked = link.conn.get_selection_owner(selection).map_err(|error| lost(&error))?;
    asked.reply().map(|reply| reply.owner).map_err(refused)
}

fn failed(error: arboard::Error) -> Error {
    match error {
        arboard::Error::ContentNotAvailable => Error::unsupported("the clipboard holds nothing of that kind"),
        arboard::Error::ConversionFailure => Error::unsupported("what is on the clipboard cannot be read"),
        arboard::Error::ClipboardNotSupported => Error::unsupported("there is no clipboard here"),
        arboard::Error::ClipboardOccupied => Error::failed("another program holds the clipboard; try again"),
        error => Error::failed(format!("the clipboard did not work: {error}")),
    }
}
