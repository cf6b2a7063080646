//! Replies that a team has in common, as the plugin was built, with two reps in one session.

use lotse_testkit::{Kit, Place, text};

fn kit() -> Kit {
    Kit::of("lotse.canned-replies").rep("Anna Berg").rep("Bo Lind").customer("K. Weber").start()
}

#[test]
fn what_one_rep_adds_the_others_can_use() {
    let kit = kit();
    kit.rep().act("add", text("Hello {customer}, this is {rep}"));
    kit.settle();
    let reply = kit.colleague(1).tree(Place::Tools).id_after("use-").unwrap();
    kit.colleague(1).click(&reply);
    assert_eq!(kit.colleague(1).composed().as_deref(), Some("Hello K. Weber, this is Bo Lind"));
    assert_eq!(kit.rep().composed(), None);
}

#[test]
fn what_one_rep_removes_is_gone_for_all() {
    let kit = kit();
    kit.rep().act("add", text("One moment"));
    kit.settle();
    let remove = kit.colleague(1).tree(Place::Preferences).id_after("remove-").unwrap();
    kit.colleague(1).click(&remove);
    kit.settle();
    assert_eq!(kit.rep().tree(Place::Tools).id_after("use-"), None);
    assert!(!kit.customer().runs());
}
