//! What the two programs tell of their own audit logs, kept in the relay's: rights that plugins were given, denied and lost,
//! plugins that crashed, and the customer's word.
//!
//! A connection speaks of its own running session and of that session's plugins, and of the customer's word only the
//! customer's program. What it says is its own claim; the line names the side. More than some lines a minute are not kept,
//! and one line says so.

use super::Hub;
use super::action::AuditKind;
use super::input::ConnectionId;
use super::session::Stage;
use lotse_protocol::control::{self, AUDIT_LINES_PER_MINUTE, SessionId, Side};
use lotse_protocol::tidy;

/// Longest name of a capability or access, in characters; there are none half as long.
const ABOUT_CHARS_MAX: usize = 80;
const MINUTE_MS: u64 = 60_000;

/// One line as a program says it.
#[derive(Debug)]
pub(super) struct Told {
    pub kind: control::AuditKind,
    pub plugin: String,
    pub about: String,
}

/// Counts lines, anew with each minute.
#[derive(Debug, Default)]
pub struct Minute {
    began_ms: u64,
    lines: u32,
}

impl Minute {
    /// How many this one makes.
    fn count(&mut self, now_ms: u64) -> u32 {
        if now_ms.saturating_sub(self.began_ms) >= MINUTE_MS {
            *self = Self { began_ms: now_ms, lines: 0 };
        }
        self.lines = self.lines.saturating_add(1);
        self.lines
    }
}

impl Hub {
    pub(super) fn told(&mut self, now_ms: u64, connection: ConnectionId, id: SessionId, told: Told) {
        let Told { kind, plugin, about } = told;
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let Some(side) = session.side_of(connection) else { return };
        let about_a_plugin = match kind {
            control::AuditKind::Granted
            | control::AuditKind::Denied
            | control::AuditKind::Revoked
            | control::AuditKind::Crashed
            | control::AuditKind::FilesOffered
            | control::AuditKind::FilesAccepted
            | control::AuditKind::FilesDeclined
            | control::AuditKind::FilesWhole
            | control::AuditKind::FilesBroken => true,
            control::AuditKind::Allowed | control::AuditKind::Refused => false,
        };
        let fits = if about_a_plugin {
            session.plugins.iter().any(|of| of.id == plugin)
        } else {
            side == Side::Customer && plugin.is_empty()
        };
        if !fits || session.stage != Stage::Running {
            return;
        }
        let owner = session.owner.clone();
        let (kind, detail) = match session.told.count(now_ms) {
            ..=AUDIT_LINES_PER_MINUTE => (kept(kind), detail(side, &plugin, &tidy(&about, ABOUT_CHARS_MAX))),
            lines if lines == AUDIT_LINES_PER_MINUTE + 1 => {
                (AuditKind::LinesLost, format!("over {AUDIT_LINES_PER_MINUTE} in a minute"))
            }
            _ => return,
        };
        self.audit(kind, Some(id), Some(&owner), detail);
    }
}

fn kept(kind: control::AuditKind) -> AuditKind {
    match kind {
        control::AuditKind::Granted => AuditKind::PluginGranted,
        control::AuditKind::Denied => AuditKind::PluginDenied,
        control::AuditKind::Revoked => AuditKind::PluginRevoked,
        control::AuditKind::Crashed => AuditKind::PluginCrashed,
        control::AuditKind::Allowed => AuditKind::CustomerAllowed,
        control::AuditKind::Refused => AuditKind::CustomerRefused,
        control::AuditKind::FilesOffered => AuditKind::FilesOffered,
        control::AuditKind::FilesAccepted => AuditKind::FilesAccepted,
        control::AuditKind::FilesDeclined => AuditKind::FilesDeclined,
        control::AuditKind::FilesWhole => AuditKind::FilesWhole,
        control::AuditKind::FilesBroken => AuditKind::FilesBroken,
    }
}

/// Such as `customer: lotse.chat input`.
fn detail(side: Side, plugin: &str, about: &str) -> String {
    let side = match side {
        Side::Rep => "rep",
        Side::Customer => "customer",
    };
    let words: Vec<&str> = [plugin, about].into_iter().filter(|word| !word.is_empty()).collect();
    format!("{side}: {}", words.join(" "))
}

#[cfg(test)]
#[path = "told_tests.rs"]
mod tests;
