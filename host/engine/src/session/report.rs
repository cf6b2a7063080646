//! Audit lines that the relay keeps as well: rights that a plugin was given, denied and lost, its crashes, and the customer's
//! word, and how much was offered, accepted and received of files. None of them carries a word of a plugin's own, a name of a
//! file, or anything that was said or shown.
//!
//! While the relay is away they wait here, and go out when it has taken the session up again.

use super::Task;
use crate::pace::Pace;
use crate::view::{Access, AuditKind as Told};
use lotse_protocol::control::{AUDIT_LINES_PER_MINUTE, AuditKind, ToRelay};
use lotse_protocol::peer::ConsentState;
use lotse_runtime::{AuditEvent, AuditKind as PluginAudit};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Lines kept while the relay does not hear: as many as it takes in a minute.
const WAITING_MAX: usize = 64;
const _: () = assert!(WAITING_MAX <= AUDIT_LINES_PER_MINUTE as usize);
/// Of those, said at each look at the clock: many sessions come back at once, and share a queue.
pub(super) const WAITING_AT_ONCE: usize = 4;

impl Task {
    pub(super) fn report_plugin(&mut self, event: &AuditEvent) {
        let (kind, about) = match &event.what {
            PluginAudit::Granted(capability) => (AuditKind::Granted, capability.to_string()),
            PluginAudit::Denied(capability) => (AuditKind::Denied, capability.to_string()),
            PluginAudit::Revoked(capability) => (AuditKind::Revoked, capability.to_string()),
            PluginAudit::Crashed { .. } => (AuditKind::Crashed, String::new()),
            PluginAudit::NotStarted(_) | PluginAudit::Started { .. } | PluginAudit::Stopped => return,
        };
        self.report(kind, event.plugin.clone(), about);
    }

    /// Counts and bytes, as they come.
    pub(super) fn report_files(&mut self, kind: Told, plugin: &str, about: &str) {
        let kind = match kind {
            Told::FilesOffered => AuditKind::FilesOffered,
            Told::FilesAccepted => AuditKind::FilesAccepted,
            Told::FilesDeclined => AuditKind::FilesDeclined,
            Told::FilesWhole => AuditKind::FilesWhole,
            Told::FilesBroken => AuditKind::FilesBroken,
            Told::NotStarted
            | Told::Started
            | Told::Granted
            | Told::Denied
            | Told::Revoked
            | Told::Crashed
            | Told::Stopped
            | Told::Consent
            | Told::Lost => return,
        };
        self.report(kind, plugin.to_owned(), about.to_owned());
    }

    /// Customer's side: the word is theirs to tell.
    pub(super) fn report_consent(&mut self, access: Access, state: ConsentState) {
        let kind = match state {
            ConsentState::Granted => AuditKind::Allowed,
            ConsentState::Refused => AuditKind::Refused,
            ConsentState::NotAsked | ConsentState::Asked => return,
        };
        self.report(kind, String::new(), access.to_string());
    }

    /// What is more than the relay keeps is not sent; this program's own log has it.
    fn report(&mut self, kind: AuditKind, plugin: String, about: String) {
        if self.is_over() {
            return;
        }
        let line = ToRelay::Audit { session: self.config.id, kind, plugin, about };
        if let Some(line) = self.reports.take(Instant::now(), line) {
            self.relay_says(line);
        }
    }

    /// Says at most so many of the lines that waited for the relay.
    pub(super) fn report_waiting(&mut self, at_most: usize) {
        let waiting = self.reports.waiting(at_most);
        waiting.into_iter().for_each(|line| self.relay_says(line));
    }
}

/// Lines for the relay: how often there may be one, and those that wait while it does not hear this session.
#[derive(Debug)]
pub(super) struct Reports {
    pace: Pace,
    /// Between the loss of the control connection and the relay's word that it has taken the session up on a new one. What is
    /// said meanwhile is dropped on the way, or by a relay that does not know whose it is.
    deaf: bool,
    waiting: VecDeque<ToRelay>,
    /// Lines that found no room among those.
    lost: u32,
}

impl Reports {
    pub(super) fn new() -> Self {
        let pace = Pace::new(AUDIT_LINES_PER_MINUTE, Duration::from_secs(60));
        Self { pace, deaf: false, waiting: VecDeque::new(), lost: 0 }
    }

    /// A new line, if it is to be said at once. Those that wait are said first.
    fn take(&mut self, now: Instant, line: ToRelay) -> Option<ToRelay> {
        if !self.pace.takes(now) {
            return None;
        }
        if !self.deaf && self.waiting.is_empty() {
            return Some(line);
        }
        if self.waiting.len() >= WAITING_MAX {
            self.lost = self.lost.saturating_add(1);
        } else {
            self.waiting.push_back(line);
        }
        None
    }

    pub(super) fn relay_is_deaf(&mut self) {
        self.deaf = true;
    }

    /// The relay has this session on a connection.
    pub(super) fn relay_hears(&mut self) {
        self.deaf = false;
        let lost = std::mem::take(&mut self.lost);
        if lost > 0 {
            tracing::warn!(lost, "audit lines were too many to be kept for the relay until it was back");
        }
    }

    fn waiting(&mut self, at_most: usize) -> Vec<ToRelay> {
        let count = if self.deaf { 0 } else { at_most.min(self.waiting.len()) };
        self.waiting.drain(..count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotse_protocol::control::SessionId;

    fn line(number: usize) -> ToRelay {
        let (session, about) = (SessionId([7; 16]), number.to_string());
        ToRelay::Audit { session, kind: AuditKind::Denied, plugin: "a.b".to_owned(), about }
    }

    fn number(line: &ToRelay) -> usize {
        match line {
            ToRelay::Audit { about, .. } => about.parse().unwrap_or(usize::MAX),
            _ => usize::MAX,
        }
    }

    /// Scar: what was decided while the relay was away was missing in its log, and nothing said so.
    #[test]
    fn lines_wait_for_a_relay_that_is_away_in_order_and_so_many() {
        let mut reports = Reports::new();
        // A line each minute, so that the pace is no matter.
        let began = Instant::now();
        let say = |reports: &mut Reports, minute: usize| {
            let now = began + Duration::from_secs(60 * minute as u64);
            reports.take(now, line(minute)).map(|line| number(&line))
        };
        assert_eq!(say(&mut reports, 0), Some(0));
        reports.relay_is_deaf();
        for minute in 1..=WAITING_MAX + 5 {
            assert_eq!(say(&mut reports, minute), None);
        }
        assert!(reports.waiting(usize::MAX).is_empty(), "not before it hears");
        assert_eq!((reports.waiting.len(), reports.lost), (WAITING_MAX, 5));
        reports.relay_hears();
        let first: Vec<usize> = reports.waiting(3).iter().map(number).collect();
        assert_eq!(first, [1, 2, 3]);
        assert_eq!(say(&mut reports, 99), None, "behind those that wait");
        let rest: Vec<usize> = reports.waiting(usize::MAX).iter().map(number).collect();
        assert_eq!((rest.len(), rest.first(), rest.last()), (WAITING_MAX - 2, Some(&4), Some(&99)));
        assert_eq!(say(&mut reports, 100), Some(100));
    }
}
