//! Restarting the customer's computer: the way back first, then a countdown that the customer can stop, then the system is told.
//! Once it was told, the end of this program is not the end of the session.

use super::Task;
use crate::shared::Inner;
use crate::view::{Access, AuditKind, RestartView};
use crate::way_back::{self, RestartNote};
use crate::{restart, system};
use lotse_protocol::peer::ConsentState;
use lotse_runtime::{Capability, Event as PluginEvent};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Time to save one's work, or to think better of it.
const COUNTDOWN: Duration = Duration::from_secs(10);
/// A word that its plugin makes no use of within this is taken back: it was for now.
const WORD_HOLDS: Duration = Duration::from_secs(30);
/// A computer that still runs so long after the system took the order will not restart: somebody there prevents it.
const GOES_DOWN_WITHIN: Duration = Duration::from_secs(180);

/// A restart that is under way.
#[derive(Debug)]
pub(super) struct Restarting {
    plugin: usize,
    entry: PathBuf,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The way back is being written.
    Preparing,
    Counting {
        until: Instant,
    },
    /// The system is told, or was.
    Going {
        since: Instant,
        begun_s: u64,
    },
}

impl Restarting {
    pub(super) fn view(&self, now: Instant) -> RestartView {
        match self.stage {
            Stage::Preparing => RestartView::Counting { seconds_left: COUNTDOWN.as_secs() },
            Stage::Counting { until } => {
                let left = until.saturating_duration_since(now);
                RestartView::Counting { seconds_left: left.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX) }
            }
            Stage::Going { .. } => RestartView::Going,
        }
    }
}

/// A restart that this program came back from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Restarted {
    /// Id of the plugin that asked for it.
    pub plugin: String,
    pub seconds: u32,
}

impl Task {
    /// The customer's word for a restart went to one plugin, and counts for one.
    pub(super) fn on_restart_wanted(&mut self, plugin: usize) {
        self.take_word_back();
        let Some(config) = self.config.restart.clone() else {
            return self.restart_failed(plugin, "no-way-back");
        };
        let entry = way_back::place(&config, &self.config.id.0);
        self.restart = Some(Restarting { plugin, entry: entry.clone(), stage: Stage::Preparing });
        self.dirty = true;
        let inner = self.queues.inner.0.clone();
        tokio::task::spawn_blocking(move || {
            let prepared = way_back::prepare(&config, &entry)
                .inspect_err(|error| tracing::warn!(%error, "there is no way back into the session"))
                .is_ok();
            if inner.blocking_send(Inner::WayBack { entry: entry.clone(), prepared }).is_err() {
                way_back::remove(&entry);
            }
        });
    }

    pub(super) fn on_way_back(&mut self, entry: PathBuf, prepared: bool) {
        match &mut self.restart {
            Some(restart) if prepared => {
                restart.stage = Stage::Counting { until: Instant::now() + COUNTDOWN };
                self.write_note();
            }
            Some(_) => self.give_restart_up("no-way-back"),
            // Stopped meanwhile.
            None => way_back::remove(&entry),
        }
        self.dirty = true;
    }

    /// The customer's hand.
    pub(super) fn cancel_restart(&mut self) {
        let stops = self.restart.as_ref().is_some_and(|restart| !matches!(restart.stage, Stage::Going { .. }));
        if stops {
            self.give_restart_up("cancelled");
        }
    }

    pub(super) fn on_restart_told(&mut self, taken: bool) {
        if !taken && self.goes_down() {
            self.give_restart_up("refused");
        }
    }

    /// Looks at the clock.
    pub(super) fn tend_restart(&mut self, now: Instant) {
        if self.restart_word.is_some_and(|(_, since)| now.saturating_duration_since(since) >= WORD_HOLDS) {
            self.take_word_back();
        }
        let Some(restart) = &mut self.restart else { return };
        match restart.stage {
            Stage::Preparing => {}
            Stage::Counting { until } if now < until => self.dirty = true,
            Stage::Counting { .. } => {
                restart.stage = Stage::Going { since: now, begun_s: system::unix_s() };
                self.tell_system();
            }
            Stage::Going { since, .. } if now.saturating_duration_since(since) >= GOES_DOWN_WITHIN => {
                self.give_restart_up("stayed");
            }
            Stage::Going { .. } => {}
        }
    }

    fn tell_system(&mut self) {
        self.dirty = true;
        self.write_note();
        self.audit_restart("this computer is being restarted");
        let Some(config) = self.config.restart.clone() else { return };
        let inner = self.queues.inner.0.clone();
        tokio::task::spawn_blocking(move || {
            let taken = restart::begin(&config);
            // Nobody is left to hear it if the program ends first.
            let _ = inner.blocking_send(Inner::RestartTold { taken });
        });
    }

    /// Whether the system was told: then the session outlives this program.
    pub(super) fn goes_down(&self) -> bool {
        self.restart.as_ref().is_some_and(|restart| matches!(restart.stage, Stage::Going { .. }))
    }

    /// It is not done after all: nothing of it is left.
    pub(super) fn give_restart_up(&mut self, why: &'static str) {
        let Some(restart) = self.restart.take() else { return };
        way_back::remove(&restart.entry);
        self.write_note_if_known();
        self.restart_failed(restart.plugin, why);
    }

    fn restart_failed(&mut self, plugin: usize, why: &'static str) {
        if let Some(shared) = &self.shared {
            shared.wishes.end_restart();
            shared.try_tell(plugin, PluginEvent::RestartFailed(why));
        }
        self.audit_restart(&format!("this computer was not restarted: {why}"));
        self.dirty = true;
    }

    fn audit_restart(&mut self, text: &str) {
        self.audit(AuditKind::Consent, String::new(), Access::Restart.to_string(), text.to_owned());
    }

    /// The session is over.
    pub(super) fn end_restart(&mut self) {
        if let Some(restart) = self.restart.take() {
            way_back::remove(&restart.entry);
        }
    }

    /// The word was used, or was not and is too old.
    pub(super) fn take_word_back(&mut self) {
        self.restart_word = None;
        let Some(shared) = self.shared.clone() else { return };
        shared.consents.lock().set(Access::Restart, ConsentState::NotAsked, Instant::now());
        shared.plugins().for_each(|plugin| shared.try_tell(plugin, PluginEvent::Revoked(Capability::Restart)));
        self.tell_consents();
        self.dirty = true;
    }

    /// What the resume note says.
    pub(super) fn restart_note(&self) -> Option<RestartNote> {
        let restart = self.restart.as_ref()?;
        let plugin = self.plugins.get(restart.plugin)?.view.id.clone();
        let begun_s = match restart.stage {
            Stage::Preparing | Stage::Counting { .. } => None,
            Stage::Going { begun_s, .. } => Some(begun_s),
        };
        Some(RestartNote { entry: restart.entry.clone(), plugin, begun_s })
    }

    /// Tells the plugin that asked for the restart that it is over, once it runs.
    pub(super) fn tell_back(&mut self) {
        let Some(Restarted { plugin, seconds }) = self.restarted.clone() else { return };
        let number = self.plugins.iter().position(|of| of.view.id == plugin);
        if let (Some(number), Some(shared)) = (number, &self.shared)
            && shared.instance(number).is_some()
        {
            shared.try_tell(number, PluginEvent::RestartBack { seconds });
            self.restarted = None;
        }
    }
}
