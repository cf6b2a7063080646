//! The clipboard, shared both ways while the customer allows it. Runs on both sides; the rep's half turns it on.
//!
//! `sharing` is the agreement, `wire` what goes over the stream; this file joins them to the host. It fails closed: after
//! a crash nothing is shared until the rep turns it on again.

mod sharing;
mod wire;

use lotse_sdk::prelude::*;
use lotse_sdk::ui::Tone;
use lotse_sdk::{clipboard, consent};

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
    /// The other side's name, while they are there.
    peer: Option<Participant>,
    messages: Option<Messages>,
    /// Copied while the last copy was still on its way; only the newest is worth sending.
    next: Option<Content>,
    too_large: bool,
    /// Until this timer rings it is open whether the customer is gone or only their half.
    gone: Option<u64>,
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
        let Some(peer) = &self.peer else {
            return self.enter(State::Unconnected);
        };
        match Messages::open(peer.id, LABEL, Class::Interactive, MESSAGE_BYTES_MAX) {
            Ok(messages) => {
                self.messages = Some(messages.waiting_bytes_max(MESSAGE_BYTES_MAX as usize + 64));
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
            State::Refused | State::Off | State::Unconnected => self.send(&Message::Refused),
        }
    }

    fn stop(&mut self) {
        if let Some(messages) = self.messages.take() {
            messages.reset();
        }
        self.enter(State::Off);
    }

    fn send(&mut self, message: &Message) {
        if let Some(messages) = &mut self.messages
            && messages.send(&message.encode()).is_err()
        {
            session::log(Level::Warn, "a clipboard message could not be sent");
        }
    }

    fn send_next(&mut self) {
        if self.messages.as_ref().is_some_and(Messages::is_flushed)
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
            (Message::Content(content), Role::Rep | Role::Customer) => {
                if self.sharing.arrives(&content) && clipboard::write(content.format.name(), &content.data).is_err() {
                    session::log(Level::Warn, "this clipboard could not be written");
                }
            }
            (Message::Ask { .. }, Role::Rep)
            | (Message::Waiting | Message::Allowed | Message::Refused, Role::Customer) => {
                session::log(Level::Warn, "a message of the wrong half was passed over");
            }
        }
    }

    fn carries(&self, stream: u64) -> bool {
        self.messages.as_ref().is_some_and(|messages| messages.id() == stream)
    }
}

impl Plugin for Clipboard {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        ui::invalidate();
        let (me, sharing) = (session::me(), Sharing::new());
        Self { me, sharing, peer: None, messages: None, next: None, too_large: false, gone: None }
    }

    fn joined(&mut self, who: Participant) {
        if who.id == self.me.id || who.role == self.me.role {
            return;
        }
        self.peer = Some(who);
        if self.sharing.state() == State::Unconnected {
            self.ask();
        }
        ui::invalidate();
    }

    fn left(&mut self, who: ParticipantId) {
        if self.peer.as_ref().is_none_or(|peer| peer.id != who) {
            return;
        }
        (self.peer, self.messages) = (None, None);
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
    fn opened(&mut self, _peer: ParticipantId, label: String, incoming: Stream) {
        if label == LABEL && self.me.role == Role::Customer {
            let messages = Messages::on(incoming, MESSAGE_BYTES_MAX);
            self.messages = Some(messages.waiting_bytes_max(MESSAGE_BYTES_MAX as usize + 64));
        }
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        if !self.carries(stream) {
            return;
        }
        let Some(Ok(received)) = self.messages.as_mut().map(|messages| messages.received(&bytes)) else {
            session::log(Level::Warn, "a message over the limit; sharing has ended");
            return self.closed_by_other();
        };
        for message in received {
            match Message::parse(message) {
                Some(message) => self.handle(message),
                None => session::log(Level::Warn, "a message that is none was passed over"),
            }
        }
    }

    fn writable(&mut self, stream: u64) {
        if !self.carries(stream) {
            return;
        }
        match self.messages.as_mut().map(Messages::writable) {
            Some(Ok(())) => self.send_next(),
            Some(Err(_)) | None => self.closed_by_other(),
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        if self.carries(stream) {
            self.closed_by_other();
        }
    }
}

impl Clipboard {
    /// The rep turned it off, the connection is going, or a half failed. On the rep's side that shows within a moment.
    fn closed_by_other(&mut self) {
        self.messages = None;
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
        let share = ui::toggle(SHARE, text("Share clipboard", "Zwischenablage teilen"), state.is_wanted())
            .unless(self.peer.is_none().then_some(nobody));
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
        };
        let again = (state == State::Refused).then(|| ui::item(ASK_AGAIN, text("Ask again", "Noch einmal fragen")));
        ui::menu(text("Clipboard", "Zwischenablage")).child(share).child(ui::text(line, tone)).children(again)
    }
}

plugin!(Clipboard: Channels, Clipboards, Consents, Ui);
