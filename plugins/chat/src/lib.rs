//! Chat between the participants of a session. Runs on both sides; the rep's half opens the stream.
//!
//! `log` knows what was said, `wire` how it travels, `view` how it looks. This file joins them to the host. When it fails
//! it is started again with its state, and the two halves tell each other what they lack.

mod log;
mod replies;
mod view;
mod wire;

use lotse_sdk::prelude::*;
use lotse_sdk::{handover, storage};

use crate::log::{Author, Entry, Log, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use crate::replies::Replies;
use crate::wire::{MESSAGE_BYTES_MAX, Message, VERSION};

const LABEL: &str = "chat";
/// A sign that is not renewed goes out.
const TYPING_SHOWN_US: u64 = 6_000_000;
/// How often the sign is renewed while somebody writes.
const TYPING_SENT_EVERY_US: u64 = 2_500_000;
/// A whole history may wait while a connection comes back.
const WAITING_BYTES_MAX: usize = 2 * 1024 * 1024;
/// What a colleague is shown of the talk, in bytes: the newest screenfuls.
const SUMMARY_BYTES_MAX: usize = 12_000;
/// A half that was started again is given time; one that keeps closing streams cannot keep this side busy.
const REOPEN_AFTER_US: u64 = 1_000_000;

/// A participant that can be talked to.
struct Peer {
    id: ParticipantId,
    role: Role,
    name: String,
    messages: Option<Messages>,
    /// Their `Hello` came: from here on entries are sent as they are written.
    greeted: bool,
    /// They may also bring back what this side wrote, because this side had nothing when they came.
    restores: bool,
    /// The stream is opened again when the timer with this token rings.
    reopens: Option<u64>,
    /// Our clock minus theirs.
    clock_ahead_ms: i64,
    /// The sign is shown until the timer with this token.
    typing: Option<u64>,
}

struct Chat {
    me: Participant,
    log: Log,
    peers: Vec<Peer>,
    replies: Replies,
    typing_sent_at_us: Option<u64>,
    /// Customer's half: the first rep who came, and whether another came since.
    first_rep: Option<ParticipantId>,
    several: bool,
}

impl Chat {
    fn say(&mut self, text: &str) {
        let text: String = text.trim().chars().take(TEXT_CHARS_MAX).collect();
        let author = Author { role: self.me.role, name: self.me.name.chars().take(NAME_CHARS_MAX).collect() };
        let id = u128::from_be_bytes(session::random(16).try_into().unwrap_or_default());
        let entry = Entry { id, author, at_ms: session::unix_ms(), text, sent: false, delivered: false };
        if !self.log.add(entry.clone()) {
            return;
        }
        self.typing_sent_at_us = None;
        let message = Message::Entry(entry);
        let mut sent = false;
        for peer in self.peers.iter_mut().filter(|peer| peer.greeted) {
            sent |= peer.send(&message);
        }
        if sent {
            self.log.sent(id);
        }
        self.tell_summary();
        ui::invalidate();
    }

    /// For a colleague who is asked to take the session over.
    fn tell_summary(&self) {
        if self.me.role == Role::Rep && handover::tell(&self.log.tail(SUMMARY_BYTES_MAX)).is_err() {
            session::log(Level::Debug, "the talk is kept for nobody else");
        }
    }

    /// Among several reps the customer's half passes on what each writes: they have no line to one another.
    fn pass_on(&mut self, from: ParticipantId, entry: &Entry) {
        let message = Message::Entry(entry.clone());
        for peer in self.peers.iter_mut().filter(|peer| peer.id != from && peer.greeted) {
            peer.send(&message);
        }
    }

    fn typing(&mut self, on: bool) {
        let now = session::now_us();
        let renewed = self.typing_sent_at_us.is_none_or(|at| now.saturating_sub(at) >= TYPING_SENT_EVERY_US);
        if on && !renewed || !on && self.typing_sent_at_us.is_none() {
            return;
        }
        self.typing_sent_at_us = on.then_some(now);
        for peer in self.peers.iter_mut().filter(|peer| peer.greeted) {
            peer.send(&Message::Typing(on));
        }
    }

    /// A stream to a peer stands: each half says what it knows.
    fn connect(&mut self, peer: ParticipantId, messages: Messages) {
        let known = self.log.known();
        if let Some(peer) = self.peers.iter_mut().find(|known| known.id == peer) {
            peer.messages = Some(messages.waiting_bytes_max(WAITING_BYTES_MAX));
            peer.greeted = false;
            peer.send(&Message::Hello { version: VERSION, now_ms: session::unix_ms(), known });
        }
    }

    fn handle(&mut self, from: ParticipantId, message: Message) {
        let Some(peer) = self.peers.iter_mut().find(|peer| peer.id == from) else {
            return;
        };
        match message {
            Message::Hello { version, now_ms, known } => {
                if version != VERSION {
                    session::log(Level::Error, "the other side's chat speaks another version");
                    peer.messages = None;
                    return;
                }
                peer.greeted = true;
                peer.restores = self.log.is_empty();
                peer.clock_ahead_ms = session::unix_ms().wrapping_sub(now_ms).cast_signed();
                for entry in self.log.compare(&known) {
                    let id = entry.id;
                    if peer.send(&Message::Entry(entry)) {
                        self.log.sent(id);
                    }
                }
            }
            Message::Entry(mut entry) => {
                peer.send(&Message::Received(entry.id));
                peer.typing = None;
                // Who is alone with the customer gives back what their side has lost. Among several each speaks for themselves:
                // nobody puts words into the mouth of a colleague's customer, or of a colleague.
                if self.me.role == Role::Customer && self.several && !peer.restores {
                    match log::said_by(entry, &peer.name) {
                        Some(own) => entry = own,
                        None => return,
                    }
                }
                // Otherwise a customer could put words into the rep's mouth. A colleague's come by the customer's half alone.
                let of_rep = peer.role == Role::Customer && entry.author.role == Role::Rep;
                if of_rep && !peer.restores && !is_of_colleague(&entry.author) {
                    return;
                }
                let at_ms = entry.at_ms.wrapping_add_signed(peer.clock_ahead_ms);
                let news = peer.role == Role::Customer && entry.author.role == Role::Customer;
                let entry = Entry { at_ms, sent: true, delivered: true, ..entry };
                if self.log.add(entry.clone()) {
                    if self.me.role == Role::Customer {
                        self.pass_on(from, &entry);
                    }
                    self.tell_summary();
                    if news {
                        ui::arrived(1);
                    }
                }
            }
            Message::Received(id) => self.log.delivered(id),
            Message::Typing(on) => peer.typing = on.then(|| session::wake_after_us(TYPING_SHOWN_US)),
        }
        ui::invalidate();
    }

    /// One of two opens: the rep towards a customer, the one who was there first among reps.
    fn open_stream(&mut self, to: ParticipantId) {
        let Some(peer) = self.peers.iter().find(|peer| peer.id == to) else {
            return;
        };
        if self.me.role != Role::Rep || peer.role == Role::Rep && to < self.me.id {
            return;
        }
        match Messages::open(to, LABEL, Class::Interactive, MESSAGE_BYTES_MAX) {
            Ok(messages) => self.connect(to, messages),
            Err(error) => session::log(Level::Warn, &format!("no stream for the chat: {error:?}")),
        }
    }

    fn remember(&mut self, who: Participant) {
        let Participant { id, role, name } = who;
        self.peers.retain(|peer| peer.id != id);
        if role == Role::Rep && *self.first_rep.get_or_insert(id) != id {
            self.several = true;
            self.peers.iter_mut().for_each(|peer| peer.restores = false);
        }
        self.peers.push(Peer {
            id,
            role,
            name,
            messages: None,
            greeted: false,
            restores: false,
            reopens: None,
            clock_ahead_ms: 0,
            typing: None,
        });
    }

    /// The stream is of no more use. The side that opened it opens the next one.
    fn disconnect(&mut self, stream: u64) {
        let Some(peer) = self.peers.iter_mut().find(|peer| peer.stream() == Some(stream)) else {
            return;
        };
        (peer.messages, peer.greeted, peer.typing) = (None, false, None);
        self.log.disconnected();
        ui::invalidate();
    }

    /// Other sessions of this rep's keep replies as well: a change is made to what is kept now.
    fn change_replies(&mut self, change: impl FnOnce(&mut Replies)) {
        self.replies = self.replies.renewed(storage::get(replies::KEY).as_deref());
        change(&mut self.replies);
        if storage::set(replies::KEY, Some(&self.replies.encode())).is_err() {
            session::log(Level::Warn, "the replies could not be kept");
        }
        ui::invalidate();
    }

    fn my_last_text(&self) -> Option<&str> {
        let mine = |entry: &&Entry| entry.author.role == self.me.role && entry.author.name == self.me.name;
        self.log.entries().rev().find(mine).map(|entry| entry.text.as_str())
    }
}

/// Another rep who is in the session wrote it, as the host has them.
fn is_of_colleague(author: &Author) -> bool {
    let called = |who: &Participant| author.name.chars().eq(who.name.chars().take(NAME_CHARS_MAX));
    session::others().iter().any(|other| other.role == Role::Rep && called(other))
}

impl Peer {
    fn stream(&self) -> Option<u64> {
        self.messages.as_ref().map(Messages::id)
    }

    fn send(&mut self, message: &Message) -> bool {
        self.messages.as_mut().is_some_and(|messages| messages.send(&message.encode()).is_ok())
    }
}

impl Plugin for Chat {
    fn init(restored: Option<Vec<u8>>) -> Self {
        let me = session::me();
        let kept = if me.role == Role::Rep { storage::get(replies::KEY) } else { None };
        let first = || Replies::new(view::first_replies());
        let mut log = restored.map(|bytes| wire::restore(&bytes)).unwrap_or_default();
        log.disconnected();
        ui::invalidate();
        Self {
            me,
            log,
            peers: Vec::new(),
            replies: kept.map_or_else(first, |bytes| Replies::parse(&bytes)),
            typing_sent_at_us: None,
            first_rep: None,
            several: false,
        }
    }

    fn joined(&mut self, who: Participant) {
        if who.id == self.me.id {
            return;
        }
        let id = who.id;
        self.remember(who);
        self.open_stream(id);
        ui::invalidate();
    }

    fn left(&mut self, who: ParticipantId) {
        self.peers.retain(|peer| peer.id != who);
        self.log.disconnected();
        ui::invalidate();
    }

    fn woke(&mut self, token: u64) {
        for peer in self.peers.iter_mut().filter(|peer| peer.typing == Some(token)) {
            peer.typing = None;
            ui::invalidate();
        }
        if let Some(peer) = self.peers.iter_mut().find(|peer| peer.reopens == Some(token)) {
            peer.reopens = None;
            let id = peer.id;
            self.open_stream(id);
        }
    }

    fn save(&mut self) -> Vec<u8> {
        wire::save(&self.log)
    }
}

impl Channels for Chat {
    fn opened(&mut self, peer: ParticipantId, label: String, incoming: Stream) {
        if label == LABEL {
            if !self.peers.iter().any(|known| known.id == peer) {
                session::others().into_iter().filter(|who| who.id == peer).for_each(|who| self.remember(who));
            }
            self.connect(peer, Messages::on(incoming, MESSAGE_BYTES_MAX));
            ui::invalidate();
        }
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        let Some(peer) = self.peers.iter_mut().find(|peer| peer.stream() == Some(stream)) else {
            return;
        };
        let from = peer.id;
        let Some(Ok(received)) = peer.messages.as_mut().map(|messages| messages.received(&bytes)) else {
            session::log(Level::Warn, "a message over the limit; the chat's stream is closed");
            return self.disconnect(stream);
        };
        for message in received {
            match Message::parse(&message) {
                Some(message) => self.handle(from, message),
                None => session::log(Level::Warn, "a message that is none was passed over"),
            }
        }
    }

    fn writable(&mut self, stream: u64) {
        let peer = self.peers.iter_mut().find(|peer| peer.stream() == Some(stream));
        if peer.and_then(|peer| peer.messages.as_mut()).is_some_and(|messages| messages.writable().is_err()) {
            self.disconnect(stream);
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        if self.me.role == Role::Rep
            && let Some(peer) = self.peers.iter_mut().find(|peer| peer.stream() == Some(stream))
        {
            peer.reopens = Some(session::wake_after_us(REOPEN_AFTER_US));
        }
        self.disconnect(stream);
    }
}

impl Ui for Chat {
    fn render(&mut self, place: Place) -> Option<Node> {
        match place {
            Place::Chat => Some(view::conversation(self)),
            Place::Menu if self.me.role == Role::Rep => Some(view::replies_menu(self)),
            Place::Menu | Place::Viewer | Place::Tools | Place::Preferences => None,
        }
    }

    fn action(&mut self, node: &str, what: Settings) {
        if node == view::SAY {
            if let Some(text) = what.text("text") {
                self.say(text);
            } else if let Some(on) = what.flag("typing") {
                self.typing(on);
            }
        } else if node == view::KEEP {
            let text = self.my_last_text().unwrap_or_default().to_owned();
            self.change_replies(|replies| {
                replies.keep(&text);
            });
        } else if let Some(index) = view::index_after(node, view::REPLY) {
            if let Some(text) = self.replies.all().get(index).cloned() {
                self.say(&text);
            }
        } else if let Some(index) = view::index_after(node, view::FORGET)
            && let Some(text) = self.replies.all().get(index).cloned()
        {
            self.change_replies(|replies| replies.forget(&text));
        }
    }
}

plugin!(Chat: Channels, Ui);
