//! What the engine's states are called in front of people: one function an enum, exhaustive, so that a new state cannot
//! go unnamed. A problem always has two sentences: what happened, and what to do next.

use crate::t;
use lotse_engine::view::{
    Access, HostNotice, LinkCause, LinkQuality, LinkView, Obstacle, PluginState, Problem, SessionState, Signer, Step,
    View,
};
use lotse_protocol::control::{PasswordWeakness, SignInEnd, SignInFailure};
use lotse_protocol::licence::LicenceError;
use lotse_protocol::peer::{ConsentState, EndReason};

/// What happened, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub what: String,
    pub next: String,
}

impl Trouble {
    fn new(what: String, next: String) -> Self {
        Self { what, next }
    }
}

#[must_use]
pub fn sign_in_failure(failure: SignInFailure) -> Trouble {
    match failure {
        SignInFailure::NotAnEmail => Trouble::new(t!("signin-not-an-email"), t!("signin-not-an-email-next")),
        SignInFailure::WrongIdOrPassword => Trouble::new(t!("signin-wrong"), t!("signin-wrong-next")),
        SignInFailure::AccountNotActive => Trouble::new(t!("signin-not-active"), t!("signin-not-active-next")),
        SignInFailure::TooMany { wait_s } => {
            Trouble::new(t!("signin-too-many"), t!("signin-too-many-next", "wait" => duration(wait_s)))
        }
        SignInFailure::SignInAgain => Trouble::new(t!("signin-again"), t!("signin-again-next")),
        SignInFailure::MustChangePassword => Trouble::new(t!("signin-must-change"), t!("signin-must-change-next")),
        SignInFailure::NewPasswordRefused(why) => Trouble::new(t!("password-refused"), weakness(why)),
        SignInFailure::SecondFactorWanted => Trouble::new(t!("factor-wanted"), t!("factor-wanted-next")),
        SignInFailure::WrongCode => Trouble::new(t!("factor-wrong"), t!("factor-wrong-next")),
        SignInFailure::SecondFactorMustBeSetUp => Trouble::new(t!("factor-must"), t!("factor-must-next")),
        SignInFailure::Locked { wait_s } => {
            Trouble::new(t!("signin-locked"), t!("signin-locked-next", "wait" => duration(wait_s)))
        }
        SignInFailure::AddressLocked { wait_s } => {
            Trouble::new(t!("signin-address-locked"), t!("signin-address-locked-next", "wait" => duration(wait_s)))
        }
    }
}

/// What is wrong with a password that was chosen, and how to choose another.
fn weakness(why: PasswordWeakness) -> String {
    match why {
        PasswordWeakness::TooShort => t!("password-too-short"),
        PasswordWeakness::TooLong => t!("password-too-long"),
        PasswordWeakness::Same => t!("password-same"),
        PasswordWeakness::Common => t!("password-common"),
        PasswordWeakness::Pattern => t!("password-pattern"),
        PasswordWeakness::Word => t!("password-word"),
        PasswordWeakness::Guessable => t!("password-guessable"),
    }
}

/// Why somebody else ended the sign-in.
#[must_use]
pub fn sign_in_end(end: &SignInEnd) -> Trouble {
    match end {
        SignInEnd::TakenOver { by } => Trouble::new(t!("signin-taken-over", "by" => by), t!("signin-taken-over-next")),
        SignInEnd::PasswordReset => Trouble::new(t!("signin-password-reset"), t!("signin-password-reset-next")),
        SignInEnd::ByManager => Trouble::new(t!("signin-ended"), t!("signin-ended-next")),
    }
}

