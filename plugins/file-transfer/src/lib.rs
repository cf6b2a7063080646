//! Files and folders, sent by either side. The same component runs on both; the rep's half opens the stream on which they agree.
//!
//! `transfers` is a half as a state machine, towards one other side; `peers` has one for each. `host` does what it wants on the real
//! host, `view` shows it. This file hands events over. Bytes and paths stay native.

#[cfg(test)]
mod halves_tests;
mod host;
mod item;
mod kept;
mod peers;
mod protocol;
mod transfers;
mod undecided;
mod view;
mod words;

use std::collections::BTreeMap;

use lotse_sdk::files::{self, Source, Target};
use lotse_sdk::prelude::*;
use lotse_sdk::session::only_looking;
use lotse_sdk::{Files, answer};

use crate::host::{CAPABILITY, CONTROL, HostDesk, facts_of, notify, number_in, outcome_of, place_of};
use crate::peers::{Peer, Peers};
use crate::protocol::{Allowed, MESSAGE_BYTES_MAX, Message};
use crate::transfers::Transfers;
use crate::undecided::Undecided;

/// Where files may be dropped.
const DROPS: &str = "chat";

struct FileTransfer {
    me: Participant,
    peers: Peers<HostDesk>,
    /// For whom something is being chosen, by the host's requests.
    picks: BTreeMap<u64, u32>,
    undecided: Undecided<Source>,
    /// Everything that is over is shown, and not only the newest.
    all: bool,
}

/// The rep's half opens.
fn connect(peer: &mut Peer<HostDesk>) {
    let Some(who) = peer.desk.peer.as_ref() else {
        return;
    };
    match Messages::open(who.id, CONTROL, Class::Interactive, MESSAGE_BYTES_MAX) {
        Ok(messages) => {
            peer.desk.agree_on(messages);
            peer.transfers.handle_connected(&mut peer.desk);
        }
        Err(error) => session::log(Level::Warn, &format!("no stream for files: {error:?}")),
    }
}

/// The stream is of no more use. The side that opened it opens the next one.
fn disconnect(peer: &mut Peer<HostDesk>) {
    peer.desk.control = None;
    peer.transfers.handle_disconnected(&mut peer.desk);
    peer.desk.reopen_later(peer.transfers.unheard());
}

fn nobody() {
    notify(text("Nobody is connected at the moment.", "Zurzeit ist niemand verbunden."));
}

impl FileTransfer {
    fn is_rep(&self) -> bool {
        self.me.role == Role::Rep
    }

    /// Something was picked or dropped here: for that one, or for whoever is said to get it.
    fn offer(&mut self, to: Option<u32>, source: Source) {
        let known = to.filter(|to| self.peers.find(|peer| peer.id() == Some(*to)).is_some());
        match (known, self.peers.meant().as_slice()) {
            (Some(to), _) | (None, &[to]) => self.offer_to(to, source),
            (None, []) => nobody(),
            (None, [..]) => {
                let Some((facts, _)) = facts_of(&source) else {
                    return nothing();
                };
                if self.undecided.add(facts.name, source) {
                    ui::invalidate();
                } else {
                    too_many();
                }
            }
        }
    }

    fn offer_to(&mut self, to: u32, source: Source) {
        let Some(peer) = self.peers.find(|peer| peer.id() == Some(to)) else {
            return nobody();
        };
        if peer.transfers.only_looks() {
            return notify(only_looking());
        }
        let Some((facts, left_out)) = facts_of(&source) else {
            return nothing();
        };
        match peer.transfers.handle_source(facts, left_out, source.token(), &mut peer.desk) {
            Some(id) => peer.desk.keep_source(id, source),
            None => too_many(),
        }
    }

    /// `to`: who is meant; none: whoever there is.
    fn pick(&mut self, to: Option<u32>, folders: bool) {
        let meant = match self.peers.meant().as_slice() {
            [one] => Some(*one),
            _ => None,
        };
        let line = match files::pick(folders) {
            Ok(request) => {
                self.picks.extend(to.or(meant).map(|to| (request, to)));
                return;
            }
            Err(Error::Busy | Error::Limit) => {
                text("A window to choose files is open already.", "Ein Fenster zum Auswählen ist schon offen.")
            }
            Err(Error::Denied | Error::Gone | Error::Unsupported | Error::Invalid) => text(
                "Files cannot be chosen in this session.",
                "In dieser Sitzung können keine Dateien gewählt werden.",
            ),
        };
        notify(line);
    }

    fn reveal(&self, number: u32) {
        let mut items = self.peers.all().iter().flat_map(|peer| peer.transfers.items());
        let row = items.find(|item| item.number == number);
        if row.is_some_and(|item| files::reveal(&item.token).is_err()) {
            notify(text(
                "The folder cannot be opened: it is gone, or no program here shows folders.",
                "Der Ordner lässt sich nicht öffnen: Er ist nicht mehr da, oder kein Programm hier zeigt Ordner an.",
            ));
        }
    }

