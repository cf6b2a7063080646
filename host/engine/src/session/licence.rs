//! What the account's licence lets this session have, on this side.
//!
//! A feature that the licence covered at some moment of the session stays with it to its end, whatever comes after; one that
//! it comes to cover is started in the middle of it. Each side goes by documents that it checked itself, so a rep's program
//! that was changed to ignore licences meets nobody on the other side.

use super::plugins::package_side;
use super::{Plugin, Task};
use crate::licence::LicenceCheck;
use crate::loading::Ready;
use crate::shared::Shared;
use crate::view::{HostNotice, PluginState, Tone};
use lotse_protocol::control::Side;
use lotse_protocol::licence::{Licence, LicenceError, SignedLicence};
use lotse_protocol::peer::PeerMessage;
use lotse_protocol::tidy;
use lotse_runtime::{Event as PluginEvent, Settings, Value};
use std::collections::BTreeSet;

/// A feature that ends within so long may end in the middle of a session: people are told.
const WARNING_S: i64 = 3600;
/// Longest contact, in characters: as long as a relay lets one be.
const CONTACT_CHARS_MAX: usize = 200;

/// The licence as this session goes by it.
#[derive(Default)]
pub(super) struct Licensed {
    check: Option<LicenceCheck>,
    /// The newest document that was good.
    current: Option<Licence>,
    /// Why the newest one is not, if it is not.
    refused: Option<LicenceError>,
    /// Features that were covered at some moment of this session.
    kept: BTreeSet<String>,
    /// People were told that these end soon, or are over.
    warned: BTreeSet<String>,
    over: BTreeSet<String>,
}

impl Licensed {
    /// Of a session that had these features before this program was started again.
    pub(super) fn with(kept: &[String]) -> Self {
        Self { kept: kept.iter().cloned().collect(), ..Self::default() }
    }

    /// A plugin that asks for this feature may run. `None` asks for none.
    pub(super) fn allows(&self, feature: Option<&String>) -> bool {
        feature.is_none_or(|feature| self.kept.contains(feature))
    }

    /// What this session has.
    pub(super) fn kept(&self) -> &BTreeSet<String> {
        &self.kept
    }

    /// What the licence sets for a feature, as plugins are told it.
    pub(super) fn limits_of(&self, feature: Option<&String>) -> Settings {
        let term = feature.and_then(|feature| self.current.as_ref()?.features.get(feature));
        let number = |(name, limit): (&String, &u32)| (name.clone(), Value::Number(i64::from(*limit)));
        term.map(|term| term.limits.iter().map(number).collect()).unwrap_or_default()
    }

    /// Why there is no licence to go by.
    pub(super) fn refused(&self) -> Option<String> {
        self.refused.as_ref().map(ToString::to_string)
    }

    /// True when there is more than before.
    fn keep_covered(&mut self) -> bool {
        let (Some(current), Some(check)) = (&self.current, &self.check) else { return false };
        let before = self.kept.len();
        self.kept.extend(current.covered(check.now_s()).map(str::to_owned));
        self.kept.len() > before
    }

    /// What people are to be told of a feature that this session has.
    fn news_of(&mut self, feature: &str) -> Option<HostNotice> {
        let (Some(current), Some(check)) = (&self.current, &self.check) else { return None };
        let now_s = check.now_s();
        // One that could not be renewed says nothing of what the account has.
        if current.expires_s <= now_s || !self.kept.contains(feature) {
            return None;
        }
        if !current.covers(feature, now_s) {
            return self.over.insert(feature.to_owned()).then_some(HostNotice::LicenceOver);
        }
        self.over.remove(feature);
        let until_s = current.features.get(feature)?.ends_within(now_s, WARNING_S)?;
        let in_s = u64::try_from(until_s.saturating_sub(now_s)).unwrap_or(0);
        self.warned.insert(feature.to_owned()).then_some(HostNotice::LicenceEnds { in_s })
    }
}

impl Task {
    /// Takes in what the relay says of the account's licence. `None`: nothing.
    pub(super) fn on_licence(&mut self, signed: Option<&SignedLicence>, check: LicenceCheck) {
        let Some(account) = self.offer.as_ref().map(|offer| offer.account.clone()) else { return };
        self.licensed.check = Some(check);
        let checked = match signed {
            Some(signed) => check.check(signed, &account),
            None if check.has_key() => return self.apply_licence(),
            None => Err(LicenceError::NoKey),
        };
        match checked {
            Ok(licence) => {
                self.view.contact = tidy(&licence.contact, CONTACT_CHARS_MAX);
                self.licensed.current = Some(licence);
                self.licensed.refused = None;
            }
            Err(why) => {
                tracing::warn!(session = %self.config.id, %why, "a licence is not taken");
                if self.licensed.refused.as_ref() != Some(&why) {
                    self.notice_of_host(Tone::Caution, account, HostNotice::LicenceRefused { why: why.clone() });
                }
                self.licensed.refused = Some(why);
            }
        }
        self.apply_licence();
    }

    /// Starts what the licence has come to cover, and tells of what it covers no more.
    pub(super) fn apply_licence(&mut self) {
        if self.is_over() {
            return;
        }
        if self.licensed.keep_covered() {
            self.write_note_if_known();
            self.lift_bars();
        }
        self.name_contact();
        // It is the rep who can ask for more.
        if self.config.side == Side::Rep {
            self.tell_licence_news();
        }
    }