#[must_use]
pub fn problem(problem: &Problem) -> Trouble {
    match problem {
        Problem::RelayUnreachable { detail } => {
            Trouble::new(t!("problem-relay-unreachable"), t!("problem-relay-unreachable-next", "detail" => detail))
        }
        Problem::RelayNotTrusted => Trouble::new(t!("problem-relay-not-trusted"), t!("problem-relay-not-trusted-next")),
        Problem::CodeUnknown => Trouble::new(t!("problem-code-unknown"), t!("problem-code-unknown-next")),
        Problem::CodeExpired => Trouble::new(t!("problem-code-expired"), t!("problem-code-new-next")),
        Problem::CodeUsed => Trouble::new(t!("problem-code-used"), t!("problem-code-new-next")),
        Problem::CodeVoid => Trouble::new(t!("problem-code-void"), t!("problem-code-void-next")),
        Problem::CodeWrong { attempts_left } => {
            Trouble::new(t!("problem-code-wrong", "left" => u64::from(*attempts_left)), t!("problem-code-wrong-next"))
        }
        Problem::TooManyAttempts { wait_s } => {
            Trouble::new(t!("problem-too-many"), t!("problem-too-many-next", "wait" => duration(*wait_s)))
        }
        Problem::RepGone => Trouble::new(t!("problem-rep-gone"), t!("problem-rep-gone-next")),
        Problem::RepBusy => Trouble::new(t!("problem-rep-busy"), t!("problem-rep-busy-next")),
        Problem::KeysDiffer => Trouble::new(t!("problem-keys-differ"), t!("problem-keys-differ-next")),
        Problem::Incompatible { detail } => {
            Trouble::new(t!("problem-incompatible", "detail" => detail), t!("problem-incompatible-next"))
        }
        Problem::Refused { detail } => {
            Trouble::new(t!("problem-refused", "detail" => detail), t!("problem-refused-next"))
        }
        Problem::Plugins { detail } => {
            Trouble::new(t!("problem-plugins", "detail" => detail), t!("problem-plugins-next"))
        }
        Problem::Other { detail } => Trouble::new(t!("problem-other", "detail" => detail), t!("problem-other-next")),
    }
}

/// What keeps this side from the line; it is tried on.
#[must_use]
pub fn obstacle(obstacle: &Obstacle) -> Trouble {
    match obstacle {
        Obstacle::NoAnswer { relay } => {
            Trouble::new(t!("obstacle-no-answer"), t!("obstacle-no-answer-next", "address" => relay.to_string()))
        }
        Obstacle::RelayFull => Trouble::new(t!("obstacle-full"), t!("obstacle-full-next")),
        Obstacle::TicketRefused => Trouble::new(t!("obstacle-ticket"), t!("obstacle-ticket-next")),
        Obstacle::Other { detail } => Trouble::new(t!("obstacle-other", "detail" => detail), t!("obstacle-other-next")),
    }
}

/// Why a session is over, as the rep reads it.
#[must_use]
pub fn end_for_rep(reason: EndReason) -> String {
    match reason {
        EndReason::RepEnded => t!("end-rep-by-you"),
        EndReason::CustomerEnded => t!("end-rep-by-customer"),
        EndReason::CustomerStopped => t!("end-rep-stopped"),
        EndReason::CustomerDeclined => t!("end-rep-declined"),
        EndReason::CustomerGone => t!("end-rep-customer-gone"),
        EndReason::RepGone => t!("end-rep-gone"),
        EndReason::Incompatible => t!("end-incompatible"),
        EndReason::NotTrusted => t!("end-not-trusted"),
        EndReason::PluginsFailed => t!("end-plugins"),
        EndReason::HandedOver => t!("end-rep-handed-over"),
        EndReason::WatchingEnded => t!("end-rep-watching"),
    }
}

/// Why a session is over, as the customer reads it.
#[must_use]
pub fn end_for_customer(reason: EndReason) -> String {
    match reason {
        EndReason::RepEnded => t!("end-customer-by-rep"),
        EndReason::CustomerEnded => t!("end-customer-by-you"),
        EndReason::CustomerStopped => t!("end-customer-stopped"),
        EndReason::CustomerDeclined => t!("end-customer-declined"),
        EndReason::CustomerGone => t!("end-customer-gone"),
        EndReason::RepGone => t!("end-customer-rep-gone"),
        EndReason::Incompatible => t!("end-incompatible"),
        EndReason::NotTrusted => t!("end-not-trusted"),
        EndReason::PluginsFailed => t!("end-plugins"),
        EndReason::HandedOver => t!("end-customer-handed-over"),
        EndReason::WatchingEnded => t!("end-customer-watching"),
    }
}

