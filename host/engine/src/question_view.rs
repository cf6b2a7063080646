//! Questions of customers who wait, as a rep's windows show them. Everything in them was cleaned of what could forge other
//! words, and times are of this computer's clock.

use lotse_protocol::question::{Availability, Offered, QuestionId, RunningSession};
use std::sync::Arc;
use std::time::Instant;

/// What concerns this rep of the queue, and of what was offered. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// How this rep takes questions; `None`: nobody has said yet, and none are offered.
    pub availability: Option<Availability>,
    /// The account has a portal that leads to this rep.
    pub has_portal: bool,
    /// Who has waited longest first.
    pub waiting: Arc<Vec<Question>>,
    /// Those that are not listed.
    pub more: u32,
    /// What is offered to this rep alone at this moment.
    pub offer: Option<Offer>,
    /// The rep took it, and the relay has yet to answer.
    pub answering: Option<QuestionId>,
    /// What became of the last question that was this rep's.
    pub news: Option<QuestionNews>,
}

/// A question that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub id: QuestionId,
    /// What the customer is called; may be empty.
    pub name: String,
    /// On one line.
    pub text: String,
    pub portal: String,
    /// `en` or `de`.
    pub language: String,
    /// Operating system in words; may be empty.
    pub system: String,
    /// When it was asked. Stays the same while the question is told again.
    pub since: Instant,
    pub offered: Offered,
    /// It is no question but a running session that a colleague hands over, or this rep; `text` is what its customer asked, if
    /// they did. To answer it is to read it first ([`crate::rep::RepView::hand_over`]).
    pub running: Option<RunningSession>,
}

/// A question that is offered to this rep alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub question: Arc<Question>,
    /// When it goes to the next rep.
    pub until: Instant,
    /// The whole of that time, in seconds.
    pub for_s: u16,
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionNews {
    pub question: QuestionId,
    /// What its customer is called; may be empty.
    pub name: String,
    pub end: QuestionEnd,
    pub at: Instant,
}

/// Why a question is this rep's no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionEnd {
    /// This rep passed it.
    YouPassed,
    /// Nobody answered it in its time, and it went to the next rep.
    TimeOver,
    /// A colleague took it.
    Taken { by: String },
    /// The customer left.
    Left,
    /// A rep closed it, this one or a colleague.
    Closed { by: String },
    /// It was answered, and the customer's program did not come: it waits again.
    NotCome,
    /// A running session that this rep was reading: a colleague has taken it.
    SessionTaken,
    /// The same: it was taken back, or is over.
    SessionGone,
}
