//! The session that this program is in: its task, and the ends that it has at the relay, one to each rep.

use super::{Core, Joining};
use crate::session::{self, Restored, SessionConfig, SessionGuard, ToSession};
use crate::storage::Storage;
use crate::view::{Access, SessionState, View};
use lotse_protocol::control::{SessionId, Side};
use std::sync::Arc;

/// What one session is begun with: developer mode, and what was allowed ahead in it.
pub(super) struct Trust {
    pub developer: bool,
    pub ahead: Vec<Access>,
}

impl Core {
    pub(super) fn begin(
        &mut self,
        id: SessionId,
        secret: Option<String>,
        restored: Option<Restored>,
        trust: Trust,
    ) -> Result<(), String> {
        let config = SessionConfig {
            side: Side::Customer,
            id,
            locale: self.config.locale.clone(),
            developer: trust.developer,
            ahead: trust.ahead,
            secret,
            restored,
            runtime: self.runtime.clone(),
            network: self.network.clone(),
            store: self.store.clone(),
            drivers: self.drivers.clone(),
            guard: SessionGuard::new(Some(self.windows.clone())),
            surfaces: self.surfaces.clone(),
            drawing: self.drawing.clone(),
            storage: Arc::new(Storage::of_session()),
            note: Some(self.note.clone()),
            files: Some(crate::transfers::place_beside(&self.note)),
            folder: None,
            restart: self.config.restart.clone(),
            relay: self.config.relay.clone(),
            user: String::new(),
            asked: None,
            neighbour: None,
            to_relay: self.to_relay.clone(),
        };
        let handle = session::start(config).map_err(|problem| problem.to_string())?;
        handle.follow(self.changed.clone());
        self.session = Some(handle);
        Ok(())
    }

    pub(super) fn in_session(&self) -> bool {
        let over = |view: &View| matches!(view.state, SessionState::Ended { .. } | SessionState::Failed { .. });
        self.session.as_ref().is_some_and(|session| !over(&session.view.borrow()))
    }

    /// An end is over. If it was the one that led, another leads now, or all is over.
    pub(super) fn forget_end(&mut self, id: SessionId) {
        self.besides.remove(&id);
        if let Joining::In { session, token } = &mut self.joining
            && *session == id
            && let Some((next, its_token)) = self.besides.pop_first()
        {
            (*session, *token) = (next, its_token);
        }
    }

    /// What the relay says of one end of the session.
    pub(super) async fn to_end(&self, session: SessionId, message: ToSession) {
        self.to_session(ToSession::Of { session, message: Box::new(message) }).await;
    }

    pub(super) async fn to_session(&self, message: ToSession) {
        if let Some(session) = &self.session {
            let _ = session.inbox.send(message).await;
        }
    }
}
