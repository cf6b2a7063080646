//! The rep's half: asks for the picture and for control, and turns what happens in the viewer into requests.
//!
//! A state machine that knows no host: what it wants done it does through `Console`. It believes the customer's half only
//! about that half's own state.

use lotse_picture::{Failure, Quality, Scale, SnapshotTo, Window};
use lotse_sdk::Point;
use lotse_sdk::session::text;

use crate::pointer::{REST_US, Sender, Way};
use crate::preferences::Preferences;
use crate::protocol::{Control, Display, Motion, Report, Request, VERSION, View};

/// A lost connection is told within this time after its streams have closed.
const GONE_US: u64 = 2_000_000;

/// What this half can do on the rep's computer.
pub trait Console {
    /// Opens a control stream to the customer; false if that cannot be done now.
    fn connect(&mut self) -> bool;
    /// False if the control stream is of no more use.
    fn request(&mut self, request: Request) -> bool;
    fn motion(&mut self, motion: &Motion);
    fn set_window(&mut self, window: Window);
    fn close_window(&mut self);
    fn snapshot(&mut self, to: SnapshotTo);
    fn keep(&mut self, preferences: Preferences);
    fn tell(&mut self, line: &str, good: bool);
    fn now_us(&mut self) -> u64;
    fn wake_after_us(&mut self, delay_us: u64) -> u64;
    /// Menus and bars show something else now.
    fn changed(&mut self);
}

/// Why the customer's side shows nothing, in this side's language.
pub fn failed(failure: Failure) -> &'static str {
    match failure {
        Failure::NotAllowed => {
            text("Showing the screen is not allowed there.", "Dort darf der Bildschirm nicht gezeigt werden.")
        }
        Failure::NoDisplay => {
            text("The customer has no display to show.", "Der Kunde hat keinen Bildschirm, der sich zeigen ließe.")
        }
        Failure::Busy => text(
            "The customer's computer is too busy just now. Try again.",
            "Der Kundencomputer ist gerade zu beschäftigt. Versuchen Sie es noch einmal.",
        ),
        Failure::Unsupported => {
            text("The customer's screen cannot be captured.", "Der Bildschirm des Kunden lässt sich nicht aufnehmen.")
        }
        Failure::DisplayGone => text("That display is not there any more.", "Dieser Bildschirm ist nicht mehr da."),
        Failure::Stalled => text(
            "The customer's screen can no longer be captured. You can ask again.",
            "Der Bildschirm des Kunden lässt sich nicht mehr aufnehmen. Sie können erneut anfragen.",
        ),
        Failure::OtherVersion => text(
            "The two programs have different versions of screen sharing.",
            "Die Programme haben verschiedene Versionen der Bildschirmfreigabe.",
        ),
    }
}

#[derive(Debug)]
pub struct Rep {
    /// The rep wants the picture, whatever the customer's side says.
    wanted: bool,
    connected: bool,
    customer_there: bool,
    view: View,
    control: Control,
    control_wanted: bool,
    displays: Vec<Display>,
    paused: bool,
    quality: Quality,
    scale: Scale,
    full_screen: bool,
    preferences: Preferences,
    pointer: Sender,
    rest: Option<u64>,
    /// Until this timer rings it is open whether the customer is gone or only their half.
    gone: Option<u64>,
    /// They see and do nothing else.
    looks_on: bool,
}

impl Rep {
    pub fn new(preferences: Preferences) -> Self {
        Self {
            wanted: false,
            connected: false,
            customer_there: false,
            view: View::Off,
            control: Control::Off,
            control_wanted: false,
            displays: Vec::new(),
            paused: false,
            quality: Quality::Automatic,
            scale: Scale::Fit,
            full_screen: false,
            preferences,
            pointer: Sender::default(),
            rest: None,
            gone: None,
            looks_on: false,
        }
    }

    /// Whether the rep here agreed to look on, and to no more since.
    pub fn look_on(&mut self, on: bool) {
        self.looks_on = on;
    }

    pub fn looks_on(&self) -> bool {
        self.looks_on
    }

    pub fn wanted(&self) -> bool {
        self.wanted
    }

    pub fn customer_there(&self) -> bool {
        self.customer_there
    }

    pub fn view(&self) -> &View {
        &self.view
    }

    pub fn control(&self) -> Control {
        self.control
    }

    pub fn displays(&self) -> &[Display] {
        &self.displays
    }

    pub fn paused(&self) -> bool {
        self.paused
    }

    pub fn quality(&self) -> Quality {
        self.quality
    }

    pub fn preferences(&self) -> Preferences {
        self.preferences
    }

    pub fn shows(&self) -> bool {
        self.shown().is_some()
    }

    pub fn shown(&self) -> Option<u32> {
        match self.view {
            View::Showing { display } => Some(display),
            View::Off | View::Waiting | View::Stopped | View::Refused | View::Failed(_) => None,
        }
    }

