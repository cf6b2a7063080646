//! What the Center's pages note in the audit log: what was done, and by whom.

use crate::hub::{AuditKind, AuditLine};
use crate::shared::Shared;
use crate::web::access::Member;

/// Notes that `member` did something to an account, or one of its reps. `what` may be empty.
pub fn note(shared: &Shared, member: &Member, kind: AuditKind, account: i64, rep: Option<i64>, what: &str) {
    let detail = if what.is_empty() { member.by() } else { format!("{what}, {}", member.by()) };
    shared.audit.write(AuditLine { account: Some(account), rep, detail, ..AuditLine::new(kind) });
}
