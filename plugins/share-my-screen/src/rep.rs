//! The rep's half: asks what to show, shows it, and holds or ends it.
//!
//! A state machine that knows no host: what it wants done it does through `Booth`. A connection that is lost keeps what was
//! chosen, and the picture is taken up again when the customer is back. Whatever else goes wrong ends it.

use lotse_picture::{Failure, Link, Pace, Pipe, Publisher, Quality};
use lotse_sdk::Error;
use lotse_sdk::session::text;

use crate::protocol::{Answer, Display, Still, VERSION, Word};

/// A lost connection is told within this time after its streams have closed.
const GONE_US: u64 = 2_000_000;

/// What this half can do on the rep's computer.
pub trait Booth: Pipe {
    /// Opens the host's chooser. The request that its answer names.
    fn choose(&mut self) -> Result<u64, Error>;
    /// Opens a control stream to the customer; false if that cannot be done now.
    fn connect(&mut self) -> bool;
    /// False if the control stream is of no more use.
    fn say(&mut self, word: &Word) -> bool;
    /// Publishes what was chosen. The capture's id.
    fn publish(&mut self, pace: Pace) -> Result<u64, Error>;
    /// Ends the picture, and keeps what was chosen.
    fn unpublish(&mut self);
    /// Ends the picture and lets go of what was chosen.
    fn let_go(&mut self);
    fn tell(&mut self, line: &str);
    /// The menu shows something else now.
    fn changed(&mut self);
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    Off,
    /// The chooser is open.
    Choosing(u64),
    /// Something was chosen: it is shown whenever the customer can be reached.
    Showing {
        title: String,
    },
}

#[derive(Debug)]
pub struct Rep {
    stage: Stage,
    /// What is shown is this whole display.
    display: Option<Display>,
    customer_there: bool,
    connected: bool,
    /// Announced, and the customer's half has not said that it may come.
    announced: bool,
    /// Until this timer rings it is open whether the customer is gone or only their half.
    gone: Option<u64>,
    /// The customer's half has said that it has a window.
    watched: bool,
    /// What is shown is out of sight.
    hidden: bool,
    publisher: Publisher,
    /// They see and do nothing else.
    looks_on: bool,
}