#[must_use]
pub fn step(step: Step) -> String {
    match step {
        Step::Relay => t!("step-relay"),
        Step::Keys => t!("step-keys"),
        Step::Plugins => t!("step-plugins"),
        Step::Link => t!("step-link"),
    }
}

/// A session's state in a word or two, for lists.
#[must_use]
pub fn state(state: &SessionState) -> String {
    match state {
        SessionState::Waiting => t!("state-waiting"),
        SessionState::Connecting { .. } => t!("state-connecting"),
        SessionState::AwaitingConsent => t!("state-awaiting-consent"),
        SessionState::Active => t!("state-active"),
        SessionState::Lost { .. } => t!("state-lost"),
        SessionState::Ended { .. } => t!("state-ended"),
        SessionState::Failed { .. } => t!("state-failed"),
    }
}

/// Who paused, and who can go on, as the rep reads it. `None`: nobody did.
#[must_use]
pub fn pause_for_rep(view: &View) -> Option<String> {
    match (view.paused_here, view.paused_there) {
        (false, false) => None,
        (true, false) => Some(t!("paused-body-here")),
        (false, true) => Some(t!("paused-body-there")),
        (true, true) => Some(t!("paused-body-both")),
    }
}

/// Over a picture: that it stands still since the line is lost, and what comes of that; `None`: the line is not.
#[must_use]
pub fn picture_stands(state: &SessionState) -> Option<String> {
    match state {
        SessionState::Lost { seconds_left } => Some(t!("viewer-lost", "left" => clock(*seconds_left))),
        SessionState::Waiting
        | SessionState::Connecting { .. }
        | SessionState::AwaitingConsent
        | SessionState::Active
        | SessionState::Ended { .. }
        | SessionState::Failed { .. } => None,
    }
}

#[must_use]
pub fn access(access: Access) -> String {
    match access {
        Access::View => t!("access-view"),
        Access::Control => t!("access-control"),
        Access::Clipboard => t!("access-clipboard"),
        Access::Files => t!("access-files"),
        Access::System => t!("access-system"),
        Access::Restart => t!("access-restart"),
    }
}

#[must_use]
pub fn consent(state: ConsentState) -> String {
    match state {
        ConsentState::NotAsked => t!("consent-not-asked"),
        ConsentState::Asked => t!("consent-asked"),
        ConsentState::Granted => t!("consent-granted"),
        ConsentState::Refused => t!("consent-refused"),
    }
}

/// Quality, round trip and, where it is not good, whose side it is: `slow · 240 ms · your side`.
#[must_use]
pub fn link(link: &LinkView) -> String {
    link_in(link, true)
}

/// The same without figures, for people who are not here to measure: `slow · your side`.
#[must_use]
pub fn link_plain(link: &LinkView) -> String {
    link_in(link, false)
}

fn link_in(link: &LinkView, figures: bool) -> String {
    let quality = match link.quality {
        LinkQuality::Unknown => return t!("link-unknown"),
        LinkQuality::Good => t!("link-good"),
        LinkQuality::Slow => t!("link-slow"),
        LinkQuality::Stalled => t!("link-stalled"),
    };
    let cause = match link.cause {
        LinkCause::None => None,
        LinkCause::Here => Some(t!("link-here")),
        LinkCause::Relay => Some(t!("link-relay")),
        LinkCause::There => Some(t!("link-there")),
    };
    let mut words = vec![quality];
    if figures && link.round_trip_us > 0 {
        words.push(t!("link-milliseconds", "ms" => link.round_trip_us.div_ceil(1000)));
    }
    words.extend(cause.filter(|_| link.quality != LinkQuality::Good));
    words.join(" · ")
}

#[must_use]
pub fn plugin_state(state: &PluginState) -> String {
    match state {
        PluginState::Loading => t!("plugin-loading"),
        PluginState::Running => t!("plugin-running"),
        PluginState::Restarting { .. } => t!("plugin-restarting"),
        PluginState::Stopped { .. } => t!("plugin-stopped"),
        PluginState::OtherSide => t!("plugin-other-side"),
        PluginState::NotLicensed { .. } => t!("plugin-not-licensed"),
    }
}