    fn tell_licence_news(&mut self) {
        let mut news = Vec::new();
        for plugin in self.plugins.iter().filter(|plugin| plugin.ran) {
            let Some(ready) = &plugin.ready else { continue };
            let Some(feature) = &ready.compiled.manifest().feature else { continue };
            news.extend(self.licensed.news_of(feature).map(|notice| (plugin.view.name.clone(), notice)));
        }
        for (name, notice) in news {
            self.notice_of_host(Tone::Caution, name, notice);
        }
    }

    /// Whom to ask, beside everything that is not licensed.
    fn name_contact(&mut self) {
        let wanted = PluginState::NotLicensed { contact: self.view.contact.clone() };
        for plugin in &mut self.plugins {
            if matches!(plugin.view.state, PluginState::NotLicensed { .. }) && plugin.view.state != wanted {
                plugin.view.state = wanted.clone();
                self.dirty = true;
            }
        }
    }

    /// Plugins that waited for the licence. Which feature one asks for is known once it is here.
    fn lift_bars(&mut self) {
        let Some(offer) = self.offer.clone() else { return };
        for (number, wanted) in offer.plugins.iter().enumerate() {
            let Some(plugin) = self.plugins.get_mut(number) else { continue };
            if let Some(ready) = plugin.barred.take() {
                self.place(number, ready);
            } else if !std::mem::replace(&mut plugin.asked, true)
                && let Some(loader) = &self.loader
            {
                loader.from_disk(number, wanted);
            }
        }
        self.start_late();
    }

    /// Puts a loaded plugin where the licence says: to be started, or aside. The feature is the one that its verified package
    /// names.
    pub(super) fn place(&mut self, number: usize, ready: Ready) {
        let manifest = ready.compiled.manifest();
        // Of the rep's own features the customer's document says nothing, and a half that does not run here needs none.
        let elsewhere = !manifest.sides.contains(&package_side(self.config.side));
        let allowed = elsewhere || self.licensed.allows(manifest.feature.as_ref());
        let contact = self.view.contact.clone();
        let Some(plugin) = self.plugins.get_mut(number) else { return };
        if allowed {
            plugin.ready = Some(ready);
            if matches!(plugin.view.state, PluginState::NotLicensed { .. }) {
                plugin.view.state = PluginState::Loading;
            }
            self.dirty = true;
            return;
        }
        plugin.barred = Some(ready);
        let told = matches!(plugin.view.state, PluginState::NotLicensed { .. });
        plugin.view.state = PluginState::NotLicensed { contact };
        let id = plugin.view.id.clone();
        self.dirty = true;
        if !told {
            self.audit_not_started(id, "it is not licensed");
        }
    }

    /// Starts what has become usable in a session that runs already. All of it is in its place before any of it is looked at,
    /// and what stood aside comes back, so that plugins which need one another come together, in whatever order they were
    /// loaded. Each meets its other half once that runs as well.
    pub(super) fn start_late(&mut self) {
        if self.is_over() {
            return;
        }
        let back: Vec<usize> = (0..self.plugins.len()).filter(|number| self.bring_back(*number)).collect();
        self.resolve();
        for number in back {
            if let Some(plugin) = self.plugins.get_mut(number).filter(|plugin| plugin.ready.is_some()) {
                plugin.view.state = PluginState::Loading;
                self.dirty = true;
            }
        }
        if !self.plugins_started {
            return;
        }
        let started = self.start_ready(true);
        if started.is_empty() {
            return;
        }
        self.dirty = true;
        self.say_running();
        for number in started {
            self.meet_besides(number);
            if self.plugins.get(number).is_some_and(|plugin| plugin.ran && plugin.runs_there) {
                self.meet(number);
            }
        }
    }

    /// True: it stood aside.
    fn bring_back(&mut self, number: usize) -> bool {
        let Some(plugin) = self.plugins.get_mut(number).filter(|plugin| plugin.aside.is_some()) else { return false };
        plugin.ready = plugin.aside.take();
        true
    }

    /// Tells the other side which plugins run here.
    pub(super) fn say_running(&self) {
        let runs = |(number, plugin): (usize, &Plugin)| {
            let runs = plugin.ran && plugin.ready.is_some();
            u8::try_from(number).ok().filter(|_| runs)
        };
        self.say_to_all(&PeerMessage::Running { plugins: self.plugins.iter().enumerate().filter_map(runs).collect() });
    }

    /// Plugins that run on the other side.
    pub(super) fn on_running_there(&mut self, numbers: &[u8]) {
        for number in numbers.iter().map(|number| usize::from(*number)) {
            let Some(plugin) = self.plugins.get_mut(number) else { continue };
            let news = !std::mem::replace(&mut plugin.runs_there, true);
            if news && plugin.late {
                self.meet(number);
            }
        }
    }

    fn meet(&self, number: usize) {
        let Some(shared) = &self.shared else { return };
        if let Some(peer) = shared.peer() {
            shared.try_tell(number, PluginEvent::Joined(peer));
        }
    }

    /// Plugins that hear of the other side. One that was started later than the session does when its other half runs.
    pub(super) fn who_meets(&self, shared: &Shared) -> Vec<usize> {
        let meets = |number: &usize| self.plugins.get(*number).is_none_or(|plugin| !plugin.late || plugin.runs_there);
        shared.plugins().filter(meets).collect()
    }

    /// The other side is gone, and says anew what runs there when it is back.
    pub(super) fn forget_running_there(&mut self) {
        self.plugins.iter_mut().for_each(|plugin| plugin.runs_there = false);
    }
}
