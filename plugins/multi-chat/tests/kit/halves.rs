//! The menus of a rep with several sessions, as they were built. On the customer's side there is no half.

use lotse_testkit::{Beside, Kit, Place, choice};

fn row(number: u64, customer: &str, unread: u32, this: bool) -> Beside {
    Beside { number, customer: customer.to_owned(), unread, state: "active", this }
}

fn kit() -> Kit {
    let kit = Kit::of("lotse.multi-chat").rep("Anna Berg").customer("K. Weber").start();
    kit.rep().desk(vec![row(1, "K. Weber", 0, true), row(2, "J. Ortiz", 3, false)]);
    kit.settle();
    kit
}

#[test]
fn the_menus_follow_the_desk_on_the_reps_side_alone() {
    let kit = kit();
    assert!(!kit.customer().runs());
    let shown = kit.rep().tree(Place::Menu).text();
    assert!(shown.contains("Sessions (3)") && shown.contains("J. Ortiz · 3 unread"), "{shown}");
    kit.rep().desk(vec![row(1, "K. Weber", 0, true)]);
    assert!(!kit.rep().tree(Place::Menu).text().contains("J. Ortiz"));
}

#[test]
fn a_click_brings_a_session_to_the_front() {
    let kit = kit();
    kit.rep().click("session-2");
    assert!(kit.rep().calls().contains(&"show 2".to_owned()));
}

#[test]
fn windows_stand_as_they_were_arranged() {
    let kit = kit();
    kit.rep().act("arrange", choice("tile"));
    kit.settle();
    assert!(kit.rep().calls().contains(&"arrange tile".to_owned()));
    assert_eq!(kit.rep().tree(Place::Menu).text_of("arrange", "choice"), "tile");
}
