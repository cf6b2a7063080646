//! The customer's half: shows a display when the rep asks and the customer allows, and lets the rep act on it.
//!
//! A state machine that knows no host: what it wants done it does through `Desk`. Whatever goes wrong ends in a state in
//! which nothing is shown and no key is down. What the customer stopped starts again only when the customer says so.

use lotse_picture::{Failure, Link, Pace, Pipe, Publisher};
use lotse_sdk::Error;

use crate::pointer::Receiver;
use crate::protocol::{Control, Display, Motion, Pointing, Report, Request, VERSION, View};

/// Input event codes end here (KEY_MAX in linux/input-event-codes.h).
const KEY_MAX: u32 = 0x2ff;
/// Left, middle, right, back, forward.
const BUTTONS: u32 = 0b1_1111;
/// Clicks in one event; a fling of a free-spinning wheel stays under it.
const WHEEL_MAX: i32 = 50;

/// What the customer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Screen,
    Input,
}

impl Ask {
    /// The capability's name in the contract.
    pub fn capability(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Input => "input",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Granted,
    Asked,
    Refused,
}

/// What this half can do on the customer's computer.
pub trait Desk: Pipe {
    fn ask(&mut self, what: Ask) -> Answer;
    /// Displays, and which of them is the main one.
    fn displays(&mut self) -> Result<(Vec<Display>, Option<u32>), Error>;
    /// Shows a display to the rep, instead of what was shown before. Returns the capture's id.
    fn start(&mut self, display: u32, pace: Pace) -> Result<u64, Error>;
    fn stop(&mut self);
    fn report(&mut self, report: &Report);
    fn pointer(&mut self, display: u32, pointing: &Pointing);
    fn key(&mut self, physical: u32, down: bool);
    fn text(&mut self, entered: &str);
    fn release_all(&mut self);
    /// The menu shows something else now.
    fn changed(&mut self);
}

#[derive(Debug)]
pub struct Customer {
    view: View,
    control: Control,
    /// The display the rep asked for last.
    chosen: Option<u32>,
    displays: Vec<Display>,
    /// Held while the rep wants it.
    publisher: Publisher,
    /// The customer stopped it: the next request waits for their word.
    stopped_here: bool,
    pointer: Receiver,
    greeted: bool,
    /// The rep sees and does nothing else, as the host says.
    observing: bool,
    /// What was shown ended since the rep's half was gone.
    lapsed: bool,
}

impl Customer {
    pub fn new() -> Self {
        Self {
            view: View::Off,
            control: Control::Off,
            chosen: None,
            displays: Vec::new(),
            publisher: Publisher::default(),
            stopped_here: false,
            pointer: Receiver::default(),
            greeted: false,
            observing: false,
            lapsed: false,
        }
    }

    pub fn view(&self) -> &View {
        &self.view
    }

    /// The rep holds the picture: it is shown, and stands still.
    pub fn held_by_rep(&self) -> bool {
        self.publisher.is_held() && self.shown().is_some()
    }

    /// Towards a rep who comes when the customer has stopped it: their word is waited for.
    pub fn stopped() -> Self {
        Self { stopped_here: true, ..Self::new() }
    }

    /// What the customer stopped starts again by their word alone.
    pub fn is_stopped_here(&self) -> bool {
        self.stopped_here
    }

    /// The rep asks, and it is for the customer to start again what they stopped.
    pub fn waits_for_word(&self) -> bool {
        self.stopped_here && self.view == View::Waiting
    }

    /// The rep sees the screen.
    pub fn is_seen(&self) -> bool {
        self.shown().is_some()
    }

    /// Whether something was shown when the rep's half went. It is asked for once.
    pub fn take_lapsed(&mut self) -> bool {
        std::mem::take(&mut self.lapsed)
    }

    pub fn set_observing(&mut self, on: bool) {
        self.observing = on;
    }

    /// A new control stream stands.
    pub fn handle_connected(&mut self, desk: &mut impl Desk) {
        self.handle_disconnected(desk);
        self.lapsed = false;
        self.pointer = Receiver::default();
        desk.report(&Report::Hello { version: VERSION });
    }

