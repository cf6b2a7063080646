//! Two machines and a bad world between them, from a seed. A failing seed is in the panic message and replays.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::{Action, Event, Failure, Machine, State, Step, WAIT_MS};
use lotse_protocol::control::Side;
use lotse_protocol::peer::EndReason;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

struct End {
    machine: Machine,
    plugins_running: bool,
    peer_joined: bool,
    closed: bool,
    asked: bool,
    answered_yes: bool,
}

impl End {
    fn new(side: Side) -> Self {
        Self {
            machine: Machine::new(side),
            plugins_running: false,
            peer_joined: false,
            closed: false,
            asked: false,
            answered_yes: false,
        }
    }
}

struct World {
    now_ms: u64,
    link: bool,
    rep: End,
    customer: End,
    /// Messages under way: to the customer or not, and the event they become.
    flying: Vec<(bool, Event)>,
    seed: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            now_ms: 0,
            link: false,
            rep: End::new(Side::Rep),
            customer: End::new(Side::Customer),
            flying: Vec::new(),
            seed,
        }
    }

    fn tell(&mut self, customer: bool, event: Event) {
        let now_ms = self.now_ms;
        let end = if customer { &mut self.customer } else { &mut self.rep };
        end.machine.handle(now_ms, event);
        self.carry_out(customer);
    }

    fn carry_out(&mut self, customer: bool) {
        loop {
            let end = if customer { &mut self.customer } else { &mut self.rep };
            let Some(action) = end.machine.poll_action() else { break };
            assert!(!end.closed, "seed {}: {action:?} after the close", self.seed);
            match action {
                Action::StartPairing | Action::FetchPlugins | Action::OpenLink => {}
                Action::AskCustomer => end.asked = true,
                Action::SendHello => self.flying.push((!customer, Event::Greeted { compatible: true })),
                Action::SendAccepted => self.flying.push((!customer, Event::PeerAccepted)),
                Action::SendEnd(reason) => self.flying.push((!customer, Event::PeerEnded(reason))),
                Action::StartPlugins => {
                    assert!(!end.plugins_running, "seed {}: plugins started twice", self.seed);
                    end.plugins_running = true;
                    assert!(self.customer.answered_yes, "seed {}: plugins before the customer's word", self.seed);
                }
                Action::PeerJoined => assert!(!std::mem::replace(&mut end.peer_joined, true), "seed {}", self.seed),
                Action::PeerLeft => assert!(std::mem::replace(&mut end.peer_joined, false), "seed {}", self.seed),
                Action::Close(_) => end.closed = true,
            }
        }
    }

    fn step(&mut self, random: &mut Random) {
        self.now_ms += random.below(4_000);
        for customer in [false, true] {
            let now_ms = self.now_ms;
            let end = if customer { &mut self.customer } else { &mut self.rep };
            end.machine.handle_time(now_ms);
            self.carry_out(customer);
        }
        match random.below(12) {
            0 => self.link_changes(true),
            1 => self.link_changes(false),
            2 => {
                let customer = random.below(2) == 0;
                self.tell(customer, Event::PluginsReady);
            }
            3 => {
                let begin = random.below(4) > 0;
                self.customer.answered_yes |= begin && self.customer.asked;
                self.tell(true, Event::Answered { begin });
            }
            4 => {
                let customer = random.below(2) == 0;
                self.tell(customer, Event::LinkSilent);
            }
            5 => {
                let customer = random.below(2) == 0;
                self.tell(customer, Event::LinkHeard);
            }
            6 => {
                self.tell(false, Event::Met { resumed: true });
                self.tell(true, Event::Met { resumed: true });
            }
            // Both have their keys: the relay's word changes at most who is waited for.
            8 => {
                let customer = random.below(2) == 0;
                let back = random.below(2) == 0;
                self.tell(customer, if back { Event::CustomerBack } else { Event::CustomerLeft });
            }
            7 if random.below(40) == 0 => self.tell(random.0.is_multiple_of(2), Event::End(EndReason::CustomerStopped)),
            _ => self.deliver(random),
        }
    }

    fn link_changes(&mut self, up: bool) {
        self.link = up;
        if !up {
            self.flying.clear();
        }
        let event = if up { Event::LinkUp } else { Event::LinkDown };
        self.tell(false, event.clone());
        self.tell(true, event);
    }

    fn deliver(&mut self, random: &mut Random) {
        if self.link && !self.flying.is_empty() {
            let at = random.below(self.flying.len() as u64) as usize;
            let (customer, event) = self.flying.remove(at);
            self.tell(customer, event);
        }
    }
}

