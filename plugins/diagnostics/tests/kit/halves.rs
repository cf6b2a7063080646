//! Both halves of system information, as they were built.

use lotse_testkit::{Capability, Kit, Place};

fn asked() -> Kit {
    let kit = Kit::of("lotse.diagnostics").rep("Anna Berg").customer("K. Weber").start();
    kit.rep().click("look");
    kit.settle();
    kit
}

#[test]
fn nothing_is_read_before_the_customer_agrees() {
    let kit = asked();
    assert_eq!(kit.customer().asked(), [Capability::System]);
    let shown = kit.rep().tree(Place::Tools).text();
    assert!(shown.contains("Waiting for the customer's answer") && !shown.contains("Simulated OS"), "{shown}");
    kit.customer().allow(Capability::System);
    kit.settle();
    let shown = kit.rep().tree(Place::Tools).text();
    assert!(shown.contains("Simulated OS"), "{shown}");
}

#[test]
fn a_no_is_told_and_can_be_asked_again() {
    let kit = asked();
    kit.customer().refuse(Capability::System);
    kit.settle();
    assert!(kit.rep().tree(Place::Tools).text().contains("The customer said no."));
    kit.rep().click("look");
    kit.settle();
    assert_eq!(kit.customer().asked(), [Capability::System]);
}

#[test]
fn h2_who_only_looks_on_reads_nothing_and_is_told_so_at_once() {
    let setup = Kit::of("lotse.diagnostics").rep("Anna Berg").observer("Bo Lind").customer("K. Weber");
    let kit = setup.allows(Capability::System).start();
    let bo = kit.colleague(1);
    assert!(!bo.tree(Place::Tools).is_enabled("look") && kit.rep().tree(Place::Tools).is_enabled("look"));
    // As a changed program would.
    bo.act("look", Vec::new());
    kit.settle();
    assert!(bo.tree(Place::Tools).text().contains("Ask a rep who helps in it"));
    assert!(kit.customer().asked().is_empty());
    kit.rep().click("look");
    kit.settle();
    assert!(kit.rep().tree(Place::Tools).text().contains("Simulated OS"), "whoever helps is answered as ever");
    let shown = bo.tree(Place::Tools).text();
    assert!(!shown.contains("Simulated OS"), "and by that nobody else: {shown}");
}

#[test]
fn once_the_word_is_taken_back_nothing_is_read_without_another() {
    let kit = asked();
    kit.customer().allow(Capability::System);
    kit.settle();
    kit.customer().refuse(Capability::System);
    kit.settle();
    kit.rep().click("look");
    kit.settle();
    assert_eq!(kit.customer().asked(), [Capability::System]);
    let shown = kit.rep().tree(Place::Tools).text();
    assert!(!shown.contains("Simulated OS"), "{shown}");
}
