//! One session as the relay knows it: two ends, a stage, a deadline.
//!
//! ```text
//!   Open ──join──▶ Pairing ──paired──▶ Running ──▶ ended
//!    ▲ └─expired       │ customer left (in the middle of trying: one attempt less)
//!    └─────────────────┘
//! ```

use super::Limits;
use super::action::{Joined, SessionRecord};
use super::input::{ConnectionId, RepIdentity};
use super::queue::Origin;
use super::told::Minute;
use crate::token::{LegId, TokenHash};
use lotse_protocol::control::{PluginRef, SessionId, Side};
use lotse_protocol::peer::EndReason;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How far a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// A code was given out; nobody has come with it, or they left.
    Open { nameplate: u32, expires_ms: u64, attempts_left: u8 },
    /// A customer is there; the ends have not yet proved the code's secret half to each other.
    Pairing { nameplate: u32, expires_ms: u64, attempts_left: u8, since_ms: u64, attempt: Attempt },
    /// The ends hold each other's keys. Stored, and can be taken up again.
    Running,
}

/// How the customer's present attempt at the secret stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// The customer has said nothing yet.
    Fresh,
    /// It has, and so may learn whether a secret is right.
    Trying,
    /// The last one failed and is counted.
    Failed,
}

/// One end's control connection.
#[derive(Debug, Clone, Default)]
pub struct End {
    pub connection: Option<ConnectionId>,
    pub token: Option<TokenHash>,
    /// Since when neither its connection nor its packets are there; meaningful only without a connection.
    pub gone_since_ms: u64,
}

/// A session of any stage.
#[derive(Debug)]
pub struct Session {
    pub id: SessionId,
    /// `sign_in` is 0 in a running session after the relay was restarted.
    pub owner: RepIdentity,
    pub features: BTreeSet<String>,
    pub stage: Stage,
    pub rep: End,
    pub customer: End,
    pub customer_name: String,
    pub system: String,
    pub plugins: Arc<[PluginRef]>,
    pub origin: Origin,
    /// The session with the same customer that it was begun beside, the first of them all.
    pub beside: Option<SessionId>,
    /// What its rep came beside the first for.
    pub joined: Option<Joined>,
    /// The manager whom its rep's program was last told of, as one who wishes to look on.
    pub watch_asked: Option<i64>,
    /// The session of a rep who is here already and has taken it over, until the customer's program has done that.
    pub given_to: Option<SessionId>,
    /// The session whose rep says that they have left it to this one. The customer's program has yet to say so.
    pub left_by: Option<SessionId>,
    /// Audit lines of its programs.
    pub told: Minute,
    /// Its rep was told that somebody came with its code while no other session could begin: once is enough.
    pub busy_told: bool,
    /// When it stands in the hub's list of deadlines.
    pub deadline_ms: Option<u64>,
}

impl Session {
    /// The end of `side`.
    pub fn end(&self, side: Side) -> &End {
        match side {
            Side::Rep => &self.rep,
            Side::Customer => &self.customer,
        }
    }

    /// The same, to be changed.
    pub fn end_mut(&mut self, side: Side) -> &mut End {
        match side {
            Side::Rep => &mut self.rep,
            Side::Customer => &mut self.customer,
        }
    }

    /// Which side `connection` is of.
    pub fn side_of(&self, connection: ConnectionId) -> Option<Side> {
        if self.rep.connection == Some(connection) {
            Some(Side::Rep)
        } else if self.customer.connection == Some(connection) {
            Some(Side::Customer)
        } else {
            None
        }
    }

    /// What all sessions of one customer that were begun beside one another have in common.
    pub fn first(&self) -> SessionId {
        self.beside.unwrap_or(self.id)
    }

    /// What its tickets are for; `None` while nobody has come with its code.
    pub fn leg(&self) -> Option<LegId> {
        self.customer.token.as_ref().map(LegId::of)
    }

    /// When something is due, and what: a code's end, pairing's end, or the end of waiting for a side that is gone.
    pub fn due(&self, limits: &Limits) -> Option<(u64, Due)> {
        match self.stage {
            Stage::Open { expires_ms, .. } => Some((expires_ms, Due::CodeExpires)),
            Stage::Pairing { since_ms, .. } => Some((since_ms + limits.pairing_ms, Due::End(EndReason::NotTrusted))),
            Stage::Running => {
                let wait = |end: &End, wait_ms: u64, reason| {
                    end.connection.is_none().then(|| (end.gone_since_ms + wait_ms, Due::End(reason)))
                };
                let rep = wait(&self.rep, limits.rep_wait_ms, EndReason::RepGone);
                let customer = wait(&self.customer, limits.customer_wait_ms, EndReason::CustomerGone);
                match (customer, rep) {
                    (Some(customer), Some(rep)) => Some(if rep.0 < customer.0 { rep } else { customer }),
                    (customer, rep) => customer.or(rep),
                }
            }
        }
    }

    /// Its two ends talked at that time: whoever is waited for was there until then, without a control connection.
    pub fn talked_until(&mut self, at_ms: u64) {
        for end in [&mut self.rep, &mut self.customer] {
            end.gone_since_ms = end.gone_since_ms.max(at_ms);
        }
    }

    /// As it is stored; `None` before both ends have a token.
    pub fn record(&self) -> Option<SessionRecord> {
        Some(SessionRecord {
            session: self.id,
            rep: self.owner.rep,
            account: self.owner.account,
            rep_name: self.owner.name.clone(),
            account_name: self.owner.account_name.clone(),
            customer: self.customer_name.clone(),
            system: self.system.clone(),
            rep_token: self.rep.token?,
            customer_token: self.customer.token?,
            plugins: self.plugins.clone(),
            origin: self.origin.clone(),
        })
    }

    /// A stored session after a restart: both sides are gone since now.
    pub fn restored(record: SessionRecord, now_ms: u64) -> Self {
        let SessionRecord {
            session,
            rep,
            account,
            rep_name,
            account_name,
            customer,
            system,
            rep_token,
            customer_token,
            plugins,
            origin,
        } = record;
        let end = |token| End { connection: None, token: Some(token), gone_since_ms: now_ms };
        Self {
            id: session,
            owner: RepIdentity { sign_in: 0, rep, account, name: rep_name, account_name },
            features: BTreeSet::new(),
            stage: Stage::Running,
            rep: end(rep_token),
            customer: end(customer_token),
            customer_name: customer,
            system,
            plugins,
            origin,
            beside: None,
            joined: None,
            watch_asked: None,
            given_to: None,
            left_by: None,
            told: Minute::default(),
            busy_told: false,
            deadline_ms: None,
        }
    }
}

/// What a deadline brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    CodeExpires,
    End(EndReason),
}

/// The other side.
pub fn other(side: Side) -> Side {
    match side {
        Side::Rep => Side::Customer,
        Side::Customer => Side::Rep,
    }
}
