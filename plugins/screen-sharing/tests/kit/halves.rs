//! Both halves of screen sharing, as they were built: asking, showing, steering, and everything that ends it.

use std::time::Duration;

use lotse_testkit::{Capability, Event, Kit, Participant, Place, Point, Role, on};

/// Whoever is gone for longer than a line takes to be made anew is named as gone.
const AWAY: Duration = Duration::from_secs(16);

/// The rep has asked for the screen.
fn asked() -> Kit {
    let kit = Kit::of("lotse.screen-sharing").rep("Anna Berg").customer("K. Weber").start();
    kit.rep().click("show");
    kit.settle();
    kit
}

/// The customer shows it.
fn shown() -> Kit {
    let kit = asked();
    kit.customer().allow(Capability::Screen);
    kit.settle();
    kit
}

fn steered() -> Kit {
    let kit = shown();
    kit.rep().click("control");
    kit.settle();
    kit.customer().allow(Capability::Input);
    kit.settle();
    kit
}

#[test]
fn the_screen_is_shown_after_the_customer_agreed_and_not_before() {
    let kit = asked();
    assert_eq!(kit.customer().asked(), [Capability::Screen]);
    assert!(kit.customer().pipelines().is_empty() && kit.rep().windows().is_empty());
    kit.customer().allow(Capability::Screen);
    kit.settle();
    let windows = kit.rep().windows();
    assert_eq!((windows.len(), windows[0].title.as_str()), (1, "K. Weber · screen"));
    assert_eq!(windows[0].stream, kit.customer().pipelines().first().map(|pipeline| pipeline.stream));
    assert!(kit.customer().tree(Place::Menu).ids().contains(&"stop".to_owned()));
}

#[test]
fn a_no_opens_nothing_and_says_so() {
    let kit = asked();
    kit.customer().refuse(Capability::Screen);
    kit.settle();
    assert!(kit.rep().windows().is_empty());
    assert!(kit.rep().tree(Place::Menu).text().contains("The customer said no"));
}

#[test]
fn keys_and_pointer_act_only_with_the_customers_word() {
    let kit = shown();
    let window = kit.rep().windows()[0].id;
    let key = |down| Event::SurfaceKey { surface: window, physical: 30, down };
    kit.rep().happens(key(true));
    kit.settle();
    assert!(!kit.customer().calls().iter().any(|call| call.starts_with("key")), "nobody said that it may");

    let kit = steered();
    let window = kit.rep().windows()[0].id;
    let key = |down| Event::SurfaceKey { surface: window, physical: 30, down };
    kit.rep().happens(key(true));
    kit.rep().happens(key(false));
    let at = Point { x: 12, y: 34 };
    kit.rep().happens(Event::SurfacePointer { surface: window, at, buttons: 1, wheel: Point::default() });
    kit.settle();
    let calls = kit.customer().calls();
    for call in ["key 30 down", "key 30 up", "pointer 1 12,34 1 0,0"] {
        assert!(calls.iter().any(|done| done == call), "{call} in {calls:?}");
    }
}

#[test]
fn what_is_taken_back_lets_go_of_every_key() {
    let kit = steered();
    let window = kit.rep().windows()[0].id;
    kit.rep().happens(Event::SurfaceKey { surface: window, physical: 42, down: true });
    kit.settle();
    kit.customer().refuse(Capability::Input);
    kit.settle();
    assert!(kit.customer().calls().contains(&"release all".to_owned()));
    kit.rep().happens(Event::SurfaceKey { surface: window, physical: 30, down: true });
    kit.settle();
    assert!(!kit.customer().calls().contains(&"key 30 down".to_owned()));
    assert_eq!(kit.rep().windows().len(), 1, "the picture goes on");
}

#[test]
fn what_the_customer_stops_stays_stopped_until_they_say_so() {
    let kit = shown();
    kit.customer().click("stop");
    kit.settle();
    assert!(kit.rep().windows().is_empty() && kit.customer().pipelines().is_empty());
    kit.rep().click("show");
    kit.settle();
    assert!(kit.customer().pipelines().is_empty(), "their consent is still there, and they stopped it");
    kit.customer().click("show");
    kit.settle();
    assert_eq!(kit.customer().pipelines().len(), 1);
}

#[test]
fn after_a_lost_connection_the_view_is_taken_up_again() {
    let kit = shown();
    kit.link().cut();
    kit.wait(Duration::from_secs(12));
    assert!(kit.customer().pipelines().is_empty(), "nothing is shown to nobody");
    kit.link().heal();
    kit.wait(Duration::from_secs(3));
    assert_eq!(kit.customer().pipelines().len(), 1);
    assert!(kit.rep().windows()[0].stream.is_some());
}

#[test]
fn h2_who_only_looks_on_sees_and_is_told_at_once_that_they_do_not_steer() {
    let setup = Kit::of("lotse.screen-sharing").rep("Anna Berg").observer("Bo Lind").customer("K. Weber");
    let kit = setup.allows(Capability::Screen).allows(Capability::Input).start();
    let bo = kit.colleague(1);
    bo.click("show");
    kit.settle();
    assert_eq!(bo.windows().len(), 1);
    assert!(!bo.tree(Place::Viewer).is_enabled("control"));
    // As a changed program would.
    bo.act("control", on(true));
    kit.settle();
    assert!(bo.notices().iter().any(|told| told.body.starts_with("You only look on")));
    let press = |window, physical| Event::SurfaceKey { surface: window, physical, down: true };
    bo.happens(press(bo.windows()[0].id, 30));
    kit.settle();
    kit.rep().click("show");
    kit.settle();
    kit.rep().click("control");
    kit.settle();
    kit.rep().happens(press(kit.rep().windows()[0].id, 31));
    kit.settle();
    let calls = kit.customer().calls();
    assert!(calls.contains(&"key 31 down".to_owned()), "whoever helps steers as ever: {calls:?}");
    assert!(!calls.contains(&"key 30 down".to_owned()), "and carries nothing out that another wished: {calls:?}");
}

