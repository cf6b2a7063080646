//! The words events use for the engine's states. They are part of the programs' interface: never change one.

use lotse_engine::rep::NotesState;
use lotse_engine::view::{
    Access, AuditKind, LinkCause, LinkQuality, Obstacle, PluginState, Problem, RestartView, SessionState, Step, Tone,
};
use lotse_protocol::control::{SignInEnd, SignInFailure};
use lotse_protocol::peer::{ConsentState, EndReason};

pub(super) fn state(state: &SessionState) -> &'static str {
    match state {
        SessionState::Waiting => "waiting",
        SessionState::Connecting { .. } => "connecting",
        SessionState::AwaitingConsent => "awaiting-consent",
        SessionState::Active => "active",
        SessionState::Lost { .. } => "lost",
        SessionState::Ended { .. } => "ended",
        SessionState::Failed { .. } => "failed",
    }
}

pub(super) fn step(step: Step) -> &'static str {
    match step {
        Step::Relay => "relay",
        Step::Keys => "keys",
        Step::Plugins => "plugins",
        Step::Link => "link",
    }
}

pub(super) fn problem(problem: &Problem) -> &'static str {
    match problem {
        Problem::RelayUnreachable { .. } => "relay-unreachable",
        Problem::RelayNotTrusted => "relay-not-trusted",
        Problem::CodeUnknown => "code-unknown",
        Problem::CodeExpired => "code-expired",
        Problem::CodeUsed => "code-used",
        Problem::CodeVoid => "code-void",
        Problem::CodeWrong { .. } => "code-wrong",
        Problem::TooManyAttempts { .. } => "too-many-attempts",
        Problem::RepGone => "rep-gone",
        Problem::RepBusy => "rep-busy",
        Problem::KeysDiffer => "keys-differ",
        Problem::Incompatible { .. } => "incompatible",
        Problem::Refused { .. } => "refused",
        Problem::Plugins { .. } => "plugins",
        Problem::Other { .. } => "other",
    }
}

pub(super) fn end(reason: EndReason) -> &'static str {
    match reason {
        EndReason::RepEnded => "rep-ended",
        EndReason::CustomerEnded => "customer-ended",
        EndReason::CustomerStopped => "customer-stopped",
        EndReason::CustomerDeclined => "customer-declined",
        EndReason::CustomerGone => "customer-gone",
        EndReason::RepGone => "rep-gone",
        EndReason::Incompatible => "incompatible",
        EndReason::NotTrusted => "not-trusted",
        EndReason::PluginsFailed => "plugins-failed",
        EndReason::HandedOver => "handed-over",
        EndReason::WatchingEnded => "watching-ended",
    }
}

pub(super) fn sign_in_failure(failure: SignInFailure) -> &'static str {
    match failure {
        SignInFailure::NotAnEmail => "not-an-email",
        SignInFailure::WrongIdOrPassword => "wrong-id-or-password",
        SignInFailure::AccountNotActive => "account-not-active",
        SignInFailure::TooMany { .. } => "too-many",
        SignInFailure::SignInAgain => "sign-in-again",
        SignInFailure::MustChangePassword => "must-change-password",
        SignInFailure::NewPasswordRefused(_) => "new-password-refused",
        SignInFailure::SecondFactorWanted => "second-factor-wanted",
        SignInFailure::WrongCode => "wrong-code",
        SignInFailure::SecondFactorMustBeSetUp => "second-factor-must-be-set-up",
        SignInFailure::Locked { .. } => "locked",
        SignInFailure::AddressLocked { .. } => "address-locked",
    }
}

pub(super) fn sign_in_end(end: &SignInEnd) -> &'static str {
    match end {
        SignInEnd::TakenOver { .. } => "taken-over",
        SignInEnd::PasswordReset => "password-reset",
        SignInEnd::ByManager => "by-manager",
    }
}

pub(super) fn notes(state: NotesState) -> &'static str {
    match state {
        NotesState::Empty => "empty",
        NotesState::Saved => "saved",
        NotesState::Saving => "saving",
        NotesState::Away => "relay-away",
        NotesState::NotNow => "not-now",
        NotesState::TooLong { .. } => "too-long",
        NotesState::Over => "over",
        NotesState::Unsupported => "unsupported",
    }
}

pub(super) fn access(access: Access) -> &'static str {
    match access {
        Access::View => "view",
        Access::Control => "control",
        Access::Clipboard => "clipboard",
        Access::Files => "files",
        Access::System => "system",
        Access::Restart => "restart",
    }
}

pub(super) fn consent(state: ConsentState) -> &'static str {
    match state {
        ConsentState::NotAsked => "not-asked",
        ConsentState::Asked => "asked",
        ConsentState::Granted => "granted",
        ConsentState::Refused => "refused",
    }
}

/// `None`: nothing is restarted, or not any more.
pub(super) fn restart(restart: Option<RestartView>) -> &'static str {
    match restart {
        None => "none",
        Some(RestartView::Counting { .. }) => "counting",
        Some(RestartView::Going) => "going",
    }
}

pub(super) fn quality(quality: LinkQuality) -> &'static str {
    match quality {
        LinkQuality::Unknown => "unknown",
        LinkQuality::Good => "good",
        LinkQuality::Slow => "slow",
        LinkQuality::Stalled => "stalled",
    }
}

pub(super) fn cause(cause: LinkCause) -> &'static str {
    match cause {
        LinkCause::None => "none",
        LinkCause::Here => "here",
        LinkCause::Relay => "relay",
        LinkCause::There => "there",
    }
}

/// `None`: the way is free again.
pub(super) fn obstacle(obstacle: Option<&Obstacle>) -> &'static str {
    match obstacle {
        None => "none",
        Some(Obstacle::NoAnswer { .. }) => "no-answer",
        Some(Obstacle::RelayFull) => "relay-full",
        Some(Obstacle::TicketRefused) => "ticket-refused",
        Some(Obstacle::Other { .. }) => "other",
    }
}

/// The state's name, and why it is so where there is a reason.
pub(super) fn plugin(state: &PluginState) -> (&'static str, &str) {
    match state {
        PluginState::Loading => ("loading", ""),
        PluginState::Running => ("running", ""),
        PluginState::Restarting { why } => ("restarting", why),
        PluginState::Stopped { why } => ("stopped", why),
        PluginState::OtherSide => ("other-side", ""),
        PluginState::NotLicensed { .. } => ("not-licensed", ""),
    }
}

pub(super) fn audit(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::NotStarted => "not-started",
        AuditKind::Started => "started",
        AuditKind::Granted => "granted",
        AuditKind::Denied => "denied",
        AuditKind::Revoked => "revoked",
        AuditKind::Crashed => "crashed",
        AuditKind::Stopped => "stopped",
        AuditKind::Consent => "consent",
        AuditKind::Lost => "lost",
        AuditKind::FilesOffered => "files-offered",
        AuditKind::FilesAccepted => "files-accepted",
        AuditKind::FilesDeclined => "files-declined",
        AuditKind::FilesWhole => "files-whole",
        AuditKind::FilesBroken => "files-broken",
    }
}

pub(super) fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Caution => "caution",
        Tone::Danger => "danger",
    }
}
