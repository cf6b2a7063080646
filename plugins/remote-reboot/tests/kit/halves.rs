//! Both halves of the restart, as they were built. The computer that is restarted is simulated, too.

use lotse_testkit::{Capability, Event, Kit, Place};

fn asked() -> Kit {
    let kit = Kit::of("lotse.remote-reboot").rep("Anna Berg").customer("K. Weber").start();
    kit.rep().click("restart");
    kit.settle();
    kit
}

fn restarts(kit: &Kit) -> usize {
    kit.customer().calls().iter().filter(|call| *call == "restart").count()
}

#[test]
fn nothing_is_restarted_without_the_customers_word() {
    let kit = asked();
    assert_eq!((kit.customer().asked(), restarts(&kit)), (vec![Capability::Restart], 0));
    kit.customer().refuse(Capability::Restart);
    kit.settle();
    assert_eq!(restarts(&kit), 0);
    assert!(kit.rep().tree(Place::Tools).text().contains("The customer said no."));
}

#[test]
fn each_restart_needs_a_word_of_its_own() {
    let kit = asked();
    kit.customer().allow(Capability::Restart);
    kit.settle();
    assert_eq!(restarts(&kit), 1);
    assert!(kit.rep().tree(Place::Tools).text().contains("The customer said yes."));
    kit.customer().happens(Event::RestartFailed("cancelled"));
    kit.settle();
    assert!(kit.rep().tree(Place::Tools).text().contains("The customer stopped the restart."));
    kit.rep().click("restart");
    kit.settle();
    assert_eq!((kit.customer().asked(), restarts(&kit)), (vec![Capability::Restart], 1));
}

#[test]
fn h2_who_only_looks_on_restarts_nothing_and_is_told_so_at_once() {
    let kit = Kit::of("lotse.remote-reboot").rep("Anna Berg").observer("Bo Lind").customer("K. Weber").start();
    let bo = kit.colleague(1);
    assert!(!bo.tree(Place::Tools).is_enabled("restart") && kit.rep().tree(Place::Tools).is_enabled("restart"));
    // As a changed program would.
    bo.act("restart", Vec::new());
    kit.settle();
    assert!(bo.tree(Place::Tools).text().contains("Ask a rep who helps in it"));
    assert!(kit.customer().asked().is_empty(), "the customer is not even asked");
    kit.rep().click("restart");
    kit.settle();
    kit.customer().allow(Capability::Restart);
    kit.settle();
    assert_eq!(restarts(&kit), 1, "whoever helps is heard as ever");
}
