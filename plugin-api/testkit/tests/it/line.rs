//! The line between the halves.

use std::time::Duration;

use lotse_testkit::{Kit, Line, Place};

/// Greetings that arrived of a hundred, with the moments' order left out.
fn arrived(seed: u64) -> usize {
    let line = Line { loss_percent: 40, ..Line::default() };
    let kit = Kit::of("hello").rep("Anna Berg").customer("K. Weber").line(line).seed(seed).start();
    (0..100).for_each(|_| kit.rep().act("greet", Vec::new()));
    kit.settle();
    kit.customer().notices().len()
}

#[test]
fn the_same_seed_is_the_same_run() {
    let (first, again) = (arrived(7), arrived(7));
    assert_eq!(first, again);
    assert!((30..90).contains(&first), "of 100, some 60 get through a line that loses 40: {first}");
    assert!((8..20).any(|seed| arrived(seed) != first), "another seed is another run");
}

#[test]
fn through_a_line_that_is_cut_no_datagram_passes() {
    let kit = Kit::of("hello").rep("Anna Berg").customer("K. Weber").start();
    kit.link().cut();
    kit.rep().click("greet");
    kit.settle();
    kit.link().heal();
    kit.settle();
    assert_eq!(kit.customer().notices().len(), 0);
    kit.rep().click("greet");
    kit.settle();
    assert_eq!(kit.customer().notices().len(), 1);
}

#[test]
fn after_a_while_the_other_side_counts_as_gone_until_the_line_is_back() {
    let kit = Kit::of("hello").rep("Anna Berg").customer("K. Weber").start();
    kit.link().cut();
    kit.wait(Duration::from_secs(11));
    kit.rep().click("greet");
    assert!(kit.rep().tree(Place::Menu).text().contains("(0)"), "nobody is there to be greeted");
    kit.link().heal();
    kit.rep().click("greet");
    kit.settle();
    assert_eq!(kit.customer().notices().len(), 1);
}
