//! The clipboard, shared both ways while the customer allows it. Runs on both sides; the rep's half turns it on.
//!
//! `sharing` is the agreement, `wire` what goes over the stream; this file joins them to the host. It fails closed: after
//! a crash nothing is shared until the rep turns it on again.

mod sharing;
mod wire;

use lotse_sdk::prelude::*;
use lotse_sdk::session::only_looking;
use lotse_sdk::ui::Tone;
use lotse_sdk::{Broken, Line, answer, clipboard, consent};

use crate::sharing::{Sharing, State};
use crate::wire::{Content, Format, MESSAGE_BYTES_MAX, Message, VERSION};

const CAPABILITY: &str = "clipboard";
const LABEL: &str = "clipboard";
/// Ids of nodes that act; scripts use them too.
const SHARE: &str = "share";
const ASK_AGAIN: &str = "ask-again";
/// A lost connection is told within this time after its streams have closed.
const GONE_US: u64 = 2_000_000;

struct Clipboard {
    me: Participant,
    sharing: Sharing,
    /// At the rep's, the customer while they are there; at the customer's, the rep whose half asked last.
    peer: Option<ParticipantId>,
    line: Line,
    /// Copied while the last copy was still on its way; only the newest is worth sending.
    next: Option<Content>,
    too_large: bool,
    /// Until this timer rings it is open whether the customer is gone or only their half.
    gone: Option<u64>,
    /// The rep here only looks on.
    looks_on: bool,
}

impl Clipboard {
    fn enter(&mut self, state: State) {
        self.sharing.enter(state);
        if state != State::Shared {
            (self.next, self.too_large) = (None, false);
        }
        ui::invalidate();
    }

    /// The rep's half: asks the customer's, over a new stream.
    fn ask(&mut self) {
        let Some(peer) = self.peer else {
            return self.enter(State::Unconnected);
        };
        match Messages::open(peer, LABEL, Class::Interactive, MESSAGE_BYTES_MAX) {
            Ok(messages) => {
                self.line.set(Some(limited(messages)));
                self.send(&Message::Ask { version: VERSION });
                self.enter(State::Waiting);
            }
            Err(_) => self.enter(State::Unconnected),
        }
    }

    /// The customer's half: asks the person.
    fn ask_person(&mut self) {
        match consent::request(CAPABILITY) {
            Ok(consent::Answer::Granted) => self.agree(State::Shared),
            Ok(consent::Answer::Asked) => self.agree(State::Waiting),
            Ok(consent::Answer::Refused) | Err(_) => self.agree(State::Refused),
        }
    }

    /// The customer's half: enters a state and tells the rep's.
    fn agree(&mut self, state: State) {
        self.enter(state);
        match state {
            State::Shared => self.send(&Message::Allowed),
            State::Waiting => self.send(&Message::Waiting),
            State::Refused | State::Off | State::Unconnected | State::OnlyLooks => self.send(&Message::Refused),
        }
    }

    fn stop(&mut self) {
        self.line.close();
        self.enter(State::Off);
    }

    fn send(&mut self, message: &Message) {
        self.line.tell(&message.encode());
    }

    fn send_next(&mut self) {
        if self.line.is_flushed()
            && let Some(content) = self.next.take()
        {
            self.send(&Message::Content(content));
        }
    }

    fn handle(&mut self, message: Message) {
        match (message, self.me.role) {
            (Message::Ask { version }, Role::Customer) if version == VERSION => self.ask_person(),
            (Message::Ask { .. }, Role::Customer) => self.agree(State::Refused),
            (Message::Waiting, Role::Rep) => self.enter(State::Waiting),
            (Message::Allowed, Role::Rep) => self.enter(State::Shared),
            (Message::Refused, Role::Rep) => self.enter(State::Refused),
            (Message::OnlyLooks, Role::Rep) => self.enter(State::OnlyLooks),
            (Message::Content(content), Role::Rep | Role::Customer) => {
                if self.sharing.arrives(&content) && clipboard::write(content.format.name(), &content.data).is_err() {
                    session::log(Level::Warn, "this clipboard could not be written");
                }
            }
            (Message::Ask { .. }, Role::Rep)
            | (Message::Waiting | Message::Allowed | Message::Refused | Message::OnlyLooks, Role::Customer) => {
                session::log(Level::Warn, "a message of the wrong half was passed over");
            }
        }
    }
}

/// A copy may wait to be written, and no second one.
fn limited(messages: Messages) -> Messages {
    messages.waiting_bytes_max(MESSAGE_BYTES_MAX as usize + 64)
}

impl Plugin for Clipboard {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        ui::invalidate();
        Self {
            me: session::me(),
            sharing: Sharing::new(),
            peer: None,
            line: Line::default(),
            next: None,
            too_large: false,
            gone: None,
            looks_on: session::looks_on(),
        }
    }

    fn joined(&mut self, who: Participant) {
        if self.me.role == Role::Customer || who.role == Role::Rep {
            return;
        }
        self.looks_on = session::looks_on();
        self.peer = Some(who.id);
        if self.sharing.state() == State::Unconnected {
            self.ask();
        }
        ui::invalidate();
    }

    fn left(&mut self, who: ParticipantId) {
        if self.peer != Some(who) {
            return;
        }
        self.peer = None;
        self.line.close();
        let wanted = self.me.role == Role::Rep && self.sharing.state().is_wanted();
        self.enter(if wanted { State::Unconnected } else { State::Off });
    }

    fn woke(&mut self, token: u64) {
        if self.gone != Some(token) {
            return;
        }
        self.gone = None;
        // Their half has failed and started again; sharing by itself would not be closed.
        if self.peer.is_some() && self.sharing.state() == State::Unconnected {
            self.enter(State::Off);
        }
    }
}

