//! The session's state machine.

use crate::WAIT_MS;
use crate::state::{Action, Event, Failure, State, Step};
use lotse_protocol::control::Side;
use lotse_protocol::peer::EndReason;
use std::collections::VecDeque;

/// One side of one session.
#[derive(Debug)]
pub struct Machine {
    side: Side,
    state: State,
    facts: Facts,
    actions: VecDeque<Action>,
}

/// What has been reached so far. The state before `Active` follows from these.
#[derive(Debug, Default, Clone, Copy)]
struct Facts {
    met: bool,
    paired: bool,
    plugins: bool,
    link: bool,
    greeted: bool,
    /// The other side greeted at some time: whoever vanishes after that is missed.
    heard: bool,
    /// Rep's side: the relay says that the customer left after the keys were agreed and before it was ever heard, and has
    /// not said since that it is back.
    left: bool,
    accepted: bool,
    /// Plugins were started; they stay until the end.
    started: bool,
    /// Plugins believe the other side to be there.
    joined: bool,
    asked: bool,
    silent: bool,
    /// The relay says that the session is over, and why if it knows. The link is the session: while the other side is
    /// heard this counts for nothing.
    relay_ended: Option<Option<EndReason>>,
}

impl Machine {
    /// A session of the rep begins with its code, one of the customer with the typed code.
    pub fn new(side: Side) -> Self {
        Self { side, state: State::Waiting, facts: Facts::default(), actions: VecDeque::new() }
    }

    /// A session taken up by a program that was started again: keys and the customer's yes are those of before.
    pub fn restored(side: Side, accepted: bool) -> Self {
        let facts = Facts { paired: true, accepted, ..Facts::default() };
        Self { side, state: State::Connecting(Step::Link), facts, actions: VecDeque::new() }
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    /// The customer opened the session to the rep.
    pub fn accepted(&self) -> bool {
        self.facts.accepted
    }

    /// Takes an event at `now_ms` of a monotonic clock.
    pub fn handle(&mut self, now_ms: u64, event: Event) {
        if self.is_over() {
            return;
        }
        match event {
            Event::Met { resumed } => self.on_met(resumed),
            Event::Paired => self.on_paired(),
            Event::PairingFailed(failure) => self.on_failure(failure),
            Event::PluginsReady => self.facts.plugins = true,
            Event::PluginsFailed(why) => self.on_failure(Failure::Plugins(why)),
            Event::LinkUp => self.on_link_up(),
            Event::LinkDown => self.on_link_down(),
            Event::LinkSilent => self.facts.silent = self.facts.link,
            Event::LinkHeard => self.facts.silent = false,
            Event::Greeted { compatible } => self.on_greeted(compatible),
            Event::Answered { begin } => self.on_answer(begin),
            Event::CustomerLeft => self.on_customer_left(),
            Event::CustomerBack => self.facts.left = false,
            Event::PeerAccepted => self.facts.accepted |= self.side == Side::Rep && self.facts.greeted,
            Event::End(reason) => self.end(reason, true),
            Event::PeerEnded(reason) => self.end(reason, false),
            Event::RelayEnded(why) => self.facts.relay_ended = Some(why),
        }
        self.settle(now_ms);
    }

    /// Lets time pass.
    pub fn handle_time(&mut self, now_ms: u64) {
        if let State::Lost { until_ms } = self.state
            && now_ms >= until_ms
        {
            self.end(self.gone_reason(), true);
        }
    }

    /// When to call [`Self::handle_time`] next.
    pub fn poll_wake_ms(&self) -> Option<u64> {
        match self.state {
            State::Lost { until_ms } => Some(until_ms),
            _ => None,
        }
    }

    /// Next thing to do.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    fn on_met(&mut self, resumed: bool) {
        self.facts.relay_ended = None;
        let again = std::mem::replace(&mut self.facts.met, true);
        if !self.facts.paired {
            self.actions.push_back(Action::StartPairing);
        }
        if !again {
            self.actions.push_back(Action::FetchPlugins);
        }
        if self.facts.paired && resumed && !self.facts.link {
            self.actions.push_back(Action::OpenLink);
        }
    }

    fn on_paired(&mut self) {
        if self.facts.met && !std::mem::replace(&mut self.facts.paired, true) {
            self.actions.push_back(Action::OpenLink);
        }
    }

    /// A wrong secret on the rep's side leaves the code open for another attempt; anything else is final.
    fn on_failure(&mut self, failure: Failure) {
        match (&failure, self.side) {
            (Failure::WrongCode { attempts_left: 1.. }, Side::Rep) => {
                self.facts = Facts::default();
                self.state = State::Waiting;
            }
            (Failure::WrongCode { .. }, _) => {
                self.state = State::Failed(failure);
                self.actions.push_back(Action::Close(EndReason::NotTrusted));
            }
            (Failure::CodeVoid, _) => {
                self.state = State::Failed(failure);
                self.actions.push_back(Action::Close(EndReason::RepEnded));
            }
            (Failure::KeysDiffer, _) => self.fail(failure, EndReason::NotTrusted),
            (Failure::Plugins(_), _) => self.fail(failure, EndReason::PluginsFailed),
        }
    }

