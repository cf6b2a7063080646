//! Whether two views look the same in the customer's window. What is not shown there (counters, round trips) changes all
//! the time, and a window that is drawn anew for nothing is damage on the very screen that is being shown.

use lotse_engine::view::{Access, ConsentView, Contribution, LinkView, View};
use lotse_protocol::peer::ConsentState;

/// True when nothing a customer sees differs.
#[must_use]
pub fn looks_the_same(a: &View, b: &View) -> bool {
    // Taken apart by name, so that a new field must be thought of here.
    let View {
        revision: _,
        session,
        state,
        me,
        peer,
        account,
        contact: _,
        peer_system,
        question,
        // The customer knows where they asked.
        portal: _,
        safety_code,
        developer,
        link,
        obstacle,
        consents,
        prompt,
        customer_left: _,
        paused,
        paused_here,
        // The other side's own pause is told by what it stops.
        paused_there: _,
        plugins: _,
        places,
        notices,
        surfaces,
        // A rep's own.
        choosing: _,
        showing: _,
        boards: _,
        seen,
        restart,
        composed,
        audit: _,
        file_questions,
        file_picks,
        drop_places,
        reps,
        from_rep: _,
    } = a;
    let LinkView { quality, cause, round_trip_us: _, bytes_per_s: _ } = link;
    let names = (me, peer, account, peer_system) == (&b.me, &b.peer, &b.account, &b.peer_system);
    let words = names && (question, safety_code) == (&b.question, &b.safety_code);
    let session = (session, state, developer) == (&b.session, &b.state, &b.developer);
    let looked_at = (paused, paused_here, seen) == (&b.paused, &b.paused_here, &b.seen);
    let asked = (consents, prompt, notices, reps) == (&b.consents, &b.prompt, &b.notices, &b.reps);
    let watched = surfaces == &b.surfaces;
    let line = (quality, cause, obstacle) == (&b.link.quality, &b.link.cause, &b.obstacle);
    let shown =
        places.len() == b.places.len() && places.iter().zip(&b.places).all(|(a, b)| a.0 == b.0 && same_nodes(a.1, b.1));
    let files = (file_questions, file_picks, drop_places) == (&b.file_questions, &b.file_picks, &b.drop_places);
    files
        && words
        && session
        && looked_at
        && watched
        && asked
        && line
        && shown
        && (restart, composed) == (&b.restart, &b.composed)
}

/// Whether a kind of access is worth a place: what nobody has asked for and few ever do is left out.
#[must_use]
pub fn is_worth_showing(consent: &ConsentView) -> bool {
    match consent.access {
        Access::View | Access::Control | Access::Clipboard | Access::Files => true,
        Access::System | Access::Restart => consent.state != ConsentState::NotAsked,
    }
}

fn same_nodes(a: &[Contribution], b: &[Contribution]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.plugin == b.plugin && a.nodes == b.nodes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use lotse_engine::view::{LinkQuality, RestartView, SessionState};

    #[test]
    fn counters_and_round_trips_are_not_seen_but_words_are() {
        let view = samples::session(false, SessionState::Active, false);
        let mut other = view.clone();
        other.revision += 1;
        other.link.round_trip_us += 1000;
        other.plugins.clear();
        assert!(looks_the_same(&view, &other));
        other.link.quality = LinkQuality::Slow;
        assert!(!looks_the_same(&view, &other));
        let mut other = view.clone();
        other.places.insert("chat", vec![samples::chat("A", "B", false)]);
        assert!(!looks_the_same(&view, &other));
        let mut other = view.clone();
        other.surfaces.push(samples::surface());
        assert!(!looks_the_same(&view, &other), "there is a picture to be watched");
        let mut other = view.clone();
        other.restart = Some(RestartView::Counting { seconds_left: 3 });
        assert!(!looks_the_same(&view, &other), "a countdown is seen to tick");
        let other = samples::session(false, SessionState::Lost { seconds_left: 3 }, false);
        assert!(!looks_the_same(&view, &other));
    }
}
