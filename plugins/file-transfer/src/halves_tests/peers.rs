//! A customer's half with several reps, each of whom has a half of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::TestDesk;
use super::pair::{Side, facts};
use crate::item::{End, State};
use crate::kept;
use crate::peers::{PEERS_MAX, Peers};
use crate::protocol::{Allowed, Message, VERSION};
use crate::transfers::{AWAY_US, Outcome};

const ANNA: u32 = 1;
const BO: u32 = 3;

struct Office {
    customer: Peers<TestDesk>,
    reps: BTreeMap<u32, Side>,
}

impl Office {
    fn with(reps: &[(u32, &str)]) -> Self {
        let mut office = Self { customer: Peers::new(true), reps: BTreeMap::new() };
        reps.iter().for_each(|(id, name)| office.come(*id, name));
        office
    }

    fn both() -> Self {
        Self::with(&[(ANNA, "Anna Berg"), (BO, "Bo Lind")])
    }

    fn come(&mut self, id: u32, name: &str) {
        let rep = self.reps.entry(id).or_insert_with(|| Side::new(false));
        rep.desk.linked = true;
        rep.half.handle_connected(&mut rep.desk);
        let peer = self.customer.meet(id, name).unwrap();
        peer.desk.linked = true;
        peer.transfers.handle_connected(&mut peer.desk);
        self.exchange();
    }

    fn go(&mut self, id: u32) {
        let rep = self.reps.get_mut(&id).unwrap();
        let peer = self.customer.of(id).unwrap();
        for desk in [&mut rep.desk, &mut peer.desk] {
            desk.linked = false;
            desk.sent.clear();
            desk.opened.clear();
        }
        rep.half.handle_left(&mut rep.desk);
        self.customer.left(id);
    }

    /// Carries what was said and opened until nothing is left.
    fn exchange(&mut self) {
        let mut busy = true;
        while std::mem::take(&mut busy) {
            for (id, rep) in &mut self.reps {
                while let Some(bytes) = rep.desk.sent.pop_front() {
                    self.customer.hear(*id, Message::parse(&bytes));
                    busy = true;
                }
                let Some(peer) = self.customer.of(*id) else { continue };
                while let Some(of) = rep.desk.opened.pop_front() {
                    peer.transfers.handle_opened(of, &mut peer.desk);
                    busy = true;
                }
                while let Some(bytes) = peer.desk.sent.pop_front() {
                    rep.half.handle(Message::parse(&bytes).unwrap(), &mut rep.desk);
                    busy = true;
                }
                while let Some(of) = peer.desk.opened.pop_front() {
                    rep.half.handle_opened(of, &mut rep.desk);
                    busy = true;
                }
            }
        }
    }

    fn rep(&mut self, id: u32) -> &mut Side {
        self.reps.get_mut(&id).unwrap()
    }

    fn rep_picks(&mut self, id: u32, name: &str) {
        assert!(self.rep(id).pick(name));
        self.exchange();
    }

    fn customer_picks(&mut self, to: u32, name: &str) {
        let peer = self.customer.of(to).unwrap();
        let token = format!("source of {name}");
        peer.desk.sources.insert(token.clone(), facts(name));
        peer.transfers.handle_source(facts(name), 0, token, &mut peer.desk).unwrap();
        self.exchange();
    }

    /// The customer takes what that rep sends.
    fn customer_takes(&mut self, from: u32) {
        let peer = self.customer.of(from).unwrap();
        let (request, facts) = peer.desk.asked.pop_first().unwrap();
        let place = format!("place of {}", facts.name);
        peer.desk.places.insert(place.clone());
        let place = peer.desk.place_of(&place);
        peer.transfers.handle_answered(request, Some(place), &mut peer.desk);
        self.exchange();
    }

    fn states(&self, with: u32) -> Vec<State> {
        let peer = self.customer.all().iter().find(|peer| peer.id() == Some(with)).unwrap();
        peer.transfers.items().iter().map(|item| item.state).collect()
    }

