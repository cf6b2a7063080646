//! Both halves of Share My Screen, as they were built: the rep shows something, and the customer watches.

use std::time::Duration;

use lotse_testkit::{Event, Kit, Place};

fn shown() -> Kit {
    let kit = Kit::of("lotse.share-my-screen").rep("Anna Berg").customer("K. Weber").start();
    kit.rep().click("share");
    kit.rep().chooses("Letter");
    kit.settle();
    kit
}

#[test]
fn what_the_rep_chooses_the_customer_watches() {
    let kit = shown();
    let windows = kit.customer().windows();
    assert_eq!((windows.len(), windows[0].title.as_str()), (1, "Anna Berg · screen"));
    assert!(kit.rep().tree(Place::Menu).text().contains("The customer watches: Letter"));
    assert!(kit.customer().tree(Place::Menu).ids().contains(&"stop-watching".to_owned()));
    assert!(kit.customer().tree(Place::Viewer).text().contains("You see: Letter"), "beside the picture itself");
}

#[test]
fn without_a_choice_nothing_is_shown() {
    let kit = Kit::of("lotse.share-my-screen").rep("Anna Berg").customer("K. Weber").start();
    kit.rep().click("share");
    assert!(!kit.rep().tree(Place::Menu).is_enabled("share"), "the chooser is open");
    kit.rep().chooses_nothing();
    kit.settle();
    assert!(kit.customer().windows().is_empty() && kit.rep().tree(Place::Menu).is_enabled("share"));
}

#[test]
fn a_picture_that_is_held_says_so_to_the_customer() {
    let kit = shown();
    kit.rep().click("pause-sharing");
    kit.settle();
    assert!(kit.rep().pipelines()[0].paused);
    for place in [Place::Menu, Place::Viewer] {
        assert!(kit.customer().tree(place).text().contains("The rep holds the picture."), "{place:?}");
    }
}

#[test]
fn the_customer_can_end_it_and_the_rep_is_told() {
    let kit = shown();
    kit.customer().click("stop-watching");
    kit.settle();
    assert!(kit.customer().windows().is_empty() && kit.rep().pipelines().is_empty());
    assert!(kit.rep().notices().iter().any(|told| told.body == "The customer has closed the picture."));
}

#[test]
fn a_connection_that_comes_back_has_the_picture_again() {
    let kit = shown();
    kit.link().cut();
    kit.wait(Duration::from_secs(12));
    assert!(kit.customer().windows().is_empty() && kit.rep().pipelines().is_empty());
    kit.link().heal();
    kit.wait(Duration::from_secs(3));
    assert_eq!((kit.customer().windows().len(), kit.rep().pipelines().len()), (1, 1));
}

#[test]
fn h2_who_only_looks_on_shows_nothing_and_is_told_so_at_once() {
    let setup = Kit::of("lotse.share-my-screen").rep("Anna Berg").observer("Bo Lind").customer("K. Weber");
    let kit = setup.start();
    let bo = kit.colleague(1);
    assert!(!bo.tree(Place::Menu).is_enabled("share"));
    // As a changed program would.
    bo.act("share", Vec::new());
    bo.chooses("Letter");
    kit.settle();
    assert!(bo.notices().iter().any(|told| told.body.starts_with("You only look on")));
    assert!(kit.customer().windows().is_empty() && bo.pipelines().is_empty());
    kit.rep().click("share");
    kit.rep().chooses("Plan");
    kit.settle();
    let windows = kit.customer().windows();
    assert_eq!((windows.len(), windows[0].title.as_str()), (1, "Anna Berg · screen"), "of whoever helps it is watched");
}

#[test]
fn h1_a_picture_that_ends_with_its_rep_is_named_to_the_customer_and_to_the_rep_who_is_there_now() {
    let setup = Kit::of("lotse.share-my-screen").rep("Anna Berg").rep("Bo Lind").rep("Cem Kaya").reads("de");
    let kit = setup.customer("K. Weber").start();
    let (bo, cem) = (kit.colleague(1), kit.colleague(2));
    kit.rep().click("share");
    kit.rep().chooses("Letter");
    kit.settle();
    assert_eq!(kit.customer().windows().len(), 1);
    kit.customer().happens(Event::Left(kit.rep().id()));
    kit.settle();
    assert!(kit.customer().windows().is_empty());
    let told = kit.customer().notices().pop().unwrap().body;
    assert!(told.starts_with("Anna Berg has left") && told.contains("can show their screen"), "{told}");
    let told = bo.notices().pop().unwrap().body;
    assert!(told.starts_with("Anna Berg has left") && told.contains("choose Share My Screen …"), "{told}");
    assert!(cem.notices().pop().unwrap().body.contains("„Meinen Bildschirm freigeben …“"));
    let before = (bo.notices().len(), kit.customer().notices().len());
    kit.customer().happens(Event::Left(cem.id()));
    kit.settle();
    assert_eq!((bo.notices().len(), kit.customer().notices().len()), before, "of who showed nothing nothing is said");
}

#[test]
fn m1_a_whole_display_is_named_in_each_sides_own_language() {
    let kit = Kit::of("lotse.share-my-screen").rep("Anna Berg").customer("K. Weber").reads("de").start();
    kit.rep().click("share");
    // As the simulated computer's one display is called.
    kit.rep().chooses("Screen 1");
    kit.settle();
    assert!(kit.rep().tree(Place::Menu).text().contains("The customer watches: Screen 1 (1920 × 1080)"));
    assert!(kit.customer().tree(Place::Viewer).text().contains("Sie sehen: Bildschirm 1 (1920 × 1080)"));
    kit.rep().click("share");
    kit.rep().chooses("Brief");
    kit.settle();
    assert!(kit.customer().tree(Place::Viewer).text().contains("Sie sehen: Brief"), "and a window by its title");
}
