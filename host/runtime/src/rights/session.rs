//! `session`: what every plugin has. Clock and randomness come from here, the rest from the host.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::rand::{SecureRandom as _, SystemRandom};

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
        // A clock before 1970 is off by more than a plugin can use.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    fn wake_after_us(&mut self, delay: u64) -> wasmtime::Result<u64> {
        self.count()?;
        self.timers.add(Duration::from_micros(delay))
    }

    fn random(&mut self, len: u32) -> wasmtime::Result<Vec<u8>> {
        self.count()?;
        let mut bytes = vec![0; len.min(RANDOM_BYTES_MAX) as usize];
        SystemRandom::new().fill(&mut bytes).map_err(|_| wasmtime::Error::msg("the system gave no random bytes"))?;
        Ok(bytes)
    }

    fn log(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        self.count()?;
        self.log_line(level.into(), message);
        Ok(())
    }
}
