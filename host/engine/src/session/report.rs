//! Audit lines that the relay keeps as well: rights that a plugin was given, denied and lost, its crashes, and the customer's
//! word. None of them carries a word of a plugin's own, and nothing that was said or shown.

use super::Task;
use crate::view::Access;
use lotse_protocol::control::{AuditKind, ToRelay};
use lotse_protocol::peer::ConsentState;
use lotse_runtime::{AuditEvent, AuditKind as PluginAudit};
use std::time::Instant;

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
        if !self.is_over() && self.reports.takes(Instant::now()) {
            self.relay_says(ToRelay::Audit { session: self.config.id, kind, plugin, about });
        }
    }
}
