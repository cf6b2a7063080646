//! What each account's licence says now, told to both sides of its sessions; and how many sessions a rep may have at once.
//!
//! The documents come signed, since the hub has no key and no clock of the day: [`crate::licensing`] makes them, renews them
//! and says which features they cover at this moment.
//!
//! Sessions at once are those that run and that their rep's program is in. A code is none yet, whoever has come with it: else
//! a stranger who knows five digits would keep a rep from working. What a crashed program left behind is none any more; it can
//! still be taken up, until another session begins in its place and it ends. So nobody is locked out, and nobody has more at
//! once than is licensed.

use super::Hub;
use super::action::Action;
use super::input::{ConnectionId, RepIdentity};
use super::session::{Session, Stage};
use lotse_protocol::control::{SessionId, Side};
use lotse_protocol::licence::SignedLicence;
use lotse_protocol::peer::EndReason;
use std::collections::BTreeSet;
use std::sync::Arc;

/// An account's licence, as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLicence {
    /// The whole document, for its reps.
    pub signed: Arc<SignedLicence>,
    /// What a customer's program needs of it: whoever knows five digits of a code may read this one.
    pub for_customers: Arc<SignedLicence>,
    /// Features that it covers at this moment.
    pub covered: BTreeSet<String>,
    /// Sessions that one rep may have at once; `None`: any number.
    pub sessions_max: Option<u32>,
}

impl AccountLicence {
    /// What that side of a session is given.
    pub(super) fn document_for(&self, side: Side) -> Arc<SignedLicence> {
        match side {
            Side::Rep => Arc::clone(&self.signed),
            Side::Customer => Arc::clone(&self.for_customers),
        }
    }
}

impl Hub {
    /// Licences that are new, changed or renewed. Whoever goes by them is told.
    pub(super) fn licences(&mut self, licences: Vec<(i64, AccountLicence)>) {
        let mut told: Vec<(ConnectionId, Side, i64)> = Vec::new();
        for (account, licence) in licences {
            self.licences.insert(account, licence);
            for standing in self.seats.standing(account) {
                let sign_in = standing.rep.sign_in;
                told.extend(self.sign_ins.get(&sign_in).map(|rep| (*rep, Side::Rep, account)));
                self.office.desk.look_again(sign_in);
            }
            let customers = self.sessions.of_account(account).filter_map(|session| session.customer.connection);
            told.extend(customers.map(|customer| (customer, Side::Customer, account)));
        }
        told.sort_unstable_by_key(|(to, _, account)| (*to, *account));
        for (to, side, account) in told {
            self.tell_licence(to, side, account);
        }
    }

    /// Says what an account's licence is, if that is known.
    pub(super) fn tell_licence(&mut self, to: ConnectionId, side: Side, account: i64) {
        if let Some(licence) = self.licences.get(&account) {
            self.actions.push_back(Action::Licence { to, licence: licence.document_for(side) });
        }
    }

    /// Whether an account has a plugin's feature. `features` are those of when the code was made, for as long as nothing
    /// newer is known.
    pub(super) fn is_licensed(&self, account: i64, feature: Option<&String>, features: &BTreeSet<String>) -> bool {
        let covered = self.licences.get(&account).map_or(features, |licence| &licence.covered);
        feature.is_none_or(|feature| covered.contains(feature))
    }

    /// Why a rep may not have another session now.
    pub(super) fn too_many_sessions(&self, owner: &RepIdentity) -> Option<String> {
        let max = self.sessions_max(owner.account)?;
        let allowed = if max == 1 { "one session".to_owned() } else { format!("{max} sessions") };
        let going_on = self.sessions.of_rep(owner).filter(|session| goes_on(session)).count();
        (going_on >= max as usize)
            .then(|| format!("Your licence is for {allowed} at once. End one of yours before the next begins."))
    }

    /// Whether this sign-in's rep could answer a question beside what they are in or about to be in.
    pub(super) fn has_room_for_question(&self, sign_in: i64) -> bool {
        let known = self.sign_ins.get(&sign_in).and_then(|connection| self.connections.get(connection));
        let Some(rep) = known.and_then(|known| known.rep.as_ref()) else { return false };
        let Some(max) = self.sessions_max(rep.account) else { return true };
        let taken = |session: &&Session| match session.stage {
            Stage::Open { .. } => self.office.book.of_session(session.id).is_some(),
            Stage::Pairing { .. } => true,
            Stage::Running => goes_on(session),
        };
        self.sessions.of_rep(rep).filter(taken).count() < max as usize
    }

    /// A session of this rep came, went, or was left or taken up: each of their sign-ins may be able to answer a question
    /// now, or no longer.
    pub(super) fn room_changed(&mut self, owner: &RepIdentity) {
        self.places_changed(owner);
        if self.sessions_max(owner.account).is_none() {
            return;
        }
        for standing in self.seats.standing(owner.account).filter(|standing| standing.rep.rep == owner.rep) {
            self.office.desk.look_again(standing.rep.sign_in);
        }
    }

    /// A customer comes with a code of a rep who has as many sessions as are licensed. The rep is told once for each code,
    /// however often somebody tries; the code leads on.
    pub(super) fn has_no_room(&mut self, id: SessionId) -> bool {
        let Some(session) = self.sessions.get(&id) else { return false };
        let Some(why) = self.too_many_sessions(&session.owner) else { return false };
        let Some(session) = self.sessions.get_mut(&id) else { return false };
        let told = std::mem::replace(&mut session.busy_told, true);
        if let Some(rep) = session.rep.connection.filter(|_| !told) {
            self.refuse(rep, &why);
        }
        true
    }

    /// Another session of this rep has begun while these two proved their code to each other. It is spent.
    pub(super) fn no_room_for_paired(&mut self, now_ms: u64, rep: ConnectionId, id: SessionId, why: &str) {
        let customer = self.sessions.get(&id).and_then(|session| session.customer.connection);
        self.refuse(rep, why);
        if let Some(customer) = customer {
            self.refuse(
                customer,
                "Whoever gave you this code is busy with others; ask them for a new one in a moment.",
            );
        }
        self.end(now_ms, id, EndReason::RepEnded.name());
    }

    /// A session of this rep has begun: what a program of theirs left behind ends, as far as it is more than is licensed.
    pub(super) fn end_left_behind(&mut self, now_ms: u64, owner: &RepIdentity) {
        let Some(max) = self.sessions_max(owner.account) else { return };
        let running = || self.sessions.of_rep(owner).filter(|session| session.stage == Stage::Running);
        let over = running().count().saturating_sub(max as usize);
        let left = running().filter(|session| !goes_on(session));
        let mut left: Vec<(u64, SessionId)> = left.map(|session| (session.rep.gone_since_ms, session.id)).collect();
        left.sort_unstable();
        for (_, id) in left.into_iter().take(over) {
            self.end(now_ms, id, EndReason::RepGone.name());
        }
    }

    /// Of an account whose licence has not come yet, one: it may have been made a moment ago. Where there are no licences at
    /// all there is no limit.
    fn sessions_max(&self, account: i64) -> Option<u32> {
        match self.licences.get(&account) {
            Some(licence) => licence.sessions_max,
            None => (!self.licences.is_empty()).then_some(1),
        }
    }
}

/// It runs, and its rep's program is in it.
fn goes_on(session: &Session) -> bool {
    session.stage == Stage::Running && session.rep.connection.is_some()
}