/// More on a plugin that does not run: why, and whom to ask.
#[must_use]
pub fn plugin_reason(state: &PluginState) -> Option<String> {
    match state {
        PluginState::Loading | PluginState::Running => None,
        PluginState::Restarting { why } => Some(t!("plugin-restarting-why", "why" => why)),
        PluginState::Stopped { why } => Some(t!("plugin-stopped-why", "why" => why)),
        PluginState::OtherSide => Some(t!("plugin-other-side-why")),
        PluginState::NotLicensed { contact } => Some(not_licensed(contact)),
    }
}

/// What is wrong with something that the account's licence does not cover, and whom to ask.
fn not_licensed(contact: &str) -> String {
    match contact {
        "" => t!("plugin-not-licensed-ask"),
        contact => t!("plugin-not-licensed-why", "contact" => contact),
    }
}

/// What the host says of the plugin or account that the notice's title names.
#[must_use]
pub fn host_notice(notice: &HostNotice) -> String {
    match notice {
        HostNotice::LicenceOver => t!("licence-over"),
        HostNotice::LicenceEnds { in_s } => t!("licence-ends", "minutes" => in_s.div_ceil(60)),
        HostNotice::LicenceRefused { why } => t!("licence-refused", "why" => licence_error(why)),
        HostNotice::RepJoined => t!("rep-joined"),
        HostNotice::RepTookOver => t!("rep-took-over"),
        HostNotice::RepLeft => t!("rep-left"),
        HostNotice::RepNotCome => t!("rep-not-come"),
        HostNotice::RepToWatch => t!("rep-to-watch"),
        HostNotice::RepHandsOver => t!("rep-hands-over"),
        HostNotice::RepHandedOver => t!("rep-handed-over"),
        HostNotice::RepKeeps => t!("rep-keeps"),
    }
}

/// What people call a feature of a licence, where Lotse knows it.
#[must_use]
pub fn feature(id: &str) -> Option<String> {
    match id {
        "chat" => Some(t!("feature-chat")),
        "clipboard" => Some(t!("feature-clipboard")),
        "file-transfer" => Some(t!("feature-file-transfer")),
        "annotations" => Some(t!("feature-annotations")),
        "screen-sharing" => Some(t!("feature-screen-sharing")),
        "share-my-screen" => Some(t!("feature-share-my-screen")),
        "multi-chat" => Some(t!("feature-multi-chat")),
        "session-handoff" => Some(t!("feature-session-handoff")),
        "canned-replies" => Some(t!("feature-canned-replies")),
        "diagnostics" => Some(t!("feature-diagnostics")),
        "remote-reboot" => Some(t!("feature-remote-reboot")),
        _ => None,
    }
}

/// `28 November 2026`: the day of this computer that a second of Unix time lies in.
#[must_use]
pub fn day(unix_s: i64) -> Option<String> {
    crate::local_time::day(unix_s).map(|(year, month, day)| date(year, month, day))
}

/// Months count from 1.
fn date(year: i64, month: u64, day: u64) -> String {
    t!("date-long", "day" => day, "month" => month, "year" => year.to_string())
}

/// Why a licence is not taken.
#[must_use]
pub fn licence_error(why: &LicenceError) -> String {
    match why {
        LicenceError::NoKey => t!("licence-no-key"),
        LicenceError::Forged => t!("licence-forged"),
        LicenceError::TooLong | LicenceError::Malformed => t!("licence-malformed"),
        LicenceError::OtherAccount => t!("licence-other-account"),
        LicenceError::NotYet => t!("licence-not-yet"),
        LicenceError::Expired => t!("licence-expired"),
    }
}

/// Keys as they are printed on keyboards of the windows' language: `Ctrl+N`, `Strg+N`. A comma is printed as one.
#[must_use]
pub fn keys(english: &str) -> String {
    let printed = english.split('+').map(|key| if key == "Comma" { "," } else { key });
    let english = printed.collect::<Vec<_>>().join("+");
    match crate::text::language() {
        crate::text::Language::English => english,
        crate::text::Language::German => {
            english.replace("Ctrl", "Strg").replace("Shift", "Umschalt").replace("End", "Ende").replace("Del", "Entf")
        }
    }
}

