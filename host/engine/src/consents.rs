//! The customer's word on each kind of access, and what is still to be asked.
//!
//! Only the customer's side keeps one that can say no; on the rep's side everything is the rep's own.

use crate::view::{Access, ConsentView};
use lotse_package::Capability;
use lotse_protocol::peer::ConsentState;
use std::time::{Duration, Instant};

/// Refusals of one kind of access in a session, after which plugins are told so without another prompt. The customer's own
/// switch still turns it on.
const REFUSALS_MAX: u8 = 3;
/// After a refusal plugins are told so for this long without another prompt: a no is not to be worn down, and nobody who
/// just said it mistakes the next question for the last.
const REFUSED_PAUSE: Duration = Duration::from_secs(10);

/// What a plugin that asks is told, and whether the customer is to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    Granted,
    Refused,
    /// A prompt is to be shown.
    Ask,
    /// It is shown already: asking again is the same question.
    Waiting,
}

/// What has been asked and answered in this session.
#[derive(Debug, Clone)]
pub(crate) struct Consents {
    /// `false` on the rep's side: nothing needs asking.
    asking: bool,
    states: [(Access, ConsentState); Access::ALL.len()],
    /// How often the customer answered no for each: nobody is asked until they give in.
    refusals: [u8; Access::ALL.len()],
    refused_at: [Option<Instant>; Access::ALL.len()],
}

impl Consents {
    /// `ahead`: given on the command line, in developer mode.
    pub(crate) fn of_customer(ahead: &[Access]) -> Self {
        let given = |access: Access| access.stands() && ahead.contains(&access);
        let state = |access| if given(access) { ConsentState::Granted } else { ConsentState::NotAsked };
        Self::with(true, Access::ALL.map(|access| (access, state(access))))
    }

    pub(crate) fn of_rep() -> Self {
        Self::with(false, Access::ALL.map(|access| (access, ConsentState::NotAsked)))
    }

    fn with(asking: bool, states: [(Access, ConsentState); Access::ALL.len()]) -> Self {
        Self { asking, states, refusals: [0; Access::ALL.len()], refused_at: [None; Access::ALL.len()] }
    }

    /// Whether a plugin may use the capability at once; of one that works by asking, whether it need not.
    pub(crate) fn allows(&self, capability: Capability) -> bool {
        !self.asking || capability.asked().is_none_or(|access| self.state(access) == ConsentState::Granted)
    }

    /// A plugin asks.
    pub(crate) fn request(&mut self, capability: Capability, now: Instant) -> Reply {
        let Some(access) = capability.asked().filter(|_| self.asking) else { return Reply::Granted };
        match self.state(access) {
            ConsentState::Granted => Reply::Granted,
            ConsentState::Asked => Reply::Waiting,
            ConsentState::NotAsked | ConsentState::Refused if self.is_tired(access, now) => Reply::Refused,
            ConsentState::NotAsked | ConsentState::Refused => {
                self.set(access, ConsentState::Asked, now);
                Reply::Ask
            }
        }
    }

    /// The customer could not be asked after all.
    pub(crate) fn withdraw(&mut self, capability: Capability) {
        let of = self.states.iter_mut().find(|(access, _)| capability.asked() == Some(*access));
        if let Some((_, state)) = of.filter(|(_, state)| *state == ConsentState::Asked) {
            *state = ConsentState::NotAsked;
        }
    }

    /// The customer said no often enough, or a moment ago.
    fn is_tired(&self, access: Access, now: Instant) -> bool {
        let Some(at) = Access::ALL.iter().position(|of| *of == access) else { return false };
        let often = self.refusals.get(at).is_some_and(|times| *times >= REFUSALS_MAX);
        let just_now = self.refused_at.get(at).copied().flatten();
        often || just_now.is_some_and(|when| now.saturating_duration_since(when) < REFUSED_PAUSE)
    }

    pub(crate) fn state(&self, access: Access) -> ConsentState {
        self.states.iter().find(|(of, _)| *of == access).map_or(ConsentState::NotAsked, |(_, state)| *state)
    }

    /// `true` if that changed something. Either no is left alone for a while; only one to a question counts as said to the
    /// plugin that put it: a switch that the customer turns off by themselves says nothing of the next question.
    pub(crate) fn set(&mut self, access: Access, state: ConsentState, now: Instant) -> bool {
        if state == ConsentState::Refused
            && let Some(at) = Access::ALL.iter().position(|of| *of == access)
        {
            let answered = u8::from(self.state(access) == ConsentState::Asked);
            self.refusals.get_mut(at).into_iter().for_each(|times| *times = times.saturating_add(answered));
            self.refused_at.get_mut(at).into_iter().for_each(|when| *when = Some(now));
        }
        self.states
            .iter_mut()
            .find(|(of, _)| *of == access)
            .is_some_and(|(_, of)| std::mem::replace(of, state) != state)
    }

