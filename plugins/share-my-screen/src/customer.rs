//! The customer's half: gives the picture a window, says how it stands, and tells when the customer has had enough.
//!
//! A state machine that knows no host: what it wants done it does through `Seat`.

use lotse_picture::{Failure, Scale, Window};
use lotse_sdk::Error;

use crate::protocol::{Answer, Display, Still, VERSION, Word};

/// What this half can do on the customer's computer.
pub trait Seat {
    fn answer(&mut self, answer: &Answer);
    fn set_window(&mut self, window: Window);
    fn close_window(&mut self);
    /// The menu shows something else now.
    fn changed(&mut self);
}

#[derive(Debug)]
pub struct Customer {
    greeted: bool,
    /// Name of what the rep shows; none: nothing.
    shown: Option<String>,
    /// That is this display.
    display: Option<Display>,
    still: Still,
    watching: bool,
    scale: Scale,
    full_screen: bool,
    /// What was watched ended since the rep's half was gone.
    lapsed: bool,
}

impl Customer {
    pub fn new() -> Self {
        Self {
            greeted: false,
            shown: None,
            display: None,
            still: Still::No,
            watching: false,
            scale: Scale::Fit,
            full_screen: false,
            lapsed: false,
        }
    }

    pub fn watching(&self) -> bool {
        self.watching
    }

    /// What the rep calls what they show.
    pub fn shown(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// What they show is this whole display.
    pub fn display(&self) -> Option<Display> {
        self.display
    }

    pub fn still(&self) -> Still {
        self.still
    }

    pub fn window(&self) -> Window {
        Window::to_watch(self.scale, self.full_screen)
    }

    /// A new control stream stands.
    pub fn handle_connected(&mut self, seat: &mut impl Seat) {
        self.handle_disconnected(seat);
        self.lapsed = false;
        seat.answer(&Answer::Hello { version: VERSION });
    }

    /// The rep is gone, or their half ended.
    pub fn handle_disconnected(&mut self, seat: &mut impl Seat) {
        self.greeted = false;
        self.lapsed |= self.watching;
        self.end(seat);
    }

    /// Whether something was watched when the rep's half went. It is asked for once.
    pub fn take_lapsed(&mut self) -> bool {
        std::mem::take(&mut self.lapsed)
    }

    pub fn handle(&mut self, word: Word, seat: &mut impl Seat) {
        match word {
            Word::Hello { version } => {
                self.greeted = version == VERSION;
                if !self.greeted {
                    seat.answer(&Answer::Failed(Failure::OtherVersion));
                    self.end(seat);
                }
            }
            Word::Showing { title } if self.greeted => {
                // A picture that is there already changes in its window.
                (self.shown, self.display, self.still) = (Some(title), None, Still::No);
                seat.answer(&Answer::Ready);
            }
            Word::Still(still) if self.shown.is_some() => self.still = still,
            Word::Display(display) if self.shown.is_some() => self.display = Some(display),
            Word::Over => self.end(seat),
            Word::Showing { .. } | Word::Still(_) | Word::Display(_) => {}
        }
        seat.changed();
    }

    /// Whether a picture that comes is one that was announced.
    pub fn expects_picture(&self) -> bool {
        self.greeted && self.shown.is_some()
    }

    /// A picture came, and the window took it or not.
    pub fn handle_picture(&mut self, presented: Result<(), Error>, seat: &mut impl Seat) {
        match presented {
            Ok(()) => {
                self.watching = true;
                seat.answer(&Answer::Watching);
            }
            Err(error) => {
                let failure = match error {
                    Error::Limit | Error::Busy => Failure::Busy,
                    // A window that cannot be made is one that is gone.
                    Error::Denied | Error::Gone | Error::Unsupported | Error::Invalid => Failure::Unsupported,
                };
                seat.answer(&Answer::Failed(failure));
                self.end(seat);
            }
        }
        seat.changed();
    }

    /// The window's own controls ask for a change.
    pub fn handle_window(&mut self, scale: Option<Scale>, full_screen: Option<bool>, seat: &mut impl Seat) {
        self.scale = scale.unwrap_or(self.scale);
        self.full_screen = full_screen.unwrap_or(self.full_screen);
        seat.set_window(self.window());
    }

    /// The customer closed the window, or chose so in the menu.
    pub fn stop_watching(&mut self, seat: &mut impl Seat) {
        if self.watching {
            seat.answer(&Answer::Closed);
            self.end(seat);
        }
    }

    fn end(&mut self, seat: &mut impl Seat) {
        (self.shown, self.display, self.still) = (None, None, Still::No);
        (self.watching, self.full_screen) = (false, false);
        seat.close_window();
        seat.changed();
    }
}
