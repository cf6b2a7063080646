//! Customer's side: further reps in the session, each with keys, a line and a session at the relay of its own.
//!
//! The customer's plugins, prompts and consents are the session's, whoever is there. Whoever comes to take over leads as soon as
//! plugins have met them, and only then the one before leaves: the customer is never without a rep. If one vanishes on the way,
//! nothing has changed. When the one who leads is gone for good, the next leads, if they may do more than look.

use super::coming::Coming;
use super::end::{End, EndReports, Signalled};
use super::line::{SILENCE, is_news, link_settings, link_view};
use super::{EndEvent, Task, ToSession};
use crate::conversation::LinkEvent;
use crate::shared::{CUSTOMER, Shared};
use crate::view::{HostNotice, LinkView, PresentRep, Tone};
use lotse_protocol::control::{SessionId, SessionOffer, Side, ToRelay};
use lotse_protocol::handover::Purpose;
use lotse_protocol::peer::{self, EndReason, PeerMessage};
use lotse_protocol::tidy;
use lotse_runtime::{Event as PluginEvent, Participant, Role};
use lotse_session::{Action, Event, Failure, Machine, State};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// How long somebody may take from the relay's word to being there. Pairing and a line take a second or two, plugins that their
/// program has yet to fetch take longer.
pub(super) const PATIENCE: Duration = Duration::from_secs(90);
/// Longest name that is shown, in characters.
const NAME_CHARS_MAX: usize = 80;
/// Numbers of one end's conversations begin above those of any other's.
const TALKS_BITS: u32 = 32;

pub(super) struct Beside {
    /// Of its own, at the relay.
    pub id: SessionId,
    /// The participant's number.
    pub who: u32,
    pub name: String,
    pub observing: bool,
    /// The participant who asked for them, and in whose place they come, if they do.
    from: Option<u32>,
    takes_over: bool,
    pub end: End,
    offer: SessionOffer,
    safety_code: String,
    /// Plugins that run at theirs.
    runs: BTreeSet<usize>,
    /// They were there, with their plugins.
    came: bool,
    /// Plugins know of them now.
    there: bool,
    /// Their program has said which plugins run there: it is ready to help.
    ready: bool,
    since: Instant,
    link: LinkView,
    told_round_trip_us: u64,
}

impl Beside {
    /// What takes it up again at the relay.
    pub(super) fn token(&self) -> ([u8; 16], String) {
        (self.id.0, self.offer.token.0.clone())
    }

    /// They are there, can do something, and may.
    fn helps(&self) -> bool {
        self.there && self.ready && !self.observing
    }

    /// For the first time, and nothing was made of it yet.
    fn has_arrived(&self) -> bool {
        self.there && self.ready && !self.came
    }
}

/// Hands on what comes of one end, with whose it is.
fn reports(id: SessionId, to: mpsc::Sender<(SessionId, EndEvent)>) -> EndReports {
    let ((links, mut linked), (paths, mut pathed), (talk, mut talked)) =
        (mpsc::channel(4), mpsc::channel(4), mpsc::channel(64));
    tokio::spawn(async move {
        loop {
            let event = tokio::select! {
                Some(link) = linked.recv() => EndEvent::Link(link),
                Some(path) = pathed.recv() => EndEvent::Path(path),
                Some((number, event)) = talked.recv() => EndEvent::Talk(number, event),
                else => return,
            };
            if to.send((id, event)).await.is_err() {
                return;
            }
        }
    });
    EndReports { links, paths, talk }
}

