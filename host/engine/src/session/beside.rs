//! Customer's side: further reps in the session, each with keys, a line and a session at the relay of its own.
//!
//! The customer's plugins, prompts and consents are the session's, whoever is there. Whoever comes to take over leads as soon as
//! plugins have met them, and only then the one before leaves: the customer is never without a rep. If one vanishes on the way,
//! nothing has changed. When the one who leads is gone for good, the next leads, if they may do more than look; somebody whom the
//! customer has just let do more is waited for as whoever led would be.

mod hearing;
mod leading;
mod meeting;
mod present;
mod tending;

use super::coming::{Coming, Way};
use super::end::{End, EndReports};
use super::{EndEvent, Task};
use crate::view::{HostNotice, LinkView, Tone};
use lotse_protocol::control::{SessionId, SessionOffer, Side, ToRelay};
use lotse_protocol::handover::Purpose;
use lotse_protocol::peer::EndReason;
use lotse_protocol::tidy;
use lotse_session::{Event, Machine};
use std::collections::BTreeSet;
use std::net::IpAddr;
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
    /// The participant who asked for them to come, or to lead, until that came to something; and in whose place they come, if
    /// they do.
    from: Option<u32>,
    takes_over: bool,
    /// They looked on until the customer let them lead, and it did not come to that yet.
    promoted: bool,
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
    /// When they were last wished for.
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
        self.is_ready() && !self.observing
    }

    /// They looked on, and are to lead at the customer's word: their line is being made anew.
    fn is_to_lead(&self) -> bool {
        self.promoted && self.from.is_some()
    }

    /// They are there, and their line is not silent: who is shown to everybody. Their streams stand for when it is heard again.
    pub(super) fn is_heard(&self) -> bool {
        self.there && !self.end.is_lost()
    }

    /// They are there, and their plugins run.
    pub(super) fn is_ready(&self) -> bool {
        self.there && self.ready
    }

    /// They are as somebody wished them to be, and nothing was made of it yet.
    fn has_arrived(&self) -> bool {
        self.is_ready() && self.from.is_some()
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
        let Coming { way, name, purpose, from, begun: _, since: _ } = coming;
        // Whoever is here already is brought by nobody.
        let Way::Code(code) = way else { return self.tell_not_come(from, name, true) };
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
            promoted: false,
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
}

/// Whether the relay calls whoever it brings as it called whom the customer was asked about.
fn is_whom_the_customer_let_in(offer: &SessionOffer, name: &str, account: &str) -> bool {
    !name.is_empty() && tidy(&offer.rep, NAME_CHARS_MAX) == name && offer.account == account
}

#[cfg(test)]
#[path = "beside_tests.rs"]
mod tests;
