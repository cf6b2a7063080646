//! Ready-made replies that all reps of an account have in common. Runs on the rep's side only.
//!
//! `book` is the replies without a host, `view` how they look; this file joins them to the host. It fails closed: the relay has
//! everything, and only words that were being written are lost.

mod book;
mod view;

use lotse_sdk::prelude::*;
use lotse_sdk::shared;

use crate::book::{Book, Change, filled};

/// Names of replies do not meet by chance.
const NAME_BYTES: u32 = 16;

struct CannedReplies {
    me: Participant,
    /// What the customer is called; empty until they are there.
    customer: String,
    book: Book,
}

impl CannedReplies {
    /// Reads everything anew.
    fn read(&mut self) {
        let keys = shared::keys();
        self.book.keep_only(&keys);
        for key in &keys {
            self.book.take(key, shared::get(key));
        }
        ui::invalidate();
    }

    fn save(&mut self, change: Option<Change>) {
        if let Some(change) = change
            && let Err(error) = shared::set(&change.key, change.data().as_deref(), change.seen)
        {
            self.book.answered(&change.key, Err(error));
        }
        ui::invalidate();
    }

    /// Puts a reply into the chat's field.
    fn compose(&self, key: &str) {
        if let Some(reply) = self.book.get(key) {
            ui::compose(&filled(&reply.text, &self.customer, &self.me.name));
        }
    }
}

impl Plugin for CannedReplies {
    fn init(_restored: Option<Vec<u8>>) -> Self {
        ui::invalidate();
        let customer = session::others().into_iter().find(|who| who.role == Role::Customer);
        let customer = customer.map(|who| who.name).unwrap_or_default();
        Self { me: session::me(), customer, book: Book::default() }
    }

    fn joined(&mut self, who: Participant) {
        if who.role == Role::Customer {
            self.customer = who.name;
        }
    }
}

impl SharedValues for CannedReplies {
    fn ready(&mut self) {
        self.book.ready();
        self.read();
    }

    fn changed(&mut self, key: &str) {
        self.book.take(key, shared::get(key));
        ui::invalidate();
    }

    fn answered(&mut self, key: &str, outcome: Result<u64, Error>) {
        // What stands there now, whoever was faster.
        self.book.take(key, shared::get(key));
        self.book.answered(key, outcome.map(drop));
        ui::invalidate();
    }
}

impl Ui for CannedReplies {
    fn render(&mut self, place: Place) -> Option<Node> {
        match place {
            // A menu of its own would push others out of a narrow window.
            Place::Tools => Some(ui::panel("").child(view::menu(&self.book))),
            Place::Preferences => Some(view::preferences(&self.book)),
            Place::Menu | Place::Chat | Place::Viewer => None,
        }
    }

    fn action(&mut self, node: &str, what: Settings) {
        let written = what.text("text");
        if let Some(key) = node.strip_prefix(view::USE) {
            self.compose(key);
        } else if let Some(key) = node.strip_prefix(view::EDIT) {
            self.book.edit(key);
            ui::invalidate();
        } else if let Some(key) = node.strip_prefix(view::REMOVE) {
            let change = self.book.remove(key);
            self.save(change);
        } else if let (view::ADD, Some(written)) = (node, written) {
            let change = self.book.add(written, &session::random(NAME_BYTES));
            self.save(change);
        } else if let (view::REWRITE, Some(written)) = (node, written) {
            let change = self.book.rewrite(written);
            self.save(change);
        } else if node == view::LEAVE {
            self.book.leave();
            ui::invalidate();
        }
    }
}

plugin!(CannedReplies: SharedValues, Ui);