impl Task {
    /// The relay has brought this program to the rep who waits.
    fn begin_beside(&mut self, id: SessionId, mut offer: SessionOffer, relay: IpAddr) {
        // What is taken up again is of an end that has left, whose end the relay missed.
        let may = |coming: &mut Coming| coming.since.is_some() && !offer.resumed;
        let known = self.shared.clone().zip(self.coming.take_if(may));
        let Some((shared, coming)) = known else {
            return self.relay_says(ToRelay::EndSession { session: id, reason: "over".to_owned() });
        };
        let Coming { code, name, purpose, from, begun: _, since: _ } = coming;
        if !is_whom_the_customer_let_in(&offer, &name, &self.view.account) {
            tracing::warn!(session = %id, "the relay brings somebody else than the customer let in");
            self.relay_says(ToRelay::EndSession { session: id, reason: EndReason::NotTrusted.name().to_owned() });
            self.notice_of_host(Tone::Caution, name.clone(), HostNotice::RepNotCome);
            return self.tell_not_come(from, name, true);
        }
        let reports = reports(id, self.queues.ends.0.clone());
        let end = match End::new(Machine::new(Side::Customer), None, Some(code.secret()), reports) {
            Ok(end) => end,
            Err(problem) => {
                tracing::error!(%problem, "no keys for a second rep");
                self.relay_says(ToRelay::EndSession { session: id, reason: EndReason::NotTrusted.name().to_owned() });
                return self.tell_not_come(from, name, true);
            }
        };
        self.participants += 1;
        let who = self.participants;
        offer.licence = None;
        let observing = purpose == Purpose::Observe;
        shared.add_other(who, observing);
        let mut beside = Beside {
            id,
            who,
            name,
            observing,
            from: Some(from),
            takes_over: purpose == Purpose::TakeOver,
            end,
            offer,
            safety_code: String::new(),
            runs: BTreeSet::new(),
            came: false,
            there: false,
            ready: false,
            since: Instant::now(),
            link: LinkView::default(),
            told_round_trip_us: 0,
        };
        beside.end.relay = Some(relay);
        beside.end.conversations = u64::from(who) << TALKS_BITS;
        self.besides.push(beside);
        self.write_note_if_known();
        self.feed_beside(id, Event::Met { resumed: false });
        // The session's plugins are here.
        self.feed_beside(id, Event::PluginsReady);
    }

    fn beside(&mut self, id: SessionId) -> Option<&mut Beside> {
        self.besides.iter_mut().find(|beside| beside.id == id)
    }

    fn feed_beside(&mut self, id: SessionId, event: Event) {
        tracing::debug!(session = %id, ?event, "beside");
        let now_ms = self.now_ms();
        if let Some(beside) = self.beside(id) {
            beside.end.machine.handle(now_ms, event);
        }
        self.dirty = true;
    }

    /// What the relay says of another end than the one that leads.
    pub(super) fn on_message_beside(&mut self, id: SessionId, message: ToSession) {
        match message {
            ToSession::Offer { offer, relay, .. } => match self.beside(id) {
                None => self.begin_beside(id, *offer, relay),
                Some(beside) => {
                    let resumed = offer.resumed;
                    beside.end.relay = Some(relay);
                    beside.offer = *offer;
                    beside.end.renew_path(&beside.offer);
                    self.feed_beside(id, Event::Met { resumed });
                }
            },
            ToSession::Signal(body) => self.on_signal_beside(id, &body),
            // Once the keys are known it is not true.
            ToSession::PairingFailed { .. } if self.beside(id).is_none_or(|beside| beside.end.peer_key.is_some()) => {}
            ToSession::PairingFailed { attempts_left } => {
                self.feed_beside(id, Event::PairingFailed(Failure::WrongCode { attempts_left }));
            }
            // Whoever only looks on leaves at the relay's word, and hears it from here: nobody loses anything by that.
            ToSession::EndedByRelay { why: Some(EndReason::WatchingEnded) }
                if self.beside(id).is_some_and(|beside| beside.observing) =>
            {
                self.feed_beside(id, Event::End(EndReason::WatchingEnded));
            }
            ToSession::EndedByRelay { why } => self.feed_beside(id, Event::RelayEnded(why)),
            // Of the session as a whole, and said of the end that leads.
            ToSession::Licence { .. }
            | ToSession::Plugin { .. }
            | ToSession::PluginMissing { .. }
            | ToSession::SharedChanged { .. }
            | ToSession::SharedAnswered { .. }
            | ToSession::ControlDown
            | ToSession::ControlUp
            | ToSession::CodeVoid
            | ToSession::CustomerLeft
            | ToSession::CustomerBack
            | ToSession::Refused { .. }
            | ToSession::Command(_)
            | ToSession::Of { .. }
            | ToSession::NobodyBeside
            | ToSession::Directory(_)
            | ToSession::HandOver(_) => {}
        }
    }