    fn asked(&mut self, by: u32) -> usize {
        self.customer.find(|peer| peer.id() == Some(by)).unwrap().desk.asked.len()
    }
}

/// Scar: the second rep's menu said that nobody was connected, and their half opened a stream every second.
#[test]
fn f1_every_rep_in_the_session_sends_and_receives() {
    let mut office = Office::both();
    for id in [ANNA, BO] {
        assert!(office.rep(id).half.is_connected());
    }
    office.rep_picks(ANNA, "from Anna");
    office.rep_picks(BO, "from Bo");
    office.customer_takes(BO);
    assert_eq!((office.rep(ANNA).running(), office.rep(BO).running()), (0, 1), "one's yes is not another's");
    office.customer_takes(ANNA);
    assert_eq!((office.rep(ANNA).running(), office.rep(BO).running()), (1, 1));
    office.customer_picks(BO, "for Bo");
    assert_eq!((office.rep(ANNA).desk.asked.len(), office.rep(BO).desk.asked.len()), (0, 1));
    let all = office.customer.all().iter().flat_map(|peer| peer.transfers.items());
    let numbers: BTreeSet<u32> = all.map(|item| item.number).collect();
    assert_eq!(numbers.len(), 3, "a row's number means one row");
}

#[test]
fn f1_one_who_leaves_takes_nothing_of_the_others_along() {
    let mut office = Office::both();
    office.rep_picks(ANNA, "a");
    office.rep_picks(BO, "b");
    office.customer_takes(ANNA);
    office.customer_takes(BO);
    office.go(BO);
    assert_eq!((office.states(BO), office.rep(ANNA).running()), (vec![State::Broken], 1));
    office.come(BO, "Bo Lind");
    assert_eq!((office.rep(BO).running(), office.rep(ANNA).running()), (1, 1), "their line came back");
}

/// A session can come to another rep, or have two.
#[test]
fn f1_what_was_picked_for_one_rep_is_not_offered_to_another() {
    let mut office = Office::with(&[(ANNA, "Anna Berg")]);
    office.customer_picks(ANNA, "plans.pdf");
    assert_eq!(office.rep(ANNA).desk.asked.len(), 1);
    office.rep_picks(ANNA, "tool.bin");
    assert_eq!(office.asked(ANNA), 1);
    office.go(ANNA);
    office.come(BO, "Bo Lind");
    assert!(office.rep(BO).desk.asked.is_empty() && office.rep(BO).states().is_empty());
    office.customer.handle_woke(0);
    assert_eq!(office.asked(ANNA), 1, "she comes back");
    office.customer.find(|peer| peer.id() == Some(ANNA)).unwrap().desk.now_us = AWAY_US;
    office.customer.handle_woke(0);
    assert_eq!(office.states(ANNA), [State::Ended(End::Left); 2]);
    assert_eq!(office.asked(ANNA), 0, "the question is gone with her");
    assert!(office.rep(BO).desk.asked.is_empty() && office.rep(BO).states().is_empty());
}

#[test]
fn h1_who_is_there_instead_hears_what_stopped_whether_they_came_before_or_after() {
    let mut office = Office::both();
    office.customer_picks(ANNA, "plans.pdf");
    office.rep_picks(ANNA, "tool.bin");
    office.go(ANNA);
    office.customer.handle_woke(0);
    office.exchange();
    assert!(office.rep(BO).desk.told.is_empty(), "she may come back");
    office.customer.find(|peer| peer.id() == Some(ANNA)).unwrap().desk.now_us = AWAY_US;
    office.customer.handle_woke(0);
    office.exchange();
    let told = office.rep(BO).desk.told.clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("Anna Berg has left") && told[0].contains("2 transfers were not finished"), "{told:?}");
    assert!(!told[0].contains("plans.pdf") && !told[0].contains("tool.bin"), "not meant for Bo: {told:?}");
    office.customer.handle_woke(0);
    office.exchange();
    assert_eq!(office.rep(BO).desk.told.len(), 1, "once");

    let mut office = Office::with(&[(ANNA, "Anna Berg")]);
    office.customer_picks(ANNA, "plans.pdf");
    office.go(ANNA);
    office.customer.find(|peer| peer.id() == Some(ANNA)).unwrap().desk.now_us = AWAY_US;
    office.come(BO, "Bo Lind");
    assert_eq!(office.rep(BO).desk.told.len(), 1, "nobody else was there before");
}

