//! The customer's word on each kind of access, and what is still to be asked.
//!
//! Only the customer's side keeps one that can say no; on the rep's side everything is the rep's own.

use crate::view::{Access, ConsentView};
use lotse_package::Capability;
use lotse_protocol::peer::ConsentState;
use lotse_runtime::ConsentAnswer;

/// Refusals of one kind of access in a session, after which plugins are told so without another prompt. The customer's own
/// switch still turns it on.
const REFUSALS_MAX: u8 = 3;

/// What has been asked and answered in this session.
#[derive(Debug, Clone)]
pub(crate) struct Consents {
    /// `false` on the rep's side: nothing needs asking.
    asking: bool,
    states: [(Access, ConsentState); 3],
    /// How often the customer said no to each: nobody is asked until they give in.
    refusals: [u8; 3],
}

impl Consents {
    /// `ahead`: given on the command line, in developer mode.
    pub(crate) fn of_customer(ahead: &[Access]) -> Self {
        let state = |access| if ahead.contains(&access) { ConsentState::Granted } else { ConsentState::NotAsked };
        Self { asking: true, states: Access::ALL.map(|access| (access, state(access))), refusals: [0; 3] }
    }

    pub(crate) fn of_rep() -> Self {
        Self { asking: false, states: Access::ALL.map(|access| (access, ConsentState::NotAsked)), refusals: [0; 3] }
    }

    /// Whether a plugin may use the capability at once.
    pub(crate) fn allows(&self, capability: Capability) -> bool {
        !self.asking || capability.consent().is_none_or(|access| self.state(access) == ConsentState::Granted)
    }

    /// A plugin asks. `Asked` means that a prompt is to be shown (or is already).
    pub(crate) fn request(&mut self, capability: Capability) -> ConsentAnswer {
        let Some(access) = capability.consent().filter(|_| self.asking) else { return ConsentAnswer::Granted };
        let tired = self.refusals.iter().zip(Access::ALL).any(|(times, of)| of == access && *times >= REFUSALS_MAX);
        match self.state(access) {
            ConsentState::Granted => ConsentAnswer::Granted,
            ConsentState::NotAsked | ConsentState::Asked | ConsentState::Refused if tired => ConsentAnswer::Refused,
            ConsentState::NotAsked | ConsentState::Asked | ConsentState::Refused => {
                self.set(access, ConsentState::Asked);
                ConsentAnswer::Asked
            }
        }
    }

    pub(crate) fn state(&self, access: Access) -> ConsentState {
        self.states.iter().find(|(of, _)| *of == access).map_or(ConsentState::NotAsked, |(_, state)| *state)
    }

    /// `true` if that changed something.
    pub(crate) fn set(&mut self, access: Access, state: ConsentState) -> bool {
        if state == ConsentState::Refused {
            let times = self.refusals.iter_mut().zip(Access::ALL).find(|(_, of)| *of == access);
            times.into_iter().for_each(|(times, _)| *times = times.saturating_add(1));
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_allowed_before_the_customer_says_so() {
        let mut consents = Consents::of_customer(&[]);
        for access in Access::ALL {
            let capability = capability_of(access);
            assert!(!consents.allows(capability));
            assert_eq!(consents.request(capability), ConsentAnswer::Asked);
            assert!(!consents.allows(capability), "asking is not being allowed");
            consents.set(access, ConsentState::Granted);
            assert!(consents.allows(capability));
            consents.set(access, ConsentState::Refused);
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
    fn nobody_is_asked_until_they_give_in() {
        let mut consents = Consents::of_customer(&[]);
        for _ in 0..REFUSALS_MAX {
            assert_eq!(consents.request(Capability::Screen), ConsentAnswer::Asked);
            consents.set(Access::View, ConsentState::Refused);
        }
        assert_eq!(consents.request(Capability::Screen), ConsentAnswer::Refused);
        assert_eq!(consents.request(Capability::Input), ConsentAnswer::Asked, "each kind has its own count");
        consents.set(Access::View, ConsentState::Granted);
        assert_eq!(consents.request(Capability::Screen), ConsentAnswer::Granted, "their own switch still counts");
    }
}
