//! Files and folders, sent by either side. The same component runs on both; the rep's half opens the stream on which they agree.
//!
//! `transfers` is a half as a state machine, `host` does what it wants on the real host, `view` shows it. This file hands events
//! over. Bytes and paths stay native.

#[cfg(test)]
mod halves_tests;
mod host;
mod item;
mod kept;
mod protocol;
mod transfers;
mod view;
mod words;

use lotse_sdk::files::{self, Source, Target};
use lotse_sdk::prelude::*;
use lotse_sdk::session::only_looking;
use lotse_sdk::{Files, answer};

use crate::host::{CAPABILITY, CONTROL, HostDesk, facts_of, number_in, outcome_of, place_of};
use crate::protocol::{Allowed, MESSAGE_BYTES_MAX, Message};
use crate::transfers::Transfers;

/// Where files may be dropped.
const DROPS: &str = "chat";

struct FileTransfer {
    me: Participant,
    transfers: Transfers,
    desk: HostDesk,
    /// Everything that is over is shown, and not only the newest.
    all: bool,
}

impl FileTransfer {
    /// The rep's half opens.
    fn connect(&mut self) {
        let Some(peer) = self.desk.peer.as_ref().filter(|_| self.me.role == Role::Rep) else {
            return;
        };
        match Messages::open(peer.id, CONTROL, Class::Interactive, MESSAGE_BYTES_MAX) {
            Ok(messages) => {
                self.desk.agree_on(messages);
                self.transfers.handle_connected(&mut self.desk);
            }
            Err(error) => session::log(Level::Warn, &format!("no stream for files: {error:?}")),
        }
    }

    fn carries(&self, stream: u64) -> bool {
        self.desk.control.as_ref().is_some_and(|control| control.id() == stream)
    }

    /// The stream is of no more use. The side that opened it opens the next one.
    fn disconnect(&mut self) {
        self.desk.control = None;
        self.transfers.handle_disconnected(&mut self.desk);
        self.desk.reopen_later();
    }

    fn offer(&mut self, source: Source) {
        if self.transfers.only_looks() {
            return self.desk.notify(only_looking());
        }
        let Some((facts, left_out)) = facts_of(&source) else {
            let nothing =
                text("There is nothing in it that could be sent.", "Es ist nichts darin, was gesendet werden könnte.");
            return self.desk.notify(nothing);
        };
        match self.transfers.handle_source(facts, left_out, source.token(), &mut self.desk) {
            Some(id) => self.desk.keep_source(id, source),
            None => self.desk.notify(text(
                "Too many transfers at once. Wait until some of them are done.",
                "Zu viele Übertragungen auf einmal. Warten Sie, bis einige fertig sind.",
            )),
        }
    }

    fn pick(&mut self, folders: bool) {
        let line = match files::pick(folders) {
            Ok(_) => return,
            Err(Error::Busy | Error::Limit) => {
                text("A window to choose files is open already.", "Ein Fenster zum Auswählen ist schon offen.")
            }
            Err(Error::Denied | Error::Gone | Error::Unsupported | Error::Invalid) => text(
                "Files cannot be chosen in this session.",
                "In dieser Sitzung können keine Dateien gewählt werden.",
            ),
        };
        self.desk.notify(line);
    }

    fn reveal(&mut self, number: u32) {
        let row = self.transfers.items().iter().find(|item| item.number == number);
        if row.is_some_and(|item| files::reveal(&item.token).is_err()) {
            self.desk.notify(text(
                "The folder cannot be opened: it is gone, or no program here shows folders.",
                "Der Ordner lässt sich nicht öffnen: Er ist nicht mehr da, oder kein Programm hier zeigt Ordner an.",
            ));
        }
    }
}

impl Plugin for FileTransfer {
    fn init(restored: Option<Vec<u8>>) -> Self {
        let me = session::me();
        let customer = me.role == Role::Customer;
        let mut transfers = restored.map_or_else(|| Transfers::new(customer), |bytes| kept::restore(customer, &bytes));
        if session::looks_on() {
            transfers.look_on();
        }
        if let Err(error) = files::take_drops(DROPS, true) {
            session::log(Level::Warn, &format!("nothing can be dropped here: {error:?}"));
        }
        ui::invalidate();
        Self { me, transfers, desk: HostDesk::default(), all: false }
    }

    fn joined(&mut self, who: Participant) {
        if who.id == self.me.id || who.role == self.me.role {
            return;
        }
        if self.me.role == Role::Rep {
            self.desk.meet(who);
            self.connect();
        }
        ui::invalidate();
    }

    fn left(&mut self, who: ParticipantId) {
        if self.desk.peer.as_ref().is_some_and(|peer| peer.id == who) {
            (self.desk.peer, self.desk.control) = (None, None);
            self.transfers.handle_left(&mut self.desk);
        }
    }

    fn link(&mut self, who: ParticipantId, state: Settings) {
        if self.desk.peer.as_ref().is_some_and(|peer| peer.id == who) {
            let silent = state.text("state") == Some("stalled");
            self.transfers.handle_silence(silent, &mut self.desk);
        }
    }

    fn woke(&mut self, token: u64) {
        if self.desk.reopens == Some(token) {
            self.desk.reopens = None;
            if self.desk.control.is_none() && !self.transfers.is_shut_out() && !self.transfers.only_looks() {
                self.connect();
            }
        } else {
            self.transfers.handle_woke(token, &mut self.desk);
        }
    }

