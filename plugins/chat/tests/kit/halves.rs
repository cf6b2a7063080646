//! Both halves of the chat, as they were built, over lines of every kind.

use std::time::Duration;

use lotse_testkit::{Kit, Line, Place, Side, Value, text};

fn two() -> Kit {
    Kit::of("lotse.chat").rep("Anna Berg").customer("K. Weber").start()
}

/// How often a text stands in somebody's conversation.
fn times(side: Side<'_>, words: &str) -> usize {
    side.tree(Place::Chat).text().matches(words).count()
}

#[test]
fn what_is_said_reaches_the_other_side_and_counts_as_unread() {
    let kit = two();
    assert!(kit.customer().tree(Place::Chat).text().contains("Nothing has been written yet."));
    kit.customer().act("say", text("The printer is dead"));
    kit.settle();
    assert_eq!((times(kit.rep(), "The printer is dead"), kit.rep().unread()), (1, 1));
    assert!(kit.customer().tree(Place::Chat).text().contains("delivered"));
    assert!(kit.rep().told().unwrap().contains("The printer is dead"), "a colleague would be shown it");
}

#[test]
fn the_sign_that_somebody_writes_goes_out_by_itself() {
    let kit = two();
    kit.customer().act("say", vec![("typing".to_owned(), Value::Flag(true))]);
    kit.settle();
    assert_eq!(times(kit.rep(), "K. Weber is typing"), 1);
    kit.wait(Duration::from_secs(7));
    assert_eq!(times(kit.rep(), "is typing"), 0);
}

#[test]
fn on_a_bad_line_everything_arrives_once_and_in_order() {
    let kit = Kit::of("lotse.chat").rep("Anna Berg").customer("K. Weber").line(Line::bad()).start();
    for number in 10..20 {
        kit.rep().act("say", text(&format!("line {number}")));
        kit.wait(Duration::from_millis(30));
    }
    kit.settle();
    let shown = kit.customer().tree(Place::Chat).text();
    let lines: Vec<&str> = shown.lines().filter(|line| line.starts_with("line ")).collect();
    let written: Vec<String> = (10..20).map(|number| format!("line {number}")).collect();
    assert_eq!(lines, written);
}

#[test]
fn what_is_said_while_the_line_is_gone_arrives_when_it_is_back() {
    let kit = two();
    kit.rep().act("say", text("before"));
    kit.settle();
    kit.link().cut();
    kit.rep().act("say", text("in the dark"));
    kit.wait(Duration::from_secs(15));
    kit.customer().act("say", text("hello?"));
    assert!(kit.rep().tree(Place::Chat).text().contains("Not connected."));
    assert_eq!(times(kit.customer(), "in the dark"), 0);
    kit.link().heal();
    kit.wait(Duration::from_secs(5));
    for side in [kit.rep(), kit.customer()] {
        for words in ["before", "in the dark", "hello?"] {
            assert_eq!(times(side, words), 1, "{words}");
        }
    }
}

#[test]
fn a_half_that_crashed_has_the_conversation_again() {
    let kit = two();
    kit.rep().act("say", text("Hello"));
    kit.wait(Duration::from_secs(3));
    kit.customer().restart();
    kit.wait(Duration::from_secs(3));
    kit.rep().act("say", text("Still there?"));
    kit.settle();
    assert_eq!((times(kit.customer(), "Hello"), times(kit.customer(), "Still there?")), (1, 1));
}

#[test]
fn reps_hear_each_other_through_the_customers_half() {
    let kit = Kit::of("lotse.chat").rep("Anna Berg").rep("Bo Lind").customer("K. Weber").start();
    kit.colleague(1).act("say", text("Let me try"));
    kit.settle();
    assert_eq!((times(kit.rep(), "Let me try"), times(kit.customer(), "Let me try")), (1, 1));
}