#[test]
fn no_order_of_events_breaks_a_promise() {
    for seed in 0..2_000 {
        let mut random = Random(seed);
        let mut world = World::new(seed);
        for customer in [false, true] {
            world.tell(customer, Event::Met { resumed: false });
            world.tell(customer, Event::Paired);
        }
        for _ in 0..300 {
            world.step(&mut random);
            for end in [&world.rep, &world.customer] {
                if *end.machine.state() == State::Active {
                    assert!(end.plugins_running && end.peer_joined, "seed {seed}");
                }
                let over = matches!(end.machine.state(), State::Ended(_) | State::Failed(_));
                assert_eq!(over, end.closed, "seed {seed}");
            }
        }
    }
}

fn active(side: Side) -> Machine {
    let mut machine = Machine::new(side);
    for event in [
        Event::Met { resumed: false },
        Event::Paired,
        Event::PluginsReady,
        Event::LinkUp,
        Event::Greeted { compatible: true },
    ] {
        machine.handle(0, event);
    }
    match side {
        Side::Customer => machine.handle(0, Event::Answered { begin: true }),
        Side::Rep => machine.handle(0, Event::PeerAccepted),
    }
    assert_eq!(*machine.state(), State::Active);
    while machine.poll_action().is_some() {}
    machine
}

#[test]
fn a_gone_customer_is_waited_for_ten_minutes() {
    let mut machine = active(Side::Rep);
    machine.handle(1_000, Event::LinkDown);
    assert_eq!(*machine.state(), State::Lost { until_ms: 601_000 });
    machine.handle(5_000, Event::LinkDown);
    assert_eq!(machine.poll_wake_ms(), Some(601_000), "a second break does not prolong the wait");
    machine.handle_time(600_999);
    assert!(matches!(machine.state(), State::Lost { .. }));
    machine.handle_time(1_000 + WAIT_MS);
    assert_eq!(*machine.state(), State::Ended(EndReason::CustomerGone));
}

#[test]
fn a_customer_who_comes_back_is_in_the_same_session() {
    let mut machine = active(Side::Rep);
    machine.handle(1_000, Event::LinkDown);
    machine.handle(300_000, Event::LinkUp);
    machine.handle(300_001, Event::Greeted { compatible: true });
    assert_eq!(*machine.state(), State::Active);
    let actions: Vec<_> = std::iter::from_fn(|| machine.poll_action()).collect();
    assert_eq!(actions, [Action::PeerLeft, Action::SendHello, Action::PeerJoined]);
}

#[test]
fn a_restored_customer_is_not_asked_again() {
    let mut machine = Machine::restored(Side::Customer, true);
    for event in [Event::Met { resumed: true }, Event::PluginsReady, Event::LinkUp, Event::Greeted { compatible: true }]
    {
        machine.handle(0, event);
    }
    assert_eq!(*machine.state(), State::Active);
    let actions: Vec<_> = std::iter::from_fn(|| machine.poll_action()).collect();
    assert!(!actions.contains(&Action::AskCustomer) && actions.contains(&Action::SendAccepted), "{actions:?}");
}

