//! The person's word, as a plugin asks for it.

use super::PluginHost;
use crate::consents::Reply;
use crate::shared::Inner;
use lotse_package::Capability;
use lotse_runtime::{ConsentAnswer, ErrorCode};
use std::time::Instant;

impl PluginHost {
    /// Asks the person, where nothing is known yet.
    pub(super) fn ask_consent(&self, capability: Capability) -> Result<ConsentAnswer, ErrorCode> {
        // Whoever may only look is not asked for more on their behalf.
        if capability != Capability::Screen && self.acts().is_err() {
            return Ok(ConsentAnswer::Refused);
        }
        let reply = self.shared.consents.lock().request(capability, Instant::now());
        match reply {
            // A word for one deed is given to who asked for it, by an event; nobody else picks it up.
            Reply::Granted if capability.consent().is_some_and(|access| !access.stands()) => Ok(ConsentAnswer::Refused),
            Reply::Granted => Ok(ConsentAnswer::Granted),
            Reply::Refused => Ok(ConsentAnswer::Refused),
            Reply::Waiting => Ok(ConsentAnswer::Asked),
            Reply::Ask if self.shared.report(Inner::ConsentAsked { plugin: self.plugin, capability }) => {
                Ok(ConsentAnswer::Asked)
            }
            Reply::Ask => {
                self.shared.consents.lock().withdraw(capability);
                Err(ErrorCode::Busy)
            }
        }
    }
}
