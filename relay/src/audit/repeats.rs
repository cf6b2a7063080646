//! What is told over and over: whoever is slowed down and asks on, and one question that goes from rep to rep. The first line
//! of a minute stands as it is; those like it are counted and told as one when the minute is over.
//!
//! So nobody fills the log by asking in a loop, which would push out what others have to find there. Without a clock: whoever
//! holds it says when a minute is over.

use crate::hub::{AuditKind, AuditLine};
use std::collections::BTreeMap;

/// Told of somebody who is slowed down. Strangers cause them at no cost, each with a user or portal of their choice.
const SLOWED: [AuditKind; 3] = [AuditKind::SignInSlowed, AuditKind::JoinSlowed, AuditKind::AskSlowed];
/// Told of one question again and again.
const OF_QUESTIONS: [AuditKind; 2] = [AuditKind::QuestionOffered, AuditKind::QuestionPassed];
/// Users or portals that are named in a minute, of each kind; others are only counted. With their sums that is at most 50,000
/// lines a day in all, a tenth of the log.
const SLOWED_NAMED_MAX: usize = 5;
const _: () = assert!((2 * SLOWED_NAMED_MAX as i64 + 1) * 3 * 24 * 60 <= crate::store::AUDIT_LINES_MAX / 10);
/// Questions and the reps they go to that are looked out for in a minute; lines of others stand as they are.
const QUESTIONS_MAX: usize = 1_000;

/// What is told of one account in one detail; of questions by rep, too, so that nobody's refusal is counted as another's.
type About = (Option<i64>, Option<i64>, String);

/// One minute of one kind.
#[derive(Debug, Default)]
struct OfKind {
    seen: BTreeMap<About, Seen>,
    /// Lines about nobody who is named.
    others: u64,
}

/// A line that was written, and how many like it were not.
#[derive(Debug)]
struct Seen {
    /// `None`: of several.
    rep: Option<i64>,
    more: u64,
}

/// One minute.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    slowed: [OfKind; SLOWED.len()],
    of_questions: [OfKind; OF_QUESTIONS.len()],
}

impl Repeats {
    /// The line, if it is to be written now; else it is counted.
    pub fn take(&mut self, line: AuditLine) -> Option<AuditLine> {
        let (minutes, named_max, slowed) = match SLOWED.iter().position(|kind| *kind == line.kind) {
            Some(at) => (self.slowed.get_mut(at), SLOWED_NAMED_MAX, true),
            None => {
                let at = OF_QUESTIONS.iter().position(|kind| *kind == line.kind);
                (at.and_then(|at| self.of_questions.get_mut(at)), QUESTIONS_MAX, false)
            }
        };
        let Some(minute) = minutes else { return Some(line) };
        let about = (line.account, line.rep.filter(|_| !slowed), line.detail.clone());
        if let Some(seen) = minute.seen.get_mut(&about) {
            seen.more += 1;
            seen.rep = seen.rep.filter(|rep| Some(*rep) == line.rep);
            return None;
        }
        if minute.seen.len() < named_max {
            minute.seen.insert(about, Seen { rep: line.rep, more: 0 });
        } else if slowed {
            minute.others += 1;
            return None;
        }
        Some(line)
    }

    /// The minute is over, and another begins: what was counted in it.
    pub fn over(&mut self) -> Vec<AuditLine> {
        let Self { slowed, of_questions } = std::mem::take(self);
        let slowed = SLOWED.into_iter().zip(slowed);
        let mut lines = vec![];
        for (kind, OfKind { seen, others }) in slowed.chain(OF_QUESTIONS.into_iter().zip(of_questions)) {
            for ((account, _, detail), Seen { rep, more }) in seen {
                if more > 0 {
                    lines.push(AuditLine { account, rep, detail: counted(&detail, more), ..AuditLine::new(kind) });
                }
            }
            if others > 0 {
                lines.push(AuditLine { detail: counted("others", others), ..AuditLine::new(kind) });
            }
        }
        lines
    }
}

