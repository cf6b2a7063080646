//! Both halves of Share My Screen, as they were built: the rep shows something, and the customer watches.

use std::time::Duration;

use lotse_testkit::{Display, Event, Kit, Participant, Place, Rect, Role};

/// Whoever is gone for longer than a line takes to be made anew is named as gone.
const AWAY: Duration = Duration::from_secs(16);

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
    kit.wait(AWAY);
    let told = kit.customer().notices().pop().unwrap().body;
    assert!(told.starts_with("Anna Berg is no longer here") && told.contains("can show their screen"), "{told}");
    let told = bo.notices().pop().unwrap().body;
    assert!(told.starts_with("Anna Berg is no longer here") && told.contains("choose Share My Screen …"), "{told}");
    assert!(cem.notices().pop().unwrap().body.contains("„Meinen Bildschirm freigeben …“"));
    let before = (bo.notices().len(), kit.customer().notices().len());
    kit.customer().happens(Event::Left(cem.id()));
    kit.wait(AWAY);
    assert_eq!((bo.notices().len(), kit.customer().notices().len()), before, "of who showed nothing nothing is said");
}

/// Scar: a line that was merely made anew was told to everybody as somebody who had left.
#[test]
fn n4_of_a_line_that_is_only_made_anew_nobody_is_told() {
    let setup = Kit::of("lotse.share-my-screen").rep("Anna Berg").rep("Bo Lind").customer("K. Weber");
    let kit = setup.start();
    kit.rep().click("share");
    kit.rep().chooses("Letter");
    kit.settle();
    assert_eq!(kit.customer().windows().len(), 1);
    let before = (kit.customer().notices().len(), kit.colleague(1).notices().len());
    let anna = kit.rep().id();
    kit.customer().happens(Event::Left(anna));
    kit.wait(Duration::from_secs(2));
    kit.customer().happens(Event::Joined(Participant { id: anna, role: Role::Rep, name: "Anna Berg".to_owned() }));
    kit.wait(AWAY);
    assert_eq!((kit.customer().notices().len(), kit.colleague(1).notices().len()), before);
}

#[test]
fn h2_who_watches_another_screen_is_not_told_that_there_could_be_one() {
    let setup = Kit::of("lotse.share-my-screen").rep("Anna Berg").rep("Bo Lind").customer("K. Weber").reads("de");
    let kit = setup.start();
    for (rep, what) in [(kit.rep(), "Letter"), (kit.colleague(1), "Plan")] {
        rep.click("share");
        rep.chooses(what);
    }
    kit.settle();
    assert_eq!(kit.customer().windows().len(), 2);
    kit.customer().happens(Event::Left(kit.rep().id()));
    kit.wait(AWAY);
    assert_eq!(kit.customer().windows().len(), 1);
    let told = kit.customer().notices().pop().unwrap().body;
    assert_eq!(told, "Anna Berg ist nicht mehr da und zeigt Ihnen nichts mehr.");
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

/// Scar: both sides read the size that the display had when it was chosen.
#[test]
fn m1_a_display_that_becomes_another_size_is_named_by_that_on_both_sides() {
    let kit = Kit::of("lotse.share-my-screen").rep("Anna Berg").customer("K. Weber").start();
    kit.rep().click("share");
    kit.rep().chooses("Screen 1");
    kit.settle();
    let display = |id, name: &str, x, width, height| {
        let area = Rect { x, y: 0, width, height };
        Display { id, name: name.to_owned(), area, scale_percent: 100, primary: id == 1 }
    };
    // Another one is before it now, too.
    kit.rep().displays(vec![display(2, "Beamer", 1280, 800, 600), display(1, "Screen 1", 0, 1280, 720)]);
    kit.settle();
    assert!(kit.rep().tree(Place::Menu).text().contains("The customer watches: Screen 2 (1280 × 720)"));
    assert!(kit.customer().tree(Place::Viewer).text().contains("You see: Screen 2 (1280 × 720)"));
    assert_eq!(kit.rep().pipelines().len(), 1, "and the picture goes on");
    // A window that is called as a display that comes stays what it is.
    kit.rep().click("share");
    kit.rep().chooses("Letter");
    kit.settle();
    kit.rep().displays(vec![display(1, "Letter", 0, 1280, 720)]);
    kit.settle();
    assert!(kit.customer().tree(Place::Viewer).text().contains("You see: Letter"));
}
