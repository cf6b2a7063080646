//! Values that all reps of the account have in common, between this session's plugins and the relay.

use super::Task;
use lotse_protocol::control::ToRelay;
use lotse_protocol::shared::{SharedRefusal, SharedValue};
use lotse_runtime::{ErrorCode, Event as PluginEvent};

impl Task {
    /// A plugin that may read them has been started.
    pub(super) fn want_shared(&self, number: usize, plugin: &str) {
        let (Some(account), Some(shared)) = (self.config.storage.account(), &self.shared) else { return };
        match account.want(plugin) {
            Some(true) => shared.try_tell(number, PluginEvent::SharedReady),
            Some(false) => {}
            None => self.relay_says(ToRelay::FetchShared { plugin: plugin.to_owned() }),
        }
    }

    pub(super) fn on_set_shared(&mut self, number: usize, value: SharedValue) {
        let Some(plugin) = self.plugins.get(number).map(|plugin| plugin.view.id.clone()) else { return };
        self.shared_asked.insert(number, value.key.clone());
        self.relay_says(ToRelay::SetShared { plugin, value });
    }

    /// `whole`: all of them are there.
    pub(super) fn on_shared_changed(&self, plugin: &str, whole: bool, keys: &[String]) {
        let Some(shared) = &self.shared else { return };
        let Some(number) = self.plugins.iter().position(|of| of.view.id == plugin) else { return };
        if whole {
            shared.try_tell(number, PluginEvent::SharedReady);
        }
        for key in keys {
            shared.try_tell(number, PluginEvent::SharedChanged(key.clone()));
        }
    }

    pub(super) fn on_shared_answered(&mut self, plugin: &str, key: &str, outcome: Result<u64, SharedRefusal>) {
        let Some(number) = self.plugins.iter().position(|of| of.view.id == plugin) else { return };
        if self.shared_asked.get(&number).is_none_or(|asked| asked != key) {
            return;
        }
        self.shared_asked.remove(&number);
        let outcome = outcome.map_err(|refusal| match refusal {
            SharedRefusal::Changed => ErrorCode::Gone,
            SharedRefusal::Limit => ErrorCode::Limit,
            SharedRefusal::NotNow => ErrorCode::Busy,
            SharedRefusal::Unlicensed => ErrorCode::Denied,
        });
        if let Some(shared) = &self.shared {
            shared.try_tell(number, PluginEvent::SharedAnswered { key: key.to_owned(), outcome });
        }
    }

    /// The relay is gone, and its answers with it.
    pub(super) fn shared_lost(&mut self) {
        let asked = std::mem::take(&mut self.shared_asked);
        let Some(shared) = &self.shared else { return };
        for (number, key) in asked {
            shared.try_tell(number, PluginEvent::SharedAnswered { key, outcome: Err(ErrorCode::Busy) });
        }
    }
}
