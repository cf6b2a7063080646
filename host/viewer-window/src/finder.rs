//! Finds the X11 id of a window this program opened: the toolkit keeps it to itself, and a picture needs its parent.
//!
//! A window is known by its process and title, as window managers know it; until it is found its title bears a number of
//! its own. Asked once a window, not once a frame.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, Window};
use x11rb::rust_connection::RustConnection;

/// Frames round windows are one or two deep; no need to look further down.
const DEPTH_MAX: u8 = 3;
/// A desktop with more windows than this is not searched to the end.
const WINDOWS_MAX: usize = 2000;

/// A connection of its own, made at the first question.
pub struct Finder {
    connection: RustConnection,
    root: Window,
    pid: u32,
    name: u32,
    utf8: u32,
}

impl Finder {
    /// `None` without an X11 display.
    pub fn new() -> Option<Self> {
        let (connection, screen) = x11rb::connect(None).ok()?;
        let root = connection.setup().roots.get(screen)?.root;
        let atom = |name: &[u8]| Some(connection.intern_atom(false, name).ok()?.reply().ok()?.atom);
        let (pid, name, utf8) = (atom(b"_NET_WM_PID")?, atom(b"_NET_WM_NAME")?, atom(b"UTF8_STRING")?);
        Some(Self { connection, root, pid, name, utf8 })
    }

    /// The window of this process with this title that is not among `taken`.
    pub fn find(&self, title: &str, taken: &[u32]) -> Option<u32> {
        let mut level = vec![self.root];
        let mut seen = 0;
        for _ in 0..DEPTH_MAX {
            let mut next = Vec::new();
            for window in level {
                let children = self.connection.query_tree(window).ok()?.reply().ok()?.children;
                seen += children.len();
                if seen > WINDOWS_MAX {
                    return None;
                }
                if let Some(found) = children.iter().find(|child| !taken.contains(child) && self.is(**child, title)) {
                    return Some(*found);
                }
                next.extend(children);
            }
            level = next;
        }
        None
    }

    fn is(&self, window: Window, title: &str) -> bool {
        let pid = self.connection.get_property(false, window, self.pid, AtomEnum::CARDINAL, 0, 1).ok();
        let pid = pid.and_then(|cookie| cookie.reply().ok()).and_then(|reply| reply.value32()?.next());
        if pid != Some(std::process::id()) {
            return false;
        }
        let name = self.connection.get_property(false, window, self.name, self.utf8, 0, 1024).ok();
        name.and_then(|cookie| cookie.reply().ok()).is_some_and(|reply| reply.value == title.as_bytes())
    }
}