#[test]
fn a_mistyped_code_can_be_typed_again_until_it_is_burnt() {
    let mut rep = Machine::new(Side::Rep);
    rep.handle(0, Event::Met { resumed: false });
    assert_eq!(*rep.state(), State::Connecting(Step::Keys));
    rep.handle(0, Event::PairingFailed(Failure::WrongCode { attempts_left: 2 }));
    assert_eq!(*rep.state(), State::Waiting);
    rep.handle(0, Event::Met { resumed: false });
    rep.handle(0, Event::PairingFailed(Failure::WrongCode { attempts_left: 0 }));
    assert_eq!(*rep.state(), State::Failed(Failure::WrongCode { attempts_left: 0 }));
}

#[test]
fn no_is_no() {
    let mut machine = Machine::new(Side::Customer);
    for event in [
        Event::Met { resumed: false },
        Event::Paired,
        Event::PluginsReady,
        Event::LinkUp,
        Event::Greeted { compatible: true },
    ] {
        machine.handle(0, event);
    }
    machine.handle(0, Event::PeerAccepted);
    assert_eq!(*machine.state(), State::AwaitingConsent, "only the customer's own answer counts on their side");
    machine.handle(0, Event::Answered { begin: false });
    assert_eq!(*machine.state(), State::Ended(EndReason::CustomerDeclined));
    machine.handle(0, Event::Answered { begin: true });
    assert_eq!(*machine.state(), State::Ended(EndReason::CustomerDeclined));
}

#[test]
fn a_stranger_with_keys_that_differ_gets_nothing() {
    let mut machine = Machine::new(Side::Rep);
    machine.handle(0, Event::Met { resumed: false });
    machine.handle(0, Event::PairingFailed(Failure::KeysDiffer));
    machine.handle(0, Event::Paired);
    machine.handle(0, Event::LinkUp);
    assert_eq!(*machine.state(), State::Failed(Failure::KeysDiffer));
}

#[test]
fn a_link_before_the_keys_is_ignored() {
    let mut machine = Machine::new(Side::Customer);
    machine.handle(0, Event::Met { resumed: false });
    machine.handle(0, Event::LinkUp);
    machine.handle(0, Event::Greeted { compatible: true });
    assert_eq!(*machine.state(), State::Connecting(Step::Keys));
}

#[test]
fn plugins_that_fail_are_no_matter_of_trust_and_the_other_side_is_told() {
    let mut machine = Machine::new(Side::Customer);
    for event in [Event::Met { resumed: false }, Event::Paired, Event::LinkUp, Event::Greeted { compatible: true }] {
        machine.handle(0, event);
    }
    while machine.poll_action().is_some() {}
    machine.handle(0, Event::PluginsFailed("no space".into()));
    assert_eq!(*machine.state(), State::Failed(Failure::Plugins("no space".into())));
    let actions: Vec<_> = std::iter::from_fn(|| machine.poll_action()).collect();
    assert_eq!(actions, [Action::SendEnd(EndReason::PluginsFailed), Action::Close(EndReason::PluginsFailed)]);

    let mut peer = Machine::new(Side::Rep);
    peer.handle(0, Event::Met { resumed: false });
    peer.handle(0, Event::RelayEnded(Some(EndReason::PluginsFailed)));
    assert_eq!(*peer.state(), State::Ended(EndReason::PluginsFailed), "without a link the relay passes it on");
}

/// The customer stopped while the relay was away, and told the relay first. Scar: the rep, whose link still looked well,
/// took the relay's word for nothing and then counted down for somebody who had left.
#[test]
fn the_relays_word_counts_as_soon_as_the_other_side_is_not_heard() {
    let active = || {
        let mut rep = Machine::new(Side::Rep);
        for event in [
            Event::Met { resumed: false },
            Event::Paired,
            Event::PluginsReady,
            Event::LinkUp,
            Event::Greeted { compatible: true },
            Event::PeerAccepted,
            Event::RelayEnded(Some(EndReason::CustomerStopped)),
        ] {
            rep.handle(0, event);
        }
        assert_eq!(*rep.state(), State::Active, "the other side is heard: the relay may be wrong");
        rep
    };
    for event in [Event::LinkSilent, Event::LinkDown, Event::LinkUp] {
        let mut rep = active();
        rep.handle(0, event.clone());
        assert_eq!(*rep.state(), State::Ended(EndReason::CustomerStopped), "{event:?}");
    }
    let mut rep = active();
    rep.handle(0, Event::Met { resumed: true });
    rep.handle(0, Event::LinkSilent);
    assert!(
        matches!(rep.state(), State::Lost { .. }),
        "the relay brings the two together again: its word is taken back"
    );
}