impl Channels for Clipboard {
    fn opened(&mut self, peer: ParticipantId, label: String, incoming: Stream) {
        if label != LABEL || self.me.role != Role::Customer {
            return;
        }
        if session::observing(peer) {
            return answer(incoming, &Message::OnlyLooks.encode());
        }
        self.peer = Some(peer);
        self.line.set(Some(limited(Messages::on(incoming, MESSAGE_BYTES_MAX))));
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        match self.line.received(stream, &bytes, Message::parse) {
            Ok(messages) => messages.into_iter().for_each(|message| self.handle(message)),
            Err(Broken) => self.closed_by_other(),
        }
    }

    fn writable(&mut self, stream: u64) {
        match self.line.writable(stream) {
            Ok(()) if self.line.carries(stream) => self.send_next(),
            Ok(()) => {}
            Err(Broken) => self.closed_by_other(),
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        if self.line.closed(stream) {
            self.closed_by_other();
        }
    }
}

impl Clipboard {
    /// The rep turned it off, the connection is going, or a half failed. On the rep's side that shows within a moment.
    fn closed_by_other(&mut self) {
        if self.sharing.state() == State::OnlyLooks {
            // Nothing else was to come on it.
            return;
        }
        let wanted = self.me.role == Role::Rep && matches!(self.sharing.state(), State::Waiting | State::Shared);
        if wanted {
            self.gone = Some(session::wake_after_us(GONE_US));
        }
        self.enter(if wanted { State::Unconnected } else { State::Off });
    }
}

impl Clipboards for Clipboard {
    fn changed(&mut self, formats: Vec<String>) {
        if self.sharing.state() != State::Shared {
            return;
        }
        let has = |format: Format| formats.iter().any(|name| name == format.name());
        // Programs that copy text often offer a picture of it too.
        let format = [Format::Text, Format::Image].into_iter().find(|format| has(*format));
        if let Some(format) = format
            && clipboard::fetch(format.name()).is_err()
        {
            session::log(Level::Warn, "this clipboard could not be read");
        }
    }

    fn content(&mut self, format: String, data: Vec<u8>) {
        let Some(format) = Format::from_name(&format) else {
            return;
        };
        let empty = data.is_empty();
        let content = Content::new(format, data);
        self.too_large = content.is_none() && !empty;
        if let Some(content) = content.filter(|content| self.sharing.leaves(content)) {
            self.next = Some(content);
            self.send_next();
        }
        ui::invalidate();
    }
}

impl Consents for Clipboard {
    fn granted(&mut self, capability: &str) {
        if capability == CAPABILITY && self.me.role == Role::Customer && self.sharing.state() == State::Waiting {
            self.agree(State::Shared);
        }
    }

    fn revoked(&mut self, capability: &str) {
        let shared = matches!(self.sharing.state(), State::Waiting | State::Shared);
        if capability == CAPABILITY && self.me.role == Role::Customer && shared {
            self.agree(State::Refused);
        }
    }
}

impl Ui for Clipboard {
    fn render(&mut self, place: Place) -> Option<Node> {
        // The customer allows and takes back in the host's own window; there is nothing to add.
        (place == Place::Menu && self.me.role == Role::Rep).then(|| self.rep_menu())
    }

    fn action(&mut self, node: &str, what: Settings) {
        match (node, self.me.role) {
            (SHARE, Role::Rep) if what.flag("on").unwrap_or(!self.sharing.state().is_wanted()) => self.ask(),
            (SHARE, Role::Rep) => self.stop(),
            (ASK_AGAIN, Role::Rep) if self.sharing.state() == State::Refused => self.ask(),
            _ => {}
        }
    }
}

impl Clipboard {
    fn rep_menu(&self) -> Node {
        let state = self.sharing.state();
        let nobody = text("The customer is not connected.", "Der Kunde ist nicht verbunden.");
        let why_not = if self.looks_on { Some(only_looking()) } else { self.peer.is_none().then_some(nobody) };
        let share =
            ui::toggle(SHARE, text("Share clipboard", "Zwischenablage teilen"), state.is_wanted()).unless(why_not);
        let (line, tone) = match state {
            State::Off => return ui::menu(text("Clipboard", "Zwischenablage")).child(share),
            State::Unconnected => (nobody, Tone::Muted),
            State::Waiting => {
                (text("Waiting for the customer's answer", "Wartet auf die Antwort des Kunden"), Tone::Caution)
            }
            State::Shared if self.too_large => (
                text("The last copy is too large to share.", "Das zuletzt Kopierte ist zu groß zum Teilen."),
                Tone::Caution,
            ),
            State::Shared => (text("Shared both ways", "In beide Richtungen geteilt"), Tone::Good),
            State::Refused => (text("The customer said no.", "Der Kunde hat abgelehnt."), Tone::Caution),
            State::OnlyLooks => (
                text(
                    "You only look on, so what is copied here and there stays where it is.",
                    "Sie sehen nur zu, also bleibt hier und dort Kopiertes, wo es ist.",
                ),
                Tone::Caution,
            ),
        };
        let again = (state == State::Refused).then(|| ui::item(ASK_AGAIN, text("Ask again", "Noch einmal fragen")));
        ui::menu(text("Clipboard", "Zwischenablage")).child(share).child(ui::text(line, tone)).children(again)
    }
}

plugin!(Clipboard: Channels, Clipboards, Consents, Ui);
