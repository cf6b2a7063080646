//! One question: where it stands, how far it is, what is due.
//!
//! ```text
//!   Waiting ──offered──▶ Offered ──answered──▶ Taken ──paired──▶ Running ──▶ over
//!    ▲ ▲ └──answered from the list──────────────▲ │
//!    │ └─passed, rep gone──┘                      │ code expired, rep gone: to the front
//!    └────────────────────────────────────────────┘ dropped by the rep: to where it was
//! ```
//!
//! A running session that is handed over to a portal's reps stands among them ([`Subject::Session`]): it is offered and passed as
//! they are, and is over when it runs with whoever took it.
//!
//! A rep can also close one that waits. Who has said no to one many times is not offered it any more; it waits on for others, and
//! in the list.

use super::record::{QuestionRecord, QuestionStage};
use super::routes::Route;
use crate::token::TokenHash;
use lotse_protocol::control::SessionId;
use lotse_protocol::handover::Purpose;
use lotse_protocol::question::QuestionId;
use std::collections::{BTreeMap, BTreeSet};

/// How often a rep is offered a question that they say no to: a sixth alert would only disturb them. It stays in their list, and
/// is offered to whoever has not said no so often.
const DECLINED_MAX: u8 = 5;

/// How long whoever hands a session over may take to say another key, in milliseconds. Their program does it by itself, at once:
/// one that does not is not there, or does not want to.
const NO_KEY_MS: u64 = 60_000;

/// A place in a line. What was given back and whose customer is in talk already stand before all others; among equals comes first
/// who asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::hub) struct Place {
    pub behind: bool,
    pub number: u64,
}

/// What stands in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::hub) enum Subject {
    /// A question, of whoever has the page that holds the token.
    Page { token: TokenHash, key: Vec<u8> },
    /// A running session. Never stored: the wish for it does not outlive a relay, and whoever has it wishes again.
    Session(Handed),
}

/// A running session that is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::hub) struct Handed {
    pub session: SessionId,
    /// Whose it is; that rep is never asked for it.
    pub rep: i64,
    pub from: String,
    pub purpose: Purpose,
    pub note: String,
    /// Since when whoever hands it over has yet to say another key: so long it is offered to nobody.
    pub keyless_since_ms: Option<u64>,
}

/// Who let a question pass, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::hub) struct Passes {
    passed: BTreeSet<i64>,
    declined: BTreeMap<i64, u8>,
    again_ms: Option<u64>,
}

/// What is known of whoever stands in a line.
#[derive(Debug, Clone)]
pub(in crate::hub) struct Customer {
    pub name: String,
    pub text: String,
    pub system: String,
}

/// How far a question is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::hub) enum State {
    Waiting,
    Offered { sign_in: i64, until_ms: u64 },
    Taken { session: SessionId, rep: String, sealed: Option<Vec<u8>> },
    Running { session: SessionId, rep: String },
}

/// What a question's time brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::hub) enum Due {
    /// Nobody has seen its page for too long.
    PageGone,
    OfferOver,
    /// Whoever passed it is asked again.
    Again,
    /// The key for the next who takes it has not come.
    NoKey,
}

/// A question of any state.
#[derive(Debug)]
pub(in crate::hub) struct Question {
    pub id: QuestionId,
    pub portal: i64,
    pub account: i64,
    pub portal_name: String,
    pub subject: Subject,
    pub name: String,
    pub text: String,
    pub language: String,
    pub system: String,
    pub place: Place,
    pub state: State,
    /// Reps who passed it, or to whom it was offered for nothing, since all were asked last.
    pub passed: BTreeSet<i64>,
    /// How often reps said no to it. An earlier relay's are forgotten.
    declined: BTreeMap<i64, u8>,
    /// The rep who took it let it go again, without its customer's doing.
    pub let_go: bool,
    /// When they are asked again; there while anybody passed it.
    pub again_ms: Option<u64>,
    /// Since when its page is not there.
    pub page_gone_ms: Option<u64>,
    /// Place in its portal's line and reps there, as its page was told last.
    pub told: (u32, u32),
    since_ms: u64,
    /// For how long it waited at an earlier relay.
    before_ms: u64,
}

impl Question {
    /// As it is stored, and as it begins: waiting, and with a page that has yet to come.
    pub fn of(record: QuestionRecord, number: u64, now_ms: u64) -> Self {
        let QuestionRecord {
            question,
            portal,
            account,
            portal_name,
            token,
            name,
            text,
            language,
            system,
            page_key,
            front,
            stage: _,
            waited_ms,
        } = record;
        Self {
            id: question,
            portal,
            account,
            portal_name,
            subject: Subject::Page { token, key: page_key },
            name,
            text,
            language,
            system,
            place: Place { behind: !front, number },
            state: State::Waiting,
            passed: BTreeSet::new(),
            declined: BTreeMap::new(),
            let_go: false,
            again_ms: None,
            page_gone_ms: Some(now_ms),
            told: (0, 0),
            since_ms: now_ms,
            before_ms: waited_ms,
        }
    }

