//! What is wished of a transfer that runs, and what is to be seen of it.

use lotse_files::{Halt, Progress};
use lotse_runtime::{Settings, Value};
use parking_lot::Mutex;
use tokio::sync::watch;

/// A wish to its thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// By a person, this one alone.
    pub paused: bool,
    /// With the whole session.
    pub held: bool,
    pub over: Option<Over>,
}

impl Wish {
    /// Nothing is to move.
    pub fn stands(self) -> bool {
        self.paused || self.held
    }
}

/// How it is to end before it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// What is not whole is removed.
    Cancel,
    /// What has arrived stays for the next time.
    LetGo,
}

/// Why nothing moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Waits {
    #[default]
    No,
    Here,
    There,
    DiskFull,
}

impl Waits {
    fn name(self) -> &'static str {
        match self {
            Self::No => "",
            Self::Here => "here",
            Self::There => "there",
            Self::DiskFull => "disk-full",
        }
    }
}

/// As plugins see it.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    pub progress: Progress,
    pub rate_bytes_s: u64,
    pub waits: Waits,
}

impl Shown {
    pub fn settings(&self) -> Settings {
        let Self { progress, rate_bytes_s, waits } = self;
        let Progress { bytes, bytes_total, bytes_moved: _, files, files_total, now, renamed: _ } = progress;
        vec![
            number("bytes", *bytes),
            number("bytes-total", *bytes_total),
            number("files", *files),
            number("files-total", *files_total),
            number("rate-bytes-s", *rate_bytes_s),
            text("now", now),
            text("waits", waits.name()),
        ]
    }
}

pub(super) fn number(key: &str, value: u64) -> (String, Value) {
    (key.to_owned(), Value::Number(i64::try_from(value).unwrap_or(i64::MAX)))
}

pub(super) fn text(key: &str, value: &str) -> (String, Value) {
    (key.to_owned(), Value::Text(value.to_owned()))
}

/// The session's end of a transfer.
#[derive(Debug)]
pub(super) struct Slot {
    wish: watch::Sender<Wish>,
    pub halt: Halt,
    pub shown: Mutex<Shown>,
}

impl Slot {
    pub fn new() -> Self {
        Self { wish: watch::Sender::new(Wish::default()), halt: Halt::default(), shown: Mutex::default() }
    }

    /// Whatever it is told for itself.
    pub fn hold(&self, on: bool) {
        self.wish.send_modify(|wish| wish.held = on);
    }

    pub fn wishes(&self) -> watch::Receiver<Wish> {
        self.wish.subscribe()
    }

    pub fn pause(&self, on: bool) {
        self.wish.send_modify(|wish| wish.paused = on);
    }

    /// The first word counts.
    pub fn end(&self, over: Over) {
        self.wish.send_modify(|wish| {
            wish.over.get_or_insert(over);
        });
        // It may be hashing what is there of a large file.
        self.halt.raise();
    }
}

/// Waits until something else is wished.
pub(super) async fn changed(wishes: &mut watch::Receiver<Wish>) {
    if wishes.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Waits until it is to end.
pub(super) async fn is_over(wishes: &mut watch::Receiver<Wish>) {
    if wishes.wait_for(|wish| wish.over.is_some()).await.is_err() {
        std::future::pending::<()>().await;
    }
}
