//! `directory` and `handover`: other reps, and what they are shown of a plugin before they come.

use lotse_package::Capability;

use super::Answer;
use crate::bindings::contract::{directory, handover};
use crate::host::ErrorCode;
use crate::limits::argument;
use crate::state::Guest;

impl directory::Host for Guest {
    fn targets(&mut self) -> wasmtime::Result<Vec<directory::Target>> {
        self.count()?;
        if self.may(Capability::Directory).is_err() {
            return Ok(Vec::new());
        }
        Ok(self.shared.host.directory_targets().into_iter().map(Into::into).collect())
    }

    fn hand_over(&mut self, to: String, note: String) -> Answer<u64> {
        self.with_right(Capability::Directory, |guest| {
            bounded(&to, &note)?;
            guest.shared.host.directory_hand_over(to, note)
        })
    }

    fn invite(&mut self, to: String, note: String, observing: bool) -> Answer<u64> {
        self.with_right(Capability::Directory, |guest| {
            bounded(&to, &note)?;
            guest.shared.host.directory_invite(to, note, observing)
        })
    }

    fn withdraw(&mut self, request: u64) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Directory, |guest| guest.shared.host.directory_withdraw(request))
    }
}

impl handover::Host for Guest {
    fn tell(&mut self, summary: String) -> Answer<()> {
        self.with_right(Capability::Handover, |guest| {
            if summary.len() > argument::SUMMARY_BYTES_MAX {
                return Err(ErrorCode::Limit);
            }
            guest.shared.host.handover_tell(summary)
        })
    }
}

fn bounded(to: &str, note: &str) -> Result<(), ErrorCode> {
    if to.is_empty() || to.len() > argument::TARGET_BYTES_MAX {
        return Err(ErrorCode::Invalid);
    }
    if note.len() > argument::NOTE_BYTES_MAX { Err(ErrorCode::Limit) } else { Ok(()) }
}
