//! `--viewer-bare`: the core and the picture, and no other window. Ends with the session.

use crate::automation::Automation;
use crate::options::Options;
use crate::parts::{Parts, follow_commands, parts, wishes};
use crate::start_error::StartError;
use lotse_engine::rep::{RepCommand, RepConfig, RepView, SignIn};
use lotse_engine::view::{SessionState, SurfaceOptions};
use lotse_ui::watch::watch;
use lotse_ui::words;
use lotse_viewer::ViewerConfig;
use std::sync::Arc;

/// Runs until the session is over or the sign-in fails.
///
/// # Errors
/// As [`StartError`] says; a session that ended is none.
pub fn run(options: &Options, config: RepConfig, sign_in: Option<RepCommand>) -> Result<(), StartError> {
    let (bell, watch) = watch();
    let changed: Arc<dyn Fn() + Send + Sync> = Arc::new(move || bell.ring());
    let viewer = ViewerConfig { bare: options.viewer_geometry, ..ViewerConfig::default() };
    let Parts { rep, viewer, own: _ } = parts(config, viewer, changed)?;
    if let Some(sign_in) = sign_in {
        rep.send(sign_in);
    }
    if options.commands {
        follow_commands(&rep)?;
    }
    let mut automation = Automation::new(wishes(options));
    let mut ending = None;
    watch.run(|| {
        automation.look(&rep);
        let view = rep.view();
        for surface in view.sessions.iter().flat_map(|session| &session.view.surfaces) {
            // The picture stays as it was asked for on the command line: unscaled, in its place.
            viewer.set_options(surface.id, SurfaceOptions { fit: false, full_screen: false, ..surface.options });
        }
        ending = end(&rep.view());
        ending.is_none()
    });
    drop(viewer);
    rep.settle();
    ending.unwrap_or(Ok(()))
}

/// Whether there is nothing more to come, and whether that is a failure.
fn end(view: &RepView) -> Option<Result<(), StartError>> {
    let failed = |trouble: words::Trouble| Some(Err(StartError::Session(format!("{} {}", trouble.what, trouble.next))));
    match &view.sign_in {
        SignIn::Refused(failure) => return failed(words::sign_in_failure(*failure)),
        SignIn::Failed(problem) => return failed(words::problem(problem)),
        SignIn::Ended(end) => return failed(words::sign_in_end(end)),
        SignIn::Out | SignIn::Trying | SignIn::In { .. } => {}
    }
    let session = view.sessions.last()?;
    match &session.view.state {
        SessionState::Ended { .. } => Some(Ok(())),
        SessionState::Failed { problem } => failed(words::problem(problem)),
        SessionState::Waiting
        | SessionState::Connecting { .. }
        | SessionState::AwaitingConsent
        | SessionState::Active
        | SessionState::Lost { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use lotse_engine::rep::RepSession;
    use lotse_engine::view::View;
    use lotse_protocol::control::{SessionId, SignInFailure};
    use lotse_protocol::peer::EndReason;

    #[test]
    fn goes_on_until_the_session_is_over_or_cannot_begin() {
        let mut view = RepView::default();
        assert!(end(&view).is_none());
        let ended = View { state: SessionState::Ended { reason: EndReason::CustomerEnded }, ..View::default() };
        view.sessions = vec![RepSession {
            id: SessionId([1; 16]),
            code: None,
            code_expires_in_s: 0,
            view: Arc::new(View::default()),
            notes: lotse_engine::rep::NotesView::default(),
            unread: 0,
        }];
        assert!(end(&view).is_none());
        view.sessions[0].view = Arc::new(ended);
        assert!(end(&view).unwrap().is_ok());
        view.sign_in = SignIn::Refused(SignInFailure::WrongIdOrPassword);
        assert!(end(&view).unwrap().is_err());
    }
}
