//! H1: a running session goes back to a portal's queue, where any rep who serves the portal takes it.

use crate::handoff::{SAID, say, went_on, wish};
use crate::{ALL, Session, customer};
use lotse_e2e::stage::PASSWORD;
use lotse_e2e::{Display, Program};
use serde_json::{Value, json};

const BO: &str = "bo.lind@acme.example";
const CLEO: &str = "cleo.park@acme.example";

/// Anna's session runs, and two colleagues serve a portal without being offered anything.
struct Office {
    session: Session,
    bo: Program,
    cleo: Program,
    _displays: [Display; 2],
}

impl Office {
    fn open(allow: &str) -> Self {
        let mut session = Session::start(allow, &[]);
        session.stage.add_rep(BO, "Bo Lind").unwrap();
        session.stage.add_rep(CLEO, "Cleo Park").unwrap();
        let portal = ["portal", "add", "--account", "Acme", "--slug", "acme", "--name", "Billing"];
        session.stage.operate(&portal).unwrap();
        let displays = [(); 2].map(|()| Display::start(1280, 900).unwrap());
        let [bo, cleo] = [(BO, &displays[0]), (CLEO, &displays[1])].map(|(user, display)| {
            let mut colleague = session.stage.colleague(display, user, PASSWORD).unwrap();
            colleague.expect("questions", 60, |event| event["has_portal"] == true).unwrap();
            colleague.tell(&json!({ "do": "away" })).unwrap();
            colleague.expect("availability", 20, |event| event["ready"] == false).unwrap();
            colleague
        });
        say(&mut session.rep, &mut session.customer, SAID);
        Self { session, bo, cleo, _displays: displays }
    }

    /// Anna hands her session to the portal.
    fn hand_over(&mut self) {
        wish(&mut self.session.rep, "take-portal:", |label| label.contains("Billing"));
        self.session.rep.expect_node("chat", 20, waits).unwrap();
    }
}

/// What the first console says while it waits.
fn waits(node: &Value) -> bool {
    node["label"].as_str().is_some_and(|label| label.contains("waits in the queue"))
}

/// The row of the running session, as a console's list has it.
fn row(event: &Value) -> Option<&Value> {
    event["waiting"].as_array()?.iter().find(|row| row["running"]["from_rep"] == "Anna Berg")
}

/// Reads it from the list and takes it.
fn take(console: &mut Program, mark: usize) {
    let listed = console.expect_after(mark, "questions", 30, |event| row(event).is_some()).unwrap();
    let listed = row(&listed).unwrap();
    assert_eq!((&listed["name"], &listed["portal"]), (&"K. Weber".into(), &"Billing".into()));
    assert_eq!((&listed["offered"], &listed["running"]["note"]), (&"nobody".into(), &"Feed roller worn".into()));
    console.tell(&json!({ "do": "answer-question", "question": listed["question"] })).unwrap();
    let opened = console.expect_after(mark, "hand-over", 30, |event| event["told"] == true).unwrap();
    assert_eq!((&opened["by_choice"], &opened["customer"]), (&true.into(), &"K. Weber".into()));
    console.tell(&json!({ "do": "answer-hand-over", "offer": opened["offer"], "on": true })).unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_a_session_in_a_portals_queue_is_taken_from_the_list_by_choice_and_the_customer_stays_connected() {
    let mut office = Office::open(ALL);
    let (customer, bo, cleo) = (office.session.customer.mark(), office.bo.mark(), office.cleo.mark());
    office.hand_over();
    office.cleo.expect_after(cleo, "questions", 30, |event| row(event).is_some()).unwrap();
    let seen = office.cleo.mark();
    take(&mut office.bo, bo);
    office.bo.expect_state("active", 60).unwrap();
    office.session.rep.expect("ended", 30, |event| event["reason"] == "handed-over").unwrap();
    went_on(&mut office.session.customer, customer, &mut office.bo);
    // Nothing waits any more.
    let empty = |event: &Value| event["waiting"].as_array().is_some_and(Vec::is_empty);
    office.cleo.expect_after(seen, "questions", 20, empty).unwrap();
}

#[test]
#[cfg_attr(
    not(all(plugin = "chat", plugin = "session-handoff")),
    ignore = "needs the plugins chat and session-handoff"
)]
fn h1_if_whoever_took_it_dies_it_waits_at_the_front_again_and_the_next_rep_takes_it() {
    let mut office = Office::open("");
    let (before, mark) = (office.bo.mark(), office.cleo.mark());
    office.hand_over();
    take(&mut office.bo, before);
    office.session.customer.expect("prompt", 60, |event| event["kind"] == "beside").unwrap();
    let Office { mut session, bo, mut cleo, _displays } = office;
    let prompts = session.customer.mark();
    bo.kill();
    // Taken and given back within one tick, the list is told no second time.
    session.rep.expect_node("chat", 60, waits).unwrap();
    take(&mut cleo, mark);
    assert_eq!(session.rep.state().as_deref(), Some("active"), "hers all along");
    session.customer.expect_after(prompts, "prompt", 60, |event| event["rep"] == "Cleo Park").unwrap();
    customer::answer(&session.desk, true);
    cleo.expect_state("active", 60).unwrap();
    session.rep.expect("ended", 30, |event| event["reason"] == "handed-over").unwrap();
    say(&mut session.customer, &mut cleo, "Hello Cleo");
}
