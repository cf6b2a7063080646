//! Which codes have expired. The core forgets such a code when the relay does, and a rep who looks up from the telephone
//! must not wonder where it went.
//!
//! A code that went with its whole session, about when its time was over, has expired; one that was used left a session
//! behind, and one that was taken back usually went before its time.

use crate::asked;
use lotse_engine::rep::{RepSession, RepView};
use lotse_protocol::control::SessionId;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Shown times are whole seconds, and the relay counts from a moment before this program does.
const EARLY: Duration = Duration::from_secs(3);

/// The codes that stood in the last view, and until when.
#[derive(Debug, Default)]
pub(crate) struct ExpiryWatch {
    standing: BTreeMap<SessionId, Instant>,
}

impl ExpiryWatch {
    /// The codes that have expired since the last look. To be shown every view.
    pub(crate) fn look(&mut self, now: Instant, view: &RepView) -> Vec<SessionId> {
        let mut expired = Vec::new();
        self.standing.retain(|id, ends| {
            let session = view.sessions.iter().find(|session| session.id == *id);
            if session.is_none() && now + EARLY >= *ends {
                expired.push(*id);
            }
            session.is_some_and(is_read_aloud)
        });
        for session in view.sessions.iter().filter(|session| is_read_aloud(session)) {
            let ends = now + Duration::from_secs(session.code_expires_in_s);
            self.standing.entry(session.id).or_insert(ends);
        }
        expired
    }
}

/// A code that a page has goes back with its question, of which the list tells.
fn is_read_aloud(session: &RepSession) -> bool {
    session.code.is_some() && !asked::began(session)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotse_protocol::code::JoinCode;
    use std::sync::Arc;

    const ID: SessionId = SessionId([7; 16]);

    fn view(code: Option<u64>) -> RepView {
        let session = |left_s| RepSession {
            id: ID,
            code: Some(JoinCode::new(48_291, 35_207)),
            code_expires_in_s: left_s,
            view: Arc::default(),
            notes: lotse_engine::rep::NotesView::default(),
            unread: 0,
        };
        RepView { sessions: code.map(session).into_iter().collect(), ..RepView::default() }
    }

    #[test]
    fn a_code_that_goes_when_its_time_is_over_has_expired_once() {
        let (mut watch, now) = (ExpiryWatch::default(), Instant::now());
        assert!(watch.look(now, &view(Some(900))).is_empty());
        assert!(watch.look(now + Duration::from_secs(899), &view(Some(1))).is_empty());
        assert_eq!(watch.look(now + Duration::from_secs(899), &view(None)), [ID]);
        assert!(watch.look(now + Duration::from_secs(901), &view(None)).is_empty());
    }

    #[test]
    fn one_that_was_taken_back_or_used_has_not() {
        let now = Instant::now();
        let mut watch = ExpiryWatch::default();
        watch.look(now, &view(Some(900)));
        assert!(watch.look(now + Duration::from_secs(60), &view(None)).is_empty(), "taken back");
        watch.look(now, &view(Some(900)));
        let mut used = view(Some(0));
        used.sessions.iter_mut().for_each(|session| session.code = None);
        let late = now + Duration::from_secs(900);
        assert!(watch.look(late, &used).is_empty(), "used in the last moment");
        assert!(watch.look(late, &view(None)).is_empty(), "and its session closed later");
    }
}
