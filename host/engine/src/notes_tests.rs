//! What is said when, and that nothing written is ever lost.

#![allow(clippy::unwrap_used)]
use super::*;

struct Bench {
    notes: Notes,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        Self { notes: Notes::default(), now: Instant::now() }
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
    }

    fn write(&mut self, text: &str) {
        let on = self.notes.adopted;
        self.notes.write(text, on, self.now);
    }

    fn said(&mut self) -> Option<(u64, String)> {
        self.notes.poll(self.now)
    }

    /// Written and said at once.
    fn say(&mut self, text: &str) -> Option<(u64, String)> {
        self.write(text);
        self.notes.hurry();
        self.said()
    }

    fn state(&self) -> NotesState {
        self.notes.view(Reach::Up).state
    }
}

fn words(revision: u64, text: &str) -> Option<(u64, String)> {
    Some((revision, text.to_owned()))
}

#[test]
fn t3_while_typing_a_text_is_said_once_a_second_and_at_once_when_it_must() {
    let mut bench = Bench::new();
    assert_eq!((bench.said(), bench.state()), (None, NotesState::Empty));
    bench.write("w");
    bench.write("wo");
    assert_eq!((bench.said(), bench.state()), (None, NotesState::Saving), "there may be more in a moment");
    bench.wait(SAY_EVERY);
    bench.write("wor");
    assert_eq!(bench.said(), words(1, "wor"));
    bench.write("worn");
    assert_eq!(bench.said(), None);
    bench.notes.hurry();
    assert_eq!(bench.said(), words(2, "worn"), "without waiting for the answer");
    bench.notes.hurry();
    assert_eq!(bench.said(), None, "there is nothing new");
    bench.notes.heard(1, "wor");
    assert_eq!(bench.state(), NotesState::Saving);
    bench.notes.heard(2, "worn");
    assert_eq!(bench.state(), NotesState::Saved);
    assert!(!bench.notes.is_unsaved());
}

#[test]
fn t3_while_the_relay_is_away_what_was_written_waits_and_is_said_again() {
    let mut bench = Bench::new();
    assert_eq!(bench.say("worn"), words(1, "worn"));
    bench.notes.lost();
    assert_eq!(bench.notes.view(Reach::Away).state, NotesState::Away);
    bench.write("worn roller");
    // The relay has not heard of it.
    bench.notes.again();
    assert_eq!(bench.said(), words(1, "worn roller"));
    bench.notes.heard(1, "worn roller");
    assert_eq!(bench.state(), NotesState::Saved);
    // It has heard, but its answer was lost.
    assert_eq!(bench.say("worn roller, sent one"), words(2, "worn roller, sent one"));
    bench.notes.lost();
    bench.write("worn roller, sent two");
    bench.notes.heard(2, "worn roller, sent one");
    bench.notes.again();
    assert_eq!(bench.said(), words(3, "worn roller, sent two"), "one's own words are no conflict");
    assert!(!bench.notes.merged);
}

#[test]
fn t3_an_answer_that_does_not_come_is_not_waited_for_for_ever() {
    let mut bench = Bench::new();
    assert_eq!(bench.say("worn"), words(1, "worn"));
    bench.wait(ANSWER_WAIT - Duration::from_secs(1));
    assert_eq!(bench.said(), None);
    bench.wait(Duration::from_secs(1));
    assert_eq!(bench.said(), words(1, "worn"));
}

#[test]
fn t3_what_is_unanswered_is_bounded() {
    let mut bench = Bench::new();
    for number in 1..=10 {
        let text = format!("line {number}");
        let said = bench.say(&text);
        assert_eq!(said.is_some(), number <= SAID_MAX, "{number}");
    }
    assert!(bench.notes.said.len() <= SAID_MAX);
    bench.notes.heard(1, "line 1");
    assert_eq!(bench.said(), words(5, "line 10"));
}

