//! Both halves of the shared clipboard, as they were built, with a customer who says yes, no, and no more.

use lotse_testkit::{Capability, Event, Kit, Place, on};

fn asked() -> Kit {
    let kit = Kit::of("lotse.clipboard").rep("Anna Berg").customer("K. Weber").start();
    kit.rep().act("share", on(true));
    kit.settle();
    kit
}

#[test]
fn nothing_is_shared_before_the_customer_agrees() {
    let kit = asked();
    assert_eq!(kit.customer().asked(), [Capability::Clipboard]);
    assert!(kit.rep().tree(Place::Menu).text().contains("Waiting for the customer's answer"));
    kit.rep().copies("text", b"secret");
    kit.customer().copies("text", b"password");
    kit.settle();
    assert_eq!(kit.customer().clipboard("text").as_deref(), Some(b"password".as_slice()));
    assert_eq!(kit.rep().clipboard("text").as_deref(), Some(b"secret".as_slice()));
}

#[test]
fn once_agreed_a_copy_reaches_the_other_side_both_ways() {
    let kit = asked();
    kit.customer().allow(Capability::Clipboard);
    kit.settle();
    assert!(kit.rep().tree(Place::Menu).text().contains("Shared both ways"));
    kit.rep().copies("text", "grün".as_bytes());
    kit.settle();
    assert_eq!(kit.customer().clipboard("text").as_deref(), Some("grün".as_bytes()));
    kit.customer().copies("text", b"back");
    kit.settle();
    assert_eq!(kit.rep().clipboard("text").as_deref(), Some(b"back".as_slice()));
}

#[test]
fn what_the_customer_takes_back_ends_it_on_both_sides() {
    let kit = asked();
    kit.customer().allow(Capability::Clipboard);
    kit.settle();
    kit.customer().refuse(Capability::Clipboard);
    kit.settle();
    let menu = kit.rep().tree(Place::Menu);
    assert!(menu.text().contains("The customer said no.") && !menu.is_on("share"));
    kit.customer().copies("text", b"password");
    kit.settle();
    assert_eq!(kit.rep().clipboard("text"), None);
    kit.rep().click("ask-again");
    kit.settle();
    assert_eq!(kit.customer().asked(), [Capability::Clipboard], "and can be asked for again");
}

/// Scar: whoever had come last took the line of whoever had asked along.
#[test]
fn h2_a_colleague_who_leaves_takes_nothing_along_of_what_is_shared_with_another() {
    let setup = Kit::of("lotse.clipboard").rep("Anna Berg").rep("Bo Lind").customer("K. Weber");
    let kit = setup.allows(Capability::Clipboard).start();
    kit.rep().act("share", on(true));
    kit.settle();
    kit.customer().happens(Event::Left(kit.colleague(1).id()));
    kit.settle();
    kit.rep().copies("text", b"still");
    kit.settle();
    assert_eq!(kit.customer().clipboard("text").as_deref(), Some(b"still".as_slice()));
}

#[test]
fn h2_who_only_looks_on_shares_nothing_and_is_told_so_at_once() {
    let setup = Kit::of("lotse.clipboard").rep("Anna Berg").observer("Bo Lind").customer("K. Weber");
    let kit = setup.allows(Capability::Clipboard).start();
    let bo = kit.colleague(1);
    assert!(!bo.tree(Place::Menu).is_enabled("share"));
    kit.rep().act("share", on(true));
    kit.settle();
    // As a changed program would.
    bo.act("share", on(true));
    kit.settle();
    assert!(bo.tree(Place::Menu).text().contains("stays where it is"));
    assert!(!bo.tree(Place::Menu).is_on("share"));
    bo.copies("text", b"planted");
    kit.customer().copies("text", b"password");
    kit.settle();
    assert_eq!(bo.clipboard("text").as_deref(), Some(b"planted".as_slice()));
    assert_eq!(kit.customer().clipboard("text").as_deref(), Some(b"password".as_slice()));
    assert_eq!(kit.rep().clipboard("text").as_deref(), Some(b"password".as_slice()), "with whoever helps it is shared");
}