/// A signer as people are shown it: the beginning of its key, with the name that the relay's operator knows it by. Never
/// a name alone: it is the key that signed.
#[must_use]
pub fn signer(signer: &Signer) -> String {
    let start = signer.key.get(..8).unwrap_or(&signer.key);
    match &signer.publisher {
        Some(name) => t!("signer-named", "name" => name, "start" => start),
        None => t!("signer-key", "start" => start),
    }
}

/// `2 minutes`, `40 seconds`: rounded as one would say it.
#[must_use]
pub fn duration(seconds: u64) -> String {
    if seconds >= 90 {
        t!("duration-minutes", "count" => seconds.div_ceil(60))
    } else {
        t!("duration-seconds", "count" => seconds)
    }
}

/// `9:05`: for what counts down.
#[must_use]
pub fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// `1.4 MB`: for what is measured.
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let number = if unit == 0 || value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") };
    let number = match crate::text::language() {
        crate::text::Language::English => number,
        crate::text::Language::German => number.replace('.', ","),
    };
    format!("{number} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, set_language};

    #[test]
    fn a_link_is_told_in_words() {
        set_language(Language::English);
        let mut view =
            LinkView { quality: LinkQuality::Good, cause: LinkCause::None, round_trip_us: 37_100, bytes_per_s: 0 };
        assert_eq!(link(&view), "good · 38 ms");
        view = LinkView { quality: LinkQuality::Slow, cause: LinkCause::Here, round_trip_us: 240_000, bytes_per_s: 0 };
        assert_eq!(link(&view), "slow · 240 ms · your side");
        assert_eq!(link_plain(&view), "slow · your side");
        assert_eq!(link(&LinkView::default()), "measuring");
    }

    #[test]
    fn an_obstacle_names_the_port_that_a_firewall_may_block() {
        let silent = Obstacle::NoAnswer { relay: ([192, 0, 2, 1], 443).into() };
        for (language, advice) in [
            (Language::English, "Is UDP to 192.0.2.1:443 blocked by a firewall? It is tried again all the time."),
            (Language::German, "Sperrt eine Firewall UDP zu 192.0.2.1:443? Es wird laufend weiter versucht."),
        ] {
            set_language(language);
            assert_eq!(obstacle(&silent).next, advice);
        }
    }

    #[test]
    fn l1_days_and_features_are_told_in_the_readers_words() {
        for (language, days, sharing) in [
            (Language::English, ["28 November 2026", "1 March 2027", "31 December 2027"], "Screen Sharing"),
            (Language::German, ["28. November 2026", "1. März 2027", "31. Dezember 2027"], "Bildschirmfreigabe"),
        ] {
            set_language(language);
            assert_eq!([date(2026, 11, 28), date(2027, 3, 1), date(2027, 12, 31)], days);
            assert_eq!(feature("screen-sharing").as_deref(), Some(sharing));
            assert_eq!(feature("acme.whiteboard"), None);
        }
    }

    #[test]
    fn amounts_read_as_one_would_say_them() {
        set_language(Language::English);
        assert_eq!(clock(545), "9:05");
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1_440_000), "1.4 MB");
        assert_eq!(bytes(u64::MAX), "18446744 TB");
        assert_eq!(duration(40), "40 seconds");
        assert_eq!(duration(900), "15 minutes");
        let mut of = Signer { key: "2eca8a71".repeat(8), publisher: None };
        assert_eq!(signer(&of), "key 2eca8a71…");
        of.publisher = Some("Acme Software".into());
        assert_eq!(signer(&of), "Acme Software (key 2eca8a71…)");
        assert_eq!(keys("Ctrl+Alt+End"), "Ctrl+Alt+End");
        assert_eq!(keys("Ctrl+Comma"), "Ctrl+,");
        set_language(Language::German);
        assert_eq!(keys("Ctrl+Alt+End"), "Strg+Alt+Ende");
        assert_eq!(keys("Ctrl+Comma"), "Strg+,");
        assert_eq!(bytes(1_440_000), "1,4 MB");
        assert_eq!(duration(1), "1 Sekunde");
    }
}