    fn on_signal_beside(&mut self, id: SessionId, body: &[u8]) {
        let Some(beside) = self.beside(id) else { return };
        match beside.end.on_signal(id, body) {
            Signalled::Passed => {}
            Signalled::Answer(message) => self.relay_says(message),
            Signalled::Paired => self.feed_beside(id, Event::Paired),
            Signalled::TooMany => {
                self.feed_beside(id, Event::PairingFailed(Failure::WrongCode { attempts_left: 0 }));
            }
            // The code was not typed by hand: it is right, or somebody is in between.
            Signalled::Failed(problem) => {
                tracing::warn!(%problem, "pairing with a second rep failed");
                self.feed_beside(id, Event::PairingFailed(Failure::KeysDiffer));
            }
        }
    }

    /// What comes of an end that was begun beside another. It may lead by now.
    pub(super) fn on_end(&mut self, id: SessionId, event: EndEvent) {
        let leads = id == self.config.id;
        match event {
            EndEvent::Talk(number, event) if leads => self.on_link_event((number, event)),
            EndEvent::Link(link) if leads => self.on_link(link),
            EndEvent::Path(path) if leads => self.end.path = Some(path),
            EndEvent::Talk(number, event) => self.on_talk_beside(id, number, event),
            EndEvent::Link(link) => {
                let Some(shared) = self.shared.clone() else { return };
                let Some(beside) = self.beside(id) else { return };
                beside.safety_code = link.safety_code().to_string();
                beside.end.take_link(Side::Customer, link, shared, beside.who);
                self.feed_beside(id, Event::LinkUp);
            }
            EndEvent::Path(path) => {
                if let Some(beside) = self.beside(id) {
                    beside.end.path = Some(path);
                }
            }
        }
    }

    fn on_talk_beside(&mut self, id: SessionId, number: u64, event: LinkEvent) {
        let Some(beside) = self.beside(id).filter(|beside| beside.end.conversations == number) else { return };
        match event {
            LinkEvent::Message(message) => self.on_peer_beside(id, message),
            LinkEvent::Down { why } => {
                tracing::info!(session = %id, why, "link down");
                beside.end.conversation = None;
                self.feed_beside(id, Event::LinkDown);
            }
        }
    }

    fn on_peer_beside(&mut self, id: SessionId, message: PeerMessage) {
        let paused_here = self.paused_here;
        let Some(beside) = self.beside(id) else { return };
        match message {
            PeerMessage::Hello { version, developer, .. } => {
                let Some(conversation) = beside.end.conversation.as_mut().filter(|of| !of.greeted) else { return };
                conversation.greeted = true;
                conversation.say(PeerMessage::Paused { on: paused_here });
                self.view.developer |= developer;
                self.feed_beside(id, Event::Greeted { compatible: version == peer::VERSION });
            }
            PeerMessage::Paused { on } => {
                beside.end.paused_there = on;
                self.apply_pause();
            }
            PeerMessage::End { reason } => self.feed_beside(id, Event::PeerEnded(reason)),
            PeerMessage::Running { plugins } => self.on_running_beside(id, &plugins),
            PeerMessage::Beside { code, name, purpose } => {
                let from = beside.who;
                self.on_wish_for_another(from, &code, &name, purpose);
            }
            // The customer's own to say.
            PeerMessage::Accepted
            | PeerMessage::Consent { .. }
            | PeerMessage::BesideEnded { .. }
            | PeerMessage::Present { .. } => {}
        }
    }

    fn on_running_beside(&mut self, id: SessionId, numbers: &[u8]) {
        if let Some(beside) = self.beside(id) {
            beside.ready = true;
        }
        for number in numbers.iter().map(|number| usize::from(*number)) {
            let late = self.plugins.get(number).is_some_and(|plugin| plugin.late);
            let Some(beside) = self.beside(id) else { return };
            if beside.runs.insert(number) && late && beside.there {
                let who = beside.who;
                self.meet_beside(number, who);
            }
        }
    }

    fn meet_beside(&self, number: usize, who: u32) {
        let Some(shared) = self.shared.as_ref().filter(|shared| shared.may_talk(number, who)) else { return };
        if let Some(peer) = shared.peers().into_iter().find(|peer| peer.id == who) {
            shared.try_tell(number, PluginEvent::Joined(peer));
        }
    }