#[test]
fn t3_who_takes_a_session_up_has_the_notes_of_before() {
    let mut bench = Bench::new();
    bench.notes.heard(7, "worn roller");
    let view = bench.notes.view(Reach::Up);
    assert_eq!((&*view.text, view.adopted, view.state, view.merged), ("worn roller", 1, NotesState::Saved, false));
    assert_eq!(bench.say("worn roller, replaced"), words(8, "worn roller, replaced"));
}

#[test]
fn t3_of_two_writers_the_slower_one_keeps_both_texts_and_is_told() {
    let mut bench = Bench::new();
    bench.notes.heard(1, "printer");
    assert_eq!(bench.say("printer: mine"), words(2, "printer: mine"));
    bench.notes.heard(2, "printer: theirs");
    let view = bench.notes.view(Reach::Up);
    assert_eq!((&*view.text, view.merged), ("printer: theirs\n\nprinter: mine", true));
    assert_eq!(bench.said(), words(3, "printer: theirs\n\nprinter: mine"), "and both are kept");
    bench.notes.heard(3, "printer: theirs\n\nprinter: mine");
    assert_eq!(bench.state(), NotesState::Saved);
    // A key that was pressed before the window had the other text.
    bench.notes.write("printer: mine!", 1, bench.now);
    assert_eq!(&*bench.notes.text, "printer: theirs\n\nprinter: mine\n\nprinter: mine!");
    let on = bench.notes.adopted;
    bench.notes.write("both", on, bench.now);
    assert!(!bench.notes.merged, "it was read by then");
}

#[test]
fn t3_a_relay_that_was_put_back_to_an_earlier_day_gets_the_notes_again() {
    let mut bench = Bench::new();
    assert_eq!(bench.say("worn"), words(1, "worn"));
    bench.notes.heard(1, "worn");
    assert_eq!(bench.say("worn roller"), words(2, "worn roller"));
    bench.notes.heard(0, "");
    assert_eq!((&*bench.notes.text, bench.notes.merged), ("worn roller", false));
    bench.notes.hurry();
    assert_eq!(bench.said(), words(1, "worn roller"));
}

#[test]
fn t3_what_a_relay_cannot_keep_is_said_again_later_and_what_it_must_not_is_not() {
    let mut bench = Bench::new();
    assert_eq!(bench.say("worn"), words(1, "worn"));
    bench.notes.refuse(NotesRefusal::NotNow, bench.now);
    assert_eq!(bench.state(), NotesState::NotNow);
    bench.notes.hurry();
    assert_eq!(bench.said(), None, "a full disk is not filled by asking");
    bench.wait(AGAIN_AFTER);
    assert_eq!(bench.said(), words(1, "worn"));
    bench.notes.heard(1, "worn");
    assert_eq!(bench.say("late"), words(2, "late"));
    bench.notes.refuse(NotesRefusal::Over, bench.now);
    bench.wait(AGAIN_AFTER);
    assert_eq!((bench.said(), bench.state()), (None, NotesState::Over));
    assert_eq!(&*bench.notes.text, "late", "it can still be copied");
}

#[test]
fn t3_too_long_a_text_stays_until_it_was_shortened() {
    let mut bench = Bench::new();
    let long = "ü".repeat(NOTES_CHARS_MAX + 3);
    assert_eq!(bench.say(&long), None);
    assert_eq!(bench.state(), NotesState::TooLong { over: 3 });
    assert_eq!(&*bench.notes.text, long);
    let fits = "ü".repeat(NOTES_CHARS_MAX);
    assert_eq!(bench.say(&fits), words(1, &fits));
    bench.write(&"ü".repeat(DRAFT_CHARS_MAX + 1));
    assert_eq!(bench.notes.text.chars().count(), DRAFT_CHARS_MAX);
}

#[test]
fn t3_words_that_forge_are_not_said() {
    let mut bench = Bench::new();
    assert_eq!(bench.say("one\r\ntwo\u{202e}\u{7}"), words(1, "one\ntwo"));
    bench.notes.heard(1, "one\ntwo");
    assert_eq!(bench.state(), NotesState::Saved, "and what comes back is the same");
}
