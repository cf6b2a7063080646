//! Questions of customers who come by a portal: they wait in line, are offered to one rep after another, and become sessions.
//!
//! `book` has the questions, `desk` the reps, `telling` who is to be told of what, `ended` how questions ended; they decide
//! nothing. `offering` brings questions and reps together, `answering` is what reps say, `pages` what the customers' pages say,
//! and `outcome` what becomes of a question when its session does not, or does. `hand_over` asks reps for sessions that run already,
//! `handed` has those of them in line that go to a portal. A question ends in one way only: its session ended, its customer
//! left, its page vanished, a rep closed it, or its portal was removed. Whatever else goes wrong, it is back in its line.
//!
//! No event looks at all questions: lines are ordered, and what many must be told waits for the next tick.

mod answering;
mod book;
mod desk;
mod ended;
mod hand_over;
#[cfg(test)]
mod hand_over_bench;
mod hand_overs;
mod handed;
mod handed_again;
mod live;
mod offering;
mod outcome;
mod pages;
mod question;
mod record;
mod routes;
#[cfg(test)]
mod simulation;
mod telling;
#[cfg(test)]
mod tests;
mod watching;

pub use live::{LivePlace, LiveQuestion, WaitingPage};
pub use pages::{Ask, NotAsked, Over, PortalStatus, QuestionNews};
pub use record::{Origin, QuestionRecord, QuestionStage};
pub use routes::{Route, Routes};
pub use watching::NotWatched;

use super::Hub;
use super::limits::Limits;
use book::Book;
use desk::Desk;
use ended::Ended;
use hand_overs::HandOvers;
use telling::Telling;

/// Everything of questions.
pub(super) struct Office {
    pub book: Book,
    pub desk: Desk,
    pub telling: Telling,
    pub ended: Ended,
    pub hand_overs: HandOvers,
}

impl Office {
    /// Without a question, a rep or a portal.
    pub fn new(limits: &Limits) -> Self {
        Self {
            book: Book::new(limits.page_keep_ms),
            desk: Desk::default(),
            telling: Telling::default(),
            ended: Ended::default(),
            hand_overs: HandOvers::default(),
        }
    }

    /// When something is due.
    pub fn next_ms(&self) -> Option<u64> {
        let of_questions = self.book.first_due().into_iter().chain(self.telling.next_ms()).chain(self.ended.next_ms());
        of_questions.chain(self.hand_overs.first_due()).min()
    }
}

impl Hub {
    /// Portals or teams were changed, or are known for the first time. Questions of a portal that is gone are over. Whatever
    /// else of people changes brings them, too: then nothing is done.
    pub(super) fn routes(&mut self, routes: Routes) {
        let Routes { portals, teams } = routes;
        let before = self.office.book.portals();
        let mut concerned = self.who_has_portals();
        let gone = self.office.book.set_routes(portals);
        let regrouped = self.office.desk.set_teams(teams);
        if gone.is_none() && !regrouped {
            return;
        }
        for question in gone.into_iter().flatten() {
            self.question_left(question, "its portal was removed", Over::PortalGone);
        }
        // What is offered may be for others now.
        self.office.desk.look_at_all();
        concerned.extend(self.who_has_portals());
        self.office.telling.everybody(concerned);
        for portal in before.into_iter().chain(self.office.book.portals()) {
            self.office.telling.portal(portal);
        }
    }

    /// Sign-ins that portals lead to: all others hear nothing of questions.
    fn who_has_portals(&self) -> Vec<i64> {
        self.office.desk.everybody().into_iter().filter(|sign_in| self.has_portal(*sign_in)).collect()
    }

    /// Brings together who fits, and tells what is to be told by now. The last of each event, when all its books are written.
    pub(super) fn settle_questions(&mut self, now_ms: u64) {
        self.match_up(now_ms);
        self.tell_of_questions(now_ms);
    }
}
