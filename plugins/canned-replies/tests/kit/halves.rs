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

/// Two consoles at once.
#[test]
fn t1_who_changes_a_reply_that_another_has_just_changed_is_told_and_loses_no_word() {
    let kit = kit();
    kit.rep().act("add", text("One moment"));
    kit.settle();
    for side in [kit.rep(), kit.colleague(1)] {
        let edit = side.tree(Place::Preferences).id_after("edit-").unwrap();
        side.click(&edit);
    }
    // Neither has heard of the other.
    kit.rep().act("rewrite", text("One moment, please"));
    kit.colleague(1).act("rewrite", text("Just a second"));
    kit.settle();
    let slower = kit.colleague(1).tree(Place::Preferences).text();
    assert!(slower.contains("Another rep has just changed this reply; theirs is in the list."), "{slower}");
    assert!(slower.contains("One moment, please") && slower.contains("Just a second"), "{slower}");
    assert!(!kit.rep().tree(Place::Preferences).text().contains("Another rep"), "who was faster hears nothing of it");
    for side in [kit.rep(), kit.colleague(1)] {
        assert!(side.tree(Place::Tools).text().contains("One moment, please"));
    }
    kit.colleague(1).act("rewrite", text("Just a second"));
    kit.settle();
    for side in [kit.rep(), kit.colleague(1)] {
        let replies = side.tree(Place::Tools).text();
        assert!(replies.contains("Just a second") && !replies.contains("One moment"), "{replies}");
    }
}

#[test]
fn t1_a_reply_that_another_removed_meanwhile_comes_back_by_a_second_word_alone() {
    let kit = kit();
    kit.rep().act("add", text("One moment"));
    kit.settle();
    let edit = kit.colleague(1).tree(Place::Preferences).id_after("edit-").unwrap();
    kit.colleague(1).click(&edit);
    let remove = kit.rep().tree(Place::Preferences).id_after("remove-").unwrap();
    kit.rep().click(&remove);
    kit.colleague(1).act("rewrite", text("Just a second"));
    kit.settle();
    assert_eq!(kit.rep().tree(Place::Tools).id_after("use-"), None);
    let shown = kit.colleague(1).tree(Place::Preferences).text();
    assert!(shown.contains("Just a second"));
    assert!(shown.contains("Another rep has just removed this reply.") && !shown.contains("theirs"), "{shown}");
    kit.colleague(1).act("rewrite", text("Just a second"));
    kit.settle();
    assert!(kit.rep().tree(Place::Tools).text().contains("Just a second"));
}

#[test]
fn t1_while_the_relay_is_away_replies_are_used_and_what_is_written_waits_in_its_field() {
    let kit = kit();
    kit.rep().act("add", text("One moment"));
    kit.settle();
    kit.loses_relay();
    let reply = kit.rep().tree(Place::Tools).id_after("use-").unwrap();
    kit.rep().click(&reply);
    assert_eq!(kit.rep().composed().as_deref(), Some("One moment"));
    kit.rep().act("add", text("Please restart it"));
    kit.settle();
    let shown = kit.rep().tree(Place::Preferences).text();
    assert!(shown.contains("Not saved: the relay cannot be reached."), "{shown}");
    assert!(shown.contains("Please restart it"), "{shown}");
    assert!(!kit.colleague(1).tree(Place::Tools).text().contains("Please restart it"));
    kit.finds_relay();
    kit.settle();
    kit.rep().act("add", text("Please restart it"));
    kit.settle();
    for side in [kit.rep(), kit.colleague(1)] {
        let replies = side.tree(Place::Tools).text();
        assert!(replies.contains("Please restart it") && replies.contains("One moment"), "{replies}");
    }
}
