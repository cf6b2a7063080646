//! How an instance goes wrong, and what the audit log says about instances.
//!
//! A fault ends one instance of one plugin, never the session. It always names the plugin, what it was doing and what
//! bound it met; the message is for the person who reads the plugin monitor.

use std::fmt;

use lotse_package::Capability;

/// Why an instance was stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// One call took more than this many milliseconds of processor time.
    #[error("ran for over {0} ms without coming back")]
    Spun(u64),
    /// It wanted more than this many bytes.
    #[error("wanted more memory than its {} MiB", .0 / (1024 * 1024))]
    OutOfMemory(u64),
    #[error("used up its stack (endless recursion?)")]
    StackOverflow,
    /// A panic or another trap; the text is the plugin's own last error line or the trap's name.
    #[error("crashed: {0}")]
    Trapped(String),
    /// It called the host, or held things of the host, without measure.
    #[error("flooded the host: {0}")]
    Flooded(String),
    /// It returned something that the contract rules out.
    #[error("broke the contract: {0}")]
    Contract(String),
    /// It could not be instantiated.
    #[error("could not be started: {0}")]
    NotStarted(String),
}

/// An instance that was stopped, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub plugin: String,
    pub version: String,
    pub kind: FaultKind,
    /// The handler it was in, such as `data` or `render`.
    pub during: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plugin, version, kind, during } = self;
        write!(f, "plugin {plugin} {version} was stopped in `{during}`: it {kind}")
    }
}

/// One line for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    pub plugin: String,
    pub version: String,
    pub what: AuditKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditKind {
    /// Refused before it ran; the text says why.
    NotStarted(String),
    /// Running, with what it may do from the start.
    Started {
        active: Vec<Capability>,
    },
    Granted(Capability),
    Revoked(Capability),
    /// The plugin called something it may not (now). At most one line a capability between changes of its consent.
    Denied(Capability),
    Crashed {
        fault: Fault,
        restarting: bool,
    },
    Stopped,
}

impl fmt::Display for AuditEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plugin, version, what } = self;
        write!(f, "plugin {plugin} {version}: ")?;
        match what {
            AuditKind::NotStarted(why) => write!(f, "not started: {why}"),
            AuditKind::Started { active } => write!(f, "started with {active:?}"),
            AuditKind::Granted(capability) => write!(f, "`{capability}` granted"),
            AuditKind::Revoked(capability) => write!(f, "`{capability}` revoked"),
            AuditKind::Denied(capability) => write!(f, "`{capability}` denied"),
            AuditKind::Crashed { fault, restarting: true } => write!(f, "{fault}; restarted"),
            AuditKind::Crashed { fault, restarting: false } => write!(f, "{fault}; evicted from this session"),
            AuditKind::Stopped => write!(f, "stopped"),
        }
    }
}