    /// A plugin that was started late meets those whose half of it runs already.
    pub(super) fn meet_besides(&self, number: usize) {
        let met = self.besides.iter().filter(|beside| beside.there && beside.runs.contains(&number));
        met.for_each(|beside| self.meet_beside(number, beside.who));
    }

    /// Plugins that hear of this one. Those with rights beyond looking hear of nobody who only looks.
    fn who_meets_beside(&self, shared: &Shared, who: u32, runs: &BTreeSet<usize>) -> Vec<usize> {
        let meets = |(number, plugin): (usize, &super::Plugin)| {
            let meets = (!plugin.late || runs.contains(&number)) && shared.may_talk(number, who);
            meets.then_some(number)
        };
        self.plugins.iter().enumerate().filter_map(meets).collect()
    }

    /// What the machines of further ends want done.
    pub(super) async fn carry_out_besides(&mut self) {
        let next = |besides: &mut [Beside]| {
            besides.iter_mut().find_map(|beside| Some((beside.id, beside.end.machine.poll_action()?)))
        };
        while let Some((id, action)) = next(&mut self.besides) {
            tracing::debug!(session = %id, ?action, "beside");
            self.carry_out_beside(id, action).await;
        }
        while let Some(id) = self.besides.iter().find(|beside| beside.has_arrived()).map(|beside| beside.id) {
            self.beside_came(id).await;
        }
    }

    async fn carry_out_beside(&mut self, id: SessionId, action: Action) {
        let hello = self.hello();
        let network = self.config.network.clone();
        let Some(beside) = self.beside(id) else { return };
        match action {
            Action::StartPairing => {
                if let Some(message) = beside.end.start_pairing(Side::Customer, id) {
                    self.relay_says(message);
                }
            }
            // They are the session's, and run.
            Action::FetchPlugins | Action::StartPlugins => {}
            Action::OpenLink => beside.end.open_link(Side::Customer, &network, &beside.offer),
            Action::SendHello => beside.end.say(hello),
            // Before this program came.
            Action::AskCustomer => self.feed_beside(id, Event::Answered { begin: true }),
            Action::SendAccepted => {
                beside.end.say(PeerMessage::Accepted);
                self.tell_consents();
            }
            Action::PeerJoined => self.beside_joined(id).await,
            Action::PeerLeft => self.beside_left(id).await,
            Action::SendEnd(reason) => beside.end.say(PeerMessage::End { reason }),
            Action::Close(reason) => self.close_beside(id, reason).await,
        }
    }

    async fn beside_joined(&mut self, id: SessionId) {
        let Some(shared) = self.shared.clone() else { return };
        let Some(beside) = self.beside(id) else { return };
        beside.there = true;
        let (who, name, runs) = (beside.who, beside.name.clone(), beside.runs.clone());
        let peer = Participant { id: who, role: Role::Rep, name };
        shared.set_peer(who, Some(peer.clone()));
        self.say_running();
        for plugin in self.who_meets_beside(&shared, who, &runs) {
            shared.tell_soon(plugin, PluginEvent::Joined(peer.clone())).await;
        }
        shared.set_joined(who, true);
        self.tell_present();
    }

    /// They are there for the first time, and their plugins run. Before that whoever asked for them does not leave: a program
    /// that cannot get its plugins ready helps nobody.
    async fn beside_came(&mut self, id: SessionId) {
        let Some(beside) = self.beside(id) else { return };
        beside.came = true;
        let (name, from, takes_over) = (beside.name.clone(), beside.from.take(), beside.takes_over);
        let Some(from) = from else { return };
        let notice = if takes_over { HostNotice::RepTookOver } else { HostNotice::RepJoined };
        self.notice_of_host(Tone::Plain, name.clone(), notice);
        self.tell_came(from, name);
        if takes_over {
            self.hand_over(from, id).await;
        }
        self.tell_present();
    }

    async fn beside_left(&mut self, id: SessionId) {
        let Some(shared) = self.shared.clone() else { return };
        let Some(beside) = self.beside(id) else { return };
        if !std::mem::take(&mut beside.there) {
            return;
        }
        beside.end.paused_there = false;
        beside.ready = false;
        let (who, runs) = (beside.who, std::mem::take(&mut beside.runs));
        if beside.end.conversation.is_none() {
            shared.set_link(who, None);
        }
        part(&shared, who, &self.who_meets_beside(&shared, who, &runs)).await;
        self.apply_pause();
        self.tell_present();
    }

