//! Whether a newer view looks like the one before. Figures of plugins change all the time; every window of the console would
//! be drawn for them, with ten sessions eleven windows, though only the plugin monitor shows them.

use lotse_engine::rep::{RepSession, RepView};
use lotse_engine::view::{Contribution, LinkView, PluginView, View};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What the windows were last drawn for.
#[derive(Default)]
pub(crate) struct AtRest {
    /// The plugin monitor is open.
    figures: AtomicBool,
    last: Mutex<Option<Arc<RepView>>>,
}

impl AtRest {
    /// Figures are shown somewhere.
    pub(crate) fn show_figures(&self, on: bool) {
        self.figures.store(on, Ordering::Relaxed);
    }

    /// Whether the windows are to be drawn for this view.
    pub(crate) fn is_news(&self, view: &Arc<RepView>) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let same = last.as_ref().is_some_and(|last| looks_the_same(last, view));
        if same && !self.figures.load(Ordering::Relaxed) {
            return false;
        }
        *last = Some(view.clone());
        true
    }
}

fn looks_the_same(a: &RepView, b: &RepView) -> bool {
    // Taken apart by name, so that a new field must be thought of here.
    let RepView { revision: _, sign_in, seat, licence, second_factor, problem, sessions, questions, orders, hand_over } =
        a;
    let signed_in = (sign_in, seat, licence, problem) == (&b.sign_in, &b.seat, &b.licence, &b.problem);
    let told =
        (second_factor, questions, orders, hand_over) == (&b.second_factor, &b.questions, &b.orders, &b.hand_over);
    let same = sessions.len() == b.sessions.len() && sessions.iter().zip(&b.sessions).all(|(a, b)| same_session(a, b));
    signed_in && told && same
}

fn same_session(a: &RepSession, b: &RepSession) -> bool {
    let RepSession { id, code, code_expires_in_s, view, notes, unread } = a;
    let left = code.is_none() || *code_expires_in_s == b.code_expires_in_s;
    (id, code, notes, unread) == (&b.id, &b.code, &b.notes, &b.unread)
        && left
        && (Arc::ptr_eq(view, &b.view) || same_view(view, &b.view))
}

fn same_view(a: &View, b: &View) -> bool {
    let View {
        revision: _,
        session,
        state,
        me,
        peer,
        account,
        contact,
        peer_system,
        question,
        portal,
        safety_code,
        developer,
        link,
        obstacle,
        consents,
        // Customer's side.
        prompt: _,
        customer_left,
        paused,
        paused_here,
        paused_there,
        // Customer's side.
        seen: _,
        plugins,
        places,
        notices,
        surfaces,
        choosing,
        showing,
        // Drawn by windows of their own.
        boards: _,
        file_questions,
        file_picks,
        drop_places,
        reps,
        from_rep,
        composed,
        restart,
        // No window of the console shows it.
        audit: _,
    } = a;
    // The figure is shown in milliseconds; the rate only under the pointer, which has windows drawn by itself.
    let LinkView { quality, cause, round_trip_us, bytes_per_s: _ } = link;
    let line = (quality, cause, round_trip_us / 1000) == (&b.link.quality, &b.link.cause, b.link.round_trip_us / 1000);
    let names = (me, peer, account, contact, peer_system) == (&b.me, &b.peer, &b.account, &b.contact, &b.peer_system);
    let words = (question, portal, safety_code) == (&b.question, &b.portal, &b.safety_code);
    let life = (session, state, developer, obstacle) == (&b.session, &b.state, &b.developer, &b.obstacle);
    let pauses = (paused, paused_here, paused_there) == (&b.paused, &b.paused_here, &b.paused_there);
    let shown = (consents, customer_left, notices, surfaces)
        == (&b.consents, &b.customer_left, &b.notices, &b.surfaces)
        && places.len() == b.places.len()
        && places.iter().zip(&b.places).all(|(a, b)| a.0 == b.0 && same_nodes(a.1, b.1));
    let plugged = plugins.len() == b.plugins.len() && plugins.iter().zip(&b.plugins).all(|(a, b)| same_plugin(a, b));
    let files = (file_questions, file_picks, drop_places) == (&b.file_questions, &b.file_picks, &b.drop_places);
    let showing = (choosing, showing) == (&b.choosing, &b.showing);
    let company = (reps, from_rep, composed, restart) == (&b.reps, &b.from_rep, &b.composed, &b.restart);
    files && showing && company && line && names && words && life && pauses && shown && plugged
}

fn same_nodes(a: &[Contribution], b: &[Contribution]) -> bool {
    let same = |a: &Contribution, b: &Contribution| {
        a.plugin == b.plugin && (Arc::ptr_eq(&a.nodes, &b.nodes) || a.nodes == b.nodes)
    };
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

fn same_plugin(a: &PluginView, b: &PluginView) -> bool {
    let PluginView { id, name, version, signer, feature, asks, state, .. } = a;
    let is = (id, name, version, signer) == (&b.id, &b.name, &b.version, &b.signer);
    is && (feature, asks, state) == (&b.feature, &b.asks, &b.state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotse_engine::rep::NotesView;
    use lotse_engine::view::{LinkQuality, SessionState};
    use lotse_protocol::control::SessionId;

    fn view(change: impl FnOnce(&mut View)) -> Arc<RepView> {
        let mut view = lotse_ui::samples::session(true, SessionState::Active, false);
        change(&mut view);
        let (id, notes) = (SessionId([1; 16]), NotesView::default());
        let session = RepSession { id, code: None, code_expires_in_s: 0, view: Arc::new(view), notes, unread: 0 };
        Arc::new(RepView { sessions: vec![session], ..RepView::default() })
    }

    #[test]
    fn t2_figures_alone_have_no_window_drawn_unless_the_monitor_is_open() {
        let rest = AtRest::default();
        assert!(rest.is_news(&view(|_| ())), "the first");
        let busy = |view: &mut View| {
            view.revision += 1;
            view.link.bytes_per_s += 17;
            view.plugins.iter_mut().for_each(|plugin| plugin.calls += 1);
        };
        assert!(!rest.is_news(&view(busy)));
        rest.show_figures(true);
        assert!(rest.is_news(&view(busy)));
    }

    #[test]
    fn t2_what_people_see_is_news() {
        let changes: [fn(&mut View); 4] = [
            |view| view.link.quality = LinkQuality::Slow,
            |view| view.peer.push('!'),
            |view| view.places.clear(),
            |view| view.paused = true,
        ];
        for change in changes {
            let rest = AtRest::default();
            assert!(rest.is_news(&view(|_| ())));
            assert!(rest.is_news(&view(change)));
            assert!(!rest.is_news(&view(change)), "once");
        }
    }
}