    fn sides(&self) -> Vec<view::Side<'_>> {
        let all = self.peers.all().iter();
        all.filter_map(|peer| {
            let (id, there) = (peer.id()?, peer.is_there());
            Some(view::Side { id, there, transfers: &peer.transfers, who: peer.who() })
        })
        .collect()
    }

    fn menu(&self) -> Node {
        let sides = self.sides();
        let there: Vec<&view::Side<'_>> = sides.iter().filter(|side| side.there).collect();
        if there.len() > 1 {
            return view::menu_of_several(&there);
        }
        match there.first().copied().or(sides.last()) {
            Some(side) => {
                let several = session::others().iter().filter(|who| who.role != self.me.role).count() > 1;
                view::menu(side.transfers, self.me.role, side.who, several)
            }
            None => {
                let other_side = text("the other side", "Gegenseite");
                let mut nobody = Transfers::new(!self.is_rep());
                nobody.look_on(session::looks_on());
                view::menu(&nobody, self.me.role, other_side, false)
            }
        }
    }

    /// What was done with the row of that number.
    fn act_on_row(&mut self, number: u32, act: fn(&mut Transfers, u32, &mut HostDesk)) {
        let is_of = |peer: &Peer<HostDesk>| peer.transfers.items().iter().any(|item| item.number == number);
        if let Some(peer) = self.peers.find(is_of) {
            act(&mut peer.transfers, number, &mut peer.desk);
        }
    }
}

fn nothing() {
    notify(text("There is nothing in it that could be sent.", "Es ist nichts darin, was gesendet werden könnte."));
}

fn too_many() {
    notify(text(
        "Too many transfers at once. Wait until some of them are done.",
        "Zu viele Übertragungen auf einmal. Warten Sie, bis einige fertig sind.",
    ));
}

impl Plugin for FileTransfer {
    fn init(restored: Option<Vec<u8>>) -> Self {
        let me = session::me();
        let customer = me.role == Role::Customer;
        let kept = restored.map(|bytes| kept::restore_all(customer, &bytes)).unwrap_or_default();
        if let Err(error) = files::take_drops(DROPS, true) {
            session::log(Level::Warn, &format!("nothing can be dropped here: {error:?}"));
        }
        ui::invalidate();
        let peers = Peers::restored(customer, kept);
        Self { me, peers, picks: BTreeMap::new(), undecided: Undecided::default(), all: false }
    }

    fn joined(&mut self, who: Participant) {
        if who.id == self.me.id || who.role == self.me.role {
            return;
        }
        if self.is_rep()
            && let Some(peer) = self.peers.meet(who.id, &who.name)
        {
            peer.desk.meet(who);
            peer.transfers.look_on(session::looks_on());
            connect(peer);
        }
        ui::invalidate();
    }

    fn left(&mut self, who: ParticipantId) {
        if let Some(peer) = self.peers.of(who) {
            (peer.desk.peer, peer.desk.control) = (None, None);
        }
        self.peers.left(who);
    }

    fn link(&mut self, who: ParticipantId, state: Settings) {
        if let Some(peer) = self.peers.of(who) {
            let silent = state.text("state") == Some("stalled");
            peer.transfers.handle_silence(silent, &mut peer.desk);
        }
    }

    fn woke(&mut self, token: u64) {
        let rep = self.is_rep();
        match self.peers.find(|peer| peer.desk.reopens == Some(token)) {
            Some(peer) => {
                peer.desk.reopens = None;
                let heard = !peer.transfers.is_shut_out() && !peer.transfers.only_looks();
                if rep && peer.desk.control.is_none() && heard {
                    connect(peer);
                }
            }
            None => self.peers.handle_woke(token),
        }
    }

    fn save(&mut self) -> Vec<u8> {
        // Who is there comes first, should there be no room for all.
        let (there, gone): (Vec<_>, Vec<_>) = self.peers.all().iter().partition(|peer| peer.is_there());
        kept::save_all(there.into_iter().chain(gone).map(|peer| &peer.transfers))
    }
}

impl Channels for FileTransfer {
    fn opened(&mut self, peer: ParticipantId, label: String, incoming: Stream) {
        if !self.is_rep() && session::observing(peer) {
            answer(incoming, &Message::OnlyLooks.encode());
        } else if label == CONTROL && !self.is_rep() {
            let rep = session::others().into_iter().find(|who| who.id == peer && who.role == Role::Rep);
            if let Some(rep) = rep
                && let Some(peer) = self.peers.meet(rep.id, &rep.name)
            {
                peer.desk.meet(rep);
                peer.desk.agree_on(Messages::on(incoming, MESSAGE_BYTES_MAX));
                peer.transfers.handle_connected(&mut peer.desk);
            }
        } else if let Some(id) = number_in(&label)
            && let Some(peer) = self.peers.of(peer)
        {
            peer.desk.incoming = Some(incoming);
            peer.transfers.handle_opened(id, &mut peer.desk);
            peer.desk.incoming = None;
        }
    }