#[test]
fn h1_nobody_but_the_customers_half_says_who_has_left() {
    let mut office = Office::both();
    office.customer.hear(BO, Some(Message::left("Anna Berg", 1)));
    assert!(office.customer.all().iter().all(|peer| peer.desk.told.is_empty()));
}

#[test]
fn f4_without_anybody_else_who_is_gone_is_waited_for() {
    let mut office = Office::with(&[(ANNA, "Anna Berg")]);
    office.customer_picks(ANNA, "plans.pdf");
    office.go(ANNA);
    office.customer.find(|peer| peer.id() == Some(ANNA)).unwrap().desk.now_us = 10 * AWAY_US;
    office.customer.handle_woke(0);
    assert_eq!(office.states(ANNA), [State::Asked(0)]);
}

#[test]
fn f1_what_stands_for_something_of_one_rep_stands_for_nothing_of_anothers() {
    let mut office = Office::both();
    office.rep_picks(ANNA, "a");
    office.customer_takes(ANNA);
    office.customer_picks(ANNA, "plans.pdf");
    // Places and sources are one host's, whoever they were chosen for.
    let peer = office.customer.of(BO).unwrap();
    peer.desk.places.insert("place of a".to_owned());
    peer.desk.sources.insert("source of plans.pdf".to_owned(), facts("plans.pdf"));
    let place = "place of a".to_owned();
    office.customer.hear(BO, Some(Message::Offer { id: 77, facts: facts("b"), token: String::new(), place }));
    assert_eq!(office.asked(BO), 1, "the customer is asked");
    office.customer.hear(BO, Some(Message::Wanted { id: 78, token: "source of plans.pdf".to_owned() }));
    assert!(office.customer.of(BO).unwrap().desk.running.is_empty());
    // Nor does one end what another sends.
    office.customer.hear(BO, Some(Message::Discard { token: "place of a".to_owned() }));
    let discarded = |office: &mut Office, of| office.customer.of(of).unwrap().desk.discarded.clone();
    assert!(discarded(&mut office, BO).is_empty() && discarded(&mut office, ANNA).is_empty());
    assert_eq!(office.rep(ANNA).running(), 1);
}

#[test]
fn f1_a_standing_permission_is_for_who_comes_later_as_well_until_it_is_taken_back() {
    let mut office = Office::with(&[(ANNA, "Anna Berg")]);
    office.customer.handle_allowed(Allowed::Yes);
    office.come(BO, "Bo Lind");
    let allowed = |office: &mut Office| [ANNA, BO].map(|id| office.rep(id).half.allowed());
    assert_eq!(allowed(&mut office), [Allowed::Yes; 2]);
    office.customer.handle_allowed(Allowed::Refused);
    office.exchange();
    assert_eq!(allowed(&mut office), [Allowed::Refused; 2]);
}