    /// Before the keys are agreed the code stands as if nobody had come. Once the other side was heard the link is what
    /// counts, and not the relay's word. In between only the relay can know: the code is used up, so it is this customer
    /// that is waited for.
    fn on_customer_left(&mut self) {
        if self.side != Side::Rep {
            return;
        }
        if self.facts.paired {
            self.facts.left = !self.facts.heard;
        } else {
            self.facts = Facts::default();
        }
    }

    /// It cannot go on here, and the other side is told why.
    fn fail(&mut self, failure: Failure, reason: EndReason) {
        self.actions.push_back(Action::SendEnd(reason));
        self.leave();
        self.state = State::Failed(failure);
        self.actions.push_back(Action::Close(reason));
    }

    fn on_link_up(&mut self) {
        if !self.facts.paired {
            return;
        }
        self.leave();
        self.facts.link = true;
        self.facts.silent = false;
        self.facts.greeted = false;
        self.actions.push_back(Action::SendHello);
    }

    fn on_link_down(&mut self) {
        self.leave();
        self.facts.link = false;
        self.facts.greeted = false;
        self.facts.silent = false;
    }

    fn leave(&mut self) {
        if std::mem::take(&mut self.facts.joined) {
            self.actions.push_back(Action::PeerLeft);
        }
    }

    /// The first greeting on a link counts, and no other.
    fn on_greeted(&mut self, compatible: bool) {
        if !self.facts.link || self.facts.greeted {
            return;
        }
        if !compatible {
            self.end(EndReason::Incompatible, true);
            return;
        }
        self.facts.greeted = true;
        self.facts.heard = true;
        self.facts.left = false;
        if self.side == Side::Customer && self.facts.accepted {
            self.actions.push_back(Action::SendAccepted);
        }
    }

    fn on_answer(&mut self, begin: bool) {
        if self.side != Side::Customer || !self.facts.asked {
            return;
        }
        if !begin {
            self.end(EndReason::CustomerDeclined, true);
        } else if !std::mem::replace(&mut self.facts.accepted, true) && self.facts.greeted {
            self.actions.push_back(Action::SendAccepted);
        }
    }

    fn end(&mut self, reason: EndReason, tell: bool) {
        if self.is_over() {
            return;
        }
        if tell {
            self.actions.push_back(Action::SendEnd(reason));
        }
        self.leave();
        self.state = State::Ended(reason);
        self.actions.push_back(Action::Close(reason));
    }

    /// Derives the state from the facts, and does what a newly reached state asks for.
    fn settle(&mut self, now_ms: u64) {
        if self.is_over() {
            return;
        }
        if let Some(why) = self.facts.relay_ended.filter(|_| !self.facts.greeted || self.facts.silent) {
            return self.end(why.unwrap_or(self.gone_reason()), false);
        }
        self.state = self.derived(now_ms);
        if self.state == State::AwaitingConsent
            && self.side == Side::Customer
            && !std::mem::replace(&mut self.facts.asked, true)
        {
            self.actions.push_back(Action::AskCustomer);
        }
        if self.state == State::Active {
            if !std::mem::replace(&mut self.facts.started, true) {
                self.actions.push_back(Action::StartPlugins);
            }
            if !std::mem::replace(&mut self.facts.joined, true) {
                self.actions.push_back(Action::PeerJoined);
            }
        }
    }

    fn derived(&self, now_ms: u64) -> State {
        let facts = self.facts;
        let missed = facts.heard || facts.left || facts.asked || facts.started || facts.accepted;
        if missed && (!facts.greeted || facts.silent) {
            return match self.state {
                State::Lost { until_ms } => State::Lost { until_ms },
                _ => State::Lost { until_ms: now_ms.saturating_add(WAIT_MS) },
            };
        }
        match facts {
            Facts { paired: false, met: false, .. } => State::Waiting,
            Facts { paired: false, .. } => State::Connecting(Step::Keys),
            Facts { greeted: false, .. } => State::Connecting(Step::Link),
            Facts { accepted: false, .. } => State::AwaitingConsent,
            Facts { plugins: false, .. } => State::Connecting(Step::Plugins),
            _ => State::Active,
        }
    }

    fn gone_reason(&self) -> EndReason {
        match self.side {
            Side::Rep => EndReason::CustomerGone,
            Side::Customer => EndReason::RepGone,
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.state, State::Ended(_) | State::Failed(_))
    }
}
