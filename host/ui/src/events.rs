//! What happened, for scripts and tests: the difference between two views as JSON lines (`--log-format json`).
//!
//! Windows show views; a program that drives Lotse wants events. They are derived here for both programs, so that the
//! same thing has the same name on both sides. Secrets (passwords, join codes) are in no event.

mod files;
mod names;
pub(crate) mod questions;
mod rep;
mod session;

pub use rep::{RepEvents, hand_over_read};
pub use session::SessionEvents;

use serde_json::{Map, Value};
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// One event: its name and what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub name: &'static str,
    pub fields: Map<String, Value>,
}

impl Event {
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, fields: Map::new() }
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }

    /// `{"event":"…","at_ms":…,…}`; `at_ms` is Unix time.
    #[must_use]
    pub fn line(&self, at_ms: u64) -> String {
        let mut object = Map::new();
        object.insert("event".to_owned(), self.name.into());
        object.insert("at_ms".to_owned(), at_ms.into());
        object.extend(self.fields.clone());
        Value::Object(object).to_string()
    }
}

/// Whether events are printed, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// No events on standard output; messages for people on standard error.
    #[default]
    Text,
    /// Each event a JSON line on standard output.
    Json,
}

/// Prints events to standard output, if wanted. A reader that went away is no reason to stop.
pub fn print(format: LogFormat, events: &[Event]) {
    match format {
        LogFormat::Text => {}
        LogFormat::Json => {
            let at_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
            let mut out = std::io::stdout().lock();
            for event in events {
                let _ = writeln!(out, "{}", event.line(at_ms));
            }
            let _ = out.flush();
        }
    }
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