    fn save(&mut self) -> Vec<u8> {
        kept::save(&self.transfers)
    }
}

impl Channels for FileTransfer {
    fn opened(&mut self, peer: ParticipantId, label: String, incoming: Stream) {
        let known = self.desk.peer.as_ref().map(|peer| peer.id);
        if self.me.role == Role::Customer && session::observing(peer) {
            answer(incoming, &Message::OnlyLooks.encode());
        } else if label == CONTROL && self.me.role == Role::Customer {
            // Of two reps the one who was there first is talked to, until they leave.
            if known.is_some_and(|known| known != peer) {
                return;
            }
            let rep = session::others().into_iter().find(|who| who.id == peer && who.role == Role::Rep);
            let waits = |rep: &Participant| self.transfers.waits_for_another(rep.id, &rep.name, session::now_us());
            if let Some(rep) = rep.filter(|rep| !waits(rep)) {
                self.transfers.handle_met(rep.id, &rep.name, &mut self.desk);
                self.desk.meet(rep);
                self.desk.agree_on(Messages::on(incoming, MESSAGE_BYTES_MAX));
                self.transfers.handle_connected(&mut self.desk);
            }
        } else if let Some(id) = number_in(&label).filter(|_| known == Some(peer)) {
            self.desk.incoming = Some(incoming);
            self.transfers.handle_opened(id, &mut self.desk);
            self.desk.incoming = None;
        }
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        if !self.carries(stream) {
            return;
        }
        let Some(Ok(received)) = self.desk.control.as_mut().map(|control| control.received(&bytes)) else {
            session::log(Level::Warn, "a message over the limit");
            return self.transfers.shut_out(&mut self.desk);
        };
        for message in received {
            match Message::parse(&message) {
                Some(message) => self.transfers.handle(message, &mut self.desk),
                None => self.transfers.handle_nonsense(&mut self.desk),
            }
        }
    }

    fn writable(&mut self, stream: u64) {
        let carries = self.carries(stream);
        if carries && self.desk.control.as_mut().is_some_and(|control| control.writable().is_err()) {
            self.disconnect();
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        if self.carries(stream) {
            self.disconnect();
        }
    }
}

impl Files for FileTransfer {
    fn picked(&mut self, _request: u64, what: Option<Source>) {
        if let Some(source) = what {
            self.offer(source);
        }
    }

    fn dropped(&mut self, _place: String, what: Source) {
        self.offer(what);
    }

    fn answered(&mut self, request: u64, place: Option<Target>) {
        let told = place.as_ref().map(|target| (target.token(), place_of(target)));
        let id = self.transfers.handle_answered(request, told, &mut self.desk);
        if let (Some(id), Some(target)) = (id, place) {
            self.desk.keep_target(id, target);
        }
    }

    fn moved(&mut self, transfer: u64) {
        self.transfers.handle_moved(transfer, &mut self.desk);
    }

    fn ended(&mut self, transfer: u64, outcome: Settings) {
        self.transfers.handle_ended(transfer, &outcome_of(&outcome), &mut self.desk);
    }
}

impl Consents for FileTransfer {
    fn granted(&mut self, capability: &str) {
        if capability == CAPABILITY && self.me.role == Role::Customer {
            self.transfers.handle_allowed(Allowed::Yes, &mut self.desk);
        }
    }

    fn revoked(&mut self, capability: &str) {
        if capability == CAPABILITY && self.me.role == Role::Customer {
            self.transfers.handle_allowed(Allowed::Refused, &mut self.desk);
        }
    }
}

impl Ui for FileTransfer {
    fn render(&mut self, place: Place) -> Option<Node> {
        match place {
            Place::Menu => {
                let several = session::others().iter().filter(|who| who.role != self.me.role).count() > 1;
                Some(view::menu(&self.transfers, self.me.role, self.desk.who(), several))
            }
            Place::Chat => view::rows(&self.transfers, self.desk.who(), self.all),
            Place::Viewer | Place::Tools | Place::Preferences => None,
        }
    }

    fn action(&mut self, node: &str, _what: Settings) {
        let number = |prefix: &str| view::number_after(node, prefix);
        let (transfers, desk) = (&mut self.transfers, &mut self.desk);
        match node {
            view::SEND_FILES => return self.pick(false),
            view::SEND_FOLDER => return self.pick(true),
            view::ALLOW if self.me.role == Role::Rep => return transfers.ask_to_be_allowed(desk),
            view::MORE => {
                self.all = !self.all;
                return ui::invalidate();
            }
            _ => {}
        }
        if let Some(number) = number(view::PAUSE) {
            transfers.pause(number, true, desk);
        } else if let Some(number) = number(view::RESUME) {
            transfers.pause(number, false, desk);
        } else if let Some(number) = number(view::CANCEL) {
            transfers.cancel(number, desk);
        } else if let Some(number) = number(view::AGAIN) {
            transfers.again(number, desk);
        } else if let Some(number) = number(view::DISMISS) {
            transfers.dismiss(number, desk);
        } else if let Some(number) = number(view::REVEAL) {
            self.reveal(number);
        }
    }
}

plugin!(FileTransfer: Channels, Consents, Files, Ui);
