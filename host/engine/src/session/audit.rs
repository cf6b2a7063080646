//! The session's audit log: into the program's own log, and into the view for windows and scripts.
//!
//! Every grant, denial, revocation and crash of a plugin is a line, and so is each word of the customer's. What the other
//! side's plugins do is in the other side's log. What the relay's log gets of it is in [`super::report`].

use super::Task;
use crate::view::{AuditKind, AuditLine};
use lotse_runtime::{AuditEvent, AuditKind as PluginAudit};
use std::sync::Arc;

/// Lines that the view keeps; the program's log has them all. A window takes a new view several times a second, so this is
/// far more than can come between two.
const LINES_MAX: usize = 256;

impl Task {
    /// A line of the runtime's about a plugin.
    pub(super) fn on_audit(&mut self, event: &AuditEvent) {
        let (kind, about) = match &event.what {
            PluginAudit::NotStarted(_) => (AuditKind::NotStarted, None),
            PluginAudit::Started { .. } => (AuditKind::Started, None),
            PluginAudit::Granted(capability) => (AuditKind::Granted, Some(capability)),
            PluginAudit::Revoked(capability) => (AuditKind::Revoked, Some(capability)),
            PluginAudit::Denied(capability) => (AuditKind::Denied, Some(capability)),
            PluginAudit::Crashed { .. } => (AuditKind::Crashed, None),
            PluginAudit::Stopped => (AuditKind::Stopped, None),
        };
        let about = about.map(ToString::to_string).unwrap_or_default();
        self.audit(kind, event.plugin.clone(), about, event.to_string());
    }

    /// A line about files; names are in none.
    pub(super) fn on_files(&mut self, plugin: usize, kind: AuditKind, about: &str) {
        let Some(id) = self.plugins.get(plugin).map(|plugin| plugin.view.id.clone()) else { return };
        let did = match kind {
            AuditKind::FilesOffered => "files offered",
            AuditKind::FilesAccepted => "files accepted",
            AuditKind::FilesDeclined => "files declined",
            AuditKind::FilesWhole => "files whole",
            AuditKind::FilesBroken => "files not whole",
            AuditKind::NotStarted
            | AuditKind::Started
            | AuditKind::Granted
            | AuditKind::Denied
            | AuditKind::Revoked
            | AuditKind::Crashed
            | AuditKind::Stopped
            | AuditKind::Consent
            | AuditKind::Lost => return,
        };
        let text =
            if about.is_empty() { format!("plugin {id}: {did}") } else { format!("plugin {id}: {did}: {about}") };
        self.report_files(kind, &id, about);
        self.audit(kind, id, about.to_owned(), text);
    }

    pub(super) fn audit(&mut self, kind: AuditKind, plugin: String, about: String, text: String) {
        tracing::info!(target: "audit", session = %self.config.id, "{text}");
        push(Arc::make_mut(&mut self.view.audit), kind, plugin, about, text);
        self.dirty = true;
    }
}

fn push(lines: &mut Vec<AuditLine>, kind: AuditKind, plugin: String, about: String, text: String) {
    let id = lines.last().map_or(1, |line| line.id + 1);
    if lines.len() >= LINES_MAX {
        lines.remove(0);
    }
    lines.push(AuditLine { id, kind, plugin, about, text });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_lines_are_kept_and_numbered_without_a_gap() {
        let mut lines = Vec::new();
        for number in 0..LINES_MAX + 10 {
            push(&mut lines, AuditKind::Denied, "a.b".into(), "input".into(), format!("line {number}"));
        }
        assert_eq!(lines.len(), LINES_MAX);
        assert!(lines.windows(2).all(|pair| matches!(pair, [a, b] if b.id == a.id + 1)));
        assert_eq!(lines.last().map(|line| line.id), Some(LINES_MAX as u64 + 10));
    }
}
