//! Both halves of file transfer, as they were built: offers, answers, breaks. No byte is real, as plugins see none.

use std::time::Duration;

use lotse_testkit::{Capability, Event, Kit, Place, number};

fn kit() -> Kit {
    Kit::of("lotse.file-transfer").rep("Anna Berg").customer("K. Weber").start()
}

/// The rep has dropped a file onto the chat.
fn offered(bytes: u64) -> Kit {
    let kit = kit();
    kit.rep().drops("chat", &[("report.pdf", bytes)]);
    kit.settle();
    kit
}

#[test]
fn what_is_dropped_arrives_where_the_other_side_chose() {
    let kit = offered(600_000);
    let offers = kit.customer().offers();
    assert_eq!((offers.len(), number(&offers[0], "bytes")), (1, 600_000));
    kit.customer().accepts("Downloads");
    kit.settle();
    assert_eq!(kit.customer().received(), ["report.pdf"]);
    assert!(kit.rep().tree(Place::Chat).text().contains("Sent · 600 KB"));
    assert!(kit.customer().tree(Place::Chat).text().contains("Received into Downloads · 600 KB"));
}

#[test]
fn the_customer_sends_as_well() {
    let kit = kit();
    kit.customer().click("send-files");
    kit.customer().picks(&[("photos/1.jpg", 1_000), ("photos/2.jpg", 2_000)]);
    kit.settle();
    kit.rep().accepts("Desktop");
    kit.settle();
    assert_eq!(kit.rep().received(), ["photos/1.jpg", "photos/2.jpg"]);
}

#[test]
fn f1_a_second_rep_sends_and_receives_as_well() {
    let kit = Kit::of("lotse.file-transfer").rep("Anna Berg").rep("Bo Lind").customer("K. Weber").start();
    kit.settle();
    kit.colleague(1).drops("chat", &[("from-bo.pdf", 1_000)]);
    kit.settle();
    kit.customer().accepts("Downloads");
    kit.settle();
    assert_eq!(kit.customer().received(), ["from-bo.pdf"]);
    assert!(kit.customer().tree(Place::Chat).text().contains("From Bo Lind"));
    let to_bo = kit.customer().tree(Place::Menu).id_after("send-files-").unwrap();
    kit.customer().click(&to_bo);
    kit.customer().picks(&[("log.txt", 1_000)]);
    kit.settle();
    assert_eq!(kit.rep().offers().len() + kit.colleague(1).offers().len(), 1, "whoever was meant, and nobody else");
}

#[test]
fn f1_what_the_customer_drops_goes_to_nobody_before_it_is_said_to_whom() {
    let kit = Kit::of("lotse.file-transfer").rep("Anna Berg").rep("Bo Lind").customer("K. Weber").start();
    kit.settle();
    kit.customer().drops("chat", &[("plans.pdf", 1_000)]);
    kit.settle();
    assert!(kit.rep().offers().is_empty() && kit.colleague(1).offers().is_empty());
    assert!(kit.customer().tree(Place::Chat).text().contains("Who is to get it?"));
    let nobody = kit.customer().tree(Place::Chat).id_after("to-nobody-").unwrap();
    kit.customer().click(&nobody);
    kit.settle();
    assert!(!kit.customer().tree(Place::Chat).text().contains("plans.pdf"));
}

#[test]
fn a_no_is_told_and_nothing_is_sent() {
    let kit = offered(600_000);
    kit.customer().declines();
    kit.settle();
    assert!(kit.rep().tree(Place::Chat).text().contains("K. Weber declined"));
    assert!(kit.customer().received().is_empty());
}

#[test]
fn a_transfer_goes_on_where_it_broke_off() {
    let kit = offered(8_000_000);
    kit.customer().accepts("Downloads");
    kit.wait(Duration::from_secs(3));
    kit.link().cut();
    kit.wait(Duration::from_secs(12));
    assert!(kit.rep().tree(Place::Chat).text().contains("Interrupted; goes on by itself"));
    kit.link().heal();
    kit.wait(Duration::from_secs(7));
    assert_eq!(kit.customer().received(), ["report.pdf"], "the rest, and not all of it again");
}

#[test]
fn either_side_pauses_and_cancels() {
    let kit = offered(8_000_000);
    kit.customer().accepts("Downloads");
    kit.wait(Duration::from_secs(1));
    let pause = kit.customer().tree(Place::Chat).id_after("pause-").unwrap();
    kit.customer().click(&pause);
    kit.wait(Duration::from_secs(20));
    assert!(kit.customer().received().is_empty());
    assert!(kit.rep().tree(Place::Chat).text().contains("paused by K. Weber"));
    let cancel = kit.rep().tree(Place::Chat).id_after("cancel-").unwrap();
    kit.rep().click(&cancel);
    kit.settle();
    assert!(kit.customer().tree(Place::Chat).text().contains("Cancelled by Anna Berg"));
    assert!(kit.customer().received().is_empty());
}

#[test]
fn f2_what_is_cancelled_after_it_broke_off_leaves_no_part_behind() {
    for by_the_receiver in [true, false] {
        let kit = offered(8_000_000);
        kit.customer().accepts("Downloads");
        kit.wait(Duration::from_secs(3));
        kit.link().cut();
        kit.wait(Duration::from_secs(12));
        assert_eq!(kit.customer().unfinished(), 1);
        let side = if by_the_receiver { kit.customer() } else { kit.rep() };
        let cancel = side.tree(Place::Chat).id_after("cancel-").unwrap();
        side.click(&cancel);
        kit.settle();
        assert_eq!(kit.customer().unfinished() == 0, by_the_receiver, "at once where it is cancelled");
        kit.link().heal();
        kit.wait(Duration::from_secs(7));
        assert_eq!(kit.customer().unfinished(), 0);
        assert!(kit.customer().received().is_empty());
    }
}

