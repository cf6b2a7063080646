//! Who is there beside the rep who leads: for the customer to see wherever it is said who sees, steers or asks.

use lotse_engine::view::{PresentRep, View};

/// Everybody beside whoever leads, also while the line to that one is broken.
pub(crate) fn further(view: &View) -> impl Iterator<Item = &PresentRep> {
    let leads = move |rep: &PresentRep| {
        let line = rep.safety_code.is_empty() || rep.safety_code == view.safety_code;
        !rep.observing && line && rep.name == view.peer
    };
    view.reps.iter().filter(move |rep| !leads(rep))
}

/// All who may do what is asked for: `Anna Berg, Bo Lind`.
pub(crate) fn helping(view: &View) -> String {
    let further = further(view).filter(|rep| !rep.observing).map(|rep| rep.name.as_str());
    std::iter::once(view.peer.as_str()).chain(further).collect::<Vec<_>>().join(", ")
}

/// Who gets what is dropped. Of several reps the plugin talks to one, and names them in its menu.
pub(crate) fn recipient(view: &View) -> &str {
    if further(view).any(|rep| !rep.observing) { "" } else { &view.peer }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotse_engine::view::SessionState;
    use lotse_ui::samples;
    use std::sync::Arc;

    fn names(view: &View) -> Vec<&str> {
        further(view).map(|rep| rep.name.as_str()).collect()
    }

    /// Scar: who leads was taken for the first in the list, which is somebody else while their line is broken.
    #[test]
    fn h2_who_only_looks_is_shown_also_while_the_line_to_whoever_leads_is_broken() {
        let mut view = samples::session(false, SessionState::Active, false);
        view.reps = samples::reps(false);
        assert_eq!(names(&view), ["Bo Lind"]);
        view.reps = Arc::new(view.reps.iter().filter(|rep| rep.observing).cloned().collect());
        assert_eq!(names(&view), ["Bo Lind"]);
    }

    #[test]
    fn h2_a_question_names_everybody_who_may_do_it_and_nobody_who_only_looks() {
        let mut view = samples::session(false, SessionState::Active, false);
        view.reps = samples::reps(false);
        assert_eq!(helping(&view), "Anna Berg");
        view.reps = Arc::new(view.reps.iter().cloned().map(|rep| PresentRep { observing: false, ..rep }).collect());
        assert_eq!(helping(&view), "Anna Berg, Bo Lind");
    }

    #[test]
    fn f1_who_gets_what_is_dropped_is_named_where_there_is_one_and_also_while_nothing_is_heard_of_another() {
        let mut view = samples::session(false, SessionState::Active, false);
        assert_eq!(recipient(&view), "Anna Berg");
        view.reps = samples::reps(false);
        assert_eq!(recipient(&view), "Anna Berg", "who looks on gets nothing");
        view.reps = Arc::new(view.reps.iter().cloned().map(|rep| PresentRep { observing: false, ..rep }).collect());
        assert_eq!(recipient(&view), "");
        view.reps = Arc::new(view.reps.iter().filter(|rep| rep.name == "Bo Lind").cloned().collect());
        assert_eq!(recipient(&view), "", "whoever leads is silent");
    }
}
