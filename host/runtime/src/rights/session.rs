//! `session`: what every plugin has. Time since its start comes from here, the rest from the host.

use std::time::Duration;

use crate::bindings::contract::session::{Host, Level, Participant};
use crate::convert::{WireSettings, settings_out};
use crate::limits::contract::RANDOM_BYTES_MAX;
use crate::state::Guest;

impl Host for Guest {
    fn me(&mut self) -> wasmtime::Result<Participant> {
        self.count()?;
        Ok(self.shared.host.me().into())
    }

    fn participants(&mut self) -> wasmtime::Result<Vec<Participant>> {
        self.count()?;
        Ok(self.shared.host.participants().into_iter().map(Into::into).collect())
    }

    fn observing(&mut self, who: u32) -> wasmtime::Result<bool> {
        self.count()?;
        Ok(self.shared.host.observing(who))
    }

    fn locale(&mut self) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.shared.host.locale())
    }

    fn limits(&mut self) -> wasmtime::Result<WireSettings> {
        self.count()?;
        Ok(settings_out(self.shared.host.limits()))
    }

    fn now_us(&mut self) -> wasmtime::Result<u64> {
        self.count()?;
        Ok(u64::try_from(self.uptime().as_micros()).unwrap_or(u64::MAX))
    }

    fn unix_ms(&mut self) -> wasmtime::Result<u64> {
        self.count()?;
        Ok(self.shared.host.unix_ms())
    }

    fn wake_after_us(&mut self, delay: u64) -> wasmtime::Result<u64> {
        self.count()?;
        self.timers.add(Duration::from_micros(delay))
    }

    fn random(&mut self, len: u32) -> wasmtime::Result<Vec<u8>> {
        self.count()?;
        let mut bytes = vec![0; len.min(RANDOM_BYTES_MAX) as usize];
        if !self.shared.host.random(&mut bytes) {
            return Err(wasmtime::Error::msg("the system gave no random bytes"));
        }
        Ok(bytes)
    }

    fn log(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        self.count()?;
        self.log_line(level.into(), message);
        Ok(())
    }
}
