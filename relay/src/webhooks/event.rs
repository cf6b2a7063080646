//! What webhooks can be told: some of the audit log's kinds, under names for other programs.

use crate::hub::AuditKind;
use std::str::FromStr;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    SessionStarted,
    SessionEnded,
    QuestionAsked,
    QuestionAnswered,
    QuestionLeft,
    QuestionClosed,
    QuestionReturned,
    MessageLeft,
    LicenceChanged,
    LicenceExpired,
    RepSignedIn,
    RepSignedOut,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 12] = [
        Self::SessionStarted,
        Self::SessionEnded,
        Self::QuestionAsked,
        Self::QuestionAnswered,
        Self::QuestionLeft,
        Self::QuestionClosed,
        Self::QuestionReturned,
        Self::MessageLeft,
        Self::LicenceChanged,
        Self::LicenceExpired,
        Self::RepSignedIn,
        Self::RepSignedOut,
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::SessionStarted => "session.started",
            Self::SessionEnded => "session.ended",
            Self::QuestionAsked => "question.asked",
            Self::QuestionAnswered => "question.answered",
            Self::QuestionLeft => "question.left",
            Self::QuestionClosed => "question.closed",
            Self::QuestionReturned => "question.returned",
            Self::MessageLeft => "message.left",
            Self::LicenceChanged => "licence.changed",
            Self::LicenceExpired => "licence.expired",
            Self::RepSignedIn => "rep.signed-in",
            Self::RepSignedOut => "rep.signed-out",
        }
    }

    /// The kind of the audit log that tells it.
    pub fn kind(self) -> AuditKind {
        match self {
            Self::SessionStarted => AuditKind::SessionStarted,
            Self::SessionEnded => AuditKind::SessionEnded,
            Self::QuestionAsked => AuditKind::QuestionAsked,
            Self::QuestionAnswered => AuditKind::QuestionTaken,
            Self::QuestionLeft => AuditKind::QuestionLeft,
            Self::QuestionClosed => AuditKind::QuestionClosed,
            Self::QuestionReturned => AuditKind::QuestionReturned,
            Self::MessageLeft => AuditKind::MessageLeft,
            Self::LicenceChanged => AuditKind::LicenceChanged,
            Self::LicenceExpired => AuditKind::LicenceExpired,
            Self::RepSignedIn => AuditKind::SignedIn,
            Self::RepSignedOut => AuditKind::SignedOut,
        }
    }

    /// Those that a webhook wants, as it keeps them.
    pub fn among(events: &str) -> impl Iterator<Item = Self> {
        events.split(' ').filter_map(|name| name.parse().ok())
    }
}

impl FromStr for Event {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|event| event.name() == text);
        found.ok_or_else(|| format!("there are {}", Self::ALL.map(Self::name).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_they_are_written() {
        for event in Event::ALL {
            assert_eq!(event.name().parse(), Ok(event));
        }
        let wanted: Vec<Event> = Event::among("session.started of-another-version rep.signed-in").collect();
        assert_eq!(wanted, [Event::SessionStarted, Event::RepSignedIn]);
    }
}
