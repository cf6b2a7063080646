//! Lines of a session's audit log, as windows and scripts get them.

/// What was granted, denied, revoked, started or ended, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Grows by one with each line of the session; a gap says that lines in between were dropped.
    pub id: u64,
    pub kind: AuditKind,
    /// Id of the plugin it is about; empty where it is the customer's own word.
    pub plugin: String,
    /// The capability or access it is about, by its name; may be empty.
    pub about: String,
    /// The whole line in words, as it stands in the program's log.
    pub text: String,
}

/// What an audit line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditKind {
    NotStarted,
    Started,
    Granted,
    Denied,
    Revoked,
    Crashed,
    Stopped,
    /// The customer allowed or refused something.
    Consent,
    /// Messages within the session were lost, audit lines perhaps among them.
    Lost,
    /// The other side offered files, which were accepted or declined here.
    FilesOffered,
    FilesAccepted,
    FilesDeclined,
    /// A transfer ended: everything arrived, or not.
    FilesWhole,
    FilesBroken,
}