    /// The rep is gone, or their half ended: nothing is shown to nobody.
    pub fn handle_disconnected(&mut self, desk: &mut impl Desk) {
        self.greeted = false;
        self.lapsed |= self.shown().is_some();
        self.end(desk, View::Off);
    }

    pub fn handle(&mut self, request: Request, desk: &mut impl Desk) {
        if let Request::Hello { version } = request {
            self.greeted = version == VERSION;
            if !self.greeted {
                self.end(desk, View::Failed(Failure::OtherVersion));
            }
            return;
        }
        if !self.greeted {
            return;
        }
        match request {
            Request::Hello { .. } => {}
            Request::Show(display) => self.show(display, desk),
            Request::Stop => self.end(desk, View::Off),
            Request::Pause(on) => {
                self.publisher.hold(on, desk);
                self.let_go_while_held(desk);
                desk.changed();
            }
            Request::Quality(quality) => self.publisher.choose(quality, desk),
            Request::Control(true) => self.ask_control(desk),
            Request::Control(false) => self.end_control(Control::Off, desk),
            Request::Pointer(pointing) => self.point(pointing, desk),
            Request::Key { physical, down } if self.acts() && physical <= KEY_MAX => desk.key(physical, down),
            Request::Text(entered) if self.acts() => desk.text(&entered),
            Request::Key { .. } | Request::Text(_) => {}
        }
    }

    pub fn handle_motion(&mut self, motion: Motion, desk: &mut impl Desk) {
        if let (true, Some(display)) = (self.acts(), self.shown()) {
            let Motion { seq, after: _, at } = motion;
            if self.pointer.handle_motion(&motion) {
                let still = lotse_sdk::Point { x: 0, y: 0 };
                desk.pointer(display, &Pointing { seq, at, buttons: 0, wheel: still });
            }
        }
    }

    pub fn handle_granted(&mut self, capability: &str, desk: &mut impl Desk) {
        if capability == Ask::Screen.capability() && self.view == View::Waiting && !self.stopped_here {
            self.start(desk);
        }
        if capability == Ask::Input.capability() && self.control == Control::Waiting {
            self.set_control(Control::On, desk);
        }
    }

    pub fn handle_revoked(&mut self, capability: &str, desk: &mut impl Desk) {
        let running = matches!(self.view, View::Waiting | View::Showing { .. });
        if capability == Ask::Screen.capability() && running {
            self.end(desk, View::Refused);
        }
        if capability == Ask::Input.capability() && self.control != Control::Off {
            self.end_control(Control::Refused, desk);
        }
    }

    /// Displays came, went or changed. One that went is replaced by the main one.
    pub fn handle_displays_changed(&mut self, desk: &mut impl Desk) {
        let Some(shown) = self.shown() else { return };
        match self.read_displays(desk) {
            Ok(main) if !self.displays.iter().any(|display| display.id == shown) => {
                self.chosen = main;
                self.start(desk);
            }
            Ok(_) => {}
            Err(error) => self.fail(error, desk),
        }
    }

    pub fn handle_stalled(&mut self, capture: u64, desk: &mut impl Desk) {
        if self.publisher.shows(capture) {
            self.end(desk, View::Failed(Failure::Stalled));
        }
    }

    pub fn handle_link(&mut self, link: Link, desk: &mut impl Desk) {
        self.publisher.handle_link(link, desk);
    }

    pub fn handle_woke(&mut self, token: u64, desk: &mut impl Desk) {
        self.publisher.handle_woke(token, desk);
    }

    /// The customer stops the picture; the session goes on.
    pub fn stop_here(&mut self, desk: &mut impl Desk) {
        self.stopped_here = true;
        self.end(desk, View::Stopped);
    }

    /// The customer starts again what they stopped, because the rep asked.
    pub fn show_here(&mut self, desk: &mut impl Desk) {
        if self.waits_for_word() {
            self.stopped_here = false;
            self.show(self.chosen, desk);
        }
    }

