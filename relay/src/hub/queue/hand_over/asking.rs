//! One after another is asked for a session, each for a while, until somebody takes it, everybody was asked, or nobody is free for
//! too long.

use super::super::hand_overs::{Reader, Stage, Wanted};
use super::super::routes::Group;
use crate::hub::Hub;
use crate::hub::action::{Action, AuditKind};
use crate::hub::input::ConnectionId;
use lotse_protocol::control::FromRelay;
use lotse_protocol::handover::{AskedEnd, HandOverId, HandOverOutcome, OFFER_S, OfferedHandOver};

/// Nobody is free: it is looked again so soon.
pub(super) const AGAIN_MS: u64 = 2_000;

impl Hub {
    /// Asks the next who fits, or looks again later, or gives up.
    pub(super) fn seek_hand_over(&mut self, now_ms: u64, id: HandOverId) {
        let Some(hand_over) = self.office.hand_overs.get(id) else { return };
        let Some(owner) = self.sessions.get(&hand_over.session).map(|session| session.owner.clone()) else {
            return self.end_hand_over(id, HandOverOutcome::Gone, String::new());
        };
        let found = match hand_over.to {
            Wanted::Rep(rep) if hand_over.asked.contains(&rep) => None,
            Wanted::Rep(rep) if self.is_here(hand_over.session, rep) => self.sign_in_here(hand_over, rep),
            Wanted::Rep(rep) => self.sign_in_of(rep, &owner),
            Wanted::Team(team) => self.candidate_of(Group::Team(team), &owner, &self.left_out_of(hand_over)),
            // Its line looks for somebody.
            Wanted::Portal(_) => None,
        };
        if let Some(sign_in) = found {
            return self.offer_hand_over(now_ms, id, sign_in);
        }
        let said_no = !hand_over.asked.is_empty();
        if !said_no && now_ms < hand_over.until_ms {
            self.office.hand_overs.change(id, |hand_over| {
                hand_over.stage = Stage::Seeking;
                hand_over.due_ms = Some(now_ms + AGAIN_MS);
            });
        } else {
            let outcome = if said_no { HandOverOutcome::Declined } else { HandOverOutcome::Nobody };
            self.end_hand_over(id, outcome, String::new());
        }
    }

    fn offer_hand_over(&mut self, now_ms: u64, id: HandOverId, sign_in: i64) {
        let Some(to) = self.sign_ins.get(&sign_in).copied() else { return };
        self.office.hand_overs.change(id, |hand_over| {
            hand_over.stage = Stage::Offered { sign_in };
            hand_over.readers = [(sign_in, Reader::default())].into();
            hand_over.due_ms = Some(now_ms + u64::from(OFFER_S) * 1000);
        });
        self.ask_hand_over(to, id, OFFER_S);
    }

    /// Shows a rep what is handed over.
    pub(in crate::hub::queue) fn ask_hand_over(&mut self, to: ConnectionId, id: HandOverId, for_s: u16) {
        let Some(hand_over) = self.office.hand_overs.get(id) else { return };
        let Some(session) = self.sessions.get(&hand_over.session) else { return };
        let offer = OfferedHandOver {
            offer: id,
            from: session.owner.name.clone(),
            purpose: hand_over.purpose,
            customer: session.customer_name.clone(),
            system: session.system.clone(),
            question: session.origin.question.clone(),
            portal: session.origin.portal.clone(),
            note: hand_over.note.clone(),
            notes: String::new(),
        };
        let session = hand_over.session;
        // The notes are the store's.
        self.actions.push_back(Action::AskHandOver { to, session, offer, for_s });
    }

    /// Whoever was asked does not take it: the next is asked.
    pub(super) fn not_taken(&mut self, now_ms: u64, id: HandOverId, why: &str) {
        let Some(hand_over) = self.office.hand_overs.get(id) else { return };
        let Stage::Offered { sign_in } = hand_over.stage else { return };
        let session = hand_over.session;
        let known = self.sign_ins.get(&sign_in).and_then(|connection| self.connections.get(connection));
        let rep = known.and_then(|known| known.rep.clone());
        let row = rep.as_ref().map(|rep| rep.rep).or_else(|| self.office.desk.rep_of(sign_in));
        self.audit(AuditKind::HandOverDeclined, Some(session), rep.as_ref(), why.to_owned());
        if let Some(to) = self.sign_ins.get(&sign_in).copied() {
            self.send(to, FromRelay::HandOverOver { offer: id, end: AskedEnd::Passed });
        }
        self.office.hand_overs.change(id, |hand_over| {
            hand_over.asked.extend(row);
            hand_over.readers.clear();
            hand_over.stage = Stage::Seeking;
            hand_over.due_ms = None;
        });
        self.seek_hand_over(now_ms, id);
    }

    /// Whoever was asked is gone.
    pub(in crate::hub) fn asked_went(&mut self, now_ms: u64, sign_in: i64) {
        if let Some(id) = self.office.hand_overs.of_asked(sign_in).map(|hand_over| hand_over.id) {
            self.not_taken(now_ms, id, "gone");
        }
    }

    /// Does what is due of wishes.
    pub(in crate::hub) fn hand_overs_due(&mut self, now_ms: u64) {
        while let Some(id) = self.office.hand_overs.next_due(now_ms) {
            match self.office.hand_overs.get(id).map(|hand_over| hand_over.stage.clone()) {
                Some(Stage::Offered { .. }) => self.not_taken(now_ms, id, "not answered in time"),
                Some(Stage::Seeking | Stage::Accepted { .. }) => {
                    self.office.hand_overs.change(id, |hand_over| hand_over.due_ms = None);
                    self.seek_hand_over(now_ms, id);
                }
                // Of those nothing is due here.
                Some(Stage::Queued) | None => return,
            }
        }
    }
}