    fn data(&mut self, stream: u64, bytes: Vec<u8>) {
        let Some(peer) = self.peers.find(|peer| peer.desk.carries(stream)) else {
            return;
        };
        let Some(Ok(received)) = peer.desk.control.as_mut().map(|control| control.received(&bytes)) else {
            session::log(Level::Warn, "a message over the limit");
            return peer.transfers.shut_out(&mut peer.desk);
        };
        let Some(id) = peer.id() else {
            return;
        };
        for message in received {
            self.peers.hear(id, Message::parse(&message));
        }
    }

    fn writable(&mut self, stream: u64) {
        if let Some(peer) = self.peers.find(|peer| peer.desk.carries(stream))
            && peer.desk.control.as_mut().is_some_and(|control| control.writable().is_err())
        {
            disconnect(peer);
        }
    }

    fn closed(&mut self, stream: u64, _complete: bool) {
        if let Some(peer) = self.peers.find(|peer| peer.desk.carries(stream)) {
            disconnect(peer);
        }
    }
}

impl Files for FileTransfer {
    fn picked(&mut self, request: u64, what: Option<Source>) {
        let to = self.picks.remove(&request);
        if let Some(source) = what {
            self.offer(to, source);
        }
    }

    fn dropped(&mut self, _place: String, what: Source) {
        self.offer(None, what);
    }

    fn answered(&mut self, request: u64, place: Option<Target>) {
        let asked = |peer: &Peer<HostDesk>| peer.transfers.asks(request);
        let Some(peer) = self.peers.find(asked) else {
            return;
        };
        let told = place.as_ref().map(place_of);
        let id = peer.transfers.handle_answered(request, told, &mut peer.desk);
        if let (Some(id), Some(target)) = (id, place) {
            peer.desk.keep_target(id, target);
        }
    }

    fn moved(&mut self, transfer: u64) {
        if let Some(peer) = self.peers.find(|peer| peer.transfers.runs(transfer)) {
            peer.transfers.handle_moved(transfer, &mut peer.desk);
        }
    }

    fn ended(&mut self, transfer: u64, outcome: Settings) {
        if let Some(peer) = self.peers.find(|peer| peer.transfers.runs(transfer)) {
            peer.transfers.handle_ended(transfer, &outcome_of(&outcome), &mut peer.desk);
        }
    }
}

impl Consents for FileTransfer {
    fn granted(&mut self, capability: &str) {
        if capability == CAPABILITY && !self.is_rep() {
            self.peers.handle_allowed(Allowed::Yes);
        }
    }

    fn revoked(&mut self, capability: &str) {
        if capability == CAPABILITY && !self.is_rep() {
            self.peers.handle_allowed(Allowed::Refused);
        }
    }
}

impl Ui for FileTransfer {
    fn render(&mut self, place: Place) -> Option<Node> {
        match place {
            Place::Menu => Some(self.menu()),
            Place::Chat => view::rows(&self.sides(), &self.undecided.names(), self.all),
            Place::Viewer | Place::Tools | Place::Preferences => None,
        }
    }

    fn action(&mut self, node: &str, _what: Settings) {
        let number = |prefix: &str| view::number_after(node, prefix);
        match node {
            view::SEND_FILES => return self.pick(None, false),
            view::SEND_FOLDER => return self.pick(None, true),
            view::ALLOW if self.is_rep() => {
                let customer = self.peers.find(Peer::is_there);
                return customer.into_iter().for_each(|peer| peer.transfers.ask_to_be_allowed(&mut peer.desk));
            }
            view::MORE => {
                self.all = !self.all;
                return ui::invalidate();
            }
            _ => {}
        }
        if let Some(to) = number(view::SEND_FILES_TO) {
            self.pick(Some(to), false);
        } else if let Some(to) = number(view::SEND_FOLDER_TO) {
            self.pick(Some(to), true);
        } else if let Some((number, to)) = view::decided(node) {
            if let Some(source) = self.undecided.take(number) {
                self.offer(Some(to), source);
                ui::invalidate();
            }
        } else if let Some(number) = number(view::TO_NOBODY) {
            drop(self.undecided.take(number));
            ui::invalidate();
        } else if let Some(number) = number(view::PAUSE) {
            self.act_on_row(number, |transfers, number, desk| transfers.pause(number, true, desk));
        } else if let Some(number) = number(view::RESUME) {
            self.act_on_row(number, |transfers, number, desk| transfers.pause(number, false, desk));
        } else if let Some(number) = number(view::CANCEL) {
            self.act_on_row(number, |transfers, number, desk| transfers.cancel(number, desk));
        } else if let Some(number) = number(view::AGAIN) {
            self.act_on_row(number, |transfers, number, desk| transfers.again(number, desk));
        } else if let Some(number) = number(view::DISMISS) {
            self.act_on_row(number, |transfers, number, desk| transfers.dismiss(number, desk));
        } else if let Some(number) = number(view::REVEAL) {
            self.reveal(number);
        }
    }
}

plugin!(FileTransfer: Channels, Consents, Files, Ui);