    pub fn window(&self) -> Window {
        let Preferences { pass_system_keys, hotkeys } = self.preferences;
        let interactive = self.acts();
        Window { scale: self.scale, full_screen: self.full_screen, pass_system_keys, hotkeys, interactive }
    }

    pub fn handle_joined(&mut self, console: &mut impl Console) {
        self.customer_there = true;
        if self.wanted {
            self.connect(console);
        }
        console.changed();
    }

    /// The customer is gone for now. The last picture stays; the view is taken up again when they come back.
    pub fn handle_left(&mut self, console: &mut impl Console) {
        self.customer_there = false;
        self.handle_disconnected(console);
    }

    /// The control stream is gone. Either so is the customer, which is told next, or their half has ended.
    pub fn handle_disconnected(&mut self, console: &mut impl Console) {
        self.connected = false;
        (self.view, self.control) = (View::Off, Control::Off);
        self.gone = (self.customer_there && self.wanted).then(|| console.wake_after_us(GONE_US));
        self.redraw(console);
    }

    /// The customer is still there, but their half is not. Asking again by itself could go on for ever.
    fn give_up(&mut self, console: &mut impl Console) {
        if self.customer_there && self.wanted && !self.connected {
            self.end(console);
            let line = text(
                "The customer's side of screen sharing has ended. You can ask again.",
                "Die Bildschirmfreigabe auf der Kundenseite ist beendet. Sie können erneut anfragen.",
            );
            console.tell(line, false);
        }
    }

    /// What another rep saw has ended since they are gone. Who sees something themselves is told nothing.
    pub fn handle_ended_elsewhere(&self, whose: &str, console: &mut impl Console) {
        if self.wanted {
            return;
        }
        let line = text(
            "is no longer here and does not see the screen any more. To see it, choose Show Customer's Screen in the menu.",
            "ist nicht mehr da und sieht den Bildschirm nicht mehr. Um ihn zu sehen, wählen Sie im Menü „Kundenbildschirm anzeigen“.",
        );
        console.tell(&format!("{whose} {line}"), false);
    }

    pub fn show(&mut self, console: &mut impl Console) {
        self.wanted = true;
        if self.connected {
            self.request(Request::Show(None), console);
        } else if self.customer_there {
            self.connect(console);
        }
        console.changed();
    }

    pub fn stop(&mut self, console: &mut impl Console) {
        if self.connected {
            self.request(Request::Stop, console);
        }
        self.end(console);
    }

    fn request(&mut self, request: Request, console: &mut impl Console) {
        if self.connected && !console.request(request) {
            self.handle_disconnected(console);
        }
    }

    fn connect(&mut self, console: &mut impl Console) {
        self.connected = console.connect();
        if !self.connected {
            return;
        }
        (self.pointer, self.rest) = (Sender::default(), None);
        self.request(Request::Hello { version: VERSION }, console);
        self.request(Request::Quality(self.quality), console);
        if self.paused {
            self.request(Request::Pause(true), console);
        }
        self.request(Request::Show(None), console);
    }

    fn end(&mut self, console: &mut impl Console) {
        (self.wanted, self.paused, self.control_wanted, self.full_screen) = (false, false, false, false);
        (self.view, self.control) = (View::Off, Control::Off);
        console.close_window();
        console.changed();
    }

    pub fn handle(&mut self, report: Report, console: &mut impl Console) {
        match report {
            Report::Hello { version } if version != VERSION => {
                console.tell(
                    text(
                        "The customer's program has another version of screen sharing.",
                        "Das Kundenprogramm hat eine andere Version der Bildschirmfreigabe.",
                    ),
                    false,
                );
                self.end(console);
            }
            Report::Hello { .. } => {}
            Report::Displays(displays) => self.displays = displays,
            Report::View(view) => self.handle_view(view, console),
            Report::Control(control) => self.handle_control(control, console),
        }
        self.redraw(console);
    }

    fn handle_view(&mut self, view: View, console: &mut impl Console) {
        let began = !self.shows();
        self.view = view;
        match &self.view {
            View::Showing { .. } => {
                if began && self.control_wanted {
                    self.request(Request::Control(true), console);
                }
            }
            View::Waiting => console.tell(
                text("The customer is being asked to show the screen.", "Der Kunde wird um seinen Bildschirm gebeten."),
                true,
            ),
            View::Off => {}
            View::Stopped => {
                console.tell(
                    text("The customer has stopped showing the screen.", "Der Kunde zeigt den Bildschirm nicht mehr."),
                    false,
                );
                self.close(console);
            }
            View::Refused => {
                console.tell(
                    text(
                        "The customer does not want to show the screen now.",
                        "Der Kunde möchte den Bildschirm jetzt nicht zeigen.",
                    ),
                    false,
                );
                self.close(console);
            }
            View::Failed(failure) => {
                console.tell(failed(*failure), false);
                self.close(console);
            }
        }
    }

    /// Closes the window, and keeps what the customer's side said.
    fn close(&mut self, console: &mut impl Console) {
        let view = self.view.clone();
        self.end(console);
        self.view = view;
    }