#[test]
fn f4_a_half_that_was_started_again_goes_on_with_each_of_them() {
    let mut office = Office::both();
    office.rep_picks(ANNA, "a");
    office.rep_picks(BO, "b");
    office.customer_takes(ANNA);
    office.customer_takes(BO);
    let kept = kept::save_all(office.customer.all().iter().map(|peer| &peer.transfers));
    office.go(ANNA);
    office.go(BO);
    office.customer = Peers::restored(true, kept::restore_all(true, &kept));
    for (id, name) in [(ANNA, "a"), (BO, "b")] {
        let peer = office.customer.find(|peer| peer.id() == Some(id)).unwrap();
        peer.desk.places.insert(format!("place of {name}"));
    }
    office.come(ANNA, "Anna Berg");
    office.come(BO, "Bo Lind");
    assert_eq!((office.rep(ANNA).running(), office.rep(BO).running()), (1, 1));
    assert_eq!((office.asked(ANNA), office.asked(BO)), (0, 0));
}

#[test]
fn as_many_as_there_can_be_are_kept_and_those_who_are_there_before_those_who_are_not() {
    let mut peers: Peers<TestDesk> = Peers::new(true);
    for id in 1..=PEERS_MAX as u32 {
        assert!(peers.meet(id, "Anna Berg").is_some());
    }
    assert!(peers.meet(99, "Bo Lind").is_none(), "nobody who is there makes room");
    for id in 100..120 {
        peers.left(3);
        peers.left(id - 1);
        assert!(peers.meet(id, "Bo Lind").is_some());
        assert_eq!(peers.all().len(), PEERS_MAX);
    }
    assert!(peers.of(1).is_some() && peers.of(3).is_none());
}

/// Who only looks on is not heard by the customer's half, whose host keeps it from them.
#[test]
fn f1_a_half_that_is_never_greeted_says_so_in_words_and_until_then_that_nobody_is_there() {
    let mut rep = Side::new(false);
    let says =
        |rep: &Side| format!("{:?}", crate::view::menu(&rep.half, lotse_sdk::session::Role::Rep, "K. Weber", false));
    for round in 0..5 {
        assert_eq!((rep.half.unheard(), says(&rep).contains("only looks on")), (round, round > 1));
        rep.desk.linked = true;
        rep.half.handle_connected(&mut rep.desk);
        rep.half.handle_disconnected(&mut rep.desk);
    }
    rep.half.handle_left(&mut rep.desk);
    assert!(says(&rep).contains("Nobody is connected"));
    rep.half.handle_connected(&mut rep.desk);
    rep.hear(Message::Hello { version: VERSION });
    rep.half.handle_disconnected(&mut rep.desk);
    assert_eq!(rep.half.unheard(), 0, "who was heard comes back soon");
}

#[test]
fn f2_of_whom_nobody_knows_any_more_no_part_stays_behind() {
    let mut office = Office::with(&[(ANNA, "Anna Berg")]);
    for name in ["runs", "broke"] {
        office.rep_picks(ANNA, name);
        office.customer_takes(ANNA);
    }
    let peer = office.customer.of(ANNA).unwrap();
    let broke = peer.transfers.items().iter().find(|item| item.facts.name == "broke").unwrap().running().unwrap();
    let full = Outcome { outcome: "disk-full".to_owned(), bytes: 10, renamed: 0 };
    peer.transfers.handle_ended(broke, &full, &mut peer.desk);
    assert!(peer.desk.discarded.is_empty(), "there it can be tried again");
    peer.transfers.handle_forgotten(&mut peer.desk);
    peer.desk.discarded.sort();
    assert_eq!(peer.desk.discarded, ["place of broke", "place of runs"]);
    assert!(peer.transfers.items().is_empty());
}

#[test]
fn h2_who_looked_on_and_may_more_now_sends_as_everybody_does() {
    let mut rep = Side::new(false);
    let says =
        |rep: &Side| format!("{:?}", crate::view::menu(&rep.half, lotse_sdk::session::Role::Rep, "K. Weber", false));
    rep.half.look_on(true);
    assert!(says(&rep).contains("You only look on"));
    rep.half.look_on(false);
    rep.desk.linked = true;
    rep.half.handle_connected(&mut rep.desk);
    rep.hear(Message::Hello { version: VERSION });
    assert!(rep.half.is_connected() && !says(&rep).contains("only look"));
}