fn counted(detail: &str, more: u64) -> String {
    let comma = if detail.is_empty() { "" } else { ", " };
    format!("{detail}{comma}{more} more within a minute")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: AuditKind, detail: &str) -> AuditLine {
        AuditLine { account: Some(1), rep: Some(7), detail: detail.into(), ..AuditLine::new(kind) }
    }

    fn told(lines: Vec<AuditLine>) -> Vec<(AuditKind, Option<i64>, String)> {
        lines.into_iter().map(|line| (line.kind, line.rep, line.detail)).collect()
    }

    #[test]
    fn the_first_of_a_minute_stands_and_the_others_are_one_line_with_their_number() {
        let mut repeats = Repeats::default();
        for _ in 0..2 {
            assert!(repeats.take(line(AuditKind::AskSlowed, "question, portal help")).is_some());
            assert!((0..5_000).all(|_| repeats.take(line(AuditKind::AskSlowed, "question, portal help")).is_none()));
            let expected = "question, portal help, 5000 more within a minute".to_owned();
            assert_eq!(told(repeats.over()), [(AuditKind::AskSlowed, Some(7), expected)]);
        }
        assert!(repeats.over().is_empty());
        assert!(repeats.take(AuditLine::new(AuditKind::JoinSlowed)).is_some());
        assert!(repeats.take(AuditLine::new(AuditKind::JoinSlowed)).is_none());
        assert_eq!(told(repeats.over()), [(AuditKind::JoinSlowed, None, "1 more within a minute".into())]);
    }

    #[test]
    fn whoever_makes_names_up_fills_nothing() {
        let mut repeats = Repeats::default();
        let written =
            (0..1_000).filter_map(|number| repeats.take(line(AuditKind::SignInSlowed, &format!("{number}@x.example"))));
        assert_eq!(written.count(), SLOWED_NAMED_MAX);
        let others = format!("others, {} more within a minute", 1_000 - SLOWED_NAMED_MAX);
        assert_eq!(told(repeats.over()), [(AuditKind::SignInSlowed, None, others)]);
    }

    #[test]
    fn a_question_that_goes_round_is_counted_and_no_line_of_another_is_lost() {
        let mut repeats = Repeats::default();
        assert!(repeats.take(line(AuditKind::QuestionOffered, "question 1")).is_some());
        assert!(repeats.take(line(AuditKind::QuestionOffered, "question 1")).is_none());
        let written = (2..3_000)
            .filter_map(|number| repeats.take(line(AuditKind::QuestionOffered, &format!("question {number}"))));
        assert_eq!(written.count(), 2_998);
        let counted = "question 1, 1 more within a minute".to_owned();
        assert_eq!(told(repeats.over()), [(AuditKind::QuestionOffered, Some(7), counted)]);
    }

    /// Scar: of reps who passed the same question within a minute, the log named the first alone.
    #[test]
    fn every_rep_who_passes_a_question_stands_in_the_log() {
        let mut repeats = Repeats::default();
        let passed = |rep| AuditLine { rep: Some(rep), ..line(AuditKind::QuestionPassed, "question 1, passed") };
        for rep in [7, 8, 9] {
            assert_eq!(repeats.take(passed(rep)).and_then(|line| line.rep), Some(rep));
        }
        assert!(repeats.take(passed(8)).is_none(), "the same rep again");
        let counted = "question 1, passed, 1 more within a minute".to_owned();
        assert_eq!(told(repeats.over()), [(AuditKind::QuestionPassed, Some(8), counted)]);
    }

    #[test]
    fn what_is_not_told_over_and_over_is_never_counted() {
        let mut repeats = Repeats::default();
        for kind in AuditKind::ALL.into_iter().filter(|kind| !SLOWED.contains(kind) && !OF_QUESTIONS.contains(kind)) {
            assert!((0..3).all(|_| repeats.take(line(kind, "x")).is_some()), "{}", kind.name());
        }
        assert!(repeats.over().is_empty());
    }
}
