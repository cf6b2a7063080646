//! `desk`: the rep's sessions beside this one, as the console's windows.

use lotse_package::Capability;

use super::Answer;
use crate::bindings::contract::desk::{Beside, Host};
use crate::host::{Arrangement, ErrorCode};
use crate::state::Guest;

impl Host for Guest {
    fn sessions(&mut self) -> wasmtime::Result<Vec<Beside>> {
        self.count()?;
        if self.may(Capability::Desk).is_err() {
            return Ok(Vec::new());
        }
        Ok(self.shared.host.desk_sessions().into_iter().map(Into::into).collect())
    }

    fn arrangement(&mut self) -> wasmtime::Result<String> {
        self.count()?;
        let now = if self.may(Capability::Desk).is_ok() {
            self.shared.host.desk_arrangement()
        } else {
            Arrangement::default()
        };
        Ok(now.name().to_owned())
    }

    fn show(&mut self, number: u64) -> Answer<()> {
        self.with_right(Capability::Desk, |guest| guest.shared.host.desk_show(number))
    }

    fn arrange(&mut self, how: String) -> Answer<()> {
        self.with_right(Capability::Desk, |guest| {
            let how = Arrangement::from_name(&how).ok_or(ErrorCode::Invalid)?;
            guest.shared.host.desk_arrange(how)
        })
    }
}
