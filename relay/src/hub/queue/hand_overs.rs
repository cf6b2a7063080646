//! The book of wishes for another rep in a running session: each by its id and its session, and what is due. Decides nothing.

use super::question::Passes;
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::{HandOverId, Purpose};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whom somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::hub) enum Wanted {
    Rep(i64),
    Team(i64),
    Portal(i64),
}

impl Wanted {
    /// Out of what programs call it, such as `team:12`.
    pub fn parse(id: &str) -> Option<Self> {
        let (kind, row) = id.split_once(':')?;
        let row = row.parse().ok()?;
        match kind {
            "rep" => Some(Self::Rep(row)),
            "team" => Some(Self::Team(row)),
            "portal" => Some(Self::Portal(row)),
            _ => None,
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rep(row) => write!(f, "rep:{row}"),
            Self::Team(row) => write!(f, "team:{row}"),
            Self::Portal(row) => write!(f, "portal:{row}"),
        }
    }
}

/// How far a wish is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::hub) enum Stage {
    /// Somebody is looked for.
    Seeking,
    /// One rep is asked.
    Offered { sign_in: i64 },
    /// It stands in a portal's line, and its row says who is asked ([`super::handed`]).
    Queued,
    /// A rep has it, and the customer has yet to come to this session of theirs.
    Accepted {
        session: SessionId,
        /// Whoever asked has the code, for their customer.
        told: bool,
    },
}

/// Who reads what is handed over before they answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::hub) struct Reader {
    /// Their program has asked what was said, and has been told.
    pub looked: bool,
    pub told: bool,
}

/// A wish of a rep's for a running session.
#[derive(Debug)]
pub(in crate::hub) struct HandOver {
    pub id: HandOverId,
    /// That they are in.
    pub session: SessionId,
    pub to: Wanted,
    pub purpose: Purpose,
    /// It is the wish of a manager to look on, who is whom it is for.
    pub watches: bool,
    pub note: String,
    /// What the code is to be sealed to. Empty: the one before is used up, and the next was not said yet.
    pub key: Vec<u8>,
    pub stage: Stage,
    /// By sign-in: whoever is asked, or has opened it from the list.
    pub readers: BTreeMap<i64, Reader>,
    /// How often each rep opened it from the list, by row: of an account there are so many and no more.
    pub opened: BTreeMap<i64, u8>,
    /// Reps who said no, or nothing.
    pub asked: BTreeSet<i64>,
    /// When to look again, or when whoever is asked has had their time.
    pub due_ms: Option<u64>,
    /// When it is given up, unless somebody is asked just then.
    pub until_ms: u64,
}

/// What is remembered of a wish that has left its line with the console that had it, for when that says it again.
#[derive(Debug)]
pub(in crate::hub) struct LeftLine {
    pub to: Wanted,
    pub purpose: Purpose,
    pub note: String,
    pub passes: Passes,
}

/// Every wish that stands.
#[derive(Debug, Default)]
pub(in crate::hub) struct HandOvers {
    all: BTreeMap<HandOverId, HandOver>,
    of_sessions: HashMap<SessionId, HandOverId>,
    /// Sessions that came of one, while their customer has yet to come.
    accepted: HashMap<SessionId, HandOverId>,
    /// Sign-ins that are asked.
    asked: HashMap<i64, HandOverId>,
    due: BTreeSet<(u64, HandOverId)>,
    /// Sign-ins that are asked now, or no longer.
    touched: BTreeSet<i64>,
    /// By running session; one at most.
    left: HashMap<SessionId, LeftLine>,
}

impl HandOvers {
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn insert(&mut self, hand_over: HandOver) {
        let id = hand_over.id;
        self.of_sessions.insert(hand_over.session, id);
        if let Some(due_ms) = hand_over.due_ms {
            self.due.insert((due_ms, id));
        }
        match &hand_over.stage {
            Stage::Seeking | Stage::Queued => {}
            Stage::Offered { sign_in } => {
                self.asked.insert(*sign_in, id);
                self.touched.insert(*sign_in);
            }
            Stage::Accepted { session, .. } => drop(self.accepted.insert(*session, id)),
        }
        self.all.insert(id, hand_over);
    }