    pub(crate) fn views(&self) -> Vec<ConsentView> {
        self.states.iter().map(|(access, state)| ConsentView { access: *access, state: *state }).collect()
    }
}

/// The capability behind a kind of access.
pub(crate) fn capability_of(access: Access) -> Capability {
    match access {
        Access::View => Capability::Screen,
        Access::Control => Capability::Input,
        Access::Clipboard => Capability::Clipboard,
        Access::Files => Capability::Files,
        Access::System => Capability::System,
        Access::Restart => Capability::Restart,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_allowed_before_the_customer_says_so() {
        let (mut consents, now) = (Consents::of_customer(&[]), Instant::now());
        for access in Access::ALL {
            let capability = capability_of(access);
            assert!(!consents.allows(capability));
            assert_eq!(consents.request(capability, now), Reply::Ask);
            assert!(!consents.allows(capability), "asking is not being allowed");
            consents.set(access, ConsentState::Granted, now);
            assert!(consents.allows(capability));
            consents.set(access, ConsentState::Refused, now);
            assert!(!consents.allows(capability));
        }
    }

    #[test]
    fn consent_ahead_covers_what_was_named_and_nothing_else() {
        let consents = Consents::of_customer(&[Access::View]);
        assert!(consents.allows(Capability::Screen));
        assert!(!consents.allows(Capability::Input) && !consents.allows(Capability::Clipboard));
    }

    #[test]
    fn what_is_asked_for_anew_each_time_is_not_given_ahead() {
        let consents = Consents::of_customer(&Access::ALL);
        assert!(consents.allows(Capability::System) && !consents.allows(Capability::Restart));
    }

    #[test]
    fn asking_a_thousand_times_is_one_question() {
        let (mut consents, now) = (Consents::of_customer(&[]), Instant::now());
        assert_eq!(consents.request(Capability::Screen, now), Reply::Ask);
        for _ in 0..1000 {
            assert_eq!(consents.request(Capability::Screen, now), Reply::Waiting);
        }
        assert_eq!(consents.request(Capability::Input, now), Reply::Ask, "another kind is another question");
        consents.withdraw(Capability::Screen);
        assert_eq!(consents.request(Capability::Screen, now), Reply::Ask, "a question that was lost can be put again");
        consents.set(Access::View, ConsentState::Granted, now);
        consents.withdraw(Capability::Screen);
        assert!(consents.allows(Capability::Screen), "only an open question can be withdrawn");
    }

    #[test]
    fn a_no_stands_for_a_while_and_after_three_for_good() {
        let (mut consents, mut now) = (Consents::of_customer(&[]), Instant::now());
        for _ in 0..REFUSALS_MAX {
            assert_eq!(consents.request(Capability::Screen, now), Reply::Ask);
            consents.set(Access::View, ConsentState::Refused, now);
            assert_eq!(consents.request(Capability::Screen, now), Reply::Refused, "not again at once");
            now += REFUSED_PAUSE - Duration::from_millis(1);
            assert_eq!(consents.request(Capability::Screen, now), Reply::Refused);
            now += Duration::from_millis(1);
        }
        now += REFUSED_PAUSE * 100;
        assert_eq!(consents.request(Capability::Screen, now), Reply::Refused, "nobody is asked until they give in");
        assert_eq!(consents.request(Capability::Input, now), Reply::Ask, "each kind has its own count");
        consents.set(Access::View, ConsentState::Granted, now);
        assert_eq!(consents.request(Capability::Screen, now), Reply::Granted, "their own switch still counts");
    }
    /// Turned off by hand three times, the rep's next question was not even shown.
    #[test]
    fn the_customers_own_switch_is_no_refusal_of_a_question() {
        let (mut consents, mut now) = (Consents::of_customer(&[]), Instant::now());
        for _ in 0..3 * REFUSALS_MAX {
            consents.set(Access::View, ConsentState::Granted, now);
            consents.set(Access::View, ConsentState::Refused, now);
            assert_eq!(consents.request(Capability::Screen, now), Reply::Refused, "not again at once");
            now += REFUSED_PAUSE;
        }
        assert_eq!(consents.request(Capability::Screen, now), Reply::Ask);
    }
}