#[test]
fn h1_a_picture_that_ends_with_its_rep_is_named_to_the_customer_and_to_the_rep_who_is_there_now() {
    let setup = Kit::of("lotse.screen-sharing").rep("Anna Berg").rep("Bo Lind").rep("Cem Kaya").reads("de");
    let kit = setup.customer("K. Weber").allows(Capability::Screen).start();
    let (bo, cem) = (kit.colleague(1), kit.colleague(2));
    kit.rep().click("show");
    kit.settle();
    assert_eq!(kit.customer().pipelines().len(), 1);
    kit.customer().happens(Event::Left(kit.rep().id()));
    kit.settle();
    assert!(kit.customer().pipelines().is_empty());
    kit.wait(AWAY);
    let told = kit.customer().notices().pop().unwrap();
    assert_eq!(told.title, "Anna Berg no longer sees your screen.");
    assert!(told.body.contains("when a rep asks"), "{told:?}");
    let told = bo.notices().pop().unwrap().body;
    assert!(told.starts_with("Anna Berg is no longer here") && told.contains("choose Show Customer's Screen"), "{told}");
    assert!(cem.notices().pop().unwrap().body.contains("„Kundenbildschirm anzeigen“"));
    bo.click("show");
    kit.settle();
    assert_eq!((kit.customer().pipelines().len(), bo.windows().len()), (1, 1), "with that one click");
    let before = (bo.notices().len(), kit.customer().notices().len());
    kit.customer().happens(Event::Left(cem.id()));
    kit.wait(AWAY);
    assert_eq!((bo.notices().len(), kit.customer().notices().len()), before, "of who saw nothing nothing is said");
}

/// Scar: the customer read that their screen was not shown while another rep looked on.
#[test]
fn h2_while_another_rep_sees_the_screen_nobody_is_told_that_it_is_not_shown() {
    let setup = Kit::of("lotse.screen-sharing").rep("Anna Berg").rep("Bo Lind").rep("Cem Kaya");
    let kit = setup.customer("K. Weber").reads("de").allows(Capability::Screen).start();
    let (bo, cem) = (kit.colleague(1), kit.colleague(2));
    kit.rep().click("show");
    bo.click("show");
    kit.settle();
    assert_eq!(kit.customer().pipelines().len(), 2);
    kit.customer().happens(Event::Left(kit.rep().id()));
    kit.wait(AWAY);
    assert_eq!(kit.customer().pipelines().len(), 1);
    let told = kit.customer().notices().pop().unwrap();
    assert_eq!(told.title, "Anna Berg sieht Ihren Bildschirm nicht mehr.");
    assert_eq!(told.body, "Bo Lind sieht ihn noch.");
    let told = cem.notices().pop().unwrap().body;
    assert!(told.contains("does not see the screen any more") && !told.contains("not shown"), "{told}");
    assert!(bo.notices().iter().all(|told| !told.body.contains("Anna Berg")), "who sees it needs no word");
}

/// Scar: a line that was merely made anew was told to everybody as somebody who had left.
#[test]
fn n4_of_a_line_that_is_only_made_anew_nobody_is_told() {
    let kit = Kit::of("lotse.screen-sharing").rep("Anna Berg").rep("Bo Lind").customer("K. Weber");
    let kit = kit.allows(Capability::Screen).start();
    kit.rep().click("show");
    kit.settle();
    assert_eq!(kit.customer().pipelines().len(), 1);
    let before = (kit.customer().notices().len(), kit.colleague(1).notices().len());
    let anna = kit.rep().id();
    kit.customer().happens(Event::Left(anna));
    kit.wait(Duration::from_secs(2));
    kit.customer().happens(Event::Joined(Participant { id: anna, role: Role::Rep, name: "Anna Berg".to_owned() }));
    kit.wait(AWAY);
    assert_eq!((kit.customer().notices().len(), kit.colleague(1).notices().len()), before);
}

/// Scar: of two who left together one went untold.
#[test]
fn h2_of_two_who_leave_together_both_are_named() {
    let setup = Kit::of("lotse.screen-sharing").rep("Anna Berg").rep("Bo Lind").rep("Cem Kaya");
    let kit = setup.customer("K. Weber").allows(Capability::Screen).start();
    kit.rep().click("show");
    kit.colleague(1).click("show");
    kit.settle();
    for who in [kit.rep().id(), kit.colleague(1).id()] {
        kit.customer().happens(Event::Left(who));
    }
    kit.wait(AWAY);
    let told: Vec<String> = kit.colleague(2).notices().into_iter().map(|told| told.body).collect();
    for name in ["Anna Berg", "Bo Lind"] {
        assert!(told.iter().any(|told| told.starts_with(name)), "{name} in {told:?}");
    }
}