#[test]
fn a_standing_permission_saves_the_question_until_it_is_taken_back() {
    let kit = kit();
    kit.rep().click("allow");
    kit.settle();
    assert_eq!(kit.customer().asked(), [Capability::Files]);
    kit.customer().allow(Capability::Files);
    kit.settle();
    kit.rep().drops("chat", &[("one.txt", 1)]);
    kit.settle();
    assert_eq!(kit.customer().received(), ["one.txt"]);
    kit.customer().refuse(Capability::Files);
    kit.settle();
    kit.rep().drops("chat", &[("two.txt", 1)]);
    kit.settle();
    assert_eq!((kit.customer().received().len(), kit.customer().offers().len()), (1, 1));
}

#[test]
fn h2_who_only_looks_on_sends_and_gets_nothing_and_is_told_so_at_once() {
    let setup = Kit::of("lotse.file-transfer").rep("Anna Berg").observer("Bo Lind").customer("K. Weber");
    let kit = setup.allows(Capability::Files).start();
    let bo = kit.colleague(1);
    assert!(!bo.tree(Place::Menu).is_enabled("send-files") && kit.rep().tree(Place::Menu).is_enabled("send-files"));
    bo.act("allow", Vec::new());
    bo.drops("chat", &[("planted.txt", 1)]);
    kit.settle();
    assert_eq!(bo.notices().last().map(|told| told.body.as_str()), Some("You only look on in this session."));
    assert!(kit.customer().received().is_empty() && kit.customer().offers().is_empty());
    kit.customer().drops("chat", &[("mine.txt", 1)]);
    kit.settle();
    assert!(bo.offers().is_empty());
    assert_eq!(kit.rep().offers().len(), 1, "it is meant for whoever helps");
    kit.wait(Duration::from_secs(20));
    let opened = bo.calls().iter().filter(|call| *call == "open control").count();
    assert_eq!(opened, 1, "and nobody is called again and again");
}

#[test]
fn h1_what_stops_since_its_rep_has_left_is_named_to_the_customer_and_to_the_rep_who_is_there_now() {
    for (locale, words) in [("en", "Anna Berg has left, and 1 transfer was not finished."), ("de", "nicht fertig")] {
        let setup = Kit::of("lotse.file-transfer").rep("Anna Berg").rep("Bo Lind").reads(locale).customer("K. Weber");
        let kit = setup.start();
        kit.rep().drops("chat", &[("report.pdf", 8_000_000)]);
        kit.settle();
        kit.customer().accepts("Downloads");
        kit.wait(Duration::from_secs(2));
        kit.rep().happens(Event::Left(kit.customer().id()));
        kit.customer().happens(Event::Left(kit.rep().id()));
        kit.wait(Duration::from_secs(20));
        assert!(kit.customer().tree(Place::Chat).text().contains("Have it sent again if you still need it."));
        let told = kit.colleague(1).notices().pop().unwrap().body;
        assert!(told.contains(words) && !told.contains("report.pdf"), "a name is between those two: {told}");
        assert!(kit.customer().received().is_empty());
    }
}

#[test]
fn c5_what_came_unasked_ends_with_the_permission_and_both_sides_say_why() {
    let kit = offered(60_000_000);
    kit.customer().accepts("Downloads");
    kit.customer().allow(Capability::Files);
    kit.rep().drops("chat", &[("unasked.bin", 60_000_000)]);
    kit.wait(Duration::from_secs(2));
    assert_eq!(kit.customer().unfinished(), 2);
    kit.customer().refuse(Capability::Files);
    kit.wait(Duration::from_secs(1));
    assert_eq!(kit.customer().unfinished(), 1);
    let rep = kit.rep().tree(Place::Chat).text();
    assert!(rep.contains("The customer took back the permission to send without asking."), "{rep}");
    let customer = kit.customer().tree(Place::Chat).text();
    assert!(customer.contains("Ended: you no longer allow files to come without a question."), "{customer}");
    kit.settle();
    assert_eq!(kit.customer().received(), ["report.pdf"], "what was agreed to by itself goes on");
}

#[test]
fn f2_a_pause_of_the_session_holds_transfers_and_what_a_person_paused_stays_so_behind_it() {
    let kit = offered(8_000_000);
    kit.customer().accepts("Downloads");
    kit.wait(Duration::from_secs(1));
    kit.customer().pauses(true);
    kit.wait(Duration::from_secs(20));
    assert!(kit.customer().received().is_empty());
    assert!(kit.customer().tree(Place::Chat).text().contains("· paused"));
    assert!(kit.rep().tree(Place::Chat).text().contains("paused by K. Weber"));
    let pause = kit.customer().tree(Place::Chat).id_after("pause-").unwrap();
    kit.customer().click(&pause);
    kit.customer().pauses(false);
    kit.wait(Duration::from_secs(20));
    assert!(kit.customer().received().is_empty());
    let resume = kit.customer().tree(Place::Chat).id_after("resume-").unwrap();
    kit.customer().click(&resume);
    kit.settle();
    assert_eq!(kit.customer().received(), ["report.pdf"]);
}
