//! What a test can rely on.

use std::panic::catch_unwind;
use std::time::Duration;

use lotse_testkit::{AuditKind, Kit, Place};

fn hello() -> Kit {
    Kit::of("hello").rep("Anna Berg").customer("K. Weber").start()
}

#[test]
fn what_one_half_does_reaches_the_other_after_the_lines_latency() {
    let kit = hello();
    assert!(kit.rep().tree(Place::Menu).text().contains("Say hello (0)"));
    assert!(kit.customer().tree(Place::Menu).is_empty());
    kit.rep().click("greet");
    kit.wait(Duration::from_millis(19));
    assert_eq!(kit.customer().notices().len(), 0);
    kit.wait(Duration::from_millis(1));
    assert_eq!(kit.customer().notices()[0].title, "Hello!");
    kit.settle();
    assert!(kit.rep().tree(Place::Menu).text().contains("Say hello (1)"));
}

#[test]
fn each_side_reads_its_own_language() {
    let kit = Kit::of("hello").rep("Anna Berg").reads("de").customer("K. Weber").start();
    assert!(kit.rep().tree(Place::Menu).text().contains("Grüßen"));
}

#[test]
fn a_half_runs_as_in_the_programs_and_is_started_again() {
    let kit = hello();
    let started =
        |kit: &Kit| kit.rep().audit().iter().filter(|line| matches!(line.what, AuditKind::Started { .. })).count();
    assert_eq!(started(&kit), 1);
    kit.rep().click("greet");
    kit.settle();
    kit.rep().restart();
    assert_eq!(started(&kit), 2);
    assert!(kit.rep().tree(Place::Menu).text().contains("Say hello (0)"), "it saves nothing");
    kit.rep().click("greet");
    kit.settle();
    assert_eq!(kit.customer().notices()[1].body, "2");
}

#[test]
fn wrong_use_is_told_in_words() {
    let words = |broken: fn()| *catch_unwind(broken).unwrap_err().downcast::<String>().unwrap();
    let unbuilt = words(|| drop(Kit::of("lotse.not-there")));
    assert!(unbuilt.contains("lotse.not-there.wasm") && unbuilt.contains("cargo xtask build"), "{unbuilt}");
    let nothing = words(|| hello().rep().click("wave"));
    assert!(nothing.contains("`wave`") && nothing.contains("greet"), "{nothing}");
    let nobody = words(|| {
        hello().colleague(1);
    });
    assert!(nobody.contains("nobody takes that part"), "{nobody}");
}
