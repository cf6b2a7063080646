//! Handing a session over, as it was built. The host asks colleague and customer; here that is the test.

use lotse_testkit::{Kit, Place, Target, text};

fn kit() -> Kit {
    let kit = Kit::of("lotse.session-handoff").rep("Anna Berg").customer("K. Weber").start();
    let target = |id: &str, kind: &str, name: &str| Target {
        id: id.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        available: true,
    };
    kit.rep().directory(vec![target("rep:2", "rep", "Bo Lind"), target("team:1", "team", "Printers")]);
    kit
}

#[test]
fn a_colleague_is_asked_with_a_note_and_the_answer_is_shown() {
    let kit = kit();
    kit.rep().click("take-rep:2");
    kit.rep().act("note", text("Printer again"));
    assert!(kit.rep().calls().contains(&"hand over rep:2: Printer again".to_owned()));
    let panel = kit.rep().tree(Place::Chat).text();
    assert!(panel.contains("Bo Lind is being asked"), "{panel}");
    assert!(!kit.rep().tree(Place::Menu).is_enabled("take-team:1"), "one at a time");
    kit.rep().wish_ends("declined", "Bo Lind");
    let panel = kit.rep().tree(Place::Chat).text();
    assert!(panel.contains("Bo Lind cannot come. Ask somebody else."), "{panel}");
}

#[test]
fn of_a_team_it_is_told_who_came() {
    let kit = kit();
    kit.rep().click("join-team:1");
    kit.rep().click("ask");
    kit.rep().wish_ends("accepted", "Cem Aydin");
    let panel = kit.rep().tree(Place::Chat).text();
    assert!(panel.contains("Cem Aydin is in the session now."), "{panel}");
}

#[test]
fn a_wish_can_be_taken_back() {
    let kit = kit();
    kit.rep().click("observe-rep:2");
    kit.rep().click("ask");
    assert!(kit.rep().calls().contains(&"let look on rep:2: ".to_owned()));
    kit.rep().click("cancel");
    assert!(kit.rep().calls().contains(&"withdraw".to_owned()));
    assert!(kit.rep().tree(Place::Chat).is_empty());
}

#[test]
fn the_customer_has_no_part_in_it() {
    let kit = kit();
    assert!(!kit.customer().runs() && kit.customer().tree(Place::Menu).is_empty());
}
