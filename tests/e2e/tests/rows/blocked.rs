//! A line that does not open: packets that a firewall swallows, a relay that refuses them, one that leads to somebody else.
//! People are told on the side where it is, trying goes on, and what is mended needs nobody to begin anew.

use crate::ALL;
use crate::hand_made::{self, Rep};
use crate::lasting::addresses;
use crate::liar::{Call, Heard, Liar, Said};
use crate::other_ends::runtime;
use lotse_e2e::detour::Detour;
use lotse_e2e::{CustomerOptions, Display, Program, RepOptions, Stage};
use lotse_protocol::control::{FromRelay, Leg, Side};
use lotse_transport::{Identity, listen};
use serde_json::json;
use std::sync::{Arc, Mutex};

fn allowed() -> CustomerOptions<'static> {
    CustomerOptions { allow: ALL, ..CustomerOptions::default() }
}

fn screens() -> (Display, Display) {
    (Display::start(1024, 768).unwrap(), Display::start(1280, 900).unwrap())
}

/// A firewall before the relay that lets connections through and no packets, and the relay's URL behind it.
fn firewall(stage: &Stage) -> (Detour, String) {
    let (control, packets) = addresses(stage);
    let firewall = Detour::before(control, packets).unwrap();
    firewall.block(true);
    let url = firewall.url(&stage.url).unwrap();
    (firewall, url)
}

fn is_told(program: &Program) -> bool {
    program.events().iter().any(|event| event["event"] == "obstacle")
}

/// This side is told which packets do not get through, the other one nothing; then they do, and the session begins.
fn told_and_mended(here: &Program, there: &Program, firewall: &Detour) {
    let told = here.expect("obstacle", 90, |event| event["what"] == "no-answer").unwrap();
    assert!(told["relay"].as_str().unwrap().starts_with("127.0.0.2:"), "it says where to: {told}");
    assert!(!is_told(there), "the other side's packets get through: {:?}", there.events());
    assert_eq!(here.state().as_deref(), Some("connecting"), "and it is tried on");
    let mark = here.mark();
    firewall.block(false);
    here.expect_after(mark, "obstacle", 60, |event| event["what"] == "none").unwrap();
    for program in [here, there] {
        program.expect_state("active", 60).unwrap();
    }
}

/// "Opening the line" stood there until somebody cancelled.
#[test]
fn n4_a_customer_whose_packets_are_blocked_is_told_and_gets_through_when_they_are_not() {
    let (desk, office) = screens();
    let mut stage = Stage::start().unwrap();
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    let (firewall, url) = firewall(&stage);
    stage.url = url;
    let customer = stage.customer(&desk, &code, &allowed()).unwrap();
    told_and_mended(&customer, &rep, &firewall);
}

#[test]
fn n4_a_rep_whose_packets_are_blocked_is_told_and_gets_through_when_they_are_not() {
    let (desk, office) = screens();
    let mut stage = Stage::start().unwrap();
    let (firewall, url) = firewall(&stage);
    let direct = std::mem::replace(&mut stage.url, url);
    let rep = stage.rep(&office, &RepOptions::default()).unwrap();
    let code = stage.code().unwrap();
    stage.url = direct;
    let customer = stage.customer(&desk, &code, &allowed()).unwrap();
    told_and_mended(&rep, &customer, &firewall);
}

/// Both programs at a relay that changes the customer's leg.
struct Misled {
    rep: Program,
    customer: Program,
    _liar: Liar,
    _stage: Stage,
    _screens: (Display, Display),
}

impl Misled {
    fn start(stage: Stage, change: impl Fn(&mut Leg) + Send + 'static, before_the_customer: impl FnOnce()) -> Self {
        let mut stage = stage;
        let screens = screens();
        let liar = Liar::start(&stage.url, move |call: Call, heard| match heard {
            Heard::Relay(FromRelay::Session(mut offer)) if call.side == Side::Customer => {
                change(&mut offer.leg);
                vec![Said::Program(FromRelay::Session(offer))]
            }
            other => other.pass(),
        })
        .unwrap();
        stage.url.clone_from(&liar.url);
        let rep = stage.rep(&screens.1, &RepOptions::default()).unwrap();
        let code = stage.code().unwrap();
        before_the_customer();
        let customer = stage.customer(&screens.0, &code, &allowed()).unwrap();
        Self { rep, customer, _liar: liar, _stage: stage, _screens: screens }
    }
}

#[test]
fn n4_a_ticket_that_is_refused_or_none_at_all_is_told() {
    let changes: [fn(&mut Leg); 2] = [|leg| leg.token[20] ^= 1, |leg| leg.token.truncate(8)];
    for change in changes {
        let mut misled = Misled::start(Stage::start().unwrap(), change, || ());
        misled.customer.expect("obstacle", 90, |event| event["what"] == "ticket-refused").unwrap();
        assert!(!is_told(&misled.rep), "the rep's is good");
        misled.customer.tell(&json!({ "do": "end" })).unwrap();
        misled.customer.expect("ended", 20, |event| event["reason"] == "customer-ended").unwrap();
        misled.rep.expect("ended", 20, |event| event["reason"] == "customer-ended").unwrap();
    }
}

/// The customer's program tried the stranger again and again, for ever.
#[test]
fn n2_a_relay_that_leads_to_somebody_else_is_caught_and_both_are_told() {
    let runtime = runtime();
    let stage = Stage::start().unwrap();
    let honest = stage.url.clone();
    let stolen: Arc<Mutex<Option<Leg>>> = Arc::default();
    let leads_astray = stolen.clone();
    let change = move |leg: &mut Leg| {
        if let Some(stolen) = leads_astray.lock().unwrap().clone() {
            *leg = stolen;
        }
    };
    let mut kept = None;
    let misled = Misled::start(stage, change, || {
        // In the place of another session's rep somebody listens, with a key of their own.
        kept = Some(runtime.block_on(async {
            let rep = Rep::with_code(&honest).await.unwrap();
            let (of_rep, of_customer, connections) = rep.begin(&honest).await.unwrap();
            let (stranger, nobody) = (Identity::generate().unwrap(), Identity::generate().unwrap());
            let listener = listen(&stranger, nobody.fingerprint(), hand_made::path(&of_rep)).await.unwrap();
            tokio::spawn(async move { while listener.accept().await.is_ok() {} });
            *stolen.lock().unwrap() = Some(of_customer.leg);
            connections
        }));
    });
    misled.customer.expect("failed", 60, |event| event["problem"] == "keys-differ").unwrap();
    misled.rep.expect("ended", 30, |event| event["reason"] == "not-trusted").unwrap();
    for program in [&misled.rep, &misled.customer] {
        let events = program.events();
        assert!(!events.iter().any(|event| event["event"] == "safety-code"), "there was no link: {events:?}");
        assert!(!events.iter().any(|event| event["state"] == "active"), "and nothing began: {events:?}");
    }
    drop(kept);
}