    /// A running session that is handed over to a portal's reps. `before_ms`: it has waited so long already.
    pub fn handed(
        (id, handed): (QuestionId, Handed),
        route: &Route,
        customer: Customer,
        (number, now_ms, before_ms): (u64, u64, u64),
    ) -> Self {
        let Customer { name, text, system } = customer;
        Self {
            id,
            portal: route.portal,
            account: route.account,
            portal_name: route.name.clone(),
            subject: Subject::Session(handed),
            name,
            text,
            language: String::new(),
            system,
            place: Place { behind: false, number },
            state: State::Waiting,
            passed: BTreeSet::new(),
            declined: BTreeMap::new(),
            let_go: false,
            again_ms: None,
            page_gone_ms: None,
            told: (0, 0),
            since_ms: now_ms,
            before_ms,
        }
    }

    /// The running session that it is, if it is one.
    pub fn session(&self) -> Option<&Handed> {
        match &self.subject {
            Subject::Page { .. } => None,
            Subject::Session(handed) => Some(handed),
        }
    }

    /// What the page of its customer holds, if it has one.
    pub fn token(&self) -> Option<&TokenHash> {
        match &self.subject {
            Subject::Page { token, .. } => Some(token),
            Subject::Session(_) => None,
        }
    }

    /// As it is stored; `None`: it is not.
    pub fn record(&self, now_ms: u64) -> Option<QuestionRecord> {
        let Subject::Page { token, key } = &self.subject else { return None };
        Some(QuestionRecord {
            question: self.id,
            portal: self.portal,
            account: self.account,
            portal_name: self.portal_name.clone(),
            token: *token,
            name: self.name.clone(),
            text: self.text.clone(),
            language: self.language.clone(),
            system: self.system.clone(),
            page_key: key.clone(),
            front: !self.place.behind,
            stage: match &self.state {
                State::Waiting | State::Offered { .. } => QuestionStage::Waiting,
                State::Taken { session, .. } => QuestionStage::Taken(*session),
                State::Running { session, .. } => QuestionStage::Running(*session),
            },
            waited_ms: self.waited_ms(now_ms),
        })
    }

    /// Since it was asked.
    pub fn waited_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.since_ms).saturating_add(self.before_ms)
    }

    /// It stands in a line, offered or not.
    pub fn is_in_line(&self) -> bool {
        match self.state {
            State::Waiting | State::Offered { .. } => true,
            State::Taken { .. } | State::Running { .. } => false,
        }
    }

    /// It waits, is offered to nobody, and may be.
    pub fn is_open(&self) -> bool {
        self.state == State::Waiting && self.keyless_since_ms().is_none()
    }

    fn keyless_since_ms(&self) -> Option<u64> {
        self.session().and_then(|handed| handed.keyless_since_ms)
    }

    /// It may be offered to this rep.
    pub fn is_for(&self, rep: i64) -> bool {
        let own = self.session().is_some_and(|handed| handed.rep == rep);
        !own && !self.passed.contains(&rep) && self.declined.get(&rep).is_none_or(|times| *times < DECLINED_MAX)
    }

    /// When something is due, and what.
    pub fn due(&self, page_keep_ms: u64) -> Option<(u64, Due)> {
        let page = self.page_gone_ms.map(|since_ms| (since_ms.saturating_add(page_keep_ms), Due::PageGone));
        match self.state {
            State::Waiting => {
                let again = self.again_ms.map(|at_ms| (at_ms, Due::Again));
                let no_key = self.keyless_since_ms().map(|since_ms| (since_ms.saturating_add(NO_KEY_MS), Due::NoKey));
                page.into_iter().chain(again).chain(no_key).min()
            }
            State::Offered { until_ms, .. } => page.into_iter().chain([(until_ms, Due::OfferOver)]).min(),
            State::Taken { .. } | State::Running { .. } => None,
        }
    }

    /// This rep passed it, or did not answer in time.
    pub fn pass(&mut self, rep: i64, again_ms: u64, said_so: bool) {
        self.passed.insert(rep);
        self.again_ms = Some(again_ms);
        if said_so {
            let times = self.declined.entry(rep).or_default();
            *times = times.saturating_add(1);
        }
    }

    /// Who let it pass so far.
    pub fn passes(&self) -> Passes {
        Passes { passed: self.passed.clone(), declined: self.declined.clone(), again_ms: self.again_ms }
    }

    /// Who let it pass before it stood here.
    pub fn set_passes(&mut self, passes: Passes) {
        let Passes { passed, declined, again_ms } = passes;
        (self.passed, self.declined, self.again_ms) = (passed, declined, again_ms);
    }

    /// Whoever passed it is asked again.
    pub fn begin_round(&mut self) {
        self.passed.clear();
        self.again_ms = None;
    }
}
