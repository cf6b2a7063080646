//! Values that all reps of the account have in common: asked for after each sign-in, told to every session.

use super::Core;
use crate::rep_view::SignIn;
use crate::session::ToSession;
use lotse_protocol::control::ToRelay;
use lotse_protocol::shared::{SharedRefusal, SharedValue};

impl Core {
    /// The relay hears again: what plugins want to know is asked for anew.
    pub(super) fn fetch_shared(&self) {
        let (Some(values), SignIn::In { account, .. }) = (self.storage.account(), &self.sign_in) else { return };
        for plugin in values.signed_in(account) {
            self.say(ToRelay::FetchShared { plugin });
        }
    }

    pub(super) fn shared_lost(&self) {
        if let Some(values) = self.storage.account() {
            values.lost();
        }
    }

    pub(super) async fn on_shared(&self, plugin: String, revision: u64, whole: bool, values: Vec<SharedValue>) {
        let Some(account) = self.storage.account() else { return };
        let keys = account.heard(&plugin, revision, whole, values);
        if whole || !keys.is_empty() {
            self.tell_shared(&plugin, whole, &keys).await;
        }
    }

    /// Whoever is told that a change was made finds it made.
    pub(super) async fn on_shared_set(&self, plugin: String, key: String, outcome: Result<u64, SharedRefusal>) {
        let Some(account) = self.storage.account() else { return };
        if account.answered(&plugin, &key, outcome) {
            self.tell_shared(&plugin, false, std::slice::from_ref(&key)).await;
        }
        for entry in &self.sessions {
            let told = ToSession::SharedAnswered { plugin: plugin.clone(), key: key.clone(), outcome };
            let _ = entry.handle.inbox.send(told).await;
        }
    }

    async fn tell_shared(&self, plugin: &str, whole: bool, keys: &[String]) {
        for entry in &self.sessions {
            let told = ToSession::SharedChanged { plugin: plugin.to_owned(), whole, keys: keys.to_vec() };
            let _ = entry.handle.inbox.send(told).await;
        }
    }
}