    fn show(&mut self, display: Option<u32>, desk: &mut impl Desk) {
        self.chosen = display.or(self.chosen);
        if self.shown().is_some() {
            // Consent is there already; another display is another picture of the same kind.
            return if display.is_some() { self.start(desk) } else { self.repeat(desk) };
        }
        if self.stopped_here {
            return self.set_view(View::Waiting, desk);
        }
        match desk.ask(Ask::Screen) {
            Answer::Granted => self.start(desk),
            Answer::Asked => self.set_view(View::Waiting, desk),
            Answer::Refused => self.end(desk, View::Refused),
        }
    }

    fn repeat(&mut self, desk: &mut impl Desk) {
        desk.report(&Report::View(self.view.clone()));
    }

    fn start(&mut self, desk: &mut impl Desk) {
        let main = match self.read_displays(desk) {
            Ok(main) => main,
            Err(error) => return self.fail(error, desk),
        };
        let there = |id: &u32| self.displays.iter().any(|display| display.id == *id);
        let display = self.chosen.filter(there).or(main).or(self.displays.first().map(|display| display.id));
        let Some(display) = display else {
            return self.fail(Error::Gone, desk);
        };
        match desk.start(display, self.publisher.pace()) {
            Ok(capture) => {
                self.set_view(View::Showing { display }, desk);
                self.publisher.begun(capture, desk);
                self.let_go_while_held(desk);
            }
            Err(error) => self.fail(error, desk),
        }
    }

    fn fail(&mut self, error: Error, desk: &mut impl Desk) {
        self.end(desk, View::Failed(Failure::from(error)));
    }

    /// Nothing is shown and no key is down from here on.
    fn end(&mut self, desk: &mut impl Desk, view: View) {
        self.end_control(Control::Off, desk);
        if self.publisher.end() {
            desk.stop();
        }
        self.set_view(view, desk);
    }

    fn set_view(&mut self, view: View, desk: &mut impl Desk) {
        if self.view != view {
            self.view = view;
            self.repeat(desk);
            desk.changed();
        }
    }

    fn read_displays(&mut self, desk: &mut impl Desk) -> Result<Option<u32>, Error> {
        let (displays, main) = desk.displays()?;
        if displays != self.displays {
            self.displays = displays;
            desk.report(&Report::Displays(self.displays.clone()));
        }
        Ok(main)
    }

    fn shown(&self) -> Option<u32> {
        match self.view {
            View::Showing { display } => Some(display),
            View::Off | View::Waiting | View::Stopped | View::Refused | View::Failed(_) => None,
        }
    }

    fn let_go_while_held(&self, desk: &mut impl Desk) {
        if self.publisher.is_running() && self.publisher.is_held() && self.control == Control::On {
            desk.release_all();
        }
    }

    fn ask_control(&mut self, desk: &mut impl Desk) {
        if self.observing {
            return desk.report(&Report::Control(Control::OnlyLooks));
        }
        if self.shown().is_none() || self.control == Control::On {
            return desk.report(&Report::Control(self.control));
        }
        match desk.ask(Ask::Input) {
            Answer::Granted => self.set_control(Control::On, desk),
            Answer::Asked => self.set_control(Control::Waiting, desk),
            Answer::Refused => self.set_control(Control::Refused, desk),
        }
    }

    fn end_control(&mut self, control: Control, desk: &mut impl Desk) {
        if self.control == Control::On {
            desk.release_all();
        }
        self.set_control(control, desk);
    }

    fn set_control(&mut self, control: Control, desk: &mut impl Desk) {
        if self.control != control {
            self.control = control;
            desk.report(&Report::Control(control));
            desk.changed();
        }
    }

    /// Input acts only on what the rep sees.
    fn acts(&self) -> bool {
        self.control == Control::On && matches!(self.view, View::Showing { .. }) && !self.publisher.is_held()
    }

    fn point(&mut self, pointing: Pointing, desk: &mut impl Desk) {
        self.pointer.handle_stream(&pointing);
        if let (true, Some(display)) = (self.acts(), self.shown()) {
            let Pointing { seq, at, buttons, mut wheel } = pointing;
            wheel.x = wheel.x.clamp(-WHEEL_MAX, WHEEL_MAX);
            wheel.y = wheel.y.clamp(-WHEEL_MAX, WHEEL_MAX);
            desk.pointer(display, &Pointing { seq, at, buttons: buttons & BUTTONS, wheel });
        }
    }
}
