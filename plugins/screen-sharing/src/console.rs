//! The rep's half on the real host: streams, the viewer's window, storage.

use lotse_picture::{Ended, Presented, SnapshotTo, Window, menu_name};
use lotse_sdk::prelude::*;
use lotse_sdk::ui::Tone;
use lotse_sdk::{Line, storage};

use crate::CONTROL;
use crate::pointer::Coalescer;
use crate::preferences::{KEY, Preferences};
use crate::protocol::{MESSAGE_BYTES_MAX, Motion, Request};
use crate::rep::Console;

#[derive(Default)]
pub struct HostConsole {
    pub customer: Option<Participant>,
    pub control: Line,
    /// What has ended since another rep left.
    pub ended: Ended,
    window: Presented,
    coalescer: Coalescer,
}

/// Minutes of typing at a link that takes nothing. Beyond it the stream is given up, and the customer's half lets go of
/// every key: dropping a single key's release would leave it down.
const WAITING_BYTES_MAX: usize = 64 * 1024;

impl HostConsole {
    pub fn is_window(&self, surface: u64) -> bool {
        self.window.is(surface)
    }

    fn send(&mut self, request: &Request) -> bool {
        self.control.send_or_close(&request.encode())
    }

    /// A stream takes more; false if it is the control stream, and that of no more use.
    pub fn writable(&mut self, stream: u64) -> bool {
        if self.control.writable(stream).is_err() {
            return false;
        }
        if !self.control.carries(stream) || !self.control.is_flushed() {
            return true;
        }
        match self.coalescer.poll() {
            Some(request) => self.send(&request),
            None => true,
        }
    }

    /// Shows what comes on a stream, in the window that is there or a new one.
    pub fn present(&mut self, stream: Stream, window: Window) -> Result<(), Error> {
        let name = self.customer.as_ref().map(|customer| customer.name.as_str()).unwrap_or_default();
        self.window.present(stream, name, window)
    }
}

impl Console for HostConsole {
    fn connect(&mut self) -> bool {
        let open = |who: &Participant| Messages::open(who.id, CONTROL, Class::Interactive, MESSAGE_BYTES_MAX).ok();
        let control = self.customer.as_ref().and_then(open);
        self.control.set(control.map(|control| control.waiting_bytes_max(WAITING_BYTES_MAX)));
        self.coalescer = Coalescer::default();
        self.control.is_open()
    }

    fn request(&mut self, request: Request) -> bool {
        let requests = self.coalescer.handle(request, self.control.is_flushed());
        requests.iter().all(|request| self.send(request))
    }

    fn motion(&mut self, motion: &Motion) {
        if let Some(customer) = &self.customer {
            // One that is lost is followed by the next, or by where the pointer came to rest.
            let _ = channel::datagram(customer.id, &motion.encode());
        }
    }

    fn set_window(&mut self, window: Window) {
        self.window.set(window);
    }

    fn close_window(&mut self) {
        self.window.close();
    }

    fn snapshot(&mut self, to: SnapshotTo) {
        if self.window.snapshot(to).is_err() {
            self.tell(text("The screenshot could not be taken.", "Das Bildschirmfoto ist nicht gelungen."), false);
        }
    }

    fn keep(&mut self, preferences: Preferences) {
        if storage::set(KEY, Some(&preferences.encode())).is_err() {
            session::log(Level::Warn, "the preferences could not be kept");
        }
    }

    fn tell(&mut self, line: &str, good: bool) {
        let tone = if good { Tone::Plain } else { Tone::Caution };
        ui::notify(menu_name(), line, &settings([("tone", tone.name().into())]));
    }

    fn now_us(&mut self) -> u64 {
        session::now_us()
    }

    fn wake_after_us(&mut self, delay_us: u64) -> u64 {
        session::wake_after_us(delay_us)
    }

    fn changed(&mut self) {
        ui::invalidate();
    }
}