    fn handle_control(&mut self, control: Control, console: &mut impl Console) {
        self.control = control;
        match control {
            Control::Waiting => console.tell(
                text("The customer is being asked for control.", "Der Kunde wird um die Steuerung gebeten."),
                true,
            ),
            Control::Refused => {
                self.control_wanted = false;
                console.tell(text("The customer keeps control.", "Der Kunde behält die Steuerung."), false);
            }
            Control::OnlyLooks => {
                self.control_wanted = false;
                let line = text(
                    "You only look on in this session: you see the screen, and others steer.",
                    "Sie sehen in dieser Sitzung nur zu: Sie sehen den Bildschirm, und andere steuern.",
                );
                console.tell(line, false);
            }
            Control::On | Control::Off => {}
        }
    }

    fn redraw(&mut self, console: &mut impl Console) {
        console.set_window(self.window());
        console.changed();
    }

    pub fn set_control(&mut self, on: bool, console: &mut impl Console) {
        self.control_wanted = on;
        if self.shows() {
            self.request(Request::Control(on), console);
        }
        if !on {
            self.control = Control::Off;
        }
        self.redraw(console);
    }

    pub fn set_paused(&mut self, on: bool, console: &mut impl Console) {
        self.paused = on;
        self.request(Request::Pause(on), console);
        self.redraw(console);
    }

    pub fn set_quality(&mut self, quality: Quality, console: &mut impl Console) {
        self.quality = quality;
        self.request(Request::Quality(quality), console);
        console.changed();
    }

    pub fn set_display(&mut self, display: u32, console: &mut impl Console) {
        if self.shows() && self.shown() != Some(display) && self.displays.iter().any(|known| known.id == display) {
            self.request(Request::Show(Some(display)), console);
        }
    }

    pub fn set_scale(&mut self, scale: Scale, console: &mut impl Console) {
        self.scale = scale;
        self.redraw(console);
    }

    pub fn set_full_screen(&mut self, on: bool, console: &mut impl Console) {
        self.full_screen = on;
        self.redraw(console);
    }

    /// The window's own controls ask for a change. It is made only when the options say so.
    pub fn handle_window(&mut self, scale: Option<Scale>, full_screen: Option<bool>, console: &mut impl Console) {
        self.scale = scale.unwrap_or(self.scale);
        self.full_screen = full_screen.unwrap_or(self.full_screen);
        self.redraw(console);
    }

    pub fn set_preferences(&mut self, preferences: Preferences, console: &mut impl Console) {
        self.preferences = preferences;
        console.keep(preferences);
        self.redraw(console);
    }

    /// F9 full screen, F10 control, F11 scale, F12 screenshot.
    pub fn handle_hotkey(&mut self, number: i64, console: &mut impl Console) {
        if !self.preferences.hotkeys || !self.shows() {
            return;
        }
        match number {
            9 => self.set_full_screen(!self.full_screen, console),
            10 => self.set_control(!self.control_wanted, console),
            11 => self.set_scale(self.scale.other(), console),
            12 => console.snapshot(SnapshotTo::File),
            _ => {}
        }
    }

    pub fn snapshot(&mut self, to: SnapshotTo, console: &mut impl Console) {
        if self.shows() {
            console.snapshot(to);
        }
    }

    /// The person closed the viewer.
    pub fn handle_closed(&mut self, console: &mut impl Console) {
        self.stop(console);
    }

    pub fn control_wanted(&self) -> bool {
        self.control_wanted
    }

    fn acts(&self) -> bool {
        self.control == Control::On && matches!(self.view, View::Showing { .. }) && !self.paused
    }

    pub fn handle_pointer(&mut self, at: Point, buttons: u32, wheel: Point, console: &mut impl Console) {
        if !self.acts() {
            return;
        }
        let now = console.now_us();
        match self.pointer.handle(at, buttons, wheel, now) {
            Way::Stream(pointing) => self.request(Request::Pointer(pointing), console),
            Way::Datagram(motion) => {
                console.motion(&motion);
                if self.rest.is_none() {
                    self.rest = Some(console.wake_after_us(REST_US));
                }
            }
        }
    }

    pub fn handle_woke(&mut self, token: u64, console: &mut impl Console) {
        if self.gone == Some(token) {
            self.gone = None;
            return self.give_up(console);
        }
        if self.rest != Some(token) {
            return;
        }
        self.rest = None;
        let now = console.now_us();
        if let Some(rest) = self.pointer.poll_rest(now) {
            if self.acts() {
                self.request(Request::Pointer(rest), console);
            }
        } else if self.pointer.is_unsettled() {
            self.rest = Some(console.wake_after_us(REST_US));
        }
    }

    pub fn handle_key(&mut self, physical: u32, down: bool, console: &mut impl Console) {
        if self.acts() {
            self.request(Request::Key { physical, down }, console);
        }
    }

    pub fn handle_text(&mut self, entered: String, console: &mut impl Console) {
        if self.acts() && !entered.is_empty() {
            self.request(Request::Text(entered), console);
        }
    }
}