    async fn close_beside(&mut self, id: SessionId, reason: EndReason) {
        self.beside_left(id).await;
        let Some(at) = self.besides.iter().position(|beside| beside.id == id) else { return };
        let mut beside = self.besides.remove(at);
        beside.end.close();
        self.write_note_if_known();
        if let Some(shared) = &self.shared {
            shared.remove_other(beside.who);
        }
        self.relay_says(ToRelay::EndSession { session: id, reason: reason.name().to_owned() });
        match beside.from {
            // They were to come, and did not.
            Some(from) => self.tell_not_come(from, beside.name, false),
            None if self.is_over() => {}
            None => self.notice_of_host(Tone::Plain, beside.name, HostNotice::RepLeft),
        }
        self.tell_present();
    }

    /// The new rep is there: the one who asked leaves, and if that was who leads, the new one leads.
    async fn hand_over(&mut self, from: u32, to: SessionId) {
        let leads = self.shared.as_ref().is_some_and(|shared| shared.peer_id() == from);
        if leads {
            self.end.say(PeerMessage::End { reason: EndReason::HandedOver });
            self.lead(to, EndReason::HandedOver).await;
        } else if let Some(before) = self.besides.iter().find(|beside| beside.who == from).map(|beside| beside.id) {
            self.feed_beside(before, Event::End(EndReason::HandedOver));
        }
    }

    /// Whoever leads is gone, for that reason: another end takes their place with all that is the session's.
    async fn lead(&mut self, to: SessionId, reason: EndReason) {
        let Some(shared) = self.shared.clone() else { return };
        let Some(at) = self.besides.iter().position(|beside| beside.id == to) else { return };
        let before = shared.peer_id();
        if shared.is_there(before) {
            let plugins = self.who_meets(&shared);
            part(&shared, before, &plugins).await;
        }
        self.report_waiting(usize::MAX);
        self.relay_says(ToRelay::EndSession { session: self.config.id, reason: reason.name().to_owned() });
        let beside = self.besides.remove(at);
        let mut old = std::mem::replace(&mut self.end, beside.end);
        old.close();
        self.config.id = beside.id;
        self.offer = Some(beside.offer);
        for (number, plugin) in self.plugins.iter_mut().enumerate() {
            plugin.runs_there = beside.runs.contains(&number);
        }
        shared.set_main(beside.who);
        shared.remove_other(before);
        shared.transfers.go_on_as(beside.id.0);
        self.view.session = Some(beside.id);
        self.view.peer = beside.name;
        self.view.safety_code = beside.safety_code;
        self.view.link = beside.link;
        self.told_round_trip_us = beside.told_round_trip_us;
        self.apply_pause();
        self.write_note();
        self.tell_present();
    }

    /// True: whoever led is gone for good, and somebody else leads now.
    pub(super) async fn goes_on_without(&mut self, reason: EndReason) -> bool {
        match self.successor(reason) {
            Some(id) => {
                self.lead(id, reason).await;
                true
            }
            None => false,
        }
    }

    /// Who leads next, if whoever leads has left for that reason and somebody is there who may.
    fn successor(&self, reason: EndReason) -> Option<SessionId> {
        let gone = self.config.side == Side::Customer && reason == EndReason::RepGone;
        self.besides.iter().find(|beside| beside.helps()).map(|beside| beside.id).filter(|_| gone)
    }

    /// Somebody helps beside whoever leads.
    pub(super) fn is_helped_beside(&self) -> bool {
        self.besides.iter().any(Beside::helps)
    }

    /// The session is over, and not for whoever led alone.
    pub(super) fn is_over_for_all(&self) -> bool {
        match self.end.machine.state() {
            State::Ended(reason) => self.successor(*reason).is_none(),
            State::Failed(_) => true,
            State::Waiting | State::Connecting(_) | State::AwaitingConsent | State::Active | State::Lost { .. } => {
                false
            }
        }
    }