impl Rep {
    pub fn new() -> Self {
        Self {
            stage: Stage::Off,
            display: None,
            customer_there: false,
            connected: false,
            announced: false,
            gone: None,
            watched: false,
            hidden: false,
            publisher: Publisher::default(),
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

    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    pub fn display(&self) -> Option<Display> {
        self.display
    }

    pub fn customer_there(&self) -> bool {
        self.customer_there
    }

    pub fn watched(&self) -> bool {
        self.watched
    }

    pub fn hidden(&self) -> bool {
        self.hidden
    }

    pub fn paused(&self) -> bool {
        self.publisher.is_held()
    }

    pub fn quality(&self) -> Quality {
        self.publisher.quality()
    }

    fn shows(&self) -> bool {
        matches!(self.stage, Stage::Showing { .. })
    }

    /// What another rep showed has ended since they are gone. Who shows something themselves, or may show nothing, is told nothing.
    pub fn handle_ended_elsewhere(&self, whose: &str, booth: &mut impl Booth) {
        if self.looks_on || self.shows() {
            return;
        }
        let line = text(
            "is no longer here and shows the customer nothing any more. To show your screen, choose Share My Screen … in the menu.",
            "ist nicht mehr da und zeigt dem Kunden nichts mehr. Um Ihren Bildschirm zu zeigen, wählen Sie im Menü „Meinen Bildschirm freigeben …“.",
        );
        booth.tell(&format!("{whose} {line}"));
    }

    /// The rep wants to show something, or something else.
    pub fn share(&mut self, booth: &mut impl Booth) {
        if !self.customer_there || matches!(self.stage, Stage::Choosing(_)) {
            return;
        }
        match booth.choose() {
            // What is shown goes on until something else is chosen.
            Ok(request) if !self.shows() => self.stage = Stage::Choosing(request),
            Ok(_) => {}
            Err(error) => booth.tell(unasked(error)),
        }
        booth.changed();
    }

    /// The chooser's answer. What was chosen is the booth's already; `shown` is its name for people.
    pub fn handle_chosen(&mut self, shown: Option<String>, booth: &mut impl Booth) {
        let Some(title) = shown else {
            if matches!(self.stage, Stage::Choosing(_)) {
                self.stage = Stage::Off;
            }
            return booth.changed();
        };
        self.stage = Stage::Showing { title };
        (self.hidden, self.watched) = (false, false);
        if self.connected {
            self.announce(booth);
        } else if self.customer_there {
            self.connect(booth);
        }
        booth.changed();
    }

    /// What is about to be told as chosen is a whole display, or a window.
    pub fn set_display(&mut self, display: Option<Display>) {
        self.display = display;
    }

    /// Displays changed, and the one that is shown is this now: another size, or another place in the chooser's order.
    pub fn handle_display(&mut self, now: Display, booth: &mut impl Booth) {
        if self.display.is_none_or(|before| before == now) {
            return;
        }
        self.display = Some(now);
        self.say(&Word::Display(now), booth);
        booth.changed();
    }

    pub fn stop(&mut self, booth: &mut impl Booth) {
        if self.shows() {
            self.say(&Word::Over, booth);
            self.end(booth);
        }
    }

    pub fn set_paused(&mut self, on: bool, booth: &mut impl Booth) {
        if self.shows() {
            self.publisher.hold(on, booth);
            self.say_still(booth);
            booth.changed();
        }
    }

    pub fn set_quality(&mut self, quality: Quality, booth: &mut impl Booth) {
        self.publisher.choose(quality, booth);
        booth.changed();
    }

    pub fn handle_joined(&mut self, booth: &mut impl Booth) {
        self.customer_there = true;
        if self.shows() {
            self.connect(booth);
        }
        booth.changed();
    }

    /// The customer is gone for now; what was chosen is shown again when they are back.
    pub fn handle_left(&mut self, booth: &mut impl Booth) {
        self.customer_there = false;
        self.handle_disconnected(booth);
    }

    /// The control stream is gone: nothing is shown to nobody.
    pub fn handle_disconnected(&mut self, booth: &mut impl Booth) {
        (self.connected, self.watched, self.announced) = (false, false, false);
        self.gone = (self.customer_there && self.shows()).then(|| booth.wake_after_us(GONE_US));
        if self.publisher.is_running() {
            let held = self.publisher.is_held();
            self.publisher.end();
            self.publisher.hold(held, booth);
            booth.unpublish();
        }
        booth.changed();
    }

    pub fn handle(&mut self, answer: Answer, booth: &mut impl Booth) {
        match answer {
            Answer::Hello { version } if version == VERSION => {}
            Answer::Hello { .. } => self.fail(Failure::OtherVersion, booth),
            Answer::Ready if std::mem::take(&mut self.announced) => self.publish(booth),
            Answer::Ready => {}
            Answer::Watching => self.watched = self.shows(),
            Answer::Closed if self.shows() => {
                let line = text("The customer has closed the picture.", "Der Kunde hat das Bild geschlossen.");
                booth.tell(line);
                self.end(booth);
            }
            Answer::Closed => {}
            Answer::Failed(failure) => self.fail(failure, booth),
            Answer::OnlyLooks if self.shows() => {
                let line = text(
                    "You only look on in this session: nothing of yours is shown to the customer.",
                    "Sie sehen in dieser Sitzung nur zu: Dem Kunden wird nichts von Ihnen gezeigt.",
                );
                booth.tell(line);
                self.end(booth);
            }
            Answer::OnlyLooks => {}
        }
        booth.changed();
    }

    /// The picture ended by itself, or by the rep's hand outside this plugin. `reason` is for people.
    pub fn handle_stalled(&mut self, capture: u64, reason: &str, booth: &mut impl Booth) {
        if self.publisher.shows(capture) {
            booth.tell(reason);
            self.stop(booth);
        }
    }

    pub fn handle_hidden(&mut self, capture: u64, on: bool, booth: &mut impl Booth) {
        if self.publisher.shows(capture) {
            self.hidden = on;
            self.say_still(booth);
            booth.changed();
        }
    }

    pub fn handle_link(&mut self, link: Link, booth: &mut impl Booth) {
        self.publisher.handle_link(link, booth);
    }

    pub fn handle_woke(&mut self, token: u64, booth: &mut impl Booth) {
        if self.gone == Some(token) {
            self.gone = None;
            return self.give_up(booth);
        }
        self.publisher.handle_woke(token, booth);
    }

    /// The customer is still there, but their half is not. Asking again by itself could go on for ever.
    fn give_up(&mut self, booth: &mut impl Booth) {
        if self.customer_there && self.shows() && !self.connected {
            let line = text(
                "The customer's side has ended. You can share your screen again.",
                "Die Kundenseite ist beendet. Sie können Ihren Bildschirm erneut freigeben.",
            );
            booth.tell(line);
            self.end(booth);
        }
    }

    fn connect(&mut self, booth: &mut impl Booth) {
        self.connected = booth.connect();
        if self.connected {
            self.gone = None;
            self.say(&Word::Hello { version: VERSION }, booth);
            self.announce(booth);
        }
    }

    /// Says what comes. It comes when the customer's half has heard so.
    fn announce(&mut self, booth: &mut impl Booth) {
        if let Stage::Showing { title } = self.stage.clone() {
            self.announced = true;
            self.say(&Word::Showing { title }, booth);
            if let Some(display) = self.display {
                self.say(&Word::Display(display), booth);
            }
        }
    }

    fn publish(&mut self, booth: &mut impl Booth) {
        if !self.shows() {
            return;
        }
        match booth.publish(self.publisher.pace()) {
            Ok(capture) => {
                self.publisher.begun(capture, booth);
                self.say_still(booth);
            }
            Err(error) => self.fail(Failure::from(error), booth),
        }
    }

    fn say_still(&mut self, booth: &mut impl Booth) {
        let still = match (self.publisher.is_held(), self.hidden) {
            (true, _) => Still::Held,
            (false, true) => Still::Hidden,
            (false, false) => Still::No,
        };
        self.say(&Word::Still(still), booth);
    }

    fn say(&mut self, word: &Word, booth: &mut impl Booth) {
        if self.connected && !booth.say(word) {
            (self.connected, self.announced) = (false, false);
            self.gone = self.customer_there.then(|| booth.wake_after_us(GONE_US));
        }
    }

    fn fail(&mut self, failure: Failure, booth: &mut impl Booth) {
        if self.shows() {
            booth.tell(failed(failure));
            self.stop(booth);
        }
    }

    /// Nothing is shown, and nothing of it is held.
    fn end(&mut self, booth: &mut impl Booth) {
        self.publisher.end();
        (self.stage, self.display) = (Stage::Off, None);
        (self.watched, self.hidden, self.announced) = (false, false, false);
        booth.let_go();
        booth.changed();
    }
}

/// Why the chooser does not open.
fn unasked(error: Error) -> &'static str {
    match error {
        Error::Busy | Error::Limit => text(
            "The chooser cannot be opened just now. Try again.",
            "Die Auswahl lässt sich gerade nicht öffnen. Versuchen Sie es noch einmal.",
        ),
        Error::Denied | Error::Gone | Error::Unsupported | Error::Invalid => text(
            "This computer's screen cannot be captured.",
            "Der Bildschirm dieses Computers lässt sich nicht aufnehmen.",
        ),
    }
}

/// Why nothing is shown, in the rep's words.
fn failed(failure: Failure) -> &'static str {
    match failure {
        Failure::NotAllowed => text("Showing it is not allowed.", "Das Zeigen ist nicht erlaubt."),
        Failure::NoDisplay | Failure::DisplayGone => {
            text("What you chose is not there any more.", "Was Sie ausgewählt haben, ist nicht mehr da.")
        }
        Failure::Busy => text(
            "One of the computers is too busy just now. Try again.",
            "Einer der Computer ist gerade zu beschäftigt. Versuchen Sie es noch einmal.",
        ),
        Failure::Unsupported => text(
            "The customer's program cannot show your screen.",
            "Das Kundenprogramm kann Ihren Bildschirm nicht zeigen.",
        ),
        Failure::Stalled => text(
            "The picture has ended. You can share it again.",
            "Das Bild ist beendet. Sie können es erneut freigeben.",
        ),
        Failure::OtherVersion => text(
            "The two programs have different versions of screen sharing.",
            "Die Programme haben verschiedene Versionen der Bildschirmfreigabe.",
        ),
    }
}