    pub fn remove(&mut self, id: HandOverId) -> Option<HandOver> {
        let hand_over = self.all.remove(&id)?;
        self.of_sessions.remove(&hand_over.session);
        if let Some(due_ms) = hand_over.due_ms {
            self.due.remove(&(due_ms, id));
        }
        match &hand_over.stage {
            Stage::Seeking | Stage::Queued => {}
            Stage::Offered { sign_in } => {
                self.asked.remove(sign_in);
                self.touched.insert(*sign_in);
            }
            Stage::Accepted { session, .. } => drop(self.accepted.remove(session)),
        }
        Some(hand_over)
    }

    /// Changes one and puts it where it belongs then.
    pub fn change(&mut self, id: HandOverId, change: impl FnOnce(&mut HandOver)) {
        if let Some(mut hand_over) = self.remove(id) {
            change(&mut hand_over);
            self.insert(hand_over);
        }
    }

    pub fn get(&self, id: HandOverId) -> Option<&HandOver> {
        self.all.get(&id)
    }

    /// Who reads one.
    pub fn readers(&mut self, id: HandOverId) -> Option<&mut BTreeMap<i64, Reader>> {
        self.all.get_mut(&id).map(|hand_over| &mut hand_over.readers)
    }

    /// The same, with how often each rep opened it.
    pub fn reading(&mut self, id: HandOverId) -> Option<(&mut BTreeMap<i64, Reader>, &mut BTreeMap<i64, u8>)> {
        self.all.get_mut(&id).map(|hand_over| (&mut hand_over.readers, &mut hand_over.opened))
    }

    /// A sign-in reads nothing any more. Wishes are few: a session has one at most.
    pub fn forget_reader(&mut self, sign_in: i64) {
        for hand_over in self.all.values_mut() {
            hand_over.readers.remove(&sign_in);
        }
    }

    /// Remembers a wish of a session until it is said again or the session is over.
    pub fn remember(&mut self, session: SessionId, left: LeftLine) {
        self.left.insert(session, left);
    }

    /// What was remembered of a session's wish. Once.
    pub fn recall(&mut self, session: SessionId) -> Option<LeftLine> {
        self.left.remove(&session)
    }

    /// A sign-in of which another may be asked something now, or nothing any more.
    pub fn next_touched(&mut self) -> Option<i64> {
        self.touched.pop_first()
    }

    pub fn of_session(&self, session: SessionId) -> Option<&HandOver> {
        self.all.get(self.of_sessions.get(&session)?)
    }

    /// The wish that this session came of.
    pub fn of_accepted(&self, session: SessionId) -> Option<&HandOver> {
        self.all.get(self.accepted.get(&session)?)
    }

    /// What a sign-in is asked.
    pub fn of_asked(&self, sign_in: i64) -> Option<&HandOver> {
        self.all.get(self.asked.get(&sign_in)?)
    }

    /// Managers' own, with who wishes to look on.
    pub fn of_managers(&self) -> impl Iterator<Item = (HandOverId, i64)> + '_ {
        self.all.values().filter(|of| of.watches).filter_map(|of| match of.to {
            Wanted::Rep(rep) => Some((of.id, rep)),
            Wanted::Team(_) | Wanted::Portal(_) => None,
        })
    }

    pub fn first_due(&self) -> Option<u64> {
        self.due.first().map(|(due_ms, _)| *due_ms)
    }

    /// One of which something is due now. It stays due until it is changed.
    pub fn next_due(&self, now_ms: u64) -> Option<HandOverId> {
        self.due.first().filter(|(due_ms, _)| *due_ms <= now_ms).map(|(_, id)| *id)
    }
}
