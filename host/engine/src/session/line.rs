//! Time passing: the line's state, silence, and the plugins' figures.

use super::Task;
use super::report::WAITING_AT_ONCE;
use crate::view::{AuditKind, LinkCause, LinkQuality, LinkView, PluginState};
use lotse_protocol::control::Side;
use lotse_runtime::{Event as PluginEvent, Settings, Value};
use lotse_session::{Event, State};
use lotse_transport::{LinkState, LinkStats};
use std::time::{Duration, Instant};

/// A round trip that changed by less than this, or than a fifth of itself, is the same: on a short line it jitters by more
/// than that all the time, and telling it wakes every plugin.
const ROUND_TRIP_STEP_US: u64 = 5_000;
/// Silence after which the other side counts as gone, until it is heard again.
pub(super) const SILENCE: Duration = Duration::from_secs(4);

impl Task {
    pub(super) fn on_tick(&mut self) {
        let now_ms = self.now_ms();
        self.end.machine.handle_time(now_ms);
        if let Some(conversation) = &self.end.conversation {
            let stats = conversation.link.stats();
            let silent = stats.since_peer > SILENCE;
            if silent != self.end.is_lost() {
                self.feed(if silent { Event::LinkSilent } else { Event::LinkHeard });
                // Nobody is shown as there of whom nothing is heard.
                if silent == self.end.is_lost() {
                    self.tell_present();
                }
            }
            self.on_link_view(link_view(&stats));
        }
        self.look_at_leg();
        self.tend_besides();
        self.tend_wish();
        let seen = self.is_seen(Instant::now());
        self.dirty |= seen != self.view.seen || matches!(self.end.machine.state(), State::Lost { .. });
        self.tend_restart(Instant::now());
        self.let_notices_go();
        self.apply_licence();
        self.refresh_plugins();
        self.tell_lost();
        self.report_waiting(WAITING_AT_ONCE);
    }

    /// What was too much for the session's own queue, in one line however much it was.
    fn tell_lost(&mut self) {
        let Some(shared) = &self.shared else { return };
        for plugin in shared.plugins() {
            let left_out = shared.take_notices_left_out(plugin);
            if left_out > 0 {
                tracing::warn!(plugin, left_out, "a plugin's notices were too many; the rest was left out");
            }
        }
        let lost = shared.take_lost();
        if lost > 0 {
            tracing::warn!(lost, "a session's own queue was full: messages were dropped");
            let text = format!("{lost} messages within the session were lost: its queue was full");
            self.audit(AuditKind::Lost, String::new(), String::new(), text);
        }
    }

    fn on_link_view(&mut self, link: LinkView) {
        if is_news(&self.view.link, self.told_round_trip_us, &link) {
            self.told_round_trip_us = link.round_trip_us;
            if let Some(shared) = &self.shared {
                let state = link_settings(&link);
                shared.plugins().for_each(|plugin| {
                    shared.try_tell(plugin, PluginEvent::Link { who: shared.peer_id(), state: state.clone() })
                });
            }
            self.dirty = true;
        }
        self.view.link = link;
    }

    /// The plugin monitor's figures; a change is worth a new view.
    fn refresh_plugins(&mut self) {
        let Some(shared) = &self.shared else { return };
        for (number, plugin) in self.plugins.iter_mut().enumerate() {
            let Some(instance) = shared.instance(number) else { continue };
            let stats = instance.stats();
            let (sent, received) = shared.traffic(number);
            let running = matches!(stats.state, lotse_runtime::State::Running);
            if running && matches!(plugin.view.state, PluginState::Restarting { .. }) {
                plugin.view.state = PluginState::Running;
                shared.invalidate(number);
                // A new instance knows nothing of what the one before was told.
                if self.config.storage.account().is_some_and(|account| account.is_ready(&plugin.view.id)) {
                    shared.try_tell(number, PluginEvent::SharedReady);
                }
                self.dirty = true;
            }
            let old = (plugin.view.calls, plugin.view.memory_bytes, plugin.view.sent_bytes, plugin.view.received_bytes);
            plugin.view.calls = stats.calls;
            plugin.view.cpu_us = stats.cpu_us;
            plugin.view.memory_bytes = stats.memory_bytes;
            plugin.view.sent_bytes = sent;
            plugin.view.received_bytes = received;
            plugin.view.restarts = stats.restarts;
            // Only the console shows them.
            let shown = self.config.side == Side::Rep;
            self.dirty |= shown && old != (stats.calls, stats.memory_bytes, sent, received);
        }
    }
}

/// The line as windows and plugins are told of it.
pub(super) fn link_view(stats: &LinkStats) -> LinkView {
    LinkView {
        quality: match stats.state {
            LinkState::Good => LinkQuality::Good,
            LinkState::Slow => LinkQuality::Slow,
            LinkState::Stalled => LinkQuality::Stalled,
        },
        cause: cause(stats),
        round_trip_us: stats.round_trip.as_micros() as u64,
        bytes_per_s: (stats.sent_per_second + stats.received_per_second) as u64,
    }
}

/// Whether plugins are to hear of it.
pub(super) fn is_news(before: &LinkView, told_us: u64, now: &LinkView) -> bool {
    before.quality != now.quality || before.cause != now.cause || is_another(told_us, now.round_trip_us)
}

fn is_another(told_us: u64, round_trip_us: u64) -> bool {
    told_us.abs_diff(round_trip_us) > (told_us / 5).max(ROUND_TRIP_STEP_US)
}

/// Whose side a stall is on. The relay is asked as soon as the other end falls silent: if it still answers, the line breaks
/// beyond it. If it does not, nobody can tell from here whether that is this side's network or the relay.
fn cause(stats: &LinkStats) -> LinkCause {
    cause_of(stats.state, stats.since_peer, stats.path.since_relay)
}

fn cause_of(state: LinkState, since_peer: Duration, since_relay: Duration) -> LinkCause {
    match state {
        LinkState::Stalled if since_relay * 2 < since_peer => LinkCause::There,
        LinkState::Good | LinkState::Slow | LinkState::Stalled => LinkCause::None,
    }
}

/// What the contract tells plugins of the link.
pub(super) fn link_settings(link: &LinkView) -> Settings {
    let state = match link.quality {
        LinkQuality::Good | LinkQuality::Unknown => "good",
        LinkQuality::Slow => "slow",
        LinkQuality::Stalled => "stalled",
    };
    let cause = match link.cause {
        LinkCause::None => "none",
        LinkCause::Here => "here",
        LinkCause::Relay => "relay",
        LinkCause::There => "there",
    };
    let number = |value: u64| Value::Number(i64::try_from(value).unwrap_or(i64::MAX));
    vec![
        ("rtt-us".to_owned(), number(link.round_trip_us)),
        ("rate-bytes-s".to_owned(), number(link.bytes_per_s)),
        ("state".to_owned(), Value::Text(state.to_owned())),
        ("cause".to_owned(), Value::Text(cause.to_owned())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_beyond_a_relay_that_answers_is_theirs() {
        let s = Duration::from_secs;
        assert_eq!(cause_of(LinkState::Stalled, s(6), s(1)), LinkCause::There);
        assert_eq!(cause_of(LinkState::Stalled, s(6), s(5)), LinkCause::None, "silent as well, about as long");
        assert_eq!(cause_of(LinkState::Slow, s(1), s(0)), LinkCause::None);
        assert_eq!(cause_of(LinkState::Good, s(1), s(0)), LinkCause::None);
    }
}