    /// The session is over for everybody.
    pub(super) fn end_besides(&mut self, reason: EndReason) {
        self.coming = None;
        for mut beside in std::mem::take(&mut self.besides) {
            beside.end.say(PeerMessage::End { reason });
            beside.end.close();
            self.relay_says(ToRelay::EndSession { session: beside.id, reason: reason.name().to_owned() });
        }
    }

    /// With each tick: silence, lines that lead to somebody else, and whoever takes too long to come.
    pub(super) fn tend_besides(&mut self) {
        self.tend_coming();
        let now_ms = self.now_ms();
        let mut events = Vec::new();
        for beside in &mut self.besides {
            beside.end.machine.handle_time(now_ms);
            let stranger = beside.end.standing.as_ref().is_some_and(|standing| standing.borrow().is_stranger());
            if stranger && !beside.came {
                events.push((beside.id, Event::PairingFailed(Failure::KeysDiffer)));
            } else if !beside.came && beside.since.elapsed() > PATIENCE {
                events.push((beside.id, Event::End(EndReason::RepGone)));
            }
            let Some(conversation) = &beside.end.conversation else { continue };
            let stats = conversation.link.stats();
            let silent = stats.since_peer > SILENCE;
            if silent != matches!(beside.end.machine.state(), State::Lost { .. }) {
                events.push((beside.id, if silent { Event::LinkSilent } else { Event::LinkHeard }));
            }
            let link = link_view(&stats);
            if beside.there && is_news(&beside.link, beside.told_round_trip_us, &link) {
                beside.told_round_trip_us = link.round_trip_us;
                tell_link(self.shared.as_ref(), beside.who, &link);
            }
            beside.link = link;
        }
        events.into_iter().for_each(|(id, event)| self.feed_beside(id, event));
    }

    /// Shows the customer who is there, and tells every rep.
    pub(super) fn tell_present(&mut self) {
        let (Side::Customer, Some(shared)) = (self.config.side, self.shared.clone()) else { return };
        let main = shared.peer_id();
        let leads = PresentRep {
            name: self.view.peer.clone(),
            observing: false,
            you: false,
            safety_code: self.view.safety_code.clone(),
        };
        let beside = |beside: &Beside| {
            let (name, safety_code) = (beside.name.clone(), beside.safety_code.clone());
            (beside.who, PresentRep { name, observing: beside.observing, you: false, safety_code })
        };
        let further = self.besides.iter().filter(|beside| beside.there).map(beside);
        let there = shared.is_there(main).then_some((main, leads)).into_iter();
        let present: Vec<(u32, PresentRep)> = there.chain(further).collect();
        let told = |to: u32| PeerMessage::Present {
            reps: present
                .iter()
                .map(|(who, rep)| peer::PresentRep {
                    name: rep.name.clone(),
                    observing: rep.observing,
                    you: *who == to,
                })
                .collect(),
        };
        // A session of two tells nobody what they know.
        if self.participants > CUSTOMER {
            self.end.say(told(main));
            self.besides.iter().filter(|beside| beside.there).for_each(|beside| beside.end.say(told(beside.who)));
        }
        self.view.reps = Arc::new(present.into_iter().map(|(_, rep)| rep).collect());
        self.dirty = true;
    }
}

/// Whether the relay calls whoever it brings as it called whom the customer was asked about.
fn is_whom_the_customer_let_in(offer: &SessionOffer, name: &str, account: &str) -> bool {
    !name.is_empty() && tidy(&offer.rep, NAME_CHARS_MAX) == name && offer.account == account
}

/// Plugins cannot talk to this rep any more.
async fn part(shared: &Arc<Shared>, who: u32, plugins: &[usize]) {
    shared.set_joined(who, false);
    shared.set_peer(who, None);
    shared.streams.reset_of(who);
    shared.transfers.link_gone(who);
    shared.end_pictures_to(who);
    shared.boards.end_of(shared, who);
    shared.desk.release_input();
    for plugin in plugins {
        shared.tell_soon(*plugin, PluginEvent::Left(who)).await;
    }
}

fn tell_link(shared: Option<&Arc<Shared>>, who: u32, link: &LinkView) {
    let Some(shared) = shared else { return };
    let state = link_settings(link);
    shared.plugins().for_each(|plugin| shared.try_tell(plugin, PluginEvent::Link { who, state: state.clone() }));
}

#[cfg(test)]
#[path = "beside_tests.rs"]
mod tests;