#[test]
fn a_code_that_the_relay_lost_is_over() {
    let mut machine = Machine::new(Side::Rep);
    machine.handle(0, Event::PairingFailed(Failure::CodeVoid));
    assert_eq!(*machine.state(), State::Failed(Failure::CodeVoid));
    machine.handle(0, Event::Met { resumed: false });
    assert_eq!(machine.poll_action(), Some(Action::Close(EndReason::RepEnded)));
    assert_eq!(machine.poll_action(), None, "nobody comes with it any more");
}

#[test]
fn a_customer_who_leaves_before_the_keys_leaves_the_code_to_the_next() {
    let mut rep = Machine::new(Side::Rep);
    rep.handle(0, Event::CustomerLeft);
    assert_eq!(*rep.state(), State::Waiting, "nobody had come");
    rep.handle(0, Event::Met { resumed: false });
    assert_eq!(*rep.state(), State::Connecting(Step::Keys));
    rep.handle(0, Event::CustomerLeft);
    assert_eq!(*rep.state(), State::Waiting);
    while rep.poll_action().is_some() {}
    rep.handle(0, Event::Met { resumed: false });
    let actions: Vec<_> = std::iter::from_fn(|| rep.poll_action()).collect();
    assert_eq!(actions, [Action::StartPairing, Action::FetchPlugins], "the next one is met like the first");
}

/// The rep was shown "connecting" without a countdown, until the relay ended it after ten minutes.
#[test]
fn a_customer_who_vanishes_between_the_keys_and_the_first_word_is_missed() {
    let mut rep = Machine::new(Side::Rep);
    for event in [Event::Met { resumed: false }, Event::Paired, Event::PluginsReady] {
        rep.handle(0, event);
    }
    assert_eq!(*rep.state(), State::Connecting(Step::Link));
    rep.handle(1_000, Event::CustomerLeft);
    let lost = State::Lost { until_ms: 1_000 + WAIT_MS };
    assert_eq!(*rep.state(), lost, "the code is used up, so this customer is waited for");
    rep.handle(5_000, Event::CustomerLeft);
    assert_eq!(*rep.state(), lost, "told again, it is not waited for longer");
    while rep.poll_action().is_some() {}
    // Started again, it comes by its keys.
    rep.handle(60_000, Event::LinkUp);
    assert_eq!(*rep.state(), lost, "a link alone is no word");
    rep.handle(60_100, Event::Greeted { compatible: true });
    assert_eq!(*rep.state(), State::AwaitingConsent);
    rep.handle(60_200, Event::CustomerLeft);
    assert_eq!(*rep.state(), State::AwaitingConsent, "once it was heard the relay's word does not count");

    let mut rep = Machine::new(Side::Rep);
    for event in [Event::Met { resumed: false }, Event::Paired, Event::CustomerLeft] {
        rep.handle(0, event);
    }
    rep.handle_time(WAIT_MS);
    assert_eq!(*rep.state(), State::Ended(EndReason::CustomerGone));
}

