//! `consent`: asking the customer. The prompt is the host's own.

use lotse_package::Capability;

use super::Answer as Outcome;
use crate::bindings::contract::consent::{Answer, Host};
use crate::host::{ConsentAnswer, ErrorCode};
use crate::state::Guest;

impl Host for Guest {
    fn request(&mut self, capability: String) -> Outcome<Answer> {
        self.with_right(Capability::Consent, |guest| {
            let capability = Capability::from_interface_name(&capability).ok_or(ErrorCode::Invalid)?;
            let shared = &guest.shared;
            if !shared.possible.contains(capability) {
                return Err(ErrorCode::Denied);
            }
            // What works without it can still be asked for: the answer is about not being asked again.
            if shared.active().contains(capability) && capability.standing().is_none() {
                return Ok(ConsentAnswer::Granted.into());
            }
            let answer = shared.host.consent_request(capability)?;
            match answer {
                // The event may still be on its way; the plugin goes on at once.
                ConsentAnswer::Granted => {
                    shared.grant(capability);
                }
                ConsentAnswer::Asked | ConsentAnswer::Refused => {}
            }
            Ok(answer.into())
        })
    }
}