/// Scar: a customer whose control connection blinked where packets do not get through was counted down for, and the session
/// ended though both were there.
#[test]
fn a_customer_who_is_back_at_the_relay_is_not_missed() {
    let mut rep = Machine::new(Side::Rep);
    for event in [Event::Met { resumed: false }, Event::Paired, Event::PluginsReady, Event::CustomerLeft] {
        rep.handle(1_000, event);
    }
    assert_eq!(*rep.state(), State::Lost { until_ms: 1_000 + WAIT_MS });
    rep.handle(2_000, Event::CustomerBack);
    assert_eq!(*rep.state(), State::Connecting(Step::Link));
    assert_eq!(rep.poll_wake_ms(), None);
    rep.handle_time(1_000 + WAIT_MS);
    assert_eq!(*rep.state(), State::Connecting(Step::Link), "it is tried for as long as both are there");
    rep.handle(2 * WAIT_MS, Event::CustomerLeft);
    assert_eq!(*rep.state(), State::Lost { until_ms: 3 * WAIT_MS }, "another time counts anew");

    // The relay's word brings nobody back whom the link misses.
    let mut rep = active(Side::Rep);
    rep.handle(1_000, Event::LinkDown);
    rep.handle(2_000, Event::CustomerBack);
    assert_eq!(*rep.state(), State::Lost { until_ms: 1_000 + WAIT_MS });
}

/// Each made an accepted customer write its note and repeat its word.
#[test]
fn only_the_first_greeting_on_a_link_counts() {
    let mut machine = active(Side::Customer);
    for _ in 0..1_000 {
        machine.handle(0, Event::Greeted { compatible: true });
        machine.handle(0, Event::Greeted { compatible: false });
    }
    assert_eq!((machine.poll_action(), machine.state()), (None, &State::Active));
    machine.handle(0, Event::LinkUp);
    machine.handle(0, Event::Greeted { compatible: true });
    let actions: Vec<_> = std::iter::from_fn(|| machine.poll_action()).collect();
    assert!(actions.contains(&Action::SendAccepted), "on the next link it counts again: {actions:?}");
}

/// A customer at the question whether to begin.
fn asked() -> Machine {
    let mut machine = Machine::new(Side::Customer);
    for event in [
        Event::Met { resumed: false },
        Event::Paired,
        Event::PluginsReady,
        Event::LinkUp,
        Event::Greeted { compatible: true },
    ] {
        machine.handle(0, event);
    }
    assert_eq!(*machine.state(), State::AwaitingConsent);
    let actions: Vec<_> = std::iter::from_fn(|| machine.poll_action()).collect();
    assert!(actions.contains(&Action::AskCustomer), "{actions:?}");
    machine
}

#[test]
fn an_answer_given_while_the_link_is_lost_counts_when_it_is_back() {
    let mut machine = asked();
    machine.handle(1_000, Event::LinkDown);
    assert!(matches!(machine.state(), State::Lost { .. }));
    assert_eq!(machine.poll_action(), None, "the question stays: nothing is closed or withdrawn");
    machine.handle(2_000, Event::Answered { begin: true });
    assert_eq!(machine.poll_action(), None, "nobody can be told yet, and no plugin starts");
    assert!(machine.accepted() && matches!(machine.state(), State::Lost { .. }));
    machine.handle(3_000, Event::LinkUp);
    machine.handle(3_001, Event::Greeted { compatible: true });
    assert_eq!(*machine.state(), State::Active);
    let actions: Vec<_> = std::iter::from_fn(|| machine.poll_action()).collect();
    let expected = [Action::SendHello, Action::SendAccepted, Action::StartPlugins, Action::PeerJoined];
    assert_eq!(actions, expected, "told once, and not asked again");
}

#[test]
fn a_question_outlives_a_lost_link_and_a_no_without_one_is_a_no() {
    let mut machine = asked();
    machine.handle(1_000, Event::LinkSilent);
    machine.handle(2_000, Event::LinkDown);
    machine.handle(3_000, Event::LinkUp);
    machine.handle(3_001, Event::Greeted { compatible: true });
    assert_eq!(*machine.state(), State::AwaitingConsent, "still to be answered");
    let actions: Vec<_> = std::iter::from_fn(|| machine.poll_action()).collect();
    assert_eq!(actions, [Action::SendHello], "the question on the screen is the one of before");
    machine.handle(4_000, Event::LinkDown);
    machine.handle(5_000, Event::Answered { begin: false });
    assert_eq!(*machine.state(), State::Ended(EndReason::CustomerDeclined));
}
